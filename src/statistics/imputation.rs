//! One estimate from several completed copies of the same answers: Rubin's rules for multiple imputation.
//!
//! Sources: Rubin, *Multiple Imputation for Nonresponse in Surveys* (1987); Barnard and Rubin, Biometrika 86 (1999), in the
//! form of R's `mitools`.

use super::statistic::Range;
use super::verdict::{Confidence, FEW_DF, give_interval};
use crate::domain::estimate::{Caution, Ends, Estimate, Method, ShareInterval};
use crate::domain::word::words;
use std::collections::BTreeSet;

words! {
    /// The degrees of freedom that full answers would have.
    #[derive(Default)]
    CompleteDf {
        /// Those of the design: the fewest that any copy has.
        #[default]
        Design = "design",
        /// No limit: only the imputations limit them (Rubin 1987).
        Infinite = "infinite",
    }
}

/// An estimate over imputations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Imputed {
    /// The mean of the estimates.
    pub estimate: f64,
    /// Their mean variance and the spread between them.
    pub variance: f64,
    /// Degrees of freedom; infinite where neither the answers nor the imputations limit them.
    pub df: f64,
    /// The part of what full answers would have told that is missing, 0 to 1.
    pub missing_information: f64,
}

/// Joins the (estimate, variance) of each completed copy. `complete_df` are the degrees of freedom that full answers would
/// have, or infinity.
///
/// With mean variance Ū, variance B between m estimates and λ = (1 + 1/m) B / T, the variance is T = Ū + (1 + 1/m) B. Rubin
/// gives it `(m − 1)/λ²` degrees of freedom; Barnard and Rubin join them, as inverses, to those the observed answers have,
/// `(ν + 1)/(ν + 3) ν` times the part of the variance that is not due to imputation. `mitools` takes that part as
/// Ū/(Ū + B), and so does this; the paper takes 1 − λ, which is Ū/T and slightly less.
///
/// `None` for fewer than two copies, without any variance, or for what are not numbers.
#[must_use]
pub fn combine_imputations(copies: &[(f64, f64)], complete_df: f64) -> Option<Imputed> {
    let m = copies.len() as f64;
    let is_number =
        |(estimate, variance): &(f64, f64)| estimate.is_finite() && *variance >= 0.0 && variance.is_finite();
    if copies.len() < 2 || !copies.iter().all(is_number) || complete_df <= 0.0 || complete_df.is_nan() {
        return None;
    }
    let estimate = copies.iter().map(|(estimate, _)| estimate).sum::<f64>() / m;
    let within = copies.iter().map(|(_, variance)| variance).sum::<f64>() / m;
    let between = copies.iter().map(|(value, _)| (value - estimate).powi(2)).sum::<f64>() / (m - 1.0);
    let variance = within + (1.0 + 1.0 / m) * between;
    if variance <= 0.0 {
        return None;
    }
    let lambda = (1.0 + 1.0 / m) * between / variance;
    let observed_df = if complete_df.is_finite() {
        (complete_df + 1.0) / (complete_df + 3.0) * complete_df * within / (within + between)
    } else {
        f64::INFINITY
    };
    let df = (lambda * lambda / (m - 1.0) + observed_df.recip()).recip();
    let missing_information = lambda + (1.0 - lambda) * 2.0 / (df + 3.0);
    Some(Imputed { estimate, variance, df, missing_information })
}

