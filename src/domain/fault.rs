//! A fault: what is wrong, where, and what to do about it. Readers of files and forms collect faults; they never stop at
//! the first.

use std::fmt;

/// Where a fault was found, in the terms of whoever has to mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A value inside a JSON document (RFC 6901), for example `/answers/Q01`.
    Pointer(String),
    /// A position in a text file; line and column count from 1.
    Line {
        /// The file as the user named it.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A value inside the JSON document that a line of a file holds.
    InLine {
        /// The file as the user named it.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The value as a JSON pointer; empty for the whole line.
        pointer: String,
    },
    /// A cell of a table; the header is row 1, so the first record is row 2, as a spreadsheet shows it.
    Row {
        /// Row, from 1.
        row: usize,
        /// The column's header, or empty when the whole row is meant.
        column: String,
    },
    /// The whole document.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(pointer) => f.write_str(pointer),
            Self::Line { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::InLine { file, line, pointer } if pointer.is_empty() => write!(f, "{file}:{line}"),
            Self::InLine { file, line, pointer } => write!(f, "{file}:{line}: {pointer}"),
            Self::Row { row, column } if column.is_empty() => write!(f, "row {row}"),
            Self::Row { row, column } => write!(f, "row {row}, column {column}"),
            Self::Whole => f.write_str("document"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// A stable word for programs, for example `unknown-item`. Never reused for another meaning.
    pub code: &'static str,
    /// What is wrong and what to do, for people, in English.
    pub message: String,
}

impl Fault {
    /// A fault in a table's cell; `row` counts from 1 with the header as row 1.
    #[must_use]
    pub fn in_row(row: usize, column: &str, code: &'static str, message: impl Into<String>) -> Self {
        let place = Place::Row { row, column: column.to_owned() };
        Self { place, code, message: message.into() }
    }

    /// A fault of the document as a whole.
    #[must_use]
    pub fn of_whole(code: &'static str, message: impl Into<String>) -> Self {
        Self { place: Place::Whole, code, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.message, self.code)
    }
}
