//! The reports of all areas of a round, from one reading of its answers: the whole area, each unit that the scheme rates, and
//! each desk that was drawn. The figures are those of `sipas index` and `sipas results`, by the same functions.

mod changes;
mod items;

use super::analyse;
use super::catalogue::{Catalogue, Texts};
use super::disclosure::{Linked, Visible};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::plan::plan;
use super::publish::{self, PublishRefusal};
use super::results::{self, title};
use crate::domain::area::Area;
use crate::domain::disclosure::NoFigure;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::index::IndexFault;
use crate::domain::index::table::IndexTable;
use crate::domain::plan::PlanLine;
use crate::domain::publication::AsOf;
use crate::domain::quality::{Answers, FlagCount};
use crate::domain::questionnaire::Language;
use crate::domain::results::{Grain, ResultRow, Results};
use crate::domain::round::AnyRound;
use crate::domain::unit_report::{
    Change, ChangeVerdict, Component, Coverage, DeskProgress, IndexPart, NamedArea, Occasion, PartLine, RankedIndex,
    Role, Row, RowTitle, Subject, UnitReport,
};
use crate::statistics::Target;
use crate::store::Store;
use items::Told;
use std::collections::BTreeMap;

/// The language that rows are worded in beside the questionnaire's first one.
const SECOND_LANGUAGE: &str = "en";

/// What a figure's change is as long as nobody has looked at the year before.
const NO_EARLIER_YEAR: Change = Change::untold(ChangeVerdict::NoEarlierYear);

/// The reports of a round: the whole area first, then the rated units, then the desks, each by code.
///
/// # Errors
/// When the round is unknown, or its figures cannot be computed.
pub fn of_round(catalogue: &Catalogue, store: &Store, round: &RoundCode) -> Result<Vec<UnitReport>, AnalyseRefusal> {
    of_exercise(catalogue, store, &Exercise::of_round(catalogue, store, round, Answers::All)?)
}

/// The reports of the round that named an exercise.
///
/// # Errors
/// As [`of_round`].
pub(super) fn of_exercise(
    catalogue: &Catalogue,
    store: &Store,
    exercise: &Exercise,
) -> Result<Vec<UnitReport>, AnalyseRefusal> {
    let all = analyse::linked(catalogue, exercise);
    let table = analyse::table_of(catalogue, store, exercise, &all)?;
    let (survey, linked) = exercise.named_of(&all)?;
    let lines = lines(store, exercise)?;
    let areas: Vec<&Area> = areas(exercise, &lines).into_iter().map(|(_, area)| area).collect();
    let results = results::of_areas(catalogue, exercise, (survey, linked), &areas);
    of_figures(catalogue, store, exercise, &all, (&table, &results))
}

/// The same, where the index table of the exercise and the results of its areas are there already.
///
/// # Errors
/// As [`of_round`].
pub(super) fn of_figures(
    catalogue: &Catalogue,
    store: &Store,
    exercise: &Exercise,
    linked: &[Linked],
    (table, results): (&IndexTable, &[Results]),
) -> Result<Vec<UnitReport>, AnalyseRefusal> {
    let lines = lines(store, exercise)?;
    let (survey, linked) = exercise.named_of(linked)?;
    let people = linked.people();
    let scene = Scene { catalogue, exercise, survey, linked, people, table, lines: &lines };
    let mut reports = scene.reports(results);
    let before = year_before(catalogue, store, exercise)?;
    reports.iter_mut().for_each(|report| changes::tell(report, &before));
    Ok(reports)
}

/// The reports of the year before: as they were published then, or else as they are now.
fn year_before(catalogue: &Catalogue, store: &Store, exercise: &Exercise) -> Result<Vec<UnitReport>, AnalyseRefusal> {
    let Some(round) = exercise.round_before(store)? else { return Ok(Vec::new()) };
    if matches!(round, AnyRound::Published(_)) {
        let published = publish::find(store, &round.plan().code, exercise.as_of.map_or(AsOf::Latest, AsOf::Instant));
        match published.and_then(|publication| publish::reports(store, &publication)) {
            Ok(reports) => return Ok(reports),
            Err(PublishRefusal::Store(error)) => return Err(error.into()),
            // Rounds that were published by an earlier version have nothing frozen, or something that this one cannot read.
            Err(refusal) => tracing::warn!(round = %round.plan().code, %refusal, "the year before is computed anew"),
        }
    }
    of_round(catalogue, store, &round.plan().code)
}

