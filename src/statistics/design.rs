//! The sampling design: which desks lie in which stratum, how many of them answered, and what that means for one domain:
//! which units vary, with which weights and which finite-population corrections.

use crate::domain::estimate::{Caution, Method};
use crate::domain::fault::Fault;
use crate::domain::round::Mode;
use std::collections::{BTreeMap, BTreeSet};

/// What was drawn by chance, and so what the spread is measured between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inference {
    /// Desks within strata, then transactions within desks.
    TwoStage,
    /// Nothing but the rows within each desk; the desks are all there are.
    RowsWithinDesk,
    /// Nothing at all; the spread is computed as for [`Inference::RowsWithinDesk`] and called by its name.
    ModelAssumed,
}

impl From<Mode> for Inference {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Sampled => Self::TwoStage,
            Mode::Census => Self::RowsWithinDesk,
            Mode::SelfSelected => Self::ModelAssumed,
        }
    }
}

/// A desk as the design knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignDesk {
    /// Its code, unique in the sample.
    pub code: String,
    /// The stratum it lies in.
    pub stratum: String,
    /// Its transactions in the period (N of the desk), if known.
    pub transactions: Option<u32>,
}

/// A stratum and the desks of it that have rows.
#[derive(Debug)]
struct Stratum {
    name: String,
    /// Desks in the population (M).
    n_desks: u32,
    /// Desks with at least one row, by index.
    surveyed: Vec<u32>,
}

/// The design of a whole sample. It always covers all rows; domains are cut from it, never the other way round, because
/// a desk without answers of the domain is still a drawn desk.
#[derive(Debug)]
pub(super) struct Design {
    inference: Inference,
    desks: Vec<DesignDesk>,
    /// Rows per desk (m).
    rows: Vec<u64>,
    /// Stratum of each desk, by index.
    stratum_of: Vec<usize>,
    strata: Vec<Stratum>,
}

/// Where one domain stands in the design.
#[derive(Debug)]
pub(super) struct Footing {
    /// How its spread is found.
    pub(super) method: Method,
    /// Its desks with rows, in layers that vary independently.
    pub(super) layers: Vec<Layer>,
    /// What the design has to say whatever the statistic.
    pub(super) cautions: BTreeSet<Caution>,
}

/// The part of a domain in one stratum, or one desk where the desk is the stratum.
#[derive(Debug)]
pub(super) struct Layer {
    /// The stratum's name.
    pub(super) stratum: String,
    /// What varies.
    pub(super) units: Units,
    /// The domain's desks with rows.
    pub(super) desks: Vec<LayerDesk>,
}

/// What was drawn in a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Units {
    /// Desks, and rows within them.
    Desks {
        /// Desks of the stratum with rows (n), also those outside the domain.
        n_surveyed: usize,
        /// The part of the stratum's desks they are (f).
        fraction: f64,
    },
    /// Rows of a desk that is in the sample for certain.
    Rows,
    /// One desk of several: its spread cannot be told.
    Lonely,
}

/// A desk in a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LayerDesk {
    /// Its index.
    pub(super) desk: u32,
    /// Its rows (m), at least 1, also those that do not answer the statistic.
    pub(super) n_rows: u64,
    /// The part of its transactions they are (g), at most 1.
    pub(super) fraction: f64,
    /// The weight of its rows that have none of their own.
    pub(super) weight: f64,
}

