//! Receipt codes: issued for a desk by the operator or by the software that handles its cases, read back when an answer
//! comes with one.
//!
//! A code is its serial number, enciphered for its round, desk and month. So no list of codes is kept anywhere; whoever
//! tries characters at random meets an issued code of one desk about once in 3.4 thousand million divided by their number.

mod cipher;

pub(super) use cipher::Cipher;

use super::Service;
use super::collect::HOURS_AHEAD;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::period::Period;
use crate::domain::receipt::{ReceiptClaim, ReceiptCode, ReceiptMonth, ReceiptPlace};
use crate::store::{StoreError, receipts};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Codes issued at once, at most: a thousand sheets of paper.
pub const MAX_ISSUED_AT_ONCE: u32 = 24_000;

/// Codes that were issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The codes.
    pub codes: Vec<ReceiptCode>,
    /// The last day on which they are taken.
    pub valid_to: NaiveDate,
}

/// Why codes are not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueRefusal {
    /// None, or too many at once.
    #[error("give a number of codes from 1 to {MAX_ISSUED_AT_ONCE}")]
    Count,
    /// The round does not take answers, or not at this desk.
    #[error("round {round} takes no answers at desk {desk}; open the round, or choose a desk that was drawn")]
    NotThere {
        /// The round.
        round: RoundCode,
        /// The desk.
        desk: AreaCode,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Issues codes for a desk of a round that is open or about to be. The same code is never issued twice.
    ///
    /// # Errors
    /// Any [`IssueRefusal`]. Blocks while the database works.
    pub fn issue_receipts(&self, round: &RoundCode, desk: &AreaCode, n: u32) -> Result<Issued, IssueRefusal> {
        if n == 0 || n > MAX_ISSUED_AT_ONCE {
            return Err(IssueRefusal::Count);
        }
        if !self.may_take_answers(round, desk) {
            return Err(IssueRefusal::NotThere { round: round.clone(), desk: desk.clone() });
        }
        let month = month_of(Utc::now());
        let serials = self.store.with(|connection| receipts::issue(connection, round, desk, month, n))?;
        Ok(self.issued(round, desk, month, serials))
    }

    /// As [`Service::issue_receipts`], for threads that may not wait.
    ///
    /// # Errors
    /// As [`Service::issue_receipts`].
    pub async fn issue_receipts_at_once(
        self: Arc<Self>,
        round: RoundCode,
        desk: AreaCode,
        n: u32,
    ) -> Result<Issued, IssueRefusal> {
        let issue = move || self.issue_receipts(&round, &desk, n);
        tokio::task::spawn_blocking(issue).await.map_err(|error| StoreError::Unavailable(Box::new(error)))?
    }

    fn issued(&self, round: &RoundCode, desk: &AreaCode, month: ReceiptMonth, serials: Range<u32>) -> Issued {
        let of_month = self.cipher.for_month(round, desk, month);
        let codes = serials.filter_map(|serial| of_month.code(serial)).collect();
        // A month has a last day up to the end of the calendar, in the year 262142.
        Issued { codes, valid_to: month.last_day().unwrap_or(NaiveDate::MAX) }
    }

    /// Codes issued at each desk of a round, and how many of them are spent. Blocks while the database works.
    ///
    /// # Errors
    /// When there is no such round, or the database does not answer.
    pub fn receipt_counts(&self, round: &RoundCode) -> Result<BTreeMap<AreaCode, (u64, u64)>, StoreError> {
        self.store.with(|connection| receipts::counts(connection, round))
    }
}

/// Where a code may stand, from this month back to the first of the round. That it was issued there is not known here: of codes
/// that were not, one in three thousand looks as if it might have been, in each month. What comes in a file was used long
/// before; by a clock gone wrong it was used before the round.
pub(super) fn read(
    (cipher, (round, desk)): (&Cipher, (&RoundCode, &AreaCode)),
    period: &Period,
    code: ReceiptCode,
    (used, now): (DateTime<Utc>, DateTime<Utc>),
) -> ReceiptClaim {
    let (this, begun) = (month_of(now), ReceiptMonth::of(period.from()));
    let used = month_of(used).max(begun).min(this);
    let taken_from = (0..ReceiptMonth::GRACE).fold(used, |month, _| month.before());
    let first = begun.min(taken_from);
    let months = std::iter::successors(Some(this), |month| Some(month.before())).take_while(|month| *month >= first);
    let place = |month| Some(ReceiptPlace { month, serial: cipher.for_month(round, desk, month).serial(code)? });
    ReceiptClaim { places: months.filter_map(place).collect(), taken_from }
}

fn month_of(now: DateTime<Utc>) -> ReceiptMonth {
    ReceiptMonth::of(now.naive_utc().checked_add_signed(HOURS_AHEAD).unwrap_or(now.naive_utc()).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_in_its_month_and_the_next_at_its_own_desk() {
        let cipher = Cipher::new(&[7; 32]);
        let (round, desk) = (RoundCode::parse("R").unwrap(), AreaCode::parse("K1").unwrap());
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let period = Period::new(day(2026, 1, 1), day(2026, 12, 31)).unwrap();
        let month = ReceiptMonth::of(day(2026, 3, 31));
        let code = cipher.for_month(&round, &desk, month).code(5).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let read_used = |used: &str, now: &str| read((&cipher, (&round, &desk)), &period, code, (at(used), at(now)));
        let read_at = |now: &str| read_used(now, now);
        let place = ReceiptPlace { month, serial: 5 };
        let stands = |now: &str| read_at(now).places.contains(&place);
        let is_taken = |now: &str| stands(now) && read_at(now).taken_from <= month;
        assert!(is_taken("2026-03-31T10:00:00Z"));
        assert!(is_taken("2026-04-30T16:59:59Z"), "the last second of April in Việt Nam");
        assert!(!is_taken("2026-04-30T17:00:00Z") && stands("2026-04-30T17:00:00Z"), "out of date");
        assert!(!stands("2026-02-20T10:00:00Z"), "not issued yet");
        let late = |used: &str| read_used(used, "2026-06-01T10:00:00Z");
        for used_in_time in ["2026-04-01T10:00:00Z", "1970-01-01T00:00:00Z"] {
            assert!(late(used_in_time).places.contains(&place) && late(used_in_time).taken_from <= month);
        }
        assert!(late("2026-05-01T10:00:00Z").taken_from > month);
        let (elsewhere, march) = (AreaCode::parse("K2").unwrap(), at("2026-03-31T10:00:00Z"));
        let there = read((&cipher, (&round, &elsewhere)), &period, code, (march, march));
        assert!(!there.places.contains(&place));
    }
}
