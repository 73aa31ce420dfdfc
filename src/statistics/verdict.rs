//! What may be said of an estimate: standard error, interval and cautions, or why there is none.

use super::design::{Footing, Lonely};
use super::linearise::Point;
use super::quantile::student_t;
use super::statistic::Statistic;
use super::variance::Spread;
use crate::domain::estimate::{Caution, Estimate, Interval};
use std::collections::BTreeSet;

/// A standard error this far below the statistic's scale is zero but for rounding.
const NEGLIGIBLE: f64 = 1e-12;
/// Fewer degrees of freedom make an interval unstable.
pub(super) const FEW_DF: f64 = 8.0;
/// Fewer answers are flagged.
const FEW_ANSWERS: u64 = 30;

/// Puts value and spread together.
pub(super) fn estimate(asked: &Statistic, point: &Point, spread: &Spread, footing: &Footing, level: f64) -> Estimate {
    let df = spread.df as f64;
    let se = spread.variance.sqrt();
    let told = spread.is_told(footing);
    let seen = told && se > NEGLIGIBLE * point.scale;
    let se = seen.then_some(se);
    Estimate {
        value: point.value,
        se,
        interval: se.and_then(|se| t_interval(point.value, se, df, level)),
        level,
        df,
        n: spread.n,
        n_psu: u32::try_from(spread.n_psu).unwrap_or(u32::MAX),
        n_strata: spread.n_strata,
        deff: se.filter(|_| !asked.is_total()).and_then(|_| spread.design_effect()),
        method: footing.method,
        cautions: cautions(spread, footing, told, seen).into_iter().collect(),
    }
}

fn cautions(spread: &Spread, footing: &Footing, told: bool, seen: bool) -> BTreeSet<Caution> {
    let mut cautions = footing.cautions.clone();
    let lonely = |stratum: &String| match footing.lonely {
        Lonely::Fail => Caution::LonelyPsu { stratum: stratum.clone() },
        rule => Caution::LonelyPsuTreated { stratum: stratum.clone(), rule: rule.code() },
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
