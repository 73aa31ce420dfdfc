//! The queue of mail. Whoever sends takes a row by compare-and-set and keeps it for a while; every step afterwards holds only
//! if the row is still theirs, so any number of servers may send from one queue.

mod overview;

pub use overview::{Selection, counts, list, retry};

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{areas, outbox, recipients, rounds};
use super::{recipients as people, rounds as round_numbers};
use crate::domain::ids::RoundCode;
use crate::domain::outbox::{ClaimedMail, Edition, MailState, Outcome, Reason};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text, Timestamp};

/// Rows looked at in one go when one is claimed: enough that servers that run into each other find another one.
const CANDIDATES: i64 = 32;

/// The states of mail that waits to be tried.
const WAITING: [MailState; 2] = [MailState::Queued, MailState::Temporary];

/// A mail that is about to join the queue.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// The recipient's number.
    pub recipient: i32,
    /// 32 random hex digits: the left side of its Message-ID.
    pub token: String,
    /// Why it is not to be tried at all, if it is not.
    pub withheld: Option<Reason>,
}

/// A claim on mail: whose, and until when.
#[derive(Debug, Clone)]
pub struct Claim {
    /// 32 hex digits that nobody else has.
    pub by: String,
    /// The instant at which it is made.
    pub now: DateTime<Utc>,
    /// When it ends by itself, so that the mail of a server that died is not lost.
    pub until: DateTime<Utc>,
}

/// Queues mail about an edition of a round's figures, as part of the transaction that makes the figures public. A recipient
/// who has the edition in the queue already gets it no second time. Returns how many rows are new.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn queue(
    connection: &mut AnyConnection,
    round: &RoundCode,
    edition: Edition,
    mails: &[NewMail],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    connection.transact(|connection| {
        let round = round_numbers::number(connection, round)?;
        let mut n_new = 0;
        for mail in mails {
            let state = if mail.withheld.is_some() { MailState::Withheld } else { MailState::Queued };
            let reason = mail.withheld.as_ref().map_or("", Reason::as_str);
            n_new += diesel::sql_query(
                "INSERT INTO outbox (recipient, round, edition, token, state, queued, attempts, next_try, reason)
                 VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8) ON CONFLICT (recipient, round, edition) DO NOTHING",
            )
            .bind::<Integer, _>(mail.recipient)
            .bind::<Integer, _>(round)
            .bind::<Text, _>(edition.to_string())
            .bind::<Text, _>(&mail.token)
            .bind::<Text, _>(state.code())
            .bind::<Timestamp, _>(now.naive_utc())
            .bind::<Timestamp, _>(now.naive_utc())
            .bind::<Text, _>(reason)
            .execute(connection)?;
        }
        Ok(n_new)
    })
}

/// Claims the mail that has been due for longest; none when nothing is due that nobody has claimed.
///
/// # Errors
/// When the database does not answer or holds mail that cannot be read.
pub fn claim(connection: &mut AnyConnection, claim: &Claim) -> Result<Option<ClaimedMail>, StoreError> {
    loop {
        let due: Vec<i32> = outbox::table
            .filter(free(claim.now))
            .order((outbox::next_try, outbox::id))
            .limit(CANDIDATES)
            .select(outbox::id)
            .load(connection)?;
        if due.is_empty() {
            return Ok(None);
        }
        for id in due {
            let set = (outbox::claimed_by.eq(&claim.by), outbox::claimed_until.eq(claim.until.naive_utc()));
            let taken = connection.with_retries(|connection| {
                Ok(diesel::update(outbox::table.filter(outbox::id.eq(id).and(free(claim.now))))
                    .set(set)
                    .execute(connection)?)
            })?;
            if taken == 1 {
                return read_claimed(connection, id).map(Some);
            }
        }
    }
}

/// Whether anything is due that nobody has claimed.
///
/// # Errors
/// When the database does not answer.
pub fn has_due(connection: &mut AnyConnection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let first: Option<i32> = outbox::table.filter(free(now)).select(outbox::id).first(connection).optional()?;
    Ok(first.is_some())
}

