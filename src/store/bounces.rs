//! Mail that came back: which notices were read, and whom mail does not reach any more.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{outbox, recipients};
use super::{outbox as queue, recipients as people};
use crate::domain::bounce::{Bounce, Noted};
use crate::domain::outbox::MailState;
use crate::domain::recipient::Address;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text, Timestamp};

/// Notes a bounce. The mail that came back says so; if the mailbox is gone, its recipient gets no more until somebody says
/// otherwise.
///
/// # Errors
/// When the database does not answer.
pub fn note(connection: &mut AnyConnection, bounce: &Bounce, now: DateTime<Utc>) -> Result<Noted, StoreError> {
    connection.transact(|connection| {
        let mut noted = Noted::Nobody;
        for (recipient, mail) in concerned(connection, bounce)? {
            let n_new = diesel::sql_query(
                "INSERT INTO bounces (recipient, notice, outbox, noted, is_final, reason)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (recipient, notice) DO NOTHING",
            )
            .bind::<Integer, _>(recipient)
            .bind::<Binary, _>(bounce.notice.0.as_slice())
            .bind::<Nullable<Integer>, _>(mail)
            .bind::<Timestamp, _>(now.naive_utc())
            .bind::<Bool, _>(bounce.is_final)
            .bind::<Text, _>(bounce.reason.as_str())
            .execute(connection)?;
            noted = noted.min(if n_new == 0 { Noted::Before } else { Noted::New });
            if n_new > 0 && bounce.is_final {
                mark(connection, recipient, mail, (bounce, now))?;
            }
        }
        Ok(noted)
    })
}

/// The recipients it is about, each with the mail that came back if that is known. A mail is told by its token; an address may
/// belong to recipients of several units.
fn concerned(connection: &mut AnyConnection, bounce: &Bounce) -> Result<Vec<(i32, Option<i32>)>, StoreError> {
    if let Some(token) = &bounce.token {
        let mail = outbox::table.filter(outbox::token.eq(token)).select((outbox::recipient, outbox::id));
        let found: Option<(i32, i32)> = mail.first(connection).optional()?;
        if let Some((recipient, mail)) = found {
            return Ok(vec![(recipient, Some(mail))]);
        }
    }
    let Some(address) = &bounce.address else { return Ok(Vec::new()) };
    let rows: Vec<(i32, Option<String>)> = recipients::table
        .filter(recipients::removed.is_null())
        .select((recipients::id, recipients::address))
        .load(connection)?;
    let is_same = |text: &str| Address::parse(text).is_ok_and(|own| own.is_same_as(address));
    let same = rows.into_iter().filter(|(_, own)| own.as_deref().is_some_and(is_same));
    Ok(same.map(|(recipient, _)| (recipient, None)).collect())
}

fn mark(
    connection: &mut AnyConnection,
    recipient: i32,
    mail: Option<i32>,
    (bounce, now): (&Bounce, DateTime<Utc>),
) -> Result<(), StoreError> {
    if bounce.is_mailbox_gone {
        people::mark_returned(connection, recipient, Some(now))?;
        queue::withhold(connection, recipient, "mail to the recipient came back", now)?;
    }
    if let Some(mail) = mail {
        let taken = [MailState::Sent, MailState::Uncertain, MailState::Sending].map(MailState::code);
        let row = outbox::table.filter(outbox::id.eq(mail).and(outbox::state.eq_any(taken)));
        let set = (
            outbox::state.eq(MailState::Returned.code()),
            outbox::reason.eq(bounce.reason.as_str()),
            outbox::settled.eq(now.naive_utc()),
        );
        diesel::update(row).set(set).execute(connection)?;
    }
    Ok(())
}
