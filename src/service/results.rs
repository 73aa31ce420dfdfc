//! What people said: every item, element and the overall figure of one round, for one area.

use super::catalogue::{Catalogue, Texts};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::sample::{RoundSample, scaled};
use crate::domain::area::AreaTree;
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::quality::Answers;
use crate::domain::questionnaire::{IndexRule, ItemKind, Part, Questionnaire};
use crate::domain::results::{Grain, ResultRow, Results};
use crate::domain::round::Mode;
use crate::domain::selection::{DeskCoverage, Selection};
use crate::service::analyse::LEVEL;
use crate::statistics::{NotEstimable, Range, Statistic, Term};
use crate::store::Store;

/// Answers below which a figure is not shown (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15; n < 5 is our threshold).
pub const MIN_ANSWERS: u64 = 5;

/// The results of a round, for one area within it or for all of it, of all answers or those without flags.
///
/// Figures without flagged answers beside those with them would give away what a handful of people said, so there are none
/// for areas with fewer than [`MIN_ANSWERS`] flagged ones.
///
/// # Errors
/// When the round or the area is unknown, or the answers cannot be used.
pub fn results(
    catalogue: &Catalogue,
    store: &Store,
    code: &RoundCode,
    (area, answers): (Option<&AreaCode>, Answers),
) -> Result<Results, AnalyseRefusal> {
    let exercise = Exercise::of_round(catalogue, store, code, answers)?;
    let area = area.unwrap_or(&exercise.plan.area);
    let known = exercise.tree.get(area).filter(|area| exercise.tree.is_within(&area.code, &exercise.plan.area));
    let known = known.ok_or_else(|| AnalyseRefusal::UnknownUnit(area.clone()))?;
    let named = exercise.surveys.iter().find(|survey| survey.source.round == *code);
    let Survey { source, sample } = named.ok_or_else(|| AnalyseRefusal::UnknownUnit(area.clone()))?;
    let questions = questions(sample);
    let statistics: Vec<Statistic> = questions.iter().flat_map(Question::statistics).collect();
    let domain = sample.domains(&exercise.tree, std::slice::from_ref(area));
    let mut found = sample.estimate(&domain, &statistics, LEVEL).into_iter().flatten();
    let questionnaire = sample.questionnaire();
    let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
    let rows = questions.into_iter().filter_map(|question| {
        let mut row = question.answered(&mut found)?;
        row.title = texts.map(|texts| title(texts, questionnaire, &row)).unwrap_or_default();
        Some(row)
    });
    let mut rows: Vec<ResultRow> = rows.collect();
    let n_left_out = flagged_within(sample, &exercise.tree, area);
    if answers == Answers::Unflagged && (1..MIN_ANSWERS).contains(&n_left_out) {
        rows.iter_mut().for_each(hide_difference);
    }
    let selection = (source.mode == Mode::SelfSelected).then(|| selection(sample, &exercise.tree, area, &rows));
    Ok(Results {
        selection,
        area: area.clone(),
        area_name: known.name.clone(),
        source: source.clone(),
        rule: questionnaire.rule,
        roll_up: questionnaire.roll_up,
        rows,
    })
}

/// Flagged answers in an area.
fn flagged_within(sample: &RoundSample, tree: &AreaTree, area: &AreaCode) -> u64 {
    let desks = sample.flags.iter().filter(|(desk, _)| tree.is_within(desk, area));
    desks.map(|(_, count)| count.n_flagged).sum()
}

fn hide_difference(row: &mut ResultRow) {
    let why = || format!("fewer than {MIN_ANSWERS} answers are flagged here; the difference would show what they say");
    let figures = std::iter::once(&mut row.figure).chain(&mut row.satisfied).chain(&mut row.mean);
    figures.for_each(|figure| *figure = Err(why()));
}

/// Who chose to answer in an area, and what that may do to its overall share.
fn selection(sample: &RoundSample, tree: &AreaTree, area: &AreaCode, rows: &[ResultRow]) -> Selection {
    let within = sample.transactions.iter().filter(|(desk, _)| tree.is_within(desk, area));
    let desks = within.map(|(desk, transactions)| DeskCoverage {
        desk: desk.clone(),
        name: tree.get(desk).map(|area| area.name.clone()).unwrap_or_default(),
        answers: sample.n_by_desk.get(desk).copied().unwrap_or_default(),
        transactions: *transactions,
    });
    let share = rows.first().and_then(|row| row.satisfied.as_ref()?.as_ref().ok());
    Selection::new(desks.collect(), share.map(|share| share.value))
}

