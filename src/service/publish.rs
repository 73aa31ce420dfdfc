//! Making a round's figures public, and what can be done afterwards: look at what was public when, make another revision, and
//! find out whether the figures still follow from the data.
//!
//! Everything that was computed is frozen as bytes in the transaction that publishes, together with the mail that tells of it. What
//! is asked for later is answered from these bytes and never computed again.

mod files;
mod folder;
mod frozen;
pub mod paths;
mod scene;
mod verify;

pub use folder::folder;
pub use frozen::{answering, comments, cut, find, list, list_with_files, packed, read_file, report, reports, unpacked};
pub use scene::follows_from;
pub use verify::{Verified, verify};

use super::catalogue::Catalogue;
use super::exercise::AnalyseRefusal;
use super::outbox;
use super::rounds::{self, RoundRefusal};
use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::ids::{AreaCode, Digest, RoundCode};
use crate::domain::outbox::Edition;
use crate::domain::publication::{Changes, LateArrival, PackedFile, Publication};
use crate::domain::round::AnyRound;
use crate::domain::unit_report::NamedArea;
use crate::report;
use crate::store::{self, Store, StoreError};
use chrono::{DateTime, SubsecRound as _, Utc};
use files::Drawing;
use scene::Scene;
use std::collections::BTreeSet;

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Answers and scores are read, and all figures computed.
    Computing,
    /// The pages of so many areas are drawn.
    Drawing {
        /// So many are done.
        n_done: usize,
        /// Of so many.
        n_areas: usize,
    },
    /// Everything is stored.
    Storing,
}

/// Who hears of each step, from whatever thread.
pub type Tell<'a> = &'a (dyn Fn(Step) + Sync);

