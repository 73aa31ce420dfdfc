//! A year's exercise: one scheme, one area, one year, and the rounds whose surveys feed it. `--round R` names an exercise
//! by one of its rounds.

use super::assess;
use super::catalogue::Catalogue;
use super::rounds::{self, RoundRefusal};
use super::sample::{RoundSample, SampleRefusal};
use crate::domain::area::{Area, AreaTree};
use crate::domain::assessment::Assessment;
use crate::domain::ids::{AreaCode, QuestionnaireId, QuestionnaireRef, RoundCode};
use crate::domain::index::table::Source;
use crate::domain::period::Year;
use crate::domain::quality::Answers;
use crate::domain::questionnaire::Questionnaire;
use crate::domain::round::{AnyRound, RoundPlan};
use crate::domain::scheme::Scheme;
use crate::store::{self, Store, StoreError};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why figures could not be computed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseRefusal {
    /// The round cannot be used.
    #[error(transparent)]
    Round(#[from] RoundRefusal),
    /// A round's answers cannot be used.
    #[error(transparent)]
    Sample(#[from] SampleRefusal),
    /// A scheme or questionnaire is not what the round was drawn up with.
    #[error(
        "round {round} was drawn up with {what} of digest {then}, but the file now has {now}; restore that version"
    )]
    Changed {
        /// The round.
        round: RoundCode,
        /// Which file.
        what: String,
        /// The digest it was drawn up with.
        then: String,
        /// The digest it has now.
        now: String,
    },
    /// Two rounds could feed the same survey part.
    #[error(
        "rounds {first} and {second} both survey {questionnaire} for {area} in {year}; name the one that counts with --round"
    )]
    TwoRounds {
        /// One.
        first: RoundCode,
        /// The other.
        second: RoundCode,
        /// What they survey.
        questionnaire: QuestionnaireId,
        /// The area.
        area: AreaCode,
        /// The year.
        year: Year,
    },
    /// A stored score does not fit the scheme any more.
    #[error("stored scores do not fit scheme {scheme}: {faults}")]
    Scores {
        /// The scheme.
        scheme: String,
        /// What does not fit.
        faults: String,
    },
    /// A round without receipt codes admitted everybody alike.
    #[error("round {0} used no receipt codes, so nobody is told apart by them; leave the admission out")]
    NoCodes(RoundCode),
    /// Figures by admission are given where they are declared, since others could be subtracted from each other.
    #[error("figures of {area} are not declared by admission; there are {declared}")]
    NotByAdmission {
        /// The area asked for.
        area: AreaCode,
        /// The declared breakdowns by admission.
        declared: String,
    },
    /// The area asked for is not rated.
    #[error("{0} is not a unit that the scheme rates in this round")]
    UnknownUnit(AreaCode),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One survey of an exercise.
pub struct Survey {
    /// Where its answers come from.
    pub source: Source,
    /// Its answers.
    pub sample: RoundSample,
}

/// Everything the figures of a year are computed from.
pub struct Exercise {
    /// The plan of the round that named it.
    pub plan: RoundPlan,
    /// The scheme.
    pub scheme: Arc<Scheme>,
    /// The areas.
    pub tree: AreaTree,
    /// The surveys, one for each questionnaire of the scheme that has a round.
    pub surveys: Vec<Survey>,
    /// The instant whose answers these are; none for all there are.
    pub as_of: Option<DateTime<Utc>>,
}

impl Exercise {
    /// Loads the exercise that a round belongs to, with all answers or those without flags.
    ///
    /// # Errors
    /// When the round is unknown, a file has changed under it, or it is not clear which rounds count.
    pub fn of_round(
        catalogue: &Catalogue,
        store: &Store,
        code: &RoundCode,
        answers: Answers,
    ) -> Result<Self, AnalyseRefusal> {
        Self::as_of(catalogue, store, code, answers, None)
    }

