//! What people said: every item, element and the overall figure of one round, for one area.

use super::catalogue::{Catalogue, Texts};
use super::disclosure::{Linked, Visible};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::sample::{RoundSample, scaled};
use crate::domain::area::{Area, AreaTree};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::quality::Answers;
use crate::domain::questionnaire::{IndexRule, ItemKind, Part, Questionnaire};
use crate::domain::results::{Grain, ResultRow, Results};
use crate::domain::round::Mode;
use crate::domain::selection::{DeskCoverage, Selection};
use crate::service::analyse::LEVEL;
use crate::statistics::{Domain, Range, Statistic, Term};
use crate::store::Store;

/// The results of a round, for one area within it or for all of it, of all answers or those without flags.
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
    let area = within(&exercise, area)?.clone();
    let found = of_areas(catalogue, &exercise, exercise.named(code)?, &[&area]);
    found.into_iter().next().ok_or(AnalyseRefusal::UnknownUnit(area.code))
}

/// The area of an exercise that was asked for: one within it, or all of it.
pub(super) fn within<'e>(exercise: &'e Exercise, area: Option<&AreaCode>) -> Result<&'e Area, AnalyseRefusal> {
    let area = area.unwrap_or(&exercise.plan.area);
    let known = exercise.tree.get(area).filter(|area| exercise.tree.is_within(&area.code, &exercise.plan.area));
    known.ok_or_else(|| AnalyseRefusal::UnknownUnit(area.clone()))
}

/// The results of a survey for some areas of its exercise.
pub(super) fn of_areas(catalogue: &Catalogue, exercise: &Exercise, survey: &Survey, areas: &[&Area]) -> Vec<Results> {
    let Survey { source, sample } = survey;
    let linked = Linked::of(catalogue, exercise, survey);
    let questions = questions(sample);
    let statistics: Vec<Vec<Statistic>> = questions.iter().map(Question::statistics).collect();
    // The figures of one question have the same people, so they are shown together or not at all.
    let visible: Vec<Option<Visible>> =
        statistics.iter().map(|figures| figures.first().map(|first| linked.statistic(first))).collect();
    let codes: Vec<AreaCode> = areas.iter().map(|area| area.code.clone()).collect();
    let domains = sample.domains(&exercise.tree, &codes);
    // Of areas asked together one could borrow another's design effect; an area's figures shall be the same alone.
    let found = sample.estimate_each(&domains, &statistics.concat(), LEVEL);
    let questionnaire = sample.questionnaire();
    let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
    let of_area = |((area, domain), found): ((&&Area, &Domain), Vec<_>)| {
        let mut found = found.into_iter();
        let row = |(question, visible): (&Question, &Option<Visible>)| {
            let visible = visible.as_ref()?;
            let mut shown = found.by_ref().map(|outcome| visible.figure(domain, source.answers, outcome));
            let mut row = question.answered(&mut shown)?;
            row.title = texts.map(|texts| title(texts, questionnaire, &row)).unwrap_or_default();
            Some(row)
        };
        let rows: Vec<ResultRow> = questions.iter().zip(&visible).filter_map(row).collect();
        let is_selected = source.mode == Mode::SelfSelected;
        Results {
            selection: is_selected.then(|| selection(&linked, sample, &exercise.tree, (&area.code, &rows))),
            area: area.code.clone(),
            area_name: area.name.clone(),
            source: source.clone(),
            rule: questionnaire.rule,
            roll_up: questionnaire.roll_up,
            rows,
        }
    };
    areas.iter().zip(&domains).zip(found).map(of_area).collect()
}

/// Who chose to answer in an area, and what that may do to its overall share.
fn selection(
    linked: &Linked,
    sample: &RoundSample,
    tree: &AreaTree,
    (area, rows): (&AreaCode, &[ResultRow]),
) -> Selection {
    let people = linked.people();
    let is_shown = |area: &AreaCode| {
        let domains = sample.domains(tree, std::slice::from_ref(area));
        domains.first().is_some_and(|domain| people.holds(domain, Answers::All))
    };
    let n = |desk: &AreaCode| sample.n_by_desk.get(desk).copied().unwrap_or_default();
    let within = sample.transactions.iter().filter(|(desk, _)| tree.is_within(desk, area));
    let desks = within.map(|(desk, transactions)| DeskCoverage {
        desk: desk.clone(),
        name: tree.get(desk).map(|area| area.name.clone()).unwrap_or_default(),
        answers: is_shown(desk).then(|| n(desk)),
        transactions: *transactions,
    });
    let share = rows.first().and_then(|row| row.satisfied.as_ref()?.as_ref().ok());
    let answers = sample.transactions.keys().filter(|desk| tree.is_within(desk, area)).map(n).sum();
    Selection::new(desks.collect(), is_shown(area).then_some(answers), share.map(|share| share.value))
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
    fn answered(&self, found: &mut impl Iterator<Item = Result<Estimate, NoFigure>>) -> Option<ResultRow> {
        let mut next = || found.next();
        let figure = next()?;
        let (satisfied, mean) = if self.five_point.is_some() { (next(), next()) } else { (None, None) };
        Some(ResultRow { grain: self.grain, code: self.code.clone(), title: String::new(), figure, satisfied, mean })
    }
}

/// How the questionnaire words what a row is about.
pub(super) fn title(texts: &Texts, questionnaire: &Questionnaire, row: &ResultRow) -> String {
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
