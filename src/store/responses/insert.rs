//! The insert itself, which the two databases do differently: SQLite row by row on a prepared statement, since it is in
//! the same process; PostgreSQL in one statement, since every statement is a journey.

use super::{Insertion, Intake, NewResponse, admission_number, channel_number};
use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::schema::{responses, rounds};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Binary, Bool, Date, Double, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Whether one statement writes all there is to write, and so is a transaction without being made one.
pub(super) fn is_one_statement_by_backend(connection: &AnyConnection, rows: &[&NewResponse], intake: Intake) -> bool {
    match connection {
        AnyConnection::Sqlite(_) => false,
        // When it came is another.
        AnyConnection::Pg(_) if intake != Intake::Open => false,
        AnyConnection::Pg(_) => {
            rows.iter().all(|row| row.comments.is_empty() && row.receipt.is_none() && row.arrival.is_none())
        }
    }
}

/// Inserts rows that are sorted by round and id, inside the transaction that is going on, if any; says what became of each, in
/// that order.
pub(super) fn rows_by_backend(
    connection: &mut AnyConnection,
    rows: &[&NewResponse],
    intake: Intake,
) -> Result<Vec<Insertion>, StoreError> {
    let is_late = intake != Intake::Open;
    let inserted = match connection {
        AnyConnection::Sqlite(sqlite) => insert_each(sqlite, rows, is_late)?,
        AnyConnection::Pg(postgres) => insert_all(postgres, rows, is_late)?,
    };
    // A new statement, which sees what others committed while the insert waited for them.
    let others = rows.iter().zip(&inserted).filter(|(_, inserted)| !**inserted).map(|(row, _)| *row).collect();
    let stored = digests_by_backend(connection, others)?;
    let judge = |row: &NewResponse| match stored.get(&key(row)) {
        None => Insertion::RoundNotOpen,
        Some(digest) if *digest == row.digest.0 => Insertion::AlreadyStored,
        Some(_) => Insertion::Conflict,
    };
    let settle = |(row, inserted): (&&NewResponse, bool)| if inserted { Insertion::Stored } else { judge(row) };
    Ok(rows.iter().zip(inserted).map(settle).collect())
}

/// What a response is known by: the code of its round, and its id.
type Key = (String, Vec<u8>);

fn key(row: &NewResponse) -> Key {
    (row.round.to_string(), row.id.as_bytes().to_vec())
}

/// The stored digests of those rows that are there.
fn digests_by_backend(connection: &mut AnyConnection, rows: Vec<&NewResponse>) -> QueryResult<HashMap<Key, Vec<u8>>> {
    let columns = ((rounds::code, responses::id), responses::digest);
    let known = responses::table.inner_join(rounds::table).select(columns);
    match connection {
        _ if rows.is_empty() => Ok(HashMap::new()),
        AnyConnection::Sqlite(sqlite) => {
            let find = |row: &NewResponse| {
                let is_it = responses::id.eq(row.id.as_bytes().as_slice()).and(rounds::code.eq(row.round.as_str()));
                known.filter(is_it).first(sqlite).optional().transpose()
            };
            rows.into_iter().filter_map(find).collect()
        }
        AnyConnection::Pg(postgres) => {
            let codes: BTreeSet<&str> = rows.iter().map(|row| row.round.as_str()).collect();
            let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.as_bytes().as_slice()).collect();
            let found = known.filter(rounds::code.eq_any(codes)).filter(responses::id.eq_any(ids)).load(postgres)?;
            Ok(found.into_iter().collect())
        }
    }
}

/// Says for each row whether it was inserted.
fn insert_each(sqlite: &mut SqliteConnection, rows: &[&NewResponse], is_late: bool) -> QueryResult<Vec<bool>> {
    let insert = |row: &&NewResponse| {
        let flags = i16::from(row.flags.bits());
        let (channel, admission) = (channel_number(row.channel), admission_number(row));
        let inserted = InsertOne { row, channel, flags, admission, is_late }.execute(sqlite)? == 1;
        for (item, text) in row.comments.iter().filter(|_| inserted) {
            InsertComment { row, item: item.as_str(), text }.execute(sqlite)?;
        }
        Ok(inserted)
    };
    rows.iter().map(insert).collect()
}

