//! Is one figure higher than another?

use super::joint::Joint;
use super::quantile::student_t;
use super::tail::student_t_tail;
use crate::domain::estimate::Interval;
use crate::domain::word::words;

words! {
    /// What may be said of a difference.
    Verdict {
        /// Higher, beyond what chance explains.
        Higher = "higher",
        /// Lower, beyond what chance explains.
        Lower = "lower",
        /// Chance may explain it. That is not the same as "no change".
        NotDistinguishable = "not-distinguishable",
        /// No spread is known.
        NotComparable = "not-comparable",
        /// What was measured changed between the two, so there is nothing to compare.
        BreakInSeries = "break-in-series",
    }
}

words! {
    /// The degrees of freedom of a difference.
    #[derive(Default)]
    Freedom {
        /// Those of the design over both domains together: PSUs minus strata.
        #[default]
        Design = "design",
        /// Those of Welch and Satterthwaite, `V² / Σ V_i²/df_i`, for two independent figures.
        Welch = "welch",
    }
}

/// A difference with its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second.
    pub value: f64,
    /// Standard error; `None` where it cannot be told.
    pub se: Option<f64>,
    /// Degrees of freedom, by the rule that was asked for.
    pub df: f64,
    /// `value ± t se`.
    pub interval: Option<Interval>,
    /// The difference in standard errors.
    pub t: Option<f64>,
    /// Two-sided.
    pub p: Option<f64>,
}

impl Difference {
    /// From a difference and its variance.
    #[must_use]
    pub fn new(value: f64, variance: f64, df: f64, level: f64) -> Self {
        let se = Some(variance.sqrt()).filter(|se| *se > 0.0 && df > 0.0);
        let interval = se.zip(student_t(0.5 + 0.5 * level, df)).map(|(se, t)| {
            let reach = t * se;
            Interval { low: value - reach, high: value + reach }
        });
        let t = se.map(|se| value / se);
        Self { value, se, df, interval, t, p: t.and_then(|t| student_t_tail(t, df)) }
    }

    /// Of two figures that were estimated together; `None` where Welch's rule is asked for and they are not independent.
    #[must_use]
    pub fn of(joint: &Joint, a: usize, b: usize, freedom: Freedom, level: f64) -> Option<Self> {
        let (value, variance) = joint.contrast(&[(a, 1.0), (b, -1.0)]);
        let df = match freedom {
            Freedom::Design => joint.df(&[a, b]),
            Freedom::Welch => joint.are_independent(a, b).then(|| welch(&[joint.spread(a), joint.spread(b)]))?,
        };
        Some(Self::new(value, variance, df, level))
    }

    /// What may be said, by a p-value that was adjusted for all comparisons made together.
    #[must_use]
    pub fn verdict(&self, adjusted: Option<f64>, level: f64) -> Verdict {
        match adjusted {
            None => Verdict::NotComparable,
            Some(p) if p >= 1.0 - level => Verdict::NotDistinguishable,
            Some(_) if self.value > 0.0 => Verdict::Higher,
            Some(_) => Verdict::Lower,
        }
    }
}

/// `V² / Σ V_i²/df_i` of variances with their degrees of freedom (Satterthwaite 1946, Welch 1947).
#[must_use]
pub fn welch(parts: &[(f64, f64)]) -> f64 {
    let variance: f64 = parts.iter().map(|(variance, _)| variance).sum();
    variance * variance / parts.iter().map(|(variance, df)| variance * variance / df.max(0.0)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn welch_lies_between_the_smaller_freedom_and_the_sum() {
        assert_eq!(welch(&[(2.0, 10.0), (2.0, 10.0)]), 20.0);
        assert!((welch(&[(1e9, 10.0), (1.0, 90.0)]) - 10.0).abs() < 1e-6);
        assert_eq!(welch(&[(1.0, 0.0), (1.0, 90.0)]), 0.0, "a part without freedom leaves none");
    }

    #[test]
    fn a_verdict_needs_a_spread_and_a_small_p() {
        let difference = Difference::new(-2.0, 0.25, 20.0, 0.95);
        assert_eq!(difference.verdict(difference.p, 0.95), Verdict::Lower);
        assert_eq!(difference.verdict(Some(0.06), 0.95), Verdict::NotDistinguishable);
        let unseen = Difference::new(-2.0, f64::NAN, 20.0, 0.95);
        assert_eq!((unseen.se, unseen.p, unseen.verdict(unseen.p, 0.95)), (None, None, Verdict::NotComparable));
        assert_eq!(Difference::new(1.0, 0.25, 0.0, 0.95).interval, None);
    }
}
