//! How sure ranks are: for each unit the ranks that chance does not rule out.
//!
//! Source: Mogstad, Romano, Shaikh and Wilhelm (2024), "Inference for ranks with applications to mobility across
//! neighbourhoods and academic achievement across countries": rank j lies above k where their difference exceeds a critical
//! value that holds for all pairs at once, found by drawing from the distribution of the estimates.

use nalgebra::{DMatrix, DVector};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

/// Draws; the critical value is then good to about a hundredth.
const DRAWS: usize = 100_000;
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

/// The critical value for all differences of `k` estimates at once, by their covariance (row by row): the quantile at
/// `level` of the largest standardised difference among draws. `df` below a thousand makes the draws those of a
/// multivariate t. `None` where nothing can be compared.
#[must_use]
pub fn simulated_critical(covariance: &[f64], k: usize, df: Option<f64>, level: f64) -> Option<f64> {
    if k < 2 || covariance.len() != k * k || covariance.iter().any(|v| !v.is_finite()) || !(level > 0.0 && level < 1.0)
    {
        return None;
    }
    let v = DMatrix::from_row_slice(k, k, covariance);
    let pairs: Vec<(usize, usize, f64)> = (0..k)
        .flat_map(|a| (a + 1..k).map(move |b| (a, b)))
        .map(|(a, b)| (a, b, spread(covariance, k, a, b)))
        .filter(|(_, _, se)| *se > 0.0)
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let eigen = v.symmetric_eigen();
    let root = &eigen.eigenvectors * DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0).sqrt()));
    let mut random = ChaCha20Rng::seed_from_u64(SEED);
    let mut largest: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let z = &root * DVector::from_fn(k, |_, _| normal(&mut random));
            let at = |unit: usize| z.get(unit).copied().unwrap_or_default();
            let most = pairs.iter().map(|(a, b, se)| (at(*a) - at(*b)).abs() / se).fold(0.0, f64::max);
            most / df.map_or(1.0, |df| (chi_square(&mut random, df) / df).sqrt())
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    let place = ((level * DRAWS as f64).ceil() as usize).clamp(1, DRAWS) - 1;
    largest.get(place).copied()
}

/// The ranks that differences beyond `critical` standard errors leave open. Where a difference has no spread, units with
/// different estimates are told apart and equal ones tie.
#[must_use]
pub fn rank_sets(estimates: &[f64], covariance: &[f64], critical: f64) -> Vec<RankSet> {
    let k = estimates.len();
    let above = |a: usize, b: usize| {
        let difference = estimates.get(a).zip(estimates.get(b)).map_or(0.0, |(a, b)| a - b);
        let se = spread(covariance, k, a, b);
        if se > 0.0 { difference / se > critical } else { difference > 0.0 }
    };
    let others = |unit: usize| (0..k).filter(move |other| *other != unit);
    (0..k)
        .map(|unit| RankSet {
            rank: 1 + others(unit).filter(|other| estimates.get(*other) > estimates.get(unit)).count(),
            best: 1 + others(unit).filter(|other| above(*other, unit)).count(),
            worst: k - others(unit).filter(|other| above(unit, *other)).count(),
        })
        .collect()
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

    #[test]
    fn two_units_are_judged_by_the_normal_quantile() {
        let critical = simulated_critical(&diagonal(&[1.0, 2.0]), 2, None, 0.95).unwrap();
        assert!((critical - 1.96).abs() < 0.02, "{critical}");
        let student = simulated_critical(&diagonal(&[1.0, 2.0]), 2, Some(5.0), 0.95).unwrap();
        assert!((student - 2.571).abs() < 0.05, "{student}");
        let again = simulated_critical(&diagonal(&[1.0, 2.0]), 2, None, 0.95).unwrap();
        assert_eq!(critical.to_bits(), again.to_bits());
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        assert_eq!(simulated_critical(&[1.0], 1, None, 0.95), None);
        assert_eq!(simulated_critical(&diagonal(&[0.0, 0.0]), 2, None, 0.95), None);
        assert_eq!(simulated_critical(&diagonal(&[f64::NAN, 1.0]), 2, None, 0.95), None);
    }

    proptest! {
        #[test]
        fn sets_hold_the_rank(units in proptest::collection::vec((0.0..5.0_f64, 0.0..2.0_f64), 1..9), critical in 0.5..4.0_f64) {
            let (estimates, se): (Vec<f64>, Vec<f64>) = units.into_iter().unzip();
            let sets = rank_sets(&estimates, &diagonal(&se), critical);
            let wider = rank_sets(&estimates, &diagonal(&se), critical + 0.5);
            for (set, wider) in sets.iter().zip(&wider) {
                prop_assert!(set.best <= set.rank && set.rank <= set.worst && set.worst <= estimates.len());
                prop_assert!(wider.best <= set.best && set.worst <= wider.worst);
            }
            let turned: Vec<f64> = estimates.iter().rev().copied().collect();
            let turned_se: Vec<f64> = se.iter().rev().copied().collect();
            let mut back = rank_sets(&turned, &diagonal(&turned_se), critical);
            back.reverse();
            prop_assert_eq!(back, sets);
        }
    }
}
