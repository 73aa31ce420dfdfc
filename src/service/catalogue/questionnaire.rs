//! Reads `questionnaires/<id>.v<N>.toml`.

use super::item::{self, OptionSets};
use super::near;
use super::reader::{Marked, Table};
use super::source::File;
use super::value;
use crate::domain::ids::{AspectId, ElementId, ItemId, QuestionnaireId, QuestionnaireRef};
use crate::domain::questionnaire::{Aspect, Element, IndexRule, Item, Language, Part, Questionnaire, RollUp, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No questionnaire goes through this many versions.
const MAX_VERSION: u16 = 9_999;

/// A questionnaire as its file says it, with what only its texts need.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// The questionnaire.
    pub(super) questionnaire: Arc<Questionnaire>,
    /// The sets of options by name; texts label a set once for all items that use it.
    pub(super) sets: OptionSets,
    /// Which set each closed item uses.
    pub(super) set_of: BTreeMap<ItemId, String>,
}

/// Reads the file. `folder` holds the paths of all files: a declared language needs its texts.
pub(super) fn read(mut table: Table<'_>, file: &File, folder: &BTreeSet<&str>) -> Option<Read> {
    let reference = read_reference(&mut table, file);
    let status = table.required("status", value::word(Status::ALL, Status::code));
    let source = table.required("source", value::text);
    let languages = read_languages(&mut table, file, folder);
    let rule = table.required("index_rule", value::word(IndexRule::ALL, IndexRule::code));
    let roll_up = table.required("roll_up", value::word(RollUp::ALL, RollUp::code));

    let aspects = table.list("aspects", value::code(AspectId::parse));
    table.findings().refuse_repeats("aspect", "duplicate-id", &aspects);
    let elements = read_elements(&mut table, &aspects, roll_up.as_ref().map(|rule| rule.value));
    let sets = OptionSets::read(table.optional_table("options"));
    let (items, set_of) = item::read_all(&mut table, &elements.ids, &sets);
    refuse_elements_without_items(&table, &elements.ids, &items);

    let questionnaire = Questionnaire {
        reference: reference?,
        status: status?.value,
        source: source?.value,
        languages,
        rule: rule?.value,
        roll_up: roll_up?.value,
        aspects: aspects.into_iter().map(|aspect| Aspect { id: aspect.value }).collect(),
        elements: elements.read,
        items,
        digest: file.digest,
    };
    Some(Read { questionnaire: Arc::new(questionnaire), sets, set_of })
}

fn read_reference(table: &mut Table<'_>, file: &File) -> Option<QuestionnaireRef> {
    let id = table.required("id", value::code(QuestionnaireId::parse));
    let version = table.required("version", value::whole(1, MAX_VERSION));
    let reference = QuestionnaireRef { id: id?.value, version: version?.value };
    if file.stem() != reference.to_string() {
        let message = format!("this file says {reference}; name it {reference}.toml, or correct id and version");
        table.note("id", "file-name", message);
    }
    Some(reference)
}

/// Reads the languages; each must have its texts and its words of the page.
fn read_languages(table: &mut Table<'_>, file: &File, folder: &BTreeSet<&str>) -> Vec<Language> {
    let languages = table.list("languages", value::parsed(Language::parse));
    table.findings().refuse_repeats("language", "duplicate-language", &languages);
    if languages.is_empty() && table.has("languages") {
        table.note("languages", "wrong-value", "names no language; give at least one, the default first");
    }
    for Marked { value: language, mark } in &languages {
        for needed in [format!("texts/{}.{language}.toml", file.stem()), format!("texts/page.{language}.toml")] {
            if !folder.contains(needed.as_str()) {
                let message = format!("language {language} needs {needed}; add that file or leave the language out");
                table.findings().note(*mark, "missing-text", message);
            }
        }
    }
    languages.into_iter().map(|language| language.value).collect()
}

/// The elements that could be read, and the ids of all of them: an item of an element with another fault is no fault.
#[derive(Default)]
struct Elements {
    read: Vec<Element>,
    ids: Vec<Marked<ElementId>>,
}

fn read_elements(table: &mut Table<'_>, aspects: &[Marked<AspectId>], roll_up: Option<RollUp>) -> Elements {
    let mut elements = Elements::default();
    let mut used = BTreeSet::new();
    for mut entry in table.tables("elements") {
        let id = entry.required("id", value::code(ElementId::parse));
        let aspect = entry.required("aspect", value::code(AspectId::parse));
        let weight = entry.optional("weight", value::decimal(0.0, f64::MAX)).map(|weight| weight.value);
        check_weight(&entry, weight, roll_up);
        if let Some(aspect) = &aspect {
            used.insert(aspect.value.clone());
            let known = || aspects.iter().map(|known| known.value.as_str());
            if !known().any(|known| known == aspect.value.as_str()) {
                let hint = near::hint(aspect.value.as_str(), known());
                entry.note("aspect", "unknown-aspect", format!("{} is not in aspects{hint}", aspect.value));
            }
        }
        let Some(id) = id else { continue };
        elements.ids.push(id.clone());
        elements.read.extend(aspect.map(|aspect| Element { id: id.value, aspect: aspect.value, weight }));
    }
    table.findings().refuse_repeats("element", "duplicate-id", &elements.ids);
    for Marked { value: aspect, mark } in aspects.iter().filter(|aspect| !used.contains(&aspect.value)) {
        let message = format!("aspect {aspect} has no element; give it one or leave it out");
        table.findings().note(*mark, "empty-aspect", message);
    }
    elements
}

fn check_weight(entry: &Table<'_>, weight: Option<f64>, roll_up: Option<RollUp>) {
    match (roll_up, weight) {
        (Some(RollUp::Weights), None) if !entry.has("weight") => {
            entry.note("weight", "missing-key", "is missing; roll_up weights needs one for every element");
        }
        (Some(RollUp::Weights), Some(weight)) if weight <= 0.0 => {
            entry.note("weight", "wrong-value", "must be above 0");
        }
        (Some(RollUp::PooledAnswers | RollUp::EqualItems | RollUp::EqualElements), Some(_)) => {
            entry.note("weight", "unused-weight", "is not used by this roll_up; remove it, or roll up by weights");
        }
        _ => {}
    }
}

fn refuse_elements_without_items(table: &Table<'_>, elements: &[Marked<ElementId>], items: &[Item]) {
    let measured: BTreeSet<_> = items.iter().filter_map(|item| item.element.as_ref()).collect();
    for Marked { value: element, mark } in elements.iter().filter(|element| !measured.contains(&element.value)) {
        let message =
            format!("element {element} has no {} item; give it one or leave it out", Part::Satisfaction.code());
        table.findings().note(*mark, "empty-element", message);
    }
}
