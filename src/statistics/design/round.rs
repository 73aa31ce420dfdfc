//! The design of a round: desks within strata, of which some were drawn, and transactions within desks. Weights come
//! from it, and depend on what is known of the desks of a domain.

use super::{Footing, Layer, LayerPsu, Lonely, Units};
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
pub(in crate::statistics) struct RoundDesign {
    inference: Inference,
    desks: Vec<DesignDesk>,
    /// Rows per desk (m).
    rows: Vec<u64>,
    /// Stratum of each desk, by index.
    stratum_of: Vec<usize>,
    strata: Vec<Stratum>,
}

impl RoundDesign {
    /// Joins desks, strata and rows per desk, which is as long as the list of desks.
    pub(in crate::statistics) fn new(
        inference: Inference,
        desks: Vec<DesignDesk>,
        desks_per_stratum: &BTreeMap<String, u32>,
        rows: Vec<u64>,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = repeated_desks(&desks);
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
    pub(in crate::statistics) fn n_desks(&self) -> usize {
        self.desks.len()
    }

    /// The footing of a domain, given by the indices of its desks.
    ///
    /// A domain of one desk is judged within that desk (its rows vary), because between desks there is nothing to
    /// compare it with. The exception is a desk that alone stands for a stratum of several: it may be asked about as the
    /// stratum, and within-desk spread would then be far too small.
    pub(in crate::statistics) fn footing(&self, domain: &BTreeSet<u32>) -> Footing {
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
        let mut footing = self.footing_of(method, unknown);
        for stratum in strata {
            let n_sampled = stratum.surveyed.len();
            let (population, surveyed) = (f64::from(stratum.n_desks), n_sampled as f64);
            let fraction = if method == Method::TwoStage { surveyed / population } else { 0.0 };
            let units = match stratum.n_desks {
                _ if stratum.is_lonely() => Units::Lonely { fraction },
                1 => Units::Rows,
                _ => Units::Psus { n_sampled, fraction },
            };
            footing.layers.push(Layer { stratum: stratum.name.clone(), units });
            for &desk in stratum.surveyed.iter().filter(|desk| domain.contains(desk)) {
                self.place(&mut footing, desk, population / surveyed, unknown == 0);
            }
        }
        footing
    }

    /// Only rows drawn: every desk is a stratum of its own, with itself as its one desk. The design weight is `N/m`; where
    /// the transactions of one desk are unknown, every row of the domain counts once and no correction is made.
    fn within_desks(&self, method: Method, domain: &BTreeSet<u32>) -> Footing {
        let surveyed = || domain.iter().copied().filter(|&desk| self.n_rows(desk) > 0);
        let unknown = self.n_unknown(surveyed());
        let mut footing = self.footing_of(method, unknown);
        for desk in surveyed() {
            let stratum = self.desks.get(desk as usize).map(|desk| desk.code.clone()).unwrap_or_default();
            footing.layers.push(Layer { stratum, units: Units::Rows });
            self.place(&mut footing, desk, 1.0, unknown == 0);
        }
        footing
    }

    /// A footing without layers yet.
    fn footing_of(&self, method: Method, n_unknown: usize) -> Footing {
        let unknown = Caution::TransactionsUnknown { n_desks: n_unknown };
        Footing {
            method,
            layers: Vec::new(),
            psus: vec![None; self.desks.len()],
            rows_are_psus: false,
            lonely: Lonely::Fail,
            cautions: (n_unknown > 0).then_some(unknown).into_iter().collect(),
        }
    }

    /// Puts a surveyed desk into the last layer. `desk_weight` is what the desk stands for (M/n); `counted` tells whether
    /// transactions are used.
    fn place(&self, footing: &mut Footing, desk: u32, desk_weight: f64, counted: bool) {
        let n_rows = self.n_rows(desk);
        // A desk with answers had at least one transaction, whatever the frame says; a weight of zero would drop them.
        let transactions = self.transactions(desk).filter(|_| counted).map(|n| f64::from(n.max(1)));
        let rows = n_rows as f64;
        let fraction = transactions.map_or(0.0, |transactions| (rows / transactions).min(1.0));
        let weight = desk_weight * transactions.map_or(1.0, |transactions| transactions / rows);
        let layer = footing.layers.len().saturating_sub(1);
        if let Some(place) = footing.psus.get_mut(desk as usize) {
            *place = Some(LayerPsu { layer, n_rows, fraction, weight });
        }
        if let Some(DesignDesk { code, transactions: Some(transactions), .. }) = self.desks.get(desk as usize)
            && n_rows > u64::from(*transactions)
        {
            footing.cautions.insert(Caution::MoreAnswersThanTransactions { desk: code.clone() });
        }
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

    fn design(inference: Inference, unknown: bool) -> RoundDesign {
        let a2 = (!unknown).then_some(50);
        let desks = vec![
            desk("A1", "A", Some(100)),
            desk("A2", "A", a2),
            desk("A3", "A", Some(9)),
            desk("B1", "B", Some(0)),
            desk("C1", "C", Some(30)),
        ];
        let counts = [("A", 4), ("B", 1), ("C", 3)].map(|(name, n)| (name.to_owned(), n)).into();
        RoundDesign::new(inference, desks, &counts, vec![10, 5, 0, 2, 3]).unwrap()
    }

    #[test]
    fn two_stages_weigh_and_correct_at_both() {
        let footing = design(Inference::TwoStage, false).footing(&[0, 1, 2, 3].into());
        assert_eq!(footing.method, Method::TwoStage);
        let [a, b] = footing.layers.as_slice() else { panic!("two strata") };
        assert_eq!(a.units, Units::Psus { n_sampled: 2, fraction: 0.5 });
        assert_eq!(footing.psus[0], Some(LayerPsu { layer: 0, n_rows: 10, fraction: 0.1, weight: 20.0 }));
        assert_eq!(footing.psus[2], None, "a desk without rows does not vary");
        assert_eq!(b.units, Units::Rows);
        assert_eq!(footing.psus[3], Some(LayerPsu { layer: 1, n_rows: 2, fraction: 1.0, weight: 0.5 }));
        let caution = Caution::MoreAnswersThanTransactions { desk: "B1".to_owned() };
        assert_eq!(footing.cautions, BTreeSet::from([caution]));
    }

    #[test]
    fn an_unknown_count_in_a_stratum_takes_away_every_correction() {
        let design = design(Inference::TwoStage, true);
        let footing = design.footing(&[0, 2, 3].into());
        assert_eq!(footing.method, Method::WithReplacement);
        assert!(footing.cautions.contains(&Caution::TransactionsUnknown { n_desks: 1 }));
        let weights: Vec<f64> = footing.psus.iter().flatten().map(|psu| psu.weight).collect();
        assert_eq!(weights, [2.0, 1.0]);
        assert_eq!(footing.layers[0].units, Units::Psus { n_sampled: 2, fraction: 0.0 });
        assert_eq!(design.footing(&[3, 4].into()).method, Method::TwoStage, "other strata do not suffer");
    }

    #[test]
    fn one_desk_is_judged_within_itself_unless_it_is_lonely() {
        let design = design(Inference::TwoStage, false);
        let footing = design.footing(&[0].into());
        assert_eq!((footing.method, footing.layers[0].units), (Method::RowsWithinDesk, Units::Rows));
        let footing = design.footing(&[4].into());
        assert_eq!(
            (footing.method, footing.layers[0].units),
            (Method::TwoStage, Units::Lonely { fraction: 1.0 / 3.0 })
        );
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
        let faults = RoundDesign::new(Inference::TwoStage, desks, &counts, vec![1, 1, 0]).unwrap_err();
        let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["repeated-desk", "desks-of-stratum", "desks-of-stratum"]);
    }
}
