//! What stands in the way of calibrated weights, in the words of the sheet of margins.

use super::{Known, MarginKind};
use crate::domain::fault::Fault;
use crate::statistics::{CalibrationFault, Value};

pub(super) fn worded(fault: &CalibrationFault, margins: &[Known]) -> Fault {
    let name = |margin: &usize| margins.get(*margin).map_or("", |known| known.sheet.name.as_str());
    let level = |margin: &usize, level: &usize| level_name(margins.get(*margin), *level);
    let (code, message) = match fault {
        CalibrationFault::NoTotal { margin, codes, n_rows } => {
            let labels = labels(margins.get(*margin), codes);
            ("no-total", format!("margin {}: {n_rows} rows are {labels}, which has no total", name(margin)))
        }
        CalibrationFault::NoQuantity { margin, n_rows } => {
            let message = "calibration needs a number in every row; fill them in or leave the margin out";
            ("no-quantity", format!("margin {}: {n_rows} rows have none; {message}", name(margin)))
        }
        CalibrationFault::NoRows { margin, level: at } => {
            let message = "but it has a total; put it together with another level";
            ("empty-margin", format!("margin {}: no row is {}, {message}", name(margin), level(margin, at)))
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
        CalibrationFault::NoLevels { margin } => {
            let message = "is the sum of a column, and post-stratify knows levels only; use linear or rake";
            ("no-levels", format!("margin {} {message}", name(margin)))
        }
        CalibrationFault::NestedInPsus { margin } => {
            let message = "lies within single PSUs: the spread would look like nothing; use a margin that crosses them";
            ("nested-margin", format!("margin {} {message}", name(margin)))
        }
        CalibrationFault::OutOfBounds { margin, level: at, n_rows, reached, needed } => {
            let can = format!("the {n_rows} rows of {} can add up to {reached} at best", level(margin, at));
            let need = format!("they need a mean weight of {needed:.6}; widen --trim or put levels together");
            ("out-of-bounds", format!("margin {}: {can} within the bounds of weights; {need}", name(margin)))
        }
        CalibrationFault::NotMet { margin, level: at, miss, is_bounded } => {
            let message =
                format!("margin {}: {} stays off by {miss:.1e} of its total", name(margin), level(margin, at));
            let why = match is_bounded {
                true => "the margins cannot all hold within the bounds of weights; widen --trim",
                false => "the margins cannot all hold in this sample; put levels together or leave a margin out",
            };
            ("not-met", format!("{message}; {why}"))
        }
        CalibrationFault::NotPositive { n_rows, least, row } => {
            // The header of a file is row 1.
            let where_is = format!("the least {least:.6} in row {}", row + 2);
            let advice = "use --calibrate rake, which keeps them above 0, or bounds, for example --trim 1:400";
            ("negative-weights", format!("{n_rows} weights would not be above 0, {where_is}; {advice}"))
        }
    };
    Fault::of_whole(code, message)
}

/// A level as the sheet names it; a sum is that of its column.
fn level_name(known: Option<&Known>, level: usize) -> String {
    let Some(known) = known else { return String::new() };
    match &known.sheet.kind {
        MarginKind::Levels(levels) => match levels.get(level).map(|(labels, _)| labels.join("*")) {
            Some(labels) if !labels.is_empty() => labels,
            _ => "everybody".to_owned(),
        },
        MarginKind::Quantity { .. } => format!("the sum of {}", known.sheet.name),
    }
}

/// Codes as the file writes them.
fn labels(known: Option<&Known>, codes: &[u8]) -> String {
    let values = known.into_iter().flat_map(|known| &known.values);
    let label = |(code, values): (&u8, &&[Value])| {
        values.get(usize::from(*code)).map_or_else(|| "(missing)".to_owned(), |value| value.label.clone())
    };
    codes.iter().zip(values).map(label).collect::<Vec<String>>().join("*")
}
