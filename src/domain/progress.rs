//! How a round that is going on stands: what the operator looks at once a day.

use super::device::EnrolledDevice;
use super::ids::{AreaCode, RoundCode};
use super::period::Period;
use super::quality::FlagCount;
use chrono::NaiveDate;

/// A round from day to day.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The round.
    pub round: RoundCode,
    /// Its state as a word.
    pub state: &'static str,
    /// The days it asks about.
    pub period: Period,
    /// From the first day with an answer to the last, without a gap.
    pub days: Vec<NaiveDate>,
    /// The desks that were drawn with their names, by code.
    pub desks: Vec<(AreaCode, String, Tally)>,
    /// Every device at one of these desks.
    pub devices: Vec<EnrolledDevice>,
    /// That the rules of the flags are not confirmed, unless they are.
    pub notice: Option<String>,
}

impl Progress {
    /// The desks as one.
    #[must_use]
    pub fn whole(&self) -> Tally {
        let none = Tally { transactions: Some(0), planned: Some(0), ..Tally::default() };
        self.desks.iter().fold(none, |sum, (_, _, tally)| sum.and(tally))
    }
}

/// What is counted of a desk, or of several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Cases settled in the period, where known.
    pub transactions: Option<u64>,
    /// Answers wanted, where the transactions are known.
    pub planned: Option<u64>,
    /// Answers there are.
    pub answers: u64,
    /// Receipt codes issued.
    pub issued: u64,
    /// Those that an answer came with.
    pub spent: u64,
    /// Flags of the answers.
    pub flags: FlagCount,
    /// Answers by day, one for each of the round's days.
    pub by_day: Vec<u64>,
}

impl Tally {
    /// Answers that are still needed.
    #[must_use]
    pub fn needed(&self) -> Option<u64> {
        self.planned.map(|planned| planned.saturating_sub(self.answers))
    }

    /// Answers for each transaction; none where those are unknown or none.
    #[must_use]
    pub fn response_rate(&self) -> Option<f64> {
        self.transactions.filter(|transactions| *transactions > 0).map(|n| self.answers as f64 / n as f64)
    }

    fn and(mut self, other: &Self) -> Self {
        self.flags.add_all(&other.flags);
        self.by_day.resize(self.by_day.len().max(other.by_day.len()), 0);
        self.by_day.iter_mut().zip(&other.by_day).for_each(|(day, more)| *day += more);
        Self {
            transactions: self.transactions.zip(other.transactions).map(|(a, b)| a + b),
            planned: self.planned.zip(other.planned).map(|(a, b)| a + b),
            answers: self.answers + other.answers,
            issued: self.issued + other.issued,
            spent: self.spent + other.spent,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unknown_count_makes_the_sum_unknown_and_nothing_needed_is_not_less_than_nothing() {
        let desk = Tally {
            transactions: Some(40),
            planned: Some(10),
            answers: 12,
            issued: 9,
            spent: 5,
            by_day: vec![5, 7],
            ..Tally::default()
        };
        let none = Tally { transactions: Some(0), planned: Some(0), ..Tally::default() };
        let two = none.and(&desk).and(&desk);
        assert_eq!((two.answers, two.by_day.clone(), two.needed()), (24, vec![10, 14], Some(0)));
        assert_eq!(two.response_rate(), Some(0.3));
        let unknown = two.and(&Tally { answers: 1, ..Tally::default() });
        assert_eq!((unknown.answers, unknown.transactions, unknown.response_rate()), (25, None, None));
    }
}
