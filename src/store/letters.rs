//! Letters as they were first written: whoever gets one later, or once more, gets the same bytes.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{areas, letter_parts, letters, outbox, recipients};
use super::{areas as area_numbers, rounds as round_numbers};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::letter::{Letter, Part};
use crate::domain::outbox::{Edition, MailState};
use crate::domain::tongue::Tongue;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

/// What makes a letter another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterKey {
    /// The round it is about.
    pub round: RoundCode,
    /// Which of the round's letters it is.
    pub edition: Edition,
    /// The unit it is about.
    pub unit: AreaCode,
    /// Its language.
    pub language: Tongue,
    /// Whether the PDF is attached.
    pub with_pdf: bool,
}

/// The letter that was written for a key, if any was.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or unit that is not there; when the database does not answer.
pub fn find(connection: &mut AnyConnection, key: &LetterKey) -> Result<Option<Letter>, StoreError> {
    let (round, unit) = numbers(connection, key)?;
    find_by_numbers(connection, key, round, unit)
}

/// How many answers the last letter about a unit in a round told of; none if there was no letter, or none that told it.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or unit that is not there; when the database does not answer.
pub fn last_told(connection: &mut AnyConnection, key: &LetterKey) -> Result<Option<u64>, StoreError> {
    let (round, unit) = numbers(connection, key)?;
    let last: Option<Option<i64>> = letters::table
        .filter(letters::round.eq(round).and(letters::unit.eq(unit)))
        .filter(letters::answers.is_not_null())
        .order(letters::id.desc())
        .select(letters::answers)
        .first(connection)
        .optional()?;
    Ok(last.flatten().map(i64::unsigned_abs))
}

/// Keeps a letter that tells of so many answers, unless one was written for its key; returns the one that holds, which every
/// server then sends.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or unit that is not there; when the database does not answer.
pub fn keep(
    connection: &mut AnyConnection,
    key: &LetterKey,
    letter: &Letter,
    answers: Option<u64>,
) -> Result<Letter, StoreError> {
    let (round, unit) = numbers(connection, key)?;
    connection.transact_with_retries(|connection| {
        let inserted = diesel::sql_query(
            "INSERT INTO letters (round, edition, unit, language, with_pdf, subject, plain, html, answers)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (round, edition, unit, language, with_pdf) DO NOTHING",
        )
        .bind::<Integer, _>(round)
        .bind::<Text, _>(key.edition.to_string())
        .bind::<Integer, _>(unit)
        .bind::<Text, _>(key.language.code())
        .bind::<Bool, _>(key.with_pdf)
        .bind::<Text, _>(&letter.subject)
        .bind::<Text, _>(&letter.plain)
        .bind::<Text, _>(&letter.html)
        .bind::<Nullable<BigInt>, _>(answers.map(u64::cast_signed))
        .execute(connection)?;
        if inserted > 0 {
            let id: i32 = letters::table.filter(of_key(key, round, unit)).select(letters::id).first(connection)?;
            insert_parts(connection, id, &letter.parts)?;
        }
        let held = find_by_numbers(connection, key, round, unit)?;
        held.ok_or_else(|| StoreError::corrupt("letter", key.edition))
    })
}

/// The letters of an edition that somebody waits for and nobody has written.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn wanted(
    connection: &mut AnyConnection,
    round: &RoundCode,
    edition: Edition,
) -> Result<Vec<LetterKey>, StoreError> {
    let number = round_numbers::number(connection, round)?;
    let waits = [MailState::Queued, MailState::Temporary].map(MailState::code);
    let rows: Vec<(String, String, bool)> = outbox::table
        .inner_join(recipients::table.inner_join(areas::table.on(areas::id.eq(recipients::unit))))
        .filter(outbox::round.eq(number).and(outbox::edition.eq(edition.to_string())))
        .filter(outbox::state.eq_any(waits))
        .select((areas::code, recipients::language, recipients::with_pdf))
        .distinct()
        .order((areas::code, recipients::language, recipients::with_pdf))
        .load(connection)?;
    let mut wanted = Vec::new();
    for (unit, language, with_pdf) in rows {
        let language = Tongue::parse(&language).ok_or_else(|| StoreError::corrupt("language", &language))?;
        let key =
            LetterKey { round: round.clone(), edition, unit: area_numbers::read_code(&unit)?, language, with_pdf };
        if find(connection, &key)?.is_none() {
            wanted.push(key);
        }
    }
    Ok(wanted)
}

fn insert_parts(connection: &mut AnyConnection, letter: i32, parts: &[Part]) -> Result<(), StoreError> {
    for (place, part) in (0_i32..).zip(parts) {
        let row = (
            letter_parts::letter.eq(letter),
            letter_parts::place.eq(place),
            letter_parts::name.eq(&part.name),
            letter_parts::media.eq(&part.media),
            letter_parts::is_inline.eq(part.is_inline),
            letter_parts::content.eq(&part.content),
        );
        diesel::insert_into(letter_parts::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn numbers(connection: &mut AnyConnection, key: &LetterKey) -> Result<(i32, i32), StoreError> {
    let round = round_numbers::number(connection, &key.round)?;
    let areas = area_numbers::numbers(connection)?;
    Ok((round, area_numbers::number(&areas, &key.unit)?))
}

fn find_by_numbers(
    connection: &mut AnyConnection,
    key: &LetterKey,
    round: i32,
    unit: i32,
) -> Result<Option<Letter>, StoreError> {
    let found: Option<(i32, String, String, String)> = letters::table
        .filter(of_key(key, round, unit))
        .select((letters::id, letters::subject, letters::plain, letters::html))
        .first(connection)
        .optional()?;
    let Some((id, subject, plain, html)) = found else { return Ok(None) };
    let rows: Vec<(String, String, bool, Vec<u8>)> = letter_parts::table
        .filter(letter_parts::letter.eq(id))
        .order(letter_parts::place)
        .select((letter_parts::name, letter_parts::media, letter_parts::is_inline, letter_parts::content))
        .load(connection)?;
    let part = |(name, media, is_inline, content)| Part { name, media, is_inline, content };
    Ok(Some(Letter { subject, plain, html, parts: rows.into_iter().map(part).collect() }))
}

type OfKey = diesel::dsl::And<
    diesel::dsl::And<
        diesel::dsl::And<
            diesel::dsl::And<diesel::dsl::Eq<letters::round, i32>, diesel::dsl::Eq<letters::edition, String>>,
            diesel::dsl::Eq<letters::unit, i32>,
        >,
        diesel::dsl::Eq<letters::language, &'static str>,
    >,
    diesel::dsl::Eq<letters::with_pdf, bool>,
>;

fn of_key(key: &LetterKey, round: i32, unit: i32) -> OfKey {
    letters::round
        .eq(round)
        .and(letters::edition.eq(key.edition.to_string()))
        .and(letters::unit.eq(unit))
        .and(letters::language.eq(key.language.code()))
        .and(letters::with_pdf.eq(key.with_pdf))
}
