//! Intervals that stay in the range of what they are about: shares of people, and means and points near an end.
//!
//! Every interval of a share is drawn from its effective number of answers, the answers of a simple random sample with the
//! same variance. All of them treat 0 and 1 alike, so the upper end is the lower end of the complement, seen from 1.
//!
//! Sources: Korn and Graubard (Survey Methodology 24, 1998) with the caps of Parker et al. (NCHS, Vital and Health
//! Statistics 2-175, 2017); Wilson (JASA 22, 1927); the log-odds and likelihood forms as in R's `survey` (Lumley).

use super::beta::{beta_quantile, divergence, expit};
use super::quantile::student_t;
use super::verdict::t_interval;
use crate::domain::estimate::{Interval, ShareInterval};

/// A share this close to 0 or 1 is there but for rounding, and so is a standard error this close to 0.
const NEGLIGIBLE: f64 = 1e-12;
/// The design effect assumed of a share without observed variation, where none is known of a larger area: two to three is
/// usual when people are asked desk by desk.
const USUAL_DESIGN_EFFECT: f64 = 2.0;
/// Newton's steps to the end of a likelihood interval; fewer than ten are needed.
const STEPS: u32 = 200;
/// Relative change that is only rounding.
const ROUNDING: f64 = 1e-15;

/// An estimated share of the people, and what its interval depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share, 0 to 1.
    pub p: f64,
    /// Its variance under the design; 0 where no variation was seen.
    pub variance: f64,
    /// Answers that entered it.
    pub n: u64,
    /// Degrees of freedom of the variance.
    pub df: f64,
    /// Confidence level of its interval, for example 0.95.
    pub level: f64,
    /// The design effect of the same share in a larger area, for use where this one shows no variation.
    pub deff_above: Option<f64>,
}

impl Share {
    /// The answers of a simple random sample that would tell as much. Where the answers show no variation it is their
    /// number over the design effect of the larger area, or over the usual one, and never more than their number.
    #[must_use]
    pub fn effective_n(&self) -> f64 {
        let n = self.n as f64;
        let seen = self.varies().then(|| effective_n(self.p, self.variance)).flatten();
        seen.unwrap_or_else(|| n / self.deff_above.unwrap_or(USUAL_DESIGN_EFFECT).max(1.0))
    }

    /// The number of answers at which the exact binomial interval is taken: the effective number, reduced because the
    /// variance rests on `df` rather than `n − 1` degrees of freedom, and at most the number there is. 0 without any
    /// degrees of freedom, when the answers tell nothing of the people behind them.
    #[must_use]
    pub fn korn_graubard_n(&self) -> f64 {
        let quantile = |df: f64| student_t(0.5 + 0.5 * self.level, df);
        let n = self.n as f64;
        match quantile(n - 1.0).zip(quantile(self.df)) {
            Some((by_answers, by_design)) => (self.effective_n() * (by_answers / by_design).powi(2).min(1.0)).min(n),
            None => 0.0,
        }
    }

    /// Whether it is neither nobody nor everybody.
    pub(super) fn is_inside(&self) -> bool {
        self.p > NEGLIGIBLE && self.p < 1.0 - NEGLIGIBLE
    }

    /// Whether its answers show variation.
    fn varies(&self) -> bool {
        self.is_inside() && self.variance > NEGLIGIBLE * NEGLIGIBLE
    }

    /// The share with p moved to the end that it is at but for rounding; none where it is not a share at all.
    pub(super) fn checked(&self) -> Option<Self> {
        let p = if self.p.abs() <= NEGLIGIBLE {
            0.0
        } else if (self.p - 1.0).abs() <= NEGLIGIBLE {
            1.0
        } else {
            self.p
        };
        let is_share = (0.0..=1.0).contains(&p) && self.variance >= 0.0 && self.variance.is_finite();
        let is_asked = self.n > 0 && self.df >= 0.0 && self.level > 0.0 && self.level < 1.0;
        let is_known = self.deff_above.is_none_or(f64::is_finite);
        (is_share && is_asked && is_known).then_some(Self { p, ..*self })
    }
}

/// `p (1 − p) / variance`: the answers of a simple random sample with this variance; none without variance, and at 0 and 1.
#[must_use]
pub fn effective_n(p: f64, variance: f64) -> Option<f64> {
    (p > 0.0 && p < 1.0 && variance > 0.0).then(|| p * (1.0 - p) / variance)
}

