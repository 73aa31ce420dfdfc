//! The areas of the tree.

use super::connection::AnyConnection;
use super::directory;
use super::error::StoreError;
use super::schema::areas::dsl;
use crate::domain::area::{Area, Focus, Level, Validity};
use crate::domain::ids::AreaCode;
use crate::domain::period::Year;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, SmallInt, Text};
use std::collections::HashMap;

type Row = (i32, String, String, String, Option<i32>, String, Option<i16>, Option<i16>);

/// Every area, by code.
///
/// # Errors
/// When the database does not answer or holds an area that cannot be read.
pub fn all(connection: &mut AnyConnection) -> Result<Vec<Area>, StoreError> {
    let rows: Vec<Row> = dsl::areas.load(connection)?;
    let codes: HashMap<i32, AreaCode> =
        rows.iter().map(|row| Ok((row.0, read_code(&row.1)?))).collect::<Result<_, StoreError>>()?;
    let mut areas = rows.into_iter().map(|row| read(row, &codes)).collect::<Result<Vec<_>, _>>()?;
    // Sorted here, because the databases' own order of texts depends on how they were set up.
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(areas)
}

/// Adds areas, and brings those that are there up to date. Areas that are not in the list stay as they are.
///
/// # Errors
/// [`StoreError::Unknown`] for a parent that is neither stored nor in the list; then nothing is changed.
pub fn upsert(connection: &mut AnyConnection, areas: &[Area]) -> Result<(), StoreError> {
    connection.transact(|connection| {
        for area in areas {
            upsert_one(connection, area)?;
        }
        // Parents are linked when all are there, because a list may name the child first.
        let numbers = numbers(connection)?;
        for area in areas {
            let parent = area.parent.as_ref().map(|parent| number(&numbers, parent)).transpose()?;
            let place = dsl::areas.filter(dsl::code.eq(area.code.as_str()));
            diesel::update(place).set(dsl::parent.eq(parent)).execute(connection)?;
        }
        directory::note_change(connection)
    })
}

fn upsert_one(connection: &mut AnyConnection, area: &Area) -> Result<(), StoreError> {
    diesel::sql_query(
        "INSERT INTO areas (code, name, level, focus, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, focus = excluded.focus,
         valid_from = excluded.valid_from, valid_to = excluded.valid_to",
    )
    .bind::<Text, _>(area.code.as_str())
    .bind::<Text, _>(area.name.as_str())
    .bind::<Text, _>(area.level.code())
    .bind::<Text, _>(area.focus.to_string())
    .bind::<Nullable<SmallInt>, _>(area.validity.from.map(write_year))
    .bind::<Nullable<SmallInt>, _>(area.validity.to.map(write_year))
    .execute(connection)?;
    Ok(())
}

/// The number of every area.
pub(super) fn numbers(connection: &mut AnyConnection) -> Result<HashMap<AreaCode, i32>, StoreError> {
    let rows: Vec<(String, i32)> = dsl::areas.select((dsl::code, dsl::id)).load(connection)?;
    rows.into_iter().map(|(code, number)| Ok((read_code(&code)?, number))).collect()
}

/// The number of an area that must be there.
pub(super) fn number(numbers: &HashMap<AreaCode, i32>, code: &AreaCode) -> Result<i32, StoreError> {
    numbers.get(code).copied().ok_or_else(|| StoreError::Unknown(format!("area {code}")))
}

/// A stored code of an area.
pub(super) fn read_code(code: &str) -> Result<AreaCode, StoreError> {
    AreaCode::parse(code).map_err(|_| StoreError::corrupt("area code", code))
}

/// A year as it is stored.
pub(super) fn write_year(year: Year) -> i16 {
    // Years end at 2100, so this never saturates.
    i16::try_from(year.get()).unwrap_or(i16::MAX)
}

/// A stored year.
pub(super) fn read_year(year: i16) -> Result<Year, StoreError> {
    u16::try_from(year).ok().and_then(|y| Year::new(y).ok()).ok_or_else(|| StoreError::corrupt("year", year))
}

fn read(row: Row, codes: &HashMap<i32, AreaCode>) -> Result<Area, StoreError> {
    let (_, code, name, level, parent, focus, from, to) = row;
    let parent = parent.map(|number| codes.get(&number).cloned().ok_or(StoreError::corrupt("parent of area", &code)));
    Ok(Area {
        level: Level::parse(&level).ok_or_else(|| StoreError::corrupt("level", &level))?,
        parent: parent.transpose()?,
        focus: Focus::parse(&focus).map_err(|_| StoreError::corrupt("focus", &focus))?,
        validity: Validity { from: from.map(read_year).transpose()?, to: to.map(read_year).transpose()? },
        code: read_code(&code)?,
        name,
    })
}
