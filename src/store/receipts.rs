//! Receipt codes as they are kept: for each round, desk and month how many were issued, and a bit for each that is spent.
//!
//! A row of spent codes would be one more row written by the transaction that stores the answer; its place on disk, or
//! PostgreSQL's number of the transaction, would lead from the one to the other. A bit in a block of 4096 has neither.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::responses::{Insertion, NewResponse};
use super::schema::{areas, comments, receipt_blocks, receipt_key, responses};
use super::{areas as area_numbers, rounds as round_numbers};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::receipt::{ReceiptClaim, ReceiptMonth, ReceiptPlace};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Codes of a block; the migration checks the length of the bits.
const BLOCK: u32 = 4_096;
const BLOCK_BYTES: usize = 512;

/// The secret that codes are enciphered with: the one that is there, or `fresh` if there was none.
///
/// # Errors
/// When the database does not answer.
pub fn secret(connection: &mut AnyConnection, fresh: &[u8; 32]) -> Result<[u8; 32], StoreError> {
    let stored = receipt_key::table.select(receipt_key::secret);
    let mut found: Option<Vec<u8>> = stored.first(connection).optional()?;
    if found.is_none() {
        diesel::sql_query(
            "INSERT INTO receipt_key (only_row, secret) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING",
        )
        .bind::<Binary, _>(fresh.as_slice())
        .execute(connection)?;
        // Another server may have been faster; then its secret is the one.
        found = Some(stored.first(connection)?);
    }
    found.unwrap_or_default().try_into().map_err(|_| StoreError::Corrupt("the key of receipt codes".to_owned()))
}

/// Issues the next `n` codes of a desk in a month and returns their serial numbers; nobody else gets the same.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or desk that is not there, [`StoreError::Taken`] when the month has no more codes.
pub fn issue(
    connection: &mut AnyConnection,
    round: &RoundCode,
    desk: &AreaCode,
    month: ReceiptMonth,
    n: u32,
) -> Result<std::ops::Range<u32>, StoreError> {
    connection.transact(|connection| {
        let round = round_numbers::number(connection, round)?;
        let desk = area_numbers::number(&area_numbers::numbers(connection)?, desk)?;
        lock_by_backend(connection, round, desk)?;
        let of_month = receipt_blocks::table.filter(
            receipt_blocks::round
                .eq(round)
                .and(receipt_blocks::desk.eq(desk))
                .and(receipt_blocks::month.eq(month.number())),
        );
        let last: Option<(i32, i32)> = of_month
            .order(receipt_blocks::block.desc())
            .select((receipt_blocks::block, receipt_blocks::issued))
            .first(connection)
            .optional()?;
        let first = last.map_or(0, |(block, issued)| block.unsigned_abs() * BLOCK + issued.unsigned_abs());
        let end = first.checked_add(n).filter(|end| *end <= ReceiptPlace::MAX_SERIALS);
        let end = end.ok_or_else(|| StoreError::Taken(format!("every receipt code of {month}")))?;
        for block in first / BLOCK..=end.saturating_sub(1) / BLOCK {
            let issued = (end - block * BLOCK).min(BLOCK);
            diesel::sql_query(
                "INSERT INTO receipt_blocks (round, desk, month, block, issued, spent) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (round, desk, month, block) DO UPDATE SET issued = excluded.issued",
            )
            .bind::<Integer, _>(round)
            .bind::<Integer, _>(desk)
            .bind::<Integer, _>(month.number())
            .bind::<Integer, _>(block.cast_signed())
            .bind::<Integer, _>(issued.cast_signed())
            .bind::<Binary, _>([0_u8; BLOCK_BYTES].as_slice())
            .execute(connection)?;
        }
        Ok(first..end)
    })
}

/// Makes whoever else issues codes at the desk wait until this transaction ends. SQLite has one writer anyway.
fn lock_by_backend(connection: &mut AnyConnection, round: i32, desk: i32) -> Result<(), StoreError> {
    if let AnyConnection::Pg(postgres) = connection {
        diesel::sql_query("SELECT 1 FROM round_desks WHERE round = $1 AND desk = $2 FOR NO KEY UPDATE")
            .bind::<Integer, _>(round)
            .bind::<Integer, _>(desk)
            .execute(postgres)?;
    }
    Ok(())
}

/// How many codes were issued at each desk of a round, and how many of them are spent.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn counts(connection: &mut AnyConnection, round: &RoundCode) -> Result<BTreeMap<AreaCode, (u64, u64)>, StoreError> {
    let number = round_numbers::number(connection, round)?;
    let rows: Vec<(String, i32, Vec<u8>)> = receipt_blocks::table
        .inner_join(areas::table.on(areas::id.eq(receipt_blocks::desk)))
        .filter(receipt_blocks::round.eq(number))
        .select((areas::code, receipt_blocks::issued, receipt_blocks::spent))
        .load(connection)?;
    let mut counts: BTreeMap<AreaCode, (u64, u64)> = BTreeMap::new();
    for (desk, issued, spent) in rows {
        let (all, used) = counts.entry(area_numbers::read_code(&desk)?).or_default();
        *all += u64::from(issued.unsigned_abs());
        *used += spent.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>();
    }
    Ok(counts)
}

