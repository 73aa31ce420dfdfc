//! How sure ranks are: for each unit the ranks that chance does not rule out.
//!
//! Source: Mogstad, Romano, Shaikh and Wilhelm (2024), "Inference for ranks with applications to mobility across
//! neighbourhoods and academic achievement across countries": rank j lies above k where their difference exceeds a critical
//! value that holds for all pairs at once, found by drawing from the distribution of the estimates. Step-down, marginal and
//! simultaneous sets are theirs too, as in R's `csranks`.

use super::difference::{Difference, Verdict};
use super::multiplicity::{Adjustment, adjust};
use super::waves;
use crate::domain::word::words;
use nalgebra::{DMatrix, DVector};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

/// Draws; the critical value is then good to about a hundredth.
const DRAWS: usize = 100_000;
/// Draws that one processor looks through at a time.
const DRAWS_PER_TASK: usize = 10_000;
/// Degrees of freedom from which on the draws are normal.
const MANY_DF: f64 = 100.0;
/// The same draws each time, so that a rank set can be computed again.
const SEED: u64 = 20_241_107;

/// The ranks a unit may have; rank 1 is the highest estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankSet {
    /// Rank by the estimates alone; equal estimates share the best.
    pub rank: usize,
    /// The best rank not ruled out.
    pub best: usize,
    /// The worst rank not ruled out.
    pub worst: usize,
}

words! {
    /// What a set of ranks holds for at the confidence level.
    #[derive(Default)]
    RankSets {
        /// All units at once: with this confidence every set holds its unit's rank.
        #[default]
        Simultaneous = "simultaneous",
        /// One unit, named beforehand: each set holds its unit's rank with this confidence, all together with less.
        Marginal = "marginal",
    }
}

/// How rank sets are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ranking {
    /// What they hold for.
    pub sets: RankSets,
    /// Whether all pairs are judged by one critical value, instead of again and again by that of what is not yet shown.
    pub is_single_step: bool,
}

/// The claim that the first of two units lies above the second, and the standard error of their difference.
type Claim = (usize, usize, f64);

/// Draws of all units from the distribution of their estimates around 0.
struct Draws {
    k: usize,
    /// Draw by draw.
    z: Vec<f64>,
    /// What each draw is divided by: 1, or the root of chi-square over df.
    scale: Vec<f64>,
}

/// The ranks that chance does not rule out, of units with `estimates` and their covariance (row by row), each with the
/// critical value it was found with: the number of standard errors that a difference must exceed. `df` below a hundred makes
/// the draws those of a multivariate t. `None` where nothing can be compared.
///
/// The critical value is the quantile at `level` of the largest standardised difference among draws: of all pairs for
/// simultaneous sets, of the unit's own pairs for marginal ones. What it shows (A lies above B) is then left out and the rest,
/// with the claim that B lies above A, judged by the smaller value that holds for it, until nothing more is shown; the value
/// given is the last. Leaving both directions out would make the value too small for claims that say which is higher. Where a
/// difference has no spread, units with different estimates are told apart and equal ones tie.
#[must_use]
pub fn rank_sets(
    estimates: &[f64],
    covariance: &[f64],
    df: f64,
    level: f64,
    ranking: Ranking,
) -> Option<Vec<(RankSet, f64)>> {
    let k = estimates.len();
    let draws = Draws::of(covariance, k, df).filter(|_| level > 0.0 && level < 1.0)?;
    let all = claims(covariance, k);
    if all.is_empty() {
        return None;
    }
    let judge = |claims: Vec<Claim>| draws.critical(estimates, claims, level, ranking.is_single_step);
    let criticals: Vec<f64> = match ranking.sets {
        RankSets::Simultaneous => vec![judge(all); k],
        RankSets::Marginal => {
            let own = |unit: usize| all.iter().filter(|(a, b, _)| *a == unit || *b == unit).copied().collect();
            (0..k).map(|unit| judge(own(unit))).collect()
        }
    };
    let set = |(unit, critical): (usize, f64)| (RankSet::of(unit, estimates, covariance, critical), critical);
    Some((0..k).zip(criticals).map(set).collect())
}

