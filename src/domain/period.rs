//! Years and periods of time, as calendar dates in Việt Nam.

use chrono::NaiveDate;
use std::fmt;

/// A calendar year that a score or an area's validity refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(u16);

impl Year {
    /// Years accepted: the first index was for 2012, and a typing slip such as 20255 must not pass.
    pub const RANGE: std::ops::RangeInclusive<u16> = 2000..=2100;

    /// Checks the range.
    ///
    /// # Errors
    /// When the year lies outside [`Year::RANGE`].
    pub fn new(year: u16) -> Result<Self, String> {
        if Self::RANGE.contains(&year) {
            Ok(Self(year))
        } else {
            Err(format!("{year} is not a year between {} and {}", Self::RANGE.start(), Self::RANGE.end()))
        }
    }

    /// Reads four digits.
    ///
    /// # Errors
    /// When the text is not a year in range.
    pub fn parse(text: &str) -> Result<Self, String> {
        let year = text.trim().parse().map_err(|_| format!("{text:?} is not a year such as 2025"))?;
        Self::new(year)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }

    /// The year before, if it is still in range.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        Self::new(self.0 - 1).ok()
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A span of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

impl Period {
    /// A period from one day to another, both included.
    ///
    /// # Errors
    /// When it would end before it begins.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, String> {
        if to < from {
            return Err(format!("the period ends on {to}, before it begins on {from}"));
        }
        Ok(Self { from, to })
    }

    /// Reads `2025-01-01..2025-12-31`.
    ///
    /// # Errors
    /// When either date cannot be read or they are in the wrong order.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a period; write it like 2025-01-01..2025-12-31");
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let date = |part: &str| NaiveDate::parse_from_str(part.trim(), "%Y-%m-%d").map_err(|_| wrong());
        Self::new(date(from)?, date(to)?)
    }

    /// First day.
    #[must_use]
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// Last day.
    #[must_use]
    pub fn to(&self) -> NaiveDate {
        self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_back_and_never_runs_backwards() {
        let text = "2025-01-01..2025-12-31";
        assert_eq!(Period::parse(text).map(|p| p.to_string()), Ok(text.to_owned()));
        assert!(Period::parse("2025-12-31..2025-01-01").is_err());
        assert!(Period::parse("2025").is_err());
    }

    #[test]
    fn a_slip_of_the_keyboard_is_not_a_year() {
        assert!(Year::parse("20255").is_err());
        assert!(Year::parse("1925").is_err());
        assert_eq!(Year::parse("2025").map(Year::get), Ok(2025));
    }
}
