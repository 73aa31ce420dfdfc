//! What can be estimated: sums of factors times ratios, where a ratio is the mean worth of the answers to some items.

use super::rows::{Columns, Rows};
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

/// Where one value of a row is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// What the code in a coded column is worth.
    Coded {
        /// The column, counted from 0.
        column: usize,
        /// What its codes are worth.
        worth: Worth,
    },
    /// The quantity itself.
    Real {
        /// The column of quantities, counted from 0.
        column: usize,
    },
    /// 1 where the quantity is at least `low` and at most `high`, 0 elsewhere.
    Between {
        /// The column of quantities, counted from 0.
        column: usize,
        /// The least that counts.
        low: f64,
        /// The most that counts.
        high: f64,
    },
}

impl Reading {
    /// Its column, among those of its kind.
    pub(super) fn column(&self) -> usize {
        match self {
            Self::Coded { column, .. } | Self::Real { column } | Self::Between { column, .. } => *column,
        }
    }

    /// The value in a row of a part; not a number where missing.
    pub(super) fn value(&self, rows: &Rows, row: usize) -> f64 {
        match self {
            Self::Coded { column, worth } => {
                rows.codes(*column).get(row).and_then(|code| worth.of(*code)).unwrap_or(f64::NAN)
            }
            Self::Real { column } => rows.quantities(*column).get(row).copied().unwrap_or(f64::NAN),
            Self::Between { column, low, high } => match rows.quantities(*column).get(row) {
                Some(value) if !value.is_nan() => f64::from(u8::from((low..=high).contains(&value))),
                _ => f64::NAN,
            },
        }
    }

    fn faults(&self, place: usize, columns: &Columns) -> Option<String> {
        let (kind, column, n) = match self {
            Self::Coded { column, .. } => ("coded", *column, columns.n_coded()),
            Self::Real { column } | Self::Between { column, .. } => ("real", *column, columns.n_real()),
        };
        if column >= n {
            return Some(format!("term {place} reads {kind} column {column}, but rows have {n}"));
        }
        match self {
            Self::Coded { worth, .. } if worth.0.iter().flatten().any(|value| !value.is_finite()) => {
                Some(format!("term {place} gives column {column} a worth that is not a number"))
            }
            _ => None,
        }
    }
}

/// What a term is made of, before its factor.
#[derive(Debug, Clone, PartialEq)]
pub enum Ratio {
    /// The weighted mean of all values read, pooled: every value counts once, whichever reading it comes from.
    Mean(Vec<Reading>),
    /// The weighted sum of one reading over that of another, of the rows that have both.
    Quotient {
        /// The numerator.
        numerator: Reading,
        /// The denominator.
        denominator: Reading,
    },
    /// The weighted sum of a reading: not a ratio, but linear like one.
    Total(Reading),
}

impl Ratio {
    /// The pooled mean worth of the answers in some coded columns.
    #[must_use]
    pub fn answers(items: impl IntoIterator<Item = (usize, Worth)>) -> Self {
        Self::Mean(items.into_iter().map(|(column, worth)| Reading::Coded { column, worth }).collect())
    }

    /// Its readings, to be pooled with those of others.
    #[must_use]
    pub fn into_readings(self) -> Vec<Reading> {
        match self {
            Self::Mean(readings) => readings,
            Self::Quotient { numerator, denominator } => vec![numerator, denominator],
            Self::Total(reading) => vec![reading],
        }
    }

    /// All its readings.
    pub(super) fn readings(&self) -> impl Iterator<Item = &Reading> {
        let (many, few): (&[Reading], [Option<&Reading>; 2]) = match self {
            Self::Mean(readings) => (readings, [None, None]),
            Self::Quotient { numerator, denominator } => (&[], [Some(numerator), Some(denominator)]),
            Self::Total(reading) => (&[], [Some(reading), None]),
        };
        many.iter().chain(few.into_iter().flatten())
    }
}

/// A ratio and what it is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The factor, for example the maximum of a criterion.
    pub factor: f64,
    /// The ratio.
    pub ratio: Ratio,
}

/// What values a statistic can have, which decides the kind of interval it gets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Range {
    /// The part of rows that have a property: 0 to 1, with the intervals made for shares.
    Share,
    /// From one number to another: a t interval that never leaves them.
    Within {
        /// The least possible value.
        low: f64,
        /// The largest possible value.
        high: f64,
    },
    /// Anything: a t interval.
    #[default]
    Unbounded,
}

/// `Σ factor × ratio`: a share or mean (one term), an average over items, or points of a composite.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// Its name, used where something is wrong with it.
    pub name: String,
    /// Its terms.
    pub terms: Vec<Term>,
    /// The values it can have.
    pub range: Range,
}

