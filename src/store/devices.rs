//! Devices: enrolled with a one-time code, known by the digest of a key, and the numbers of the answers that came from each.

use super::areas as area_numbers;
use super::connection::AnyConnection;
use super::directory;
use super::error::StoreError;
use super::schema::{areas, devices};
use crate::domain::device::{Arrival, DeviceKind, DeviceReport, EnrolledDevice, Numbers, Standing};
use crate::domain::ids::{AreaCode, Digest};
use crate::domain::quality::Device;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use std::collections::BTreeMap;

/// A device that is being enrolled.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its name.
    pub code: Device,
    /// What it is for.
    pub kind: DeviceKind,
    /// Where it stands.
    pub desk: AreaCode,
    /// What the operator calls it.
    pub label: String,
    /// When it is enrolled.
    pub enrolled: DateTime<Utc>,
    /// SHA-256 of its one-time code.
    pub pairing: Digest,
    /// Until when the code may be used.
    pub pairing_ends: DateTime<Utc>,
}

/// Stores a new device.
///
/// # Errors
/// [`StoreError::Taken`] when the name is in use, [`StoreError::Unknown`] for a desk that is not there.
pub fn insert(connection: &mut AnyConnection, device: &NewDevice) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let row = (
            devices::code.eq(device.code.as_str()),
            devices::kind.eq(device.kind.code()),
            devices::desk.eq(area_numbers::number(&area_numbers::numbers(connection)?, &device.desk)?),
            devices::label.eq(&device.label),
            devices::enrolled.eq(device.enrolled.naive_utc()),
            devices::pairing.eq(device.pairing.0.as_slice()),
            devices::pairing_ends.eq(device.pairing_ends.naive_utc()),
            (devices::arrived.eq(""), devices::version.eq("")),
            (devices::assigned.eq(0_i64), devices::waiting.eq(0_i64), devices::aside.eq(0_i64)),
        );
        diesel::insert_into(devices::table).values(row).execute(connection).map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                StoreError::Taken(format!("device {}", device.code))
            }
            other => other.into(),
        })?;
        directory::note_change(connection)
    })
}

/// Gives the device whose one-time code has this digest its key, and forgets the code; of two who come with the same code,
/// one gets it. Returns the device's name; none when the code is wrong, used or out of date.
///
/// # Errors
/// When the database does not answer.
pub fn pair(
    connection: &mut AnyConnection,
    pairing: Digest,
    key: Digest,
    now: DateTime<Utc>,
) -> Result<Option<Device>, StoreError> {
    connection.transact(|connection| {
        let open = devices::table.filter(
            devices::pairing
                .eq(pairing.0.as_slice())
                .and(devices::pairing_ends.gt(now.naive_utc()))
                .and(devices::revoked.is_null()),
        );
        let found: Option<(i32, String)> = open.select((devices::id, devices::code)).first(connection).optional()?;
        let Some((id, code)) = found else { return Ok(None) };
        let waits = devices::table.filter(devices::id.eq(id).and(devices::pairing.eq(pairing.0.as_slice())));
        let set = (devices::key.eq(Some(key.0.as_slice())), devices::pairing.eq(None::<Vec<u8>>));
        if diesel::update(waits).set(set).execute(connection)? == 0 {
            return Ok(None);
        }
        directory::note_change(connection)?;
        read_code(&code).map(Some)
    })
}

/// Lets a device send no more.
///
/// # Errors
/// [`StoreError::Unknown`] when there is no such device that may send.
pub fn revoke(connection: &mut AnyConnection, device: &Device, now: DateTime<Utc>) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let in_use = devices::table.filter(devices::code.eq(device.as_str()).and(devices::revoked.is_null()));
        let set = (devices::revoked.eq(now.naive_utc()), devices::pairing.eq(None::<Vec<u8>>));
        if diesel::update(in_use).set(set).execute(connection)? == 0 {
            return Err(StoreError::Unknown(format!("device {device}")));
        }
        directory::note_change(connection)
    })
}

/// Notes what a device says of itself, and returns what is known of it then; none when it is not there.
///
/// # Errors
/// When the database does not answer.
pub fn note_report(
    connection: &mut AnyConnection,
    device: &Device,
    report: &DeviceReport,
) -> Result<Option<EnrolledDevice>, StoreError> {
    let of_device = devices::table.filter(devices::code.eq(device.as_str()));
    let set = (
        devices::waiting.eq(report.waiting.cast_signed()),
        devices::aside.eq(report.aside.cast_signed()),
        devices::version.eq(&report.version),
        devices::synced.eq(report.synced.naive_utc()),
    );
    diesel::update(of_device).set(set).execute(connection)?;
    // A device that has lost its memory gives a lower number than before; what it lost is missing all the same.
    let assigned = report.assigned.cast_signed();
    let is_behind = of_device.filter(devices::assigned.lt(assigned));
    diesel::update(is_behind).set(devices::assigned.eq(assigned)).execute(connection)?;
    let row: Option<Row> = of_device.inner_join(areas::table).select(COLUMNS).first(connection).optional()?;
    row.map(|row| read(row).map(|(device, _)| device)).transpose()
}