impl Design {
    /// Joins desks, strata and rows per desk (`(desk, rows)`).
    pub(super) fn new(
        inference: Inference,
        desks: Vec<DesignDesk>,
        desks_per_stratum: &BTreeMap<String, u32>,
        rows_per_desk: &[(u32, u64)],
    ) -> Result<Self, Vec<Fault>> {
        let mut rows = vec![0; desks.len()];
        let mut faults = repeated_desks(&desks);
        for &(desk, n_rows) in rows_per_desk {
            match rows.get_mut(desk as usize) {
                Some(rows) => *rows = n_rows,
                None => faults.push(Fault::of_whole(
                    "unknown-desk",
                    format!("{n_rows} answers name desk {desk}, but the design has {} desks, from 0", desks.len()),
                )),
            }
        }
        let names: BTreeSet<&str> = desks.iter().map(|desk| desk.stratum.as_str()).collect();
        let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
        let stratum_of: Vec<usize> =
            desks.iter().filter_map(|desk| place.get(desk.stratum.as_str()).copied()).collect();
        let mut strata: Vec<Stratum> = names
            .into_iter()
            .map(|name| {
                let n_desks = desks_per_stratum.get(name).copied().unwrap_or_default();
                Stratum { name: name.to_owned(), n_desks, surveyed: Vec::new() }
            })
            .collect();
        for ((desk, &stratum), _) in (0_u32..).zip(&stratum_of).zip(&rows).filter(|(_, n_rows)| **n_rows > 0) {
            if let Some(stratum) = strata.get_mut(stratum) {
                stratum.surveyed.push(desk);
            }
        }
        if inference == Inference::TwoStage {
            faults.extend(strata.iter().filter_map(Stratum::fault));
        }
        if faults.is_empty() { Ok(Self { inference, desks, rows, stratum_of, strata }) } else { Err(faults) }
    }

    /// Desks in the design, with rows or without.
    pub(super) fn n_desks(&self) -> usize {
        self.desks.len()
    }

    /// The footing of a domain, given by the indices of its desks.
    ///
    /// A domain of one desk is judged within that desk (its rows vary), because between desks there is nothing to
    /// compare it with. The exception is a desk that alone stands for a stratum of several: it may be asked about as the
    /// stratum, and within-desk spread would then be far too small.
    pub(super) fn footing(&self, domain: &BTreeSet<u32>) -> Footing {
        let strata: BTreeSet<usize> =
            domain.iter().filter_map(|desk| self.stratum_of.get(*desk as usize).copied()).collect();
        let strata: Vec<&Stratum> = strata.into_iter().filter_map(|i| self.strata.get(i)).collect();
        let one_desk = domain.len() == 1 && !strata.iter().any(|stratum| stratum.is_lonely());
        match self.inference {
            Inference::TwoStage if one_desk => self.within_desks(Method::RowsWithinDesk, domain),
            Inference::TwoStage => self.two_stage(domain, &strata),
            Inference::RowsWithinDesk => self.within_desks(Method::RowsWithinDesk, domain),
            Inference::ModelAssumed => self.within_desks(Method::ModelAssumed, domain),
        }
    }

    /// Desks and rows both drawn.
    ///
    /// The design weight of a row is `(M/n)(N/m)`. It and both corrections need the transactions of every surveyed desk
    /// of the domain's strata; where one is unknown, weights of all these strata fall back to `M/n` (mixing both kinds
    /// would give the desks that report their transactions all the say) and the desks count as drawn with replacement.
    fn two_stage(&self, domain: &BTreeSet<u32>, strata: &[&Stratum]) -> Footing {
        let unknown = self.n_unknown(strata.iter().flat_map(|stratum| &stratum.surveyed).copied());
        let method = if unknown == 0 { Method::TwoStage } else { Method::WithReplacement };
        let layers = strata.iter().map(|stratum| {
            let n_surveyed = stratum.surveyed.len();
            let (population, surveyed) = (f64::from(stratum.n_desks), n_surveyed as f64);
            let units = match method {
                _ if stratum.is_lonely() => Units::Lonely,
                _ if stratum.n_desks == 1 => Units::Rows,
                Method::TwoStage => Units::Desks { n_surveyed, fraction: surveyed / population },
                _ => Units::Desks { n_surveyed, fraction: 0.0 },
            };
            let members = stratum.surveyed.iter().filter(|desk| domain.contains(desk));
            let desks = members.map(|&desk| self.layer_desk(desk, population / surveyed, unknown == 0)).collect();
            Layer { stratum: stratum.name.clone(), units, desks }
        });
        self.stand(method, layers.collect(), unknown)
    }