impl Statistic {
    /// One ratio as it is.
    #[must_use]
    pub fn ratio(name: impl Into<String>, ratio: Ratio) -> Self {
        Self::sum(name, vec![Term { factor: 1.0, ratio }])
    }

    /// A sum of terms.
    #[must_use]
    pub fn sum(name: impl Into<String>, terms: Vec<Term>) -> Self {
        Self { name: name.into(), terms, range: Range::Unbounded }
    }

    /// The same statistic, with values known to lie in a range.
    #[must_use]
    pub fn within(self, range: Range) -> Self {
        Self { range, ..self }
    }

    /// The readings of all its terms.
    pub(super) fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.terms.iter().flat_map(|term| term.ratio.readings())
    }

    /// The coded columns it reads, each once.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        let coded = |reading: &Reading| match reading {
            Reading::Coded { column, .. } => Some(*column),
            Reading::Real { .. } | Reading::Between { .. } => None,
        };
        self.readings().filter_map(coded).collect()
    }

    /// The coded column from which all of it can be read without looking at single rows, if there is one.
    pub(super) fn only_column(&self) -> Option<usize> {
        let is_plain = |term: &Term| {
            let by_row = matches!(term.ratio, Ratio::Quotient { .. });
            !by_row && term.ratio.readings().all(|reading| matches!(reading, Reading::Coded { .. }))
        };
        let columns = self.columns();
        (columns.len() == 1 && self.terms.iter().all(is_plain)).then(|| columns.first().copied()).flatten()
    }

    /// Whether it is a sum of weighted values rather than a mean of some kind.
    pub(super) fn is_total(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.ratio, Ratio::Total(_)))
    }

    /// What its values can be.
    #[must_use]
    pub fn range(&self) -> Range {
        self.range
    }

    /// What decides which interval it gets.
    pub(super) fn nature(&self) -> Nature {
        Nature { range: self.range, is_total: self.is_total() }
    }

    /// Whether it is a statistic of these columns.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one [`NotEstimable::Malformed`].
    pub(super) fn check(&self, columns: &Columns) -> Result<(), NotEstimable> {
        let mut faults = Vec::new();
        if self.terms.is_empty() {
            faults.push("it has no terms".to_owned());
        }
        for (place, Term { factor, ratio }) in (1..).zip(&self.terms) {
            if !factor.is_finite() {
                faults.push(format!("the factor of term {place} is not a number"));
            }
            faults.extend(ratio.readings().filter_map(|reading| reading.faults(place, columns)));
            let mut seen = BTreeSet::new();
            if let Ratio::Mean(readings) = ratio {
                if readings.is_empty() {
                    faults.push(format!("term {place} has no items"));
                }
                for reading in readings {
                    if let Reading::Coded { column, .. } = reading
                        && !seen.insert(column)
                    {
                        faults.push(format!("term {place} reads column {column} twice"));
                    }
                }
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(NotEstimable::Malformed { statistic: self.name.clone(), faults: faults.join("; ") })
    }
}

/// What may be said of an estimate depends on what was estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nature {
    /// The values it can have.
    pub(super) range: Range,
    /// Whether it is a sum rather than a mean of some kind.
    pub(super) is_total: bool,
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
    /// Nothing can go with answers that do not vary.
    #[error(
        "the answers in column {column}, or those to all other items, do not vary in this area, so nothing goes with them"
    )]
    Constant {
        /// The column.
        column: usize,
    },
    /// The statistic cannot be read off these sheets.
    #[error("{statistic}: {faults}")]
    Malformed {
        /// The statistic.
        statistic: String,
        /// All that is wrong.
        faults: String,
    },
    /// The domain names a PSU that the sample does not have.
    #[error("PSU {psu} of the domain is unknown; the sample has {n_psus}, counted from 0")]
    BadDomain {
        /// The PSU as given.
        psu: u32,
        /// PSUs in the sample.
        n_psus: usize,
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
        let terms = vec![
            Term { factor: f64::INFINITY, ratio: Ratio::answers([(7, worth.clone()), (2, worth.clone()), (2, worth)]) },
            Term { factor: 1.0, ratio: Ratio::answers([]) },
            Term { factor: 1.0, ratio: Ratio::Total(Reading::Real { column: 1 }) },
        ];
        let message = Statistic::sum("odd", terms).check(&Columns::new(3, 1)).unwrap_err().to_string();
        for part in [
            "factor of term 1",
            "coded column 7, but rows have 3",
            "column 2 twice",
            "worth",
            "term 2 has no items",
            "real column 1, but rows have 1",
        ] {
            assert!(message.contains(part), "{part:?} is missing in {message:?}");
        }
    }
}
