//! The design of a survey that brings its own weights: strata, PSUs and population sizes as its file gives them.

use super::{Footing, Layer, LayerPsu, Lonely, Units};
use crate::domain::estimate::Method;
use crate::domain::fault::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// A stratum of a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyStratum {
    /// Its name.
    pub name: String,
    /// PSUs in its population (M); `None` for no correction.
    pub n_psus: Option<f64>,
}

/// A primary sampling unit of a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyPsu {
    /// Its name within the stratum; empty where every row is a PSU.
    pub name: String,
    /// Index of its stratum.
    pub stratum: u32,
    /// Units in its population (N); `None` for no correction.
    pub n_units: Option<f64>,
    /// The weight of its rows that have none of their own.
    pub weight: f64,
}

/// A stratified design of one or two stages.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyDesign {
    /// Strata, by index.
    pub strata: Vec<SurveyStratum>,
    /// PSUs, by index, each with at least one row. Where every row is a PSU, one for each stratum, in the same order.
    pub psus: Vec<SurveyPsu>,
    /// Whether every row is a PSU of its own; then `n_psus` of the strata counts rows.
    pub rows_are_psus: bool,
    /// What to do with a stratum of which one PSU was drawn.
    pub lonely: Lonely,
    /// Strata to take together, as pairs of names, decided before the figures were seen.
    pub collapse: Vec<(String, String)>,
}

