//! Reads `breakdowns.toml`: the breakdowns that are published, and so hidden, together.

use super::reader;
use super::source::File;
use super::value;
use crate::domain::fault::Fault;
use crate::domain::questionnaire::Status;

/// The declared breakdowns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdowns {
    /// How far the list is confirmed.
    pub status: Status,
    /// Where it was taken from.
    pub source: String,
    /// Each a crossing of levels of areas and profile items, as they are called.
    pub by: Vec<Vec<String>>,
}

impl Breakdowns {
    pub(super) fn notice(&self) -> Option<String> {
        super::notice("list of breakdowns", self.status, &self.source)
    }
}

/// Reads the file.
pub(super) fn read(file: &File, faults: &mut Vec<Fault>) -> Option<Breakdowns> {
    reader::read(file, faults, |mut table| {
        let status = table.required("status", value::word(Status::ALL, Status::code));
        let source = table.required("source", value::text);
        let by = table.list("by", value::parsed(crossing));
        let texts: Vec<reader::Marked<String>> =
            by.iter().map(|by| reader::Marked { value: by.value.join("*"), mark: by.mark }).collect();
        table.findings().refuse_repeats("breakdown", "duplicate-breakdown", &texts);
        Some(Breakdowns {
            status: status?.value,
            source: source?.value,
            by: by.into_iter().map(|by| by.value).collect(),
        })
    })
}

/// Reads `sex*age`.
fn crossing(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text.split('*').map(|name| name.trim().to_owned()).collect();
    let repeated =
        names.iter().enumerate().any(|(place, name)| names.iter().skip(place + 1).any(|other| other == name));
    if names.iter().any(String::is_empty) || repeated {
        return Err(format!("{text} is no crossing; write different names with * between them"));
    }
    Ok(names)
}
