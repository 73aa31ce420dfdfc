//! Reads the `items` of a questionnaire and the `options` they are answered with.

use super::near;
use super::reader::{Marked, Table};
use super::value;
use crate::domain::answers::NOT_APPLICABLE_WORD;
use crate::domain::ids::{ElementId, ItemId, OptionId};
use crate::domain::packing;
use crate::domain::questionnaire::{Item, ItemKind, Part, PercentOption, ShowIf};
use std::collections::{BTreeMap, BTreeSet};

/// As an answer is one byte.
const MAX_OPTIONS: usize = packing::MAX_OPTION as usize;
/// Longest comment that may be asked for, in characters: about two printed pages.
const MAX_COMMENT_CHARS: u16 = 5_000;

/// The words of `kind`, as an item's line says them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KindWord {
    FivePoint,
    Percents,
    Single,
    Multiple,
    YesNo,
    Number,
    Comment,
}

impl KindWord {
    const ALL: [Self; 7] =
        [Self::FivePoint, Self::Percents, Self::Single, Self::Multiple, Self::YesNo, Self::Number, Self::Comment];

    fn code(self) -> &'static str {
        match self {
            Self::FivePoint => "five-point",
            Self::Percents => "percents",
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::YesNo => "yes-no",
            Self::Number => "number",
            Self::Comment => "comment",
        }
    }
}

/// One named set of options.
#[derive(Debug, Clone)]
enum OptionSet {
    /// `["female", "male"]`
    Plain(Vec<OptionId>),
    /// `[{ id = "A", percent = 100 }, …]`
    Percents(Vec<PercentOption>),
}

/// The options of a questionnaire, by the name that items use.
#[derive(Debug, Clone, Default)]
pub(super) struct OptionSets(BTreeMap<String, Marked<OptionSet>>);

impl OptionSets {
    /// Reads the table `options`; a questionnaire may have none.
    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let mut sets = Self::default();
        let Some(mut table) = table else { return sets };
        for Marked { value: name, mark } in table.keys() {
            let (ids, set) = if table.lists_tables(&name) {
                let (ids, options) = read_percents(&mut table, &name);
                (ids, OptionSet::Percents(options))
            } else {
                let ids = table.list(&name, value::code(OptionId::parse));
                let options = ids.iter().map(|id| id.value.clone()).collect();
                (ids, OptionSet::Plain(options))
            };
            check_options(&table, &name, &ids);
            sets.0.insert(name, Marked { value: set, mark });
        }
        sets
    }

    /// The names of the sets.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The options of a set, in order.
    pub(super) fn options(&self, name: &str) -> Vec<&OptionId> {
        match self.0.get(name).map(|set| &set.value) {
            None => Vec::new(),
            Some(OptionSet::Plain(options)) => options.iter().collect(),
            Some(OptionSet::Percents(options)) => options.iter().map(|option| &option.id).collect(),
        }
    }
}

fn read_percents(table: &mut Table<'_>, name: &str) -> (Vec<Marked<OptionId>>, Vec<PercentOption>) {
    let (mut ids, mut options) = (Vec::new(), Vec::new());
    for mut entry in table.tables(name) {
        let id = entry.required("id", value::code(OptionId::parse));
        let percent = entry.required("percent", value::whole(0, 100));
        let Some(id) = id else { continue };
        ids.push(id.clone());
        options.extend(percent.map(|percent| PercentOption { id: id.value, percent: percent.value }));
    }
    (ids, options)
}

fn check_options(table: &Table<'_>, name: &str, ids: &[Marked<OptionId>]) {
    table.findings().refuse_repeats("option", "duplicate-id", ids);
    if !(2..=MAX_OPTIONS).contains(&ids.len()) {
        let message = format!("has {} options; give from 2 to {MAX_OPTIONS}", ids.len());
        table.note(name, "option-count", message);
    }
    for Marked { mark, .. } in ids.iter().filter(|id| id.value.as_str() == NOT_APPLICABLE_WORD) {
        let message = format!("{name}: {NOT_APPLICABLE_WORD} means \"not applicable\" everywhere; choose another id");
        table.findings().note(*mark, "reserved-word", message);
    }
}

