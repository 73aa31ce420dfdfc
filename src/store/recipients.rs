//! Recipients of mail. Their addresses are read here and by whoever sends, and erased when a recipient is removed.

use super::areas as area_numbers;
use super::connection::AnyConnection;
use super::error::StoreError;
use super::outbox;
use super::schema::{areas, recipients};
use crate::domain::recipient::{Address, KnownRecipient, Recipient, Role, Schedule};
use crate::domain::tongue::Tongue;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

/// Every recipient who was not removed, in the order they were added.
///
/// # Errors
/// When the database does not answer or holds a recipient that cannot be read.
pub fn all(connection: &mut AnyConnection) -> Result<Vec<KnownRecipient>, StoreError> {
    let rows: Vec<Row> = recipients::table
        .inner_join(areas::table)
        .filter(recipients::removed.is_null())
        .order(recipients::id)
        .select(COLUMNS)
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// How many recipients there are.
///
/// # Errors
/// When the database does not answer.
pub fn count(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    Ok(recipients::table.filter(recipients::removed.is_null()).count().get_result(connection)?)
}

/// Adds recipients. Whether one is there already is for the caller to know.
///
/// # Errors
/// [`StoreError::Unknown`] for a unit that is not there, [`StoreError::Taken`] when somebody else added the same at the same
/// moment; then none is added.
pub fn insert(connection: &mut AnyConnection, new: &[Recipient]) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let numbers = area_numbers::numbers(connection)?;
        for recipient in new {
            let row = (
                recipients::address.eq(recipient.address.reveal()),
                recipients::unit.eq(area_numbers::number(&numbers, &recipient.unit)?),
                wishes(recipient),
            );
            diesel::insert_into(recipients::table).values(row).execute(connection).map_err(|error| match error {
                Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                    StoreError::Taken(format!("a recipient of {} with this address", recipient.unit))
                }
                other => other.into(),
            })?;
        }
        Ok(())
    })
}

/// Gives a recipient who is there another role, language and schedule, the PDF or none, and the address as it is written now.
///
/// # Errors
/// [`StoreError::Unknown`] when there is none of this number.
pub fn update(connection: &mut AnyConnection, known: &KnownRecipient) -> Result<(), StoreError> {
    let row = recipients::table.filter(recipients::id.eq(known.number).and(recipients::removed.is_null()));
    let set = (recipients::address.eq(known.recipient.address.reveal()), wishes(&known.recipient));
    let n_changed = diesel::update(row).set(set).execute(connection)?;
    if n_changed == 0 { Err(unknown(known.number)) } else { Ok(()) }
}

/// Erases a recipient's address and withholds the mail that waits for them. What was sent to them stays on record, without
/// saying where it went.
///
/// # Errors
/// [`StoreError::Unknown`] when there is none of this number.
pub fn remove(connection: &mut AnyConnection, number: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let row = recipients::table.filter(recipients::id.eq(number).and(recipients::removed.is_null()));
        let set = (recipients::address.eq(None::<&str>), recipients::removed.eq(now.naive_utc()));
        if diesel::update(row).set(set).execute(connection)? == 0 {
            return Err(unknown(number));
        }
        outbox::withhold(connection, number, "the recipient was removed", now)
    })
}

/// Notes whether mail to a recipient comes back for good.
pub(super) fn mark_returned(
    connection: &mut AnyConnection,
    number: i32,
    since: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let row = recipients::table.filter(recipients::id.eq(number));
    diesel::update(row).set(recipients::returned.eq(since.map(|since| since.naive_utc()))).execute(connection)?;
    Ok(())
}

type Wishes<'a> = (
    diesel::dsl::Eq<recipients::role, &'a str>,
    diesel::dsl::Eq<recipients::language, &'a str>,
    diesel::dsl::Eq<recipients::schedule, String>,
    diesel::dsl::Eq<recipients::with_pdf, bool>,
);

fn wishes(recipient: &Recipient) -> Wishes<'_> {
    (
        recipients::role.eq(recipient.role.code()),
        recipients::language.eq(recipient.language.code()),
        recipients::schedule.eq(recipient.schedule.to_string()),
        recipients::with_pdf.eq(recipient.with_pdf),
    )
}

fn unknown(number: i32) -> StoreError {
    StoreError::Unknown(format!("recipient {number}"))
}

pub(super) type Row = (i32, Option<String>, String, String, String, String, bool, Option<NaiveDateTime>);

/// The columns of a [`Row`].
type Columns = (
    recipients::id,
    recipients::address,
    recipients::role,
    areas::code,
    recipients::language,
    recipients::schedule,
    recipients::with_pdf,
    recipients::returned,
);

pub(super) const COLUMNS: Columns = (
    recipients::id,
    recipients::address,
    recipients::role,
    areas::code,
    recipients::language,
    recipients::schedule,
    recipients::with_pdf,
    recipients::returned,
);

pub(super) fn read(row: Row) -> Result<KnownRecipient, StoreError> {
    let (number, address, role, unit, language, schedule, with_pdf, returned) = row;
    // The address itself must not end up in a message.
    let address = address.as_deref().and_then(|address| Address::parse(address).ok());
    Ok(KnownRecipient {
        number,
        recipient: Recipient {
            address: address.ok_or_else(|| StoreError::corrupt("address of recipient", number))?,
            role: read_role(&role)?,
            unit: area_numbers::read_code(&unit)?,
            language: Tongue::parse(&language).ok_or_else(|| StoreError::corrupt("language", &language))?,
            schedule: Schedule::parse(&schedule).map_err(|_| StoreError::corrupt("schedule", &schedule))?,
            with_pdf,
        },
        is_returned: returned.is_some(),
    })
}

pub(super) fn read_role(role: &str) -> Result<Role, StoreError> {
    Role::parse(role).ok_or_else(|| StoreError::corrupt("role", role))
}
