//! The sum of estimates from surveys that were drawn independently of each other.

use super::difference::welch;
use super::verdict::{FEW_DF, t_interval};
use crate::domain::estimate::{Caution, Ends, Estimate, Method};
use std::collections::BTreeSet;

/// Adds estimates of independent surveys: values and variances add, the degrees of freedom are those of Welch and
/// Satterthwaite, `V² / Σ V_i²/df_i`, and the interval is `value ± t se` at `level`.
///
/// One part is returned unchanged. Where a part has no standard error the sum has none; where it has no degrees of
/// freedom the sum has no interval. `n` and `n_psu` add.
#[must_use]
pub fn sum_of_independent(parts: &[Estimate], level: f64) -> Estimate {
    if let [part] = parts {
        return part.clone();
    }
    let variances: Option<Vec<f64>> = parts.iter().map(|part| part.se.map(|se| se * se)).collect();
    let variances = variances.filter(|variances| !variances.is_empty());
    let variance = variances.as_ref().map(|variances| variances.iter().sum::<f64>());
    let df = variances.map_or(0.0, |variances| {
        let spreads: Vec<(f64, f64)> = variances.into_iter().zip(parts.iter().map(|part| part.df)).collect();
        welch(&spreads)
    });
    let value = parts.iter().map(|part| part.value).sum();
    let se = variance.map(f64::sqrt);
    let mut cautions: BTreeSet<Caution> = parts.iter().flat_map(|part| part.cautions.iter().cloned()).collect();
    cautions.remove(&Caution::FewDegreesOfFreedom);
    if df < FEW_DF {
        cautions.insert(Caution::FewDegreesOfFreedom);
    }
    Estimate {
        value,
        se,
        interval: se.and_then(|se| t_interval(value, se, df, level)),
        level,
        df,
        n: parts.iter().map(|part| part.n).sum(),
        n_psu: parts.iter().map(|part| part.n_psu).sum(),
        n_strata: parts.iter().map(|part| part.n_strata).sum(),
        deff: None,
        method: Method::Combined,
        ends: Ends::StudentT,
        cautions: cautions.into_iter().collect(),
        reliability: None,
        missing_information: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::estimate::Interval;

    fn part(value: f64, se: Option<f64>, df: f64, cautions: Vec<Caution>) -> Estimate {
        let interval = se.and_then(|se| t_interval(value, se, df, 0.95));
        Estimate {
            value,
            se,
            interval,
            level: 0.95,
            df,
            n: 50,
            n_psu: 4,
            n_strata: 1,
            deff: None,
            method: Method::TwoStage,
            ends: Ends::StudentT,
            cautions,
            reliability: None,
            missing_information: None,
        }
    }

    #[test]
    fn variances_add_and_freedom_follows_welch() {
        let sum = sum_of_independent(&[part(8.0, Some(0.3), 9.0, vec![]), part(17.0, Some(0.4), 16.0, vec![])], 0.95);
        assert_eq!((sum.value, sum.n, sum.n_psu, sum.method), (25.0, 100, 8, Method::Combined));
        assert!((sum.se.unwrap() - 0.5).abs() < 1e-15);
        assert!((sum.df - 0.0625 / (0.0081 / 9.0 + 0.0256 / 16.0)).abs() < 1e-12);
        let Interval { low, high } = sum.interval.unwrap();
        assert!((high + low - 50.0).abs() < 1e-12 && high > 25.98);
        assert!(sum.cautions.is_empty());
    }

    #[test]
    fn one_part_is_itself() {
        let only = part(8.0, Some(0.3), 5.0, vec![Caution::FewDegreesOfFreedom]);
        assert_eq!(sum_of_independent(std::slice::from_ref(&only), 0.9), only);
    }

    #[test]
    fn what_a_part_does_not_know_the_sum_does_not_know() {
        let unseen = part(10.0, None, 4.0, vec![Caution::NoVariation, Caution::FewDegreesOfFreedom]);
        let sum = sum_of_independent(&[part(8.0, Some(0.3), 9.0, vec![]), unseen], 0.95);
        assert_eq!((sum.value, sum.se, sum.interval), (18.0, None, None));
        assert_eq!(sum.cautions, [Caution::NoVariation, Caution::FewDegreesOfFreedom]);
        let sum = sum_of_independent(&[part(8.0, Some(0.3), 9.0, vec![]), part(1.0, Some(0.1), 0.0, vec![])], 0.95);
        assert_eq!((sum.se.is_some(), sum.df, sum.interval), (true, 0.0, None));
        let nothing = sum_of_independent(&[], 0.95);
        assert_eq!((nothing.value, nothing.se, nothing.interval, nothing.n), (0.0, None, None, 0));
    }
}
