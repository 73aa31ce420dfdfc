//! Collecting: from what a door was given to a durable answer, or to a refusal that says what to do.
//!
//! Every door comes through here: [`Service::collect`] for one answer at a time, [`Service::store_many`] for a whole
//! file. What is open is looked up in the [`Directory`], which may be a second behind; the transaction that stores an
//! answer looks again and has the last word.

mod bulk;
mod content;
mod directory;
mod flags;
mod queue;

pub use bulk::Outcomes;
pub(super) use content::HOURS_AHEAD;
pub use directory::Directory;
pub use queue::{CollectLimits, Collector, Pulse};

pub use flags::Watch;

use super::Service;
use super::receipts;
use crate::domain::answers::{AnswerFault, AnswerSheet, RawAnswers};
use crate::domain::channel::Channel;
use crate::domain::device::Arrival;
use crate::domain::ids::{AreaCode, ResponseId, RoundCode};
use crate::domain::quality::{Circumstances, Reasons};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::receipt::ReceiptCode;
use crate::store::responses::{Insertion, NewResponse};
use chrono::Utc;
use directory::{KnownRound, Snapshot};
use queue::QueueFault;
use std::sync::Arc;

/// A sampling weight: a finite number above 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Weight(f64);

impl Weight {
    /// Checks the number.
    #[must_use]
    pub fn new(weight: f64) -> Option<Self> {
        (weight.is_finite() && weight > 0.0).then_some(Self(weight))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// One respondent's answers, as they came through a door.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The round they answer.
    pub round: RoundCode,
    /// The id the client made before the first question.
    pub id: ResponseId,
    /// Where they were given.
    pub desk: AreaCode,
    /// How they came in.
    pub channel: Channel,
    /// The answers.
    pub answers: RawAnswers,
    /// The weight they were drawn with, if they were collected elsewhere.
    pub weight: Option<Weight>,
    /// What is known about how they were given; it decides on flags and is not kept.
    pub circumstances: Circumstances,
    /// Whether they come in when they are given, rather than from a sheet later on.
    pub is_live: bool,
    /// The receipt code they came with; without one they are a walk-in's.
    pub receipt: Option<ReceiptCode>,
    /// The enrolled device they were given on, and their number there.
    pub arrival: Option<Arrival>,
}

/// What became of answers that were taken. Either way they are on disk now, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collected {
    /// They are stored.
    Stored,
    /// They were stored before; this was a repetition.
    AlreadyStored,
}

/// Why answers were not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CollectRefusal {
    /// No such round.
    #[error("there is no such round")]
    UnknownRound,
    /// The round is not taking answers.
    #[error("the round takes no answers; it is {state}")]
    RoundNotOpen {
        /// Its state as a word.
        state: &'static str,
    },
    /// No such desk.
    #[error("there is no such desk")]
    UnknownDesk,
    /// The desk does not take part.
    #[error("the desk takes no part in this round")]
    DeskNotInRound,
    /// The answers do not fit the questionnaire.
    #[error("{} answers do not fit the questionnaire", .0.len())]
    Faulty(Vec<AnswerFault>),
    /// Other answers were stored under the same id.
    #[error("other answers are stored under this id; make a new id for new answers")]
    Conflict,
    /// The receipt code was never issued for this round and desk.
    #[error("this receipt code was not issued here; correct it, or answer without a code")]
    ReceiptUnknown,
    /// The receipt code has been used.
    #[error("this receipt code has been used; answer without a code")]
    ReceiptSpent,
    /// The receipt code is out of date.
    #[error("this receipt code is out of date; answer without a code")]
    ReceiptExpired,
    /// More answers are waiting than can be stored at once. Nothing was kept of this one.
    #[error("too many answers at this moment; send it again in {retry_after_s} s")]
    Busy {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The database did not say that the answer is stored. It may be; sending it again is safe and tells.
    #[error("the answer could not be stored; send it again")]
    Unavailable,
}

/// A desk that takes answers, and what it asks.
#[derive(Debug, Clone)]
pub struct OpenDesk {
    /// The round that is open at the desk.
    pub round: RoundCode,
    /// The desk.
    pub desk: AreaCode,
    /// Its name as shown to people.
    pub desk_name: String,
    /// What is asked.
    pub questionnaire: Arc<Questionnaire>,
}

impl Service {
    /// What is open at a desk; if several rounds are, the one opened last.
    ///
    /// # Errors
    /// [`CollectRefusal::UnknownDesk`], [`CollectRefusal::DeskNotInRound`] when no round ever had the desk,
    /// [`CollectRefusal::RoundNotOpen`] with the state of its latest round, or [`CollectRefusal::Unavailable`].
    pub async fn desk(&self, desk: &AreaCode) -> Result<OpenDesk, CollectRefusal> {
        match self.directory.now().open_desk(desk) {
            Ok(open) => Ok(open),
            // What is known may be a second old, so nobody is turned away on the strength of it.
            Err(_) => self.directory.renewed().await?.open_desk(desk),
        }
    }

    /// Stores one respondent's answers, durably before it returns.
    ///
    /// # Errors
    /// Any [`CollectRefusal`]; all faults of the answers at once.
    pub async fn collect(&self, submission: Submission) -> Result<Collected, CollectRefusal> {
        let mut known = self.directory.now();
        if known.admit(&submission.round, &submission.desk).is_err() {
            known = self.directory.renewed().await?;
        }
        let round = known.admit(&submission.round, &submission.desk)?;
        let response = self.prepare(round, submission)?;
        let insertion = self.collector.store(response).await?;
        let collected = read_insertion(insertion, round);
        if collected == Err(CollectRefusal::RoundNotOpen { state: "open" }) {
            // The database knows better, and so shall the answer.
            let renewed = self.directory.renewed().await?;
            let state = renewed.state(&round.code).filter(|state| *state != "open").unwrap_or("closed");
            return Err(CollectRefusal::RoundNotOpen { state });
        }
        collected
    }

