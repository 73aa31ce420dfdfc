//! Known totals of a population, and weights that agree with them.

mod contradiction;
mod sheet;
mod wording;

pub use sheet::{MarginKind, MarginSheet, read_margins};

use super::Calibrating;
use crate::domain::fault::Fault;
use crate::statistics::{CalibrationReport, Margin, Reading, SurveyFile, Value, Variable, Worth};
use std::collections::HashMap;

/// A margin whose columns were found, and the values of those that are coded.
struct Known<'a> {
    sheet: &'a MarginSheet,
    values: Vec<&'a [Value]>,
}

/// Calibrates a file's weights; `names` are its variables.
///
/// # Errors
/// Everything that is wrong with the margins and what they ask of the rows. What stands in the way of the weights themselves
/// is known only once nothing else does.
pub(super) fn calibrate(
    file: &mut SurveyFile,
    names: &[String],
    calibrating: &Calibrating,
) -> Result<CalibrationReport, Vec<Fault>> {
    let (mut margins, mut known) = (Vec::new(), Vec::new());
    let mut faults = contradiction::faults(&calibrating.margins);
    for sheet in &calibrating.margins {
        match margin(&file.variables, names, sheet) {
            Ok((margin, values)) => {
                margins.push(margin);
                known.push(Known { sheet, values });
            }
            Err(more) => faults.extend(more),
        }
    }
    let worded = |faults: Vec<_>| faults.iter().map(|fault| wording::worded(fault, &known)).collect::<Vec<Fault>>();
    let Calibrating { method, bounds, .. } = calibrating;
    if let Err(more) = file.sample.check_calibration(&margins, *method, *bounds) {
        faults.extend(worded(more));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    file.sample.calibrate(&margins, *method, *bounds).map_err(worded)
}

/// A margin in the codes of the file, and the values of its columns.
fn margin<'a>(
    variables: &'a [Variable],
    names: &[String],
    sheet: &MarginSheet,
) -> Result<(Margin, Vec<&'a [Value]>), Vec<Fault>> {
    let find = |name: &String| variables.get(names.iter().position(|known| known == name)?);
    match &sheet.kind {
        MarginKind::Quantity { total } => {
            let reading = sheet.columns.first().and_then(find).map(|variable| quantity(sheet, variable));
            let reading = reading.unwrap_or_else(|| Err(not_a_margin(sheet, "is not a column of the file")))?;
            Ok((Margin::Quantity { reading, total: *total }, Vec::new()))
        }
        MarginKind::Levels(levels) => {
            let (mut columns, mut values, mut faults) = (Vec::new(), Vec::new(), Vec::new());
            for name in &sheet.columns {
                match find(name) {
                    Some(Variable::Coded { column, values: of_column }) => {
                        columns.push(*column);
                        values.push(of_column.as_slice());
                    }
                    _ => {
                        let why =
                            "has too many values to have levels; leave the level empty and give the sum of the column";
                        faults.extend(not_a_margin(sheet, &format!("{name} {why}")));
                    }
                }
            }
            if !faults.is_empty() {
                return Err(faults);
            }
            let totals = levels.iter().map(|(_, total)| *total).collect();
            Ok((Margin::Levels { columns, level_of: codes(levels, &values), totals }, values))
        }
    }
}

/// By codes of a margin's columns: the level. A label may be written in several ways in the file ("1", "1.0"), so a level may
/// have several codes.
fn codes(levels: &[(Vec<String>, f64)], values: &[&[Value]]) -> HashMap<Vec<u8>, usize> {
    let mut level_of = HashMap::new();
    for (level, (labels, _)) in levels.iter().enumerate() {
        let mut codes: Vec<Vec<u8>> = vec![Vec::new()];
        for (label, values) in labels.iter().zip(values) {
            let number = label.parse::<f64>().ok();
            let fits = |value: &Value| value.label == *label || (number.is_some() && value.number == number);
            let fitting: Vec<u8> =
                (0_u8..).zip(*values).filter(|(_, value)| fits(value)).map(|(code, _)| code).collect();
            let longer = |codes: Vec<u8>| {
                fitting.iter().map(move |code| codes.iter().chain([code]).copied().collect()).collect::<Vec<Vec<u8>>>()
            };
            codes = codes.into_iter().flat_map(longer).collect();
        }
        level_of.extend(codes.into_iter().map(|codes| (codes, level)));
    }
    level_of
}

/// The numbers in a column.
fn quantity(sheet: &MarginSheet, variable: &Variable) -> Result<Reading, Vec<Fault>> {
    match variable {
        Variable::Real { column } => Ok(Reading::Real { column: *column }),
        Variable::Coded { column, values } => {
            if let Some(value) = values.iter().find(|value| value.number.is_none()) {
                let why = format!("holds \"{}\", which is no number, so it has no sum; name its levels", value.label);
                return Err(not_a_margin(sheet, &why));
            }
            let numbers: Vec<Option<f64>> = values.iter().map(|value| value.number).collect();
            let worth = Worth::new(|code| numbers.get(usize::from(code)).copied().flatten());
            Ok(Reading::Coded { column: *column, worth })
        }
    }
}

fn not_a_margin(sheet: &MarginSheet, why: &str) -> Vec<Fault> {
    vec![Fault::of_whole("not-a-margin", format!("margin {}: {why}", sheet.name))]
}
