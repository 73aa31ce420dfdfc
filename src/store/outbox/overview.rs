//! The queue as the operator sees it, and what the operator does about it.

use super::{read_edition, read_round};
use crate::domain::ids::RoundCode;
use crate::domain::outbox::{MailState, QueuedMail, Reason};
use crate::store::areas as area_numbers;
use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::recipients as people;
use crate::store::schema::{areas, outbox, recipients, rounds};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Which mail is meant; an empty selection means all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// About this round only.
    pub round: Option<RoundCode>,
    /// To this recipient only.
    pub recipient: Option<i32>,
    /// In these states only; in any if empty.
    pub states: Vec<MailState>,
}

/// How many mails are in each state; a state without any is not in the list.
///
/// # Errors
/// When the database does not answer.
pub fn counts(connection: &mut AnyConnection) -> Result<BTreeMap<MailState, u64>, StoreError> {
    let rows: Vec<(String, i64)> =
        outbox::table.group_by(outbox::state).select((outbox::state, diesel::dsl::count_star())).load(connection)?;
    rows.into_iter().map(|(state, n)| Ok((read_state(&state)?, n.unsigned_abs()))).collect()
}

/// The mails of a selection, in the order they were queued.
///
/// # Errors
/// When the database does not answer or holds mail that cannot be read.
pub fn list(connection: &mut AnyConnection, selection: &Selection) -> Result<Vec<QueuedMail>, StoreError> {
    type Named = (i32, i32, String, String, String, String);
    type Stood = (String, i32, NaiveDateTime, Option<NaiveDateTime>, String);
    let rows: Vec<(Named, Stood)> = outbox::table
        .inner_join(rounds::table)
        .inner_join(recipients::table.inner_join(areas::table.on(areas::id.eq(recipients::unit))))
        .order(outbox::id)
        .select((
            (outbox::id, recipients::id, recipients::role, areas::code, rounds::code, outbox::edition),
            (outbox::state, outbox::attempts, outbox::next_try, outbox::settled, outbox::reason),
        ))
        .load(connection)?;
    let mails = rows.into_iter().map(|(named, stood)| {
        let (id, recipient, role, unit, round, edition) = named;
        let (state, n_attempts, next_try, settled, reason) = stood;
        Ok(QueuedMail {
            id,
            recipient,
            role: people::read_role(&role)?,
            unit: area_numbers::read_code(&unit)?,
            round: read_round(&round)?,
            edition: read_edition(&edition)?,
            state: read_state(&state)?,
            n_attempts: n_attempts.unsigned_abs(),
            next_try: next_try.and_utc(),
            settled: settled.map(|settled| settled.and_utc()),
            reason: Reason::of(&reason),
        })
    });
    let mails: Vec<QueuedMail> = mails.collect::<Result<_, StoreError>>()?;
    Ok(mails.into_iter().filter(|mail| selection.holds(mail)).collect())
}

/// Puts the mails of a selection back into the queue, due now, and forgets that mail to their recipients came back. Mail that
/// is going out, was taken, or whose recipient was removed is left alone. Returns how many were put back.
///
/// # Errors
/// When the database does not answer.
pub fn retry(connection: &mut AnyConnection, selection: &Selection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    connection.transact(|connection| {
        let mut n_back = 0;
        for mail in list(connection, selection)? {
            // Who has just claimed it, or settled it meanwhile, keeps it.
            let same = outbox::id
                .eq(mail.id)
                .and(outbox::state.eq(mail.state.code()))
                .and(outbox::claimed_until.is_null().or(outbox::claimed_until.assume_not_null().le(now.naive_utc())));
            let is_there = diesel::dsl::exists(
                recipients::table.filter(recipients::id.eq(mail.recipient).and(recipients::removed.is_null())),
            );
            if !(mail.state.waits() || mail.state.needs_somebody())
                || !diesel::select(is_there).get_result(connection)?
            {
                continue;
            }
            let set = (
                outbox::state.eq(MailState::Queued.code()),
                outbox::queued.eq(now.naive_utc()),
                outbox::next_try.eq(now.naive_utc()),
                outbox::attempts.eq(0),
                outbox::settled.eq(None::<NaiveDateTime>),
                outbox::claimed_by.eq(None::<&str>),
                outbox::claimed_until.eq(None::<NaiveDateTime>),
            );
            n_back += diesel::update(outbox::table.filter(same)).set(set).execute(connection)?;
            people::mark_returned(connection, mail.recipient, None)?;
        }
        Ok(n_back)
    })
}

impl Selection {
    fn holds(&self, mail: &QueuedMail) -> bool {
        self.round.as_ref().is_none_or(|round| *round == mail.round)
            && self.recipient.is_none_or(|recipient| recipient == mail.recipient)
            && (self.states.is_empty() || self.states.contains(&mail.state))
    }
}

fn read_state(state: &str) -> Result<MailState, StoreError> {
    MailState::parse(state).ok_or_else(|| StoreError::corrupt("state of mail", state))
}
