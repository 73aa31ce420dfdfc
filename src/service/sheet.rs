//! Reads a table that somebody made in a spreadsheet and saved as CSV.
//!
//! - UTF-8, with or without the mark a spreadsheet puts in front.
//! - Cells are separated by commas or, where the header uses them, by semicolons, as Vietnamese spreadsheets save them.
//! - The header names the columns exactly; their order is free; unknown and doubled ones are refused.
//! - Rows are numbered as the spreadsheet shows them: the header is row 1, an empty line is a row, and a cell with line
//!   breaks inside quotation marks is still one row. Rows without any content are passed over.
//! - Every fault is collected; a reader of a sheet sees the faulty rows too and cannot overlook them.

use crate::domain::fault::Fault;
use csv::ByteRecord;
use std::collections::BTreeSet;
use std::fmt::Display;

/// Rows below the header that a sheet may have. A quarter of a million are all paper answers of a large province in one
/// file; more are split, so that a wrong file does not fill the memory.
pub const MAX_ROWS: usize = 250_000;

/// Characters a cell may have: the longest comment or note, with room. A longer one is a quotation mark gone wrong.
pub const MAX_CELL_CHARS: usize = 10_000;

/// The mark of UTF-8 that spreadsheets write first.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A last row that every file gets while it is read. If it does not come out as it went in, a quotation mark swallowed
/// it.
const END: &str = "\u{1}end";

/// The columns a sheet may have.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// These must be there.
    pub required: &'a [&'a str],
    /// These may be there.
    pub optional: &'a [&'a str],
}

impl Columns<'_> {
    fn known(&self) -> impl Iterator<Item = &str> {
        self.required.iter().chain(self.optional).copied()
    }

    fn listed(&self) -> String {
        let optional = self.optional.iter().map(|name| format!("[{name}]"));
        self.required.iter().map(ToString::to_string).chain(optional).collect::<Vec<_>>().join(", ")
    }
}

/// A table with its header.
#[derive(Debug, Clone)]
pub struct Sheet {
    header: Vec<String>,
    rows: Vec<Result<Record, Vec<Fault>>>,
}

#[derive(Debug, Clone)]
struct Record {
    number: usize,
    cells: Vec<String>,
}

/// One row of a sheet.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    header: &'a [String],
    record: &'a Record,
}

impl Row<'_> {
    /// The row as the spreadsheet shows it; the header is row 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.record.number
    }

    /// The cell in a column, without blanks around it; empty where the sheet has no such column.
    #[must_use]
    pub fn cell(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.cells.get(at)).map_or("", |cell| cell.trim())
    }

    /// A fault of this row.
    #[must_use]
    pub fn fault(&self, column: &str, code: &'static str, message: impl Into<String>) -> Fault {
        Fault::in_row(self.number(), column, code, message)
    }

    /// Reads a cell; what is wrong with it joins `faults`.
    pub fn read<T, E: Display>(
        &self,
        column: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        faults: &mut Vec<Fault>,
    ) -> Option<T> {
        match parse(self.cell(column)) {
            Ok(value) => Some(value),
            Err(error) => {
                faults.push(self.fault(column, code, error.to_string()));
                None
            }
        }
    }

    /// Reads a cell that may be empty; what is wrong with it joins `faults`.
    pub fn read_optional<T, E: Display>(
        &self,
        column: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        faults: &mut Vec<Fault>,
    ) -> Option<T> {
        if self.cell(column).is_empty() { None } else { self.read(column, code, parse, faults) }
    }

    /// Reads `yes` or `no`; an empty cell is `when_empty`.
    pub fn read_yes_no(&self, column: &str, when_empty: bool, faults: &mut Vec<Fault>) -> bool {
        match self.cell(column) {
            "" => when_empty,
            "yes" => true,
            "no" => false,
            other => {
                faults.push(self.fault(column, "not-yes-or-no", format!("{other:?} is neither yes nor no")));
                when_empty
            }
        }
    }
}

impl Sheet {
    /// Reads a table.
    ///
    /// # Errors
    /// Every fault of the header, or that there are too many rows. Faults of single rows stay in the sheet, beside the
    /// good rows: see [`Sheet::rows`] and [`Sheet::parse`].
    pub fn read(bytes: &[u8], columns: Columns<'_>) -> Result<Self, Vec<Fault>> {
        let (header, mut records) = open(bytes)?;
        let faults = header_faults(&header, columns);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut rows = Vec::new();
        while let Some((number, record)) = records.next()? {
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            if rows.len() == MAX_ROWS {
                return Err(vec![too_many_rows()]);
            }
            rows.push(checked(number, &record, &header));
        }
        if let Some(number) = records.swallowed_by {
            let message = "a quotation mark opens in this row and is never closed; close it or remove it";
            let fault = Fault::in_row(number, "", "open-quotation-mark", message);
            rows.pop();
            rows.push(Err(vec![fault]));
        }
        Ok(Self { header, rows })
    }

    /// The names of the columns, in the sheet's order.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The rows in order, each good or with its faults. Rows without content are not among them.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, &[Fault]>> {
        self.rows.iter().map(|row| match row {
            Ok(record) => Ok(Row { header: &self.header, record }),
            Err(faults) => Err(faults.as_slice()),
        })
    }

    /// Reads every row. The faults of rows that are no rows come together with those `parse` finds.
    pub fn parse<T>(&self, mut parse: impl FnMut(Row<'_>) -> Result<T, Vec<Fault>>) -> (Vec<T>, Vec<Fault>) {
        let (mut read, mut faults) = (Vec::new(), Vec::new());
        for row in self.rows() {
            match row.map_err(<[Fault]>::to_vec).and_then(&mut parse) {
                Ok(value) => read.push(value),
                Err(found) => faults.extend(found),
            }
        }
        (read, faults)
    }
}

