//! Survey files as text: comma-separated, the first row a header, UTF-8 with or without a byte order mark, an empty cell or
//! `NA` for what is missing.

use super::assemble::Assembly;
use super::coder;
use super::row::Row;
use super::{Found, MAX_FAULTS, Roles};
use crate::domain::fault::Fault;
use csv::{ByteRecord, ReaderBuilder};
use std::path::Path;

/// Rows after which a part is handed on and progress is told.
const ROWS_PER_PART: usize = 1 << 17;

/// Reads a file into an assembly.
pub(super) fn read(
    path: &Path,
    roles: &Roles,
    assembly: &mut Assembly,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Vec<Fault>> {
    let unreadable = |error: csv::Error| vec![of_error(path, &error)];
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_path(path).map_err(unreadable)?;
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(unreadable)?;
    let header = header(&record)?;
    let found = Found::among(&header, roles)?;
    assembly.name_replicates(found.replicates.len());
    let mut sheet = Sheet { header: &header, found: &found, faults: Vec::new() };
    let mut n_rows = 0_u64;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => sheet.take(&record, assembly),
            Ok(false) => break,
            Err(error) => {
                sheet.faults.push(of_error(path, &error));
                break;
            }
        }
        n_rows += 1;
        if sheet.faults.len() >= MAX_FAULTS {
            break;
        }
        if n_rows.is_multiple_of(ROWS_PER_PART as u64) {
            assembly.end_part();
            progress(n_rows, None);
        }
    }
    assembly.end_part();
    progress(n_rows, Some(n_rows));
    if sheet.faults.is_empty() { Ok(()) } else { Err(sheet.faults) }
}

/// A file being read.
struct Sheet<'a> {
    header: &'a [String],
    found: &'a Found,
    faults: Vec<Fault>,
}

impl Sheet<'_> {
    /// Takes a row, or notes what is wrong with it.
    fn take(&mut self, record: &ByteRecord, assembly: &mut Assembly) {
        let line = record.position().map_or(0, |position| position.line() as usize);
        if record.len() != self.header.len() {
            let message = format!("{} cells, but the header has {}", record.len(), self.header.len());
            self.faults.push(Fault::in_row(line, "", "ragged-row", message));
            return;
        }
        let n_before = self.faults.len();
        for &place in &self.found.keys {
            let text = self.text(record, place, line);
            assembly.push_key(text);
        }
        let row = Row {
            line,
            weight: self.quantity(record, self.found.weight, line),
            fpc1: self.quantity(record, self.found.fpc1, line),
            fpc2: self.quantity(record, self.found.fpc2, line),
        };
        for &place in &self.found.variables {
            let text = self.text(record, place, line);
            assembly.push_variable(text, line);
        }
        for &place in &self.found.replicates {
            let weight = self.quantity(record, Some(place), line).unwrap_or(f64::NAN);
            assembly.push_replicate(weight);
        }
        let is_readable = self.faults.len() == n_before;
        assembly.end_row(row, is_readable);
    }

    fn text<'r>(&mut self, record: &'r ByteRecord, place: usize, line: usize) -> &'r str {
        let bytes = record.get(place).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_else(|_| {
            let column = self.header.get(place).map(String::as_str).unwrap_or_default();
            let message = "the text is not UTF-8; save the file with that encoding";
            self.faults.push(Fault::in_row(line, column, "not-utf8", message));
            ""
        })
    }

    /// A number; missing is not a number, and so is no column at all.
    fn quantity(&mut self, record: &ByteRecord, place: Option<usize>, line: usize) -> Option<f64> {
        let place = place?;
        let text = self.text(record, place, line);
        if coder::is_missing(text) {
            return Some(f64::NAN);
        }
        let number = coder::number(text);
        if number.is_none() {
            let column = self.header.get(place).map(String::as_str).unwrap_or_default();
            let message = format!("\"{text}\" is not a number");
            self.faults.push(Fault::in_row(line, column, "not-a-number", message));
        }
        Some(number.unwrap_or(f64::NAN))
    }
}

/// The names of the columns.
fn header(record: &ByteRecord) -> Result<Vec<String>, Vec<Fault>> {
    let name = |(place, bytes): (usize, &[u8])| {
        let bytes = if place == 0 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        std::str::from_utf8(bytes).map(|name| name.trim_matches('"').trim().to_owned()).map_err(|_| {
            vec![Fault::in_row(1, "", "not-utf8", "the header is not UTF-8; save the file with that encoding")]
        })
    };
    let header: Vec<String> = record.iter().enumerate().map(name).collect::<Result<_, _>>()?;
    if header.iter().all(String::is_empty) {
        return Err(vec![Fault::of_whole("no-header", "the file is empty; its first row must name the columns")]);
    }
    Ok(header)
}

fn of_error(path: &Path, error: &csv::Error) -> Fault {
    match error.position() {
        Some(position) => Fault::in_row(position.line() as usize, "", "unreadable", error.to_string()),
        None => Fault::of_whole("unreadable", format!("{} cannot be read: {error}", path.display())),
    }
}