/// Spends the receipts of the rows that were just inserted. Rows whose receipt does not admit them are taken out again,
/// which nobody outside the transaction sees.
pub(super) fn spend(
    connection: &mut AnyConnection,
    rows: &[&NewResponse],
    insertions: &mut [Insertion],
) -> Result<(), StoreError> {
    let fresh = rows.iter().zip(insertions).filter(|(_, insertion)| **insertion == Insertion::Stored);
    let mut claims: Vec<Claim<'_>> =
        fresh.filter_map(|(row, insertion)| Some(Claim { row, claim: row.receipt.as_ref()?, insertion })).collect();
    // Blocks are locked in the order of their places, so that two servers do not wait for each other in a circle.
    claims.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut blocks = Blocks::default();
    for claim in claims {
        let counter = blocks.counter(connection, claim.row)?;
        *claim.insertion = blocks.claim(connection, counter, claim.claim)?;
        if *claim.insertion != Insertion::Stored {
            take_out(connection, counter.round, claim.row)?;
        }
    }
    blocks.write(connection)
}

/// A row that was inserted in the hope that its receipt admits it.
struct Claim<'a> {
    row: &'a NewResponse,
    claim: &'a ReceiptClaim,
    insertion: &'a mut Insertion,
}

impl Claim<'_> {
    fn order(&self) -> (&RoundCode, &AreaCode, &ReceiptClaim) {
        (&self.row.round, &self.row.desk, self.claim)
    }
}

/// A desk in a round, by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Counter {
    round: i32,
    desk: i32,
}

/// A block that this transaction has locked.
struct Block {
    issued: u32,
    spent: Vec<u8>,
    is_changed: bool,
}

#[derive(Default)]
struct Blocks {
    counters: BTreeMap<(RoundCode, AreaCode), Counter>,
    held: BTreeMap<(Counter, i32, i32), Option<Block>>,
}

impl Blocks {
    fn counter(&mut self, connection: &mut AnyConnection, row: &NewResponse) -> Result<Counter, StoreError> {
        let codes = (row.round.clone(), row.desk.clone());
        if let Some(known) = self.counters.get(&codes) {
            return Ok(*known);
        }
        let round = round_numbers::number(connection, &row.round)?;
        let desk = areas::table.filter(areas::code.eq(row.desk.as_str())).select(areas::id).first(connection)?;
        Ok(*self.counters.entry(codes).or_insert(Counter { round, desk }))
    }

    /// Spends the first of the places that is issued, not too old and free.
    fn claim(
        &mut self,
        connection: &mut AnyConnection,
        counter: Counter,
        claim: &ReceiptClaim,
    ) -> Result<Insertion, StoreError> {
        let mut outcome = Insertion::ReceiptUnknown;
        for place in &claim.places {
            let (number, serial) = (place.serial / BLOCK, place.serial % BLOCK);
            let key = (counter, place.month.number(), number.cast_signed());
            let held = match self.held.entry(key) {
                Entry::Occupied(held) => held.into_mut(),
                Entry::Vacant(place) => place.insert(lock_block_by_backend(connection, key)?),
            };
            let Some(block) = held else { continue };
            let Some(byte) = block.spent.get_mut((serial / 8) as usize).filter(|_| serial < block.issued) else {
                continue;
            };
            if place.month < claim.taken_from {
                outcome = Insertion::ReceiptExpired;
                continue;
            }
            let bit = 1 << (serial % 8);
            if *byte & bit == 0 {
                *byte |= bit;
                block.is_changed = true;
                return Ok(Insertion::Stored);
            }
            outcome = Insertion::ReceiptSpent;
        }
        Ok(outcome)
    }

    fn write(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        for ((counter, month, number), block) in &self.held {
            let Some(block) = block.as_ref().filter(|block| block.is_changed) else { continue };
            let place = receipt_blocks::table.find((counter.round, counter.desk, *month, *number));
            diesel::update(place).set(receipt_blocks::spent.eq(&block.spent)).execute(connection)?;
        }
        Ok(())
    }
}

/// Reads a block and, on PostgreSQL, makes others wait who want to spend from it. On SQLite a writer is alone anyway.
fn lock_block_by_backend(
    connection: &mut AnyConnection,
    (counter, month, number): (Counter, i32, i32),
) -> Result<Option<Block>, StoreError> {
    let place = receipt_blocks::table.find((counter.round, counter.desk, month, number));
    let columns = place.select((receipt_blocks::issued, receipt_blocks::spent));
    let row: Option<(i32, Vec<u8>)> = match connection {
        AnyConnection::Sqlite(sqlite) => columns.first(sqlite).optional()?,
        AnyConnection::Pg(postgres) => columns.for_update().first(postgres).optional()?,
    };
    Ok(row.map(|(issued, spent)| Block { issued: issued.unsigned_abs(), spent, is_changed: false }))
}

fn take_out(connection: &mut AnyConnection, round: i32, row: &NewResponse) -> Result<(), StoreError> {
    let id = row.id.as_bytes().as_slice();
    diesel::delete(comments::table.filter(comments::round.eq(round).and(comments::response.eq(id))))
        .execute(connection)?;
    diesel::delete(responses::table.filter(responses::round.eq(round).and(responses::id.eq(id))))
        .execute(connection)?;
    Ok(())
}
