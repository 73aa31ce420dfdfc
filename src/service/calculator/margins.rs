//! Known totals of a population, from a sheet: `margin,level,total`, where a margin is a column or a crossing of several
//! (`sex*age_group`, with levels like `F*18-29`).

use super::Calibrating;
use crate::domain::fault::{Fault, Place};
use crate::statistics::{CalibrationFault, CalibrationReport, Margin, SurveyFile, Value, Variable};
use std::collections::HashMap;
use std::path::Path;

/// A margin as its sheet gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginSheet {
    /// As written, for messages.
    pub name: String,
    /// The columns of the survey that it crosses.
    pub columns: Vec<String>,
    /// Each level's labels, one for each column, with its total.
    pub levels: Vec<(Vec<String>, f64)>,
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
        let (name, labels) = (cell(margin), cell(level));
        let labels: Vec<String> = labels.split('*').map(|label| label.trim().to_owned()).collect();
        let columns: Vec<String> = name.split('*').map(|column| column.trim().to_owned()).collect();
        let Some(amount) = cell(total).parse::<f64>().ok().filter(|amount| amount.is_finite()) else {
            faults.push(at(line, format!("the total \"{}\" is not a number", cell(total))));
            continue;
        };
        if columns.iter().any(String::is_empty) || labels.len() != columns.len() {
            faults.push(at(line, format!("margin {name} needs a level with {} labels, joined by *", columns.len())));
            continue;
        }
        let place = margins.iter().position(|known| known.name == name).unwrap_or_else(|| {
            margins.push(MarginSheet { name: name.to_owned(), columns, levels: Vec::new() });
            margins.len() - 1
        });
        let Some(known) = margins.get_mut(place) else { continue };
        if known.levels.iter().any(|(known, _)| *known == labels) {
            faults.push(at(line, format!("margin {name} has level {} twice", labels.join("*"))));
        }
        known.levels.push((labels, amount));
    }
    if margins.is_empty() && faults.is_empty() {
        faults.push(at(1, "there are no totals in it".to_owned()));
    }
    if faults.is_empty() { Ok(margins) } else { Err(faults) }
}

/// Calibrates a file's weights; `names` are its variables.
pub(super) fn calibrate(
    file: &mut SurveyFile,
    names: &[String],
    calibrating: &Calibrating,
) -> Result<CalibrationReport, Vec<Fault>> {
    let mut margins = Vec::new();
    let mut values: Vec<Vec<Vec<Value>>> = Vec::new();
    let mut faults = Vec::new();
    for sheet in &calibrating.margins {
        match margin(file, names, sheet) {
            Ok((margin, of_columns)) => {
                margins.push(margin);
                values.push(of_columns);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let report = file.sample.calibrate(&margins, calibrating.method, calibrating.cap);
    report.map_err(|faults| faults.iter().map(|fault| worded(fault, &calibrating.margins, &values)).collect())
}

/// A margin in the codes of the file, and the values of its columns.
fn margin(file: &SurveyFile, names: &[String], sheet: &MarginSheet) -> Result<(Margin, Vec<Vec<Value>>), Fault> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for name in &sheet.columns {
        let place = names.iter().position(|known| known == name);
        match place.and_then(|place| file.variables.get(place)) {
            Some(Variable::Coded { column, values: of_column }) => {
                columns.push(*column);
                values.push(of_column.clone());
            }
            _ => {
                let message = format!("margin {}: {name} has too many values to be a margin", sheet.name);
                return Err(Fault::of_whole("not-a-margin", message));
            }
        }
    }
    let mut level_of = HashMap::new();
    for (level, (labels, _)) in sheet.levels.iter().enumerate() {
        // A label may be written in several ways in the file ("1", "1.0"), so a level may have several codes.
        let mut codes: Vec<Vec<u8>> = vec![Vec::new()];
        for (label, values) in labels.iter().zip(&values) {
            let number = label.parse::<f64>().ok();
            let fits = |value: &Value| value.label == *label || (number.is_some() && value.number == number);
            let fitting: Vec<u8> =
                (0_u8..).zip(values).filter(|(_, value)| fits(value)).map(|(code, _)| code).collect();
            let longer = |codes: Vec<u8>| {
                fitting.iter().map(move |code| codes.iter().chain([code]).copied().collect()).collect::<Vec<Vec<u8>>>()
            };
            codes = codes.into_iter().flat_map(longer).collect();
        }
        level_of.extend(codes.into_iter().map(|codes| (codes, level)));
    }
    let totals = sheet.levels.iter().map(|(_, total)| *total).collect();
    Ok((Margin { columns, level_of, totals }, values))
}

fn worded(fault: &CalibrationFault, sheets: &[MarginSheet], values: &[Vec<Vec<Value>>]) -> Fault {
    let name = |margin: &usize| sheets.get(*margin).map_or("", |sheet| sheet.name.as_str());
    let level = |margin: &usize, level: &usize| {
        sheets
            .get(*margin)
            .and_then(|sheet| sheet.levels.get(*level))
            .map(|(labels, _)| labels.join("*"))
            .unwrap_or_default()
    };
    let label = |code: &u8, values: &Vec<Value>| {
        values.get(usize::from(*code)).map_or_else(|| "(missing)".to_owned(), |value| value.label.clone())
    };
    let (code, message) = match fault {
        CalibrationFault::NoTotal { margin, codes, n_rows } => {
            let values = values.get(*margin).into_iter().flatten();
            let labels: Vec<String> = codes.iter().zip(values).map(|(code, values)| label(code, values)).collect();
            let labels = labels.join("*");
            ("no-total", format!("margin {}: {n_rows} rows are {labels}, which has no total", name(margin)))
        }
        CalibrationFault::NoRows { margin, level: at } => {
            ("empty-margin", format!("margin {}: no row is {}, but it has a total", name(margin), level(margin, at)))
        }
        CalibrationFault::BadTotal { margin, level: at } => {
            ("bad-total", format!("margin {}: the total of {} is not above 0", name(margin), level(margin, at)))
        }
        CalibrationFault::Contradiction { first: (a, sum_a), second: (b, sum_b) } => {
            let message = format!("margin {} adds up to {sum_a}, but margin {} to {sum_b}", name(a), name(b));
            ("contradictory-margins", message)
        }
        CalibrationFault::OneMarginOnly => {
            ("one-margin", "post-stratify knows one margin; cross the columns (sex*age) or rake".to_owned())
        }
        CalibrationFault::NestedInPsus { margin } => {
            let message = "lies within single PSUs: the spread would look like nothing; use a margin that crosses them";
            ("nested-margin", format!("margin {} {message}", name(margin)))
        }
        CalibrationFault::NotMet { margin, level: at, miss } => {
            let message =
                format!("margin {}: {} stays off by {miss:.1e} of its total", name(margin), level(margin, at));
            ("not-met", format!("{message}; the margins cannot all hold in this sample"))
        }
        CalibrationFault::NotPositive { n_rows } => {
            ("negative-weights", format!("{n_rows} weights would not be above 0; use rake, which keeps them positive"))
        }
        CalibrationFault::CapTooLow => ("cap-too-low", "no weight lies below the cap; raise it".to_owned()),
    };
    Fault::of_whole(code, message)
}