/// Reads all items, and which set of options each uses. Every set must be used.
pub(super) fn read_all(
    table: &mut Table<'_>,
    elements: &[Marked<ElementId>],
    sets: &OptionSets,
) -> (Vec<Item>, BTreeMap<ItemId, String>) {
    let mut items: Vec<Item> = Vec::new();
    let mut ids: Vec<Marked<ItemId>> = Vec::new();
    let mut set_of = BTreeMap::new();
    let mut used = BTreeSet::new();
    for mut entry in table.tables("items") {
        let id = entry.required("id", value::code(ItemId::parse));
        let (kind, set) = read_kind(&mut entry, sets);
        let (part, element) = read_part(&mut entry, elements, kind.as_ref());
        let required = entry.optional("required", value::truth).is_some_and(|required| required.value);
        let not_applicable = read_not_applicable(&mut entry, kind.as_ref());
        let show_if = entry.optional_table("show_if").and_then(|rule| read_show_if(rule, &ids, &items));
        used.extend(set.clone());
        let Some(id) = id else { continue };
        ids.push(id.clone());
        let id = id.value;
        set_of.extend(set.map(|set| (id.clone(), set)));
        let item = |(part, kind)| Item { id, part, element, kind, required, not_applicable, show_if };
        items.extend(part.zip(kind).map(item));
    }
    table.findings().refuse_repeats("item", "duplicate-id", &ids);
    for (unused, set) in sets.0.iter().filter(|(name, _)| !used.contains(*name)) {
        let message = format!("{unused}: no item uses these options; remove them or use them");
        table.findings().note(set.mark, "unused-options", message);
    }
    (items, set_of)
}

/// Reads `kind` and the keys that belong to it, with the name of the set of options it uses.
fn read_kind(entry: &mut Table<'_>, sets: &OptionSets) -> (Option<ItemKind>, Option<String>) {
    let Some(kind) = entry.required("kind", value::word(KindWord::ALL, KindWord::code)) else {
        entry.forgive(&["options", "min", "max", "max_chars"]);
        return (None, None);
    };
    match kind.value {
        KindWord::FivePoint => (Some(ItemKind::FivePoint), None),
        KindWord::YesNo => (Some(ItemKind::YesNo), None),
        KindWord::Number => (read_range(entry), None),
        KindWord::Comment => {
            let max_chars = entry.required("max_chars", value::whole(1, MAX_COMMENT_CHARS));
            (max_chars.map(|max| ItemKind::Comment { max_chars: max.value }), None)
        }
        KindWord::Percents | KindWord::Single | KindWord::Multiple => {
            let name = entry.required("options", value::text).map(|name| name.value);
            let kind = name.as_ref().and_then(|name| kind_with_options(entry, kind.value, name, sets));
            (kind, name)
        }
    }
}

fn read_range(entry: &mut Table<'_>) -> Option<ItemKind> {
    let min = entry.required("min", value::whole(i32::MIN, i32::MAX));
    let max = entry.required("max", value::whole(i32::MIN, i32::MAX));
    let (min, max) = (min?.value, max?.value);
    if min > max {
        entry.note("max", "wrong-value", format!("{max} is below min {min}; exchange or correct them"));
    }
    Some(ItemKind::Number { min, max })
}

fn kind_with_options(entry: &Table<'_>, kind: KindWord, name: &str, sets: &OptionSets) -> Option<ItemKind> {
    let refuse = |message: String| {
        entry.note("options", "unknown-options", message);
        None
    };
    match (kind, sets.0.get(name).map(|set| &set.value)) {
        (_, None) => refuse(format!("{name:?} is not in [options]{}", near::hint(name, sets.names()))),
        (KindWord::Percents, Some(OptionSet::Percents(options))) => Some(ItemKind::Percents(options.clone())),
        (KindWord::Single, Some(OptionSet::Plain(options))) => Some(ItemKind::Single(options.clone())),
        (KindWord::Multiple, Some(OptionSet::Plain(options))) => Some(ItemKind::Multiple(options.clone())),
        (KindWord::Percents, Some(_)) => {
            refuse(format!("the options of {name:?} have no percents; write them as {{ id = \"A\", percent = 100 }}"))
        }
        (_, Some(_)) => refuse(format!("the options of {name:?} have percents; use kind = \"percents\"")),
    }
}

