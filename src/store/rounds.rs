//! Rounds: their plan, their state and their frame.

use super::areas;
use super::connection::AnyConnection;
use super::directory;
use super::error::StoreError;
use super::schema::{areas as area_table, questionnaires, round_desks, rounds};
use crate::domain::frame::{Frame, FrameDesk};
use crate::domain::ids::{AreaCode, Digest, QuestionnaireId, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::period::Period;
use crate::domain::round::{AnyRound, Closed, Draft, Mode, Open, Published, Round, RoundPlan};
use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use std::collections::HashMap;

/// Stores a new round, with the digests of the files it was drawn up with.
///
/// # Errors
/// [`StoreError::Taken`] when the code is in use, [`StoreError::Unknown`] when its area is not there, and
/// [`StoreError::Altered`] when an earlier round used the same questionnaire version with another digest.
pub fn insert(
    connection: &mut AnyConnection,
    round: &Round<Draft>,
    questionnaire_digest: Digest,
    scheme_digest: Digest,
) -> Result<(), StoreError> {
    let plan = &round.plan;
    connection.transact(|connection| {
        let questionnaire = questionnaire_number(connection, &plan.questionnaire, questionnaire_digest)?;
        let area: Option<i32> = area_table::table
            .filter(area_table::code.eq(plan.area.as_str()))
            .select(area_table::id)
            .first(connection)
            .optional()?;
        let area = area.ok_or_else(|| StoreError::Unknown(format!("area {}", plan.area)))?;
        let row = (
            rounds::code.eq(plan.code.as_str()),
            rounds::questionnaire.eq(questionnaire),
            rounds::scheme.eq(plan.scheme.as_str()),
            rounds::scheme_digest.eq(scheme_digest.0.as_slice()),
            rounds::area.eq(area),
            rounds::year.eq(areas::write_year(plan.year)),
            rounds::period_from.eq(plan.period.from()),
            rounds::period_to.eq(plan.period.to()),
            rounds::mode.eq(plan.mode.code()),
        );
        let inserted = diesel::insert_into(rounds::table).values(row).execute(connection);
        inserted.map_err(|error| taken(error, &plan.code))?;
        directory::note_change(connection)
    })
}

fn taken(error: Error, code: &RoundCode) -> StoreError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => StoreError::Taken(format!("round {code}")),
        other => other.into(),
    }
}

/// The number of a questionnaire version, which is stored with its digest when a round first uses it.
fn questionnaire_number(
    connection: &mut AnyConnection,
    reference: &QuestionnaireRef,
    digest: Digest,
) -> Result<i32, StoreError> {
    diesel::sql_query(
        "INSERT INTO questionnaires (name, version, digest) VALUES ($1, $2, $3) ON CONFLICT (name, version) DO NOTHING",
    )
    .bind::<diesel::sql_types::Text, _>(reference.id.as_str())
    .bind::<diesel::sql_types::Integer, _>(i32::from(reference.version))
    .bind::<diesel::sql_types::Binary, _>(digest.0.as_slice())
    .execute(connection)?;
    let (number, stored): (i32, Vec<u8>) = questionnaires::table
        .filter(questionnaires::name.eq(reference.id.as_str()))
        .filter(questionnaires::version.eq(i32::from(reference.version)))
        .select((questionnaires::id, questionnaires::digest))
        .first(connection)?;
    if stored == digest.0 { Ok(number) } else { Err(StoreError::Altered(reference.clone())) }
}

/// The round with a code, in whatever state it is.
///
/// # Errors
/// When the database does not answer or holds a round that cannot be read.
pub fn find(connection: &mut AnyConnection, code: &RoundCode) -> Result<Option<AnyRound>, StoreError> {
    let row: Option<Row> = rounds::table
        .inner_join(questionnaires::table)
        .inner_join(area_table::table)
        .filter(rounds::code.eq(code.as_str()))
        .select(COLUMNS)
        .first(connection)
        .optional()?;
    row.map(read).transpose()
}

/// Every round, by code.
///
/// # Errors
/// When the database does not answer or holds a round that cannot be read.
pub fn all(connection: &mut AnyConnection) -> Result<Vec<AnyRound>, StoreError> {
    let rows: Vec<Row> = rounds::table
        .inner_join(questionnaires::table)
        .inner_join(area_table::table)
        .select(COLUMNS)
        .load(connection)?;
    let mut rounds = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    rounds.sort_by(|a, b| a.plan().code.cmp(&b.plan().code));
    Ok(rounds)
}

