//! What may be said of an estimate: standard error, interval and cautions, or why there is none.

use super::design::Footing;
use super::linearise::Point;
use super::quantile::student_t;
use super::variance::Spread;
use crate::domain::estimate::{Caution, Estimate, Interval};

/// A standard error this far below the statistic's scale is zero but for rounding.
const NEGLIGIBLE: f64 = 1e-12;
/// Fewer degrees of freedom make an interval unstable.
pub(super) const FEW_DF: f64 = 8.0;
/// Fewer answers are flagged.
const FEW_ANSWERS: u64 = 30;

/// Puts value and spread together.
pub(super) fn estimate(point: &Point, spread: &Spread, footing: &Footing, level: f64) -> Estimate {
    let df = spread.df as f64;
    let mut cautions = footing.cautions.clone();
    cautions.extend(spread.lonely.iter().map(|stratum| Caution::LonelyPsu { stratum: stratum.clone() }));
    if df < FEW_DF {
        cautions.insert(Caution::FewDegreesOfFreedom);
    }
    if spread.n < FEW_ANSWERS {
        cautions.insert(Caution::FewAnswers);
    }
    if spread.n_single > 0 {
        cautions.insert(Caution::SingleAnswerDesks { n_desks: spread.n_single });
    }
    let se = spread.variance.sqrt();
    let seen = spread.lonely.is_empty() && se > NEGLIGIBLE * point.scale;
    if !seen && spread.lonely.is_empty() && spread.df > 0 {
        cautions.insert(if spread.is_sample { Caution::NoVariation } else { Caution::EveryTransactionAnswered });
    }
    let se = seen.then_some(se);
    Estimate {
        value: point.value,
        se,
        interval: se.and_then(|se| t_interval(point.value, se, df, level)),
        level,
        df,
        n: spread.n,
        n_psu: spread.n_psu,
        method: footing.method,
        cautions: cautions.into_iter().collect(),
    }
}

/// `value ± t se`; none without degrees of freedom.
pub(super) fn t_interval(value: f64, se: f64, df: f64, level: f64) -> Option<Interval> {
    let reach = student_t(0.5 + 0.5 * level, df)? * se;
    Some(Interval { low: value - reach, high: value + reach })
}