/// What may be said of each of some units against the mean of all of them, each counting once, with Holm's adjustment.
/// Units as in [`rank_sets`].
#[must_use]
pub fn than_mean(estimates: &[f64], covariance: &[f64], df: f64, level: f64) -> Vec<Verdict> {
    let k = estimates.len() as f64;
    let of_unit = |row: &[f64]| row.iter().sum::<f64>() / k;
    // The covariance of each unit with the mean, and the variance of the mean.
    let with_mean: Vec<f64> = covariance.chunks(estimates.len().max(1)).map(of_unit).collect();
    let (mean, of_mean) = (estimates.iter().sum::<f64>() / k, with_mean.iter().sum::<f64>() / k);
    let variances = covariance.iter().step_by(estimates.len() + 1);
    let differences: Vec<Difference> = estimates
        .iter()
        .zip(variances.zip(&with_mean))
        .map(|(estimate, (own, with_mean))| {
            Difference::new(estimate - mean, own - 2.0 * with_mean + of_mean, df, level)
        })
        .collect();
    let p: Vec<Option<f64>> = differences.iter().map(|difference| difference.p).collect();
    let adjusted = adjust(&p, Adjustment::Holm);
    differences.iter().zip(adjusted).map(|(difference, p)| difference.verdict(p, level)).collect()
}

impl Draws {
    fn of(covariance: &[f64], k: usize, df: f64) -> Option<Self> {
        let has_df = df > 0.0;
        if k < 2 || !has_df || covariance.len() != k * k || covariance.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let eigen = DMatrix::from_row_slice(k, k, covariance).symmetric_eigen();
        let root = &eigen.eigenvectors * DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0).sqrt()));
        let mut random = ChaCha20Rng::seed_from_u64(SEED);
        let mut draws = Self { k, z: Vec::with_capacity(k * DRAWS), scale: Vec::with_capacity(DRAWS) };
        for _ in 0..DRAWS {
            draws.z.extend((&root * DVector::from_fn(k, |_, _| normal(&mut random))).iter());
            let is_normal = df >= MANY_DF;
            draws.scale.push(if is_normal { 1.0 } else { (chi_square(&mut random, df) / df).sqrt() });
        }
        Some(draws)
    }

    /// The critical value of the claims, in one step or until it shows nothing more. 0 for no claims.
    fn critical(&self, estimates: &[f64], mut claims: Vec<Claim>, level: f64, is_single_step: bool) -> f64 {
        let distance = |(a, b, se): &Claim| estimates.get(*a).zip(estimates.get(*b)).map_or(0.0, |(a, b)| (a - b) / se);
        loop {
            let critical = self.quantile(&claims, level);
            let n_before = claims.len();
            // Of two directions at most one is shown, so claims are always left.
            claims.retain(|claim| distance(claim) <= critical);
            if is_single_step || claims.len() == n_before {
                return critical;
            }
        }
    }

    /// The quantile of the largest standardised difference of the claims.
    fn quantile(&self, claims: &[Claim], level: f64) -> f64 {
        if claims.is_empty() {
            return 0.0;
        }
        let largest = |(z, scale): (&[f64], &f64)| {
            let at = |unit: usize| z.get(unit).copied().unwrap_or_default();
            claims.iter().map(|(a, b, se)| (at(*a) - at(*b)) / se).fold(f64::NEG_INFINITY, f64::max) / scale
        };
        let draws: Vec<_> = self.z.chunks(self.k * DRAWS_PER_TASK).zip(self.scale.chunks(DRAWS_PER_TASK)).collect();
        let of_task = |(z, scale): &(&[f64], &[f64])| z.chunks_exact(self.k).zip(*scale).map(largest).collect();
        let mut largest: Vec<f64> = waves::map::<_, Vec<f64>>(&draws, of_task).concat();
        largest.sort_by(f64::total_cmp);
        let place = ((level * DRAWS as f64).ceil() as usize).clamp(1, DRAWS) - 1;
        largest.get(place).copied().unwrap_or_default()
    }
}

