//! From sums by PSU to a variance and its degrees of freedom.
//!
//! With `z` the sum of the linearised values `u` of a PSU, `f = n/M` of the PSUs and `g = m/N` of the rows drawn:
//!
//! ```text
//! V = Σ_strata (1−f) n/(n−1) Σ_psus (z − z̄)²  +  Σ_strata f Σ_psus (1−g) m/(m−1) Σ_rows (u − z/m)²
//! ```
//!
//! A PSU that is in the sample for certain has only the second line, with f = 1.
//! Source: Särndal, Swensson and Wretman (1992), 4.3; the `survey` package for R computes the same, and the ways to treat
//! a lonely PSU are its own.

use super::design::{Footing, LayerPsu, Lonely, Units};
use super::totals::Totals;

/// Below this part of PSUs not sampled, all count as sampled; it only absorbs rounding of n/M.
const ALL_SAMPLED: f64 = 1e-7;

/// The spread of one statistic in one domain.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spread {
    /// V, in the square of the statistic's unit.
    pub(super) variance: f64,
    /// What V would be for a simple random sample with replacement of as many rows.
    pub(super) simple: f64,
    /// Sum of the weights of the rows that answered.
    pub(super) weight: f64,
    /// Units with answers minus layers with answers.
    pub(super) df: u64,
    /// Rows that answered at least one item of the statistic.
    pub(super) n: u64,
    /// PSUs with such rows.
    pub(super) n_psu: u64,
    /// Layers with such rows.
    pub(super) n_strata: u32,
    /// Strata with such rows of which one PSU was drawn.
    pub(super) lonely: Vec<String>,
    /// PSUs that would show how their rows vary, but have one row.
    pub(super) n_single: usize,
    /// Whether some PSUs, or some rows of the PSUs with answers, were not observed.
    pub(super) is_sample: bool,
}

/// One PSU of a domain: its place in the design and its sums.
type Member = (LayerPsu, Totals);

impl Spread {
    /// Adds up a domain: its PSUs with rows, and the totals of each. PSUs of the design that are not named have no rows in
    /// the domain; their sums are 0.
    pub(super) fn of(footing: &Footing, psus: &[u32], totals: &[Totals]) -> Self {
        let place = |psu: &u32| footing.psus.get(*psu as usize).copied().flatten();
        let mut members: Vec<Member> =
            psus.iter().zip(totals).filter_map(|(psu, totals)| Some((place(psu)?, *totals))).collect();
        members.sort_by_key(|(psu, _)| psu.layer);
        let mut spread = Self::default();
        let mean = match footing.lonely {
            Lonely::Adjust => mean_of_all(footing, &members),
            Lonely::Fail | Lonely::Average | Lonely::Remove | Lonely::Certainty => 0.0,
        };
        for layer in members.chunk_by(|(a, _), (b, _)| a.layer == b.layer) {
            spread.add(footing, layer, mean);
        }
        if footing.lonely == Lonely::Average {
            spread.variance *= for_all_layers(footing);
        }
        // Σ w e² is in units of the statistic over the sum of weights; see Kish (1965), 8.2, for the comparison.
        let n = spread.n as f64;
        spread.simple *= spread.weight / (n - 1.0);
        spread
    }

    /// Whether the data can show the spread: no lonely PSU stands in the way, or a rule deals with it and other strata are
    /// there to show something.
    pub(super) fn is_told(&self, footing: &Footing) -> bool {
        self.lonely.is_empty() || (footing.lonely != Lonely::Fail && (self.lonely.len() as u32) < self.n_strata)
    }

    /// The design effect: V over the variance of a simple random sample of as many rows, without replacement where the
    /// weights add up to a population.
    pub(super) fn design_effect(&self) -> Option<f64> {
        let n = self.n as f64;
        let correction = if self.weight > n { 1.0 - n / self.weight } else { 1.0 };
        Some(self.variance / (self.simple * correction)).filter(|deff| deff.is_finite())
    }

