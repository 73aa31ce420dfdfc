//! Drawing up, opening and closing rounds.

use super::catalogue::Catalogue;
use super::frame;
use crate::domain::fault::Fault;
use crate::domain::ids::{AreaCode, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::round::{AnyRound, Closed, Open, Round, RoundPlan};
use crate::store::{self, Store, StoreError};
use chrono::Utc;
use std::collections::BTreeSet;

/// Why a round was not made or moved. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RoundRefusal {
    /// The questionnaire version is not in the catalogue.
    #[error("there is no questionnaire {0}; `sipas check` lists what there is")]
    UnknownQuestionnaire(QuestionnaireRef),
    /// The scheme is not in the catalogue.
    #[error("there is no scheme {0}; `sipas check` lists what there is")]
    UnknownScheme(SchemeId),
    /// The area has not been imported.
    #[error("there is no area {0}; import it first with `sipas areas import`")]
    UnknownArea(AreaCode),
    /// A round of that code exists.
    #[error("a round {0} exists already; choose another code")]
    Exists(RoundCode),
    /// No such round.
    #[error("there is no round {0}; `sipas round list` shows what there is")]
    Unknown(RoundCode),
    /// The round is in another state.
    #[error("round {round} is {state}; this needs it to be {wanted}")]
    WrongState {
        /// The round.
        round: RoundCode,
        /// The state it is in.
        state: &'static str,
        /// The state it would have to be in.
        wanted: &'static str,
    },
    /// No desk takes part.
    #[error("round {0} has no drawn desk; import its frame first with `sipas round frame`")]
    NoDesks(RoundCode),
    /// Published figures stay as they are.
    #[error(
        "round {0} of the same exercise is published; its scores stay as they are, unless they are corrected with --late"
    )]
    Published(RoundCode),
    /// A desk can ask one questionnaire at a time.
    #[error("desk {desk} takes part in the open round {round}; close that one first")]
    DeskTaken {
        /// The desk.
        desk: AreaCode,
        /// The round it is open in.
        round: RoundCode,
    },
    /// The frame file has faults.
    #[error("the frame was not taken: {} faults", .0.len())]
    Faulty(Vec<Fault>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Draws up a round.
///
/// # Errors
/// When the questionnaire, scheme or area is unknown, or the code is taken.
pub fn create(catalogue: &Catalogue, store: &Store, plan: RoundPlan) -> Result<(), RoundRefusal> {
    let Some(questionnaire) = catalogue.questionnaire(&plan.questionnaire) else {
        return Err(RoundRefusal::UnknownQuestionnaire(plan.questionnaire));
    };
    let Some(scheme) = catalogue.scheme(&plan.scheme) else {
        return Err(RoundRefusal::UnknownScheme(plan.scheme));
    };
    let (questionnaire, scheme) = (questionnaire.digest, scheme.digest);
    store.with(|conn| {
        if !store::areas::all(conn)?.iter().any(|area| area.code == plan.area) {
            return Ok(Err(RoundRefusal::UnknownArea(plan.area.clone())));
        }
        if store::rounds::find(conn, &plan.code)?.is_some() {
            return Ok(Err(RoundRefusal::Exists(plan.code.clone())));
        }
        store::rounds::insert(conn, &Round::draft(plan), questionnaire, scheme).map(Ok)
    })?
}

/// Replaces a draft's frame with one read from CSV (`desk,transactions[,stratum][,drawn]`), and says how many desks it
/// has.
///
/// # Errors
/// When the round is no draft, or with every fault of the file.
pub fn import_frame(catalogue: &Catalogue, store: &Store, code: &RoundCode, csv: &[u8]) -> Result<usize, RoundRefusal> {
    let plan = match find(store, code)? {
        AnyRound::Draft(round) => round.plan,
        other => return Err(wrong_state(&other, "draft")),
    };
    let scheme = catalogue.scheme(&plan.scheme).ok_or_else(|| RoundRefusal::UnknownScheme(plan.scheme.clone()))?;
    let tree = super::areas::tree(store)?;
    let scope = frame::Scope { tree: &tree, area: &plan.area, year: plan.year, rates: scheme.rates };
    let frame = frame::read(csv, scope).map_err(RoundRefusal::Faulty)?;
    store.with(|conn| store::rounds::replace_frame(conn, code, &frame))?;
    Ok(frame.iter().count())
}

/// Opens a draft: from now on its desks show the questionnaire.
///
/// # Errors
/// When the round is no draft, has no drawn desk, or shares a desk with another open round.
pub fn open(store: &Store, code: &RoundCode) -> Result<Round<Open>, RoundRefusal> {
    let round = match find(store, code)? {
        AnyRound::Draft(round) => round,
        other => return Err(wrong_state(&other, "draft")),
    };
    let drawn = drawn_desks(store, code)?;
    if drawn.is_empty() {
        return Err(RoundRefusal::NoDesks(code.clone()));
    }
    for other in store.with(store::rounds::all)? {
        let AnyRound::Open(other) = other else { continue };
        let taken = drawn_desks(store, &other.plan.code)?;
        if let Some(desk) = drawn.intersection(&taken).next() {
            return Err(RoundRefusal::DeskTaken { desk: desk.clone(), round: other.plan.code });
        }
    }
    let round = round.open(Utc::now());
    store.with(|conn| store::rounds::record_open(conn, &round))?;
    Ok(round)
}

/// Closes an open round: from now on it takes no answers.
///
/// # Errors
/// When the round is not open.
pub fn close(store: &Store, code: &RoundCode) -> Result<Round<Closed>, RoundRefusal> {
    match find(store, code)? {
        AnyRound::Open(round) => {
            let round = round.close(Utc::now());
            store.with(|conn| store::rounds::record_close(conn, &round))?;
            Ok(round)
        }
        other => Err(wrong_state(&other, "open")),
    }
}

/// Every round, by code.
///
/// # Errors
/// When the database does not answer.
pub fn all(store: &Store) -> Result<Vec<AnyRound>, RoundRefusal> {
    Ok(store.with(store::rounds::all)?)
}

/// The round with a code, in whatever state it is.
///
/// # Errors
/// When there is none.
pub fn find(store: &Store, code: &RoundCode) -> Result<AnyRound, RoundRefusal> {
    let found = store.with(|conn| store::rounds::find(conn, code))?;
    found.ok_or_else(|| RoundRefusal::Unknown(code.clone()))
}

/// Refuses rounds that are not published: only these take what comes late.
///
/// # Errors
/// The first round that is not, or that is not there.
pub(super) fn refuse_unpublished<'a>(
    store: &Store,
    rounds: impl Iterator<Item = &'a RoundCode>,
) -> Result<(), RoundRefusal> {
    let rounds: BTreeSet<&RoundCode> = rounds.collect();
    rounds.into_iter().try_for_each(|round| match find(store, round)? {
        AnyRound::Published(_) => Ok(()),
        other => Err(wrong_state(&other, "published")),
    })
}

fn drawn_desks(store: &Store, code: &RoundCode) -> Result<BTreeSet<AreaCode>, RoundRefusal> {
    let frame = store.with(|conn| store::rounds::frame(conn, code))?;
    Ok(frame.iter().filter(|desk| desk.drawn).map(|desk| desk.desk.clone()).collect())
}

/// That a round is not in the state it would have to be in.
pub(super) fn wrong_state(round: &AnyRound, wanted: &'static str) -> RoundRefusal {
    RoundRefusal::WrongState { round: round.plan().code.clone(), state: round.state_code(), wanted }
}
