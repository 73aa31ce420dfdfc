//! The Beta distribution, to the precision of the published reference numbers: its distribution function and quantile.
//!
//! Everything happens on two scales. A point of (0, 1) is given by its log-odds, so that the part above it is known as
//! exactly as the part below, however close to an end. Probabilities are logarithms, so that no tail is too small. On
//! these scales the distribution function is concave, which makes Newton's method safe from any start. `statrs` works on
//! neither scale: its quantile loses digits for small shapes and need not return, and its distribution function stops
//! after 140 terms, too few for shapes above some ten thousand.

use std::f64::consts::TAU;

/// Where Stirling's series stands in for the gamma function; its first term left out is below rounding here.
const STIRLING_FROM: f64 = 10.0;
/// Coefficients of Stirling's series in 1/z², to be divided by z (Abramowitz and Stegun, 6.1.41).
const STIRLING: [f64; 6] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
/// Terms of the continued fraction: about the root of the larger shape are needed, so this serves shapes beyond 1e11. The
/// limit only keeps an odd request from taking for ever.
const TERMS: u32 = 1_000_000;
/// Newton's steps; six to twenty are needed.
const STEPS: u32 = 200;
/// Relative change that is only rounding.
const ROUNDING: f64 = 1e-15;
/// Below this the remainder of the logarithm comes from its series.
const SMALL: f64 = 0.3;

/// The value that a Beta variable with shapes `a` and `b` stays below with probability `p`; `None` unless `0 < p < 1` and
/// both shapes are positive numbers.
///
/// Good to 1e-12 of the value; a shape below 1/1000 can cost a few digits more, where the density has nearly all its mass
/// at one end and the probability sought is what little is left.
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> Option<f64> {
    let is_shape = |shape: f64| shape > 0.0 && shape.is_finite();
    if !(p > 0.0 && p < 1.0 && is_shape(a) && is_shape(b)) {
        return None;
    }
    Some(expit(quantile_log_odds(p, a, b)))
}

/// The log-odds of the value that a Beta variable with shapes `a` and `b` stays below with probability `p`, for
/// `0 < p < 1` and positive shapes.
pub(super) fn quantile_log_odds(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.5 { climb(p, a, b) } else { -climb(1.0 - p, b, a) }
}

/// The logarithm of the probability that a Beta variable with shapes `a` and `b` stays below the point with these
/// log-odds: the regularised incomplete beta function.
pub(super) fn ln_probability_below(log_odds: f64, a: f64, b: f64) -> f64 {
    if log_odds <= ((a + 1.0) / (b + 1.0)).ln() {
        ln_density(log_odds, a, b) + ln_fraction(log_odds, a, b)
    } else {
        let above = ln_density(-log_odds, b, a) + ln_fraction(-log_odds, b, a);
        // Rounding may not make the upper part everything.
        (-above.exp().min(1.0 - f64::EPSILON)).ln_1p()
    }
}

