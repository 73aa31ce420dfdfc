//! Confidence intervals of shares and of figures with a least and a largest possible value.
//!
//! Sources: Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts
//! estimated from survey data", in the form of the US National Center for Health Statistics (Parker et al. 2017); Wilson
//! (1927) on the effective sample size; Franco et al. (2019) for how they compare.

mod beta;

use super::quantile::student_t;
use crate::domain::estimate::{Interval, ShareInterval};
use beta::beta_quantile;

pub(super) use beta::beta_below;

/// The design effect that is assumed where no spread was seen and none is known.
const ASSUMED_DEFF: f64 = 2.0;
/// Halvings of a bracket: more than a double has bits.
const HALVINGS: usize = 200;

/// A share and what is known of its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The estimate, 0 to 1.
    pub p: f64,
    /// Its variance; 0 where no variation was seen.
    pub variance: f64,
    /// Answers.
    pub n: u64,
    /// Degrees of freedom.
    pub df: f64,
    /// The design effect of the same statistic around the domain, for where no variation was seen.
    pub deff_above: Option<f64>,
}

/// The effective sample size: answers of a simple random sample that would be as precise, `p(1−p)/V`.
#[must_use]
pub fn effective_n(p: f64, variance: f64) -> f64 {
    p * (1.0 - p) / variance
}

/// The interval of a share, always within 0 to 1 and never of no width; it holds the share.
///
/// Where no variation was seen (all answers alike), every kind falls back to Korn and Graubard's with the effective sample
/// size `n / max(1, deff)`. Without degrees of freedom Korn and Graubard's is all of 0 to 1, and the others do not exist.
#[must_use]
pub fn share_interval(kind: ShareInterval, share: &Share, level: f64) -> Option<Interval> {
    let Share { p, variance, n, df, .. } = *share;
    if !(0.0..=1.0).contains(&p) || n == 0 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let seen = variance > 0.0 && p > 0.0 && p < 1.0;
    if df <= 0.0 {
        return (kind == ShareInterval::KornGraubard || !seen).then_some(Interval { low: 0.0, high: 1.0 });
    }
    let t = student_t(0.5 + 0.5 * level, df)?;
    if !seen {
        let n_e = n as f64 / share.deff_above.unwrap_or(ASSUMED_DEFF).max(1.0);
        return korn_graubard(p, n_e, share, level);
    }
    let n_e = effective_n(p, variance);
    let (low, high) = match kind {
        ShareInterval::KornGraubard => return korn_graubard(p, n_e, share, level),
        ShareInterval::Wilson => wilson(p, n_e, t),
        ShareInterval::Logit => {
            let (middle, reach) = ((p / (1.0 - p)).ln(), t * variance.sqrt() / (p * (1.0 - p)));
            (expit(middle - reach), expit(middle + reach))
        }
        ShareInterval::Wald => (p - t * variance.sqrt(), p + t * variance.sqrt()),
        ShareInterval::Likelihood => likelihood(p, n_e, t),
    };
    Some(Interval { low: low.max(0.0), high: high.min(1.0) })
}

/// The interval of a figure between `low` and `high`: `value ± t se`, or the same on the logit scale where that would leave
/// the range. `None` without degrees of freedom.
#[must_use]
pub fn bounded_interval(value: f64, se: f64, df: f64, level: f64, (low, high): (f64, f64)) -> Option<(Interval, bool)> {
    let reach = student_t(0.5 + 0.5 * level, df)? * se;
    let plain = Interval { low: value - reach, high: value + reach };
    if (plain.low >= low && plain.high <= high) || !(low < value && value < high) {
        return Some((plain, false));
    }
    let x = (value - low) / (high - low);
    let (middle, reach) = ((x / (1.0 - x)).ln(), reach / (high - low) / (x * (1.0 - x)));
    let ends = Interval { low: expit(middle - reach), high: expit(middle + reach) };
    Some((ends.scaled(low, high - low), true))
}

/// Clopper and Pearson's interval for an effective number of answers, which is never more than there are.
fn korn_graubard(p: f64, n_e: f64, share: &Share, level: f64) -> Option<Interval> {
    let tail = 0.5 * (1.0 - level);
    let n = share.n as f64;
    let t_rows = if n > 1.0 { student_t(1.0 - tail, n - 1.0)? } else { f64::INFINITY };
    let t_design = student_t(1.0 - tail, share.df)?;
    let n_star = (n_e * (t_rows / t_design).powi(2)).min(n);
    Some(clopper_pearson(p, n_star, tail))
}

