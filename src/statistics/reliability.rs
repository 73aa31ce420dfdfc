//! Whether a share may be shown: the presentation standards for proportions of the National Center for Health Statistics.
//!
//! Source: Parker, Talih, Malec et al., Vital and Health Statistics 2-175 (2017). They speak of the interval of Korn and
//! Graubard at 95 %, so that is the interval judged here, whichever one is shown.

use super::interval::{Share, share_interval};
use super::verdict::FEW_DF;
use crate::domain::estimate::ShareInterval;
use crate::domain::reliability::{Reliability, Shortcoming};

/// The thresholds; those of the standard by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PresentationStandard {
    /// Level of the interval that is judged.
    pub level: f64,
    /// Fewer effective answers: not shown.
    pub min_effective_n: f64,
    /// An interval at most this wide passes, whatever its width relative to the share.
    pub narrow: f64,
    /// An interval at least this wide: not shown.
    pub wide: f64,
    /// Between the two, an interval wider than this many times the share: not shown; so many times the complement: footnote.
    pub max_relative_width: f64,
    /// Fewer degrees of freedom: to be reviewed.
    pub min_df: f64,
}

impl Default for PresentationStandard {
    fn default() -> Self {
        Self { level: 0.95, min_effective_n: 30.0, narrow: 0.05, wide: 0.30, max_relative_width: 1.30, min_df: FEW_DF }
    }
}

impl PresentationStandard {
    /// Everything in which a share falls short; `None` for what is not a share.
    ///
    /// The effective number of answers is that of [`Share::effective_n`] and at most the number there is, not reduced for
    /// few degrees of freedom: these have their own rule. Relative widths say nothing of 0 and 1 and are not judged there.
    #[must_use]
    pub fn judge(&self, share: &Share) -> Option<Reliability> {
        let share = Share { level: self.level, ..share.checked()? };
        let interval = share_interval(ShareInterval::KornGraubard, &share)?;
        let width = interval.high - interval.low;
        let between = width > self.narrow && width < self.wide && share.is_inside();
        let falls_short = [
            (Shortcoming::FewEffectiveAnswers, share.effective_n().min(share.n as f64) < self.min_effective_n),
            (Shortcoming::WideInterval, width >= self.wide),
            (Shortcoming::WideForShare, between && width > self.max_relative_width * share.p),
            (Shortcoming::WideForComplement, between && width > self.max_relative_width * (1.0 - share.p)),
            (Shortcoming::FewDegreesOfFreedom, share.df < self.min_df),
            (Shortcoming::NobodyOrEverybody, !share.is_inside()),
        ];
        let shortcomings = falls_short.into_iter().filter_map(|(short, is_so)| is_so.then_some(short)).collect();
        Some(Reliability { shortcomings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reliability::Presentation;

    /// Half of the people, from so many effective answers.
    fn half(effective_n: f64, n: u64, df: f64) -> Share {
        Share { p: 0.5, variance: 0.25 / effective_n, n, df, level: 0.95, deff_above: None }
    }

    fn shortcomings(share: Share) -> Vec<Shortcoming> {
        PresentationStandard::default().judge(&share).unwrap().shortcomings
    }

    #[test]
    fn enough_is_shown_and_each_lack_is_named() {
        assert_eq!(shortcomings(half(400.0, 900, 40.0)), []);
        assert_eq!(shortcomings(half(400.0, 900, 7.9)), [Shortcoming::FewDegreesOfFreedom]);
        assert_eq!(shortcomings(half(40.0, 90, 40.0)), [Shortcoming::WideInterval]);
        let few = [Shortcoming::FewEffectiveAnswers, Shortcoming::WideInterval];
        assert_eq!(shortcomings(half(29.9, 900, 40.0)), few);
        assert_eq!(shortcomings(half(900.0, 29, 40.0)), few);
    }

    #[test]
    fn a_small_share_is_suppressed_where_a_large_one_has_a_footnote() {
        let small = Share { p: 0.05, variance: 0.05 * 0.95 / 150.0, n: 200, df: 60.0, level: 0.95, deff_above: None };
        assert_eq!(shortcomings(small), [Shortcoming::WideForShare]);
        assert_eq!(shortcomings(Share { p: 0.95, ..small }), [Shortcoming::WideForComplement]);
        let narrow = Share { p: 0.001, variance: 1e-6, n: 4000, ..small };
        assert_eq!(shortcomings(narrow), [], "its interval is narrow, whatever the share");
    }

    #[test]
    fn the_level_shown_does_not_matter() {
        let share = half(45.0, 90, 40.0);
        assert_eq!(shortcomings(share), shortcomings(Share { level: 0.5, ..share }));
    }

    #[test]
    fn everybody_is_reviewed_and_the_larger_area_tells_how_much_was_asked() {
        let everybody = Share { p: 1.0, variance: 0.0, n: 100, df: 20.0, level: 0.95, deff_above: Some(1.5) };
        assert_eq!(shortcomings(everybody), [Shortcoming::NobodyOrEverybody]);
        let clustered = Share { deff_above: Some(4.0), ..everybody };
        let judged = PresentationStandard::default().judge(&clustered).unwrap();
        assert_eq!(judged.presentation(), Presentation::Suppress);
        assert!(judged.shortcomings.contains(&Shortcoming::FewEffectiveAnswers));
    }

    #[test]
    fn what_is_not_a_share_is_not_judged() {
        assert_eq!(PresentationStandard::default().judge(&Share { p: 1.1, ..half(90.0, 90, 9.0) }), None);
    }
}
