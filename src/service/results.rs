//! What people said: every item, element and the overall figure of one round, for one area.

use super::breakdown::cells::{ADMISSION, Declared};
use super::catalogue::{Catalogue, Texts};
use super::disclosure::{Linked, Visible};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::sample::{RoundSample, scaled};
use crate::domain::admission::{Admission, Admitted};
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

/// The results of a round, for one area within it or for all of it, of all answers or those without flags, of everybody or of
/// people who were admitted in one way.
///
/// # Errors
/// When the round or the area is unknown, the answers cannot be used, or there are no figures by admission.
pub fn results(
    catalogue: &Catalogue,
    store: &Store,
    code: &RoundCode,
    (area, answers): (Option<&AreaCode>, Answers),
    admission: Option<Admission>,
) -> Result<Results, AnalyseRefusal> {
    let exercise = Exercise::of_round(catalogue, store, code, answers)?;
    let (area, survey) = (within(&exercise, area)?.clone(), exercise.named(code)?);
    if admission.is_some() {
        check_admission(catalogue, &exercise, survey, &area)?;
    }
    let linked = Linked::of(catalogue, &exercise, survey);
    let found = of_admitted(catalogue, &exercise, (survey, &linked), (&[&area], admission));
    found.into_iter().next().ok_or(AnalyseRefusal::UnknownUnit(area.code))
}

/// The area of an exercise that was asked for: one within it, or all of it.
pub(super) fn within<'e>(exercise: &'e Exercise, area: Option<&AreaCode>) -> Result<&'e Area, AnalyseRefusal> {
    let area = area.unwrap_or(&exercise.plan.area);
    let known = exercise.tree.get(area).filter(|area| exercise.tree.is_within(&area.code, &exercise.plan.area));
    known.ok_or_else(|| AnalyseRefusal::UnknownUnit(area.clone()))
}

/// Whether the figures of an area are declared by admission: only then are they part of the linked set.
fn check_admission(
    catalogue: &Catalogue,
    exercise: &Exercise,
    survey: &Survey,
    area: &Area,
) -> Result<(), AnalyseRefusal> {
    if survey.sample.place_of_admission().is_none() {
        return Err(AnalyseRefusal::NoCodes(survey.source.round.clone()));
    }
    let declared = Declared::of(catalogue, exercise, survey);
    let level = (area.code != exercise.plan.area).then(|| area.level.code());
    let names: Vec<String> = level.into_iter().chain([ADMISSION]).map(str::to_owned).collect();
    declared.position(&names).map(drop).ok_or_else(|| {
        let by_admission = declared.names().into_iter().filter(|name| name.split('*').any(|part| part == ADMISSION));
        let declared = by_admission.collect::<Vec<_>>().join(", ");
        AnalyseRefusal::NotByAdmission { area: area.code.clone(), declared }
    })
}

/// The results of a survey for some areas of its exercise.
pub(super) fn of_areas(
    catalogue: &Catalogue,
    exercise: &Exercise,
    on: (&Survey, &Linked),
    areas: &[&Area],
) -> Vec<Results> {
    of_admitted(catalogue, exercise, on, (areas, None))
}

/// The results of a survey of people admitted in each way, for those of some areas where that is declared.
pub(super) fn by_admission(
    catalogue: &Catalogue,
    exercise: &Exercise,
    on: (&Survey, &Linked),
    areas: &[&Area],
) -> Vec<Results> {
    let of = |admission| of_admission(catalogue, exercise, on, (areas, Some(admission))).unwrap_or_default();
    Admission::ALL.into_iter().flat_map(of).collect()
}

/// The results of a survey for some areas, of everybody, or of people admitted in one way where that is declared.
///
/// # Errors
/// When it is declared for none of the areas.
pub(super) fn of_admission(
    catalogue: &Catalogue,
    exercise: &Exercise,
    on: (&Survey, &Linked),
    (areas, admission): (&[&Area], Option<Admission>),
) -> Result<Vec<Results>, AnalyseRefusal> {
    if admission.is_none() {
        return Ok(of_areas(catalogue, exercise, on, areas));
    }
    let checked = |area: &&Area| check_admission(catalogue, exercise, on.0, area);
    let declared: Vec<&Area> = areas.iter().copied().filter(|area| checked(area).is_ok()).collect();
    match areas.first() {
        Some(first) if declared.is_empty() => checked(first).map(|()| Vec::new()),
        _ => Ok(of_admitted(catalogue, exercise, on, (&declared, admission))),
    }
}

/// As [`of_areas`], of everybody or of people who were admitted in one way.
fn of_admitted(
    catalogue: &Catalogue,
    exercise: &Exercise,
    (survey, linked): (&Survey, &Linked),
    (areas, admission): (&[&Area], Option<Admission>),
) -> Vec<Results> {
    let Survey { source, sample } = survey;
    let questions = questions(sample);
    let statistics: Vec<Vec<Statistic>> = questions.iter().map(Question::statistics).collect();
    // The figures of one question have the same people, so they are shown together or not at all.
    let visible: Vec<Option<Visible>> =
        statistics.iter().map(|figures| figures.first().map(|first| linked.statistic(first))).collect();
    let codes: Vec<AreaCode> = areas.iter().map(|area| area.code.clone()).collect();
    let everybody = sample.domains(&exercise.tree, &codes);
    let admitted: Vec<Option<Admitted>> = everybody.iter().map(|area| admitted(linked, survey, area)).collect();
    let domains = match admission {
        Some(admission) => sample.admitted(everybody, admission),
        None => everybody,
    };
    // Of areas asked together one could borrow another's design effect; an area's figures shall be the same alone.
    let found = sample.estimate_each(&domains, &statistics.concat(), LEVEL);
    let questionnaire = sample.questionnaire();
    let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
    let of_area = |(((area, domain), admitted), found): (((&&Area, &Domain), Option<Admitted>), Vec<_>)| {
        let (mut found, spot) = (found.into_iter(), linked.spot(domain, source.answers));
        let row = |(question, visible): (&Question, &Option<Visible>)| {
            let visible = visible.as_ref()?;
            let mut shown = found.by_ref().map(|outcome| visible.figure(spot, outcome));
            let mut row = question.answered(&mut shown)?;
            row.title = texts.map(|texts| title(texts, questionnaire, &row)).unwrap_or_default();
            Some(row)
        };
        let rows: Vec<ResultRow> = questions.iter().zip(&visible).filter_map(row).collect();
        let is_selected = source.mode == Mode::SelfSelected;
        Results {
            selection: is_selected.then(|| selection(linked, sample, &exercise.tree, (&area.code, &rows))),
            area: area.code.clone(),
            area_name: area.name.clone(),
            source: source.clone(),
            rule: questionnaire.rule,
            roll_up: questionnaire.roll_up,
            rows,
            admission,
            admitted,
        }
    };
    areas.iter().zip(&domains).zip(admitted).zip(found).map(of_area).collect()
}

/// How the people of an area were admitted, if the round used codes and both numbers may be shown.
fn admitted(linked: &Linked, Survey { source, sample }: &Survey, area: &Domain) -> Option<Admitted> {
    sample.place_of_admission()?;
    let people = linked.people();
    let [with_code, walk_ins] = [Admission::Receipt, Admission::WalkIn].map(|admission| {
        let domain = sample.admitted(vec![area.clone()], admission).pop()?;
        people.holds(&domain, source.answers).then(|| linked.n(&domain, source.answers))
    });
    Some(Admitted { with_code: with_code?, walk_ins: walk_ins? })
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
