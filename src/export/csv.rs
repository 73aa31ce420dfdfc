//! CSV for analysis, as RFC 4180 says: commas, CRLF, quotes where they are needed, UTF-8 without a byte order mark. The first
//! line holds the variables' names; codes stay codes, a missing value is an empty field.

use super::cell::Cell;
use super::fit::Fit;
use super::number::{self, Numbers};
use super::{Block, Table, Writer};
use std::io::{self, Write};

/// Writes it.
pub struct CsvWriter<W> {
    out: W,
    fit: Fit,
    numbers: Numbers,
    lines: Vec<u8>,
}

impl<W: Write + Send> CsvWriter<W> {
    /// Writes the first line.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn new(table: &Table, mut out: W) -> io::Result<Self> {
        let fit = Fit::new(table)?;
        let mut lines = Vec::new();
        for variable in &table.variables {
            text(&variable.name, b',', &mut lines);
            lines.push(b',');
        }
        end_line(&mut lines);
        out.write_all(&lines)?;
        Ok(Self { out, fit, numbers: Numbers::default(), lines })
    }
}

impl<W: Write + Send> Writer for CsvWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let n_rows = self.fit.take(block)?;
        self.lines.clear();
        for row in 0..n_rows {
            for column in &block.columns {
                cell(column.cell(row), &mut self.numbers, &mut self.lines)?;
                self.lines.push(b',');
            }
            end_line(&mut self.lines);
        }
        self.out.write_all(&self.lines)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.out.flush()
    }
}

fn cell(cell: Cell<'_>, numbers: &mut Numbers, out: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        Cell::Missing => {}
        Cell::Code(code) => number::write_code(code, out)?,
        Cell::Number(value) => numbers.write(value, out)?,
        Cell::Text(value) => text(value, b',', out),
    }
    Ok(())
}

/// Puts the end of a line where the separator after its last field stands.
pub(super) fn end_line(out: &mut Vec<u8>) {
    out.pop();
    out.extend_from_slice(b"\r\n");
}

/// Writes a field, in quotes if its reader would otherwise see two fields or two lines.
pub(super) fn text(value: &str, separator: u8, out: &mut Vec<u8>) {
    // Looks at every byte, which goes several at once; most texts are short and have none of these.
    let is_odd = |byte: u8| (byte == separator) | (byte == b'"') | (byte == b'\n') | (byte == b'\r');
    if !value.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
        return out.extend_from_slice(value.as_bytes());
    }
    out.push(b'"');
    for (place, part) in value.split('"').enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_table_is_written_as_the_rfc_says() {
        let mut out = Vec::new();
        let mut writer = Box::new(CsvWriter::new(&example::table(), &mut out).unwrap());
        writer.write(&example::block()).unwrap();
        writer.finish().unwrap();
        let expected = "name,sex,points\r\n\"Một \"\"cửa\"\", số 1\",1,0.5\r\n=1+1,-1,\r\n,,-3\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_table_without_all_its_rows_is_none() {
        let mut writer = Box::new(CsvWriter::new(&example::table(), Vec::new()).unwrap());
        let mut uneven = example::block();
        uneven.columns.pop();
        assert!(writer.write(&uneven).is_err());
        assert!(writer.finish().unwrap_err().to_string().contains('3'));
    }
}
