//! Which answer an interviewer's form number stands for.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::responses::NewResponse;
use super::rounds;
use super::schema::{devices, interviews};
use crate::domain::channel::Channel;
use crate::domain::ids::{ResponseId, RoundCode};
use crate::domain::quality::Device;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

/// Notes the numbers of interviewers' answers that are stored.
pub(super) fn note(connection: &mut AnyConnection, kept: &[&NewResponse]) -> Result<(), StoreError> {
    for row in kept.iter().filter(|row| row.channel == Channel::Interviewer) {
        let Some(arrival) = &row.arrival else { continue };
        diesel::sql_query(
            "INSERT INTO interviews (round, device, number, response)
             SELECT rounds.id, devices.id, $1, $2 FROM rounds, devices
             WHERE rounds.code = $3 AND devices.code = $4 AND devices.kind = 'interviewer'
             ON CONFLICT (round, device, number) DO NOTHING",
        )
        .bind::<BigInt, _>(arrival.number.cast_signed())
        .bind::<Binary, _>(row.id.as_bytes().as_slice())
        .bind::<Text, _>(row.round.as_str())
        .bind::<Text, _>(arrival.device.as_str())
        .execute(connection)?;
    }
    Ok(())
}

/// Every interview of a round by device and number, in that order, with its response.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn all(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<(Device, u64, ResponseId)>, StoreError> {
    let number = rounds::number(connection, round)?;
    let rows: Vec<(String, i64, Vec<u8>)> = interviews::table
        .inner_join(devices::table)
        .filter(interviews::round.eq(number))
        .select((devices::code, interviews::number, interviews::response))
        .load(connection)?;
    let mut all = rows
        .into_iter()
        .map(|(device, number, response)| {
            let device = Device::parse(&device).map_err(|_| StoreError::corrupt("device", device))?;
            let id = response.try_into().map_err(|bytes| StoreError::corrupt("response id", bytes))?;
            Ok((device, number.unsigned_abs(), ResponseId::from_bytes(id)))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    all.sort();
    Ok(all)
}