/// The interval of a share. It lies within 0 and 1, holds the share, and is never a single point.
///
/// Where no variation was seen every kind gives the interval of Korn and Graubard with [`Share::effective_n`]; for a
/// share of 0 or 1 only its inner end says something, and it is that of a two-sided interval. Without degrees of freedom
/// Korn and Graubard give all of 0 to 1 and the others nothing. `None` also for what is not a share.
#[must_use]
pub fn share_interval(kind: ShareInterval, share: &Share) -> Option<Interval> {
    let share = share.checked()?;
    let exact = binomial_interval(share.p, share.korn_graubard_n(), share.level);
    let lower = match kind {
        ShareInterval::KornGraubard => return exact,
        ShareInterval::Wald => |p: f64, _, reach| p - reach,
        ShareInterval::Wilson => wilson_lower,
        ShareInterval::Logit => logit_lower,
        ShareInterval::Likelihood => likelihood_lower,
    };
    let t = student_t(0.5 + 0.5 * share.level, share.df)?;
    if !share.varies() {
        return exact;
    }
    let reach = t * share.variance.sqrt();
    Some(both_ends(share.p, |p, q| lower(p, q, reach)))
}

/// The exact interval of a binomial share (Clopper and Pearson), for any positive number of answers `n`; all of 0 to 1 if
/// `n` is 0. `None` unless `p` is a share, and `level` between 0 and 1.
#[must_use]
pub fn binomial_interval(p: f64, n: f64, level: f64) -> Option<Interval> {
    if !((0.0..=1.0).contains(&p) && n >= 0.0 && n.is_finite() && level > 0.0 && level < 1.0) {
        return None;
    }
    // The quantile is none where a shape is 0: there the interval ends at 0.
    let lower = |p: f64, q: f64| beta_quantile(0.5 - 0.5 * level, n * p, n * q + 1.0).unwrap_or(0.0);
    Some(both_ends(p, lower))
}

/// The interval of a mean or a sum of points known to lie from `low` to `high`: `value ± t se`, and where that would leave
/// the range, a t interval of the log-odds of the value's place in it. It stays in the range and holds the value. At an
/// end itself, where there are no log-odds, `value ± t se` is cut off.
///
/// A value beyond an end by rounding is at that end. `None` without spread or degrees of freedom, and where value and
/// range do not fit.
#[must_use]
pub fn bounded_interval(value: f64, se: f64, df: f64, level: f64, low: f64, high: f64) -> Option<Interval> {
    let width = high - low;
    let rounding = NEGLIGIBLE * width;
    let fits = low - rounding <= value && value <= high + rounding;
    if !(width > 0.0 && width.is_finite() && se > 0.0 && se.is_finite() && fits) {
        return None;
    }
    let value = value.clamp(low, high);
    let plain = t_interval(value, se, df, level)?;
    if low <= plain.low && plain.high <= high {
        return Some(plain);
    }
    let (p, q) = ((value - low) / width, (high - value) / width);
    if p <= 0.0 || q <= 0.0 {
        return Some(Interval { low: plain.low.max(low), high: plain.high.min(high) });
    }
    let reach = 0.5 * (plain.high - plain.low) / width;
    let (below, above) = (logit_lower(p, q, reach), logit_lower(q, p, reach));
    Some(Interval { low: (low + width * below).min(value), high: (high - width * above).max(value) })
}

/// Both ends from the rule for the lower one, which is given the share and its complement.
fn both_ends(p: f64, lower: impl Fn(f64, f64) -> f64) -> Interval {
    let q = 1.0 - p;
    Interval { low: lower(p, q).clamp(0.0, p), high: (1.0 - lower(q, p).clamp(0.0, q)).max(p) }
}

/// The smaller root of `(x − p)² = c x (1 − x)` with `c = t²/n_e`, written so that nothing cancels.
fn wilson_lower(p: f64, q: f64, reach: f64) -> f64 {
    let c = reach * reach / (p * q);
    p * p / (p + 0.5 * c + (reach * reach + 0.25 * c * c).sqrt())
}

fn logit_lower(p: f64, q: f64, reach: f64) -> f64 {
    expit((p / q).ln() - reach / (p * q))
}

/// The smaller x with `2 n_e KL(p‖x) = t²`. The divergence is convex in the log-odds of x, so Newton's steps from the end
/// of the log-odds interval come to the root from outside, after at most one step past it.
fn likelihood_lower(p: f64, q: f64, reach: f64) -> f64 {
    let allowed = 0.5 * reach * reach / (p * q);
    let mut log_odds = (p / q).ln() - reach / (p * q);
    for _ in 0..STEPS {
        let step = (divergence(log_odds, p, q) - allowed) / (p - expit(log_odds));
        if !step.is_finite() {
            break;
        }
        log_odds += step;
        if step.abs() <= ROUNDING * (1.0 + log_odds.abs()) {
            break;
        }
    }
    expit(log_odds)
}

#[cfg(test)]
mod tests;
