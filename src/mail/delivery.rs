//! Carries mail out: claim → write → hand over → settle, one mail after the other, at a bounded pace, never in quiet hours.

use super::message::{Sender, message};
use super::smtp::{Server, Session};
use super::{Transport, folder};
use crate::domain::outbox::{ClaimedMail, Outcome, Reason};
use crate::service::outbox::Outbox;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

/// Pause between two looks at a queue in which nothing is due.
const IDLE: Duration = Duration::from_secs(20);
/// First pause after a mail server could not be reached; doubled each time up to [`LONGEST_OUTAGE_PAUSE`].
const OUTAGE_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause before a mail server is tried again.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(900);
/// Mails handed over on one connection; servers close longer talks.
const MAILS_PER_SESSION: usize = 50;
/// How often settling is tried when the database does not answer: what it says about a mail that is out must not be lost.
const SETTLE_TRIES: u32 = 10;
const SETTLE_PAUSE: Duration = Duration::from_secs(2);

/// Where mail goes, from whom, and how fast.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to.
    pub transport: Transport,
    /// From whom.
    pub sender: Sender,
    /// Mails a minute at most.
    pub per_minute: u32,
}

/// What one run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Mails that a server took.
    pub n_sent: usize,
    /// Mails that will be tried again.
    pub n_temporary: usize,
    /// Mails that were refused for good.
    pub n_refused: usize,
    /// Mails of which nobody knows.
    pub n_uncertain: usize,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Sent => &mut self.n_sent,
            Outcome::Temporary(_) => &mut self.n_temporary,
            Outcome::Refused(_) => &mut self.n_refused,
            Outcome::Uncertain(_) => &mut self.n_uncertain,
        };
        *count += 1;
    }
}

/// Why a run ended before the queue was done.
#[derive(Debug, thiserror::Error)]
pub enum Interruption {
    /// The mail server cannot be talked to; no mail was tried on it.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(Reason),
    /// The queue cannot be read or written.
    #[error("{0}")]
    Queue(String),
    /// Somebody asked it to end.
    #[error("it was asked to stop")]
    Stopped,
}

/// Tells a sender to end, or lets it wait.
pub struct Pause<'a>(&'a Receiver<()>);

impl<'a> Pause<'a> {
    /// Waits on a channel; a message, or the end of its sender, says to stop.
    #[must_use]
    pub fn on(channel: &'a Receiver<()>) -> Self {
        Self(channel)
    }

    /// Waits; false when it is time to stop.
    fn wait(&self, pause: Duration) -> bool {
        self.0.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
    }
}

/// Sends what is due until it is asked to stop.
pub fn run(outbox: &Outbox, settings: &Settings, pause: &Pause<'_>) {
    let mut outage = OUTAGE_PAUSE;
    loop {
        let next = match tend_and_send(outbox, settings, pause) {
            Ok(()) => {
                outage = OUTAGE_PAUSE;
                IDLE
            }
            Err(Interruption::Stopped) => return,
            Err(error) => {
                tracing::warn!(%error, pause_s = outage.as_secs(), "mail waits");
                let now = outage;
                outage = (outage * 2).min(LONGEST_OUTAGE_PAUSE);
                now
            }
        };
        if !pause.wait(next) {
            return;
        }
    }
}

fn tend_and_send(outbox: &Outbox, settings: &Settings, pause: &Pause<'_>) -> Result<(), Interruption> {
    let queue = |error: &dyn std::fmt::Display| Interruption::Queue(error.to_string());
    let tended = outbox.tend().map_err(|error| queue(&error))?;
    if tended != Default::default() {
        let (scheduled, uncertain, given_up) = (tended.n_scheduled, tended.n_uncertain, tended.n_given_up);
        tracing::info!(scheduled, uncertain, given_up, "the queue of mail was looked through");
    }
    match &settings.transport {
        Transport::None => Ok(()),
        Transport::Folder(path) => {
            let written = folder::write(outbox, path, &settings.sender).map_err(Interruption::Queue)?;
            if written.n_new > 0 {
                tracing::info!(n = written.n_new, "mail was written into a folder; nothing was sent");
            }
            Ok(())
        }
        Transport::Smtp(_) if outbox.quiet_until().is_some() => Ok(()),
        Transport::Smtp(server) => {
            let mut tally = Tally::default();
            let ended = send_due(outbox, (server, settings), pause, &mut tally);
            if tally != Tally::default() {
                let Tally { n_sent, n_temporary, n_refused, n_uncertain } = tally;
                tracing::info!(n_sent, n_temporary, n_refused, n_uncertain, "mail was handed over");
            }
            ended
        }
    }
}