impl RankSet {
    /// The ranks of a unit that differences beyond `critical` standard errors leave open.
    #[must_use]
    pub fn of(unit: usize, estimates: &[f64], covariance: &[f64], critical: f64) -> Self {
        let k = estimates.len();
        let above = |a: usize, b: usize| {
            let difference = estimates.get(a).zip(estimates.get(b)).map_or(0.0, |(a, b)| a - b);
            let se = spread(covariance, k, a, b);
            if se > 0.0 { difference / se > critical } else { difference > 0.0 }
        };
        let others = || (0..k).filter(|other| *other != unit);
        Self {
            rank: 1 + others().filter(|other| estimates.get(*other) > estimates.get(unit)).count(),
            best: 1 + others().filter(|other| above(*other, unit)).count(),
            worst: k - others().filter(|other| above(unit, *other)).count(),
        }
    }
}

/// Both claims of all pairs whose difference has a spread.
fn claims(covariance: &[f64], k: usize) -> Vec<Claim> {
    let all = (0..k).flat_map(|a| (0..k).filter(move |b| *b != a).map(move |b| (a, b)));
    all.map(|(a, b)| (a, b, spread(covariance, k, a, b))).filter(|(_, _, se)| *se > 0.0).collect()
}

/// The standard error of the difference of two units.
fn spread(covariance: &[f64], k: usize, a: usize, b: usize) -> f64 {
    let at = |row: usize, column: usize| covariance.get(row * k + column).copied().unwrap_or(f64::NAN);
    (at(a, a) + at(b, b) - 2.0 * at(a, b)).max(0.0).sqrt()
}

