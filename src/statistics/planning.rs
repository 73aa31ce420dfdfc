//! How many answers are needed for an error that can be lived with.
//!
//! Sources: Cochran (1977), "Sampling Techniques", 4.4 and 5.7; Kish (1965), "Survey Sampling", 5.4 and 8.2 for the design
//! effect. Yamane's (Slovin's) formula is there for comparison: it takes for granted a simple random sample.

use super::quantile::student_t;

/// What a share shall be estimated to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Half the width of the interval, for example 0.05.
    pub error: f64,
    /// The share expected; 0.5 needs most.
    pub p: f64,
    /// The confidence level.
    pub level: f64,
    /// The design effect: how much larger the variance is than that of a simple random sample.
    pub deff: f64,
}

impl Target {
    /// What is planned for unless something else is said: five points either way for a half, 95 times of a hundred, with the
    /// design effect of about 3 that shares satisfied had where it was measured (2.7 to 3.4).
    pub const USUAL: Self = Self { error: 0.05, p: 0.5, level: 0.95, deff: 3.0 };

    /// Every way in which it makes no sense.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let Self { error, p, level, deff } = *self;
        let mut faults = Vec::new();
        let mut check = |is_right: bool, message: String| {
            if !is_right {
                faults.push(message);
            }
        };
        check(error > 0.0 && error < 0.5, format!("the error {error} is not between 0 and 0.5; 0.05 is five points"));
        check(p > 0.0 && p < 1.0, format!("the expected share {p} is not between 0 and 1"));
        check(level > 0.0 && level < 1.0, format!("the level {level} is not between 0 and 1"));
        check(deff > 0.0 && deff.is_finite(), format!("the design effect {deff} is not above 0"));
        faults
    }

    /// Answers needed from a population of `n_units`: `n₀ = deff z² p(1−p)/e²`, then `n₀ / (1 + n₀/N)`.
    #[must_use]
    pub fn answers(&self, n_units: f64) -> f64 {
        let endless = self.deff * (self.z() / self.error).powi(2) * self.p * (1.0 - self.p);
        endless / (1.0 + endless / n_units)
    }

    /// The error that `n` answers of a population of `n_units` reach; infinite without answers.
    #[must_use]
    pub fn reached(&self, n: f64, n_units: f64) -> f64 {
        let rest = (1.0 - n / n_units).max(0.0);
        self.z() * (self.deff * self.p * (1.0 - self.p) / n * rest).sqrt()
    }

    fn z(&self) -> f64 {
        student_t(0.5 + 0.5 * self.level, f64::INFINITY).unwrap_or(f64::NAN)
    }
}

/// Yamane's (Slovin's) `N / (1 + N e²)`: no expected share, no level, no design effect.
#[must_use]
pub fn slovin(n_units: f64, error: f64) -> f64 {
    n_units / (1.0 + n_units * error * error)
}

/// The design effect of asking `per_desk` people at each desk who are alike by an intraclass correlation of `rho`.
#[must_use]
pub fn design_effect(per_desk: f64, rho: f64) -> f64 {
    1.0 + (per_desk - 1.0) * rho
}

/// Shares `total` out over desks by their weights, at least `least` each and never more than a desk's weight. What does not
/// fit is left out; the parts are whole numbers.
#[must_use]
pub fn allocate(total: u64, weights: &[u64], least: u64) -> Vec<u64> {
    let mut parts: Vec<u64> = weights.iter().map(|weight| least.min(*weight)).collect();
    loop {
        let left = total.saturating_sub(parts.iter().sum());
        let room: Vec<u64> = weights.iter().zip(&parts).map(|(weight, part)| weight.saturating_sub(*part)).collect();
        let whole: u64 = room.iter().sum();
        if left == 0 || whole == 0 {
            return parts;
        }
        // By the room they have, rounded down; at least one more each time, so that it ends.
        let mut given = 0;
        for (part, room) in parts.iter_mut().zip(&room) {
            let more = (u128::from(left) * u128::from(*room) / u128::from(whole)) as u64;
            let more = more.min(*room).min(left - given);
            *part += more;
            given += more;
        }
        if given == 0
            && let Some((part, _)) = parts.iter_mut().zip(&room).max_by_key(|(_, room)| **room)
        {
            *part += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIVE_POINTS: Target = Target { error: 0.05, p: 0.5, level: 0.95, deff: 1.0 };

    #[test]
    fn known_sizes_are_met() {
        assert!((FIVE_POINTS.answers(f64::INFINITY) - 384.145_882).abs() < 1e-5);
        assert!((Target { deff: 3.0, ..FIVE_POINTS }.answers(f64::INFINITY) - 1_152.437_6).abs() < 1e-3);
        // 384.145 882 / 1.192 072 941, by hand.
        assert!((FIVE_POINTS.answers(2000.0) - 322.250_3).abs() < 1e-3);
        assert!((slovin(2000.0, 0.05) - 333.333_333).abs() < 1e-6);
        assert!((design_effect(41.0, 0.05) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn every_slip_is_told() {
        let target = Target { error: 5.0, p: 1.0, level: 95.0, deff: -1.0 };
        assert_eq!(target.faults().len(), 4);
        assert!(FIVE_POINTS.faults().is_empty());
    }

    proptest! {
        #[test]
        fn what_is_needed_reaches_the_target(error in 0.01..0.2_f64, p in 0.1..0.9_f64, deff in 1.0..5.0_f64, units in 50.0..1e6_f64) {
            let target = Target { error, p, level: 0.95, deff };
            let n = target.answers(units);
            prop_assert!(n > 0.0 && n < units);
            prop_assert!((target.reached(n, units) - error).abs() < 1e-9 * error.max(1.0), "{} {}", target.reached(n, units), error);
        }

        #[test]
        fn parts_fit_their_desks(total in 0_u64..5_000, weights in proptest::collection::vec(0_u64..900, 1..20), least in 0_u64..40) {
            let parts = allocate(total, &weights, least);
            let least_sum: u64 = weights.iter().map(|weight| least.min(*weight)).sum();
            let room: u64 = weights.iter().sum();
            prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| part <= weight && *part >= least.min(*weight)));
            prop_assert_eq!(parts.iter().sum::<u64>(), total.max(least_sum).min(room));
        }
    }
}
