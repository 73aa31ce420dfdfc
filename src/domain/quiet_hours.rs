//! The hours of the night in which no mail goes out: a telephone that rings at three in the morning is not read kindly.

use super::outbox::office_time;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use std::fmt;

/// From one time of the day to another, by the clock in Việt Nam; over midnight if the end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    to: NaiveTime,
}

impl QuietHours {
    /// Reads `20:00-07:00`.
    ///
    /// # Errors
    /// When the text is no span of time, or one of no length.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no span of the day; write it like 20:00-07:00");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let time = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").map_err(|_| wrong());
        let (from, to) = (time(from)?, time(to)?);
        if from == to { Err(wrong()) } else { Ok(Self { from, to }) }
    }

    /// When the quiet that holds at an instant ends; none if it does not hold.
    #[must_use]
    pub fn end_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let time = now.with_timezone(&office_time()).time();
        let is_quiet = if self.from < self.to {
            (self.from..self.to).contains(&time)
        } else {
            time >= self.from || time < self.to
        };
        // `signed_duration_since` is negative when the end lies after midnight.
        let until = self.to.signed_duration_since(time);
        let day = if until < TimeDelta::zero() { TimeDelta::days(1) } else { TimeDelta::zero() };
        is_quiet.then(|| now + until + day)
    }
}

impl Default for QuietHours {
    /// After work until before it.
    fn default() -> Self {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self { from: at(20), to: at(7) }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.format("%H:%M"), self.to.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn the_night_is_quiet_by_the_clock_of_the_office() {
        let night = QuietHours::default();
        assert_eq!(night.to_string(), "20:00-07:00");
        for (now, end) in [
            ("2025-03-01T12:59:59Z", None),
            ("2025-03-01T13:00:00Z", Some("2025-03-02T00:00:00Z")),
            ("2025-03-01T17:30:00Z", Some("2025-03-02T00:00:00Z")),
            ("2025-03-01T23:59:59Z", Some("2025-03-02T00:00:00Z")),
            ("2025-03-02T00:00:00Z", None),
            ("2025-03-02T05:00:00Z", None),
        ] {
            assert_eq!(night.end_at(utc(now)), end.map(utc), "{now}");
        }
        let noon = QuietHours::parse("11:30-13:00").unwrap();
        assert_eq!(noon.end_at(utc("2025-03-01T05:00:00Z")), Some(utc("2025-03-01T06:00:00Z")));
        assert_eq!(noon.end_at(utc("2025-03-01T06:00:00Z")), None);
    }

    #[test]
    fn a_span_that_is_none_is_refused() {
        for bad in ["", "20-7", "20:00", "20:00-20:00", "25:00-07:00"] {
            assert!(QuietHours::parse(bad).is_err(), "{bad}");
        }
    }
}
