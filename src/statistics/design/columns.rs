//! The design of a round as columns of a file: what other programs must be told to compute what this one does.
//!
//! R's `svydesign(ids = ~psu + row, strata = ~stratum, weights = ~weight, fpc = ~fpc1 + fpc2)` says the same as a footing.
//! Where rows vary and not desks (a census, answers nobody drew, a stratum of one desk), the row is the PSU and all there is
//! of itself, so that degrees of freedom are counted right as well.

use super::{DesignDesk, Inference, Layer, LayerPsu, RoundDesign, Units};
use crate::domain::estimate::{Caution, Method};
use crate::statistics::sample::SampleFault;
use std::collections::{BTreeMap, BTreeSet};

/// The design of the rows of a domain.
#[derive(Debug, Clone)]
pub struct DesignColumns {
    /// How figures of the whole domain find their spread.
    pub method: Method,
    /// By desk, as given; none outside the domain and where there are no rows.
    pub desks: Vec<Option<RowDesign>>,
    /// What the design has to say.
    pub cautions: BTreeSet<Caution>,
    /// Strata with one surveyed desk of several.
    pub lonely: Vec<String>,
    /// Strata of which the domain has only some of the surveyed desks: variances need the others, too.
    pub cut: Vec<String>,
}

/// What the rows of a desk have in the columns of the design.
#[derive(Debug, Clone, PartialEq)]
pub struct RowDesign {
    /// The stratum.
    pub stratum: String,
    /// Whether each row is a PSU of its own; the desk is theirs if not.
    pub rows_are_psus: bool,
    /// The weight of rows that have none of their own.
    pub weight: f64,
    /// PSUs of the stratum in the population; none where no correction is made.
    pub first_stage_size: Option<f64>,
    /// Rows of the PSU in the population; none where no correction is made.
    pub second_stage_size: Option<f64>,
}

impl DesignColumns {
    /// The columns for a domain, given by the places of its desks.
    ///
    /// # Errors
    /// As for [`Sample::of_round`](crate::statistics::Sample::of_round).
    pub fn of_round(
        desks: Vec<DesignDesk>,
        desks_per_stratum: &BTreeMap<String, u32>,
        n_rows: Vec<u64>,
        inference: Inference,
        domain: &BTreeSet<u32>,
    ) -> Result<Self, SampleFault> {
        let design =
            RoundDesign::new(inference, desks, desks_per_stratum, n_rows).map_err(|faults| SampleFault { faults })?;
        let footing = design.footing(domain);
        let row_design = |psu: &Option<LayerPsu>| {
            let psu = psu.as_ref()?;
            let layer = footing.layers.get(psu.layer)?;
            Some(RowDesign::new(psu, layer, footing.method, desks_per_stratum))
        };
        let n_sampled = |layer: &Layer| match layer.units {
            Units::Psus { n_sampled, .. } => n_sampled,
            Units::Rows | Units::Lonely { .. } => 1,
        };
        let within = |place: usize| footing.psus.iter().flatten().filter(|psu| psu.layer == place).count();
        let layers = footing.layers.iter().enumerate();
        let cut = layers.filter(|(place, layer)| within(*place) < n_sampled(layer));
        let lonely = footing.layers.iter().filter(|layer| matches!(layer.units, Units::Lonely { .. }));
        Ok(Self {
            method: footing.method,
            desks: footing.psus.iter().map(row_design).collect(),
            cut: cut.map(|(_, layer)| layer.stratum.clone()).collect(),
            lonely: lonely.map(|layer| layer.stratum.clone()).collect(),
            cautions: footing.cautions,
        })
    }
}

impl RowDesign {
    fn new(psu: &LayerPsu, layer: &Layer, method: Method, desks_per_stratum: &BTreeMap<String, u32>) -> Self {
        // The population of a desk follows from the part of it that the rows are; a part of 0 says that it is not used.
        let n_units = (psu.fraction > 0.0).then(|| (psu.n_rows as f64 / psu.fraction).round());
        let rows_are_psus = layer.units == Units::Rows;
        let (first_stage_size, second_stage_size) = match (rows_are_psus, method) {
            (true, _) => (n_units, n_units.map(|_| 1.0)),
            (false, Method::TwoStage) => (desks_per_stratum.get(&layer.stratum).copied().map(f64::from), n_units),
            (false, _) => (None, None),
        };
        Self { stratum: layer.stratum.clone(), rows_are_psus, weight: psu.weight, first_stage_size, second_stage_size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(inference: Inference, domain: &[u32], unknown: bool) -> DesignColumns {
        let desk = |code: &str, stratum: &str, transactions| DesignDesk {
            code: code.to_owned(),
            stratum: stratum.to_owned(),
            transactions,
        };
        let a2 = (!unknown).then_some(50);
        let desks = vec![
            desk("A1", "A", Some(100)),
            desk("A2", "A", a2),
            desk("A3", "A", Some(9)),
            desk("B1", "B", Some(0)),
            desk("C1", "C", Some(30)),
        ];
        let counts = [("A", 4), ("B", 1), ("C", 3)].map(|(name, n)| (name.to_owned(), n)).into();
        let domain = domain.iter().copied().collect();
        DesignColumns::of_round(desks, &counts, vec![10, 5, 0, 2, 3], inference, &domain).unwrap()
    }

    fn row(
        stratum: &str,
        rows_are_psus: bool,
        weight: f64,
        first: Option<f64>,
        second: Option<f64>,
    ) -> Option<RowDesign> {
        let stratum = stratum.to_owned();
        Some(RowDesign { stratum, rows_are_psus, weight, first_stage_size: first, second_stage_size: second })
    }

    #[test]
    fn two_stages_count_desks_and_transactions() {
        let found = columns(Inference::TwoStage, &[0, 1, 2, 3, 4], false);
        let expected = [
            row("A", false, 20.0, Some(4.0), Some(100.0)),
            row("A", false, 20.0, Some(4.0), Some(50.0)),
            None,
            // Two answers where the frame has no transaction: no population is smaller than its sample.
            row("B", true, 0.5, Some(2.0), Some(1.0)),
            row("C", false, 30.0, Some(3.0), Some(30.0)),
        ];
        assert_eq!(found.desks, expected);
        assert_eq!((found.lonely, found.cut), (vec!["C".to_owned()], vec![]));
    }

    #[test]
    fn a_part_of_a_stratum_is_told() {
        let found = columns(Inference::TwoStage, &[0, 3], false);
        assert_eq!(found.cut, ["A"]);
        assert_eq!(columns(Inference::TwoStage, &[0], false).desks[0], row("A1", true, 10.0, Some(100.0), Some(1.0)));
    }

    #[test]
    fn nothing_is_corrected_where_transactions_are_unknown() {
        let found = columns(Inference::TwoStage, &[0, 1, 2, 3], true);
        assert_eq!(found.method, Method::WithReplacement);
        assert_eq!(found.desks[0], row("A", false, 2.0, None, None));
        assert_eq!(found.desks[3], row("B", true, 1.0, None, None));
    }

    #[test]
    fn rows_of_a_census_are_drawn_within_their_desk() {
        let found = columns(Inference::ModelAssumed, &[0, 1], false);
        assert_eq!(found.desks[0], row("A1", true, 10.0, Some(100.0), Some(1.0)));
        assert_eq!(found.desks[4], None);
    }
}
