//! How far mail has come, for a terminal and for programs. Nobody's address is in it.

use super::table::{Align, Table};
use crate::domain::outbox::{MailState, QueuedMail, office_time};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The queue of mail.
#[derive(Debug, Serialize)]
pub struct OutboxDocument {
    /// Mails by state.
    counts: BTreeMap<&'static str, usize>,
    mails: Vec<MailShape>,
}

#[derive(Debug, Serialize)]
struct MailShape {
    mail: i32,
    recipient: i32,
    role: &'static str,
    unit: String,
    round: String,
    edition: String,
    state: &'static str,
    attempts: u32,
    next_try: Option<String>,
    settled: Option<String>,
    reason: String,
    needs_a_look: bool,
    /// When it was settled or will be tried, by the clock of the office.
    #[serde(skip)]
    when: String,
}

impl OutboxDocument {
    /// The mails as given.
    #[must_use]
    pub fn of(mails: &[QueuedMail]) -> Self {
        let mut counts = BTreeMap::new();
        for mail in mails {
            *counts.entry(mail.state.code()).or_insert(0) += 1;
        }
        Self { counts, mails: mails.iter().map(MailShape::of).collect() }
    }
}

impl MailShape {
    fn of(mail: &QueuedMail) -> Self {
        let next_try = mail.state.waits().then_some(mail.next_try);
        let in_the_office = |at: DateTime<Utc>| at.with_timezone(&office_time()).format("%Y-%m-%d %H:%M").to_string();
        Self {
            mail: mail.id,
            recipient: mail.recipient,
            role: mail.role.code(),
            unit: mail.unit.to_string(),
            round: mail.round.to_string(),
            edition: mail.edition.to_string(),
            state: mail.state.code(),
            attempts: mail.n_attempts,
            when: mail.settled.or(next_try).map(in_the_office).unwrap_or_default(),
            next_try: next_try.map(|at| at.to_rfc3339()),
            settled: mail.settled.map(|at| at.to_rfc3339()),
            reason: mail.reason.to_string(),
            needs_a_look: mail.state.needs_somebody(),
        }
    }
}

/// The queue as a table with a line of counts below.
#[derive(Debug)]
pub struct OutboxTable(Table, String);

impl fmt::Display for OutboxTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", self.0, self.1)
    }
}

/// The queue as a table; mail that somebody should look at is marked. Times are those of Việt Nam.
#[must_use]
pub fn table(document: &OutboxDocument) -> OutboxTable {
    let columns = ["", "recipient", "role", "unit", "round", "edition", "state", "tries", "when", "why"];
    let mut table = Table::new(columns.map(|heading| {
        let align = if heading == "tries" || heading == "recipient" { Align::Right } else { Align::Left };
        (heading, align)
    }));
    for mail in &document.mails {
        table.row([
            if mail.needs_a_look { "!" } else { "" }.to_owned(),
            mail.recipient.to_string(),
            mail.role.to_owned(),
            mail.unit.clone(),
            mail.round.clone(),
            mail.edition.clone(),
            mail.state.to_owned(),
            mail.attempts.to_string(),
            mail.when.clone(),
            mail.reason.clone(),
        ]);
    }
    let counted = MailState::ALL.iter().filter_map(|state| {
        let n = document.counts.get(state.code())?;
        Some(format!("{n} {state}"))
    });
    let counts: Vec<String> = counted.collect();
    let line = if counts.is_empty() { "no mail".to_owned() } else { counts.join(", ") };
    OutboxTable(table, line)
}