    /// As [`Self::of_round`], with the answers that were there at an instant: those that came late after it are left out.
    ///
    /// # Errors
    /// As [`Self::of_round`].
    pub fn as_of(
        catalogue: &Catalogue,
        store: &Store,
        code: &RoundCode,
        answers: Answers,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Self, AnalyseRefusal> {
        let named = rounds::find(store, code)?;
        let plan = named.plan().clone();
        let scheme = scheme_of(catalogue, store, &plan)?;
        let tree = super::areas::tree(store)?;
        let wanted: BTreeSet<&QuestionnaireId> = scheme.surveyed().map(|(_, questionnaire, _)| questionnaire).collect();
        let mut chosen: BTreeMap<QuestionnaireId, AnyRound> = BTreeMap::new();
        chosen.insert(plan.questionnaire.id.clone(), named);
        for round in store.with(store::rounds::all)? {
            let other = round.plan();
            let belongs = (&other.scheme, &other.area, other.year) == (&plan.scheme, &plan.area, plan.year)
                && wanted.contains(&other.questionnaire.id)
                && other.questionnaire.id != plan.questionnaire.id
                && !matches!(round, AnyRound::Draft(_));
            if !belongs {
                continue;
            }
            let questionnaire = other.questionnaire.id.clone();
            if let Some(first) = chosen.get(&questionnaire) {
                let (first, second) = (first.plan().code.clone(), other.code.clone());
                let (area, year) = (plan.area, plan.year);
                return Err(AnalyseRefusal::TwoRounds { first, second, questionnaire, area, year });
            }
            chosen.insert(questionnaire, round);
        }
        let surveys = chosen
            .values()
            .map(|round| load_survey(catalogue, store, (round, as_of), answers))
            .collect::<Result<_, _>>()?;
        Ok(Self { plan, scheme, tree, surveys, as_of })
    }

    /// The survey of the round that named the exercise.
    ///
    /// # Errors
    /// When the round has none in it, which happens to no exercise of that round.
    pub fn named(&self, round: &RoundCode) -> Result<&Survey, AnalyseRefusal> {
        let named = self.surveys.iter().find(|survey| survey.source.round == *round);
        named.ok_or_else(|| AnalyseRefusal::UnknownUnit(self.plan.area.clone()))
    }

    /// The survey of the round that named the exercise, with its own of what there is for each survey in their order.
    ///
    /// # Errors
    /// As [`Self::named`].
    pub(super) fn named_of<'a, T>(&'a self, of_surveys: &'a [T]) -> Result<(&'a Survey, &'a T), AnalyseRefusal> {
        let mut all = self.surveys.iter().zip(of_surveys);
        let named = all.find(|(survey, _)| survey.source.round == self.plan.code);
        named.ok_or_else(|| AnalyseRefusal::UnknownUnit(self.plan.area.clone()))
    }

    /// The exercise of the year before for the same area, scheme and questionnaire, if there was exactly one.
    ///
    /// # Errors
    /// As [`Exercise::of_round`].
    pub fn year_before(&self, catalogue: &Catalogue, store: &Store) -> Result<Option<Self>, AnalyseRefusal> {
        let before = self.round_before(store)?.filter(|round| round.plan().scheme == self.plan.scheme);
        let load = |round: AnyRound| Self::as_of(catalogue, store, &round.plan().code, Answers::All, self.as_of);
        before.map(load).transpose()
    }

    /// The round of the year before with the same questionnaire in the same area: of the same scheme, if exactly one was; or else of
    /// another, if exactly one was, whose figures are another series.
    ///
    /// # Errors
    /// When the database fails.
    pub fn round_before(&self, store: &Store) -> Result<Option<AnyRound>, AnalyseRefusal> {
        let all = store.with(store::rounds::all)?;
        let before = all.into_iter().filter(|round| {
            let other = round.plan();
            Some(other.year) == self.plan.year.previous()
                && other.area == self.plan.area
                && other.questionnaire.id == self.plan.questionnaire.id
                && !matches!(round, AnyRound::Draft(_))
        });
        let (same, others): (Vec<_>, Vec<_>) = before.partition(|round| round.plan().scheme == self.plan.scheme);
        let found = if same.is_empty() { others } else { same };
        Ok(<[AnyRound; 1]>::try_from(found).ok().map(|[only]| only))
    }

