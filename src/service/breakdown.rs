//! Breakdowns of a round: every declared one is computed and small cells are hidden over all of them together; then those
//! asked for are handed out. What can be seen so does not depend on how it is asked for.

use super::catalogue::{Catalogue, Texts};
use super::exercise::{AnalyseRefusal, Exercise, Survey};
use super::results::MIN_ANSWERS;
use super::sample::RoundSample;
use crate::domain::area::{AreaTree, Level};
use crate::domain::breakdown::{Breakdown, BreakdownCell, Breakdowns, CellFigure, Label};
use crate::domain::disclosure::{DisclosureRule, PublishedCell, Visibility, suppress};
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::packing::NO_ANSWER;
use crate::domain::quality::Answers;
use crate::domain::questionnaire::{IndexRule, Item, ItemKind};
use crate::service::analyse::LEVEL;
use crate::statistics::{Domain, NotEstimable, Range, Statistic};
use crate::store::Store;

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

/// A cell before its figure is known.
struct Cell {
    breakdown: usize,
    labels: Vec<Label>,
    domain: Domain,
}

/// One way to be broken down.
enum Dimension {
    Areas(Level),
    /// The place of a profile item among those of the sample.
    Profile(usize),
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
    let exercise = Exercise::of_round(catalogue, store, round, wanted.answers)?;
    let named = exercise.surveys.iter().find(|survey| survey.source.round == *round);
    let unknown = || AnalyseRefusal::UnknownUnit(exercise.plan.area.clone());
    let Survey { source, sample } = named.ok_or_else(unknown)?;
    let questionnaire = sample.questionnaire();
    let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
    let declared: Vec<(&Vec<String>, Vec<Dimension>)> = catalogue
        .breakdowns()
        .into_iter()
        .flat_map(|list| &list.by)
        .filter_map(|names| Some((names, dimensions(names, sample)?)))
        .collect();
    let asked = asked_for(wanted, &declared)?;
    let view = View { sample, tree: &exercise.tree, root: &exercise.plan.area, texts };
    let mut cells = vec![Cell { breakdown: 0, labels: Vec::new(), domain: view.whole() }];
    for (place, (names, dimensions)) in (1..).zip(&declared) {
        cells.extend(view.cells(place, names, dimensions));
    }
    let statistics = statistics(sample, &wanted.figures)?;
    let domains: Vec<Domain> = cells.iter().map(|cell| cell.domain.clone()).collect();
    let mut figures: Vec<Breakdown> =
        statistics.iter().map(|s| Breakdown { code: s.name.clone(), cells: Vec::new() }).collect();
    let rows = sample.estimate(&domains, &statistics, LEVEL);
    for (place, figure) in figures.iter_mut().enumerate() {
        let outcomes: Vec<_> = rows.iter().filter_map(|row| row.get(place)).collect();
        let shown = hide(sample, &cells, &outcomes);
        let wanted = cells.iter().zip(shown).filter(|(cell, _)| cell.breakdown == 0 || asked.contains(&cell.breakdown));
        figure.cells.extend(wanted.map(|(cell, figure)| BreakdownCell { domain: cell.labels.clone(), figure }));
    }
    Ok(Breakdowns {
        source: source.clone(),
        declared: declared.iter().map(|(names, _)| names.join("*")).collect(),
        notice: catalogue.notice_of_breakdowns(),
        min_n: MIN_ANSWERS,
        figures,
    })
}

/// The places of the breakdowns asked for among the declared ones, from 1.
fn asked_for(wanted: &Wanted, declared: &[(&Vec<String>, Vec<Dimension>)]) -> Result<Vec<usize>, BreakdownRefusal> {
    if wanted.by.is_empty() {
        return Ok((1..=declared.len()).collect());
    }
    let place = |asked: &Vec<String>| {
        // A crossing is the same in any order.
        let same = |names: &Vec<String>| names.len() == asked.len() && names.iter().all(|name| asked.contains(name));
        declared.iter().position(|(names, _)| same(names)).map(|place| place + 1).ok_or_else(|| {
            let declared: Vec<String> = declared.iter().map(|(names, _)| names.join("*")).collect();
            BreakdownRefusal::NotDeclared { asked: asked.join("*"), declared: declared.join(", ") }
        })
    };
    wanted.by.iter().map(place).collect()
}

/// What the names of a breakdown mean here; `None` if the questionnaire has not all of them.
fn dimensions(names: &[String], sample: &RoundSample) -> Option<Vec<Dimension>> {
    let dimension = |name: &String| match Level::parse(name) {
        Some(level) => Some(Dimension::Areas(level)),
        None => sample.profile().position(|item| item.id.as_str() == name).map(Dimension::Profile),
    };
    names.iter().map(dimension).collect()
}

/// What cells are cut from.
struct View<'a> {
    sample: &'a RoundSample,
    tree: &'a AreaTree,
    root: &'a AreaCode,
    texts: Option<&'a Texts>,
}