/// How many answers each desk was to bring, by unit.
fn lines(store: &Store, exercise: &Exercise) -> Result<Vec<PlanLine>, AnalyseRefusal> {
    plan(store, (&exercise.plan.code, exercise.as_of), exercise.scheme.rates, &Target::USUAL)
}

/// The areas that get a report: the whole area first, then the rated units, then the desks, each by code.
fn areas<'a>(exercise: &'a Exercise, lines: &[PlanLine]) -> Vec<(Role, &'a Area)> {
    let tree = &exercise.tree;
    let whole = tree.get(&exercise.plan.area);
    let desks = lines.iter().filter_map(|line| tree.get(line.desk.as_ref()?));
    let units = exercise.units().into_iter().filter(|unit| unit.code != exercise.plan.area);
    let mut areas: Vec<(Role, &Area)> = whole.map(|area| (Role::Whole, area)).into_iter().collect();
    areas.extend(units.map(|area| (Role::Unit, area)));
    areas.extend(desks.map(|area| (Role::Desk, area)));
    areas.sort_by(|(role, area), (other, one)| (role, &area.code).cmp(&(other, &one.code)));
    areas
}

/// What reports are drawn from.
struct Scene<'a> {
    catalogue: &'a Catalogue,
    exercise: &'a Exercise,
    survey: &'a Survey,
    linked: &'a Linked<'a>,
    people: Visible<'a>,
    table: &'a IndexTable,
    lines: &'a [PlanLine],
}

/// An area that gets a report, with what people said there.
type Found<'a> = (Role, &'a Area, &'a Results);

impl<'a> Scene<'a> {
    fn reports(&self, results: &[Results]) -> Vec<UnitReport> {
        let of_area = |(role, area): (Role, &'a Area)| {
            let results = results.iter().find(|results| results.area == area.code)?;
            Some((role, area, results))
        };
        let found: Vec<Found> = areas(self.exercise, self.lines).into_iter().filter_map(of_area).collect();
        let codes: Vec<AreaCode> = found.iter().map(|(_, area, _)| area.code.clone()).collect();
        let domains = self.survey.sample.domains(&self.exercise.tree, &codes);
        let told = items::tell(&self.survey.sample, self.linked, &domains);
        let report = |((role, area, results), told): (&Found, BTreeMap<String, Told>)| UnitReport {
            subject: self.subject(*role, area),
            occasion: self.occasion(),
            index: (*role == Role::Unit).then(|| self.index(&area.code)).flatten(),
            component: self.component(*role, &area.code),
            rows: results.rows.iter().map(|row| self.row(row, &told)).collect(),
            parts: self.parts((*role, area), &found),
            desks: self.desks(&area.code),
            coverage: self.coverage(&area.code),
            selection: results.selection.clone(),
            earlier: Vec::new(),
            provenance: self.table.provenance.clone(),
        };
        found.iter().zip(told).map(report).collect()
    }

    fn subject(&self, role: Role, area: &Area) -> Subject {
        let Exercise { tree, plan, .. } = self.exercise;
        let above = tree.lineage(&area.code).skip(1).filter(|above| tree.is_within(&above.code, &plan.area));
        Subject {
            area: named(area),
            role,
            is_focus: area.focus.holds_in(plan.year),
            within: above.map(named).collect(),
        }
    }

    fn occasion(&self) -> Occasion {
        let (plan, heading) = (&self.exercise.plan, &self.table.heading);
        Occasion {
            round: plan.code.clone(),
            year: plan.year,
            period: plan.period,
            max: heading.max,
            survey_max: heading.survey_max,
            decimals: heading.decimals,
        }
    }

    fn index(&self, unit: &AreaCode) -> Option<IndexPart> {
        let ranked = self.table.units.iter().find(|ranked| ranked.index.unit == *unit);
        let unranked = || self.table.unranked.iter().find(|unranked| unranked.unit.code == *unit);
        match ranked {
            Some(ranked) => Some(IndexPart::Ranked(Box::new(RankedIndex {
                index: ranked.index.clone(),
                standing: ranked.standing,
                change: NO_EARLIER_YEAR,
            }))),
            None => unranked().map(|unranked| IndexPart::Unranked(unranked.faults.clone())),
        }
    }

