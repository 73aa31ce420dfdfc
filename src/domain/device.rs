//! Devices that collect: the tablet at a desk, an interviewer's phone, the computer where paper is typed in. Each numbers
//! its answers, so an answer that never came is known to be missing.

use super::ids::AreaCode;
use super::quality::Device;
use super::word::words;
use chrono::{DateTime, Utc};
use std::fmt;
use std::ops::RangeInclusive;

words!(
    /// What a device is for.
    DeviceKind {
        /// A tablet at a counter that citizens answer on themselves.
        Kiosk = "kiosk",
        /// The phone or tablet of an interviewer.
        Interviewer = "interviewer",
        /// Where paper forms are typed in.
        Entry = "entry",
    }
);

/// The number of an answer on the device it was given on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The device.
    pub device: Device,
    /// The number, from 1.
    pub number: u64,
}

/// A device as the operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct EnrolledDevice {
    /// The name sipas gave it; it is on the operator's list and in exported files, and no secret.
    pub code: Device,
    /// What it is for.
    pub kind: DeviceKind,
    /// The desk it stands at.
    pub desk: AreaCode,
    /// What the operator calls it.
    pub label: String,
    /// Whether it may send.
    pub standing: Standing,
    /// The numbers of its answers that came.
    pub arrived: Numbers,
    /// What it said when it was last in touch.
    pub report: Option<DeviceReport>,
}

/// Where a device stands between being enrolled and being revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its one-time code has not been used; it can be until then.
    Awaited(DateTime<Utc>),
    /// It has its key.
    Paired,
    /// It may send no more.
    Revoked(DateTime<Utc>),
}

/// What a device says of itself when it is in touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceReport {
    /// When it said so.
    pub synced: DateTime<Utc>,
    /// The highest number it has ever said it gave to an answer; 0 before the first.
    pub assigned: u64,
    /// Answers in its outbox.
    pub waiting: u64,
    /// Answers that were refused for good and are kept aside on it.
    pub aside: u64,
    /// The version of the page it runs.
    pub version: String,
}

impl EnrolledDevice {
    /// The highest number that it is known to have given.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.report.as_ref().map_or(0, |report| report.assigned).max(self.arrived.highest())
    }

    /// Numbers of answers that were given and have neither come nor are known to be on the device: lost, as far as anyone can
    /// tell. An outbox is sent in order, so whatever waits is at its end.
    #[must_use]
    pub fn missing(&self) -> Vec<RangeInclusive<u64>> {
        let sent = self.report.as_ref().map_or(0, |report| report.assigned.saturating_sub(report.waiting));
        self.arrived.missing_up_to(sent)
    }
}

/// A set of numbers from 1, kept as ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers(Vec<RangeInclusive<u64>>);

impl Numbers {
    /// The highest number a device may give; whole in JavaScript.
    pub const MAX: u64 = (1 << 53) - 1;

    /// Adds a number; false if it was there.
    pub fn insert(&mut self, number: u64) -> bool {
        // The first range that ends at the number's left neighbour or later.
        let place = self.0.partition_point(|range| range.end().saturating_add(1) < number);
        let (before, after) = (self.0.get(place).cloned(), self.0.get(place + 1).cloned());
        let fresh = match (before, after) {
            (Some(range), _) if range.contains(&number) => return false,
            (Some(left), Some(right)) if left.end() + 1 == number && number + 1 == *right.start() => {
                self.0.remove(place + 1);
                *left.start()..=*right.end()
            }
            (Some(left), _) if left.end() + 1 == number => *left.start()..=number,
            (Some(right), _) if number + 1 == *right.start() => number..=*right.end(),
            _ => {
                self.0.insert(place, number..=number);
                return true;
            }
        };
        if let Some(range) = self.0.get_mut(place) {
            *range = fresh;
        }
        true
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|range| range.end() - range.start() + 1).sum()
    }

    /// The highest of them; 0 if there is none.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.0.last().map_or(0, |range| *range.end())
    }

    /// What is not in the set between 1 and the highest of it, or the given number if that is higher.
    #[must_use]
    pub fn missing_up_to(&self, last: u64) -> Vec<RangeInclusive<u64>> {
        let mut next = 1;
        let mut missing = Vec::new();
        for range in &self.0 {
            if next < *range.start() {
                missing.push(next..=range.start() - 1);
            }
            next = range.end() + 1;
        }
        if next <= last {
            missing.push(next..=last);
        }
        missing
    }

    /// Reads what [`Numbers`] writes: `1-120 122 125-130`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = Self::default();
        for part in text.split_whitespace() {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range: RangeInclusive<u64> = first.parse().ok()?..=last.parse().ok()?;
            let apart = numbers.0.last().is_none_or(|before| before.end() + 1 < *range.start());
            if range.is_empty() || *range.start() == 0 || *range.end() > Self::MAX || !apart {
                return None;
            }
            numbers.0.push(range);
        }
        Some(numbers)
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_ranges(f, &self.0)
    }
}

/// Ranges as a person reads them: `3-7 9`.
#[must_use]
pub fn ranges_text(ranges: &[RangeInclusive<u64>]) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write_ranges(&mut text, ranges);
    text
}

fn write_ranges(out: &mut impl fmt::Write, ranges: &[RangeInclusive<u64>]) -> fmt::Result {
    for (place, range) in ranges.iter().enumerate() {
        let gap = if place == 0 { "" } else { " " };
        match range.start() == range.end() {
            true => write!(out, "{gap}{}", range.start())?,
            false => write!(out, "{gap}{}-{}", range.start(), range.end())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_gap_is_what_lies_before_a_later_answer() {
        let mut numbers = Numbers::default();
        for number in [1, 2, 5, 9] {
            assert!(numbers.insert(number));
        }
        assert!(!numbers.insert(2));
        assert_eq!(numbers.to_string(), "1-2 5 9");
        assert_eq!(ranges_text(&numbers.missing_up_to(0)), "3-4 6-8");
        assert_eq!(ranges_text(&numbers.missing_up_to(11)), "3-4 6-8 10-11");
        for broken in ["2-1", "0", "1-2 3", "5 1", "a", "1-", "9007199254740992"] {
            assert_eq!(Numbers::parse(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_a_set(given in prop::collection::vec(1..40_u64, 0..60)) {
            let (mut numbers, mut set) = (Numbers::default(), BTreeSet::new());
            for number in given {
                prop_assert_eq!(numbers.insert(number), set.insert(number));
            }
            prop_assert_eq!(numbers.count(), set.len() as u64);
            prop_assert_eq!(numbers.highest(), set.last().copied().unwrap_or(0));
            let missing: BTreeSet<u64> = numbers.missing_up_to(40).into_iter().flatten().collect();
            prop_assert!(missing.is_disjoint(&set) && missing.len() + set.len() == 40);
            prop_assert_eq!(Numbers::parse(&numbers.to_string()), Some(numbers));
        }
    }
}
