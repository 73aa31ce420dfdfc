//! Sums from which every estimate can be had again, so that parts of a survey add up: a day, a province, a machine.
//!
//! A row's value in term k of a statistic is the pair `(a, b)`, with the term's ratio `Σwa / Σwb`. Of every pair of PSU and
//! cell `Σwa`, `Σw|a|` and `Σwb` are kept: value and spread between PSUs follow from these. The spread within PSUs and
//! the design effect need sums of products as well, since the linearised value of a row is `e = Σ c_k (a_k − R_k b_k)`,
//! and R is known only when all parts are there: `Σ (we)²` is a quadratic form in the sums of `w² x y` over all a and b.

mod adding;
mod gather;
mod read;
mod write;

pub use gather::Counted;

use super::design::{Lonely, SurveyDesign, SurveyPsu, SurveyStratum};
use super::point::{Point, RowSums};
use super::rows::Block;
use super::sample::{Row, borrow_design_effect, check_level};
use super::scan::{BlockIndex, Domain};
use super::statistic::{Nature, NotEstimable, Range, Ratio, Statistic};
use super::totals::Totals;
use super::variance::Spread;
use super::verdict::{self, Confidence};
use super::waves;
use crate::domain::estimate::Estimate;
use crate::domain::fault::Fault;
use std::collections::BTreeMap;

/// What the names of breakdown columns begin with in a file.
const BY: &str = "by.";
/// A quadratic form this far below the sum of its absolute terms is zero but for rounding.
const CANCELLED: f64 = 1e-13;

/// What a statistic is made of, without the columns it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The statistic as typed.
    pub statistic: String,
    /// Of a distribution, the category.
    pub category: Option<String>,
    /// The values it can have.
    pub range: Range,
    /// Factor and kind of each term.
    terms: Vec<(f64, Kind)>,
}

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mean,
    Quotient,
    Total,
}

/// The sums of one statistic.
#[derive(Debug, Clone, Default, PartialEq)]
struct Sums {
    /// By block: rows that answered at least one term.
    n: Vec<u64>,
    /// By block: the sum of their weights.
    weight: Vec<f64>,
    /// By block, then term.
    first: Vec<RowSums>,
    /// By block, then the lower triangle of `Σ w² x y` over a and b of all terms; empty where no design needs it.
    squares: Vec<f64>,
    /// By cell, then the lower triangle of `Σ w x y`.
    products: Vec<f64>,
}

/// The moments of some statistics in a survey, or in a part of it.
#[derive(Debug, Clone, Default)]
pub struct Moments {
    /// The statistics.
    pub forms: Vec<Form>,
    /// Breakdown variables, whose finest crossing makes the cells.
    pub by: Vec<String>,
    /// The cells, by index: of each breakdown variable the place of its label, `None` where missing.
    pub cells: Vec<Vec<Option<u32>>>,
    /// The labels of each breakdown variable.
    pub labels: Vec<Vec<String>>,
    strata: Vec<SurveyStratum>,
    psus: Vec<SurveyPsu>,
    rows_are_psus: bool,
    blocks: Vec<Block>,
    /// Rows of each block.
    n_rows: Vec<u64>,
    /// By statistic.
    sums: Vec<Sums>,
}

impl Form {
    fn of(statistic: &Statistic, asked: &str, category: Option<&str>) -> Self {
        let kind = |ratio: &Ratio| match ratio {
            Ratio::Mean(_) => Kind::Mean,
            Ratio::Quotient { .. } => Kind::Quotient,
            Ratio::Total(_) => Kind::Total,
        };
        Self {
            statistic: asked.to_owned(),
            category: category.map(str::to_owned),
            range: statistic.range,
            terms: statistic.terms.iter().map(|term| (term.factor, kind(&term.ratio))).collect(),
        }
    }

