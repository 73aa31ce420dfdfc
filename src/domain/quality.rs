//! Signs that an answer was not given in earnest. They are told, counted and can be left out, but nothing is ever deleted
//! for them: a contented visitor may well choose the same point throughout.

use super::channel::Channel;
use super::disclosure::NoFigure;
use super::estimate::Estimate;
use super::ids::{AreaCode, RoundCode};
use super::packing::{NO_ANSWER, NOT_APPLICABLE};
use super::questionnaire::Status;
use super::word::words;
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc, Weekday};

words!(
    /// Why an answer is flagged.
    Reason {
        /// Answered faster than the questions can be read.
        Speeder = "speeder",
        /// One of many answers from one device in a short time.
        Burst = "burst",
        /// Given at a counter that was closed.
        AfterHours = "after-hours",
        /// The same point for every item.
        StraightLine = "straight-line",
        /// Its desk has more answers than transactions.
        MoreThanTransactions = "more-than-transactions",
        /// A field was filled in that people do not see.
        Trap = "trap",
        /// One of a run of identical answers at one desk.
        IdenticalRun = "identical-run",
    }
);

/// Reasons that hold for one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u8);

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// With one reason more, if it holds.
    #[must_use]
    pub fn with(self, reason: Reason, holds: bool) -> Self {
        Self(self.0 | if holds { 1 << reason as u8 } else { 0 })
    }

    /// With the reasons of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a reason holds.
    #[must_use]
    pub fn has(self, reason: Reason) -> bool {
        self.0 & (1 << reason as u8) != 0
    }

    /// Whether none holds.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// One bit for each reason, in the order of [`Reason::ALL`], as it is stored.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Reads stored bits; `None` if there is one that stands for no reason.
    #[must_use]
    pub fn of_bits(bits: u8) -> Option<Self> {
        (u32::from(bits) < 1 << Reason::ALL.len()).then_some(Self(bits))
    }
}

/// What is known about how an answer was given. It is judged when the answer comes in; only the verdict is kept, since a
/// time or a device could lead to a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// Seconds from the first question to the last.
    pub seconds: Option<u32>,
    /// A name that the device gave itself.
    pub device: Option<Device>,
    /// When it was given; when it comes in unless told, since a device may have been offline.
    pub answered: Option<DateTime<Utc>>,
    /// Whether a field was filled in that people do not see.
    pub is_trapped: bool,
}

impl Circumstances {
    /// The longest time that is told in seconds: a day.
    pub const MAX_SECONDS: u32 = 24 * 60 * 60;
}

/// The name of a device: up to 64 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device(String);

impl Device {
    /// The rule as a regular expression.
    pub const PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";

    /// Reads a name.
    ///
    /// # Errors
    /// What a name has to look like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        match (1..=64).contains(&text.len()) && text.chars().all(is_name) {
            true => Ok(Self(text.to_owned())),
            false => Err("is no name of a device; give 1 to 64 letters, digits, - or _".to_owned()),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A minute of the day, counted from midnight.
pub type Minute = u32;

/// When an answer counts as flagged.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityRules {
    /// How far the rules are confirmed.
    pub status: Status,
    /// Where they were taken from.
    pub source: String,
    /// The least seconds that an answered item takes.
    pub seconds_per_answer: f64,
    /// Answers that one device may give …
    pub burst_answers: u16,
    /// … within so many seconds.
    pub burst_seconds: u32,
    /// The minutes between which counters are open.
    pub open_minutes: (Minute, Minute),
    /// The days on which they are.
    pub open_days: Vec<Weekday>,
    /// The channels that exist at a counter only.
    pub counter_channels: Vec<Channel>,
    /// Items that must have the same answer for a straight line.
    pub straight_items: u16,
    /// Answers that must be the same in every item, one after the other at one desk, for a run.
    pub run_answers: u16,
}

impl QualityRules {
    /// Whether so many items were answered too fast.
    #[must_use]
    pub fn is_speeder(&self, seconds: u32, n_answers: usize) -> bool {
        f64::from(seconds) < self.seconds_per_answer * n_answers as f64
    }

    /// Whether an answer came through a counter that was closed, by local time.
    #[must_use]
    pub fn is_after_hours(&self, channel: Channel, local: NaiveDateTime) -> bool {
        let minute = local.hour() * 60 + local.minute();
        let (from, to) = self.open_minutes;
        let is_open = self.open_days.contains(&local.weekday()) && (from..to).contains(&minute);
        self.counter_channels.contains(&channel) && !is_open
    }

