//! Reads a scored leaf of a scheme: a sub-criterion or a block.

use super::{Surveys, Tally, read_heading};
use crate::domain::ids::{ElementId, ItemId, QuestionnaireId};
use crate::domain::points::Points;
use crate::domain::questionnaire::{ItemKind, Questionnaire};
use crate::domain::scheme::{Scoring, SubCriterion, SurveyFigure};
use crate::service::catalogue::near;
use crate::service::catalogue::reader::{Marked, Table};
use crate::service::catalogue::sums::Share;
use crate::service::catalogue::value;

/// Reads the leaf, and what it adds to the level above. `appraiser` is that of its criterion.
pub(super) fn read(
    entry: &mut Table<'_>,
    appraiser: Option<&str>,
    surveys: &Surveys<'_>,
    tally: &mut Tally,
) -> (Option<SubCriterion>, Option<Share>) {
    let (code, title) = read_heading(entry, tally);
    let max = entry.required("max", value::points);
    let step = entry.optional("step", value::points).map_or(Points::ZERO, |step| step.value);
    check_step(entry, max.as_ref(), step);
    let scoring = read_scoring(entry, surveys);
    let evidence = entry.optional("evidence", value::truth).map(|evidence| evidence.value);
    let own_appraiser = entry.optional("appraiser", value::text).map(|appraiser| appraiser.value);
    let appraiser = own_appraiser.or_else(|| appraiser.map(str::to_owned));

    let name = code.as_ref().map(ToString::to_string).unwrap_or_default();
    let share = max.as_ref().map(|max| Share { code: name, points: max.value, mark: max.mark });
    let is_surveyed = matches!(scoring, Some(Scoring::Survey { .. }));
    match &scoring {
        None => tally.survey.push(None),
        Some(Scoring::SelfAssessed | Scoring::Outcome) => {}
        Some(Scoring::Survey { .. }) => {
            refuse_what_a_survey_needs_not(entry);
            tally.survey.push(share.clone());
        }
    }
    let leaf = || {
        let scoring = scoring?;
        Some(SubCriterion {
            code: code?,
            title: title?,
            max: max?.value,
            step,
            evidence_required: evidence.unwrap_or(scoring == Scoring::SelfAssessed),
            scoring,
            appraiser: appraiser.filter(|_| !is_surveyed),
        })
    };
    (leaf(), share)
}

fn check_step(entry: &Table<'_>, max: Option<&Marked<Points>>, step: Points) {
    let Some(max) = max.map(|max| max.value) else { return };
    if max <= Points::ZERO {
        entry.note("max", "not-positive", "must be above 0");
    }
    if step < Points::ZERO {
        entry.note("step", "not-positive", "must be above 0; leave it out to allow any value");
    } else if !max.is_multiple_of(step) {
        entry.note("max", "off-step", format!("{max} is not a multiple of step {step}; correct one of them"));
    }
}

/// The points of a survey are calculated: nobody types them in steps, proves or appraises them.
fn refuse_what_a_survey_needs_not(entry: &Table<'_>) {
    for key in ["step", "evidence", "appraiser"].into_iter().filter(|key| entry.has(key)) {
        entry.note(key, "needless-key", "has no meaning where a survey gives the points; remove it");
    }
}

/// Reads `scored`: `"self"`, `"outcome"` or `{ survey = "…", item | element = "…" }`.
fn read_scoring(entry: &mut Table<'_>, surveys: &Surveys<'_>) -> Option<Scoring> {
    if let Some(mut survey) = entry.table_if_one("scored") {
        return read_survey(&mut survey, surveys);
    }
    let word = entry.required("scored", value::word(["self", "outcome"], |word| word))?;
    Some(if word.value == "self" { Scoring::SelfAssessed } else { Scoring::Outcome })
}

fn read_survey(survey: &mut Table<'_>, surveys: &Surveys<'_>) -> Option<Scoring> {
    let questionnaire = survey.required("survey", value::code(QuestionnaireId::parse));
    let item = survey.optional("item", value::code(ItemId::parse));
    let element = survey.optional("element", value::code(ElementId::parse));
    let overall = survey.optional("overall", value::truth);
    let n_figures = ["item", "element", "overall"].into_iter().filter(|key| survey.has(key)).count();
    if n_figures != 1 || overall.as_ref().is_some_and(|overall| !overall.value) {
        let message = "needs exactly one of item = \"…\", element = \"…\" and overall = true";
        survey.note("survey", "survey-figure", message);
        return None;
    }
    let figure = item
        .map(|item| SurveyFigure::Item(item.value))
        .or(element.map(|element| SurveyFigure::Element(element.value)))
        .or(overall.map(|_| SurveyFigure::Overall));
    let (questionnaire, figure) = (questionnaire?.value, figure?);
    check_figure(survey, &questionnaire, &figure, surveys);
    Some(Scoring::Survey { questionnaire, figure })
}

/// Notes a fault if no version of the questionnaire has the figure. Which version is used is said by the round; a scheme
/// written for an old version stays good when a new one comes without that item.
fn check_figure(table: &Table<'_>, id: &QuestionnaireId, figure: &SurveyFigure, surveys: &Surveys<'_>) {
    if surveys.faulty.contains(id) {
        return;
    }
    let of_id = || surveys.read.values().map(|read| &*read.questionnaire).filter(|one| one.reference.id == *id);
    if of_id().next().is_none() {
        let known = surveys.read.keys().map(|reference| reference.id.as_str());
        let hint = near::hint(id.as_str(), known.chain(surveys.faulty.iter().map(QuestionnaireId::as_str)));
        return table.note("survey", "unknown-questionnaire", format!("there is no questionnaire {id}{hint}"));
    }
    match figure {
        SurveyFigure::Overall => {}
        SurveyFigure::Element(element) => {
            let known = || of_id().flat_map(|one| &one.elements).map(|known| known.id.as_str());
            if !known().any(|known| known == element.as_str()) {
                let hint = near::hint(element.as_str(), known());
                table.note("element", "unknown-element", format!("{id} has no element {element}{hint}"));
            }
        }
        SurveyFigure::Item(item) => {
            let known = || of_id().flat_map(|one| &one.items).map(|known| known.id.as_str());
            if !known().any(|known| known == item.as_str()) {
                let hint = near::hint(item.as_str(), known());
                table.note("item", "unknown-item", format!("{id} has no item {item}{hint}"));
            } else if !of_id().any(|one| has_share(one, item)) {
                let message =
                    format!("{item} of {id} is not five-point or percents, so it gives no share of the points");
                table.note("item", "no-index-value", message);
            }
        }
    }
}

fn has_share(questionnaire: &Questionnaire, item: &ItemId) -> bool {
    let kind = questionnaire.item(item.as_str()).map(|item| &item.kind);
    matches!(kind, Some(ItemKind::FivePoint | ItemKind::Percents(_)))
}