    /// Only rows drawn: every desk is a stratum of its own, with itself as its one desk. The design weight is `N/m`; where
    /// the transactions of one desk are unknown, every row of the domain counts once and no correction is made.
    fn within_desks(&self, method: Method, domain: &BTreeSet<u32>) -> Footing {
        let surveyed = || domain.iter().copied().filter(|&desk| self.n_rows(desk) > 0);
        let unknown = self.n_unknown(surveyed());
        let layers = surveyed().map(|desk| Layer {
            stratum: self.desks.get(desk as usize).map(|desk| desk.code.clone()).unwrap_or_default(),
            units: Units::Rows,
            desks: vec![self.layer_desk(desk, 1.0, unknown == 0)],
        });
        self.stand(method, layers.collect(), unknown)
    }

    fn stand(&self, method: Method, layers: Vec<Layer>, n_unknown: usize) -> Footing {
        let mut cautions = BTreeSet::new();
        if n_unknown > 0 {
            cautions.insert(Caution::TransactionsUnknown { n_desks: n_unknown });
        }
        for LayerDesk { desk, n_rows, .. } in layers.iter().flat_map(|layer| &layer.desks) {
            if let Some(DesignDesk { code, transactions: Some(transactions), .. }) = self.desks.get(*desk as usize)
                && *n_rows > u64::from(*transactions)
            {
                cautions.insert(Caution::MoreAnswersThanTransactions { desk: code.clone() });
            }
        }
        Footing { method, layers, cautions }
    }

    /// A surveyed desk. `desk_weight` is what the desk stands for (M/n); `counted` tells whether transactions are used.
    fn layer_desk(&self, desk: u32, desk_weight: f64, counted: bool) -> LayerDesk {
        let n_rows = self.n_rows(desk);
        // A desk with answers had at least one transaction, whatever the frame says; a weight of zero would drop them.
        let transactions = self.transactions(desk).filter(|_| counted).map(|n| f64::from(n.max(1)));
        let rows = n_rows as f64;
        let fraction = transactions.map_or(0.0, |transactions| (rows / transactions).min(1.0));
        let weight = desk_weight * transactions.map_or(1.0, |transactions| transactions / rows);
        LayerDesk { desk, n_rows, fraction, weight }
    }

    fn n_rows(&self, desk: u32) -> u64 {
        self.rows.get(desk as usize).copied().unwrap_or_default()
    }

    fn transactions(&self, desk: u32) -> Option<u32> {
        self.desks.get(desk as usize).and_then(|desk| desk.transactions)
    }

    fn n_unknown(&self, surveyed: impl Iterator<Item = u32>) -> usize {
        surveyed.filter(|&desk| self.transactions(desk).is_none()).count()
    }
}

impl Stratum {
    /// One surveyed desk of several.
    fn is_lonely(&self) -> bool {
        self.surveyed.len() == 1 && self.n_desks > 1
    }

    /// The number of desks in the population must be known and cannot be below the number surveyed.
    fn fault(&self) -> Option<Fault> {
        let Self { name, n_desks, surveyed } = self;
        let n_surveyed = surveyed.len();
        (*n_desks == 0 || n_surveyed > *n_desks as usize).then(|| {
            let message = format!(
                "stratum {name} is counted with {n_desks} desks, {n_surveyed} of them surveyed; complete the frame"
            );
            Fault::of_whole("desks-of-stratum", message)
        })
    }
}