/// The digests of the questionnaire and of the scheme a round was drawn up with.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn digests(connection: &mut AnyConnection, code: &RoundCode) -> Result<(Digest, Digest), StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = rounds::table
        .inner_join(questionnaires::table)
        .filter(rounds::code.eq(code.as_str()))
        .select((questionnaires::digest, rounds::scheme_digest))
        .first(connection)
        .optional()?;
    let (questionnaire, scheme) = row.ok_or_else(|| unknown(code))?;
    Ok((read_digest(questionnaire)?, read_digest(scheme)?))
}

/// Records that a draft was opened.
///
/// # Errors
/// [`StoreError::Moved`] when it is no draft any more, [`StoreError::Unknown`] when it is not there.
pub fn record_open(connection: &mut AnyConnection, round: &Round<Open>) -> Result<(), StoreError> {
    let draft = rounds::table.filter(rounds::code.eq(round.plan.code.as_str())).filter(rounds::opened.is_null());
    connection.transact(|connection| {
        let moved = diesel::update(draft).set(rounds::opened.eq(instant(round.state.opened))).execute(connection)?;
        settle(connection, moved, &round.plan.code)
    })
}

/// Records that an open round was closed. Waits for the answers that are being stored at that moment; none is stored
/// afterwards.
///
/// # Errors
/// [`StoreError::Moved`] when it is not open any more, [`StoreError::Unknown`] when it is not there.
pub fn record_close(connection: &mut AnyConnection, round: &Round<Closed>) -> Result<(), StoreError> {
    let open = rounds::table
        .filter(rounds::code.eq(round.plan.code.as_str()))
        .filter(rounds::opened.is_not_null())
        .filter(rounds::closed.is_null());
    // SQLite's writers do not queue up: whoever waits may be passed by for seconds while a crowd answers.
    connection.transact_with_retries(|connection| {
        let moved = diesel::update(open).set(rounds::closed.eq(instant(round.state.closed))).execute(connection)?;
        settle(connection, moved, &round.plan.code)
    })
}

/// Records that the figures of a closed round were made public.
///
/// # Errors
/// [`StoreError::Moved`] when it is not closed, or published already; [`StoreError::Unknown`] when it is not there.
pub fn record_publication(connection: &mut AnyConnection, round: &Round<Published>) -> Result<(), StoreError> {
    let closed = rounds::table
        .filter(rounds::code.eq(round.plan.code.as_str()))
        .filter(rounds::closed.is_not_null())
        .filter(rounds::published.is_null());
    connection.transact(|connection| {
        let published = rounds::published.eq(instant(round.state.published));
        let moved = diesel::update(closed).set(published).execute(connection)?;
        settle(connection, moved, &round.plan.code)
    })
}

/// Holds a round until the transaction ends: whoever stores answers in it has ended before, or waits. SQLite has one writer at a
/// time anyway.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn hold_by_backend(connection: &mut AnyConnection, code: &RoundCode) -> Result<(), StoreError> {
    let AnyConnection::Pg(postgres) = connection else { return Ok(()) };
    let round = rounds::table.filter(rounds::code.eq(code.as_str())).select(rounds::id);
    let held: Option<i32> = round.for_no_key_update().first(postgres).optional()?;
    held.map(drop).ok_or_else(|| unknown(code))
}

/// Gives a draft a new frame in place of the one it had.
///
/// # Errors
/// [`StoreError::Moved`] when the round is no draft any more, because answers refer to its frame;
/// [`StoreError::Unknown`] for a round, desk or stratum that is not there.
pub fn replace_frame(connection: &mut AnyConnection, code: &RoundCode, frame: &Frame) -> Result<(), StoreError> {
    connection.transact(|connection| {
        // Writing the row, though nothing in it changes, keeps the round from being opened until the frame is complete.
        let draft = rounds::table.filter(rounds::code.eq(code.as_str())).filter(rounds::opened.is_null());
        let held = diesel::update(draft).set(rounds::code.eq(code.as_str())).execute(connection)?;
        settle(connection, held, code)?;
        let round = number(connection, code)?;
        let numbers = areas::numbers(connection)?;
        diesel::delete(round_desks::table.filter(round_desks::round.eq(round))).execute(connection)?;
        for desk in frame.iter() {
            let row = (
                round_desks::round.eq(round),
                round_desks::desk.eq(areas::number(&numbers, &desk.desk)?),
                round_desks::stratum.eq(areas::number(&numbers, &desk.stratum)?),
                round_desks::transactions.eq(desk.transactions.map(i64::from)),
                round_desks::drawn.eq(desk.drawn),
            );
            diesel::insert_into(round_desks::table).values(row).execute(connection)?;
        }
        Ok(())
    })
}