    /// The units the scheme rates, by code: areas of its level, within the surveyed area, that exist in the year.
    #[must_use]
    pub fn units(&self) -> Vec<&Area> {
        let rated = self.tree.at_level(self.scheme.rates, &self.plan.area);
        rated.filter(|area| area.validity.holds_in(self.plan.year)).collect()
    }

    /// The units' assessments, by unit.
    ///
    /// # Errors
    /// When the database fails, or a stored score does not fit the scheme.
    pub fn assessments(&self, store: &Store) -> Result<BTreeMap<AreaCode, Assessment>, AnalyseRefusal> {
        let rows = store.with(|conn| store::assessments::all(conn, &self.plan.scheme, self.plan.year))?;
        let scheme = self.plan.scheme.to_string();
        assess::from_rows(&self.scheme, rows).map_err(|faults| AnalyseRefusal::Scores { scheme, faults })
    }
}

/// The scheme of a round, if it is still what the round was drawn up with.
pub(super) fn scheme_of(catalogue: &Catalogue, store: &Store, plan: &RoundPlan) -> Result<Arc<Scheme>, AnalyseRefusal> {
    let scheme = catalogue.scheme(&plan.scheme).ok_or_else(|| RoundRefusal::UnknownScheme(plan.scheme.clone()))?;
    let (_, then) = store.with(|conn| store::rounds::digests(conn, &plan.code))?;
    if then != scheme.digest {
        let (round, what) = (plan.code.clone(), format!("scheme {}", plan.scheme));
        return Err(AnalyseRefusal::Changed { round, what, then: then.short(), now: scheme.digest.short() });
    }
    Ok(Arc::clone(scheme))
}

/// The questionnaire of a round, if it is still what the round was drawn up with.
pub(super) fn questionnaire_of<'c>(
    catalogue: &'c Catalogue,
    store: &Store,
    plan: &RoundPlan,
) -> Result<&'c Arc<Questionnaire>, AnalyseRefusal> {
    let reference: &QuestionnaireRef = &plan.questionnaire;
    let questionnaire =
        catalogue.questionnaire(reference).ok_or_else(|| RoundRefusal::UnknownQuestionnaire(reference.clone()))?;
    let (then, _) = store.with(|conn| store::rounds::digests(conn, &plan.code))?;
    if then != questionnaire.digest {
        let (round, what) = (plan.code.clone(), format!("questionnaire {reference}"));
        return Err(AnalyseRefusal::Changed { round, what, then: then.short(), now: questionnaire.digest.short() });
    }
    Ok(questionnaire)
}

fn load_survey(
    catalogue: &Catalogue,
    store: &Store,
    (round, as_of): (&AnyRound, Option<DateTime<Utc>>),
    answers: Answers,
) -> Result<Survey, AnalyseRefusal> {
    let plan = round.plan();
    let questionnaire = questionnaire_of(catalogue, store, plan)?;
    let rules = (catalogue.quality(), answers);
    let sample = RoundSample::load(store, (&plan.code, as_of), plan.mode, questionnaire, rules)?;
    let source = Source {
        round: plan.code.clone(),
        mode: plan.mode,
        state: round.state_code(),
        questionnaire: plan.questionnaire.clone(),
        questionnaire_digest: questionnaire.digest,
        questionnaire_status: questionnaire.status,
        n_responses: sample.n_responses,
        n_flagged: sample.flags.values().map(|count| count.n_flagged).sum(),
        answers,
        cut: sample.cut,
    };
    Ok(Survey { source, sample })
}
