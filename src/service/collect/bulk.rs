//! Many answers in one transaction: a sheet of paper forms, or what a device had in its outbox.

use super::directory::KnownRound;
use super::{CollectRefusal, Collected, Submission, read_insertion};
use crate::domain::ids::RoundCode;
use crate::domain::publication::{LateArrival, LateFile, LateKind};
use crate::service::Service;
use crate::store::publications;
use crate::store::responses::{self, Insertion, Intake, NewResponse};
use crate::store::{Connection, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Rows per statement: enough to make a journey to the server worth it, small enough for its memory.
const BATCH: usize = 1_000;

/// What became, or would become, of each of many submissions, in their order.
pub type Outcomes = Vec<Result<Collected, CollectRefusal>>;

/// Why a transaction is undone.
enum Undo {
    Unwanted(Outcomes),
    Failed(StoreError),
}

impl From<StoreError> for Undo {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Service {
    /// Stores many submissions in one transaction, if `is_wanted` says so when it is known what becomes of each; otherwise
    /// nothing is stored, and the outcomes say what would have been. `told` hears now and then how many are done.
    ///
    /// What is in a `late` file goes into published rounds, and that it came is noted with it.
    ///
    /// # Errors
    /// When the database fails; then nothing is stored.
    ///
    /// # Panics
    /// On a thread that drives an async runtime: it blocks, so it belongs on a thread of its own or the blocking pool.
    pub fn store_many(
        &self,
        submissions: Vec<Submission>,
        late: Option<&LateFile>,
        is_wanted: impl FnOnce(&Outcomes) -> bool,
        mut told: impl FnMut(usize),
    ) -> Result<Outcomes, CollectRefusal> {
        let known = self.directory.renewed_blocking()?;
        let (mut responses, mut rounds) = (Vec::new(), Vec::new());
        let mut refusals: Vec<Option<CollectRefusal>> = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let round = known.admit(&submission.round, &submission.desk);
            match round.and_then(|round| Ok((self.prepare(round, submission)?, round))) {
                Ok((response, round)) => {
                    responses.push(response);
                    rounds.push(round);
                    refusals.push(None);
                }
                Err(refusal) => refusals.push(Some(refusal)),
            }
        }
        let stored = self.store.with(|connection| {
            let done = connection.transact(|connection| {
                let mut inserted = insert(connection, (&responses, &rounds), late, &mut told)?.into_iter();
                let outcome = |refusal| match refusal {
                    Some(refusal) => Err(refusal),
                    None => inserted.next().unwrap_or(Err(CollectRefusal::Unavailable)),
                };
                let outcomes = refusals.into_iter().map(outcome).collect();
                if is_wanted(&outcomes) { Ok(outcomes) } else { Err(Undo::Unwanted(outcomes)) }
            });
            match done {
                Ok(outcomes) | Err(Undo::Unwanted(outcomes)) => Ok(outcomes),
                Err(Undo::Failed(error)) => Err(error),
            }
        });
        stored.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "answers could not be imported");
            CollectRefusal::Unavailable
        })
    }
}

fn insert(
    connection: &mut Connection,
    (all, rounds): (&[NewResponse], &[&KnownRound]),
    late: Option<&LateFile>,
    mut told: impl FnMut(usize),
) -> Result<Outcomes, StoreError> {
    let mut insertions = Vec::with_capacity(all.len());
    let arrived = Utc::now();
    let intake = if late.is_some() { Intake::Late(arrived) } else { Intake::Open };
    for batch in all.chunks(BATCH) {
        insertions.extend(responses::insert_batch(connection, batch, intake)?);
        told(insertions.len());
    }
    if let Some(file) = late {
        note_arrivals(connection, (file, arrived), all.iter().zip(&insertions))?;
    }
    Ok(insertions.into_iter().zip(rounds).map(|(insertion, round)| read_insertion(insertion, round)).collect())
}

/// Notes how many new answers a file brought to each round.
fn note_arrivals<'a>(
    connection: &mut Connection,
    (file, arrived): (&LateFile, DateTime<Utc>),
    settled: impl Iterator<Item = (&'a NewResponse, &'a Insertion)>,
) -> Result<(), StoreError> {
    let mut n_stored: BTreeMap<&RoundCode, u64> = BTreeMap::new();
    for (response, _) in settled.filter(|(_, insertion)| **insertion == Insertion::Stored) {
        *n_stored.entry(&response.round).or_default() += 1;
    }
    for (round, n) in n_stored {
        let arrival = LateArrival { kind: LateKind::Answers, file: file.clone(), n, arrived };
        publications::note_arrival(connection, round, &arrival)?;
    }
    Ok(())
}
