//! Rows out of columns, for formats that write row by row.

use super::Column;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    /// None.
    Missing,
    /// Of a coded variable.
    Code(i16),
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
}

impl Column {
    /// The value of a row, counted from 0.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        let cell = match self {
            Self::Codes(codes) => codes.get(row).map(Cell::Code),
            Self::Numbers(numbers) => numbers.get(row).copied().flatten().map(Cell::Number),
            Self::Texts(texts) => texts.get(row).map(Cell::Text),
        };
        cell.unwrap_or(Cell::Missing)
    }
}
