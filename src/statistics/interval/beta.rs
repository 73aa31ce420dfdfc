//! The quantile of the beta distribution. That of `statrs` loses digits for small shapes and its distribution function
//! stops too early for large ones (its continued fraction ends after 140 terms, and the number needed grows with the root
//! of the shapes), so both are here, on its gamma function.

use statrs::function::gamma::ln_gamma;

/// Terms of the continued fraction at most; shapes of ten billion need fewer.
const TERMS: u32 = 200_000;
/// A term this close to 1 ends the fraction.
const CONVERGED: f64 = 1e-16;
/// Stands for zero in a denominator (Lentz's method, after Thompson and Barnett 1986).
const TINY: f64 = 1e-300;
/// A relative step this short is Newton's last: the next would be its square, far below rounding.
const CLOSE: f64 = 1e-10;
/// Steps of the search at most: the smallest double is 1,074 halvings away.
const STEPS: usize = 1200;

/// The value that a beta variable of shapes `a` and `b`, both above 0, stays below with probability `p`.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let ln_beta = ln_beta(a, b);
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..STEPS {
        let miss = distribution(x, a, b, ln_beta) - p;
        if miss > 0.0 {
            high = x;
        } else {
            low = x;
        }
        // Newton's step where it stays inside the bracket, halving where it does not.
        let slope = ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta).exp();
        let step = miss / slope;
        let is_newton = step.is_finite() && low < x - step && x - step < high;
        let next = if is_newton { x - step } else { 0.5 * (low + high) };
        let is_last = is_newton && step.abs() <= CLOSE * x.min(1.0 - x);
        if is_last || next == x || high - low <= f64::MIN_POSITIVE {
            return next;
        }
        x = next;
    }
    x
}

/// The probability that a beta variable of shapes `a` and `b` stays below `x`: the regularised incomplete beta function.
pub(in crate::statistics) fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    distribution(x, a, b, ln_beta(a, b))
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

fn distribution(x: f64, a: f64, b: f64, ln_beta: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction of the incomplete beta function (Abramowitz and Stegun, 26.5.8).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut product = d;
    for m in 1..=TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last = 1.0;
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            last = c * d;
            product *= last;
        }
        if (last - 1.0).abs() <= CONVERGED {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms_are_met() {
        for p in [1e-12, 0.025, 0.5, 0.975_f64] {
            for shape in [0.03, 0.7, 1.0, 50.0, 4e5] {
                // I_x(a, 1) = x^a and I_x(1, b) = 1 − (1−x)^b.
                let (left, right) = (p.powf(1.0 / shape), -((-p).ln_1p() / shape).exp_m1());
                let rounding = 1e-12_f64.max(1e-14 * shape);
                assert!((beta_quantile(p, shape, 1.0) - left).abs() <= rounding * left + 1e-300, "{p} {shape}");
                assert!((beta_quantile(p, 1.0, shape) - right).abs() <= rounding * right, "{p} {shape}");
            }
        }
    }

    #[test]
    fn large_shapes_keep_their_digits() {
        // The tails mirror each other when the shapes change places.
        for (a, b) in [(870_000.0, 130_000.0), (12.5, 3.25), (2e7, 3e7)] {
            let x = beta_quantile(0.025, a, b);
            // The logarithms of the gamma function cost digits as the shapes grow.
            let rounding = 1e-13_f64.max(1e-17 * (a + b));
            assert!((beta_quantile(0.975, b, a) - (1.0 - x)).abs() < rounding, "{a} {b}");
            assert!((beta_below(x, a, b) - 0.025).abs() < 1e4 * rounding);
        }
    }
}
