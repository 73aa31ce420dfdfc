//! What can be estimated: sums of factors times ratios, where a ratio is the mean worth of the answers to some items.

use crate::domain::packing::NOT_APPLICABLE;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What each code of an answer is worth; `None` for codes that leave numerator and denominator (no answer, "not
/// applicable").
#[derive(Debug, Clone, PartialEq)]
pub struct Worth(Arc<[Option<f64>]>);

impl Worth {
    /// Asks `worth` once for every code.
    #[must_use]
    pub fn new(worth: impl Fn(u8) -> Option<f64>) -> Self {
        Self((0..=u8::MAX).map(worth).collect())
    }

    /// The worth of a code.
    #[must_use]
    pub fn of(&self, code: u8) -> Option<f64> {
        self.0.get(usize::from(code)).copied().flatten()
    }

    /// The worth in each slot of a histogram; see [`slot`].
    pub(super) fn by_slot(&self, n_slots: usize) -> impl Iterator<Item = Option<f64>> {
        slot_codes(n_slots).map(|code| self.of(code))
    }
}

/// The slot of a code in a histogram of `n_slots` slots. Codes stand for themselves up to the largest one seen; the last
/// slot is for "not applicable" alone.
pub(super) fn slot(code: u8, n_slots: usize) -> usize {
    usize::from(code).min(n_slots - 1)
}

/// The code that each slot stands for.
fn slot_codes(n_slots: usize) -> impl Iterator<Item = u8> {
    (0..=u8::MAX).take(n_slots.saturating_sub(1)).chain(std::iter::once(NOT_APPLICABLE))
}

/// The weighted mean worth of all answers to some items, pooled: every answer counts once, whatever its item.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// Columns, counted from 0, each with the worth of its codes.
    pub items: Vec<(usize, Worth)>,
}

/// A ratio and what it is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The factor, for example the maximum of a criterion.
    pub factor: f64,
    /// The ratio.
    pub ratio: Ratio,
}

/// `Σ factor × ratio`: a share or mean (one term), an average over items, or points of a composite.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// Its name, used where something is wrong with it.
    pub name: String,
    /// Its terms.
    pub terms: Vec<Term>,
}

impl Statistic {
    /// One ratio as it is.
    #[must_use]
    pub fn ratio(name: impl Into<String>, ratio: Ratio) -> Self {
        Self { name: name.into(), terms: vec![Term { factor: 1.0, ratio }] }
    }

    /// The columns it reads, each once.
    pub(super) fn columns(&self) -> BTreeSet<usize> {
        self.terms.iter().flat_map(|term| &term.ratio.items).map(|(column, _)| *column).collect()
    }

    /// Whether it is a statistic of sheets with `n_items` codes.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one [`NotEstimable::Malformed`].
    pub fn check(&self, n_items: usize) -> Result<(), NotEstimable> {
        let mut faults = Vec::new();
        if self.terms.is_empty() {
            faults.push("it has no terms".to_owned());
        }
        for (i, Term { factor, ratio }) in self.terms.iter().enumerate() {
            let place = i + 1;
            if !factor.is_finite() {
                faults.push(format!("the factor of term {place} is not a number"));
            }
            if ratio.items.is_empty() {
                faults.push(format!("term {place} has no items"));
            }
            let mut seen = BTreeSet::new();
            for (column, worth) in &ratio.items {
                if *column >= n_items {
                    faults.push(format!("term {place} reads column {column}, but sheets have {n_items}"));
                }
                if !seen.insert(column) {
                    faults.push(format!("term {place} reads column {column} twice"));
                }
                if worth.0.iter().flatten().any(|value| !value.is_finite()) {
                    faults.push(format!("term {place} gives column {column} a worth that is not a number"));
                }
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(NotEstimable::Malformed { statistic: self.name.clone(), faults: faults.join("; ") })
    }
}

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotEstimable {
    /// A ratio of the statistic has no answers in the domain.
    #[error("{statistic}: nobody in this area answered the items in columns {items:?}, so it cannot be estimated")]
    NoAnswers {
        /// The statistic.
        statistic: String,
        /// Columns of every ratio without an answer.
        items: Vec<usize>,
    },
    /// The statistic cannot be read off these sheets.
    #[error("{statistic}: {faults}")]
    Malformed {
        /// The statistic.
        statistic: String,
        /// All that is wrong.
        faults: String,
    },
    /// The domain names a desk that the sample does not have, or names one twice.
    #[error("desk {desk} of the domain is unknown or repeated; the sample has {n_desks} desks, counted from 0")]
    BadDomain {
        /// The desk as given.
        desk: u32,
        /// Desks in the sample.
        n_desks: usize,
    },
    /// The confidence level is not strictly between 0 and 1.
    #[error("{0} is not a confidence level; give one between 0 and 1, for example 0.95")]
    BadLevel(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_fold_only_not_applicable() {
        let worth = Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(code)));
        let by_slot: Vec<_> = worth.by_slot(7).collect();
        assert_eq!(by_slot, [None, Some(1.0), Some(2.0), Some(3.0), Some(4.0), Some(5.0), None]);
        assert_eq!((slot(0, 7), slot(5, 7), slot(NOT_APPLICABLE, 7)), (0, 5, 6));
        assert_eq!((slot(254, 256), slot(NOT_APPLICABLE, 256)), (254, 255));
    }

    #[test]
    fn every_fault_of_a_statistic_is_named() {
        let worth = Worth::new(|_| Some(f64::NAN));
        let items = vec![(7, worth.clone()), (7, worth)];
        let statistic = Statistic {
            name: "odd".to_owned(),
            terms: vec![
                Term { factor: f64::INFINITY, ratio: Ratio { items } },
                Term { factor: 1.0, ratio: Ratio { items: vec![] } },
            ],
        };
        let message = statistic.check(3).unwrap_err().to_string();
        for part in
            ["factor of term 1", "column 7, but sheets have 3", "column 7 twice", "worth", "term 2 has no items"]
        {
            assert!(message.contains(part), "{part:?} is missing in {message:?}");
        }
    }
}
