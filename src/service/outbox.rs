//! The queue of mail: what joins it, and what one sender does with it. Whoever carries letters out asks here which one is next
//! and tells here what became of it.

use super::Service;
use super::catalogue::Catalogue;
use super::letters::{self, LetterRefusal};
use crate::domain::bounce::{Bounce, Noted};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::letter::Letter;
use crate::domain::outbox::{ClaimedMail, Edition, MailState, Outcome, QueuedMail, Reason, office_time, pause_after};
use crate::domain::quiet_hours::QuietHours;
use crate::domain::recipient::Rhythm;
use crate::domain::round::AnyRound;
use crate::report::letter::Letterhead;
use crate::store::outbox::{Claim, NewMail, Selection};
use crate::store::{self, Connection, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// On what terms mail is sent.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How long a mail belongs to whoever claimed it. It has to be longer than any talk with a mail server takes.
    pub lease: TimeDelta,
    /// How long a mail is tried.
    pub give_up_after: TimeDelta,
    /// When none goes out.
    pub quiet: Option<QuietHours>,
}

impl Default for Terms {
    fn default() -> Self {
        // RFC 5321, 4.5.4.1, wants four to five days of trying.
        let (lease, give_up_after) = (TimeDelta::minutes(15), TimeDelta::days(5));
        Self { lease, give_up_after, quiet: Some(QuietHours::default()) }
    }
}

/// What a look at the queue changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tended {
    /// Mails that joined the queue because a month or quarter had ended.
    pub n_scheduled: usize,
    /// Mails whose sender died while the text went out.
    pub n_uncertain: usize,
    /// Mails that were given up.
    pub n_given_up: usize,
}

/// The queue, as one sender sees it.
pub struct Outbox {
    catalogue: Arc<Catalogue>,
    store: Store,
    terms: Terms,
    letterhead: Letterhead,
    /// Nobody else has it, so a claim is told from any other.
    name: String,
}

/// Queues mail about an edition of a round's figures for everybody who shall get it and whose unit has some; part of the
/// transaction that publishes. What waits of an earlier revision is not sent any more. Returns how many mails are new.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn queue(
    connection: &mut Connection,
    round: &RoundCode,
    edition: Edition,
    has_figures: impl Fn(&AreaCode) -> bool,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    if let Edition::Revision(revision) = edition {
        store::outbox::supersede(connection, round, revision, now)?;
    }
    let everybody = store::recipients::all(connection)?;
    let wanted = everybody.iter().filter(|known| edition.is_for(known) && has_figures(&known.recipient.unit));
    let mails: Vec<NewMail> = wanted
        .map(|known| NewMail {
            recipient: known.number,
            token: Uuid::new_v4().simple().to_string(),
            withheld: known.is_returned.then(|| Reason::of("mail to the recipient came back")),
        })
        .collect();
    store::outbox::queue(connection, round, edition, &mails, now)
}

impl Service {
    /// The queue, for one sender.
    #[must_use]
    pub fn outbox(&self, terms: Terms, letterhead: Letterhead) -> Outbox {
        let (catalogue, store) = (Arc::clone(&self.catalogue), self.store.clone());
        Outbox { catalogue, store, terms, letterhead, name: Uuid::new_v4().simple().to_string() }
    }

    /// How many mails are in each state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mail_counts(&self) -> Result<BTreeMap<MailState, u64>, StoreError> {
        self.store.run(store::outbox::counts).await
    }
}

impl Outbox {
    /// When the quiet hours that hold now end; none if they do not hold.
    #[must_use]
    pub fn quiet_until(&self) -> Option<DateTime<Utc>> {
        self.terms.quiet.and_then(|quiet| quiet.end_at(Utc::now()))
    }

