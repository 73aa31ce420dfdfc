//! A figure with its uncertainty. No figure of a survey travels without one.

use super::reliability::Reliability;
use super::word::words;
use std::borrow::Cow;
use std::fmt;

/// A confidence interval; `low <= high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of `offset + factor * x`, for `factor >= 0`.
    #[must_use]
    pub fn scaled(self, offset: f64, factor: f64) -> Self {
        Self { low: offset + factor * self.low, high: offset + factor * self.high }
    }
}

words! {
    /// How an estimate's spread was found; printed beside the figure.
    Method {
        /// Stratified two-stage sample, Taylor linearisation, finite-population correction at both stages.
        TwoStage = "two-stage-linearised",
        /// Stratified clusters taken as drawn with replacement: the transactions per desk are unknown, so there is no
        /// correction at either stage. Conservative.
        WithReplacement = "with-replacement-linearised",
        /// Stratified clusters with a correction for the part of clusters drawn, and all rows of a cluster taken as observed.
        /// Too small where clusters were sampled within.
        FirstStage = "first-stage-linearised",
        /// Rows drawn directly, within strata if there are any, with a finite-population correction.
        RowsDrawn = "rows-linearised",
        /// Rows drawn directly, taken as drawn with replacement.
        RowsWithReplacement = "rows-with-replacement-linearised",
        /// The spread of the estimates under replicate weights.
        Replicates = "replicate-weights",
        /// Every desk is its own stratum and its rows are the sample. Used where no desk was drawn by chance: one-desk
        /// reports, censuses of visitors, officials rating their own unit.
        RowsWithinDesk = "rows-within-desk-linearised",
        /// As [`Method::RowsWithinDesk`], for answers nobody drew: the spread holds only if those who answered are like those
        /// who did not. Never called a margin of error.
        ModelAssumed = "model-assumed-linearised",
        /// The sum of independent surveys, degrees of freedom after Welch and Satterthwaite.
        Combined = "independent-surveys-welch",
        /// Completed copies of one survey, each estimated by its design and joined by Rubin's rules.
        MultipleImputation = "multiple-imputation",
    }
}

words! {
    /// How the interval of a share is found. All keep to 0 and 1; they differ near these ends and where the spread rests
    /// on few clusters.
    #[derive(Default)]
    ShareInterval {
        /// Korn and Graubard's, on the safe side.
        #[default]
        KornGraubard = "korn-graubard",
        /// Wilson's, with the effective sample size.
        Wilson = "wilson",
        /// Symmetric on the logit scale.
        Logit = "logit",
        /// Share ± t standard errors, cut at 0 and 1. Too short near the ends.
        Wald = "wald",
        /// By the likelihood ratio, with the effective sample size.
        Likelihood = "likelihood",
    }
}

/// How the ends of an interval were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ends {
    /// Value ± t standard errors.
    StudentT,
    /// The same on the logit scale, because the plain one would leave the range of possible values.
    BoundedT,
    /// As an interval of a share.
    Share(ShareInterval),
    /// By turning the interval of the distribution function around (Woodruff 1952), for quantiles.
    Woodruff,
}

impl Ends {
    /// A stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::StudentT => "t",
            Self::BoundedT => "bounded-t",
            Self::Share(kind) => kind.code(),
            Self::Woodruff => "woodruff",
        }
    }

    /// What has a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let plain = [Self::StudentT, Self::BoundedT, Self::Woodruff].into_iter();
        plain.chain(ShareInterval::ALL.map(Self::Share)).find(|ends| ends.code() == code)
    }
}

/// What a reader must know before trusting an estimate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caution {
    /// A stratum with one sampled desk of several: its spread cannot be estimated.
    LonelyPsu {
        /// The stratum.
        stratum: String,
    },
    /// Such a stratum was dealt with by a rule that the analyst chose.
    LonelyPsuTreated {
        /// The stratum.
        stratum: String,
        /// The code of the rule.
        rule: Cow<'static, str>,
    },
    /// Every answer was the same; the spread is not zero, it was only not seen.
    NoVariation,
    /// All desks and all their transactions were observed; sampling added nothing to the spread.
    EveryTransactionAnswered,
    /// Fewer than eight degrees of freedom.
    FewDegreesOfFreedom,
    /// Fewer than thirty answers.
    FewAnswers,
    /// A desk with a single answer adds nothing to the within-desk spread.
    SingleAnswerDesks {
        /// How many such desks.
        n_desks: usize,
    },
    /// Desks without a transaction count: weights and corrections could not use it.
    TransactionsUnknown {
        /// How many such desks.
        n_desks: usize,
    },
    /// A desk gave more answers than it had transactions.
    MoreAnswersThanTransactions {
        /// The desk.
        desk: String,
    },
}