/// Every device with the digest of its key, in the order they were enrolled.
///
/// # Errors
/// When the database does not answer or holds a device that cannot be read.
pub fn all(connection: &mut AnyConnection) -> Result<Vec<(EnrolledDevice, Option<Digest>)>, StoreError> {
    let rows: Vec<Row> = devices::table.inner_join(areas::table).order(devices::id).select(COLUMNS).load(connection)?;
    rows.into_iter().map(read).collect()
}

/// Adds the numbers of answers that are stored to those that came, in the order of the devices.
pub(super) fn note_arrivals<'a>(
    connection: &mut AnyConnection,
    arrivals: impl Iterator<Item = &'a Arrival>,
) -> Result<(), StoreError> {
    let mut by_device: BTreeMap<&Device, Vec<u64>> = BTreeMap::new();
    for Arrival { device, number } in arrivals {
        by_device.entry(device).or_default().push(*number);
    }
    for (device, numbers) in by_device {
        let Some((id, text)) = lock_by_backend(connection, device)? else { continue };
        let mut arrived = Numbers::parse(&text).ok_or_else(|| StoreError::corrupt("numbers of device", device))?;
        // All of them are added; `any` would stop at the first that is new.
        let n_new = numbers.into_iter().filter(|number| arrived.insert(*number)).count();
        if n_new > 0 {
            diesel::update(devices::table.find(id))
                .set(devices::arrived.eq(arrived.to_string()))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// Reads a device's numbers and, on PostgreSQL, makes others wait who want to add to them.
fn lock_by_backend(connection: &mut AnyConnection, device: &Device) -> Result<Option<(i32, String)>, StoreError> {
    let row = devices::table.filter(devices::code.eq(device.as_str())).select((devices::id, devices::arrived));
    Ok(match connection {
        AnyConnection::Sqlite(sqlite) => row.first(sqlite).optional()?,
        AnyConnection::Pg(postgres) => row.for_update().first(postgres).optional()?,
    })
}

/// What names a device.
type Named = (String, String, String, String);
/// How it stands: the end of its one-time code, when it was revoked, and the digest of its key.
type Stood = (Option<NaiveDateTime>, Option<NaiveDateTime>, Option<Vec<u8>>);
/// What came from it, and what it said.
type Said = (String, i64, i64, i64, String, Option<NaiveDateTime>);
type Row = (Named, Stood, Said);

/// The columns of a [`Row`].
type Columns = (
    (devices::code, devices::kind, areas::code, devices::label),
    (devices::pairing_ends, devices::revoked, devices::key),
    (devices::arrived, devices::assigned, devices::waiting, devices::aside, devices::version, devices::synced),
);
const COLUMNS: Columns = (
    (devices::code, devices::kind, areas::code, devices::label),
    (devices::pairing_ends, devices::revoked, devices::key),
    (devices::arrived, devices::assigned, devices::waiting, devices::aside, devices::version, devices::synced),
);

fn read(row: Row) -> Result<(EnrolledDevice, Option<Digest>), StoreError> {
    let ((code, kind, desk, label), (pairing_ends, revoked, key), (arrived, assigned, waiting, aside, version, synced)) =
        row;
    let standing = match (revoked, &key, pairing_ends) {
        (Some(revoked), _, _) => Standing::Revoked(revoked.and_utc()),
        (None, None, Some(ends)) => Standing::Awaited(ends.and_utc()),
        (None, ..) => Standing::Paired,
    };
    let report = synced.map(|synced| DeviceReport {
        synced: synced.and_utc(),
        assigned: assigned.unsigned_abs(),
        waiting: waiting.unsigned_abs(),
        aside: aside.unsigned_abs(),
        version,
    });
    let device = EnrolledDevice {
        kind: DeviceKind::parse(&kind).ok_or_else(|| StoreError::corrupt("kind of device", &kind))?,
        desk: area_numbers::read_code(&desk)?,
        arrived: Numbers::parse(&arrived).ok_or_else(|| StoreError::corrupt("numbers of device", &code))?,
        code: read_code(&code)?,
        label,
        standing,
        report,
    };
    let key = key.map(|key| key.try_into().map_err(|bytes| StoreError::corrupt("key of device", bytes))).transpose()?;
    Ok((device, key.map(Digest)))
}

fn read_code(code: &str) -> Result<Device, StoreError> {
    Device::parse(code).map_err(|_| StoreError::corrupt("device", code))
}
