//! Reads `scales.toml`: the words of the answers that every questionnaire shares.

use super::reader::{self, Marked, Table};
use super::source::File;
use super::value;
use crate::domain::fault::Fault;
use crate::domain::questionnaire::{Language, Status};
use std::collections::BTreeMap;

/// The shared answers in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The language.
    pub language: Language,
    /// How far the words are confirmed.
    pub status: Status,
    /// Where they were taken from.
    pub source: String,
    /// The five points, 1 (worst) to 5 (best).
    pub five_point: [String; 5],
    /// "Yes".
    pub yes: String,
    /// "No".
    pub no: String,
    /// "Not applicable".
    pub not_applicable: String,
}

impl Scale {
    pub(super) fn notice(&self) -> Option<String> {
        super::notice(&format!("answer scale ({})", self.language), self.status, &self.source)
    }
}

/// Reads the file.
pub(super) fn read(file: &File, faults: &mut Vec<Fault>) -> Option<BTreeMap<Language, Scale>> {
    reader::read(file, faults, |mut table| {
        let (languages, scales): (Vec<_>, Vec<_>) = table.tables("scale").into_iter().map(read_scale).unzip();
        let languages: Vec<Marked<Language>> = languages.into_iter().flatten().collect();
        table.findings().refuse_repeats("language", "duplicate-language", &languages);
        Some(scales.into_iter().flatten().map(|scale| (scale.language.clone(), scale)).collect())
    })
}

fn read_scale(mut table: Table<'_>) -> (Option<Marked<Language>>, Option<Scale>) {
    let language = table.required("language", value::parsed(Language::parse));
    let status = table.required("status", value::word(Status::ALL, Status::code));
    let source = table.required("source", value::text);
    let five_point: Vec<String> = table.list("five_point", value::text).into_iter().map(|label| label.value).collect();
    let yes = table.required("yes", value::text);
    let no = table.required("no", value::text);
    let not_applicable = table.required("not_applicable", value::text);
    let n_labels = five_point.len();
    let five_point = <[String; 5]>::try_from(five_point).ok();
    if five_point.is_none() && table.has("five_point") {
        let message = format!("has {n_labels} labels; give five, from very dissatisfied to very satisfied");
        table.note("five_point", "label-count", message);
    }
    let scale = || {
        Some(Scale {
            language: language.clone()?.value,
            status: status?.value,
            source: source?.value,
            five_point: five_point?,
            yes: yes?.value,
            no: no?.value,
            not_applicable: not_applicable?.value,
        })
    };
    let scale = scale();
    (language, scale)
}