/// The frame of a round; empty as long as it has none.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn frame(connection: &mut AnyConnection, code: &RoundCode) -> Result<Frame, StoreError> {
    let round = number(connection, code)?;
    let codes: HashMap<i32, AreaCode> =
        areas::numbers(connection)?.into_iter().map(|(code, number)| (number, code)).collect();
    let area = |number: i32| codes.get(&number).cloned().ok_or_else(|| StoreError::corrupt("area number", number));
    let rows: Vec<(i32, i32, Option<i64>, bool)> = round_desks::table
        .filter(round_desks::round.eq(round))
        .select((round_desks::desk, round_desks::stratum, round_desks::transactions, round_desks::drawn))
        .load(connection)?;
    let desks = rows.into_iter().map(|(desk, stratum, transactions, drawn)| {
        let count = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("transactions", n));
        let transactions = transactions.map(count).transpose()?;
        Ok(FrameDesk { desk: area(desk)?, stratum: area(stratum)?, transactions, drawn })
    });
    Ok(Frame::new(desks.collect::<Result<Vec<_>, StoreError>>()?))
}

/// The number of a round that must be there.
pub(super) fn number(connection: &mut AnyConnection, code: &RoundCode) -> Result<i32, StoreError> {
    let number = rounds::table.filter(rounds::code.eq(code.as_str())).select(rounds::id).first(connection);
    number.optional()?.ok_or_else(|| unknown(code))
}

fn unknown(code: &RoundCode) -> StoreError {
    StoreError::Unknown(format!("round {code}"))
}

/// What a change that touched `n_rows` means: one row is a success, none is a round that was not in the state it had to
/// be in.
fn settle(connection: &mut AnyConnection, n_rows: usize, code: &RoundCode) -> Result<(), StoreError> {
    if n_rows == 0 {
        number(connection, code)?;
        return Err(StoreError::Moved);
    }
    directory::note_change(connection)
}

/// An instant as both databases keep it: in UTC, to the microsecond.
pub(super) fn instant(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

type Row = (
    String,
    String,
    i32,
    String,
    String,
    i16,
    NaiveDate,
    NaiveDate,
    String,
    Option<NaiveDateTime>,
    Option<NaiveDateTime>,
    Option<NaiveDateTime>,
);

type Columns = (
    rounds::code,
    questionnaires::name,
    questionnaires::version,
    rounds::scheme,
    area_table::code,
    rounds::year,
    rounds::period_from,
    rounds::period_to,
    rounds::mode,
    rounds::opened,
    rounds::closed,
    rounds::published,
);

const COLUMNS: Columns = (
    rounds::code,
    questionnaires::name,
    questionnaires::version,
    rounds::scheme,
    area_table::code,
    rounds::year,
    rounds::period_from,
    rounds::period_to,
    rounds::mode,
    rounds::opened,
    rounds::closed,
    rounds::published,
);

fn read(row: Row) -> Result<AnyRound, StoreError> {
    let (code, questionnaire, version, scheme, area, year, from, to, mode, opened, closed, published) = row;
    let id =
        QuestionnaireId::parse(&questionnaire).map_err(|_| StoreError::corrupt("questionnaire", &questionnaire))?;
    let version = u16::try_from(version).map_err(|_| StoreError::corrupt("questionnaire version", version))?;
    let plan = RoundPlan {
        questionnaire: QuestionnaireRef { id, version },
        scheme: SchemeId::parse(&scheme).map_err(|_| StoreError::corrupt("scheme", &scheme))?,
        area: areas::read_code(&area)?,
        year: areas::read_year(year)?,
        period: Period::new(from, to).map_err(|_| StoreError::corrupt("period of round", &code))?,
        mode: Mode::parse(&mode).ok_or_else(|| StoreError::corrupt("mode", &mode))?,
        code: RoundCode::parse(&code).map_err(|_| StoreError::corrupt("round code", &code))?,
    };
    let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
    match (utc(opened), utc(closed), utc(published)) {
        (None, None, None) => Ok(AnyRound::Draft(Round { plan, state: Draft })),
        (Some(opened), None, None) => Ok(AnyRound::Open(Round { plan, state: Open { opened } })),
        (Some(opened), Some(closed), None) => Ok(AnyRound::Closed(Round { plan, state: Closed { opened, closed } })),
        (Some(opened), Some(closed), Some(published)) => {
            Ok(AnyRound::Published(Round { plan, state: Published { opened, closed, published } }))
        }
        _ => Err(StoreError::corrupt("state of round", &code)),
    }
}

pub(super) fn read_digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    bytes.try_into().map(Digest).map_err(|bytes: Vec<u8>| StoreError::corrupt("digest", bytes))
}
