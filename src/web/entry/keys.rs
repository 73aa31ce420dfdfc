//! The keys that stand for answers: 1 to 9 in the order on the paper, 0 for "does not apply".

use crate::domain::answers::{NOT_APPLICABLE_WORD, RawAnswers, RawValue};
use crate::domain::ids::ItemId;
use crate::domain::questionnaire::{Item, ItemKind, Questionnaire};
use std::collections::BTreeMap;

/// The key for an item that does not apply.
const NOT_APPLICABLE_KEY: &str = "0";

/// The keys of a questionnaire's items.
pub(super) struct Keys<'q>(&'q Questionnaire);

impl<'q> Keys<'q> {
    pub(super) fn of(questionnaire: &'q Questionnaire) -> Self {
        Self(questionnaire)
    }

    /// Each key of an item with the word of the answer it stands for; none where text or a number is typed.
    pub(super) fn of_item(&self, id: &ItemId) -> Vec<(String, &'q str)> {
        let Some(item) = self.0.item(id.as_str()) else { return Vec::new() };
        let numbered =
            |words: Vec<&'q str>| (1..).zip(words).map(|(n, word): (u32, _)| (n.to_string(), word)).collect();
        let mut keys: Vec<(String, &'q str)> = match &item.kind {
            ItemKind::FivePoint => numbered(vec!["1", "2", "3", "4", "5"]),
            ItemKind::YesNo => numbered(vec!["yes", "no"]),
            ItemKind::Percents(options) => numbered(options.iter().map(|option| option.id.as_str()).collect()),
            ItemKind::Single(options) | ItemKind::Multiple(options) => {
                numbered(options.iter().map(|option| option.as_str()).collect())
            }
            ItemKind::Number { .. } | ItemKind::Comment { .. } => Vec::new(),
        };
        if item.not_applicable {
            keys.push((NOT_APPLICABLE_KEY.to_owned(), NOT_APPLICABLE_WORD));
        }
        keys
    }

    /// Whether one stroke answers the item, so that the page may go on to the next by itself.
    pub(super) fn is_one_key(&self, id: &ItemId) -> bool {
        let is_several = self.0.item(id.as_str()).is_some_and(|item| matches!(item.kind, ItemKind::Multiple(_)));
        let keys = self.of_item(id);
        !is_several && !keys.is_empty() && keys.iter().all(|(key, _)| key.len() == 1)
    }

    /// What was typed, as answers. What is no key of its item stays as it is, so that the reader of answers says so.
    pub(super) fn answers(&self, typed: &BTreeMap<String, String>) -> RawAnswers {
        let known = |item: &str| self.0.item(item);
        typed
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(id, text)| (id.clone(), known(id).map_or_else(|| plain(text), |item| self.answer(item, text))))
            .collect()
    }

    fn answer(&self, item: &Item, text: &str) -> RawValue {
        let keys = self.of_item(&item.id);
        let word = |key: &str| keys.iter().find(|(known, _)| known == key).map_or(key, |(_, word)| *word).to_owned();
        match item.kind {
            ItemKind::Multiple(_) => {
                let typed: Vec<&str> = text.split([' ', ',', ';']).filter(|key| !key.is_empty()).collect();
                match typed[..] {
                    [NOT_APPLICABLE_KEY] => RawValue::Text(word(NOT_APPLICABLE_KEY)),
                    _ => RawValue::List(typed.into_iter().map(word).collect()),
                }
            }
            _ => RawValue::Text(word(text.trim())),
        }
    }

    /// An answer as it would have been typed.
    pub(super) fn typed(&self, id: &ItemId, answer: Option<&RawValue>) -> String {
        let keys = self.of_item(id);
        let key =
            |word: &str| keys.iter().find(|(_, known)| *known == word).map_or(word, |(key, _)| key.as_str()).to_owned();
        match answer {
            None | Some(RawValue::Other(_)) => String::new(),
            Some(RawValue::Text(word)) => key(word),
            Some(RawValue::Whole(number)) => number.to_string(),
            Some(RawValue::List(words)) => words.iter().map(|word| key(word)).collect::<Vec<_>>().join(" "),
        }
    }
}

fn plain(text: &str) -> RawValue {
    RawValue::Text(text.to_owned())
}
