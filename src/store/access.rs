//! Keys that were handed out, by the digests of them.

use super::areas as area_numbers;
use super::connection::AnyConnection;
use super::directory;
use super::error::StoreError;
use super::schema::{access_keys, areas};
use crate::domain::access::{AccessKey, Scope};
use crate::domain::ids::Digest;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

/// Stores a new key's digest.
///
/// # Errors
/// [`StoreError::Taken`] when the name is in use, [`StoreError::Unknown`] for an area that is not there.
pub fn insert(connection: &mut AnyConnection, key: &AccessKey) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let numbers = area_numbers::numbers(connection)?;
        let area = key.area.as_ref().map(|area| area_numbers::number(&numbers, area)).transpose()?;
        let row = (
            access_keys::name.eq(&key.name),
            access_keys::scope.eq(key.scope.code()),
            access_keys::area.eq(area),
            access_keys::key.eq(key.digest.0.as_slice()),
            access_keys::created.eq(key.created.naive_utc()),
        );
        diesel::insert_into(access_keys::table).values(row).execute(connection).map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                StoreError::Taken(format!("key {}", key.name))
            }
            other => other.into(),
        })?;
        directory::note_change(connection)
    })
}

/// Every key, in the order they were made.
///
/// # Errors
/// When the database does not answer or holds a key that cannot be read.
pub fn all(connection: &mut AnyConnection) -> Result<Vec<AccessKey>, StoreError> {
    type Row = (String, String, Option<String>, Vec<u8>, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = access_keys::table
        .left_join(areas::table)
        .order(access_keys::id)
        .select((
            access_keys::name,
            access_keys::scope,
            areas::code.nullable(),
            access_keys::key,
            access_keys::created,
            access_keys::revoked,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(name, scope, area, digest, created, revoked)| {
            Ok(AccessKey {
                scope: Scope::parse(&scope).ok_or_else(|| StoreError::corrupt("scope", &scope))?,
                area: area.map(|area| area_numbers::read_code(&area)).transpose()?,
                digest: Digest(digest.try_into().map_err(|bytes| StoreError::corrupt("key of", (&name, bytes)))?),
                name,
                created: created.and_utc(),
                revoked: revoked.map(|time| time.and_utc()),
            })
        })
        .collect()
}

/// Makes a key useless.
///
/// # Errors
/// [`StoreError::Unknown`] when there is no such key that is in use.
pub fn revoke(connection: &mut AnyConnection, name: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let in_use = access_keys::table.filter(access_keys::name.eq(name).and(access_keys::revoked.is_null()));
        let revoked = diesel::update(in_use).set(access_keys::revoked.eq(now.naive_utc())).execute(connection)?;
        if revoked == 0 {
            return Err(StoreError::Unknown(format!("key {name}")));
        }
        directory::note_change(connection)
    })
}