/// A standard normal number, by Marsaglia's polar method: only a logarithm and a root, so the same on every machine.
fn normal(random: &mut ChaCha20Rng) -> f64 {
    loop {
        let (u, v): (f64, f64) = (2.0 * random.random::<f64>() - 1.0, 2.0 * random.random::<f64>() - 1.0);
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

/// A chi-square number, by Marsaglia and Tsang's method (2000) for gamma numbers of shape df/2.
fn chi_square(random: &mut ChaCha20Rng, df: f64) -> f64 {
    // Shapes below 1 are raised by one and brought back by a power of a uniform number.
    let raise = 0.5 * df < 1.0;
    let shape = if raise { 0.5 * df + 1.0 } else { 0.5 * df };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let gamma = loop {
        let x = normal(random);
        let v = (1.0 + c * x).powi(3);
        let u: f64 = random.random();
        if v > 0.0 && u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            break d * v;
        }
    };
    let back = if raise { random.random::<f64>().powf(2.0 / df) } else { 1.0 };
    2.0 * gamma * back
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn diagonal(se: &[f64]) -> Vec<f64> {
        let k = se.len();
        (0..k * k).map(|place| if place / k == place % k { se[place / k].powi(2) } else { 0.0 }).collect()
    }

    const SINGLE_STEP: Ranking = Ranking { sets: RankSets::Simultaneous, is_single_step: true };

    /// The critical value of the first of two units.
    fn critical(se: &[f64], df: f64) -> Option<f64> {
        let estimates = vec![0.0; se.len()];
        Some(rank_sets(&estimates, &diagonal(se), df, 0.95, SINGLE_STEP)?[0].1)
    }

    #[test]
    fn two_units_are_judged_by_the_normal_quantile() {
        let normal = critical(&[1.0, 2.0], f64::INFINITY).unwrap();
        assert!((normal - 1.96).abs() < 0.02, "{normal}");
        let student = critical(&[1.0, 2.0], 5.0).unwrap();
        assert!((student - 2.571).abs() < 0.05, "{student}");
        assert_eq!(normal.to_bits(), critical(&[1.0, 2.0], f64::INFINITY).unwrap().to_bits());
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        assert_eq!(critical(&[1.0], 9.0), None);
        assert_eq!(critical(&[0.0, 0.0], 9.0), None);
        assert_eq!((critical(&[1.0, 1.0], 0.0), critical(&[1.0, 1.0], f64::NAN)), (None, None));
        assert_eq!(critical(&[f64::NAN, 1.0], 9.0), None);
        assert_eq!(rank_sets(&[1.0, 2.0], &diagonal(&[1.0, 1.0]), 9.0, 95.0, SINGLE_STEP), None);
    }

    #[test]
    fn stepping_down_and_one_unit_alone_ask_for_less() {
        // The far units are told apart at once. Of the seven claims left the largest stays below 2.388 in 95 draws of 100, which
        // tells the near ones apart too; of the six then left it stays below 2.330.
        let (estimates, covariance) = ([0.0, 3.5, 50.0, 90.0], diagonal(&[1.0; 4]));
        let of = |ranking| rank_sets(&estimates, &covariance, MANY_DF, 0.95, ranking).unwrap();
        let (single, down) = (of(SINGLE_STEP), of(Ranking::default()));
        assert!(
            (single[0].1 - 2.569).abs() < 0.02,
            "the studentised range of four, over the root of two: {}",
            single[0].1
        );
        assert!((down[0].1 - 2.33).abs() < 0.02, "{}", down[0].1);
        assert_eq!((single[0].0.best, single[0].0.worst), (3, 4));
        assert_eq!((down[0].0.best, down[0].0.worst), (4, 4));
        let marginal = of(Ranking { sets: RankSets::Marginal, ..SINGLE_STEP });
        assert!(marginal[0].1 < single[0].1, "three pairs instead of six: {}", marginal[0].1);
    }

    #[test]
    fn units_are_held_against_their_mean() {
        // Each difference from the mean has variance 0.01 (1 − 1/4): the outer ones are 11.5 standard errors away.
        let verdicts = than_mean(&[3.0, 2.0, 2.0, 1.0], &diagonal(&[0.1; 4]), 20.0, 0.95);
        let same = Verdict::NotDistinguishable;
        assert_eq!(verdicts, [Verdict::Higher, same, same, Verdict::Lower]);
        // Units that move together are told apart from their mean by what is their own.
        let together: Vec<f64> = (0..9).map(|place| if place % 4 == 0 { 1.0 } else { 0.999 }).collect();
        assert_eq!(than_mean(&[2.2, 2.0, 1.8], &together, 20.0, 0.95), [Verdict::Higher, same, Verdict::Lower]);
        assert_eq!(than_mean(&[2.2, 2.0, 1.8], &diagonal(&[1.0; 3]), 20.0, 0.95), [same; 3]);
        assert_eq!(than_mean(&[2.0, 1.0], &diagonal(&[0.0; 2]), 20.0, 0.95), [Verdict::NotComparable; 2]);
    }

    proptest! {
        #[test]
        fn sets_hold_the_rank(units in proptest::collection::vec((0.0..5.0_f64, 0.0..2.0_f64), 1..9), critical in 0.5..4.0_f64) {
            let (estimates, se): (Vec<f64>, Vec<f64>) = units.into_iter().unzip();
            let all = |estimates: &[f64], se: &[f64], critical: f64| -> Vec<RankSet> {
                (0..estimates.len()).map(|unit| RankSet::of(unit, estimates, &diagonal(se), critical)).collect()
            };
            let sets = all(&estimates, &se, critical);
            let wider = all(&estimates, &se, critical + 0.5);
            for (set, wider) in sets.iter().zip(&wider) {
                prop_assert!(set.best <= set.rank && set.rank <= set.worst && set.worst <= estimates.len());
                prop_assert!(wider.best <= set.best && set.worst <= wider.worst);
            }
            let turned: Vec<f64> = estimates.iter().rev().copied().collect();
            let turned_se: Vec<f64> = se.iter().rev().copied().collect();
            let mut back = all(&turned, &turned_se, critical);
            back.reverse();
            prop_assert_eq!(back, sets);
        }
    }
}
