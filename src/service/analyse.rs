//! From answers to figures: the sociological component of every unit, merged with its assessment into the index table;
//! and what people said, item by item.

use super::catalogue::Catalogue;
use super::disclosure::{Linked, Visible};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::rank::{self, Component};
use super::rounds::RoundRefusal;
use super::sample::scaled;
use crate::domain::area::Area;
use crate::domain::assessment::Assessment;
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::index::table::{self, Heading, IndexTable, IndexedUnit, Provenance, UnitName};
use crate::domain::index::{LeafPoints, PartDisclosure, SurveyPart, UnitIndex};
use crate::domain::quality::Answers;
use crate::domain::scheme::SubCriterion;
use crate::statistics::{self, Domain, NotEstimable, Range, Statistic, Term};
use crate::store::Store;
use std::collections::BTreeMap;

/// The confidence level of every printed interval.
pub const LEVEL: f64 = 0.95;

/// The index table of the exercise that a round belongs to, with last year's ranks where there was a round last year.
///
/// # Errors
/// When the round is unknown, files have changed under it, or stored scores do not fit the scheme.
pub fn index_table(
    catalogue: &Catalogue,
    store: &Store,
    code: &RoundCode,
    answers: Answers,
) -> Result<IndexTable, AnalyseRefusal> {
    let exercise = Exercise::of_round(catalogue, store, code, answers)?;
    let linked = linked(catalogue, &exercise);
    table_of(catalogue, store, &exercise, &linked)
}

/// The index table of an exercise, by what may be shown of each of its surveys.
///
/// # Errors
/// As [`index_table`].
pub(super) fn table_of(
    catalogue: &Catalogue,
    store: &Store,
    exercise: &Exercise,
    linked: &[Linked],
) -> Result<IndexTable, AnalyseRefusal> {
    let ranks_of = |before: Exercise| -> Result<_, AnalyseRefusal> {
        let (units, _) = indices(store, &before, &self::linked(catalogue, &before))?;
        Ok(table::ranks(&before.scheme, &units))
    };
    let previous = exercise.year_before(catalogue, store)?.map(ranks_of).transpose()?;
    let (scheme, plan) = (&exercise.scheme, &exercise.plan);
    let (units, components) = indices(store, exercise, linked)?;
    let (whole, _) = survey_parts(exercise, linked, &[Assessment::new(plan.area.clone())]);
    let whole = whole.into_iter().next().filter(|part| part.disclosure != PartDisclosure::Hidden);
    let survey = whole.and_then(|part| part.total);
    let heading = match exercise.tree.get(&plan.area) {
        Some(area) => Heading::new(scheme, plan.code.clone(), plan.year, area, survey),
        None => return Err(AnalyseRefusal::Round(RoundRefusal::UnknownArea(plan.area.clone()))),
    };
    let sets = rank::open_ranks(&units, &components);
    let sources = exercise.surveys.iter().map(|survey| survey.source.clone()).collect();
    let provenance = Provenance::new(scheme, sources, env!("CARGO_PKG_VERSION"));
    Ok(IndexTable::new(scheme, heading, units, &previous, &sets, provenance))
}

/// What may be shown of each survey of an exercise, in their order.
pub(super) fn linked<'a>(catalogue: &Catalogue, exercise: &'a Exercise) -> Vec<Linked<'a>> {
    exercise.surveys.iter().map(|survey| Linked::of(catalogue, exercise, survey)).collect()
}

/// The index of every unit that the scheme rates, and what it is made of by survey.
fn indices<'a>(
    store: &Store,
    exercise: &'a Exercise,
    linked: &[Linked],
) -> Result<(Vec<IndexedUnit>, Vec<Component<'a>>), AnalyseRefusal> {
    let mut assessments = exercise.assessments(store)?;
    let areas = exercise.units();
    let units: Vec<Assessment> = areas
        .iter()
        .map(|area| assessments.remove(&area.code).unwrap_or_else(|| Assessment::new(area.code.clone())))
        .collect();
    let (parts, components) = survey_parts(exercise, linked, &units);
    let named = |area: &Area| UnitName {
        code: area.code.clone(),
        name: area.name.clone(),
        focus: area.focus.holds_in(exercise.plan.year),
    };
    let of_units = areas.iter().zip(&units).zip(&parts);
    let indexed = of_units.map(|((area, unit), part)| (named(area), UnitIndex::of(&exercise.scheme, unit, part)));
    Ok((indexed.collect(), components))
}