    /// Adds the PSUs of one layer; `mean` is that of all sums of the domain.
    fn add(&mut self, footing: &Footing, members: &[Member], mean: f64) {
        let Some(layer) = members.first().and_then(|(psu, _)| footing.layers.get(psu.layer)) else { return };
        let n: u64 = members.iter().map(|(_, totals)| totals.n_answered).sum();
        let answering = || members.iter().filter(|(_, totals)| totals.n_answered > 0);
        let n_psu = if footing.rows_are_psus { n } else { answering().count() as u64 };
        let fraction = match layer.units {
            Units::Lonely { fraction } => {
                if n > 0 {
                    self.lonely.push(layer.stratum.clone());
                }
                if footing.lonely == Lonely::Adjust {
                    self.variance +=
                        members.iter().map(|(_, z)| (1.0 - fraction) * (z.sum - mean).powi(2)).sum::<f64>();
                }
                fraction
            }
            Units::Rows => {
                self.df += n.saturating_sub(1);
                1.0
            }
            Units::Psus { n_sampled, fraction } => {
                self.df += n_psu.saturating_sub(1);
                self.variance += between_psus(members, n_sampled, fraction);
                fraction
            }
        };
        self.variance += fraction * between_rows(members);
        // A layer in which nobody answered has a spread only by calibrated weights, and adds to nothing else.
        if n == 0 {
            return;
        }
        self.n += n;
        self.n_psu += n_psu;
        self.n_strata += 1;
        self.simple += members.iter().map(|(_, totals)| totals.simple).sum::<f64>();
        self.weight += members.iter().map(|(_, totals)| totals.weight).sum::<f64>();
        self.is_sample |= 1.0 - fraction >= ALL_SAMPLED || answering().any(|(psu, _)| psu.fraction < 1.0);
        if fraction > 0.0 {
            self.n_single += answering().filter(|(psu, _)| psu.n_rows == 1 && psu.fraction < 1.0).count();
        }
    }
}

/// Layers of the design over those that show their spread.
fn for_all_layers(footing: &Footing) -> f64 {
    let seen = footing.layers.iter().filter(|layer| !matches!(layer.units, Units::Lonely { .. }));
    footing.layers.len() as f64 / (seen.count() as f64).max(1.0)
}

/// The mean sum of all PSUs of the sample, of which those outside the domain have 0.
fn mean_of_all(footing: &Footing, members: &[Member]) -> f64 {
    let n = footing.psus.iter().flatten().count().max(1);
    members.iter().map(|(_, totals)| totals.sum).sum::<f64>() / n as f64
}

/// The first line: `(1−f) n/(n−1) Σ (z − z̄)²` over all sampled PSUs of the stratum; those outside the domain have z = 0.
fn between_psus(members: &[Member], n_sampled: usize, fraction: f64) -> f64 {
    if 1.0 - fraction < ALL_SAMPLED {
        return 0.0;
    }
    let n = n_sampled as f64;
    let mean = members.iter().map(|(_, totals)| totals.sum).sum::<f64>() / n;
    let inside: f64 = members.iter().map(|(_, totals)| (totals.sum - mean).powi(2)).sum();
    let n_outside = n_sampled.saturating_sub(members.len()) as f64;
    (1.0 - fraction) * n / (n - 1.0) * (inside + n_outside * mean * mean)
}

/// The second line without f: `Σ (1−g) m/(m−1) Σ (u − z/m)²`. A PSU with one row adds nothing.
///
/// The squares about the mean are the difference of two sums. Adding m terms may be off by m ε of the sum (Higham, Accuracy
/// and Stability of Numerical Algorithms, 2002, 4.2), so a difference below that is none: rows that are alike have no spread,
/// and its square root would otherwise be a standard error of some 1e-8 of the statistic that nobody has seen.
fn between_rows(members: &[Member]) -> f64 {
    let with_rows = members.iter().filter(|(psu, _)| psu.n_rows > 1 && psu.fraction < 1.0);
    with_rows
        .map(|(psu, totals)| {
            let m = psu.n_rows as f64;
            let squares = totals.squares - totals.sum * totals.sum / m;
            let squares = if squares > m * f64::EPSILON * totals.squares { squares } else { 0.0 };
            (1.0 - psu.fraction) * m / (m - 1.0) * squares
        })
        .sum()
}