/// Whether a round takes rows: while it is open, or what comes late once it is published.
fn takes<'b, DB>(out: &mut AstPass<'_, 'b, DB>, is_late: &'b bool) -> QueryResult<()>
where
    DB: diesel::backend::Backend + diesel::sql_types::HasSqlType<Bool>,
    bool: diesel::serialize::ToSql<Bool, DB>,
{
    out.push_sql("CASE WHEN ");
    out.push_bind_param::<Bool, _>(is_late)?;
    out.push_sql(" THEN rounds.published IS NOT NULL ELSE rounds.opened IS NOT NULL AND rounds.closed IS NULL END");
    Ok(())
}

/// One row, if its round takes it and its desk is drawn.
struct InsertOne<'a> {
    row: &'a NewResponse,
    channel: i16,
    flags: i16,
    admission: i16,
    is_late: bool,
}

impl QueryFragment<Sqlite> for InsertOne<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO responses (round, id, desk, channel, digest, received, packed, weight, flags, admission)
             SELECT line.round, ",
        );
        out.push_bind_param::<Binary, [u8]>(self.row.id.as_bytes())?;
        out.push_sql(", line.desk, ");
        out.push_bind_param::<SmallInt, _>(&self.channel)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, [u8]>(&self.row.digest.0)?;
        out.push_sql(", ");
        out.push_bind_param::<Date, _>(&self.row.received)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&self.row.packed)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Double>, _>(&self.row.weight)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.flags)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.admission)?;
        out.push_sql(
            " FROM rounds JOIN areas JOIN round_desks AS line ON line.round = rounds.id AND line.desk = areas.id
             WHERE ",
        );
        takes(&mut out, &self.is_late)?;
        out.push_sql(" AND line.drawn AND rounds.code = ");
        out.push_bind_param::<Text, _>(self.row.round.as_str())?;
        out.push_sql(" AND areas.code = ");
        out.push_bind_param::<Text, _>(self.row.desk.as_str())?;
        out.push_sql(" ON CONFLICT (round, id) DO NOTHING");
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for InsertOne<'_> {}

struct InsertComment<'a> {
    row: &'a NewResponse,
    item: &'a str,
    text: &'a str,
}

impl QueryFragment<Sqlite> for InsertComment<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO comments (round, response, item, body) SELECT id, ");
        out.push_bind_param::<Binary, [u8]>(self.row.id.as_bytes())?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.item)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.text)?;
        out.push_sql(" FROM rounds WHERE code = ");
        out.push_bind_param::<Text, _>(self.row.round.as_str())?;
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for InsertComment<'_> {}

/// Says for each row whether it was inserted; of several equal ones, the first was.
fn insert_all(postgres: &mut PgConnection, rows: &[&NewResponse], is_late: bool) -> QueryResult<Vec<bool>> {
    let returned: Vec<(Vec<u8>, Vec<u8>)> = InsertAll::new(rows, is_late).load(postgres)?;
    let mut fresh: HashSet<(Vec<u8>, Vec<u8>)> = returned.into_iter().collect();
    let mut comments = InsertComments::default();
    let mut inserted = Vec::with_capacity(rows.len());
    for row in rows {
        // The digest covers the round, so together with the id it says which row this was.
        let is_new = fresh.remove(&(row.id.as_bytes().to_vec(), row.digest.0.to_vec()));
        if is_new {
            comments.add(row);
        }
        inserted.push(is_new);
    }
    if !comments.responses.is_empty() {
        comments.execute(postgres)?;
    }
    Ok(inserted)
}

