//! The items of a composite, from a sheet.

use crate::domain::fault::{Fault, Place};
use std::path::Path;

/// Reads the columns `item` and `max_points` of a sheet; others are passed over.
///
/// # Errors
/// Every fault with its line.
pub fn read_items(path: &Path) -> Result<Vec<(String, f64)>, Vec<Fault>> {
    let file = path.display().to_string();
    let at = |line: usize, column: &str, message: String| {
        let place = Place::Line { file: file.clone(), line, column: 1 };
        Fault { place, code: "bad-item", message: format!("{column}: {message}") }
    };
    let unreadable = |error: csv::Error| vec![at(1, "file", error.to_string())];
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(unreadable)?;
    let header = reader.headers().map_err(unreadable)?.clone();
    let place = |name: &str| header.iter().position(|column| column.trim_start_matches('\u{feff}') == name);
    let (Some(item), Some(max)) = (place("item"), place("max_points")) else {
        let known: Vec<&str> = header.iter().collect();
        return Err(vec![at(1, "header", format!("item and max_points are needed, there are {}", known.join(", ")))]);
    };
    let (mut items, mut faults): (Vec<(String, f64)>, Vec<Fault>) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(at(error.position().map_or(1, |p| p.line() as usize), "row", error.to_string()));
                break;
            }
        };
        let line = record.position().map_or(1, |position| position.line() as usize);
        let (name, points) = (record.get(item).unwrap_or_default(), record.get(max).unwrap_or_default());
        let points_read = points.trim().parse::<f64>().ok().filter(|points| points.is_finite() && *points > 0.0);
        match points_read {
            _ if name.is_empty() => faults.push(at(line, "item", "empty".to_owned())),
            _ if items.iter().any(|(known, _)| known == name) => {
                faults.push(at(line, "item", format!("{name} is there twice")));
            }
            Some(points) => items.push((name.to_owned(), points)),
            None => faults.push(at(line, "max_points", format!("\"{points}\" is not a number above 0"))),
        }
    }
    if items.is_empty() && faults.is_empty() {
        faults.push(at(1, "file", "there are no items in it".to_owned()));
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}
