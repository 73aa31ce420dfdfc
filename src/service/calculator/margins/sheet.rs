//! The sheet of margins: `margin,level,total`. A margin is a column or a crossing of several (`sex*age_group`, with levels like
//! `F*18-29`). A column without a level stands for the sum of its numbers, and `(all)` for everybody.

use crate::domain::fault::{Fault, Place};
use std::path::Path;

/// The margin that everybody belongs to.
const EVERYBODY: &str = "(all)";

/// A margin as its sheet gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginSheet {
    /// As written, for messages.
    pub name: String,
    /// The columns of the survey that it crosses; none for everybody.
    pub columns: Vec<String>,
    /// What its totals are of.
    pub kind: MarginKind,
}

/// What totals are of.
#[derive(Debug, Clone, PartialEq)]
pub enum MarginKind {
    /// Each level's labels, one for each column, with its total.
    Levels(Vec<(Vec<String>, f64)>),
    /// The numbers in the column.
    Quantity {
        /// Their sum over the population.
        total: f64,
    },
}

/// Reads margins, in the order they first appear.
///
/// # Errors
/// Every fault with its line.
pub fn read_margins(path: &Path) -> Result<Vec<MarginSheet>, Vec<Fault>> {
    let file = path.display().to_string();
    let at = |line: u64, message: String| {
        let line = usize::try_from(line).unwrap_or_default();
        Fault { place: Place::Line { file: file.clone(), line, column: 1 }, code: "bad-margin", message }
    };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|error| vec![at(1, error.to_string())])?;
    let header = reader.headers().map_err(|error| vec![at(1, error.to_string())])?.clone();
    let place = |name: &str| header.iter().position(|column| column.trim_start_matches('\u{feff}') == name);
    let (Some(margin), Some(level), Some(total)) = (place("margin"), place("level"), place("total")) else {
        return Err(vec![at(1, "the columns margin, level and total are needed".to_owned())]);
    };
    let mut margins: Vec<MarginSheet> = Vec::new();
    let mut faults = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(at(error.position().map_or(1, csv::Position::line), error.to_string()));
                break;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        match Entry::read(cell(margin), cell(level), cell(total)) {
            Ok(entry) => faults.extend(entry.enter(&mut margins).err().map(|message| at(line, message))),
            Err(messages) => faults.extend(messages.into_iter().map(|message| at(line, message))),
        }
    }
    if margins.is_empty() && faults.is_empty() {
        faults.push(at(1, "there are no totals in it".to_owned()));
    }
    if faults.is_empty() { Ok(margins) } else { Err(faults) }
}

/// One row of the sheet.
struct Entry {
    name: String,
    columns: Vec<String>,
    /// None for the numbers of a column.
    labels: Option<Vec<String>>,
    total: f64,
}

impl Entry {
    fn read(name: &str, level: &str, total: &str) -> Result<Self, Vec<String>> {
        let split = |text: &str| text.split('*').map(|part| part.trim().to_owned()).collect::<Vec<String>>();
        let is_everybody = name == EVERYBODY;
        let columns = if is_everybody { Vec::new() } else { split(name) };
        let labels = match level {
            "" if is_everybody => Some(Vec::new()),
            "" if columns.len() == 1 => None,
            _ => Some(split(level)),
        };
        let mut faults = Vec::new();
        let amount = total.parse::<f64>().ok().filter(|amount| amount.is_finite());
        if amount.is_none() {
            faults.push(format!("the total \"{total}\" is not a number"));
        }
        if columns.iter().any(String::is_empty) {
            faults.push(format!(
                "\"{name}\" names no column; write a column, a crossing as sex*age_group, or {EVERYBODY}"
            ));
        } else if let Some(labels) = &labels
            && (labels.len() != columns.len() || labels.iter().any(String::is_empty))
        {
            faults.push(match columns.len() {
                0 => format!("margin {EVERYBODY} is everybody and has no levels; leave the level empty"),
                n => format!("margin {name} needs a level with {n} labels, joined by *, not \"{level}\""),
            });
        }
        match amount {
            Some(total) if faults.is_empty() => Ok(Self { name: name.to_owned(), columns, labels, total }),
            _ => Err(faults),
        }
    }

    fn enter(self, margins: &mut Vec<MarginSheet>) -> Result<(), String> {
        let Self { name, columns, labels, total } = self;
        let Some(known) = margins.iter_mut().find(|known| known.name == name) else {
            let kind = match labels {
                Some(labels) => MarginKind::Levels(vec![(labels, total)]),
                None => MarginKind::Quantity { total },
            };
            margins.push(MarginSheet { name, columns, kind });
            return Ok(());
        };
        match (&mut known.kind, labels) {
            (MarginKind::Levels(levels), Some(labels)) => {
                let is_known = levels.iter().any(|(known, _)| *known == labels);
                let twice = match labels.is_empty() {
                    true => format!("margin {name} stands here twice"),
                    false => format!("margin {name} has level {} twice", labels.join("*")),
                };
                levels.push((labels, total));
                if is_known { Err(twice) } else { Ok(()) }
            }
            (MarginKind::Quantity { .. }, None) => Err(format!("the sum of {name} stands here twice")),
            _ => Err(format!(
                "margin {name} has levels and a sum of its numbers; keep one, or cross the levels with others"
            )),
        }
    }
}
