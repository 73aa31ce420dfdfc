//! What respondents wrote in their own words, and whether somebody has read it and let it be shown.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::rounds;
use super::schema::{areas, comments, responses};
use crate::domain::comment::{CommentRef, Standing};
use crate::domain::ids::{AreaCode, ItemId, ResponseId, RoundCode};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The response it was written in.
    pub response: ResponseId,
    /// The item it answers.
    pub item: ItemId,
    /// The words.
    pub text: String,
}

/// A comment with what decides where it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderated {
    /// The comment.
    pub comment: Comment,
    /// The desk it was written at.
    pub desk: AreaCode,
    /// Whether it may be shown.
    pub standing: Standing,
}

/// Every comment of a round, in the order of the random response ids.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn of_round(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<Comment>, StoreError> {
    Ok(moderated(connection, round)?.into_iter().map(|moderated| moderated.comment).collect())
}

/// Every comment of a round with its desk and its standing, in the order of the random response ids.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn moderated(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<Moderated>, StoreError> {
    let number = rounds::number(connection, round)?;
    let rows: Vec<Row> = with_desk()
        .filter(comments::round.eq(number))
        .order((comments::response, comments::item))
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// The first so many comments of a round with a standing, in the order of [`moderated`], behind one of them if it is named.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn page(
    connection: &mut AnyConnection,
    round: &RoundCode,
    (standing, after): (Standing, Option<&CommentRef>),
    limit: u32,
) -> Result<Vec<Moderated>, StoreError> {
    let number = rounds::number(connection, round)?;
    // Every id and every item is behind an empty one.
    let (id, item): (&[u8], &str) = after.map_or((&[], ""), |after| (after.response.as_bytes(), after.item.as_str()));
    let is_behind = comments::response.gt(id).or(comments::response.eq(id).and(comments::item.gt(item)));
    let rows: Vec<Row> = with_desk()
        .filter(comments::round.eq(number))
        .filter(comments::standing.eq(standing.code()))
        .filter(is_behind)
        .order((comments::response, comments::item))
        .limit(limit.into())
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// How many comments of a round have each standing; those that none has are left out.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn counts(connection: &mut AnyConnection, round: &RoundCode) -> Result<BTreeMap<Standing, u64>, StoreError> {
    let rows: Vec<(String, i64)> = comments::table
        .filter(comments::round.eq(rounds::number(connection, round)?))
        .group_by(comments::standing)
        .select((comments::standing, diesel::dsl::count_star()))
        .load(connection)?;
    rows.into_iter().map(|(standing, n)| Ok((read_standing(&standing)?, n.unsigned_abs()))).collect()
}

/// Comments beside the desks that they were written at.
#[diesel::dsl::auto_type]
fn with_desk() -> _ {
    comments::table
        .inner_join(responses::table.on(responses::round.eq(comments::round).and(responses::id.eq(comments::response))))
        .inner_join(areas::table.on(areas::id.eq(responses::desk)))
}

type Row = (Vec<u8>, String, String, String, String);
type Columns = (comments::response, comments::item, comments::body, areas::code, comments::standing);
const COLUMNS: Columns = (comments::response, comments::item, comments::body, areas::code, comments::standing);

fn read((response, item, text, desk, standing): Row) -> Result<Moderated, StoreError> {
    let id = response.try_into().map_err(|bytes| StoreError::corrupt("response id", bytes))?;
    let item = ItemId::parse(&item).map_err(|_| StoreError::corrupt("item", &item))?;
    Ok(Moderated {
        comment: Comment { response: ResponseId::from_bytes(id), item, text },
        desk: AreaCode::parse(&desk).map_err(|_| StoreError::corrupt("desk", &desk))?,
        standing: read_standing(&standing)?,
    })
}

fn read_standing(text: &str) -> Result<Standing, StoreError> {
    Standing::parse(text).ok_or_else(|| StoreError::corrupt("standing", text))
}

/// Gives each comment its standing, all or none of them.
///
/// # Errors
/// [`StoreError::Unknown`] for a round or a comment that is not there; when the database does not answer.
pub fn settle(
    connection: &mut AnyConnection,
    round: &RoundCode,
    meant: &[(CommentRef, Standing)],
) -> Result<(), StoreError> {
    let number = rounds::number(connection, round)?;
    connection.transact(|connection| {
        for (one, standing) in meant {
            let row = comments::table
                .filter(comments::round.eq(number))
                .filter(comments::response.eq(one.response.as_bytes().as_slice()))
                .filter(comments::item.eq(one.item.as_str()));
            let n = diesel::update(row).set(comments::standing.eq(standing.code())).execute(connection)?;
            if n == 0 {
                return Err(StoreError::Unknown(format!("comment {one}")));
            }
        }
        Ok(())
    })
}
