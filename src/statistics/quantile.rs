//! Quantiles of Student's t distribution, to the precision of the published reference numbers.
//!
//! `statrs` inverts the incomplete beta function, which is off by 1e-8 near 4,700 degrees of freedom and worse beyond.

use super::beta::quantile_log_odds;

/// From here on t is normal to the last digit, in its far tail too.
pub(super) const AS_GOOD_AS_NORMAL: f64 = 1e20;

/// The value that a Student t variable with `df` degrees of freedom (any positive number) stays below with probability
/// `p`; `None` unless `0 < p < 1` and `df > 0`, or where the value is beyond all floating-point numbers.
///
/// `df / (df + t²)` is a Beta variable with shapes `df/2` and `1/2`, and its odds are `df / t²`.
#[must_use]
pub fn student_t(p: f64, df: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return None;
    }
    let both_tails = 2.0 * p.min(1.0 - p);
    if both_tails == 1.0 {
        return Some(0.0);
    }
    let df = df.min(AS_GOOD_AS_NORMAL);
    let log_odds = quantile_log_odds(both_tails, 0.5 * df, 0.5);
    let t = df.sqrt() * (-0.5 * log_odds).exp();
    t.is_finite().then(|| if p < 0.5 { -t } else { t })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative error allowed against the reference values.
    const TOLERANCE: f64 = 1e-12;

    fn assert_close(actual: Option<f64>, expected: f64) {
        let actual = actual.unwrap();
        assert!((actual - expected).abs() <= TOLERANCE * expected.abs(), "{actual} is not {expected}");
    }

    #[test]
    fn closed_forms_are_met() {
        for p in [0.6, 0.9, 0.975, 0.9995_f64] {
            let q: f64 = 2.0 * p - 1.0;
            assert_close(student_t(p, 1.0), (std::f64::consts::FRAC_PI_2 * q).tan());
            assert_close(student_t(p, 2.0), q * (2.0 / (1.0 - q * q)).sqrt());
        }
        assert_close(student_t(0.025, 7.0), -student_t(0.975, 7.0).unwrap());
        assert_eq!(student_t(0.5, 3.0), Some(0.0));
    }

    #[test]
    fn reference_values_are_met() {
        // Computed with mpmath at 40 digits.
        let reference = [
            (0.975, 0.5, 164.55767348048824),
            (0.975, 3.0, 3.182446305283708),
            (0.95, 4.25, 2.096321282056298),
            (0.975, 14.0, 2.1447866879178034),
            (0.995, 166.0, 2.605770342203794),
            (0.975, 330.7625174196332, 1.967161982556911),
            (0.975, 999.0, 1.9623414611334496),
            (0.975, 4656.0, 1.9604736231901742),
            (0.9995, 4656.0, 3.2926176562940826),
            (0.975, 100000.0, 1.9599877075346093),
            (0.975, 10000000.0, 1.959964221767205),
        ];
        for (p, df, expected) in reference {
            assert_close(student_t(p, df), expected);
        }
    }

    #[test]
    fn without_limit_of_freedom_it_is_the_normal_quantile() {
        // NormalDist().inv_cdf of Python's statistics.
        for (p, expected) in [
            (0.6, 0.2533471031357998),
            (0.9, 1.2815515655446008),
            (0.975, 1.9599639845400536),
            (0.9995, 3.2905267314919255),
        ] {
            assert_close(student_t(p, f64::INFINITY), expected);
        }
    }

    #[test]
    fn what_is_no_quantile_is_none() {
        for (p, df) in [(0.0, 5.0), (1.0, 5.0), (0.975, 0.0), (0.975, -1.0), (f64::NAN, 5.0), (0.975, f64::NAN)] {
            assert_eq!(student_t(p, df), None, "p {p}, df {df}");
        }
        assert_eq!(student_t(0.975, 1e-3), None);
    }
}
