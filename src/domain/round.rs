//! A round of collection: Draft → Open → Closed → Published. Each state is its own type, so a move that the trade does
//! not know (opening a published round, publishing an open one) does not compile.

use super::ids::{AreaCode, QuestionnaireRef, RoundCode, SchemeId};
use super::period::{Period, Year};
use super::word::words;
use chrono::{DateTime, Utc};

words!(
    /// How respondents come to answer; it decides what may be said about the spread.
    Mode {
        /// Desks and transactions drawn by chance.
        Sampled = "sampled",
        /// Every visitor of the desks is asked.
        Census = "census",
        /// Whoever likes to answers: kiosk, QR.
        SelfSelected = "self-selected",
    }
);

/// What was settled when the round was drawn up; it never changes afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundPlan {
    /// The round's code, used in addresses.
    pub code: RoundCode,
    /// The questionnaire version citizens answer.
    pub questionnaire: QuestionnaireRef,
    /// The scheme its figures go into.
    pub scheme: SchemeId,
    /// The area surveyed, for example the province.
    pub area: AreaCode,
    /// The year its figures count for.
    pub year: Year,
    /// The period of the transactions asked about.
    pub period: Period,
    /// How respondents come to answer.
    pub mode: Mode,
}

/// Being drawn up; its frame may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft;

/// Taking answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Since when.
    pub opened: DateTime<Utc>,
}

/// No longer taking answers; figures may be checked and revised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// When it opened.
    pub opened: DateTime<Utc>,
    /// When it closed.
    pub closed: DateTime<Utc>,
}

/// Its figures are public and frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// When it opened.
    pub opened: DateTime<Utc>,
    /// When it closed.
    pub closed: DateTime<Utc>,
    /// When it was published.
    pub published: DateTime<Utc>,
}

/// A round in a known state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round<S> {
    /// The plan.
    pub plan: RoundPlan,
    /// The state, with its instants.
    pub state: S,
}

impl Round<Draft> {
    /// A new round.
    #[must_use]
    pub fn draft(plan: RoundPlan) -> Self {
        Self { plan, state: Draft }
    }

    /// Starts taking answers.
    #[must_use]
    pub fn open(self, now: DateTime<Utc>) -> Round<Open> {
        Round { plan: self.plan, state: Open { opened: now } }
    }
}

impl Round<Open> {
    /// Stops taking answers.
    #[must_use]
    pub fn close(self, now: DateTime<Utc>) -> Round<Closed> {
        Round { plan: self.plan, state: Closed { opened: self.state.opened, closed: now } }
    }
}

impl Round<Closed> {
    /// Makes the figures public.
    #[must_use]
    pub fn publish(self, now: DateTime<Utc>) -> Round<Published> {
        let Closed { opened, closed } = self.state;
        Round { plan: self.plan, state: Published { opened, closed, published: now } }
    }
}

/// A round in whatever state it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyRound {
    /// Being drawn up.
    Draft(Round<Draft>),
    /// Taking answers.
    Open(Round<Open>),
    /// Closed.
    Closed(Round<Closed>),
    /// Published.
    Published(Round<Published>),
}

impl AnyRound {
    /// The words for the states, in order.
    pub const STATES: [&str; 4] = ["draft", "open", "closed", "published"];

    /// The plan, whatever the state.
    #[must_use]
    pub fn plan(&self) -> &RoundPlan {
        match self {
            Self::Draft(round) => &round.plan,
            Self::Open(round) => &round.plan,
            Self::Closed(round) => &round.plan,
            Self::Published(round) => &round.plan,
        }
    }

    /// The state as a word.
    #[must_use]
    pub fn state_code(&self) -> &'static str {
        match self {
            Self::Draft(_) => "draft",
            Self::Open(_) => "open",
            Self::Closed(_) => "closed",
            Self::Published(_) => "published",
        }
    }
}
