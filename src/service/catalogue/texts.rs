//! Reads `texts/<id>.v<N>.<lang>.toml`: the wording of a questionnaire in one language.
//!
//! The reader walks through the questionnaire and asks the file for every text it needs; so a text that is missing and a
//! text for something that does not exist are found by the [`reader`](super::reader) itself.

use super::questionnaire::Read;
use super::reader::Table;
use super::scales::Scale;
use super::value;
use crate::domain::answers::NOT_APPLICABLE_WORD;
use crate::domain::ids::{AspectId, ElementId, ItemId, OptionId, QuestionnaireRef};
use crate::domain::questionnaire::{Item, ItemKind, Language, Status};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The wording of one questionnaire in one language, complete.
///
/// Every text of the questionnaire itself is there. Asked for an id of another questionnaire, an accessor gives back the
/// id, so that a page shows something to find the mistake by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The questionnaire.
    pub questionnaire: QuestionnaireRef,
    /// The language.
    pub language: Language,
    /// How far the wording is confirmed.
    pub status: Status,
    /// Where it was taken from.
    pub source: String,
    /// The heading of the form.
    pub title: String,
    /// What is said before the first question.
    pub intro: String,
    /// The words of the answers that every questionnaire shares.
    pub scale: Scale,
    aspects: BTreeMap<AspectId, String>,
    elements: BTreeMap<ElementId, String>,
    items: BTreeMap<ItemId, String>,
    options: BTreeMap<ItemId, BTreeMap<OptionId, String>>,
}

/// An answer that can be chosen: what is sent, and what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'t> {
    /// The word of the answer in every door: `1` to `5`, `yes`, `no`, an option's id, or `na`.
    pub value: &'t str,
    /// Its label.
    pub label: &'t str,
}

impl Texts {
    /// The title of an aspect.
    #[must_use]
    pub fn aspect<'t>(&'t self, id: &'t AspectId) -> &'t str {
        self.aspects.get(id).map_or(id.as_str(), String::as_str)
    }

    /// The title of an element.
    #[must_use]
    pub fn element<'t>(&'t self, id: &'t ElementId) -> &'t str {
        self.elements.get(id).map_or(id.as_str(), String::as_str)
    }

    /// The wording of an item.
    #[must_use]
    pub fn item<'t>(&'t self, id: &'t ItemId) -> &'t str {
        self.items.get(id).map_or(id.as_str(), String::as_str)
    }

    /// The label of an option of an item.
    #[must_use]
    pub fn option<'t>(&'t self, item: &ItemId, option: &'t OptionId) -> &'t str {
        self.options.get(item).and_then(|labels| labels.get(option)).map_or(option.as_str(), String::as_str)
    }

    /// The answers of a closed item in the order they are shown, "not applicable" last where it is one. Empty for numbers
    /// and comments that have no fixed answers.
    #[must_use]
    pub fn choices<'t>(&'t self, item: &'t Item) -> Vec<Choice<'t>> {
        let option = |id: &'t OptionId| Choice { value: id.as_str(), label: self.option(&item.id, id) };
        let mut choices: Vec<Choice<'t>> = match &item.kind {
            ItemKind::FivePoint => {
                let points = ["1", "2", "3", "4", "5"].into_iter().zip(&self.scale.five_point);
                points.map(|(value, label)| Choice { value, label }).collect()
            }
            ItemKind::YesNo => {
                vec![Choice { value: "yes", label: &self.scale.yes }, Choice { value: "no", label: &self.scale.no }]
            }
            ItemKind::Percents(options) => options.iter().map(|percent| option(&percent.id)).collect(),
            ItemKind::Single(options) | ItemKind::Multiple(options) => options.iter().map(option).collect(),
            ItemKind::Number { .. } | ItemKind::Comment { .. } => Vec::new(),
        };
        if item.not_applicable {
            choices.push(Choice { value: NOT_APPLICABLE_WORD, label: &self.scale.not_applicable });
        }
        choices
    }

    pub(super) fn notice(&self) -> Option<String> {
        super::notice(&format!("wording {} ({})", self.questionnaire, self.language), self.status, &self.source)
    }
}

/// Reads the file against its questionnaire.
pub(super) fn read(mut table: Table<'_>, asked: &Read, language: &Language, scale: Option<&Scale>) -> Option<Texts> {
    let questionnaire = &asked.questionnaire;
    let status = table.required("status", value::word(Status::ALL, Status::code));
    let source = table.required("source", value::text);
    let title = table.required("title", value::text);
    let intro = table.required("intro", value::text);
    let aspects = labels(&mut table, "aspects", questionnaire.aspects.iter().map(|aspect| aspect.id.clone()));
    let elements = labels(&mut table, "elements", questionnaire.elements.iter().map(|element| element.id.clone()));
    let items = labels(&mut table, "items", questionnaire.items.iter().map(|item| item.id.clone()));
    let sets = read_sets(&mut table, asked);
    let of_item = |(item, set): (&ItemId, &String)| Some((item.clone(), sets.get(set)?.clone()));
    Some(Texts {
        questionnaire: questionnaire.reference.clone(),
        language: language.clone(),
        status: status?.value,
        source: source?.value,
        title: title?.value,
        intro: intro?.value,
        scale: scale?.clone(),
        aspects,
        elements,
        items,
        options: asked.set_of.iter().filter_map(of_item).collect(),
    })
}

/// Reads the labels of every set of options.
fn read_sets(table: &mut Table<'_>, asked: &Read) -> BTreeMap<String, BTreeMap<OptionId, String>> {
    let names: Vec<&str> = asked.sets.names().collect();
    if names.is_empty() {
        return BTreeMap::new();
    }
    let Some(mut options) = table.table("options") else { return BTreeMap::new() };
    let of_set = |name: &str| labels(&mut options, name, asked.sets.options(name).into_iter().cloned());
    let read: Vec<_> = names.iter().copied().map(of_set).collect();
    names.into_iter().map(str::to_owned).zip(read).collect()
}

/// Reads the table `key`: one text for every id, and no other. The table may be left out where there is nothing to label.
fn labels<Id: Ord + Display>(table: &mut Table<'_>, key: &str, ids: impl Iterator<Item = Id>) -> BTreeMap<Id, String> {
    let ids: Vec<Id> = ids.collect();
    let inner = if ids.is_empty() { table.optional_table(key) } else { table.table(key) };
    let Some(mut inner) = inner else { return BTreeMap::new() };
    let label = |id: Id| inner.required(&id.to_string(), value::text).map(|label| (id, label.value));
    ids.into_iter().filter_map(label).collect()
}
