//! Margins that share columns must agree on them: what `sex*age_group` says of women adds up to what `sex` says of them.
//! That margins agree on the size of the population is left to the calibration itself.

use super::{MarginKind, MarginSheet};
use crate::domain::fault::Fault;
use crate::statistics::SAME_POPULATION;
use std::collections::BTreeMap;

/// Every level that two margins contradict each other in.
pub(super) fn faults(sheets: &[MarginSheet]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (place, a) in sheets.iter().enumerate() {
        for b in sheets.iter().skip(place + 1) {
            let shared: Vec<&str> =
                a.columns.iter().filter(|column| b.columns.contains(column)).map(String::as_str).collect();
            if let (false, Some(of_a), Some(of_b)) = (shared.is_empty(), sums(a, &shared), sums(b, &shared)) {
                faults.extend(differences((a, &of_a), (b, &of_b), &shared));
            }
        }
    }
    faults
}

type Sums = BTreeMap<Vec<String>, f64>;

/// Totals of a margin by the labels of some of its columns; `None` of a quantity.
fn sums(sheet: &MarginSheet, shared: &[&str]) -> Option<Sums> {
    let MarginKind::Levels(levels) = &sheet.kind else { return None };
    let places: Vec<usize> =
        shared.iter().filter_map(|column| sheet.columns.iter().position(|known| known == column)).collect();
    let mut sums = Sums::new();
    for (labels, total) in levels {
        let labels = places.iter().filter_map(|place| labels.get(*place)).map(|label| written_alike(label));
        *sums.entry(labels.collect()).or_default() += total;
    }
    Some(sums)
}

/// A number is the same however it is written.
fn written_alike(label: &str) -> String {
    label.parse::<f64>().map_or_else(|_| label.to_owned(), |number| number.to_string())
}

fn differences((a, of_a): (&MarginSheet, &Sums), (b, of_b): (&MarginSheet, &Sums), shared: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |message| faults.push(Fault::of_whole("contradictory-margins", message));
    for (labels, sum_a) in of_a {
        let (level, of) = (labels.join("*"), shared.join("*"));
        match of_b.get(labels) {
            None => fault(format!("margin {} has {of} {level}, but margin {} does not", a.name, b.name)),
            Some(sum_b) if (sum_a - sum_b).abs() > SAME_POPULATION * sum_a.abs() => fault(format!(
                "{of} {level} adds up to {sum_a} in margin {}, but to {sum_b} in margin {}; correct one of them",
                a.name, b.name
            )),
            Some(_) => (),
        }
    }
    for labels in of_b.keys().filter(|labels| !of_a.contains_key(*labels)) {
        let (level, of) = (labels.join("*"), shared.join("*"));
        fault(format!("margin {} has {of} {level}, but margin {} does not", b.name, a.name));
    }
    faults
}
