//! What respondents wrote in their own words, and whether somebody has read it and let it be shown.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::rounds;
use super::schema::{areas, comments, responses};
use crate::domain::comment::{CommentRef, Standing};
use crate::domain::ids::{AreaCode, ItemId, ResponseId, RoundCode};
use diesel::prelude::*;

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
    type Row = (Vec<u8>, String, String, String, String);
    let number = rounds::number(connection, round)?;
    let written_in = responses::round.eq(comments::round).and(responses::id.eq(comments::response));
    let rows: Vec<Row> = comments::table
        .inner_join(responses::table.on(written_in))
        .inner_join(areas::table.on(areas::id.eq(responses::desk)))
        .filter(comments::round.eq(number))
        .order((comments::response, comments::item))
        .select((comments::response, comments::item, comments::body, areas::code, comments::standing))
        .load(connection)?;
    rows.into_iter()
        .map(|(response, item, text, desk, standing)| {
            let id = response.try_into().map_err(|bytes| StoreError::corrupt("response id", bytes))?;
            let item = ItemId::parse(&item).map_err(|_| StoreError::corrupt("item", &item))?;
            Ok(Moderated {
                comment: Comment { response: ResponseId::from_bytes(id), item, text },
                desk: AreaCode::parse(&desk).map_err(|_| StoreError::corrupt("desk", &desk))?,
                standing: Standing::parse(&standing).ok_or_else(|| StoreError::corrupt("standing", &standing))?,
            })
        })
        .collect()
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
