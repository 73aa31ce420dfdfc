//! From sums per desk to a variance and its degrees of freedom.
//!
//! With `z` the sum of the linearised values `u` of a desk, `f = n/M` of the desks and `g = m/N` of the rows drawn:
//!
//! ```text
//! V = Σ_strata (1−f) n/(n−1) Σ_desks (z − z̄)²  +  Σ_strata f Σ_desks (1−g) m/(m−1) Σ_rows (u − z/m)²
//! ```
//!
//! A desk that is in the sample for certain has only the second line, with f = 1.
//! Source: Särndal, Swensson and Wretman (1992), 4.3; the `survey` package for R computes the same.

use super::design::{Footing, Layer, LayerDesk, Units};
use super::linearise::DeskTotals;

/// Below this part of desks not surveyed, all count as surveyed; it only absorbs rounding of n/M.
const ALL_SURVEYED: f64 = 1e-7;

/// The spread of one statistic in one domain.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spread {
    /// V, in the square of the statistic's unit.
    pub(super) variance: f64,
    /// Units with answers minus layers with answers.
    pub(super) df: u64,
    /// Rows that answered at least one item of the statistic.
    pub(super) n: u64,
    /// Desks with such rows.
    pub(super) n_psu: u32,
    /// Strata with such rows whose spread cannot be told.
    pub(super) lonely: Vec<String>,
    /// Desks that would show how their rows vary, but have one row.
    pub(super) n_single: usize,
    /// Whether some desks, or some transactions of the desks with answers, were not observed.
    pub(super) is_sample: bool,
}

impl Spread {
    /// Adds up the layers of a domain; `totals` is by desk.
    pub(super) fn of(footing: &Footing, totals: &[DeskTotals]) -> Self {
        let mut spread = Self::default();
        for layer in &footing.layers {
            spread.add(layer, totals);
        }
        spread
    }

    fn add(&mut self, layer: &Layer, totals: &[DeskTotals]) {
        let of_desk = |desk: &LayerDesk| totals.get(desk.desk as usize).copied().unwrap_or_default();
        let desks: Vec<(&LayerDesk, DeskTotals)> = layer.desks.iter().map(|desk| (desk, of_desk(desk))).collect();
        let n: u64 = desks.iter().map(|(_, totals)| totals.n_answered).sum();
        if n == 0 {
            return;
        }
        let answering = || desks.iter().filter(|(_, totals)| totals.n_answered > 0);
        let n_psu = answering().count();
        self.n += n;
        self.n_psu += n_psu as u32;
        let fraction = match layer.units {
            Units::Lonely => {
                self.lonely.push(layer.stratum.clone());
                return;
            }
            Units::Rows => {
                self.df += n - 1;
                1.0
            }
            Units::Desks { n_surveyed, fraction } => {
                self.df += n_psu as u64 - 1;
                self.variance += between_desks(&desks, n_surveyed, fraction);
                fraction
            }
        };
        self.variance += fraction * between_rows(&desks);
        self.is_sample |= 1.0 - fraction >= ALL_SURVEYED || answering().any(|(desk, _)| desk.fraction < 1.0);
        if fraction > 0.0 {
            self.n_single += answering().filter(|(desk, _)| desk.n_rows == 1).count();
        }
    }
}

/// The first line: `(1−f) n/(n−1) Σ (z − z̄)²` over all surveyed desks of the stratum; those outside the domain have z = 0.
fn between_desks(desks: &[(&LayerDesk, DeskTotals)], n_surveyed: usize, fraction: f64) -> f64 {
    if 1.0 - fraction < ALL_SURVEYED {
        return 0.0;
    }
    let n = n_surveyed as f64;
    let mean = desks.iter().map(|(_, totals)| totals.sum).sum::<f64>() / n;
    let inside: f64 = desks.iter().map(|(_, totals)| (totals.sum - mean).powi(2)).sum();
    let n_outside = n_surveyed.saturating_sub(desks.len()) as f64;
    (1.0 - fraction) * n / (n - 1.0) * (inside + n_outside * mean * mean)
}

/// The second line without f: `Σ (1−g) m/(m−1) Σ (u − z/m)²`. A desk with one row adds nothing.
fn between_rows(desks: &[(&LayerDesk, DeskTotals)]) -> f64 {
    let with_rows = desks.iter().filter(|(desk, _)| desk.n_rows > 1);
    with_rows
        .map(|(desk, totals)| {
            let m = desk.n_rows as f64;
            let squares = (totals.squares - totals.sum * totals.sum / m).max(0.0);
            (1.0 - desk.fraction) * m / (m - 1.0) * squares
        })
        .sum()
}