impl Caution {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::LonelyPsu { .. } => "lonely-psu",
            Self::LonelyPsuTreated { .. } => "lonely-psu-treated",
            Self::NoVariation => "no-variation-observed",
            Self::EveryTransactionAnswered => "every-transaction-answered",
            Self::FewDegreesOfFreedom => "df-below-8",
            Self::FewAnswers => "n-below-30",
            Self::SingleAnswerDesks { .. } => "single-answer-desks",
            Self::TransactionsUnknown { .. } => "transactions-unknown",
            Self::MoreAnswersThanTransactions { .. } => "more-answers-than-transactions",
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LonelyPsu { stratum } => {
                write!(f, "stratum {stratum} has one surveyed desk of several: no interval can be given")
            }
            Self::LonelyPsuTreated { stratum, rule } => {
                write!(
                    f,
                    "stratum {stratum} has one surveyed desk of several; its spread is guessed by the rule '{rule}'"
                )
            }
            Self::NoVariation => {
                f.write_str("no variation observed: all answers agree, which does not make them exact")
            }
            Self::EveryTransactionAnswered => {
                f.write_str("every transaction was answered: there is no sampling error to show, other errors remain")
            }
            Self::FewDegreesOfFreedom => f.write_str("fewer than 8 degrees of freedom: the interval is unstable"),
            Self::FewAnswers => f.write_str("fewer than 30 answers"),
            Self::SingleAnswerDesks { n_desks } => {
                write!(f, "{n_desks} desks with a single answer add nothing to the spread within desks")
            }
            Self::TransactionsUnknown { n_desks } => write!(f, "{n_desks} desks without a transaction count"),
            Self::MoreAnswersThanTransactions { desk } => {
                write!(f, "desk {desk} has more answers than transactions: check the frame")
            }
        }
    }
}

/// An estimate: a value and everything needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The point estimate, in the statistic's own unit (share 0-1, points 0-max).
    pub value: f64,
    /// Standard error, same unit; `None` where it cannot be estimated. Never a zero that only means "not seen".
    pub se: Option<f64>,
    /// Confidence interval at `level`; `None` where it cannot be estimated.
    pub interval: Option<Interval>,
    /// Confidence level, for example 0.95.
    pub level: f64,
    /// Degrees of freedom behind the interval; not an integer after Welch and Satterthwaite.
    pub df: f64,
    /// Answers that entered the estimate.
    pub n: u64,
    /// PSUs with such answers: desks, or rows where rows were drawn directly.
    pub n_psu: u32,
    /// Strata with such answers.
    pub n_strata: u32,
    /// Design effect: the variance over that of a simple random sample of as many answers; `None` where there is no
    /// spread or no such comparison.
    pub deff: Option<f64>,
    /// How the spread was found.
    pub method: Method,
    /// How the interval was found.
    pub ends: Ends,
    /// What to know before trusting it.
    pub cautions: Vec<Caution>,
    /// Whether it is precise enough to be presented, for shares; apart from whether it may be shown at all.
    pub reliability: Option<Reliability>,
    /// The part of what full answers would have told that is missing, 0 to 1; for multiple imputation only.
    pub missing_information: Option<f64>,
}

impl Estimate {
    /// A stable text for programs: how spread and interval were found.
    #[must_use]
    pub fn method_code(&self) -> String {
        format!("{}-{}", self.method.code(), self.ends.code())
    }

    /// Reads what [`Self::method_code`] wrote.
    #[must_use]
    pub fn parse_method(code: &str) -> Option<(Method, Ends)> {
        let with = |method: Method| Some((method, Ends::parse(code.strip_prefix(method.code())?.strip_prefix('-')?)?));
        Method::ALL.into_iter().find_map(with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_figure_was_found_reads_back() {
        for method in Method::ALL {
            for ends in [Ends::StudentT, Ends::BoundedT, Ends::Woodruff, Ends::Share(ShareInterval::Logit)] {
                let code = format!("{}-{}", method.code(), ends.code());
                assert_eq!(Estimate::parse_method(&code), Some((method, ends)));
            }
        }
        assert_eq!(Estimate::parse_method("two-stage-linearised"), None);
    }
}
