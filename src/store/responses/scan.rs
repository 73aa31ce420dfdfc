//! Reading a whole round row by row, as the bytes the database hands over: no row becomes an object.

use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::schema::responses;
use diesel::backend::Backend;
use diesel::connection::LoadConnection;
use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgRowByRowLoadingMode};
use diesel::prelude::*;
use diesel::row::{Field, Row};
use diesel::sql_types::{Double, Integer, SmallInt};
use diesel::sqlite::Sqlite;

/// A response as it lies in the table.
pub(super) struct StoredRow<'a> {
    pub(super) id: &'a [u8],
    pub(super) digest: &'a [u8],
    pub(super) packed: &'a [u8],
    pub(super) desk: i32,
    pub(super) how: How,
    pub(super) weight: Option<f64>,
}

/// How a response came: flags, admission and channel in one number, as a value costs the same to hand over whatever it says. With
/// 255 flags, admission 1 and channel 5 it stays within a small column.
#[derive(Clone, Copy)]
pub(super) struct How(i16);

/// What the parts are multiplied by.
const FLAGS: i16 = 64;
const ADMISSION: i16 = 32;

impl How {
    pub(super) fn channel(self) -> i16 {
        self.0 % ADMISSION
    }

    pub(super) fn admission(self) -> i16 {
        self.0 % FLAGS / ADMISSION
    }

    pub(super) fn flags(self) -> i16 {
        self.0 / FLAGS
    }
}

/// Gives every response of a round to `each`, whole, in the order of the ids; ends with the first error of `each`.
///
/// The order is asked for, because PostgreSQL reads a table as its statistics of the moment suggest, and sums of the same
/// numbers in another order differ in the last bit. SQLite keeps the rows in this order anyway.
pub(super) fn rows_by_backend<E: From<StoreError>>(
    connection: &mut AnyConnection,
    round: i32,
    mut each: impl FnMut(&StoredRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let how = responses::flags * FLAGS + responses::admission * ADMISSION + responses::channel;
    let columns = (responses::id, responses::digest, responses::packed, responses::desk, how, responses::weight);
    let query = responses::table.filter(responses::round.eq(round)).order(responses::id).select(columns);
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            for row in LoadConnection::load(sqlite, query).map_err(StoreError::from)? {
                let row = row.map_err(StoreError::from)?;
                let (id, digest, packed) = (row.get(0), row.get(1), row.get(2));
                let mut id = id.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let mut digest = digest.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let mut packed = packed.as_ref().and_then(Field::value).ok_or_else(missing)?;
                each(&StoredRow {
                    id: id.read_blob(),
                    digest: digest.read_blob(),
                    packed: packed.read_blob(),
                    desk: number::<i32, Integer, Sqlite>(row.get(3).as_ref().and_then(Field::value))?
                        .ok_or_else(missing)?,
                    how: number::<i16, SmallInt, Sqlite>(row.get(4).as_ref().and_then(Field::value))?
                        .map(How)
                        .ok_or_else(missing)?,
                    weight: number::<f64, Double, Sqlite>(row.get(5).as_ref().and_then(Field::value))?,
                })?;
            }
        }
        AnyConnection::Pg(postgres) => {
            for row in LoadConnection::<PgRowByRowLoadingMode>::load(postgres, query).map_err(StoreError::from)? {
                let row = row.map_err(StoreError::from)?;
                let (id, digest, packed) = (row.get(0), row.get(1), row.get(2));
                let id = id.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let digest = digest.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let packed = packed.as_ref().and_then(Field::value).ok_or_else(missing)?;
                each(&StoredRow {
                    id: id.as_bytes(),
                    digest: digest.as_bytes(),
                    packed: packed.as_bytes(),
                    desk: number::<i32, Integer, Pg>(row.get(3).as_ref().and_then(Field::value))?
                        .ok_or_else(missing)?,
                    how: number::<i16, SmallInt, Pg>(row.get(4).as_ref().and_then(Field::value))?
                        .map(How)
                        .ok_or_else(missing)?,
                    weight: number::<f64, Double, Pg>(row.get(5).as_ref().and_then(Field::value))?,
                })?;
            }
        }
    }
    Ok(())
}

/// Gives id and digest of every response of a round to `each`.
pub(super) fn identities_by_backend(
    connection: &mut AnyConnection,
    round: i32,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let query = responses::table.filter(responses::round.eq(round)).select((responses::id, responses::digest));
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            for row in LoadConnection::load(sqlite, query)? {
                let row = row?;
                let (id, digest) = (row.get(0), row.get(1));
                let mut id = id.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let mut digest = digest.as_ref().and_then(Field::value).ok_or_else(missing)?;
                each(id.read_blob(), digest.read_blob())?;
            }
        }
        AnyConnection::Pg(postgres) => {
            for row in LoadConnection::<PgRowByRowLoadingMode>::load(postgres, query)? {
                let row = row?;
                let (id, digest) = (row.get(0), row.get(1));
                let id = id.as_ref().and_then(Field::value).ok_or_else(missing)?;
                let digest = digest.as_ref().and_then(Field::value).ok_or_else(missing)?;
                each(id.as_bytes(), digest.as_bytes())?;
            }
        }
    }
    Ok(())
}

fn number<T: FromSql<ST, DB>, ST, DB: Backend>(value: Option<DB::RawValue<'_>>) -> Result<Option<T>, StoreError> {
    value.map(T::from_sql).transpose().map_err(|reason| StoreError::Corrupt(reason.to_string()))
}

/// The columns are NOT NULL, so this says that the table is not the one of the migrations.
fn missing() -> StoreError {
    StoreError::Corrupt("a response without desk, answers, flags, id or digest".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_as_one_number_is_told_apart() {
        for (flags, admission, channel) in [(0, 0, 1), (255, 1, 5), (63, 0, 5), (64, 1, 1)] {
            let how = How(flags * FLAGS + admission * ADMISSION + channel);
            assert_eq!((how.flags(), how.admission(), how.channel()), (flags, admission, channel));
        }
    }
}
