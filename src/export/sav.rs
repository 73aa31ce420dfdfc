//! SPSS system files (`.sav`), compressed by bytecode, in UTF-8. The layout is the one that PSPP's developers describe in
//! "System File Format"; equal tables make equal bytes, so the file bears no date.

mod compression;
mod dictionary;
mod layout;
mod records;

use super::cell::Cell;
use super::fit::Fit;
use super::{Block, Table, Writer};
use compression::Compressor;
use layout::{Place, Width};
use std::io::{self, Write};

/// A system file at work. Memory: one block.
pub struct SavWriter<W: Write> {
    out: W,
    fit: Fit,
    places: Vec<Place>,
    data: Compressor,
}

impl<W: Write> SavWriter<W> {
    /// Writes all that stands before the rows.
    ///
    /// # Errors
    /// When SPSS has no way to hold the table (a text of more than 32,767 bytes; user-missing codes that are neither three
    /// nor in a row), or the output cannot be written.
    pub fn new(table: &Table, mut out: W) -> io::Result<Self> {
        let fit = Fit::new(table)?;
        let places = layout::places(&table.variables)?;
        out.write_all(&dictionary::dictionary(table, &places)?)?;
        Ok(Self { out, fit, places, data: Compressor::default() })
    }
}

impl<W: Write + Send> Writer for SavWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        for row in 0..self.fit.take(block)? {
            for (place, column) in self.places.iter().zip(&block.columns) {
                match (&place.width, column.cell(row)) {
                    (Width::Number, Cell::Code(code)) => self.data.number(f64::from(code)),
                    (Width::Number, Cell::Number(number)) => self.data.number(number),
                    (Width::Number, _) => self.data.no_number(),
                    (Width::Text(segments), Cell::Text(text)) => self.data.text(text, segments),
                    (Width::Text(segments), _) => self.data.text("", segments),
                }
            }
        }
        self.out.write_all(self.data.whole())?;
        self.data.forget_whole();
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.out.write_all(self.data.end())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
