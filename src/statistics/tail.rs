//! What is left above a test statistic: upper tails of the distributions behind the tests, accurate however far out.

use super::beta::ln_probability_below;
use super::quantile::AS_GOOD_AS_NORMAL;
use statrs::function::gamma::checked_gamma_ur;

/// The probability that a Student t variable with `df` degrees of freedom is farther from 0 than `t`, on either side: the
/// p-value of a two-sided test. `None` unless `df > 0` and `t` is a number.
#[must_use]
pub fn student_t_tail(t: f64, df: f64) -> Option<f64> {
    f_tail(t * t, 1.0, df)
}

/// The probability that a chi-square variable with `df` degrees of freedom (any positive number) exceeds `x`; `None`
/// unless `df > 0` and `x >= 0`.
#[must_use]
pub fn chi_square_tail(x: f64, df: f64) -> Option<f64> {
    if !(x >= 0.0 && df > 0.0 && df.is_finite()) {
        return None;
    }
    if x == 0.0 {
        return Some(1.0);
    }
    if x.is_infinite() {
        return Some(0.0);
    }
    checked_gamma_ur(0.5 * df, 0.5 * x).ok()
}

/// The probability that an F variable with `d1` and `d2` degrees of freedom (any positive numbers) exceeds `x`; `None`
/// unless both are positive and `x >= 0`. With infinite `d2` it is that of chi-square over its degrees of freedom.
///
/// `d2 / (d2 + d1 F)` is a Beta variable with shapes `d2/2` and `d1/2`, and its odds are `d2 / (d1 F)`.
#[must_use]
pub fn f_tail(x: f64, d1: f64, d2: f64) -> Option<f64> {
    if !(x >= 0.0 && d1 > 0.0 && d2 > 0.0 && d1.is_finite()) {
        return None;
    }
    if d2 >= AS_GOOD_AS_NORMAL {
        return chi_square_tail(d1 * x, d1);
    }
    if x == 0.0 {
        return Some(1.0);
    }
    if x.is_infinite() {
        return Some(0.0);
    }
    Some(ln_probability_below(d2.ln() - d1.ln() - x.ln(), 0.5 * d2, 0.5 * d1).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative error allowed against reference values.
    const TOLERANCE: f64 = 1e-12;
    /// The same for chi-square with thousands of degrees of freedom, where `statrs` raises the gamma function from its
    /// logarithm and loses a digit with each of the number's.
    const MANY_DF_TOLERANCE: f64 = 1e-11;
    /// And with a million.
    const MILLION_DF_TOLERANCE: f64 = 1e-8;

    fn assert_close(actual: Option<f64>, expected: f64, tolerance: f64) {
        let actual = actual.unwrap();
        assert!((actual - expected).abs() <= tolerance * expected, "{actual:e} is not {expected:e}");
    }

    #[test]
    fn closed_forms_are_met() {
        for t in [1e-3_f64, 0.7, 4.0, 1e6] {
            let cauchy = std::f64::consts::FRAC_2_PI * (1.0 / t).atan();
            assert_close(student_t_tail(t, 1.0), cauchy, TOLERANCE);
            let root = (2.0 + t * t).sqrt();
            assert_close(student_t_tail(-t, 2.0), 2.0 / (root * (root + t)), TOLERANCE);
        }
        for x in [1e-3_f64, 0.7, 4.0, 900.0] {
            assert_close(chi_square_tail(x, 2.0), (-0.5 * x).exp(), TOLERANCE);
            assert_close(chi_square_tail(x, 4.0), (-0.5 * x).exp() * (1.0 + 0.5 * x), TOLERANCE);
            assert_close(f_tail(x, 2.0, 9.5), (1.0 + 2.0 * x / 9.5).powf(-4.75), TOLERANCE);
            assert_close(f_tail(x, 2.0, f64::INFINITY), (-x).exp(), TOLERANCE);
        }
    }

    #[test]
    fn reference_values_are_met() {
        // Computed with mpmath at 50 digits.
        let student = [
            (0.3, 4.0, 0.7791214282774597),
            (2.0, 14.0, 0.06528795288911197),
            (2.5, 0.5, 0.40097052905329318),
            (12.5, 166.0, 1.083108649164079e-25),
            (40.0, 30.25, 9.384866960633505e-28),
            (38.0, 4656.0, 1.8485599687839676e-275),
            (6.0, 1e5, 1.9799294556017626e-9),
            (30.0, 1e8, 9.833364285883265e-198),
        ];
        for (t, df, expected) in student {
            assert_close(student_t_tail(t, df), expected, TOLERANCE);
        }
        let f = [
            (0.7, 3.2, 40.5, 0.5662836460738194),
            (2.5, 1.0, 7.0, 0.15785932279582995),
            (3.0, 12.7, 2108.4, 0.00025279643155560783),
            (25.0, 4.0, 60.0, 3.284771256947695e-12),
            (9.0, 55.25, 1e6, 2.3820042969830294e-72),
        ];
        for (x, d1, d2, expected) in f {
            assert_close(f_tail(x, d1, d2), expected, TOLERANCE);
        }
        let chi_square = [
            (0.02, 1.0, 0.8875370839817152, TOLERANCE),
            (3.841458820694124, 1.0, 0.05000000000000006, TOLERANCE),
            (80.0, 7.3, 2.0306712412792286e-14, TOLERANCE),
            (900.0, 250.5, 4.647235449583396e-74, TOLERANCE),
            (300.0, 2000.0, 1.0, TOLERANCE),
            (2500.0, 2000.0, 1.0740080231386176e-13, MANY_DF_TOLERANCE),
            (1400.0, 12.0, 1.390850255404554e-292, TOLERANCE),
            (1_003_000.0, 1e6, 0.017016772933266315, MILLION_DF_TOLERANCE),
        ];
        for (x, df, expected, tolerance) in chi_square {
            assert_close(chi_square_tail(x, df), expected, tolerance);
        }
    }

    #[test]
    fn a_tail_undoes_its_quantile() {
        for df in [0.7, 3.0, 14.0, 166.0, 4656.0, 1e7, f64::INFINITY] {
            for p in [0.6, 0.975, 0.999_999] {
                let t = crate::statistics::student_t(p, df).unwrap();
                assert_close(student_t_tail(t, df), 2.0 * (1.0 - p), TOLERANCE);
            }
        }
    }

    #[test]
    fn ends_are_certain_and_what_is_no_tail_is_none() {
        assert_eq!((student_t_tail(0.0, 5.0), student_t_tail(f64::INFINITY, 5.0)), (Some(1.0), Some(0.0)));
        assert_eq!((chi_square_tail(0.0, 5.0), chi_square_tail(f64::INFINITY, 5.0)), (Some(1.0), Some(0.0)));
        assert_eq!((f_tail(0.0, 2.0, 5.0), f_tail(f64::INFINITY, 2.0, 5.0)), (Some(1.0), Some(0.0)));
        for df in [0.0, -1.0, f64::NAN] {
            assert_eq!((student_t_tail(1.0, df), chi_square_tail(1.0, df)), (None, None));
            assert_eq!((f_tail(1.0, df, 3.0), f_tail(1.0, 3.0, df)), (None, None));
        }
        assert_eq!((student_t_tail(f64::NAN, 3.0), chi_square_tail(-1.0, 3.0)), (None, None));
    }
}