/// Whatever is due and not claimed, without claiming it: for a dry run.
///
/// # Errors
/// When the database does not answer or holds mail that cannot be read.
pub fn due(connection: &mut AnyConnection, now: DateTime<Utc>) -> Result<Vec<ClaimedMail>, StoreError> {
    let ids: Vec<i32> =
        outbox::table.filter(free(now)).order((outbox::next_try, outbox::id)).select(outbox::id).load(connection)?;
    ids.into_iter().map(|id| read_claimed(connection, id)).collect()
}

/// Marks a claimed mail as going out, and holds it until `claim.until`. False when it is not the claimer's any more; then
/// nothing of it may be sent.
///
/// # Errors
/// When the database does not answer.
pub fn begin(connection: &mut AnyConnection, id: i32, claim: &Claim) -> Result<bool, StoreError> {
    let set = (outbox::state.eq(MailState::Sending.code()), outbox::claimed_until.eq(claim.until.naive_utc()));
    let begun = connection.with_retries(|connection| {
        let own = outbox::table.filter(own(id, claim, WAITING.to_vec()));
        Ok(diesel::update(own).set(set).execute(connection)?)
    })?;
    Ok(begun == 1)
}

/// Writes down what became of a claimed mail, and gives the claim up. A mail that was called uncertain meanwhile, because its
/// claim had ended, becomes what it is. False when somebody else has it by now.
///
/// # Errors
/// When the database does not answer.
pub fn settle(
    connection: &mut AnyConnection,
    id: i32,
    claim: &Claim,
    outcome: &Outcome,
    next_try: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let nothing = Reason::default();
    let (state, reason) = match outcome {
        Outcome::Sent => (MailState::Sent, &nothing),
        Outcome::Temporary(reason) => (MailState::Temporary, reason),
        Outcome::Refused(reason) => (MailState::Refused, reason),
        Outcome::Uncertain(reason) => (MailState::Uncertain, reason),
    };
    let open = [WAITING, [MailState::Sending, MailState::Uncertain]].concat();
    let set = (
        outbox::state.eq(state.code()),
        outbox::reason.eq(reason.as_str()),
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::next_try.eq(next_try.naive_utc()),
        outbox::claimed_by.eq(None::<&str>),
        outbox::claimed_until.eq(None::<NaiveDateTime>),
        outbox::settled.eq((!state.waits()).then(|| claim.now.naive_utc())),
    );
    let settled = connection.with_retries(|connection| {
        let own = outbox::table.filter(own(id, claim, open.clone()));
        Ok(diesel::update(own).set(set).execute(connection)?)
    })?;
    Ok(settled == 1)
}

/// Gives a claim up without a try: the mail server could not be talked to at all.
///
/// # Errors
/// When the database does not answer.
pub fn release(connection: &mut AnyConnection, id: i32, claim: &Claim) -> Result<(), StoreError> {
    let set = (outbox::claimed_by.eq(None::<&str>), outbox::claimed_until.eq(None::<NaiveDateTime>));
    connection.with_retries(|connection| {
        let own = outbox::table.filter(own(id, claim, WAITING.to_vec()));
        diesel::update(own).set(set).execute(connection)?;
        Ok(())
    })
}

/// Makes visible what nobody is working at any more: mail that was going out when its sender died becomes uncertain, mail
/// that has waited since `oldest` or before is given up. Returns how many rows became either.
///
/// # Errors
/// When the database does not answer.
pub fn sweep(
    connection: &mut AnyConnection,
    now: DateTime<Utc>,
    oldest: DateTime<Utc>,
) -> Result<(usize, usize), StoreError> {
    let instant = now.naive_utc();
    connection.transact_with_retries(|connection| {
        let lost =
            outbox::table.filter(outbox::state.eq(MailState::Sending.code()).and(outbox::claimed_until.le(instant)));
        // Whose claim it was stays, so that a sender that was only slow can still tell what became of it.
        let n_uncertain = diesel::update(lost)
            .set((
                outbox::state.eq(MailState::Uncertain.code()),
                outbox::reason.eq("the sender stopped while the text went out; it may have arrived or not"),
                outbox::settled.eq(instant),
            ))
            .execute(connection)?;
        let n_given_up = diesel::sql_query(
            "UPDATE outbox SET state = 'given-up', settled = $1, reason = CASE reason
             WHEN '' THEN 'no mail server was reached' ELSE reason END
             WHERE state IN ('queued', 'temporary') AND queued <= $2
             AND (claimed_until IS NULL OR claimed_until <= $3)",
        )
        .bind::<Timestamp, _>(instant)
        .bind::<Timestamp, _>(oldest.naive_utc())
        .bind::<Timestamp, _>(instant)
        .execute(connection)?;
        Ok((n_uncertain, n_given_up))
    })
}

