//! Stata files (`.dta`), format 118: UTF-8, with the places of all sections in a map at the front. The layout is the one of
//! Stata's "help dta". User-missing codes become `.a`, `.b`, … in the order of the codes, each with its label.

mod labels;
mod long;
mod sections;
mod values;

use super::cell::Cell;
use super::fit::Fit;
use super::variable::Category;
use super::{Block, Table, Writer};
use long::Spool;
use sections::Sections;
use std::io::{self, Write};
use values::Storage;

/// A Stata file at work. Memory: one block. Where texts are longer than 2,045 bytes the rows wait in a temporary file, since
/// the map at the front must say how much these texts take.
pub struct DtaWriter<W: Write> {
    out: W,
    fit: Fit,
    storage: Vec<Storage>,
    sections: Sections,
    spool: Option<Spool>,
    n_rows: u64,
}

impl<W: Write> DtaWriter<W> {
    /// Writes all that stands before the rows.
    ///
    /// # Errors
    /// When Stata has no way to hold the table (more than 26 user-missing codes of a variable, 32,767 variables, 2³¹ − 1
    /// rows), or the output cannot be written.
    pub fn new(table: &Table, mut out: W) -> io::Result<Self> {
        let fit = Fit::new(table)?;
        let storage = table.variables.iter().map(Storage::new).collect::<io::Result<Vec<_>>>()?;
        let sections = Sections::new(table, &storage)?;
        let spool = storage.iter().any(Storage::is_long).then(Spool::new).transpose()?;
        if spool.is_none() {
            out.write_all(&sections.before_rows(0))?;
        }
        Ok(Self { out, fit, storage, sections, spool, n_rows: 0 })
    }
}

impl<W: Write + Send> Writer for DtaWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let mut rows = Vec::new();
        for row in 0..self.fit.take(block)? {
            self.n_rows += 1;
            for ((storage, column), variable) in self.storage.iter().zip(&block.columns).zip(1_u16..) {
                match (storage, column.cell(row)) {
                    (Storage::Coded { width, missing }, Cell::Code(code)) => width.code(&mut rows, code, missing),
                    (Storage::Coded { width, .. }, _) => width.missing(&mut rows),
                    (Storage::Double { .. }, Cell::Number(number)) => rows.extend_from_slice(&number.to_le_bytes()),
                    (Storage::Double { .. }, _) => values::missing_double(&mut rows),
                    (Storage::Text(width), cell) => values::text(&mut rows, cell, *width),
                    (Storage::Long, Cell::Text(text)) => match &mut self.spool {
                        Some(spool) => spool.long_text(&mut rows, (variable, self.n_rows), text)?,
                        None => long::no_text(&mut rows),
                    },
                    (Storage::Long, _) => long::no_text(&mut rows),
                }
            }
        }
        match &mut self.spool {
            Some(spool) => spool.rows(&rows),
            None => self.out.write_all(&rows),
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        if let Some(spool) = self.spool.take() {
            self.out.write_all(&self.sections.before_rows(spool.n_long_bytes()))?;
            spool.unroll(&mut self.out)?;
        } else {
            self.out.write_all(sections::BETWEEN)?;
        }
        self.out.write_all(self.sections.after_long_texts())?;
        self.out.flush()
    }
}

/// A code as Stata shows it: `3`, or `.b` for the second of those that are missing.
pub(super) fn written(category: &Category, all: &[Category]) -> String {
    if !category.is_missing {
        return category.code.to_string();
    }
    let n_before = all.iter().filter(|other| other.is_missing && other.code < category.code).count();
    ('a'..='z').nth(n_before).map_or_else(String::new, |letter| format!(".{letter}"))
}

#[cfg(test)]
mod tests;
