//! The answers: stored exactly once, read as bytes.

mod cut;
mod insert;
mod late;
mod scan;

pub use cut::{Cut, Identity};

use super::areas;
use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{areas as area_table, responses, round_desks};
use super::{devices, interviews, receipts, rounds};
use crate::domain::channel::Channel;
use crate::domain::device::Arrival;
use crate::domain::ids::{AreaCode, Digest, ItemId, ResponseId, RoundCode};
use crate::domain::quality::Reasons;
use crate::domain::receipt::ReceiptClaim;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use late::Late;
use std::collections::{BTreeMap, HashMap};

/// A response to store. The codes are checked against the database in the same statement that stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewResponse {
    /// Made by the client; known within its round.
    pub id: ResponseId,
    /// The round it answers.
    pub round: RoundCode,
    /// The desk it was given at.
    pub desk: AreaCode,
    /// The way it came in.
    pub channel: Channel,
    /// Digest of everything the respondent said and where; a repetition has the same.
    pub digest: Digest,
    /// The day it came; nothing finer is kept.
    pub received: NaiveDate,
    /// The closed answers, laid out as [`crate::domain::packing`] says.
    pub packed: Vec<u8>,
    /// The weight it came with, above 0, if it was drawn elsewhere.
    pub weight: Option<f64>,
    /// Why it is flagged, as far as that could be told when it came in.
    pub flags: Reasons,
    /// Comments by item, each item once.
    pub comments: Vec<(ItemId, String)>,
    /// Where its receipt code may stand among those of its round and desk, if it came with one; it is stored only if one of
    /// these is issued and not spent, and spends it. Hardly ever there is more than one.
    pub receipt: Option<ReceiptClaim>,
    /// The device it was given on and the number it has there.
    pub arrival: Option<Arrival>,
}

/// What became of a response. An id is known within its round, which the client names with it each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Insertion {
    /// It is stored now.
    Stored,
    /// The same id with the same content was stored before.
    AlreadyStored,
    /// The same id was stored before with other content; this one is not.
    Conflict,
    /// Its round is not open, or does not take answers at its desk.
    RoundNotOpen,
    /// Its receipt code was never issued for its round and desk; it is not stored.
    ReceiptUnknown,
    /// Its receipt code has admitted another answer; this one is not stored.
    ReceiptSpent,
    /// Its receipt code was issued too long ago; it is not stored.
    ReceiptExpired,
}

impl Insertion {
    /// Whether the response is on disk.
    fn is_kept(self) -> bool {
        matches!(self, Self::Stored | Self::AlreadyStored)
    }
}

/// Which rounds a batch goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// Open ones.
    Open,
    /// Published ones: what comes late, at this instant, and is in the figures from the next revision on.
    Late(DateTime<Utc>),
}

/// Stores a batch in one transaction, whose first statement is the insert, and says what became of each, in order.
///
/// A response is stored if its round is open (or published, for what comes late) at that moment and its desk is drawn in the round; a closing that is going
/// on at the same time comes wholly before or wholly after. One that is there already is recognised whatever the state
/// of its round. Rows go in by round and id, then receipts are spent and then devices noted, each in a fixed order, so
/// that two servers never wait for each other in a circle.
///
/// A receipt code is spent by the answer that is stored, in the same transaction: of answers with the same code one is
/// stored. A repetition of it is recognised as that before its code is looked at.
///
/// # Errors
/// When the database does not answer or refuses a row; then nothing of the batch is stored.
pub fn insert_batch(
    connection: &mut AnyConnection,
    batch: &[NewResponse],
    intake: Intake,
) -> Result<Vec<Insertion>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let mut sorted: Vec<(usize, &NewResponse)> = batch.iter().enumerate().collect();
    sorted.sort_by(|(_, a), (_, b)| (&a.round, a.id).cmp(&(&b.round, b.id)));
    let rows: Vec<&NewResponse> = sorted.iter().map(|(_, response)| *response).collect();
    let insert = |connection: &mut AnyConnection| {
        let mut insertions = insert::rows_by_backend(connection, &rows, intake)?;
        receipts::spend(connection, &rows, &mut insertions)?;
        if let Intake::Late(arrived) = intake {
            let settled = rows.iter().zip(&insertions);
            let stored = settled.filter(|(_, insertion)| **insertion == Insertion::Stored).map(|(row, _)| *row);
            late::note(connection, stored, arrived)?;
        }
        let kept = rows.iter().zip(&insertions).filter(|(_, insertion)| insertion.is_kept());
        let kept: Vec<&NewResponse> = kept.map(|(row, _)| *row).collect();
        devices::note_arrivals(connection, kept.iter().filter_map(|row| row.arrival.as_ref()))?;
        interviews::note(connection, &kept)?;
        Ok(insertions)
    };
    let insertions = match insert::is_one_statement_by_backend(connection, &rows, intake) {
        true => connection.with_retries(insert)?,
        false => connection.transact_with_retries(insert)?,
    };
    let mut settled: Vec<(usize, Insertion)> = sorted.iter().map(|(place, _)| *place).zip(insertions).collect();
    settled.sort_by_key(|(place, _)| *place);
    Ok(settled.into_iter().map(|(_, insertion)| insertion).collect())
}