/// A row before its figures are known.
struct Question {
    grain: Grain,
    code: String,
    figure: Vec<Term>,
    /// The same as a share of 4 and 5, and as a mean of 1 to 5.
    five_point: Option<(Vec<Term>, Vec<Term>)>,
}

impl Question {
    fn statistics(&self) -> Vec<Statistic> {
        let named = |terms: &Vec<Term>, range| Statistic::sum(self.code.clone(), terms.clone()).within(range);
        let unit = Range::Within { low: 0.0, high: 1.0 };
        // Satisfied with one item or not is a share of people; over several items it is a share of answers.
        let satisfied_range = if self.grain == Grain::Item { Range::Share } else { unit };
        let mut statistics = vec![named(&self.figure, unit)];
        if let Some((satisfied, mean)) = &self.five_point {
            statistics.push(named(satisfied, satisfied_range));
            statistics.push(named(mean, Range::Within { low: 1.0, high: 5.0 }));
        }
        statistics
    }

    /// Takes its figures off the front of what was found.
    fn answered(self, found: &mut impl Iterator<Item = Result<Estimate, NotEstimable>>) -> Option<ResultRow> {
        let Self { grain, code, five_point, .. } = self;
        let mut next = || found.next().map(shown);
        let figure = next()?;
        let (satisfied, mean) = if five_point.is_some() { (next(), next()) } else { (None, None) };
        Some(ResultRow { grain, code, title: String::new(), figure, satisfied, mean })
    }
}

/// An estimate, unless it would give away what single people answered, or there is none.
fn shown(outcome: Result<Estimate, NotEstimable>) -> Result<Estimate, String> {
    match outcome {
        Ok(estimate) if estimate.n < MIN_ANSWERS => {
            Err(format!("fewer than {MIN_ANSWERS} answers; not shown, so that nobody can be recognised"))
        }
        Ok(estimate) => Ok(estimate),
        Err(why) => Err(why.to_string()),
    }
}

/// How the questionnaire words what a row is about.
fn title(texts: &Texts, questionnaire: &Questionnaire, row: &ResultRow) -> String {
    let element = || questionnaire.elements.iter().find(|element| element.id.as_str() == row.code);
    match row.grain {
        Grain::Overall => texts.title.clone(),
        Grain::Element => element().map(|element| texts.element(&element.id).to_owned()).unwrap_or_default(),
        Grain::Item => questionnaire.item(&row.code).map(|item| texts.item(&item.id).to_owned()).unwrap_or_default(),
    }
}

fn questions(sample: &RoundSample) -> Vec<Question> {
    let questionnaire = sample.questionnaire();
    let satisfaction = || questionnaire.items.iter().filter(|item| item.part == Part::Satisfaction);
    let five_point = satisfaction().all(|item| item.kind == ItemKind::FivePoint);
    let question = |grain, code: &str, terms: &dyn Fn(IndexRule) -> Option<Vec<Term>>, five_point: bool| {
        let spread = || Some((terms(IndexRule::Top2Share)?, scaled(terms(IndexRule::MeanOverMax)?, 5.0)));
        let five_point = if five_point { spread() } else { None };
        Some(Question { grain, code: code.to_owned(), figure: terms(questionnaire.rule)?, five_point })
    };
    let mut questions: Vec<Question> = Vec::new();
    questions.extend(question(Grain::Overall, "", &|rule| sample.overall(rule), five_point));
    for element in &questionnaire.elements {
        let terms = |rule| sample.element(&element.id, rule);
        questions.extend(question(Grain::Element, element.id.as_str(), &terms, five_point));
        for item in questionnaire.items_of(&element.id) {
            let Some(place) = questionnaire.items.iter().position(|other| other.id == item.id) else { continue };
            let terms = |rule| Some(vec![sample.item_term(place, |item, code| item.worth(code, rule))?]);
            let five_point = item.kind == ItemKind::FivePoint;
            questions.extend(question(Grain::Item, item.id.as_str(), &terms, five_point));
        }
    }
    questions
}
