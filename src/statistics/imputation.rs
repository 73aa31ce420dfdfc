//! One estimate from several completed copies of the same answers: Rubin's rules for multiple imputation.
//!
//! Sources: Rubin, *Multiple Imputation for Nonresponse in Surveys* (1987); Barnard and Rubin, Biometrika 86 (1999), in the
//! form of R's `mitools`.

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
    fn what_cannot_be_joined_is_none() {
        assert_eq!(combine_imputations(&[(1.0, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 0.0), (1.0, 0.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, -1.0), (1.0, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 1.0), (f64::NAN, 1.0)], 9.0), None);
        assert_eq!(combine_imputations(&[(1.0, 1.0), (2.0, 1.0)], 0.0), None);
    }
}