/// The packed answers of the response with an id.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn find(connection: &mut AnyConnection, round: &RoundCode, id: ResponseId) -> Result<Option<Vec<u8>>, StoreError> {
    let number = rounds::number(connection, round)?;
    let place = responses::table.find((number, id.as_bytes().as_slice()));
    Ok(place.select(responses::packed).first(connection).optional()?)
}

/// A response as it is read back, without anything that leads to a person or a moment.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a, Desk = &'a AreaCode> {
    /// What it adds to the [`Cut`].
    pub identity: Identity,
    /// The desk it was given at.
    pub desk: Desk,
    /// The way it came in.
    pub channel: Channel,
    /// Whether it came with a receipt code.
    pub has_receipt: bool,
    /// The closed answers, laid out as [`crate::domain::packing`] says.
    pub packed: &'a [u8],
    /// The weight it came with, if it was drawn elsewhere.
    pub weight: Option<f64>,
    /// Why it is flagged, as far as that could be told when it came in.
    pub flags: Reasons,
}

/// Gives every response of a round to `each`, ending with its first error; returns the digest of the [`Cut`] that was read. With
/// `as_of`, those that came later are passed over.
///
/// # Errors
/// As [`rows_apart`].
pub fn rows<E: From<StoreError>>(
    connection: &mut AnyConnection,
    (round, as_of): (&RoundCode, Option<DateTime<Utc>>),
    mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<Digest, E> {
    let number = rounds::number(connection, round)?;
    let codes = desk_codes(connection, number)?;
    let desks: Desks<&AreaCode> = codes.iter().map(|(desk, code)| (*desk, code)).collect();
    let mut cut = Cut::default();
    read(connection, (number, as_of), &desks, |row| {
        cut.add(&row.identity);
        each(row)
    })?;
    Ok(cut.digest())
}

/// As [`rows`], for a caller that knows each desk by something of its own, which it is asked for once, and adds up the [`Cut`]
/// itself, on a thread that has the time for it.
///
/// The order is that of the random ids, so the same responses come in the same order however they came in, and figures summed up
/// from them are the same to the last bit. Nothing is kept of a row after it was given, so a round may be larger than memory.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database stops answering, possibly halfway; or what `desk` or
/// `each` returns.
pub fn rows_apart<Desk: Copy, E: From<StoreError>>(
    connection: &mut AnyConnection,
    (round, as_of): (&RoundCode, Option<DateTime<Utc>>),
    desk: impl Fn(&AreaCode) -> Result<Desk, E>,
    each: impl FnMut(&Row<'_, Desk>) -> Result<(), E>,
) -> Result<(), E> {
    let number = rounds::number(connection, round)?;
    let codes = desk_codes(connection, number)?;
    let desks = codes.iter().map(|(number, code)| Ok((*number, desk(code)?))).collect::<Result<Desks<Desk>, E>>()?;
    read(connection, (number, as_of), &desks, each)
}

/// Desks by their numbers. Each row asks for one.
type Desks<Desk> = HashMap<i32, Desk, foldhash::fast::RandomState>;

fn read<Desk: Copy, E: From<StoreError>>(
    connection: &mut AnyConnection,
    (round, as_of): (i32, Option<DateTime<Utc>>),
    desks: &Desks<Desk>,
    mut each: impl FnMut(&Row<'_, Desk>) -> Result<(), E>,
) -> Result<(), E> {
    let late = Late::after(connection, round, as_of)?;
    scan::rows_by_backend(connection, round, |row| {
        if late.has(row.id) {
            return Ok(());
        }
        let desk = desks.get(&row.desk).ok_or_else(|| StoreError::corrupt("desk number", row.desk))?;
        let (flags, channel) = (row.how.flags(), row.how.channel());
        each(&Row {
            identity: Identity::of(row.id, row.digest)?,
            desk: *desk,
            channel: read_channel(channel).ok_or_else(|| StoreError::corrupt("channel", channel))?,
            has_receipt: row.how.admission() == 1,
            packed: row.packed,
            weight: row.weight,
            flags: u8::try_from(flags)
                .ok()
                .and_then(Reasons::of_bits)
                .ok_or_else(|| StoreError::corrupt("flags", flags))?,
        })
    })
}

/// How many responses each desk of a round has, or had at an instant; desks without any are left out.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn count_by_desk(
    connection: &mut AnyConnection,
    round: &RoundCode,
    as_of: Option<DateTime<Utc>>,
) -> Result<BTreeMap<AreaCode, u64>, StoreError> {
    let number = rounds::number(connection, round)?;
    let codes = desk_codes(connection, number)?;
    let late = Late::after(connection, number, as_of)?;
    let rows: Vec<(i32, i64)> = responses::table
        .filter(responses::round.eq(number))
        .group_by(responses::desk)
        .select((responses::desk, diesel::dsl::count_star()))
        .load(connection)?;
    let counts = rows.into_iter().map(|(desk, n)| {
        let code = codes.get(&desk).ok_or_else(|| StoreError::corrupt("desk number", desk))?;
        let n = n - late.n_by_desk.get(&desk).copied().unwrap_or_default();
        let n = u64::try_from(n).map_err(|_| StoreError::corrupt("count", n))?;
        Ok((code.clone(), n))
    });
    counts.filter(|count| !matches!(count, Ok((_, 0)))).collect()
}

/// How many responses each desk of a round got on each day.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn count_by_desk_and_day(
    connection: &mut AnyConnection,
    round: &RoundCode,
) -> Result<BTreeMap<(AreaCode, NaiveDate), u64>, StoreError> {
    let number = rounds::number(connection, round)?;
    let codes = desk_codes(connection, number)?;
    let rows: Vec<(i32, NaiveDate, i64)> = responses::table
        .filter(responses::round.eq(number))
        .group_by((responses::desk, responses::received))
        .select((responses::desk, responses::received, diesel::dsl::count_star()))
        .load(connection)?;
    rows.into_iter()
        .map(|(desk, day, n)| {
            let code = codes.get(&desk).ok_or_else(|| StoreError::corrupt("desk number", desk))?;
            Ok(((code.clone(), day), n.unsigned_abs()))
        })
        .collect()
}

/// The digest of the [`Cut`] of a round as it is stored now.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn cut_digest(connection: &mut AnyConnection, round: &RoundCode) -> Result<Digest, StoreError> {
    let number = rounds::number(connection, round)?;
    let mut cut = Cut::default();
    scan::identities_by_backend(connection, number, |id, digest| {
        cut.add(&Identity::of(id, digest)?);
        Ok(())
    })?;
    Ok(cut.digest())
}

/// The codes of the desks in a round's frame, by their number.
fn desk_codes(connection: &mut AnyConnection, round: i32) -> Result<HashMap<i32, AreaCode>, StoreError> {
    let rows: Vec<(i32, String)> = round_desks::table
        .inner_join(area_table::table.on(area_table::id.eq(round_desks::desk)))
        .filter(round_desks::round.eq(round))
        .select((area_table::id, area_table::code))
        .load(connection)?;
    rows.into_iter().map(|(number, code)| Ok((number, areas::read_code(&code)?))).collect()
}

/// The number a channel is stored as. It never changes its meaning.
fn channel_number(channel: Channel) -> i16 {
    match channel {
        Channel::Kiosk => 1,
        Channel::Phone => 2,
        Channel::Web => 3,
        Channel::Interviewer => 4,
        Channel::Paper => 5,
    }
}

/// The channel that is stored as a number.
fn read_channel(number: i16) -> Option<Channel> {
    Channel::ALL.into_iter().find(|channel| channel_number(*channel) == number)
}

/// The number an admission is stored as: 1 with a receipt code, 0 without.
fn admission_number(row: &NewResponse) -> i16 {
    i16::from(row.receipt.is_some())
}
