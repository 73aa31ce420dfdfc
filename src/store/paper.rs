//! Paper forms that wait for a second entry, and what comparing entries has shown.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{areas, devices, paper_checks, paper_entries};
use super::{areas as area_numbers, rounds};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::paper::{FormNumber, PaperChecks};
use crate::domain::quality::Device;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use std::collections::BTreeMap;

/// A form as it was typed in the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstEntry {
    /// The form's own number.
    pub form: FormNumber,
    /// The desk it belongs to.
    pub desk: AreaCode,
    /// Where it was typed in.
    pub device: Device,
    /// The answers, as the service wrote them.
    pub typed: String,
}

/// The first entry of a form, if it waits for the second.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn find(
    connection: &mut AnyConnection,
    round: &RoundCode,
    form: &FormNumber,
) -> Result<Option<FirstEntry>, StoreError> {
    let number = rounds::number(connection, round)?;
    let row: Option<(String, String, String)> = paper_entries::table
        .inner_join(devices::table)
        .inner_join(areas::table.on(areas::id.eq(paper_entries::desk)))
        .filter(paper_entries::round.eq(number).and(paper_entries::form.eq(form.as_str())))
        .select((areas::code, devices::code, paper_entries::typed))
        .first(connection)
        .optional()?;
    let read = |(desk, device, typed): (String, String, String)| {
        let device = Device::parse(&device).map_err(|_| StoreError::corrupt("device", device))?;
        Ok(FirstEntry { form: form.clone(), desk: area_numbers::read_code(&desk)?, device, typed })
    };
    row.map(read).transpose()
}

/// Keeps a first entry, in place of an earlier one from the same device.
///
/// # Errors
/// [`StoreError::Unknown`] for a round, desk or device that is not there; when the database does not answer.
pub fn keep(connection: &mut AnyConnection, round: &RoundCode, entry: &FirstEntry) -> Result<(), StoreError> {
    let number = rounds::number(connection, round)?;
    let kept = diesel::sql_query(
        "INSERT INTO paper_entries (round, form, desk, device, typed)
         SELECT $1, $2, areas.id, devices.id, $3 FROM areas, devices WHERE areas.code = $4 AND devices.code = $5
         ON CONFLICT (round, form) DO UPDATE SET desk = excluded.desk, typed = excluded.typed
         WHERE paper_entries.device = excluded.device",
    )
    .bind::<Integer, _>(number)
    .bind::<Text, _>(entry.form.as_str())
    .bind::<Text, _>(&entry.typed)
    .bind::<Text, _>(entry.desk.as_str())
    .bind::<Text, _>(entry.device.as_str())
    .execute(connection)?;
    // Somebody else typed it in meanwhile: then this is the second entry.
    if kept == 1 { Ok(()) } else { Err(StoreError::Moved) }
}

/// Lets a form go whose answers are stored, and counts what comparing it has shown; nothing if it is gone already.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or desk that is not there; when the database does not answer.
pub fn settle(
    connection: &mut AnyConnection,
    round: &RoundCode,
    entry: &FirstEntry,
    found: PaperChecks,
) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let number = rounds::number(connection, round)?;
        let gone = diesel::delete(paper_entries::table.find((number, entry.form.as_str()))).execute(connection)?;
        if gone == 0 {
            return Ok(());
        }
        let desk = area_numbers::number(&area_numbers::numbers(connection)?, &entry.desk)?;
        diesel::sql_query(
            "INSERT INTO paper_checks (round, desk, forms, items, different) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (round, desk) DO UPDATE SET forms = paper_checks.forms + excluded.forms,
             items = paper_checks.items + excluded.items, different = paper_checks.different + excluded.different",
        )
        .bind::<Integer, _>(number)
        .bind::<Integer, _>(desk)
        .bind::<BigInt, _>(found.forms.cast_signed())
        .bind::<BigInt, _>(found.items.cast_signed())
        .bind::<BigInt, _>(found.different.cast_signed())
        .execute(connection)?;
        Ok(())
    })
}

/// The numbers of the forms that wait for a second entry, with their desks.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn waiting(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<(FormNumber, AreaCode)>, StoreError> {
    let number = rounds::number(connection, round)?;
    let rows: Vec<(String, String)> = paper_entries::table
        .inner_join(areas::table.on(areas::id.eq(paper_entries::desk)))
        .filter(paper_entries::round.eq(number))
        .select((paper_entries::form, areas::code))
        .load(connection)?;
    let mut waiting = rows
        .into_iter()
        .map(|(form, desk)| {
            let number = FormNumber::parse(&form).map_err(|_| StoreError::corrupt("number of a form", form))?;
            Ok((number, area_numbers::read_code(&desk)?))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    waiting.sort();
    Ok(waiting)
}

/// What comparing entries has shown, by desk.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn checks(
    connection: &mut AnyConnection,
    round: &RoundCode,
) -> Result<BTreeMap<AreaCode, PaperChecks>, StoreError> {
    let number = rounds::number(connection, round)?;
    let rows: Vec<(String, i64, i64, i64)> = paper_checks::table
        .inner_join(areas::table.on(areas::id.eq(paper_checks::desk)))
        .filter(paper_checks::round.eq(number))
        .select((areas::code, paper_checks::forms, paper_checks::items, paper_checks::different))
        .load(connection)?;
    rows.into_iter()
        .map(|(desk, forms, items, different)| {
            let (forms, items, different) = (forms.unsigned_abs(), items.unsigned_abs(), different.unsigned_abs());
            Ok((area_numbers::read_code(&desk)?, PaperChecks { forms, items, different }))
        })
        .collect()
}