    fn component(&self, role: Role, area: &AreaCode) -> Option<Component> {
        let none = || NoFigure::None("no survey gives an estimate".to_owned());
        let heading = &self.table.heading;
        let (points, max) = match (role, self.index(area)) {
            (Role::Desk, _) => return None,
            (Role::Unit, Some(IndexPart::Ranked(ranked))) => {
                (ranked.index.survey.clone().ok_or_else(none), ranked.index.survey_max)
            }
            (Role::Unit, Some(IndexPart::Unranked(faults))) if faults.contains(&IndexFault::Hidden) => {
                (Err(NoFigure::Hidden), heading.survey_max)
            }
            (Role::Unit, _) => (Err(none()), heading.survey_max),
            (Role::Whole, _) => (heading.survey.clone().ok_or_else(none), heading.survey_max),
        };
        Some(Component { points, max, change: NO_EARLIER_YEAR })
    }

    fn row(&self, row: &ResultRow, told: &BTreeMap<String, Told>) -> Row {
        let questionnaire = self.survey.sample.questionnaire();
        let item = questionnaire.item(&row.code).filter(|_| row.grain == Grain::Item);
        let told = item.and_then(|_| told.get(&row.code));
        Row {
            grain: row.grain,
            code: row.code.clone(),
            element: item.and_then(|item| Some(item.element.as_ref()?.to_string())),
            title: RowTitle {
                vi: row.title.clone(),
                en: self.second_texts().map(|texts| title(texts, questionnaire, row)),
            },
            figure: row.figure.clone(),
            satisfied: row.satisfied.clone(),
            mean: row.mean.clone(),
            distribution: told.and_then(|told| told.distribution.clone()),
            importance: told.map(|told| told.importance.clone()),
            change: NO_EARLIER_YEAR,
        }
    }

    fn second_texts(&self) -> Option<&Texts> {
        let language = Language::parse(SECOND_LANGUAGE).ok()?;
        self.catalogue.texts(&self.survey.source.questionnaire, &language)
    }

    /// What lies within an area: units of the whole, desks of a unit.
    fn parts(&self, (role, area): (Role, &Area), found: &[Found]) -> Vec<PartLine> {
        let wanted = match role {
            Role::Whole if found.iter().any(|(role, ..)| *role == Role::Unit) => Role::Unit,
            Role::Whole | Role::Unit => Role::Desk,
            Role::Desk => return Vec::new(),
        };
        let is_part = |part: &&Found| part.0 == wanted && self.exercise.tree.is_within(&part.1.code, &area.code);
        let line = |(role, part, results): &Found| PartLine {
            area: named(part),
            is_focus: part.focus.holds_in(self.exercise.plan.year),
            index: (*role == Role::Unit).then(|| self.index(&part.code)).flatten(),
            satisfied: results.rows.first().and_then(|row| row.satisfied.clone()),
        };
        found.iter().filter(is_part).map(line).collect()
    }

    /// The plan of the desks within an area.
    fn lines_within(&self, area: &AreaCode) -> impl Iterator<Item = (&AreaCode, &PlanLine)> {
        let lines = self.lines.iter().filter_map(|line| Some((line.desk.as_ref()?, line)));
        lines.filter(move |(desk, _)| self.exercise.tree.is_within(desk, area))
    }

    fn desks(&self, area: &AreaCode) -> Vec<DeskProgress> {
        let progress = |(desk, line): (&AreaCode, &PlanLine)| DeskProgress {
            desk: desk.clone(),
            name: line.name.clone(),
            planned: line.planned,
            answers: self.is_shown(desk, Answers::All).then(|| self.n_answers(desk)),
        };
        self.lines_within(area).map(progress).collect()
    }

    fn coverage(&self, area: &AreaCode) -> Coverage {
        let desks = || self.lines_within(area);
        let mut flags = FlagCount::default();
        desks().filter_map(|(desk, _)| self.survey.sample.flags.get(desk)).for_each(|count| flags.add_all(count));
        let is_shown = |answers| self.is_shown(area, answers);
        Coverage {
            mode: self.survey.source.mode,
            answers: is_shown(Answers::All).then(|| desks().map(|(desk, _)| self.n_answers(desk)).sum()),
            transactions: desks().map(|(_, line)| line.transactions).sum(),
            flags: (is_shown(Answers::All) && is_shown(Answers::Unflagged)).then_some(flags),
        }
    }

    fn n_answers(&self, desk: &AreaCode) -> u64 {
        self.survey.sample.n_by_desk.get(desk).copied().unwrap_or_default()
    }

    fn is_shown(&self, area: &AreaCode, answers: Answers) -> bool {
        let domains = self.survey.sample.domains(&self.exercise.tree, std::slice::from_ref(area));
        domains.first().is_some_and(|domain| self.people.holds(domain, answers))
    }
}

fn named(area: &Area) -> NamedArea {
    NamedArea { code: area.code.clone(), name: area.name.clone(), level: area.level }
}
