//! The answers that came to a round after it was published: told apart, so that those behind an earlier revision can be read.

use super::NewResponse;
use crate::domain::ids::RoundCode;
use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::rounds;
use crate::store::schema::{late_responses, responses};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Notes when rows came that have just been stored.
pub(super) fn note<'a>(
    connection: &mut AnyConnection,
    stored: impl Iterator<Item = &'a NewResponse>,
    arrived: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut by_round: BTreeMap<&RoundCode, Vec<&[u8]>> = BTreeMap::new();
    for row in stored {
        by_round.entry(&row.round).or_default().push(row.id.as_bytes());
    }
    for (round, ids) in by_round {
        let round = rounds::number(connection, round)?;
        let arrived = rounds::instant(arrived).into_sql::<Timestamp>();
        let stored = responses::table.filter(responses::round.eq(round)).filter(responses::id.eq_any(ids));
        let noted = diesel::insert_into(late_responses::table)
            .values(stored.select((responses::round, responses::id, arrived)))
            .into_columns((late_responses::round, late_responses::response, late_responses::arrived));
        match connection {
            AnyConnection::Sqlite(sqlite) => noted.execute(sqlite)?,
            AnyConnection::Pg(postgres) => noted.execute(postgres)?,
        };
    }
    Ok(())
}

/// The responses of a round that came after an instant.
#[derive(Default)]
pub(super) struct Late {
    ids: HashSet<[u8; 16]>,
    /// How many, by the number of the desk.
    pub(super) n_by_desk: HashMap<i32, i64>,
}

impl Late {
    /// Those after an instant; none where no instant is named.
    pub(super) fn after(
        connection: &mut AnyConnection,
        round: i32,
        instant: Option<DateTime<Utc>>,
    ) -> Result<Self, StoreError> {
        let Some(instant) = instant else { return Ok(Self::default()) };
        let is_it = responses::round.eq(late_responses::round).and(responses::id.eq(late_responses::response));
        let rows: Vec<(Vec<u8>, i32)> = late_responses::table
            .inner_join(responses::table.on(is_it))
            .filter(late_responses::round.eq(round))
            .filter(late_responses::arrived.gt(rounds::instant(instant)))
            .select((late_responses::response, responses::desk))
            .load(connection)?;
        let mut late = Self::default();
        for (id, desk) in rows {
            late.ids.insert(id.try_into().map_err(|bytes| StoreError::corrupt("response id", bytes))?);
            *late.n_by_desk.entry(desk).or_default() += 1;
        }
        Ok(late)
    }

    pub(super) fn has(&self, id: &[u8]) -> bool {
        !self.ids.is_empty() && self.ids.contains(id)
    }
}