/// Reads `part` and `element`. An item with an element is a satisfaction item, and no other item has one.
fn read_part(
    entry: &mut Table<'_>,
    elements: &[Marked<ElementId>],
    kind: Option<&ItemKind>,
) -> (Option<Part>, Option<ElementId>) {
    let named = entry.optional("part", value::word(Part::ALL, Part::code)).map(|part| part.value);
    let element = entry.optional("element", value::code(ElementId::parse)).map(|element| element.value);
    if let Some(element) = &element {
        let known = || elements.iter().map(|known| known.value.as_str());
        if !known().any(|known| known == element.as_str()) {
            let hint = near::hint(element.as_str(), known());
            entry.note("element", "unknown-element", format!("{element} is not in elements{hint}"));
        }
    }
    match (named, entry.has("element")) {
        (Some(Part::Satisfaction), false) => {
            entry.note("element", "missing-key", "is missing; a satisfaction item measures an element");
        }
        (Some(Part::Context | Part::Profile), true) => {
            entry.note("element", "needless-key", "only a satisfaction item has an element; remove it or the part");
        }
        (None, false) if !entry.has("part") => {
            entry.note("part", "missing-key", "is missing; add it (context, profile), or an element to measure");
        }
        _ => {}
    }
    let part = named.or(entry.has("element").then_some(Part::Satisfaction));
    if part == Some(Part::Satisfaction)
        && kind.is_some_and(|kind| !matches!(kind, ItemKind::FivePoint | ItemKind::Percents(_)))
    {
        entry.note("kind", "no-index-value", "a satisfaction item must be five-point or percents, or it has no share");
    }
    (part, element)
}

fn read_not_applicable(entry: &mut Table<'_>, kind: Option<&ItemKind>) -> bool {
    let allowed = entry.optional("not_applicable", value::truth).is_some_and(|allowed| allowed.value);
    if allowed && matches!(kind, Some(ItemKind::Comment { .. })) {
        entry.note("not_applicable", "needless-key", "a comment can simply be left empty; remove it");
    }
    allowed
}

/// Reads a `show_if`; its item, or the items of its part, must come earlier and have the answers it names.
fn read_show_if(mut rule: Table<'_>, ids: &[Marked<ItemId>], items: &[Item]) -> Option<ShowIf> {
    let key = if rule.has("part") { "part" } else { "item" };
    let waited_for = if key == "part" { earlier_of_part(&mut rule, items) } else { earlier_item(&mut rule, ids) };
    let words = rule.list("is", value::answer_word);
    if words.is_empty() && rule.has("is") {
        rule.note("is", "wrong-value", "names no answer; give at least one");
    }
    let waited_for = waited_for?;
    let asked = || items.iter().filter(|earlier| waited_for.contains(&earlier.id));
    let names = asked().map(|item| item.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut answers: Vec<&str> = Vec::new();
    for answer in asked().flat_map(answers_of) {
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    if answers.is_empty() && !names.is_empty() {
        rule.note(key, "no-fixed-answers", format!("{names} has no fixed answers, so none can be waited for"));
    } else if !names.is_empty() {
        for Marked { value: word, mark } in words.iter().filter(|word| !answers.contains(&word.value.as_str())) {
            let message = format!("is: {names} has no answer {word:?}; choose from {}", answers.join(", "));
            rule.findings().note(*mark, "unknown-answer", message);
        }
    }
    Some(ShowIf { items: waited_for, is_one_of: words.into_iter().map(|word| word.value).collect() })
}

/// The one item that `item` names.
fn earlier_item(rule: &mut Table<'_>, ids: &[Marked<ItemId>]) -> Option<Vec<ItemId>> {
    let item = rule.required("item", value::code(ItemId::parse))?.value;
    let earlier = || ids.iter().map(|known| known.value.as_str());
    if !earlier().any(|known| known == item.as_str()) {
        let hint = near::hint(item.as_str(), earlier());
        rule.note("item", "unknown-item", format!("{item} is not an item that comes before this one{hint}"));
    }
    Some(vec![item])
}

/// All items of the `part` that come before: "if any of them was answered so".
fn earlier_of_part(rule: &mut Table<'_>, items: &[Item]) -> Option<Vec<ItemId>> {
    let part = rule.required("part", value::word(Part::ALL, Part::code))?.value;
    if rule.has("item") {
        rule.forgive(&["item"]);
        rule.note("item", "needless-key", "stands beside part; keep the one that is meant");
    }
    let found: Vec<ItemId> = items.iter().filter(|item| item.part == part).map(|item| item.id.clone()).collect();
    if found.is_empty() {
        rule.note("part", "unknown-item", format!("no item of the part {part} comes before this one"));
    }
    Some(found)
}

/// The answers an item can be waited for.
fn answers_of(item: &Item) -> Vec<&str> {
    match &item.kind {
        ItemKind::FivePoint => vec!["1", "2", "3", "4", "5"],
        ItemKind::YesNo => vec!["yes", "no"],
        ItemKind::Percents(options) => options.iter().map(|option| option.id.as_str()).collect(),
        ItemKind::Single(options) | ItemKind::Multiple(options) => options.iter().map(|id| id.as_str()).collect(),
        ItemKind::Number { .. } | ItemKind::Comment { .. } => Vec::new(),
    }
}