/// The interval of a share of `n` answers, which need not be a whole number.
fn clopper_pearson(p: f64, n: f64, tail: f64) -> Interval {
    let (x, rest) = (n * p, n * (1.0 - p));
    Interval {
        low: if x > 0.0 { beta_quantile(tail, x, rest + 1.0).min(p) } else { 0.0 },
        high: if rest > 0.0 { beta_quantile(1.0 - tail, x + 1.0, rest).max(p) } else { 1.0 },
    }
}

fn wilson(p: f64, n_e: f64, t: f64) -> (f64, f64) {
    let t2 = t * t;
    let middle = p + t2 / (2.0 * n_e);
    let reach = t / (2.0 * n_e) * (4.0 * n_e * p * (1.0 - p) + t2).sqrt();
    ((middle - reach) / (1.0 + t2 / n_e), (middle + reach) / (1.0 + t2 / n_e))
}

/// Both ends where twice the likelihood ratio of `n_e` answers reaches t².
fn likelihood(p: f64, n_e: f64, t: f64) -> (f64, f64) {
    let excess = |q: f64| {
        let distance = p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln();
        2.0 * n_e * distance - t * t
    };
    // From the share outwards the ratio only grows, so each end is found by halving.
    let end = |mut inside: f64, mut outside: f64| {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (inside + outside);
            if excess(middle) <= 0.0 {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    };
    (end(p, 0.0), end(p, 1.0))
}

fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(p: f64, variance: f64, n: u64, df: f64) -> Share {
        Share { p, variance, n, df, deff_above: None }
    }

    #[test]
    fn agreement_is_not_precision() {
        // 175 answers, all satisfied, 4 degrees of freedom, design effect 3.5.
        let all = Share { deff_above: Some(3.5), ..share(1.0, 0.0, 175, 4.0) };
        for kind in ShareInterval::ALL {
            let interval = share_interval(kind, &all, 0.95).unwrap();
            assert!((interval.low - 0.864_160_239_101_905_3).abs() < 1e-12, "{kind}: {interval:?}");
            assert_eq!(interval.high, 1.0);
        }
    }

    #[test]
    fn without_freedom_nothing_is_known() {
        let one = share(0.5, 0.01, 20, 0.0);
        let everything = Some(Interval { low: 0.0, high: 1.0 });
        assert_eq!(share_interval(ShareInterval::KornGraubard, &one, 0.95), everything);
        assert_eq!(share_interval(ShareInterval::Wilson, &one, 0.95), None);
        assert_eq!(bounded_interval(3.0, 0.1, 0.0, 0.95, (0.0, 5.0)), None);
    }

    #[test]
    fn a_bounded_figure_stays_in_its_range() {
        let (plain, bent) = bounded_interval(3.0, 0.1, 20.0, 0.95, (0.0, 5.0)).unwrap();
        assert!(!bent && (plain.low + plain.high - 6.0).abs() < 1e-12);
        let (interval, bent) = bounded_interval(4.9, 0.1, 20.0, 0.95, (0.0, 5.0)).unwrap();
        assert!(bent && interval.low < 4.9 && 4.9 < interval.high && interval.high < 5.0, "{interval:?}");
    }

    proptest! {
        #[test]
        fn laws(p in 0.001..0.999, deff in 0.3..20.0, n in 2_u64..5_000, df in 1.0..300.0_f64, kind in 0_usize..5) {
            let kind = ShareInterval::ALL[kind];
            let variance = deff * p * (1.0 - p) / n as f64;
            let at = |p: f64, variance: f64, level: f64| {
                share_interval(kind, &share(p, variance, n, df), level).unwrap()
            };
            let interval = at(p, variance, 0.95);
            prop_assert!(0.0 <= interval.low && interval.low <= p && p <= interval.high && interval.high <= 1.0);
            prop_assert!(interval.low < interval.high);
            let mirrored = at(1.0 - p, variance, 0.95);
            prop_assert!((mirrored.low - (1.0 - interval.high)).abs() < 1e-9, "{:?} {:?}", mirrored, interval);
            let wider = at(p, variance, 0.99);
            prop_assert!(wider.low <= interval.low + 1e-12 && wider.high >= interval.high - 1e-12);
            let looser = at(p, 1.5 * variance, 0.95);
            prop_assert!(looser.low <= interval.low + 1e-12 && looser.high >= interval.high - 1e-12);
        }
    }
}
