//! Mail that waits or was settled: which editions there are, the states a mail goes through, and when it is tried again.

use super::ids::{AreaCode, RoundCode};
use super::period::{Period, Year};
use super::recipient::{KnownRecipient, Rhythm, Role};
use super::word::words;
use chrono::{DateTime, Datelike as _, FixedOffset, Months, NaiveDate, TimeDelta, Utc};
use std::fmt;

/// Which of a round's letters it is. A recipient gets each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// Published figures, from revision 1; any later one corrects the one before.
    Revision(u32),
    /// Provisional figures after a month, 1 to 12.
    Month(Year, u8),
    /// Provisional figures after a quarter, 1 to 4.
    Quarter(Year, u8),
}

impl Edition {
    /// Reads `r2`, `2025-03` or `2025-Q1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(revision) = text.strip_prefix('r') {
            return revision.parse().ok().filter(|revision| *revision >= 1).map(Self::Revision);
        }
        let (year, part) = text.split_once('-')?;
        let year = Year::parse(year).ok()?;
        let number = |digits: &str, most| digits.parse().ok().filter(|n| (1..=most).contains(n));
        match part.strip_prefix('Q') {
            Some(quarter) => number(quarter, 4).map(|quarter| Self::Quarter(year, quarter)),
            None => number(part, 12).map(|month| Self::Month(year, month)),
        }
    }

    /// The month or quarter that ended last before a day.
    #[must_use]
    pub fn last_before(rhythm: Rhythm, day: NaiveDate) -> Option<Self> {
        let n_months = match rhythm {
            Rhythm::Monthly => 1,
            Rhythm::Quarterly => 3,
        };
        let ended = day.month0() / n_months;
        let (year, ended) = if ended == 0 { (day.year() - 1, 12 / n_months) } else { (day.year(), ended) };
        let (year, number) = (Year::new(u16::try_from(year).ok()?).ok()?, u8::try_from(ended).ok()?);
        Some(match rhythm {
            Rhythm::Monthly => Self::Month(year, number),
            Rhythm::Quarterly => Self::Quarter(year, number),
        })
    }

    /// The month or quarter, day by day; none of published figures.
    #[must_use]
    pub fn period(self) -> Option<Period> {
        let (year, months) = match self {
            Self::Revision(_) => return None,
            Self::Month(year, month) => (year, u32::from(month)..=u32::from(month)),
            Self::Quarter(year, quarter) => (year, u32::from(quarter) * 3 - 2..=u32::from(quarter) * 3),
        };
        let first = NaiveDate::from_ymd_opt(i32::from(year.get()), *months.start(), 1)?;
        let last_month = NaiveDate::from_ymd_opt(i32::from(year.get()), *months.end(), 1)?;
        Period::new(first, last_month.checked_add_months(Months::new(1))?.pred_opt()?).ok()
    }

    /// Whether the figures may still change.
    #[must_use]
    pub fn is_provisional(self) -> bool {
        !matches!(self, Self::Revision(_))
    }

    /// Whether it corrects an edition that was sent before.
    #[must_use]
    pub fn is_correction(self) -> bool {
        matches!(self, Self::Revision(2..))
    }

    /// Whether a recipient wants it and may have it.
    #[must_use]
    pub fn is_for(self, known: &KnownRecipient) -> bool {
        let schedule = known.recipient.schedule;
        let of_the_office = known.recipient.role.is_of_the_office();
        match self {
            Self::Revision(_) => schedule.at_publication,
            Self::Month(..) => of_the_office && schedule.rhythm == Some(Rhythm::Monthly),
            Self::Quarter(..) => of_the_office && schedule.rhythm == Some(Rhythm::Quarterly),
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(revision) => write!(f, "r{revision}"),
            Self::Month(year, month) => write!(f, "{year}-{month:02}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
        }
    }
}

words!(
    /// How far a mail has come.
    MailState {
        /// Waits for its first try.
        Queued = "queued",
        /// Failed for the time being; waits to be tried again.
        Temporary = "temporary",
        /// Its text is going out at this moment.
        Sending = "sending",
        /// A mail server took it.
        Sent = "sent",
        /// The sender or the connection died while the text went out: a mail server may have taken it or not.
        Uncertain = "uncertain",
        /// A mail server refused it for good.
        Refused = "refused",
        /// No mail server took it for days.
        GivenUp = "given-up",
        /// It was not tried, because its recipient is gone or mail to them comes back.
        Withheld = "withheld",
        /// It was taken, and came back.
        Returned = "returned",
    }
);

impl MailState {
    /// Whether it will be tried without anybody asking for it.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Self::Queued | Self::Temporary)
    }

    /// Whether somebody has to look at it.
    #[must_use]
    pub fn needs_somebody(self) -> bool {
        matches!(self, Self::Uncertain | Self::Refused | Self::GivenUp | Self::Withheld | Self::Returned)
    }
}

/// Longest reason that is kept.
const MAX_REASON_CHARS: usize = 300;

/// Why a mail is where it is: one line, without anybody's address, however a mail server worded it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reason(String);

impl Reason {
    /// Takes what was said, with anything that looks like an address struck out.
    #[must_use]
    pub fn of(said: &str) -> Self {
        let hidden = |word: &str| if word.contains('@') { "<…>".to_owned() } else { word.to_owned() };
        let is_end = |c: char| c.is_whitespace() || c.is_control();
        let words: Vec<String> = said.split(is_end).filter(|word| !word.is_empty()).map(hidden).collect();
        Self(words.join(" ").chars().take(MAX_REASON_CHARS).collect())
    }

