//! What may be shown of a share that was estimated from too little, and why.

use super::word::words;

words!(
    /// What to do with a share, from mildest to strictest.
    Presentation {
        /// It may be shown as it is.
        Show = "show",
        /// It may be shown with a footnote.
        Footnote = "footnote",
        /// A statistician decides whether it is shown.
        Review = "review",
        /// It is not shown.
        Suppress = "suppress",
    }
);

words!(
    /// In what a share falls short of the standard.
    Shortcoming {
        /// The effective number of answers is too small.
        FewEffectiveAnswers = "few-effective-answers",
        /// The interval is too wide.
        WideInterval = "wide-interval",
        /// The interval is too wide beside the share.
        WideForShare = "wide-for-share",
        /// The interval is too wide beside what the share leaves of the whole.
        WideForComplement = "wide-for-complement",
        /// There are too few degrees of freedom to trust the interval.
        FewDegreesOfFreedom = "few-degrees-of-freedom",
        /// Nobody or everybody: no variation was observed.
        NobodyOrEverybody = "nobody-or-everybody",
    }
);

impl Shortcoming {
    /// What follows from it.
    #[must_use]
    pub fn presentation(self) -> Presentation {
        match self {
            Self::FewEffectiveAnswers | Self::WideInterval | Self::WideForShare => Presentation::Suppress,
            Self::FewDegreesOfFreedom | Self::NobodyOrEverybody => Presentation::Review,
            Self::WideForComplement => Presentation::Footnote,
        }
    }
}

/// Everything in which a share falls short; nothing, if it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reliability {
    /// The shortcomings, each once.
    pub shortcomings: Vec<Shortcoming>,
}

impl Reliability {
    /// The strictest of what follows from the shortcomings.
    #[must_use]
    pub fn presentation(&self) -> Presentation {
        self.shortcomings.iter().map(|short| short.presentation()).max().unwrap_or(Presentation::Show)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_shortcoming_decides() {
        assert_eq!(Reliability::default().presentation(), Presentation::Show);
        let mut reliability = Reliability { shortcomings: vec![Shortcoming::WideForComplement] };
        assert_eq!(reliability.presentation(), Presentation::Footnote);
        reliability.shortcomings.push(Shortcoming::WideInterval);
        reliability.shortcomings.push(Shortcoming::FewDegreesOfFreedom);
        assert_eq!(reliability.presentation(), Presentation::Suppress);
    }
}