    /// The name of its figures.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.category {
            Some(category) => format!("{}={category}", self.statistic),
            None => self.statistic.clone(),
        }
    }

    /// Whether it is another category of the same distribution.
    fn is_sibling(&self, other: &Self) -> bool {
        self.category.is_some() && other.category.is_some() && self.statistic == other.statistic
    }

    fn nature(&self) -> Nature {
        Nature { range: self.range, is_total: self.terms.iter().any(|(_, kind)| *kind == Kind::Total) }
    }
}

/// Entries of the lower triangle before row `i`; of a statistic of k terms it has `triangle(2 k)` entries.
fn triangle(i: usize) -> usize {
    i * (i + 1) / 2
}

/// The entries of the triangle that belong to a term: its rows of a and of b.
fn entries(term: usize) -> std::ops::Range<usize> {
    triangle(2 * term)..triangle(2 * term + 2)
}

/// `Σ c_i c_j s_ij` over a symmetric matrix given by its lower triangle.
fn quadratic(coefficients: &[f64], triangle: &[f64]) -> f64 {
    let (mut sum, mut absolute) = (0.0, 0.0);
    let mut entries = triangle.iter();
    for (i, x) in coefficients.iter().enumerate() {
        for (j, y) in coefficients.iter().enumerate().take(i + 1) {
            let times = if i == j { 1.0 } else { 2.0 };
            let term = times * x * y * entries.next().copied().unwrap_or_default();
            sum += term;
            absolute += term.abs();
        }
    }
    if sum > CANCELLED * absolute { sum } else { 0.0 }
}