    /// The reason as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A mail server took it.
    Sent,
    /// Not now: a reply of the 400s, or the network failed before the text was out.
    Temporary(Reason),
    /// Never: a reply of the 500s.
    Refused(Reason),
    /// The text was out and no reply came.
    Uncertain(Reason),
}

/// A mail that one sender, and nobody else, may send now.
#[derive(Debug, Clone)]
pub struct ClaimedMail {
    /// Its number in the queue.
    pub id: i32,
    /// The left side of its Message-ID, 32 hex digits.
    pub token: String,
    /// Tries before this one.
    pub n_attempts: u32,
    /// The round it is about.
    pub round: RoundCode,
    /// Which of the round's letters it is.
    pub edition: Edition,
    /// Whom it goes to.
    pub to: KnownRecipient,
}

/// A mail in the queue, as the operator sees it: without the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its number in the queue.
    pub id: i32,
    /// The recipient's number.
    pub recipient: i32,
    /// The recipient's role.
    pub role: Role,
    /// The unit it is about.
    pub unit: AreaCode,
    /// The round it is about.
    pub round: RoundCode,
    /// Which of the round's letters it is.
    pub edition: Edition,
    /// How far it has come.
    pub state: MailState,
    /// Tries so far.
    pub n_attempts: u32,
    /// When it is tried next, if it waits.
    pub next_try: DateTime<Utc>,
    /// When it was settled, if it was.
    pub settled: Option<DateTime<Utc>>,
    /// Why it is where it is; empty when all went well.
    pub reason: Reason,
}

/// Pause after the first try; each further one is [`GROWTH`] times as long.
const FIRST_PAUSE_MINUTES: f64 = 10.0;
const GROWTH: f64 = 2.5;
/// Longest pause: a server that is mended in the night has the mail by noon.
const LONGEST_PAUSE_MINUTES: f64 = 8.0 * 60.0;
/// How far a pause may be from the rule, so that mails that failed together do not come back together.
const JITTER: f64 = 0.25;

/// How long to wait after the `n_attempts`-th try (from 1) failed for the time being. `chance` is drawn evenly from 0 to 1.
#[must_use]
pub fn pause_after(n_attempts: u32, chance: f64) -> TimeDelta {
    let exponent = f64::from(n_attempts.saturating_sub(1).min(20));
    let minutes = (FIRST_PAUSE_MINUTES * GROWTH.powf(exponent)).min(LONGEST_PAUSE_MINUTES);
    let seconds = minutes * 60.0 * (1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0));
    TimeDelta::milliseconds((seconds * 1000.0).round() as i64)
}

/// The clock that offices go by: Việt Nam has no summer time.
#[must_use]
pub fn office_time() -> FixedOffset {
    const HOURS_EAST: i32 = 7;
    FixedOffset::east_opt(HOURS_EAST * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_read_back_as_written() {
        for text in ["r1", "r12", "2025-03", "2025-12", "2025-Q4"] {
            assert_eq!(Edition::parse(text).unwrap().to_string(), text);
        }
        for bad in ["r0", "r", "2025-13", "2025-00", "2025-Q5", "1999-01", "2025"] {
            assert_eq!(Edition::parse(bad), None, "{bad}");
        }
        assert!(Edition::Revision(2).is_correction() && !Edition::Revision(1).is_correction());
    }

    #[test]
    fn a_scheduled_edition_is_that_of_the_time_that_has_ended() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        for (rhythm, on, edition, period) in [
            (Rhythm::Monthly, "2025-04-01", "2025-03", "2025-03-01..2025-03-31"),
            (Rhythm::Monthly, "2025-03-31", "2025-02", "2025-02-01..2025-02-28"),
            (Rhythm::Monthly, "2025-01-15", "2024-12", "2024-12-01..2024-12-31"),
            (Rhythm::Quarterly, "2025-06-30", "2025-Q1", "2025-01-01..2025-03-31"),
            (Rhythm::Quarterly, "2025-07-01", "2025-Q2", "2025-04-01..2025-06-30"),
            (Rhythm::Quarterly, "2025-02-01", "2024-Q4", "2024-10-01..2024-12-31"),
        ] {
            let found = Edition::last_before(rhythm, day(on)).unwrap();
            let days = found.period().map(|days| days.to_string());
            assert_eq!((found.to_string().as_str(), days.as_deref()), (edition, Some(period)), "{on}");
        }
    }

    #[test]
    fn a_reason_is_one_line_without_an_address() {
        let said = "550 5.1.1 <Chu.Tich@huyen.vn>: Recipient address rejected:\r\n User unknown (to=chu.tich@huyen.vn)";
        let reason = Reason::of(said).to_string();
        assert_eq!(reason, "550 5.1.1 <…> Recipient address rejected: User unknown <…>");
        assert_eq!(Reason::of(&"x".repeat(1000)).as_str().len(), MAX_REASON_CHARS);
    }

    #[test]
    fn pauses_grow_over_hours_and_never_fall_together() {
        let minutes = |n, chance| pause_after(n, chance).as_seconds_f64() / 60.0;
        assert_eq!(minutes(1, 0.5), 10.0);
        assert_eq!(minutes(2, 0.5), 25.0);
        assert_eq!(minutes(6, 0.5), LONGEST_PAUSE_MINUTES);
        assert_eq!(minutes(u32::MAX, 0.5), LONGEST_PAUSE_MINUTES);
        assert_eq!((minutes(1, 0.0), minutes(1, 1.0)), (7.5, 12.5));
    }
}
