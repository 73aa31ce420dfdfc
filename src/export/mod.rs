//! Files for statisticians: one table, written row by row into each format they open.
//!
//! Invariant: this floor is given variables and blocks of rows and makes bytes. It reads no database, computes no figure,
//! and holds one block at a time, however long the table is. A format that would misread a value says so before it writes.

mod cell;
pub mod codebook;
pub mod csv;
pub mod ddi;
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
pub mod variable;
mod words;
pub mod xlsx;
mod xml;

use std::io;
use std::sync::Arc;
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
    /// Codes of a [`variable::Kind::Coded`].
    Codes(Vec<Option<i16>>),
    /// Numbers, whole or not.
    Numbers(Vec<Option<f64>>),
    /// Texts; equal ones share their bytes.
    Texts(Vec<Option<Arc<str>>>),
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

/// Sees to it that a table has the rows it was announced with, each of them whole.
#[derive(Debug)]
pub(crate) struct Announced {
    n_columns: usize,
    n_left: u64,
}

impl Announced {
    /// What a table announces.
    pub(crate) fn by(table: &Table) -> Self {
        Self { n_columns: table.variables.len(), n_left: table.n_rows }
    }

    /// Counts a block; returns its rows.
    pub(crate) fn take(&mut self, block: &Block) -> io::Result<usize> {
        let n_rows = block.n_rows();
        let is_whole =
            block.columns.len() == self.n_columns && block.columns.iter().all(|column| column.len() == n_rows);
        let left = self.n_left.checked_sub(n_rows as u64).filter(|_| is_whole);
        self.n_left = left.ok_or_else(|| io::Error::other("a block does not fit its table"))?;
        Ok(n_rows)
    }

    /// Whether all rows came.
    pub(crate) fn finish(&self) -> io::Result<()> {
        match self.n_left {
            0 => Ok(()),
            n => Err(io::Error::other(format!("{n} rows are missing"))),
        }
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