impl Moments {
    /// Rows that were counted.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.n_rows.iter().sum()
    }

    /// Estimates every statistic in every domain, `[domain][statistic]`, as the rows themselves would give them but for
    /// rounding. What to do with lonely PSUs, and which strata to take together, is decided here.
    ///
    /// # Errors
    /// Strata to collapse that are not there; populations smaller than what all parts together drew.
    pub fn estimate(
        &self,
        domains: &[Domain],
        (lonely, collapse): (Lonely, &[(String, String)]),
        confidence: Confidence,
    ) -> Result<Vec<Row>, Vec<Fault>> {
        let design = SurveyDesign {
            strata: self.strata.clone(),
            psus: self.psus.clone(),
            rows_are_psus: self.rows_are_psus,
            lonely,
            collapse: collapse.to_vec(),
        };
        let mut rows_per_psu = vec![0; self.psus.len()];
        for (block, n_rows) in self.blocks.iter().zip(&self.n_rows) {
            if let Some(sum) = rows_per_psu.get_mut(block.psu as usize) {
                *sum += n_rows;
            }
        }
        let footing = design.footing(&rows_per_psu)?;
        let index = BlockIndex::new(self.blocks.clone(), self.psus.len());
        let members: Vec<Vec<u32>> = domains.iter().map(|domain| self.by_psu(&index.of(domain))).collect();
        let all_cells = || (0..self.cells.len() as u32).collect();
        let cells: Vec<Vec<u32>> = domains
            .iter()
            .map(|domain| domain.cells.as_ref().map_or_else(all_cells, |cells| cells.iter().copied().collect()))
            .collect();
        let places: Vec<usize> = (0..self.forms.len()).collect();
        let by_form = waves::map(&places, |place| {
            let (Some(form), Some(sums)) = (self.forms.get(*place), self.sums.get(*place)) else { return Vec::new() };
            let one = |(blocks, cells): (&Vec<u32>, &Vec<u32>)| {
                check_level(confidence.level)?;
                let (point, spread) = self.spread(form, sums, (blocks, cells), &footing)?;
                Ok(verdict::estimate(form.nature(), &point, &spread, &footing, confidence))
            };
            members.iter().zip(&cells).map(one).collect::<Vec<Result<Estimate, NotEstimable>>>()
        });
        let mut rows: Vec<Row> = domains.iter().map(|_| Vec::with_capacity(self.forms.len())).collect();
        for of_form in by_form {
            rows.iter_mut().zip(of_form).for_each(|(row, one)| row.push(one));
        }
        for (place, form) in self.forms.iter().enumerate() {
            borrow_design_effect(&mut rows, place, form.range, confidence);
        }
        Ok(rows)
    }

    fn by_psu(&self, blocks: &[u32]) -> Vec<u32> {
        let mut blocks = blocks.to_vec();
        blocks.sort_by_key(|block| self.blocks.get(*block as usize).map(|block| block.psu));
        blocks
    }

    /// Value and spread of one statistic over some blocks, which lie in these cells.
    fn spread(
        &self,
        form: &Form,
        sums: &Sums,
        (blocks, cells): (&[u32], &[u32]),
        footing: &super::design::Footing,
    ) -> Result<(Point, Spread), NotEstimable> {
        let n_terms = form.terms.len();
        let mut of_term = vec![RowSums::default(); n_terms];
        for &block in blocks {
            let of_block = sums.first.chunks_exact(n_terms).nth(block as usize).unwrap_or_default();
            of_term.iter_mut().zip(of_block).for_each(|(sum, more)| sum.add(*more));
        }
        let mut point = Point { value: 0.0, scale: 0.0, tables: Vec::new(), looked_up: Vec::new(), by_row: Vec::new() };
        let mut unanswered = Vec::new();
        for (place, ((factor, kind), sums)) in form.terms.iter().zip(&of_term).enumerate() {
            match Point::of_sums(*factor, *kind == Kind::Total, *sums) {
                Some((term, value, scale)) => {
                    point.by_row.push(term);
                    point.value += value;
                    point.scale += scale;
                }
                None => unanswered.push(place),
            }
        }
        if !unanswered.is_empty() {
            return Err(NotEstimable::NoAnswers { statistic: form.name(), items: unanswered });
        }
        // e = Σ c x over all a and b, in their order.
        let c: Vec<f64> = point.by_row.iter().flat_map(|term| [term.factor, -term.factor * term.ratio]).collect();
        let n_entries = triangle(2 * n_terms);
        let mut totals: BTreeMap<u32, Totals> = BTreeMap::new();
        for &block in blocks {
            let place = block as usize;
            let Some(psu) = self.blocks.get(place).map(|block| block.psu) else { continue };
            let totals = totals.entry(psu).or_default();
            let first = sums.first.chunks_exact(n_terms).nth(place).unwrap_or_default();
            totals.sum += first
                .iter()
                .zip(&point.by_row)
                .map(|(s, t)| t.factor * (s.numerator - t.ratio * s.denominator))
                .sum::<f64>();
            totals.squares += quadratic(&c, sums.squares.chunks_exact(n_entries).nth(place).unwrap_or_default());
            totals.weight += sums.weight.get(place).copied().unwrap_or_default();
            totals.n_answered += sums.n.get(place).copied().unwrap_or_default();
        }
        // The design effect looks at all rows of the domain together, so it does not matter which PSU carries the sum.
        if let Some(any) = totals.values_mut().find(|totals| totals.n_answered > 0) {
            let of_cell = |cell: &u32| {
                quadratic(&c, sums.products.chunks_exact(n_entries).nth(*cell as usize).unwrap_or_default())
            };
            any.simple = cells.iter().map(of_cell).sum();
        }
        let (psus, totals): (Vec<u32>, Vec<Totals>) = totals.into_iter().unzip();
        Ok((point, Spread::of(footing, &psus, &totals)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_form_adds_both_halves_of_the_matrix() {
        // (2, 3) over [[5, 7], [7, 11]].
        assert_eq!(quadratic(&[2.0, 3.0], &[5.0, 7.0, 11.0]), 20.0 + 2.0 * 42.0 + 99.0);
        assert_eq!(quadratic(&[1.0, -1.0], &[0.3, 0.3, 0.3 + 1e-16]), 0.0);
        assert_eq!((entries(0), entries(1)), (0..3, 3..10));
    }
}