impl SurveyDesign {
    /// Joins the design to the rows of each PSU.
    ///
    /// # Errors
    /// Every fault at once: names to collapse that no stratum has, population sizes below the sample's.
    pub(in crate::statistics) fn footing(&self, rows: &[u64]) -> Result<Footing, Vec<Fault>> {
        let (layer_of, names, mut faults) = self.layers();
        let mut population: Vec<Option<f64>> = vec![Some(0.0); names.len()];
        for (stratum, &layer) in self.strata.iter().zip(&layer_of) {
            if let Some(sum) = population.get_mut(layer) {
                *sum = sum.zip(stratum.n_psus).map(|(sum, n)| sum + n);
            }
        }
        let mut n_sampled = vec![0_u64; names.len()];
        let mut psus = Vec::with_capacity(self.psus.len());
        for (psu, &n_rows) in self.psus.iter().zip(rows) {
            let layer = layer_of.get(psu.stratum as usize).copied().unwrap_or_default();
            if let Some(n) = n_sampled.get_mut(layer) {
                *n += if self.rows_are_psus { n_rows } else { u64::from(n_rows > 0) };
            }
            if psu.n_units.is_some_and(|n_units| n_units < n_rows as f64) {
                let what = format!("PSU {} of stratum", psu.name);
                faults.push(too_small(&what, names.get(layer), psu.n_units, n_rows, "rows"));
            }
            // Without a population the rows of a PSU count as all of it: the first stage alone is taken as drawn.
            let of_units = psu.n_units.map_or(1.0, |n_units| n_rows as f64 / n_units);
            psus.push((n_rows > 0).then_some(LayerPsu { layer, n_rows, fraction: of_units, weight: psu.weight }));
        }
        let mut layers = Vec::with_capacity(names.len());
        for ((name, population), &n_sampled) in names.iter().zip(&population).zip(&n_sampled) {
            if population.is_some_and(|population| population < n_sampled as f64) {
                faults.push(too_small("stratum", Some(name), *population, n_sampled, "PSUs"));
            }
            let fraction = population.map_or(0.0, |population| n_sampled as f64 / population);
            layers.push(Layer { stratum: name.clone(), units: self.units(n_sampled, fraction) });
        }
        if self.rows_are_psus {
            for psu in psus.iter_mut().flatten() {
                let population = population.get(psu.layer).copied().flatten();
                psu.fraction = population.map_or(0.0, |population| psu.n_rows as f64 / population);
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let method = self.method(&population);
        Ok(Footing {
            method,
            layers,
            psus,
            rows_are_psus: self.rows_are_psus,
            lonely: self.lonely,
            cautions: BTreeSet::new(),
        })
    }

    fn units(&self, n_sampled: u64, fraction: f64) -> Units {
        match n_sampled {
            1 if fraction < 1.0 => Units::Lonely { fraction },
            _ if self.rows_are_psus => Units::Rows,
            _ => Units::Psus { n_sampled: n_sampled as usize, fraction },
        }
    }

    /// How the spread is found, by which population sizes are there.
    fn method(&self, population: &[Option<f64>]) -> Method {
        let first = population.iter().any(Option::is_some);
        let second = self.psus.iter().any(|psu| psu.n_units.is_some());
        match (first, second) {
            (true, true) => Method::TwoStage,
            (true, false) if !self.rows_are_psus => Method::FirstStage,
            (true, false) => Method::RowsDrawn,
            _ if self.rows_are_psus => Method::RowsWithReplacement,
            _ => Method::WithReplacement,
        }
    }

    /// The layer of each stratum after collapsing, the name of each layer, and names that no stratum has.
    fn layers(&self) -> (Vec<usize>, Vec<String>, Vec<Fault>) {
        let mut faults = Vec::new();
        let place: BTreeMap<&str, usize> = self.strata.iter().map(|s| s.name.as_str()).zip(0..).collect();
        let mut root: Vec<usize> = (0..self.strata.len()).collect();
        for (a, b) in &self.collapse {
            for name in [a, b].into_iter().filter(|name| !place.contains_key(name.as_str())) {
                let known: Vec<&str> = place.keys().take(12).copied().collect();
                let message = format!("there is no stratum {name} to collapse; strata are {}", known.join(", "));
                faults.push(Fault::of_whole("unknown-stratum", message));
            }
            if let (Some(a), Some(b)) = (place.get(a.as_str()), place.get(b.as_str())) {
                let (keep, gone) = (root.get(*a).copied(), root.get(*b).copied());
                root.iter_mut().filter(|place| Some(**place) == gone).for_each(|place| *place = keep.unwrap_or(*place));
            }
        }
        let mut layer_of = Vec::with_capacity(root.len());
        let mut names: Vec<String> = Vec::new();
        let mut layers = BTreeMap::new();
        for (stratum, root) in self.strata.iter().zip(&root) {
            let layer = *layers.entry(*root).or_insert_with(|| {
                names.push(String::new());
                names.len() - 1
            });
            if let Some(name) = names.get_mut(layer) {
                name.push_str(if name.is_empty() { "" } else { "+" });
                name.push_str(&stratum.name);
            }
            layer_of.push(layer);
        }
        (layer_of, names, faults)
    }
}

fn too_small(what: &str, name: Option<&String>, population: Option<f64>, n: u64, units: &str) -> Fault {
    let name = name.map(String::as_str).unwrap_or_default();
    let population = population.unwrap_or_default();
    let message = format!("{what} {name} has {n} {units} in the sample, more than the {population} of its population");
    Fault::of_whole("population-below-sample", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn psu(stratum: u32) -> SurveyPsu {
        SurveyPsu { name: "p".to_owned(), stratum, n_units: None, weight: 1.0 }
    }

    fn design(lonely: Lonely, collapse: &[(&str, &str)]) -> SurveyDesign {
        let stratum = |(name, n): &(&str, f64)| SurveyStratum { name: (*name).to_owned(), n_psus: Some(*n) };
        SurveyDesign {
            strata: [("A", 4.0), ("B", 9.0), ("C", 1.0)].iter().map(stratum).collect(),
            psus: [0, 0, 1, 2].map(psu).into(),
            rows_are_psus: false,
            lonely,
            collapse: collapse.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        }
    }

    #[test]
    fn strata_keep_their_sampling_fractions() {
        let footing = design(Lonely::Fail, &[]).footing(&[5, 6, 7, 8]).unwrap();
        let units: Vec<_> = footing.layers.iter().map(|layer| layer.units).collect();
        assert_eq!(
            units,
            [
                Units::Psus { n_sampled: 2, fraction: 0.5 },
                Units::Lonely { fraction: 1.0 / 9.0 },
                Units::Psus { n_sampled: 1, fraction: 1.0 },
            ]
        );
        assert_eq!(footing.method, Method::FirstStage);
    }

    #[test]
    fn collapsed_strata_are_one_layer() {
        let footing = design(Lonely::Fail, &[("A", "B")]).footing(&[5, 6, 7, 8]).unwrap();
        assert_eq!(footing.layers[0].stratum, "A+B");
        assert_eq!(footing.layers[0].units, Units::Psus { n_sampled: 3, fraction: 3.0 / 13.0 });
        assert_eq!(footing.psus[2].unwrap().layer, 0);
        assert_eq!(footing.layers.len(), 2);
    }

    #[test]
    fn every_fault_is_named() {
        let mut design = design(Lonely::Fail, &[("A", "Z")]);
        design.strata[0].n_psus = Some(1.0);
        design.psus[3].n_units = Some(3.0);
        let faults = design.footing(&[5, 6, 7, 8]).unwrap_err();
        let messages: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 3, "{messages:?}");
        assert!(messages[0].contains("no stratum Z"), "{messages:?}");
        assert!(messages[1].contains("8 rows in the sample, more than the 3"), "{messages:?}");
        assert!(messages[2].contains("stratum A has 2 PSUs"), "{messages:?}");
    }

    #[test]
    fn rows_may_be_the_psus() {
        let mut design = design(Lonely::Fail, &[]);
        design.rows_are_psus = true;
        design.psus = [0, 1, 2].map(psu).into();
        let footing = design.footing(&[3, 1, 1]).unwrap();
        let units: Vec<_> = footing.layers.iter().map(|layer| layer.units).collect();
        assert_eq!(units, [Units::Rows, Units::Lonely { fraction: 1.0 / 9.0 }, Units::Rows]);
        assert_eq!(footing.psus[0].unwrap().fraction, 0.75);
    }
}