impl View<'_> {
    fn whole(&self) -> Domain {
        self.sample.domains(self.tree, std::slice::from_ref(self.root)).pop().unwrap_or_default()
    }

    /// The cells of one breakdown in which there are desks.
    fn cells(&self, breakdown: usize, names: &[String], dimensions: &[Dimension]) -> Vec<Cell> {
        let mut cells = vec![(Vec::new(), self.whole(), Vec::new())];
        for (name, dimension) in names.iter().zip(dimensions) {
            let values = self.values(dimension);
            cells = cells
                .into_iter()
                .flat_map(|(labels, domain, profile): (Vec<Label>, Domain, Vec<(usize, u8)>)| {
                    values.iter().map(move |value| {
                        let (mut labels, mut domain, mut profile) = (labels.clone(), domain.clone(), profile.clone());
                        labels.push(Label { by: name.clone(), value: value.code.clone(), name: value.name.clone() });
                        match &value.part {
                            Part::Desks(desks) => {
                                let both = |psus: &std::collections::BTreeSet<u32>| psus & desks;
                                domain.psus = Some(domain.psus.as_ref().map_or_else(|| desks.clone(), both));
                            }
                            Part::Answer(item, code) => profile.push((*item, *code)),
                        }
                        (labels, domain, profile)
                    })
                })
                .collect();
        }
        let cell = |(labels, mut domain, profile): (Vec<Label>, Domain, Vec<(usize, u8)>)| {
            if !profile.is_empty() {
                domain.cells = Some(self.sample.cells_with(&profile));
            }
            Cell { breakdown, labels, domain }
        };
        let is_there = |cell: &Cell| cell.domain.psus.as_ref().is_none_or(|psus| !psus.is_empty());
        cells.into_iter().map(cell).filter(is_there).collect()
    }

    fn values(&self, dimension: &Dimension) -> Vec<Value> {
        match dimension {
            Dimension::Areas(level) => {
                let areas: Vec<_> = self.tree.at_level(*level, self.root).collect();
                let codes: Vec<AreaCode> = areas.iter().map(|area| area.code.clone()).collect();
                let domains = self.sample.domains(self.tree, &codes);
                let value = |(area, domain): (&&crate::domain::area::Area, Domain)| Value {
                    code: area.code.to_string(),
                    name: area.name.clone(),
                    part: Part::Desks(domain.psus.unwrap_or_default()),
                };
                areas.iter().zip(domains).map(value).collect()
            }
            Dimension::Profile(place) => {
                let Some(item) = self.sample.profile().nth(*place) else { return Vec::new() };
                let answers = answers(item).into_iter();
                answers.map(|(code, id)| self.answer(item, *place, code, id)).collect()
            }
        }
    }

    fn answer(&self, item: &Item, place: usize, code: u8, id: String) -> Value {
        let label = |texts: &Texts| {
            texts.choices(item).into_iter().find(|choice| choice.value == id).map(|choice| choice.label.to_owned())
        };
        let name = match code {
            NO_ANSWER => "không trả lời".to_owned(),
            _ => self.texts.and_then(label).unwrap_or_else(|| id.clone()),
        };
        Value { code: id, name, part: Part::Answer(place, code) }
    }
}

/// A value of a dimension.
struct Value {
    code: String,
    name: String,
    part: Part,
}

enum Part {
    Desks(std::collections::BTreeSet<u32>),
    Answer(usize, u8),
}

/// The codes of a profile item with the ids of its options; last, those who did not say.
fn answers(item: &Item) -> Vec<(u8, String)> {
    let ids: Vec<String> = match &item.kind {
        ItemKind::Single(options) => options.iter().map(ToString::to_string).collect(),
        ItemKind::YesNo => vec!["yes".to_owned(), "no".to_owned()],
        _ => Vec::new(),
    };
    (1..).zip(ids).chain([(NO_ANSWER, String::new())]).collect()
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

/// Hides small cells of one statistic over all declared breakdowns together.
fn hide(sample: &RoundSample, cells: &[Cell], outcomes: &[&Result<Estimate, NotEstimable>]) -> Vec<CellFigure> {
    let published: Vec<PublishedCell> = cells
        .iter()
        .zip(outcomes)
        .map(|(cell, outcome)| PublishedCell {
            breakdown: cell.breakdown,
            members: sample.groups_of(&cell.domain),
            n: outcome.as_ref().map_or(0, |estimate| estimate.n),
        })
        .collect();
    let seen = suppress(&published, DisclosureRule { min_n: MIN_ANSWERS });
    let figure = |(seen, outcome): (Visibility, &&Result<Estimate, NotEstimable>)| match (seen, outcome) {
        (Visibility::Shown, Ok(estimate)) => CellFigure::Shown(Box::new(estimate.clone())),
        (Visibility::Shown, Err(reason)) => CellFigure::None(reason.to_string()),
        (hidden, _) => CellFigure::Hidden(hidden),
    };
    seen.into_iter().zip(outcomes).map(figure).collect()
}
