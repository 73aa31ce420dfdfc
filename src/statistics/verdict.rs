//! What may be said of an estimate: standard error, interval and cautions, or why there is none.

use super::design::{Footing, Lonely};
use super::interval::{Share, bounded_interval, share_interval};
use super::point::Point;
use super::quantile::student_t;
use super::reliability::PresentationStandard;
use super::statistic::{Nature, Range};
use super::variance::Spread;
use crate::domain::estimate::{Caution, Ends, Estimate, Interval, ShareInterval};
use std::collections::BTreeSet;

/// A standard error this far below the statistic's scale is zero but for rounding.
const NEGLIGIBLE: f64 = 1e-12;
/// Fewer degrees of freedom make an interval unstable.
pub(super) const FEW_DF: f64 = 8.0;
/// Fewer answers are flagged.
const FEW_ANSWERS: u64 = 30;

/// How sure an interval shall be, and of which kind that of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    /// The confidence level, for example 0.95.
    pub level: f64,
    /// The interval of shares.
    pub shares: ShareInterval,
}

impl From<f64> for Confidence {
    /// Korn and Graubard's interval for shares, at a level.
    fn from(level: f64) -> Self {
        Self { level, shares: ShareInterval::KornGraubard }
    }
}

/// Puts value and spread together.
pub(super) fn estimate(
    asked: Nature,
    point: &Point,
    spread: &Spread,
    footing: &Footing,
    confidence: Confidence,
) -> Estimate {
    let se = spread.variance.sqrt();
    let told = spread.is_told(footing);
    let seen = told && se > NEGLIGIBLE * point.scale;
    let mut estimate = Estimate {
        // A share of all answers alike may miss 1 by rounding.
        value: if asked.range == Range::Share { point.value.clamp(0.0, 1.0) } else { point.value },
        se: seen.then_some(se),
        interval: None,
        level: confidence.level,
        df: spread.df as f64,
        n: spread.n,
        n_psu: u32::try_from(spread.n_psu).unwrap_or(u32::MAX),
        n_strata: spread.n_strata,
        deff: seen.then(|| spread.design_effect()).flatten().filter(|_| !asked.is_total),
        method: footing.method,
        ends: Ends::StudentT,
        cautions: cautions(spread, footing, told, seen).into_iter().collect(),
        reliability: None,
        missing_information: None,
    };
    give_interval(&mut estimate, asked.range, confidence, None);
    estimate
}

/// Gives an estimate the interval that fits what it is. `deff_above` is the design effect of the same statistic around the
/// domain, for a share whose spread was not seen.
pub(super) fn give_interval(estimate: &mut Estimate, range: Range, confidence: Confidence, deff_above: Option<f64>) {
    let Estimate { value, se, df, n, .. } = *estimate;
    let level = confidence.level;
    let is_unseen = estimate.cautions.contains(&Caution::NoVariation);
    (estimate.interval, estimate.ends) = match (range, se) {
        (Range::Share, None) if !is_unseen => (None, Ends::Share(confidence.shares)),
        (Range::Share, se) => {
            let share = Share { p: value, variance: se.map_or(0.0, |se| se * se), n, df, level, deff_above };
            let kind = if se.is_some() { confidence.shares } else { ShareInterval::KornGraubard };
            estimate.reliability = PresentationStandard::default().judge(&share);
            (share_interval(kind, &share), Ends::Share(kind))
        }
        (Range::Within { low, high }, Some(se)) => {
            let plain = t_interval(value, se, df, level);
            let interval = bounded_interval(value, se, df, level, low, high);
            (interval, if interval == plain { Ends::StudentT } else { Ends::BoundedT })
        }
        (Range::Unbounded, Some(se)) => (t_interval(value, se, df, level), Ends::StudentT),
        (_, None) => (None, Ends::StudentT),
    };
}

fn cautions(spread: &Spread, footing: &Footing, told: bool, seen: bool) -> BTreeSet<Caution> {
    let mut cautions = footing.cautions.clone();
    let lonely = |stratum: &String| match footing.lonely {
        Lonely::Fail => Caution::LonelyPsu { stratum: stratum.clone() },
        rule => Caution::LonelyPsuTreated { stratum: stratum.clone(), rule: rule.code().into() },
    };
    cautions.extend(spread.lonely.iter().map(lonely));
    if (spread.df as f64) < FEW_DF {
        cautions.insert(Caution::FewDegreesOfFreedom);
    }
    if spread.n < FEW_ANSWERS {
        cautions.insert(Caution::FewAnswers);
    }
    if spread.n_single > 0 {
        cautions.insert(Caution::SingleAnswerDesks { n_desks: spread.n_single });
    }
    if !seen && told && spread.df > 0 {
        cautions.insert(if spread.is_sample { Caution::NoVariation } else { Caution::EveryTransactionAnswered });
    }
    cautions
}

/// `value ± t se`; none without degrees of freedom.
pub(super) fn t_interval(value: f64, se: f64, df: f64, level: f64) -> Option<Interval> {
    let reach = student_t(0.5 + 0.5 * level, df)? * se;
    Some(Interval { low: value - reach, high: value + reach })
}