    /// Whether all items that were answered have the same point, and there are enough of them to say so.
    #[must_use]
    pub fn is_straight_line(&self, codes: impl IntoIterator<Item = u8>) -> bool {
        let mut answered = codes.into_iter().filter(|code| !matches!(*code, NO_ANSWER | NOT_APPLICABLE));
        let Some(first) = answered.next() else { return false };
        let mut n = 1_usize;
        answered.all(|code| {
            n += 1;
            code == first
        }) && n >= usize::from(self.straight_items)
    }
}

/// Which answers figures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// All of them.
    #[default]
    All,
    /// Those without a flag.
    Unflagged,
}

/// What the flags of a round say.
#[derive(Debug, Clone)]
pub struct Quality {
    /// The round.
    pub round: RoundCode,
    /// That the rules are not confirmed, unless they are.
    pub notice: Option<String>,
    /// The whole round.
    pub whole: FlagCount,
    /// Desks with flagged answers, with their names: those with the largest share of them first.
    pub desks: Vec<(AreaCode, String, FlagCount)>,
    /// The overall figure of all answers, and of those without flags, or why there is none.
    pub overall: [Result<Estimate, NoFigure>; 2],
}

/// Flagged answers of one desk, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlagCount {
    /// Answers.
    pub n: u64,
    /// Those with at least one reason.
    pub n_flagged: u64,
    /// Those with each reason, in the order of [`Reason::ALL`].
    pub by_reason: [u64; Reason::ALL.len()],
}

impl FlagCount {
    /// Counts an answer.
    pub fn add(&mut self, reasons: Reasons) {
        self.n += 1;
        self.n_flagged += u64::from(!reasons.is_empty());
        for (count, reason) in self.by_reason.iter_mut().zip(Reason::ALL) {
            *count += u64::from(reasons.has(reason));
        }
    }

    /// The part that is flagged; 0 of nothing.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.n_flagged as f64 / self.n.max(1) as f64
    }

    /// Adds what was counted elsewhere.
    pub fn add_all(&mut self, other: &Self) {
        self.n += other.n;
        self.n_flagged += other.n_flagged;
        self.by_reason.iter_mut().zip(other.by_reason).for_each(|(count, more)| *count += more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> QualityRules {
        QualityRules {
            status: Status::Synthetic,
            source: String::new(),
            seconds_per_answer: 1.5,
            burst_answers: 3,
            burst_seconds: 60,
            open_minutes: (7 * 60, 17 * 60 + 30),
            open_days: vec![Weekday::Mon, Weekday::Sat],
            counter_channels: vec![Channel::Kiosk],
            straight_items: 3,
            run_answers: 3,
        }
    }

    #[test]
    fn reasons_are_a_set() {
        let some = Reasons::NONE.with(Reason::Burst, true).with(Reason::Speeder, false);
        assert!(some.has(Reason::Burst) && !some.has(Reason::Speeder) && !some.is_empty());
        assert_eq!(Reasons::of_bits(some.bits()), Some(some));
        assert_eq!(Reasons::of_bits(1 << Reason::ALL.len()), None);
        let mut count = FlagCount::default();
        count.add(some.with(Reason::StraightLine, true));
        count.add(Reasons::NONE);
        assert_eq!((count.n, count.n_flagged, count.by_reason), (2, 1, [0, 1, 0, 1, 0, 0, 0]));
    }

    #[test]
    fn nobody_reads_a_question_in_a_second() {
        assert!(rules().is_speeder(29, 20) && !rules().is_speeder(30, 20) && !rules().is_speeder(0, 0));
    }

    #[test]
    fn a_counter_is_open_from_its_first_minute_to_before_its_last() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
        // 2026-11-23 is a Monday, the day before a Sunday.
        for (time, is_closed) in [
            ("2026-11-23 06:59:59", true),
            ("2026-11-23 07:00:00", false),
            ("2026-11-23 17:29:59", false),
            ("2026-11-23 17:30:00", true),
            ("2026-11-22 10:00:00", true),
        ] {
            assert_eq!(rules().is_after_hours(Channel::Kiosk, at(time)), is_closed, "{time}");
            assert!(!rules().is_after_hours(Channel::Phone, at(time)));
        }
    }

    #[test]
    fn a_straight_line_is_long_and_passes_over_what_was_not_answered() {
        let is = |codes: &[u8]| rules().is_straight_line(codes.iter().copied());
        assert!(is(&[4, 0, 4, 255, 4]));
        assert!(!is(&[4, 4]) && !is(&[4, 4, 5]) && !is(&[0, 255]));
    }
}