/// The point with these log-odds.
pub(super) fn expit(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// `a ln(a/x) + b ln(b/y)` for the point `x = 1 − y` with these log-odds, less the same at its least, where `x : y` is
/// `a : b`. With `a = p` and `b = 1 − p` this is the divergence of Kullback and Leibler of x from p.
///
/// It is the sum of two deviances, none of which is negative, so that nothing cancels (Loader, "Fast and accurate
/// computation of binomial probabilities", 2000).
pub(super) fn divergence(log_odds: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let excess = b * expit(log_odds) - a * expit(-log_odds);
    deviance(excess, a, n, ln_expit(log_odds)) + deviance(-excess, b, n, ln_expit(-log_odds))
}

/// The log-odds of the quantile of at most one half. The logarithm of the distribution function is concave in the log-odds, because the
/// density there is log-concave. So wherever Newton's method starts, its second point lies below the root, and from there
/// it climbs to the root and never passes it: the first step that leads back is rounding.
fn climb(p: f64, a: f64, b: f64) -> f64 {
    let mut log_odds = ((a + 1.0) / (b + 1.0)).ln();
    for step_number in 0..STEPS {
        let below = ln_probability_below(log_odds, a, b);
        let step = (p.ln() - below) * (below - ln_density(log_odds, a, b)).exp();
        if !step.is_finite() {
            break;
        }
        log_odds += step;
        let rounding = ROUNDING * (1.0 + log_odds.abs());
        if step.abs() <= rounding || (step_number > 0 && step < 0.0) {
            break;
        }
    }
    log_odds
}

/// The logarithm of the density on the log-odds scale, `x^a y^b / B(a, b)`.
fn ln_density(log_odds: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let peak = 0.5 * (a / n * (b / TAU)).ln() + stirling_rest(n) - stirling_rest(a) - stirling_rest(b);
    peak - divergence(log_odds, a, b)
}

/// `a ln(a / nx) + nx − a`, where `excess` is `nx − a`.
fn deviance(excess: f64, a: f64, n: f64, ln_x: f64) -> f64 {
    let t = excess / a;
    if t.abs() < SMALL { a * log_rest(t) } else { a * ((a / n).ln() - ln_x) + excess }
}

/// `t − ln(1 + t)` for small t, from ln(1 + t) = 2 artanh(r) with r = t/(2 + t).
fn log_rest(t: f64) -> f64 {
    let r = t / (2.0 + t);
    let r2 = r * r;
    let mut power = r * r2;
    let mut sum = 0.0;
    let mut odd = 3.0;
    loop {
        let term = power / odd;
        sum += term;
        if term.abs() <= f64::EPSILON * sum.abs() {
            break r * t - 2.0 * sum;
        }
        power *= r2;
        odd += 2.0;
    }
}

/// `ln x` of the point with these log-odds.
fn ln_expit(log_odds: f64) -> f64 {
    if log_odds > 0.0 { -(-log_odds).exp().ln_1p() } else { log_odds - log_odds.exp().ln_1p() }
}

/// What Stirling's formula leaves of `ln Γ(z)`: `ln Γ(z) − (z − ½) ln z + z − ½ ln 2π`.
fn stirling_rest(z: f64) -> f64 {
    let mut z = z;
    let mut sum = 0.0;
    while z < STIRLING_FROM {
        sum += (z + 0.5) * (1.0 / z).ln_1p() - 1.0;
        z += 1.0;
    }
    let inverse = 1.0 / z;
    sum + inverse * STIRLING.iter().rev().fold(0.0, |series, term| series * (inverse * inverse) + term)
}

/// The logarithm of the continued fraction that the density is multiplied by (Didonato and Morris, "Significant digit
/// computation of the incomplete beta function ratios", ACM TOMS 18, 1992, equation 9), summed as by Lentz.
fn ln_fraction(log_odds: f64, a: f64, b: f64) -> f64 {
    let (x, y) = (expit(log_odds), expit(-log_odds));
    let slope = a * y - b * x;
    let whole = |n: f64| {
        n + n * (b - n) * x / (a + 2.0 * n - 1.0) + (a + n) * (slope + 1.0 + n * (2.0 - x)) / (a + 2.0 * n + 1.0)
    };
    // At n = 0 the middle part of `whole` is 0, also where a = 1 makes it 0/0.
    let mut c = a * (slope + 1.0) / (a + 1.0);
    let mut d = 0.0;
    let mut value = c;
    for n in (1..=TERMS).map(f64::from) {
        let root = x / (a + 2.0 * n - 1.0);
        let part = (a + n - 1.0) * root * (a + b + n - 1.0) * root * n * (b - n);
        let whole = whole(n);
        d = 1.0 / nonzero(whole + part * d);
        c = nonzero(whole + part / c);
        value *= c * d;
        if (c * d - 1.0).abs() <= ROUNDING {
            break;
        }
    }
    -value.ln()
}

/// A divisor that is not 0 (the modification of Thompson and Barnett to Lentz's method).
fn nonzero(divisor: f64) -> f64 {
    if divisor == 0.0 { f64::MIN_POSITIVE } else { divisor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Relative error allowed against reference values.
    const TOLERANCE: f64 = 1e-12;
    /// Relative error allowed in a probability that went to a quantile and back; the point between them is rounded.
    const ROUND_TRIP: f64 = 1e-9;

    fn assert_close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() <= TOLERANCE * expected.abs(), "{actual:e} is not {expected:e}");
    }

    #[test]
    fn closed_forms_are_met() {
        for p in [1e-12_f64, 0.025, 0.3, 0.5, 0.975] {
            for shape in [0.3, 1.0, 87.5, 4e5_f64] {
                assert_close(beta_quantile(p, shape, 1.0).unwrap(), p.powf(1.0 / shape));
                assert_close(beta_quantile(p, 1.0, shape).unwrap(), -((-p).ln_1p() / shape).exp_m1());
            }
            let arcsine = (std::f64::consts::FRAC_PI_2 * p).sin().powi(2);
            assert_close(beta_quantile(p, 0.5, 0.5).unwrap(), arcsine);
        }
    }

    #[test]
    fn reference_values_are_met() {
        // Computed with mpmath at 50 digits.
        let reference = [
            (1e-12, 2.5, 40.0, 6.288732682285189e-7),
            (0.025, 5980.0, 884.5, 0.863121925879479),
            (0.975, 380.25, 57.5, 0.8986139257923762),
            (0.025, 0.75, 1.25, 0.005734531133346644),
            (1e-12, 0.3, 0.01, 9.232845289302751e-36),
            (0.995, 0.05, 3.0, 0.4524730265126185),
            (0.025, 1e6, 3.0, 0.9999927753456549),
            (0.5, 0.001, 0.002, 1.1477247443393563e-125),
        ];
        for (p, a, b, expected) in reference {
            assert_close(beta_quantile(p, a, b).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_quantile_is_none() {
        let bad = [
            (0.0, 1.0, 1.0),
            (1.0, 1.0, 1.0),
            (f64::NAN, 1.0, 1.0),
            (0.5, 0.0, 1.0),
            (0.5, 1.0, -1.0),
            (0.5, f64::INFINITY, 1.0),
            (0.5, 1.0, f64::NAN),
        ];
        for (p, a, b) in bad {
            assert_eq!(beta_quantile(p, a, b), None, "p {p}, shapes {a}, {b}");
        }
    }

    #[test]
    fn odd_shapes_get_an_answer_too() {
        for a in [f64::MIN_POSITIVE, 1.0, 1e12, f64::MAX / 4.0] {
            for b in [f64::MIN_POSITIVE, 1.0, f64::MAX / 4.0] {
                for p in [f64::MIN_POSITIVE, 0.5, 1.0 - f64::EPSILON] {
                    let quantile = beta_quantile(p, a, b).unwrap();
                    assert!((0.0..=1.0).contains(&quantile), "p {p:e}, shapes {a:e}, {b:e}: {quantile}");
                }
            }
        }
    }

    /// Shapes over fifteen orders of magnitude, evenly on the log scale.
    fn shape() -> impl Strategy<Value = f64> {
        (-6.0..9.0).prop_map(|exponent| 10.0_f64.powf(exponent))
    }

    proptest! {
        #[test]
        fn a_quantile_has_its_probability_below((exponent, a, b) in (-12.0..-0.302, shape(), shape())) {
            let p = 10.0_f64.powf(exponent);
            let log_odds = quantile_log_odds(p, a, b);
            let error = ln_probability_below(log_odds, a, b) - p.ln();
            // The log-odds are rounded too: what that does to the probability is no error.
            let rounding = f64::EPSILON * log_odds.abs() * (ln_density(log_odds, a, b) - p.ln()).exp();
            // Next to a tiny shape all but about that much of the mass is at one end, and what is left is a difference.
            let difference = 128.0 * f64::EPSILON / b.min(1.0);
            prop_assert!(error.abs() <= ROUND_TRIP + rounding + difference, "p {p:e}, shapes {a:e}, {b:e}: off by {error:e}");
        }

        #[test]
        fn both_parts_are_the_whole((log_odds, a, b) in (-8.0..8.0, shape(), shape())) {
            let parts = ln_probability_below(log_odds, a, b).exp() + ln_probability_below(-log_odds, b, a).exp();
            prop_assert!((parts - 1.0).abs() <= ROUND_TRIP, "{parts}");
        }

        #[test]
        fn a_quantile_grows_with_its_probability((p, a, b) in (1e-12..0.98, shape(), shape())) {
            let (low, high) = (beta_quantile(p, a, b).unwrap(), beta_quantile(p + 0.01, a, b).unwrap());
            prop_assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0);
        }
    }
}
