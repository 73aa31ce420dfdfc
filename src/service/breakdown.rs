//! Breakdowns of a round: every declared one is computed and small cells are hidden over all of them together; then those
//! asked for are handed out. What can be seen so does not depend on how it is asked for.

pub(super) mod cells;

use super::analyse::LEVEL;
use super::catalogue::Catalogue;
use super::disclosure::Linked;
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::sample::RoundSample;
use crate::domain::breakdown::{Breakdown, BreakdownCell, Breakdowns, Label};
use crate::domain::disclosure::{MIN_ANSWERS, Spot};
use crate::domain::estimate::Estimate;
use crate::domain::ids::RoundCode;
use crate::domain::quality::Answers;
use crate::domain::questionnaire::{IndexRule, ItemKind};
use crate::statistics::{Domain, NotEstimable, Range, Statistic};
use crate::store::Store;
use cells::Declared;
use std::collections::BTreeSet;

/// Which breakdowns and figures are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Declared breakdowns, as crossings of names; none for all declared ones.
    pub by: Vec<Vec<String>>,
    /// Items and elements by id; none for the overall figure.
    pub figures: Vec<String>,
    /// Which answers they are made of.
    pub answers: Answers,
}

type Outcome = Result<Estimate, NotEstimable>;

/// Why breakdowns cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum BreakdownRefusal {
    /// The round's figures cannot be computed at all.
    #[error(transparent)]
    Analyse(#[from] AnalyseRefusal),
    /// Only declared breakdowns are handed out; free ones could be subtracted from each other.
    #[error("{asked} is not a declared breakdown of this round; there are {declared}")]
    NotDeclared {
        /// What was asked for.
        asked: String,
        /// What could be.
        declared: String,
    },
    /// The questionnaire has no such item or element with a figure.
    #[error("{0} is neither an item nor an element with a figure in this round's questionnaire")]
    UnknownFigure(String),
}

/// The breakdowns of a round.
///
/// # Errors
/// When the round is unknown or cannot be analysed, when a breakdown is not declared, or a figure is unknown.
pub fn breakdowns(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    wanted: &Wanted,
) -> Result<Breakdowns, BreakdownRefusal> {
    of_exercise(catalogue, &Exercise::of_round(catalogue, store, round, wanted.answers)?, wanted)
}

/// The breakdowns of the round that named an exercise.
///
/// # Errors
/// When a breakdown is not declared, or a figure is unknown.
pub(super) fn of_exercise(
    catalogue: &Catalogue,
    exercise: &Exercise,
    wanted: &Wanted,
) -> Result<Breakdowns, BreakdownRefusal> {
    let survey = exercise.named(&exercise.plan.code)?;
    let declared = Declared::of(catalogue, exercise, survey);
    let asked = asked_for(wanted, &declared)?;
    let statistics = statistics(&survey.sample, &wanted.figures)?;
    let linked = Linked::of(catalogue, exercise, survey);
    Ok(of_survey(catalogue, (survey, &linked), &declared, &asked, &statistics))
}

/// Every figure of a survey in every declared breakdown: the overall one first, if there is one, then each element and item.
pub(super) fn every(catalogue: &Catalogue, exercise: &Exercise, (survey, linked): (&Survey, &Linked)) -> Breakdowns {
    let declared = Declared::of(catalogue, exercise, survey);
    let asked = (0..declared.names().len()).collect();
    let questionnaire = survey.sample.questionnaire();
    let elements = questionnaire.elements.iter().map(|element| element.id.to_string());
    let codes = elements.chain(questionnaire.items.iter().map(|item| item.id.to_string()));
    let of_code = codes.filter_map(|code| statistics(&survey.sample, &[code]).ok());
    let figures: Vec<Statistic> = statistics(&survey.sample, &[]).into_iter().chain(of_code).flatten().collect();
    of_survey(catalogue, (survey, linked), &declared, &asked, &figures)
}

fn of_survey(
    catalogue: &Catalogue,
    (survey, linked): (&Survey, &Linked),
    declared: &Declared,
    asked: &BTreeSet<usize>,
    statistics: &[Statistic],
) -> Breakdowns {
    let sample = &survey.sample;
    let mut cells = vec![(Vec::new(), declared.whole())];
    let wanted_cells = declared.by_breakdown().flatten().filter(|cell| asked.contains(&cell.breakdown));
    cells.extend(wanted_cells.map(|cell| (cell.labels, cell.domain)));
    let domains: Vec<Domain> = cells.iter().map(|(_, domain)| domain.clone()).collect();
    let rows = sample.estimate(&domains, statistics, LEVEL);
    let spots: Vec<Spot> = domains.iter().map(|domain| linked.spot(domain, survey.source.answers)).collect();
    let figure = |(place, statistic): (usize, &Statistic)| {
        let visible = linked.statistic(statistic);
        let cell = |(labels, spot, row): (&Vec<Label>, Spot, &Vec<Outcome>)| {
            let figure = visible.figure(spot, row.get(place)?.clone()).map(Box::new);
            Some(BreakdownCell { domain: labels.clone(), figure })
        };
        let all = cells.iter().zip(&spots).zip(&rows).map(|(((labels, _), spot), row)| (labels, *spot, row));
        Breakdown { code: statistic.name.clone(), cells: all.filter_map(cell).collect() }
    };
    let figures = statistics.iter().enumerate().map(figure).collect();
    Breakdowns {
        source: survey.source.clone(),
        declared: declared.names(),
        notice: catalogue.notice_of_breakdowns(),
        min_n: MIN_ANSWERS,
        figures,
    }
}

/// The places of the breakdowns asked for among the declared ones.
fn asked_for(wanted: &Wanted, declared: &Declared) -> Result<BTreeSet<usize>, BreakdownRefusal> {
    if wanted.by.is_empty() {
        return Ok((0..declared.names().len()).collect());
    }
    let place = |asked: &Vec<String>| {
        declared.position(asked).ok_or_else(|| {
            let (asked, declared) = (asked.join("*"), declared.names().join(", "));
            BreakdownRefusal::NotDeclared { asked, declared }
        })
    };
    wanted.by.iter().map(place).collect()
}

/// The statistics asked for, named by their codes.
fn statistics(sample: &RoundSample, wanted: &[String]) -> Result<Vec<Statistic>, BreakdownRefusal> {
    let unit = Range::Within { low: 0.0, high: 1.0 };
    let questionnaire = sample.questionnaire();
    let rule = questionnaire.rule;
    if wanted.is_empty() {
        let terms = sample.overall(rule).ok_or_else(|| BreakdownRefusal::UnknownFigure("overall".to_owned()))?;
        return Ok(vec![Statistic::sum("", terms).within(unit)]);
    }
    let one = |code: &String| {
        let element = questionnaire.elements.iter().find(|element| element.id.as_str() == code);
        let terms = match element {
            Some(element) => sample.element(&element.id, rule).map(|terms| (terms, unit)),
            None => questionnaire.items.iter().position(|item| item.id.as_str() == code).and_then(|place| {
                let five_point = questionnaire.items.get(place).is_some_and(|item| item.kind == ItemKind::FivePoint);
                let (rule, range) = if five_point { (IndexRule::Top2Share, Range::Share) } else { (rule, unit) };
                Some((vec![sample.item_term(place, |item, answer| item.worth(answer, rule))?], range))
            }),
        };
        let (terms, range) = terms.ok_or_else(|| BreakdownRefusal::UnknownFigure(code.clone()))?;
        Ok(Statistic::sum(code.clone(), terms).within(range))
    };
    wanted.iter().map(one).collect()
}