/// Why nothing was published, or what was published cannot be shown. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PublishRefusal {
    /// The round cannot be published.
    #[error(transparent)]
    Round(#[from] RoundRefusal),
    /// The round's figures cannot be computed.
    #[error(transparent)]
    Analyse(#[from] AnalyseRefusal),
    /// Another revision would be the same to the byte.
    #[error("revision {0} says the same to the byte; there is nothing to revise")]
    NothingNew(u32),
    /// The difference of two revisions would be the answers of a few people.
    #[error(
        "revision {revision} would tell what a few people said, since nobody else makes it differ from the one before: {areas} \
         answers more or less, in all or to an item; wait until {MIN_ANSWERS} have come to each, or publish it all the same with --although-few"
    )]
    Few {
        /// The revision.
        revision: u32,
        /// The areas, each with how many people.
        areas: String,
    },
    /// A correction must say why.
    #[error("a revision needs a note that says why; give one with --note")]
    NoNote,
    /// Answers or scores changed while figures were computed from them.
    #[error("answers or scores of round {0} changed while its figures were computed; try again")]
    Overtaken(RoundCode),
    /// No such publication.
    #[error("round {0} has no such publication; `sipas round publications {0}` lists those it has")]
    NoSuchPublication(RoundCode),
    /// The publication has no such file.
    #[error("{path} is not among the files of revision {revision} of round {round}")]
    NotFrozen {
        /// The round.
        round: RoundCode,
        /// The revision.
        revision: u32,
        /// What was asked for.
        path: String,
    },
    /// Frozen figures are kept one by one.
    #[error(
        "published figures are kept one by one: ask for one breakdown and one item or element at a time, or for all"
    )]
    NotTogether,
    /// A file cannot be written or read.
    #[error("{path} cannot be written or read: {reason}")]
    Broken {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublishRefusal {
    fn broken(path: &str, reason: impl std::fmt::Display) -> Self {
        Self::Broken { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// Publishes a closed round as revision 1: its figures, and the mail that tells of them. From now on it takes no answers and
/// its exercise no scores, unless they are said to be late.
///
/// # Errors
/// When the round is not closed, its figures cannot be computed, or somebody else published it meanwhile.
pub fn publish(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    note: &str,
    tell: Tell,
) -> Result<Publication, PublishRefusal> {
    let AnyRound::Closed(closed) = rounds::find(store, round)? else {
        return Err(not_in_state(store, round, "closed"));
    };
    let (published, changes) = (closed.publish(now()), String::new());
    tell(Step::Computing);
    let figures = Figures::compute(catalogue, store, round)?;
    let publication = figures.publication((1, published.state.published), note, changes);
    let frozen = freeze(store, &figures, &publication, tell, |connection| {
        store::rounds::record_publication(connection, &published)
    });
    match frozen {
        Err(PublishRefusal::Store(StoreError::Moved)) => Err(not_in_state(store, round, "closed")),
        other => other.map(|()| publication),
    }
}

/// On what terms a revision is published.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Why there is one.
    pub note: &'a str,
    /// Whether it may differ from the revision before by the answers of a few people, so that they can be computed.
    pub although_few: bool,
}

/// Publishes a revision of a round: what came late is in it, and what became different is told. The revisions before stay as
/// they were.
///
/// # Errors
/// When the round is not published, nothing has become different, there is no note, the difference is that of a few people, or
/// somebody else made a revision meanwhile.
pub fn revise(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    Terms { note, although_few }: Terms,
    tell: Tell,
) -> Result<Publication, PublishRefusal> {
    if !matches!(rounds::find(store, round)?, AnyRound::Published(_)) {
        return Err(not_in_state(store, round, "published"));
    }
    if note.trim().is_empty() {
        return Err(PublishRefusal::NoNote);
    }
    let before = list(store, round)?.pop().ok_or_else(|| PublishRefusal::NoSuchPublication(round.clone()))?;
    tell(Step::Computing);
    let figures = Figures::compute(catalogue, store, round)?;
    if figures.digest() == before.digest {
        return Err(PublishRefusal::NothingNew(before.revision));
    }
    let changes = Changes::between(&reports(store, &before)?, &figures.scene.reports);
    if !although_few && !changes.few.is_empty() {
        let area = |(area, n): &(NamedArea, u64)| format!("{} ({}) {n}", area.name, area.code);
        let areas = changes.few.iter().map(area).collect::<Vec<_>>().join(", ");
        return Err(PublishRefusal::Few { revision: before.revision + 1, areas });
    }
    let arrivals = store.with(|connection| store::publications::arrivals(connection, round))?;
    let late: Vec<LateArrival> = arrivals.into_iter().filter(|late| late.arrived > before.published).collect();
    let changes = report::publications::changes(&changes, &late);
    let publication = figures.publication((before.revision + 1, now()), note, changes);
    // An import that is still going on came before this revision by its clock, so it has to be seen in it.
    let hold = |connection: &mut store::Connection| store::rounds::hold_by_backend(connection, round);
    freeze(store, &figures, &publication, tell, hold).map(|()| publication)
}

/// The figures of a round, computed and packed, on their way to be published.
struct Figures {
    scene: Scene,
    files: Vec<PackedFile>,
}

impl Figures {
    fn compute(catalogue: &Catalogue, store: &Store, round: &RoundCode) -> Result<Self, PublishRefusal> {
        let scene = Scene::load(catalogue, store, (round, None), env!("CARGO_PKG_VERSION"))?;
        let files = files::all(&scene)?;
        Ok(Self { scene, files })
    }

    fn digest(&self) -> Digest {
        files::digest(&self.files)
    }

    fn publication(&self, (revision, at): (u32, DateTime<Utc>), note: &str, changes: String) -> Publication {
        Publication {
            round: self.scene.basis.round().clone(),
            revision,
            published: at,
            note: note.trim().to_owned(),
            changes,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            data: self.scene.basis.digest(),
            digest: self.digest(),
        }
    }
}

/// Makes a publication public: the state of its round, its files and the mail that tells of it, all or nothing.
fn freeze(
    store: &Store,
    figures: &Figures,
    publication: &Publication,
    tell: Tell,
    record: impl FnOnce(&mut store::Connection) -> Result<(), StoreError>,
) -> Result<(), PublishRefusal> {
    let pages = Drawing::of(&figures.scene, publication).packed(tell)?;
    tell(Step::Storing);
    let areas: BTreeSet<&AreaCode> = figures.scene.reports.iter().map(|report| &report.subject.area.code).collect();
    let Publication { round, revision, published, .. } = publication;
    let done = store.with(|connection| {
        let all = connection.transact(|connection| {
            record(connection)?;
            if !figures.scene.basis.holds(connection)? {
                return Err(Undone::Overtaken);
            }
            store::publications::insert(connection, publication, figures.files.iter().chain(&pages))?;
            let has_figures = |unit: &AreaCode| areas.contains(unit);
            outbox::queue(connection, round, Edition::Revision(*revision), has_figures, *published)?;
            Ok(())
        });
        match all {
            Ok(()) => Ok(true),
            Err(Undone::Overtaken) => Ok(false),
            Err(Undone::Failed(error)) => Err(error),
        }
    })?;
    if done { Ok(()) } else { Err(PublishRefusal::Overtaken(round.clone())) }
}

/// Why a transaction is undone.
enum Undone {
    Overtaken,
    Failed(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// An instant as the database keeps it.
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

fn not_in_state(store: &Store, round: &RoundCode, wanted: &'static str) -> PublishRefusal {
    match rounds::find(store, round) {
        Ok(found) => rounds::wrong_state(&found, wanted).into(),
        Err(refusal) => refusal.into(),
    }
}
