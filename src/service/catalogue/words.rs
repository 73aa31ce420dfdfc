//! Reads `texts/page.<lang>.toml`: the words of the page around a questionnaire.

use super::reader::{Marked, Table};
use super::value;
use crate::domain::questionnaire::{Language, Status};
use std::collections::{BTreeMap, BTreeSet};

/// The key that is no wording but says which way the language is written.
const DIRECTION: &str = "direction";

/// The words of the page in one language. Every language has the same keys, with the same `{blanks}` in their texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The language.
    pub language: Language,
    /// How far the words are confirmed.
    pub status: Status,
    /// Where they were taken from.
    pub source: String,
    words: BTreeMap<String, String>,
}

impl Words {
    /// The text of a key, its blanks as written.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    /// The text of a key with its blanks filled: `{max}` becomes the value of `max`. An unknown key gives itself, so that
    /// the page shows something to find the mistake by.
    #[must_use]
    pub fn fill(&self, key: &str, blanks: &[(&str, &str)]) -> String {
        let text = self.get(key).unwrap_or(key).to_owned();
        blanks.iter().fold(text, |text, (blank, value)| text.replace(&format!("{{{blank}}}"), value))
    }

    /// Every key with its text, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    pub(super) fn notice(&self) -> Option<String> {
        super::notice(&format!("page wording ({})", self.language), self.status, &self.source)
    }
}

/// Reads the file. The first language that is read sets the keys; each further one is held against that `model`.
pub(super) fn read(mut table: Table<'_>, language: &Language, model: Option<&Words>) -> Option<Words> {
    let status = table.required("status", value::word(Status::ALL, Status::code));
    let source = table.required("source", value::text);
    let mut inner = table.table("words")?;
    let keys: Vec<String> = match model {
        Some(model) => model.words.keys().cloned().collect(),
        None => inner.keys().into_iter().map(|key| key.value).collect(),
    };
    let mut words = BTreeMap::new();
    for key in keys {
        let Some(text) = inner.required(&key, value::text) else { continue };
        check_blanks(&inner, &key, &text, model);
        if key == DIRECTION && !["ltr", "rtl"].contains(&text.value.as_str()) {
            inner.note(&key, "wrong-value", format!("{:?} is no direction of writing; it is ltr or rtl", text.value));
        }
        words.insert(key, text.value);
    }
    Some(Words { language: language.clone(), status: status?.value, source: source?.value, words })
}

fn check_blanks(table: &Table<'_>, key: &str, text: &Marked<String>, model: Option<&Words>) {
    let Some(model) = model else { return };
    let wanted = blanks(model.get(key).unwrap_or_default());
    let found = blanks(&text.value);
    if wanted != found {
        let listed = |blanks: &BTreeSet<&str>| {
            let listed: Vec<String> = blanks.iter().map(|blank| format!("{{{blank}}}")).collect();
            if listed.is_empty() { "no blanks".to_owned() } else { listed.join(" ") }
        };
        let (found, wanted, other) = (listed(&found), listed(&wanted), &model.language);
        table.note(key, "other-blanks", format!("has {found} where {other} has {wanted}; use the same"));
    }
}

/// The names in braces.
fn blanks(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_by_name() {
        let words = [("too-long".to_owned(), "{n_chars} of {max_chars}".to_owned())];
        let language = Language::parse("en").unwrap();
        let words = Words { language, status: Status::Partial, source: String::new(), words: words.into() };
        assert_eq!(words.fill("too-long", &[("max_chars", "500"), ("n_chars", "612")]), "612 of 500");
        assert_eq!(words.fill("unheard-of", &[]), "unheard-of");
        assert_eq!(blanks("{a} and {b}, {a}").into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
