//! What a publication is made from: the answers and scores of an exercise, and every figure that follows from them.

use super::PublishRefusal;
use crate::domain::area::Area;
use crate::domain::breakdown::Breakdowns;
use crate::domain::comment::Standing;
use crate::domain::ids::{Digest, RoundCode};
use crate::domain::index::table::IndexTable;
use crate::domain::points::Points;
use crate::domain::publication::Publication;
use crate::domain::quality::Answers;
use crate::domain::results::Results;
use crate::domain::round::RoundPlan;
use crate::domain::unit_report::UnitReport;
use crate::service::catalogue::Catalogue;
use crate::service::disclosure::Linked;
use crate::service::exercise::Exercise;
use crate::service::{analyse, breakdown, comments, results, rounds, unit_report};
use crate::store::{self, Connection, Store, StoreError};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The state that sources are told to be in: what is frozen is published.
const PUBLISHED: &str = "published";

/// Everything that a publication is made from.
pub(super) struct Scene {
    pub(super) basis: Basis,
    /// Once with all answers, and once without those that are flagged.
    pub(super) sides: Vec<Side>,
    pub(super) reports: Vec<UnitReport>,
    /// The comments that each area's page shows, by its code.
    pub(super) comments: BTreeMap<String, Vec<String>>,
}

/// The figures of all answers, or of those without flags.
pub(super) struct Side {
    pub(super) answers: Answers,
    pub(super) table: IndexTable,
    /// Of each area that has desks.
    pub(super) results: Vec<Results>,
    /// Of people admitted in each way, for the areas where that is declared.
    pub(super) by_admission: Vec<Results>,
    /// Every figure in every declared breakdown.
    pub(super) breakdowns: Breakdowns,
}

/// What figures are computed of: a round, and the version of the program that says so.
struct Subject<'a> {
    catalogue: &'a Catalogue,
    store: &'a Store,
    round: &'a RoundCode,
    /// The instant whose answers count; none for all there are.
    as_of: Option<DateTime<Utc>>,
    program_version: &'a str,
}

impl Scene {
    /// Loads a round's exercise, with all answers or those that were there at an instant, and computes its figures, as a version
    /// of the program says that it does.
    pub(super) fn load(
        catalogue: &Catalogue,
        store: &Store,
        (round, as_of): (&RoundCode, Option<DateTime<Utc>>),
        program_version: &str,
    ) -> Result<Self, PublishRefusal> {
        // Scores are read first: whoever changes them meanwhile is found out when the basis is looked at again.
        let plan = rounds::find(store, round)?.plan().clone();
        let scores = store.with(|connection| scores_digest(connection, &plan))?;
        let subject = Subject { catalogue, store, round, as_of, program_version };
        let exercise = subject.exercise(Answers::All)?;
        let linked = analyse::linked(catalogue, &exercise);
        let all = subject.side(&exercise, &linked)?;
        let figures = (&all.table, all.results.as_slice());
        let reports = unit_report::of_figures(catalogue, store, &exercise, &linked, figures)?;
        let basis = Basis::of(&exercise, scores);
        let exercise = subject.exercise(Answers::Unflagged)?;
        let unflagged = subject.side(&exercise, &analyse::linked(catalogue, &exercise))?;
        let approved = comments::of_round(store, round, Some(Standing::Approved))?;
        let comments = comments::shown(&reports, &approved).into_iter();
        let comments = comments.map(|(area, texts)| (area.to_string(), texts)).collect();
        Ok(Self { basis, sides: vec![all, unflagged], reports, comments })
    }
}

impl Subject<'_> {
    fn exercise(&self, answers: Answers) -> Result<Exercise, PublishRefusal> {
        let mut exercise = Exercise::as_of(self.catalogue, self.store, self.round, answers, self.as_of)?;
        let named = exercise.surveys.iter_mut().filter(|survey| survey.source.round == *self.round);
        named.for_each(|survey| survey.source.state = PUBLISHED);
        Ok(exercise)
    }

    fn side(&self, exercise: &Exercise, linked: &[Linked]) -> Result<Side, PublishRefusal> {
        let Self { catalogue, store, .. } = *self;
        let mut table = analyse::table_of(catalogue, store, exercise, linked)?;
        self.program_version.clone_into(&mut table.provenance.program_version);
        let (survey, linked) = exercise.named_of(linked)?;
        let has_desks =
            |area: &Area| survey.sample.transactions.keys().any(|desk| exercise.tree.is_within(desk, &area.code));
        let within = exercise.tree.iter().filter(|area| exercise.tree.is_within(&area.code, &exercise.plan.area));
        let areas: Vec<&Area> = within.filter(|area| area.code == exercise.plan.area || has_desks(area)).collect();
        Ok(Side {
            answers: survey.source.answers,
            table,
            results: results::of_areas(catalogue, exercise, (survey, linked), &areas),
            by_admission: results::by_admission(catalogue, exercise, (survey, linked), &areas),
            breakdowns: breakdown::every(catalogue, exercise, (survey, linked)),
        })
    }
}

/// The answers and scores that figures were computed from, by their digests.
pub(super) struct Basis {
    plan: RoundPlan,
    /// The cut of each round of the exercise.
    cuts: Vec<(RoundCode, Digest)>,
    scores: Digest,
}

impl Basis {
    fn of(exercise: &Exercise, scores: Digest) -> Self {
        let sources = exercise.surveys.iter().map(|survey| &survey.source);
        let cuts = sources.map(|source| (source.round.clone(), source.cut)).collect();
        Self { plan: exercise.plan.clone(), cuts, scores }
    }

    /// The round that was named.
    pub(super) fn round(&self) -> &RoundCode {
        &self.plan.code
    }

    /// All of it as one digest.
    pub(super) fn digest(&self) -> Digest {
        let mut whole = Sha256::new();
        for (round, cut) in &self.cuts {
            whole.update(format!("{round} {cut}\n"));
        }
        whole.update(format!("scores {}\n", self.scores));
        Digest(whole.finalize().into())
    }

    /// Whether the round's answers and the scores are still those.
    pub(super) fn holds(&self, connection: &mut Connection) -> Result<bool, StoreError> {
        let round = &self.plan.code;
        let cut = store::responses::cut_digest(connection, round)?;
        let is_same = self.cuts.iter().any(|(of, then)| of == round && *then == cut);
        Ok(is_same && scores_digest(connection, &self.plan)? == self.scores)
    }
}

/// Whether a publication's figures follow from an exercise's answers, and the scores as they are now.
///
/// # Errors
/// When the database fails.
pub fn follows_from(exercise: &Exercise, store: &Store, publication: &Publication) -> Result<bool, StoreError> {
    let scores = store.with(|connection| scores_digest(connection, &exercise.plan))?;
    Ok(Basis::of(exercise, scores).digest() == publication.data)
}

fn scores_digest(connection: &mut Connection, plan: &RoundPlan) -> Result<Digest, StoreError> {
    let mut whole = Sha256::new();
    for row in store::assessments::all(connection, &plan.scheme, plan.year)? {
        let score = row.entry.score;
        let points = |points: Option<Points>| points.map(|points| points.to_string());
        let (claimed, appraised) = (points(score.claimed()), points(score.appraised()));
        let line = (row.unit.as_str(), row.sub_criterion.as_str(), claimed, appraised, &row.entry.note);
        whole.update(format!("{line:?} {score:?}\n"));
    }
    Ok(Digest(whole.finalize().into()))
}
