//! The cells that a round is broken down into: levels of areas and answers to profile items, and crossings of them.

use super::super::catalogue::{Catalogue, Texts};
use super::super::exercise::{Exercise, Survey};
use super::super::sample::{RoundSample, admission_code};
use crate::domain::admission::Admission;
use crate::domain::area::{Area, AreaTree, Level};
use crate::domain::breakdown::Label;
use crate::domain::ids::AreaCode;
use crate::domain::packing::NO_ANSWER;
use crate::domain::questionnaire::{Item, ItemKind};
use crate::report::words;
use crate::statistics::Domain;
use std::collections::BTreeSet;

/// A cell before its figure is known.
pub(in crate::service) struct Cell {
    /// Its breakdown's place among the declared ones.
    pub(in crate::service) breakdown: usize,
    pub(in crate::service) labels: Vec<Label>,
    pub(in crate::service) domain: Domain,
}

/// The declared breakdowns that a round has.
pub(in crate::service) struct Declared<'a> {
    view: View<'a>,
    list: Vec<(&'a Vec<String>, Vec<Dimension>)>,
}

impl<'a> Declared<'a> {
    pub(in crate::service) fn of(catalogue: &'a Catalogue, exercise: &'a Exercise, survey: &'a Survey) -> Self {
        let sample = &survey.sample;
        let questionnaire = sample.questionnaire();
        let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
        let view = View { sample, tree: &exercise.tree, root: &exercise.plan.area, texts };
        let list = catalogue.breakdowns().into_iter().flat_map(|list| &list.by);
        Self { view, list: list.filter_map(|names| Some((names, dimensions(names, sample)?))).collect() }
    }

    /// All people of the round.
    pub(in crate::service) fn whole(&self) -> Domain {
        self.view.whole()
    }

    /// The codes of a cell that any of them needs, by place: profile items and the admission.
    pub(in crate::service) fn profile(&self) -> BTreeSet<usize> {
        let place = |dimension: &Dimension| match dimension {
            Dimension::Areas(_) => None,
            Dimension::Profile(place) | Dimension::Admission(place) => Some(*place),
        };
        self.list.iter().flat_map(|(_, dimensions)| dimensions).filter_map(place).collect()
    }

    /// Their cells, breakdown by breakdown.
    pub(in crate::service) fn by_breakdown(&self) -> impl Iterator<Item = Vec<Cell>> {
        self.list.iter().enumerate().map(|(place, (names, dimensions))| self.view.cells(place, names, dimensions))
    }

    /// As people name them: sex*age.
    pub(in crate::service) fn names(&self) -> Vec<String> {
        self.list.iter().map(|(names, _)| names.join("*")).collect()
    }

    /// The place of a crossing, which is the same in any order.
    pub(in crate::service) fn position(&self, asked: &[String]) -> Option<usize> {
        let same = |names: &Vec<String>| names.len() == asked.len() && names.iter().all(|name| asked.contains(name));
        self.list.iter().position(|(names, _)| same(names))
    }
}

/// One way to be broken down.
enum Dimension {
    Areas(Level),
    /// The place of a profile item among those of the sample.
    Profile(usize),
    /// Whether people came with a receipt code: the place of that among a cell's codes.
    Admission(usize),
}

/// What the breakdown by admission is called.
pub(in crate::service) const ADMISSION: &str = "admission";

/// What the names of a breakdown mean here; `None` if the questionnaire has not all of them.
fn dimensions(names: &[String], sample: &RoundSample) -> Option<Vec<Dimension>> {
    let dimension = |name: &String| match Level::parse(name) {
        Some(level) => Some(Dimension::Areas(level)),
        None if name == ADMISSION => sample.place_of_admission().map(Dimension::Admission),
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
                                let both = |psus: &BTreeSet<u32>| psus & desks;
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
                let value = |(area, domain): (&&Area, Domain)| Value {
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
            Dimension::Admission(place) => {
                let value = |admission: Admission| Value {
                    code: admission.code().to_owned(),
                    name: words::admission(admission).to_owned(),
                    part: Part::Answer(*place, admission_code(admission)),
                };
                Admission::ALL.map(value).into()
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
    Desks(BTreeSet<u32>),
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