/// Withholds what still waits of a round's revisions before this one: nobody shall be sent figures that were corrected
/// meanwhile.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn supersede(
    connection: &mut AnyConnection,
    round: &RoundCode,
    revision: u32,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let round = round_numbers::number(connection, round)?;
    let earlier: Vec<String> = (1..revision).map(|before| Edition::Revision(before).to_string()).collect();
    let waits = outbox::table
        .filter(outbox::round.eq(round).and(outbox::edition.eq_any(earlier)))
        .filter(outbox::state.eq_any(codes(WAITING.to_vec())));
    // Without its claim, whoever is about to send it cannot begin.
    let set = (
        outbox::state.eq(MailState::Withheld.code()),
        outbox::reason.eq(format!("revision {revision} was published before it was sent")),
        outbox::settled.eq(now.naive_utc()),
        outbox::claimed_by.eq(None::<&str>),
    );
    Ok(diesel::update(waits).set(set).execute(connection)?)
}

/// Withholds what waits for a recipient.
pub(super) fn withhold(
    connection: &mut AnyConnection,
    recipient: i32,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let waits =
        outbox::table.filter(outbox::recipient.eq(recipient).and(outbox::state.eq_any(codes(WAITING.to_vec()))));
    let set = (
        outbox::state.eq(MailState::Withheld.code()),
        outbox::reason.eq(reason),
        outbox::settled.eq(now.naive_utc()),
        outbox::claimed_by.eq(None::<&str>),
    );
    diesel::update(waits).set(set).execute(connection)?;
    Ok(())
}

/// Whether a row is due and not claimed.
#[diesel::dsl::auto_type]
fn free(now: DateTime<Utc>) -> _ {
    let instant: NaiveDateTime = now.naive_utc();
    let waits: Vec<&'static str> = codes(WAITING.to_vec());
    let unclaimed = outbox::claimed_until.is_null().or(outbox::claimed_until.assume_not_null().le(instant));
    outbox::state.eq_any(waits).and(outbox::next_try.le(instant)).and(unclaimed)
}

/// Whether it is this row, still the claimer's, and in one of these states.
#[diesel::dsl::auto_type]
fn own(id: i32, claim: &Claim, states: Vec<MailState>) -> _ {
    let by: String = claim.by.clone();
    let states: Vec<&'static str> = codes(states);
    outbox::id.eq(id).and(outbox::claimed_by.eq(by)).and(outbox::state.eq_any(states))
}

fn codes(states: Vec<MailState>) -> Vec<&'static str> {
    states.into_iter().map(MailState::code).collect()
}

fn read_claimed(connection: &mut AnyConnection, id: i32) -> Result<ClaimedMail, StoreError> {
    type Own = (String, i32, String, String);
    let (own, to): (Own, people::Row) = outbox::table
        .inner_join(rounds::table)
        .inner_join(recipients::table.inner_join(areas::table.on(areas::id.eq(recipients::unit))))
        .filter(outbox::id.eq(id))
        .select(((outbox::token, outbox::attempts, rounds::code, outbox::edition), people::COLUMNS))
        .first(connection)?;
    let (token, n_attempts, round, edition) = own;
    Ok(ClaimedMail {
        id,
        token,
        n_attempts: n_attempts.unsigned_abs(),
        round: read_round(&round)?,
        edition: read_edition(&edition)?,
        to: people::read(to)?,
    })
}

fn read_round(code: &str) -> Result<RoundCode, StoreError> {
    RoundCode::parse(code).map_err(|_| StoreError::corrupt("round code", code))
}

fn read_edition(text: &str) -> Result<Edition, StoreError> {
    Edition::parse(text).ok_or_else(|| StoreError::corrupt("edition", text))
}
