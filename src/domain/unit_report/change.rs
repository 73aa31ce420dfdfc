//! What changed since the year before, and whether chance may explain it.

use crate::domain::estimate::Interval;
use crate::domain::word::words;

words! {
    /// What may be said of a change.
    ChangeVerdict {
        /// Higher, beyond what sampling error explains.
        Higher = "higher",
        /// Lower, beyond what sampling error explains.
        Lower = "lower",
        /// Sampling error may explain it. That is not the same as "no change".
        NotDistinguishable = "not-distinguishable",
        /// No spread is known, or one of the figures is hidden or missing.
        NotComparable = "not-comparable",
        /// One of the two indices is provisional: points that are still to come count as 0.
        Provisional = "provisional",
        /// What was measured, or how, changed between the two.
        BreakInSeries = "break-in-series",
        /// There is no earlier year.
        NoEarlierYear = "no-earlier-year",
    }
}

words! {
    /// Why figures of two years are not one series.
    Break {
        /// Other questions were asked, or answers counted otherwise.
        Questionnaire = "questionnaire",
        /// People came to answer in another way.
        Mode = "mode",
        /// Points were given by another scheme.
        Scheme = "scheme",
    }
}

/// A change since the year before. The years' surveys are taken as independent: other people were asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// What may be said.
    pub verdict: ChangeVerdict,
    /// The figure of the year before, in the figure's own unit; none where there is none to compare with.
    pub before: Option<f64>,
    /// This year's minus the year before's.
    pub difference: Option<f64>,
    /// Standard error of the difference.
    pub se: Option<f64>,
    /// Interval of the difference, at the level of the figures.
    pub interval: Option<Interval>,
    /// Two-sided; among the items, or the elements, of one report it is adjusted after Holm.
    pub p: Option<f64>,
}

impl Change {
    /// A change of which nothing can be told but why.
    #[must_use]
    pub const fn untold(verdict: ChangeVerdict) -> Self {
        Self { verdict, before: None, difference: None, se: None, interval: None, p: None }
    }

    /// Whether a change may be called one.
    #[must_use]
    pub fn is_real(&self) -> bool {
        matches!(self.verdict, ChangeVerdict::Higher | ChangeVerdict::Lower)
    }
}