    /// Queues what a month or quarter that has ended asks for, and makes visible what nobody is working at any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn tend(&self) -> Result<Tended, StoreError> {
        let now = Utc::now();
        let n_scheduled = queue_scheduled(&self.store, now)?;
        let oldest = now - self.terms.give_up_after;
        let (n_uncertain, n_given_up) = self.store.with(|connection| store::outbox::sweep(connection, now, oldest))?;
        Ok(Tended { n_scheduled, n_uncertain, n_given_up })
    }

    /// Takes the mail that has been due for longest; it is nobody else's then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn claim(&self) -> Result<Option<ClaimedMail>, StoreError> {
        let claim = self.claim_now();
        self.store.with(|connection| store::outbox::claim(connection, &claim))
    }

    /// Whether anything is due that nobody has claimed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn has_due(&self) -> Result<bool, StoreError> {
        self.store.with(|connection| store::outbox::has_due(connection, Utc::now()))
    }

    /// Everything that is due, without taking it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn due(&self) -> Result<Vec<ClaimedMail>, StoreError> {
        self.store.with(|connection| store::outbox::due(connection, Utc::now()))
    }

    /// What a mail brings.
    ///
    /// # Errors
    /// When its figures cannot be shown, or the database does not answer.
    pub fn letter(&self, mail: &ClaimedMail) -> Result<Letter, LetterRefusal> {
        letters::of_mail(&self.catalogue, &self.store, &self.letterhead, mail)
    }

    /// Notes that the text of a mail goes out from here on. False when the mail is not ours any more: nothing of it may be sent.
    ///
    /// # Errors
    /// When the database does not answer; then nothing may be sent either.
    pub fn begin(&self, mail: &ClaimedMail) -> Result<bool, StoreError> {
        let claim = self.claim_now();
        self.store.with(|connection| store::outbox::begin(connection, mail.id, &claim))
    }

    /// Notes what became of a mail. False when it is not ours any more, because we took too long.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn settle(&self, mail: &ClaimedMail, outcome: &Outcome) -> Result<bool, StoreError> {
        let claim = self.claim_now();
        let next_try = claim.now + pause_after(mail.n_attempts + 1, rand::rng().random());
        self.store.with(|connection| store::outbox::settle(connection, mail.id, &claim, outcome, next_try))
    }

    /// Gives a mail back untried.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn release(&self, mail: &ClaimedMail) -> Result<(), StoreError> {
        let claim = self.claim_now();
        self.store.with(|connection| store::outbox::release(connection, mail.id, &claim))
    }

    fn claim_now(&self) -> Claim {
        let now = Utc::now();
        Claim { by: self.name.clone(), now, until: now + self.terms.lease }
    }
}

/// Queues provisional figures of every round that took answers in the month or quarter that ended last.
fn queue_scheduled(store: &Store, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let today = now.with_timezone(&office_time()).date_naive();
    let editions: Vec<Edition> =
        Rhythm::ALL.into_iter().filter_map(|rhythm| Edition::last_before(rhythm, today)).collect();
    let tree = super::areas::tree(store)?;
    let mut n_new = 0;
    for round in store.with(store::rounds::all)? {
        for edition in editions.iter().filter(|edition| took_answers_in(&round, **edition)) {
            let is_within = |unit: &AreaCode| tree.is_within(unit, &round.plan().area);
            n_new += store.with(|connection| queue(connection, &round.plan().code, *edition, is_within, now))?;
        }
    }
    Ok(n_new)
}

/// Whether a round that is not published took answers in a month or quarter.
fn took_answers_in(round: &AnyRound, edition: Edition) -> bool {
    let (opened, closed) = match round {
        AnyRound::Open(round) => (round.state.opened, None),
        AnyRound::Closed(round) => (round.state.opened, Some(round.state.closed)),
        AnyRound::Draft(_) | AnyRound::Published(_) => return false,
    };
    let day = |instant: DateTime<Utc>| instant.with_timezone(&office_time()).date_naive();
    edition
        .period()
        .is_some_and(|period| day(opened) <= period.to() && closed.is_none_or(|closed| day(closed) >= period.from()))
}

/// How many mails are in each state.
///
/// # Errors
/// When the database does not answer.
pub fn counts(store: &Store) -> Result<BTreeMap<MailState, u64>, StoreError> {
    store.with(store::outbox::counts)
}

/// The mails of a round, or all, in the order they were queued.
///
/// # Errors
/// When the database does not answer.
pub fn list(store: &Store, selection: &Selection) -> Result<Vec<QueuedMail>, StoreError> {
    store.with(|connection| store::outbox::list(connection, selection))
}

/// Puts mails back into the queue, due now.
///
/// # Errors
/// When the database does not answer.
pub fn retry(store: &Store, selection: &Selection) -> Result<usize, StoreError> {
    store.with(|connection| store::outbox::retry(connection, selection, Utc::now()))
}

/// Notes mail that came back.
///
/// # Errors
/// When the database does not answer.
pub fn note_bounce(store: &Store, bounce: &Bounce) -> Result<Noted, StoreError> {
    store.with(|connection| store::bounces::note(connection, bounce, Utc::now()))
}