/// Joins the estimates that each completed copy gives of one figure. Means and points get a t interval with the joined degrees
/// of freedom, kept in their range; shares one that is symmetric on the logit scale with the joined variance, because the
/// exact one of Korn and Graubard would take imputed answers for given ones.
///
/// Where a copy shows no spread there is none for all, since an unseen spread is not 0. `n`, PSUs and strata are the fewest of
/// any copy. `None` without copies.
#[must_use]
pub fn join_imputed(copies: &[Estimate], range: Range, complete: CompleteDf, level: f64) -> Option<Estimate> {
    let fewest_df = copies.iter().map(|copy| copy.df).min_by(f64::total_cmp)?;
    let spreads: Option<Vec<(f64, f64)>> = copies.iter().map(|copy| Some((copy.value, copy.se?.powi(2)))).collect();
    let complete_df = match complete {
        CompleteDf::Design => fewest_df,
        CompleteDf::Infinite => f64::INFINITY,
    };
    let joined = spreads.and_then(|spreads| combine_imputations(&spreads, complete_df));
    let mean = copies.iter().map(|copy| copy.value).sum::<f64>() / copies.len() as f64;
    let df = joined.map_or(fewest_df, |joined| joined.df);
    let mut cautions: BTreeSet<Caution> = copies.iter().flat_map(|copy| copy.cautions.iter().cloned()).collect();
    cautions.remove(&Caution::FewDegreesOfFreedom);
    if df < FEW_DF {
        cautions.insert(Caution::FewDegreesOfFreedom);
    }
    let mut estimate = Estimate {
        value: joined.map_or(mean, |joined| joined.estimate),
        se: joined.map(|joined| joined.variance.sqrt()),
        interval: None,
        level,
        df,
        n: copies.iter().map(|copy| copy.n).min()?,
        n_psu: copies.iter().map(|copy| copy.n_psu).min()?,
        n_strata: copies.iter().map(|copy| copy.n_strata).min()?,
        deff: None,
        method: Method::MultipleImputation,
        ends: Ends::StudentT,
        cautions: cautions.into_iter().collect(),
        reliability: None,
        missing_information: joined.map(|joined| joined.missing_information),
    };
    if joined.is_some() {
        give_interval(&mut estimate, range, Confidence { level, shares: ShareInterval::Logit }, None);
    }
    Some(estimate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_that_agree_add_no_variance() {
        let joined = combine_imputations(&[(3.0, 0.25), (3.0, 0.25)], f64::INFINITY).unwrap();
        let expected = Imputed { estimate: 3.0, variance: 0.25, df: f64::INFINITY, missing_information: 0.0 };
        assert_eq!(joined, expected);
        let small = combine_imputations(&[(3.0, 0.25), (3.0, 0.25)], 9.0).unwrap();
        assert!((small.df - 9.0 * 10.0 / 12.0).abs() < 1e-12, "never more than the answers have: {}", small.df);
    }

    #[test]
    fn copies_without_variance_of_their_own_miss_everything() {
        let joined = combine_imputations(&[(1.0, 0.0), (3.0, 0.0)], f64::INFINITY).unwrap();
        assert_eq!((joined.estimate, joined.variance, joined.df), (2.0, 3.0, 1.0));
        assert_eq!(joined.missing_information, 1.0);
    }

    #[test]
    fn a_copy_without_a_spread_leaves_none_for_all() {
        let copy = |value: f64, se: Option<f64>| Estimate {
            value,
            se,
            interval: None,
            level: 0.95,
            df: 20.0,
            n: 40,
            n_psu: 21,
            n_strata: 1,
            deff: None,
            method: Method::WithReplacement,
            ends: Ends::StudentT,
            cautions: se.is_none().then_some(Caution::NoVariation).into_iter().collect(),
            reliability: None,
            missing_information: None,
        };
        let join = |copies: &[Estimate]| join_imputed(copies, Range::Share, CompleteDf::Design, 0.95);
        let unseen = join(&[copy(1.0, None), copy(0.9, Some(0.05))]).unwrap();
        assert_eq!((unseen.value, unseen.se, unseen.interval, unseen.missing_information), (0.95, None, None, None));
        assert_eq!(unseen.cautions, [Caution::NoVariation]);
        let seen = join(&[copy(0.98, Some(0.05)), copy(0.9, Some(0.05))]).unwrap();
        let interval = seen.interval.unwrap();
        assert!(0.0 < interval.low && interval.low < 0.94 && 0.94 < interval.high && interval.high < 1.0);
        assert_eq!(join(&[]), None);
    }

    #[test]
    fn what_cannot_be_joined_is_none() {
        assert_eq!(combine_imputations(&[(1.0, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 0.0), (1.0, 0.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, -1.0), (1.0, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 1.0), (f64::NAN, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 1.0), (2.0, 1.0)], 0.0), None);
    }
}
