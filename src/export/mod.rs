//! Files for statisticians: one table, written row by row into each format they open.
//!
//! Invariant: this floor is given variables and blocks of rows and makes bytes. It reads no database, computes no figure,
//! and holds one block at a time, however long the table is. A format that would misread a value says so before it writes.

mod cell;
pub mod codebook;
pub mod codes;
pub mod csv;
pub mod ddi;
mod description;
pub mod dta;
#[cfg(test)]
mod example;
pub mod excel_csv;
mod field;
mod fit;
pub mod format;
pub mod jsonl;
mod label;
pub mod manifest;
mod number;
pub mod parquet;
pub mod r_script;
pub mod sav;
pub mod texts;
pub mod variable;
mod words;
pub mod xlsx;
mod xml;

use codes::Codes;
use std::io;
use texts::Texts;
use variable::{Label, Variable};

/// A table before its rows: what it is called, its variables, how many rows will come.
#[derive(Debug, Clone)]
pub struct Table {
    /// A name without blanks, for sheets and files: `responses`, `results`.
    pub name: String,
    /// What a person calls it, in Vietnamese.
    pub title: String,
    /// The columns, in order.
    pub variables: Vec<Variable>,
    /// What whoever opens the file must know: where it is from, what was left out and why, what is not confirmed.
    pub notes: Vec<Label>,
    /// How many rows will be given, all blocks together. Counted in the transaction that reads them.
    pub n_rows: u64,
}

/// Some rows, column by column, in the order of the table's variables. All columns are equally long.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The columns.
    pub columns: Vec<Column>,
}

/// Values of one variable; `None` is a missing value without a reason.
#[derive(Debug, Clone)]
pub enum Column {
    /// Codes of a [`variable::Kind::Coded`], of which few may differ.
    Codes(Codes),
    /// Numbers, whole or not.
    Numbers(Vec<Option<f64>>),
    /// Texts, of which few may differ.
    Texts(Texts),
}

impl Block {
    /// Its rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }
}

impl Column {
    /// Its values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Codes(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One format at work. A writer that is dropped before `finish` has written no whole file.
pub trait Writer: Send {
    /// Writes some rows.
    ///
    /// # Errors
    /// When the output cannot be written, or the block does not fit the table.
    fn write(&mut self, block: &Block) -> io::Result<()>;

    /// Writes what comes after the rows, and hands everything on.
    ///
    /// # Errors
    /// When the output cannot be written, or rows are missing.
    fn finish(self: Box<Self>) -> io::Result<()>;
}
