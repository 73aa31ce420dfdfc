//! The number that goes up with every change to areas, rounds or frames.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::directory::dsl;
use diesel::prelude::*;

/// The number now. As long as it is the same, so is everything that [`super::areas`] and [`super::rounds`] return.
///
/// # Errors
/// When the database does not answer.
pub fn revision(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    Ok(dsl::directory.select(dsl::revision).first(connection)?)
}

/// Tells everyone who watches the number that something changed; part of the transaction that changes it.
pub(super) fn note_change(connection: &mut AnyConnection) -> Result<(), StoreError> {
    diesel::update(dsl::directory).set(dsl::revision.eq(dsl::revision + 1)).execute(connection)?;
    Ok(())
}