    /// What is wrong with answers to a round's questionnaire, as far as the round is known here; stores nothing.
    #[must_use]
    pub fn answer_faults(&self, round: &RoundCode, answers: &RawAnswers) -> Vec<AnswerFault> {
        let known = self.directory.now();
        let questionnaire = known.round(round).and_then(|round| round.questionnaire.as_ref());
        let faults = questionnaire.map(|questionnaire| AnswerSheet::parse(questionnaire, answers).err());
        faults.flatten().unwrap_or_default()
    }

    /// Reads the answers and the receipt, and makes the row of them.
    fn prepare(&self, round: &KnownRound, mut submission: Submission) -> Result<NewResponse, CollectRefusal> {
        let questionnaire = round.questionnaire()?;
        let now = Utc::now();
        if let Some(arrival) = &submission.arrival {
            submission.circumstances.device = Some(arrival.device.clone());
        }
        let parse = if submission.channel == Channel::Paper { AnswerSheet::parse_paper } else { AnswerSheet::parse };
        match parse(questionnaire, &submission.answers) {
            Ok(sheet) => {
                let judge = |rules| self.watch.judge(rules, &submission, (questionnaire, &sheet), now);
                let flags = self.catalogue().quality().map_or(Reasons::NONE, judge);
                let codes = (&self.cipher, (&round.code, &submission.desk));
                let answered = submission.circumstances.answered.filter(|_| !submission.is_live);
                let times = (answered.unwrap_or(now), now);
                let claim = submission.receipt.map(|code| receipts::read(codes, &round.period, code, times));
                Ok(content::response(submission, questionnaire.digest, sheet, (now, flags), claim))
            }
            // Nobody shall mend answers that cannot be taken then either.
            Err(_) if round.state != "open" => Err(CollectRefusal::RoundNotOpen { state: round.state }),
            Err(faults) => Err(CollectRefusal::Faulty(faults)),
        }
    }

    /// Whether a desk takes part in a round that is not over.
    pub(super) fn may_take_answers(&self, round: &RoundCode, desk: &AreaCode) -> bool {
        let known = self.directory.renewed_blocking().unwrap_or_else(|_| self.directory.now());
        known.admit(round, desk).is_ok_and(|round| matches!(round.state, "draft" | "open"))
    }

    /// Whether the database answers at this moment.
    pub async fn database_answers(&self) -> bool {
        self.directory.renewed().await.is_ok()
    }

    /// How collecting is doing.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.collector.pulse()
    }

    /// Takes no more answers, and returns when everything that was taken is settled.
    pub async fn drain(&self) {
        self.collector.drain().await;
    }
}

fn read_insertion(insertion: Insertion, round: &KnownRound) -> Result<Collected, CollectRefusal> {
    match insertion {
        Insertion::Stored => Ok(Collected::Stored),
        Insertion::AlreadyStored => Ok(Collected::AlreadyStored),
        Insertion::Conflict => Err(CollectRefusal::Conflict),
        Insertion::RoundNotOpen => Err(CollectRefusal::RoundNotOpen { state: round.state }),
        Insertion::ReceiptUnknown => Err(CollectRefusal::ReceiptUnknown),
        Insertion::ReceiptSpent => Err(CollectRefusal::ReceiptSpent),
        Insertion::ReceiptExpired => Err(CollectRefusal::ReceiptExpired),
    }
}

impl From<QueueFault> for CollectRefusal {
    fn from(fault: QueueFault) -> Self {
        match fault {
            QueueFault::Full => Self::Busy { retry_after_s: queue::RETRY_AFTER_S },
            QueueFault::Failed | QueueFault::Draining => Self::Unavailable,
        }
    }
}

impl Snapshot {
    fn open_desk(&self, desk: &AreaCode) -> Result<OpenDesk, CollectRefusal> {
        let name = self.area_name(desk).ok_or(CollectRefusal::UnknownDesk)?;
        let round = self.latest_round_at(desk).ok_or(CollectRefusal::DeskNotInRound)?;
        if round.state != "open" {
            return Err(CollectRefusal::RoundNotOpen { state: round.state });
        }
        Ok(OpenDesk {
            round: round.code.clone(),
            desk: desk.clone(),
            desk_name: name.to_owned(),
            questionnaire: Arc::clone(round.questionnaire()?),
        })
    }

    /// The round, if the desk takes part in it. Whether it is open is not asked here: a repetition of an answer that is
    /// stored is welcome at any time, and only the database knows.
    fn admit(&self, round: &RoundCode, desk: &AreaCode) -> Result<&KnownRound, CollectRefusal> {
        let round = self.round(round).ok_or(CollectRefusal::UnknownRound)?;
        self.area_name(desk).ok_or(CollectRefusal::UnknownDesk)?;
        if round.desks.contains(desk) { Ok(round) } else { Err(CollectRefusal::DeskNotInRound) }
    }
}

impl KnownRound {
    fn questionnaire(&self) -> Result<&Arc<Questionnaire>, CollectRefusal> {
        self.questionnaire.as_ref().ok_or(CollectRefusal::Unavailable)
    }
}
