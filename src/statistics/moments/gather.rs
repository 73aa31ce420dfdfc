//! From rows to sums.

use super::{Form, Moments, Sums, triangle};
use crate::domain::fault::Fault;
use crate::statistics::file::SurveyFile;
use crate::statistics::point::{RowSums, parts_of};
use crate::statistics::sample::Sample;
use crate::statistics::statistic::Statistic;
use crate::statistics::waves;

/// A statistic to count, as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// The statistic as typed.
    pub asked: String,
    /// Of a distribution, the category.
    pub category: Option<String>,
    /// What to count.
    pub statistic: Statistic,
}

impl Moments {
    /// Counts the rows of a file once; `by` names its breakdown variables.
    ///
    /// # Errors
    /// Every statistic that cannot be read off the file.
    pub fn of(file: &SurveyFile, by: &[String], counted: &[Counted]) -> Result<Self, Vec<Fault>> {
        let check = |one: &Counted| one.statistic.check(&file.sample.columns).err();
        let faults: Vec<Fault> = counted
            .iter()
            .filter_map(check)
            .map(|reason| Fault::of_whole("not-estimable", reason.to_string()))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let design = &file.design;
        // Rows vary within their PSU where these have a population, or where rows are the PSUs.
        let is_within = design.rows_are_psus || design.psus.iter().any(|psu| psu.n_units.is_some());
        let blocks = file.sample.index.blocks().to_vec();
        let n_rows = file.sample.columns.rows_per_block(blocks.len()).unwrap_or_default();
        let sums = waves::map(counted, |one| Sums::count(&one.statistic, &file.sample, file.cells.len(), is_within));
        Ok(Self {
            forms: counted.iter().map(|one| Form::of(&one.statistic, &one.asked, one.category.as_deref())).collect(),
            by: by.to_vec(),
            cells: file.cells.clone(),
            labels: file.labels.clone(),
            strata: design.strata.clone(),
            psus: design.psus.clone(),
            rows_are_psus: design.rows_are_psus,
            blocks,
            n_rows,
            sums,
        })
    }
}

impl RowSums {
    fn count(&mut self, weight: f64, a: f64, b: f64) {
        self.add(Self { numerator: weight * a, absolute: weight * a.abs(), denominator: weight * b });
    }
}

impl Sums {
    pub(super) fn empty(n_terms: usize, n_blocks: usize, n_cells: usize, is_within: bool) -> Self {
        let n_entries = triangle(2 * n_terms);
        Self {
            n: vec![0; n_blocks],
            weight: vec![0.0; n_blocks],
            first: vec![RowSums::default(); n_blocks * n_terms],
            squares: vec![0.0; if is_within { n_blocks * n_entries } else { 0 }],
            products: vec![0.0; n_cells * n_entries],
        }
    }

    fn count(statistic: &Statistic, sample: &Sample, n_cells: usize, is_within: bool) -> Self {
        let blocks = sample.index.blocks();
        let (n_terms, of_block) = (statistic.terms.len(), sample.weights_of_blocks());
        let n_entries = triangle(2 * n_terms);
        let mut sums = Self::empty(n_terms, blocks.len(), n_cells, is_within);
        // The values of a row's answered terms, with their places among all a and b.
        let mut values: Vec<(usize, f64)> = Vec::with_capacity(2 * n_terms);
        for part in sample.columns.parts() {
            for (row, (&block, weight)) in part.block.iter().zip(part.weights(&of_block)).enumerate() {
                let place = block as usize;
                values.clear();
                for (term, of_term) in statistic.terms.iter().enumerate() {
                    let Some((a, b)) = parts_of(&of_term.ratio, part, row) else { continue };
                    values.extend([(2 * term, a), (2 * term + 1, b)]);
                    if let Some(first) = sums.first.get_mut(place * n_terms + term) {
                        first.count(weight, a, b);
                    }
                }
                if values.is_empty() {
                    continue;
                }
                if let (Some(n), Some(sum)) = (sums.n.get_mut(place), sums.weight.get_mut(place)) {
                    *n += 1;
                    *sum += weight;
                }
                let cell = blocks.get(place).map_or(0, |block| block.cell as usize);
                add_products(sums.products.chunks_exact_mut(n_entries).nth(cell), &values, weight);
                add_products(sums.squares.chunks_exact_mut(n_entries).nth(place), &values, weight * weight);
            }
        }
        sums
    }
}

/// Adds `factor x y` for every pair of values to a lower triangle.
fn add_products(triangle_of: Option<&mut [f64]>, values: &[(usize, f64)], factor: f64) {
    let Some(entries) = triangle_of else { return };
    for (upto, (i, x)) in (1..).zip(values) {
        let scaled = factor * x;
        let Some(row) = entries.get_mut(triangle(*i)..) else { continue };
        for (j, y) in values.iter().take(upto) {
            if let Some(entry) = row.get_mut(*j) {
                *entry += scaled * y;
            }
        }
    }
}