/// The names of the columns of a table, to find out which form it has.
///
/// # Errors
/// When there is no header, or it is not text.
pub fn header(bytes: &[u8]) -> Result<Vec<String>, Vec<Fault>> {
    open(bytes).map(|(header, _)| header)
}

fn too_many_rows() -> Fault {
    Fault::of_whole("too-many-rows", format!("has more than {MAX_ROWS} rows; split it into several files"))
}

/// Takes the header off and leaves the rest to be read record by record.
fn open(bytes: &[u8]) -> Result<(Vec<String>, Records), Vec<Fault>> {
    let whole = |code, message: &str| vec![Fault::of_whole(code, message)];
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(whole("not-utf8", "is saved as UTF-16; save it again as \"CSV UTF-8\""));
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut records = Records::new(bytes);
    let (number, first) = records.next()?.ok_or_else(|| whole("empty", "is empty; the first row names the columns"))?;
    if let Some(row) = records.swallowed_by {
        let message = "a quotation mark opens in the header and is never closed; close it or remove it";
        return Err(vec![Fault::in_row(row, "", "open-quotation-mark", message)]);
    }
    let names = first.iter().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
    let header: Result<Vec<String>, _> = names.collect();
    let not_text =
        |_| vec![Fault::in_row(number, "", "not-utf8", "is not UTF-8; save the file again as \"CSV UTF-8\"")];
    Ok((header.map_err(not_text)?, records))
}

fn header_faults(header: &[String], columns: Columns<'_>) -> Vec<Fault> {
    let fault = |column: &str, code, message: String| Fault::in_row(1, column, code, message);
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for name in header {
        if !columns.known().any(|known| known == name) {
            let message = format!("is not a known column; the columns are {}", columns.listed());
            faults.push(fault(name, "unknown-column", message));
        } else if !seen.insert(name) {
            faults.push(fault(name, "duplicate-column", "is there twice; keep one of the two".to_owned()));
        }
    }
    let missing = columns.required.iter().filter(|name| !header.iter().any(|given| given == *name));
    faults.extend(
        missing.map(|name| fault(name, "missing-column", format!("is missing; the columns are {}", columns.listed()))),
    );
    faults
}

fn checked(number: usize, record: &ByteRecord, header: &[String]) -> Result<Record, Vec<Fault>> {
    let mut faults = Vec::new();
    if record.len() != header.len() {
        let message = format!(
            "has {} cells, the header has {}; a cell that contains the separator needs quotation marks",
            record.len(),
            header.len()
        );
        faults.push(Fault::in_row(number, "", "ragged-row", message));
    }
    let mut cells = Vec::with_capacity(record.len());
    let names = header.iter().map(String::as_str).chain(std::iter::repeat(""));
    for (cell, column) in record.iter().zip(names) {
        match std::str::from_utf8(cell) {
            Ok(text) if text.chars().count() > MAX_CELL_CHARS => {
                let message = format!("has more than {MAX_CELL_CHARS} characters; is a quotation mark missing?");
                faults.push(Fault::in_row(number, column, "cell-too-long", message));
            }
            Ok(text) => cells.push(text.to_owned()),
            Err(_) => {
                let message = "is not UTF-8; save the file again as \"CSV UTF-8\"";
                faults.push(Fault::in_row(number, column, "not-utf8", message));
            }
        }
    }
    if faults.is_empty() { Ok(Record { number, cells }) } else { Err(faults) }
}

/// Records with the row numbers a spreadsheet shows.
struct Records {
    reader: csv::Reader<std::io::Cursor<Vec<u8>>>,
    /// Length of the text with its end.
    n_bytes: u64,
    /// Line breaks inside cells so far: lines that are no rows.
    n_inner_breaks: u64,
    /// The row that swallowed the end of the file.
    swallowed_by: Option<usize>,
}

impl Records {
    fn new(bytes: &[u8]) -> Self {
        let mut text = with_plain_line_ends(bytes);
        let first_line = text.split(|byte| *byte == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
        let separator = if first_line.contains(&b';') { b';' } else { b',' };
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend_from_slice(END.as_bytes());
        text.push(b'\n');
        let n_bytes = text.len() as u64;
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(std::io::Cursor::new(text));
        Self { reader, n_bytes, n_inner_breaks: 0, swallowed_by: None }
    }

    /// The next record and its row. The reader passes over empty lines, so a row is counted back from the line on which
    /// the record ends.
    fn next(&mut self) -> Result<Option<(usize, ByteRecord)>, Vec<Fault>> {
        let mut record = ByteRecord::new();
        let more = self.reader.read_byte_record(&mut record);
        let more = more.map_err(|error| vec![Fault::of_whole("unreadable", format!("cannot be read: {error}"))])?;
        if !more {
            return Ok(None);
        }
        let after = self.reader.position();
        let (at_the_end, last_line) = (after.byte() == self.n_bytes, after.line() - 1);
        if at_the_end && record.len() == 1 && record.get(0) == Some(END.as_bytes()) {
            return Ok(None);
        }
        self.n_inner_breaks += record.iter().flatten().filter(|byte| **byte == b'\n').count() as u64;
        let row = usize::try_from(last_line.saturating_sub(self.n_inner_breaks)).unwrap_or(usize::MAX);
        if at_the_end {
            // Its last cell took the end's line break too, which is therefore counted as an inner one.
            self.swallowed_by = Some(row + 1);
        }
        Ok(Some((row, record)))
    }
}

/// The bytes with `\n` at the end of each line, whichever of `\r\n`, `\n` and `\r` they had.
fn with_plain_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len() + END.len() + 2);
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                rest.next_if(|next| **next == b'\n');
                plain.push(b'\n');
            }
            other => plain.push(*other),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