/// What the surveys say about each unit: points by leaf, and their sum with its spread, and what of it may be shown; and the
/// same sums survey by survey.
fn survey_parts<'a>(
    exercise: &'a Exercise,
    linked: &[Linked],
    units: &[Assessment],
) -> (Vec<SurveyPart>, Vec<Component<'a>>) {
    let mut parts = vec![SurveyPart::default(); units.len()];
    let mut components = Vec::with_capacity(exercise.surveys.len());
    for (survey, linked) in exercise.surveys.iter().zip(linked) {
        let answers = survey.source.answers;
        let leaves = leaves_of(exercise, survey);
        let codes: Vec<AreaCode> = units.iter().map(|unit| unit.unit().clone()).collect();
        let domains = survey.sample.domains(&exercise.tree, &codes);
        let statistics: Vec<Statistic> = leaves.iter().map(|(leaf, terms)| points_of(leaf, terms)).collect();
        let estimates = survey.sample.estimate(&domains, &statistics, LEVEL);
        let visible: Vec<Visible> = statistics.iter().map(|statistic| linked.statistic(statistic)).collect();
        let mut component = Component { sample: &survey.sample, of_unit: BTreeMap::new() };
        let mut wanted: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for (place, (unit, (part, row))) in units.iter().zip(parts.iter_mut().zip(estimates)).enumerate() {
            let usable = enter_leaves(part, unit, &leaves, row);
            let domain = domains.get(place);
            let is_shown = |leaf: &usize| visible.get(*leaf).zip(domain).is_some_and(|(v, d)| v.holds(d, answers));
            if !usable.iter().all(is_shown) {
                part.disclosure = part.disclosure.max(PartDisclosure::SumOnly);
            }
            wanted.entry(usable).or_default().push(place);
        }
        // Units with the same leaves share a statistic, so a scan of the answers serves them together.
        for (usable, places) in wanted.into_iter().filter(|(usable, _)| !usable.is_empty()) {
            let terms = usable.iter().filter_map(|leaf| statistics.get(*leaf)).flat_map(|s| s.terms.clone()).collect();
            let high = usable.iter().filter_map(|leaf| leaves.get(*leaf)).map(|(leaf, _)| leaf.max.to_f64()).sum();
            let sum = Statistic::sum("component", terms).within(Range::Within { low: 0.0, high });
            let asked: Vec<Domain> = places.iter().filter_map(|place| domains.get(*place).cloned()).collect();
            let visible = linked.statistic(&sum);
            let found = survey.sample.estimate(&asked, std::slice::from_ref(&sum), LEVEL);
            for ((place, row), domain) in places.into_iter().zip(found).zip(asked) {
                if let Some(part) = parts.get_mut(place).filter(|_| !visible.holds(&domain, answers)) {
                    part.disclosure = PartDisclosure::Hidden;
                }
                if let Some(Ok(estimate)) = row.into_iter().next() {
                    component.of_unit.insert(place, (domain, sum.clone(), estimate));
                }
            }
        }
        components.push(component);
    }
    for (place, part) in parts.iter_mut().enumerate() {
        let of_surveys = components.iter().filter_map(|component| component.of_unit.get(&place));
        let totals: Vec<Estimate> = of_surveys.map(|(_, _, estimate)| estimate.clone()).collect();
        part.total = (!totals.is_empty()).then(|| statistics::sum_of_independent(&totals, LEVEL));
    }
    (parts, components)
}

/// The leaves of the scheme that a survey scores, each with its figure.
fn leaves_of<'a>(exercise: &'a Exercise, survey: &Survey) -> Vec<(&'a SubCriterion, Option<Vec<Term>>)> {
    let surveyed = exercise.scheme.surveyed();
    surveyed
        .filter(|(_, questionnaire, _)| **questionnaire == survey.source.questionnaire.id)
        .map(|(leaf, _, figure)| (leaf, survey.sample.figure(figure)))
        .collect()
}

/// The points of a leaf: its maximum times the survey's figure.
fn points_of(leaf: &SubCriterion, figure: &Option<Vec<Term>>) -> Statistic {
    let terms = scaled(figure.clone().unwrap_or_default(), leaf.max.to_f64());
    Statistic::sum(leaf.code.to_string(), terms).within(Range::Within { low: 0.0, high: leaf.max.to_f64() })
}

/// Enters what the survey says about each leaf, and returns the places of the leaves that have points and apply.
fn enter_leaves(
    part: &mut SurveyPart,
    unit: &Assessment,
    leaves: &[(&SubCriterion, Option<Vec<Term>>)],
    row: Vec<Result<Estimate, NotEstimable>>,
) -> Vec<usize> {
    let mut usable = Vec::new();
    for (place, ((leaf, _), outcome)) in leaves.iter().zip(row).enumerate() {
        let points = match outcome {
            Ok(estimate) => {
                if !unit.is_not_applicable(&leaf.code) {
                    usable.push(place);
                }
                LeafPoints::Points(estimate.value)
            }
            Err(why) => LeafPoints::Missing(why.to_string()),
        };
        part.per_leaf.insert(leaf.code.clone(), points);
    }
    usable
}