/// All rows whose round takes them and whose desk is drawn, as arrays side by side.
///
/// The rounds are locked against being closed until the transaction ends. Taking that lock waits for a closing that is
/// going on, and looks at the round again afterwards.
struct InsertAll<'a> {
    ids: Vec<&'a [u8]>,
    rounds: Vec<&'a str>,
    desks: Vec<&'a str>,
    channels: Vec<i16>,
    digests: Vec<&'a [u8]>,
    received: Vec<chrono::NaiveDate>,
    packed: Vec<&'a [u8]>,
    weights: Vec<Option<f64>>,
    flags: Vec<i16>,
    admissions: Vec<i16>,
    is_late: bool,
}

impl<'a> InsertAll<'a> {
    fn new(rows: &[&'a NewResponse], is_late: bool) -> Self {
        Self {
            ids: rows.iter().map(|row| row.id.as_bytes().as_slice()).collect(),
            rounds: rows.iter().map(|row| row.round.as_str()).collect(),
            desks: rows.iter().map(|row| row.desk.as_str()).collect(),
            channels: rows.iter().map(|row| channel_number(row.channel)).collect(),
            digests: rows.iter().map(|row| row.digest.0.as_slice()).collect(),
            received: rows.iter().map(|row| row.received).collect(),
            packed: rows.iter().map(|row| row.packed.as_slice()).collect(),
            weights: rows.iter().map(|row| row.weight).collect(),
            flags: rows.iter().map(|row| i16::from(row.flags.bits())).collect(),
            admissions: rows.iter().map(|row| admission_number(row)).collect(),
            is_late,
        }
    }
}

impl QueryFragment<Pg> for InsertAll<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH open_rounds AS (SELECT id, code FROM rounds
             WHERE ",
        );
        takes(&mut out, &self.is_late)?;
        out.push_sql(" AND code = ANY (");
        out.push_bind_param::<Array<Text>, _>(&self.rounds)?;
        out.push_sql(
            ") FOR SHARE)
             INSERT INTO responses (round, id, desk, channel, digest, received, packed, weight, flags, admission)
             SELECT line.round, came.id, line.desk, came.channel, came.digest, came.received, came.packed, came.weight,
                    came.flags, came.admission
             FROM unnest(",
        );
        out.push_bind_param::<Array<Binary>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.rounds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.desks)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.channels)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.digests)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Date>, _>(&self.received)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.packed)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Double>>, _>(&self.weights)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.flags)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.admissions)?;
        out.push_sql(
            ") WITH ORDINALITY AS came
                 (id, round, desk, channel, digest, received, packed, weight, flags, admission, place)
             JOIN open_rounds ON open_rounds.code = came.round
             JOIN areas ON areas.code = came.desk
             JOIN round_desks AS line ON line.round = open_rounds.id AND line.desk = areas.id AND line.drawn
             ORDER BY came.place
             ON CONFLICT (round, id) DO NOTHING
             RETURNING id, digest",
        );
        Ok(())
    }
}

impl Query for InsertAll<'_> {
    type SqlType = (Binary, Binary);
}

impl RunQueryDsl<PgConnection> for InsertAll<'_> {}

/// The comments of all rows that were stored.
#[derive(Default)]
struct InsertComments<'a> {
    rounds: Vec<&'a str>,
    responses: Vec<&'a [u8]>,
    items: Vec<&'a str>,
    texts: Vec<&'a str>,
}

impl<'a> InsertComments<'a> {
    fn add(&mut self, row: &'a NewResponse) {
        for (item, text) in &row.comments {
            self.rounds.push(row.round.as_str());
            self.responses.push(row.id.as_bytes());
            self.items.push(item.as_str());
            self.texts.push(text);
        }
    }
}

impl QueryFragment<Pg> for InsertComments<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO comments (round, response, item, body) SELECT rounds.id, response, item, body FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.rounds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.responses)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.items)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.texts)?;
        out.push_sql(") AS came (round, response, item, body) JOIN rounds ON rounds.code = came.round");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for InsertComments<'_> {}

/// The text of each of these statements is always the same, so it is prepared once a connection.
macro_rules! prepared_once {
    ($($statement:ident),+) => {
        $(impl QueryId for $statement<'_> {
            type QueryId = $statement<'static>;
        })+
    };
}

prepared_once!(InsertOne, InsertComment, InsertAll, InsertComments);
