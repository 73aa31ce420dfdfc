//! What respondents wrote in their own words.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::rounds;
use super::schema::comments;
use crate::domain::ids::{ItemId, ResponseId, RoundCode};
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

/// Every comment of a round, in the order of the random response ids.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn of_round(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<Comment>, StoreError> {
    let number = rounds::number(connection, round)?;
    let rows: Vec<(Vec<u8>, String, String)> = comments::table
        .filter(comments::round.eq(number))
        .order((comments::response, comments::item))
        .select((comments::response, comments::item, comments::body))
        .load(connection)?;
    rows.into_iter()
        .map(|(response, item, text)| {
            let id = response.try_into().map_err(|bytes| StoreError::corrupt("response id", bytes))?;
            let item = ItemId::parse(&item).map_err(|_| StoreError::corrupt("item", &item))?;
            Ok(Comment { response: ResponseId::from_bytes(id), item, text })
        })
        .collect()
}
