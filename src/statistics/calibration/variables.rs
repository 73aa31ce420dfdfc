//! The calibration variables of every row: an indicator for the level of each margin, and quantities.

use super::{CalibrationFault, Margin};
use crate::domain::packing::NOT_APPLICABLE;
use crate::statistics::rows::{Columns, Rows};
use crate::statistics::statistic::Reading;
use nalgebra::DVector;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// x of every row. Levels come first, margin by margin, then quantities.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// By part, then row: the combination of levels.
    pub(super) combination_of: Vec<Vec<u32>>,
    /// By combination: the place of each margin's level among the levels of all margins.
    pub(super) combinations: Vec<Vec<usize>>,
    /// By combination: rows.
    pub(super) n_rows: Vec<u64>,
    /// Levels of all margins.
    pub(super) n_levels: usize,
    /// By part: quantities, row by row, all of a row together, less their centre and in units of their scale.
    quantities: Vec<Vec<f64>>,
    /// By quantity.
    scales: Vec<Scale>,
}

/// A quantity is measured from its centre and in units of its spread, so that large ones (a year, an income) do not drown
/// the others in rounding. Without any margin of levels it is measured from 0: then no constant is among the variables that
/// could make up for the centre.
#[derive(Debug, Clone, Copy)]
struct Scale {
    centre: f64,
    unit: f64,
}

impl Variables {
    /// Sorts the rows into combinations of levels, and finds their quantities.
    pub(super) fn of(columns: &Columns, margins: &[Margin]) -> Result<Self, Vec<CalibrationFault>> {
        let (mut variables, mut faults) = Self::sort(columns, margins);
        let has_levels = margins.iter().any(|margin| matches!(margin, Margin::Levels { .. }));
        let mut by_quantity = Vec::new();
        for (margin, of_margin) in margins.iter().enumerate() {
            let Margin::Quantity { reading, .. } = of_margin else { continue };
            let values: Vec<Vec<f64>> = columns.parts().iter().map(|part| read(part, reading)).collect();
            let n_rows = values.iter().flatten().filter(|value| !value.is_finite()).count() as u64;
            if n_rows > 0 {
                faults.push(CalibrationFault::NoQuantity { margin, n_rows });
            }
            variables.scales.push(Scale::of(columns, &values, has_levels));
            by_quantity.push(values);
        }
        for part in 0..columns.parts().len() {
            let of_part: Vec<&[f64]> =
                by_quantity.iter().filter_map(|parts| parts.get(part)).map(Vec::as_slice).collect();
            let n_rows = of_part.first().map_or(0, |values| values.len());
            let scaled = |row: usize| {
                let values = of_part.iter().zip(&variables.scales);
                values.filter_map(move |(values, scale)| Some((values.get(row)? - scale.centre) / scale.unit))
            };
            let row_by_row = (0..n_rows).flat_map(scaled).collect();
            variables.quantities.push(row_by_row);
        }
        if faults.is_empty() { Ok(variables) } else { Err(faults) }
    }

    fn sort(columns: &Columns, margins: &[Margin]) -> (Self, Vec<CalibrationFault>) {
        let mut variables = Self { n_levels: margins.iter().map(Margin::n_levels).sum(), ..Self::default() };
        let offsets = offsets(margins);
        let mut places: HashMap<Vec<usize>, u32> = HashMap::new();
        let mut unknown: BTreeMap<(usize, Vec<u8>), u64> = BTreeMap::new();
        for part in columns.parts() {
            let mut of_part = Vec::with_capacity(part.block.len());
            for row in 0..part.block.len() {
                let mut levels = Vec::with_capacity(margins.len());
                for (place, (margin, offset)) in margins.iter().zip(&offsets).enumerate() {
                    match margin.level(part, row) {
                        Some(Ok(level)) => levels.push(offset + level),
                        Some(Err(codes)) => *unknown.entry((place, codes)).or_default() += 1,
                        None => (),
                    }
                }
                let next = variables.combinations.len() as u32;
                let combination = *places.entry(levels).or_insert_with_key(|levels| {
                    variables.combinations.push(levels.clone());
                    variables.n_rows.push(0);
                    next
                });
                if let Some(n_rows) = variables.n_rows.get_mut(combination as usize) {
                    *n_rows += 1;
                }
                of_part.push(combination);
            }
            variables.combination_of.push(of_part);
        }
        let no_total =
            |((margin, codes), n_rows): ((usize, Vec<u8>), u64)| CalibrationFault::NoTotal { margin, codes, n_rows };
        let mut faults: Vec<CalibrationFault> = unknown.into_iter().map(no_total).collect();
        let seen: BTreeSet<usize> = variables.combinations.iter().flatten().copied().collect();
        for (margin, (of_margin, offset)) in margins.iter().zip(&offsets).enumerate() {
            let empty = (0..of_margin.n_levels()).filter(|level| !seen.contains(&(offset + level)));
            faults.extend(empty.map(|level| CalibrationFault::NoRows { margin, level }));
        }
        (variables, faults)
    }