/// Sends what is due now and counts it, until nothing is due or quiet hours begin.
///
/// # Errors
/// Why it ended before.
pub fn send_due(
    outbox: &Outbox,
    (server, settings): (&Server, &Settings),
    pause: &Pause<'_>,
    tally: &mut Tally,
) -> Result<(), Interruption> {
    let step = Duration::from_secs(60) / settings.per_minute.max(1);
    let mut session: Option<Session> = None;
    let mut n_on_session = 0;
    loop {
        let began = Instant::now();
        if outbox.quiet_until().is_some() {
            break;
        }
        // First the connection, then the claim: what cannot be sent anyway is left to others.
        if n_on_session == MAILS_PER_SESSION {
            session.take().into_iter().for_each(Session::close);
        }
        let open = match session.take().filter(Session::is_usable) {
            Some(open) => open,
            None if !outbox.has_due().map_err(|error| Interruption::Queue(error.to_string()))? => break,
            None => {
                n_on_session = 0;
                Session::open(server).map_err(Interruption::Unreachable)?
            }
        };
        let open = session.insert(open);
        let claimed = outbox.claim().map_err(|error| Interruption::Queue(error.to_string()))?;
        let Some(mail) = claimed else { break };
        n_on_session += 1;
        if let Some(outcome) = hand_over(outbox, open, &mail, &settings.sender)? {
            settle(outbox, &mail, &outcome, pause)?;
            tally.count(&outcome);
        }
        if !pause.wait(step.saturating_sub(began.elapsed())) {
            session.take().into_iter().for_each(Session::close);
            return Err(Interruption::Stopped);
        }
    }
    session.take().into_iter().for_each(Session::close);
    Ok(())
}

/// Hands one mail over; nothing when it is not ours any more.
fn hand_over(
    outbox: &Outbox,
    session: &mut Session,
    mail: &ClaimedMail,
    sender: &Sender,
) -> Result<Option<Outcome>, Interruption> {
    let letter = match outbox.letter(mail) {
        Ok(letter) => letter,
        Err(error) => return Ok(Some(Outcome::Temporary(Reason::of(&error.to_string())))),
    };
    let bytes = match message(&letter, mail, sender, SystemTime::now()) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Some(Outcome::Temporary(reason))),
    };
    if let Err(outcome) = session.address(&sender.address, &mail.to.recipient.address) {
        return Ok(Some(outcome));
    }
    // From here on the mail counts as going out: should we die, it is called uncertain and not sent a second time.
    match outbox.begin(mail) {
        Ok(true) => Ok(Some(session.text(&bytes))),
        Ok(false) => {
            tracing::warn!(mail = mail.id, "a mail took so long that somebody else has it now");
            Ok(None)
        }
        Err(error) => Err(Interruption::Queue(error.to_string())),
    }
}

/// Writes down what became of a mail, however long the database takes to answer again.
fn settle(outbox: &Outbox, mail: &ClaimedMail, outcome: &Outcome, pause: &Pause<'_>) -> Result<(), Interruption> {
    let mut tries = SETTLE_TRIES;
    loop {
        match outbox.settle(mail, outcome) {
            Ok(true) => return Ok(()),
            Ok(false) => {
                tracing::warn!(mail = mail.id, "a mail was settled by somebody else");
                return Ok(());
            }
            Err(error) => {
                tries -= 1;
                if tries == 0 || !pause.wait(SETTLE_PAUSE) {
                    return Err(Interruption::Queue(format!("mail {} could not be settled: {error}", mail.id)));
                }
            }
        }
    }
}