/// Desks that are in the list twice: their rows would be taken for two desks.
fn repeated_desks(desks: &[DesignDesk]) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let repeated = desks.iter().filter(|desk| !seen.insert(&desk.code));
    repeated.map(|desk| Fault::of_whole("repeated-desk", format!("desk {} is listed twice", desk.code))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(code: &str, stratum: &str, transactions: Option<u32>) -> DesignDesk {
        DesignDesk { code: code.to_owned(), stratum: stratum.to_owned(), transactions }
    }

    fn design(inference: Inference, unknown: bool) -> Design {
        let a2 = (!unknown).then_some(50);
        let desks = vec![
            desk("A1", "A", Some(100)),
            desk("A2", "A", a2),
            desk("A3", "A", Some(9)),
            desk("B1", "B", Some(0)),
            desk("C1", "C", Some(30)),
        ];
        let counts = [("A", 4), ("B", 1), ("C", 3)].map(|(name, n)| (name.to_owned(), n)).into();
        Design::new(inference, desks, &counts, &[(0, 10), (1, 5), (3, 2), (4, 3)]).unwrap()
    }

    #[test]
    fn two_stages_weigh_and_correct_at_both() {
        let footing = design(Inference::TwoStage, false).footing(&[0, 1, 2, 3].into());
        assert_eq!(footing.method, Method::TwoStage);
        let [a, b] = footing.layers.as_slice() else { panic!("two strata") };
        assert_eq!(a.units, Units::Desks { n_surveyed: 2, fraction: 0.5 });
        assert_eq!(a.desks[0], LayerDesk { desk: 0, n_rows: 10, fraction: 0.1, weight: 20.0 });
        assert_eq!(a.desks.len(), 2, "a desk without rows does not vary");
        assert_eq!((b.units, b.desks[0].fraction, b.desks[0].weight), (Units::Rows, 1.0, 0.5));
        let caution = Caution::MoreAnswersThanTransactions { desk: "B1".to_owned() };
        assert_eq!(footing.cautions, BTreeSet::from([caution]));
    }

    #[test]
    fn an_unknown_count_in_a_stratum_takes_away_every_correction() {
        let design = design(Inference::TwoStage, true);
        let footing = design.footing(&[0, 2, 3].into());
        assert_eq!(footing.method, Method::WithReplacement);
        assert!(footing.cautions.contains(&Caution::TransactionsUnknown { n_desks: 1 }));
        let weights: Vec<f64> = footing.layers.iter().flat_map(|l| &l.desks).map(|d| d.weight).collect();
        assert_eq!(weights, [2.0, 1.0]);
        assert_eq!(footing.layers[0].units, Units::Desks { n_surveyed: 2, fraction: 0.0 });
        assert_eq!(design.footing(&[3, 4].into()).method, Method::TwoStage, "other strata do not suffer");
    }

    #[test]
    fn one_desk_is_judged_within_itself_unless_it_is_lonely() {
        let design = design(Inference::TwoStage, false);
        let footing = design.footing(&[0].into());
        assert_eq!((footing.method, footing.layers[0].units), (Method::RowsWithinDesk, Units::Rows));
        let footing = design.footing(&[4].into());
        assert_eq!((footing.method, footing.layers[0].units), (Method::TwoStage, Units::Lonely));
    }

    #[test]
    fn within_desks_every_desk_is_its_own_stratum() {
        let footing = design(Inference::ModelAssumed, false).footing(&[0, 1, 4].into());
        assert_eq!(footing.method, Method::ModelAssumed);
        assert_eq!(footing.layers.iter().map(|layer| layer.stratum.as_str()).collect::<Vec<_>>(), ["A1", "A2", "C1"]);
        assert!(footing.layers.iter().all(|layer| layer.units == Units::Rows));
    }

    #[test]
    fn every_fault_of_the_design_is_named() {
        let desks = vec![desk("A1", "A", None), desk("A1", "A", None), desk("B1", "B", None)];
        let counts = BTreeMap::from([("A".to_owned(), 1)]);
        let faults = Design::new(Inference::TwoStage, desks, &counts, &[(0, 1), (1, 1), (9, 4)]).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["repeated-desk", "unknown-desk", "desks-of-stratum", "desks-of-stratum"]);
    }
}