    /// All variables.
    pub(super) fn n(&self) -> usize {
        self.n_levels + self.scales.len()
    }

    /// The quantities of a row of a part.
    pub(super) fn quantities(&self, part: usize, row: usize) -> &[f64] {
        let n = self.scales.len();
        self.quantities.get(part).and_then(|part| part.get(row * n..(row + 1) * n)).unwrap_or_default()
    }

    /// `x'b` by combination, as far as levels go.
    pub(super) fn of_levels(&self, b: &DVector<f64>) -> Vec<f64> {
        let of = |levels: &Vec<usize>| levels.iter().filter_map(|level| b.get(*level)).sum();
        self.combinations.iter().map(of).collect()
    }

    /// `x'b` of a row's quantities.
    pub(super) fn of_quantities(&self, b: &DVector<f64>, quantities: &[f64]) -> f64 {
        quantities.iter().zip(b.iter().skip(self.n_levels)).map(|(x, b)| x * b).sum()
    }

    /// Rows of every level.
    pub(super) fn rows_by_level(&self) -> Vec<u64> {
        let mut rows = vec![0; self.n_levels];
        for (levels, n_rows) in self.combinations.iter().zip(&self.n_rows) {
            for level in levels {
                if let Some(rows) = rows.get_mut(*level) {
                    *rows += n_rows;
                }
            }
        }
        rows
    }

    /// The totals that the variables shall have, and the sizes that misses are relative to. Totals of levels that differ in
    /// sum by rounding are brought to the sum of the first margin.
    pub(super) fn targets(&self, margins: &[Margin]) -> (Vec<f64>, Vec<f64>) {
        let mut sums = margins.iter().filter_map(Margin::size);
        let size = sums.next().unwrap_or_default();
        let mut targets: Vec<f64> = Vec::with_capacity(self.n());
        for margin in margins {
            if let (Margin::Levels { totals, .. }, Some(sum)) = (margin, margin.size()) {
                targets.extend(totals.iter().map(|total| total * (size / sum)));
            }
        }
        let mut sizes = targets.clone();
        let quantities = margins.iter().filter_map(|margin| match margin {
            Margin::Quantity { total, .. } => Some(*total),
            Margin::Levels { .. } => None,
        });
        for (total, scale) in quantities.zip(&self.scales) {
            targets.push((total - scale.centre * size) / scale.unit);
            sizes.push((total.abs() / scale.unit).max(size).max(f64::MIN_POSITIVE));
        }
        (targets, sizes)
    }
}

impl Scale {
    /// Of a quantity's values, part by part.
    fn of(columns: &Columns, values: &[Vec<f64>], is_centred: bool) -> Self {
        let rows = || {
            let weights = columns.parts().iter().flat_map(|part| &part.weight);
            values.iter().flatten().zip(weights).filter(|(value, _)| value.is_finite())
        };
        let whole: f64 = rows().map(|(_, weight)| weight).sum();
        let centre = if is_centred { rows().map(|(value, weight)| value * weight).sum::<f64>() / whole } else { 0.0 };
        let square = rows().map(|(value, weight)| weight * (value - centre).powi(2)).sum::<f64>() / whole;
        Self { centre, unit: if square > 0.0 { square.sqrt() } else { 1.0 } }
    }
}

impl Margin {
    /// Its levels; none of a quantity.
    pub(super) fn n_levels(&self) -> usize {
        match self {
            Self::Levels { totals, .. } => totals.len(),
            Self::Quantity { .. } => 0,
        }
    }

    /// The size of the population it is about; a quantity says nothing of it.
    pub(super) fn size(&self) -> Option<f64> {
        match self {
            Self::Levels { totals, .. } => Some(totals.iter().sum()),
            Self::Quantity { .. } => None,
        }
    }

    /// The level of a row, or the codes that have none; `None` of a quantity.
    pub(super) fn level(&self, part: &Rows, row: usize) -> Option<Result<usize, Vec<u8>>> {
        let Self::Levels { columns, level_of, .. } = self else { return None };
        let code = |column: &usize| part.codes(*column).get(row).copied().unwrap_or(NOT_APPLICABLE);
        let codes: Vec<u8> = columns.iter().map(code).collect();
        Some(level_of.get(&codes).copied().ok_or(codes))
    }
}

/// The place of each margin's first level among those of all.
pub(super) fn offsets(margins: &[Margin]) -> Vec<usize> {
    let sizes = margins.iter().map(Margin::n_levels);
    sizes.scan(0, |next, size| Some(std::mem::replace(next, *next + size))).collect()
}

fn read(part: &Rows, reading: &Reading) -> Vec<f64> {
    (0..part.block.len()).map(|row| reading.value(part, row)).collect()
}
