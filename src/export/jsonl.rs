//! JSON Lines: an object a row, its members named as the variables and in their order. Codes are numbers, a missing value is
//! `null`.

use super::cell::Cell;
use super::fit::Fit;
use super::number::{self, Numbers};
use super::{Block, Table, Writer};
use std::io::{self, Write};

/// Writes it.
pub struct JsonLinesWriter<W> {
    out: W,
    fit: Fit,
    /// What stands before each value: `{"row":`, `,"sex":`.
    before: Vec<Vec<u8>>,
    numbers: Numbers,
    lines: Vec<u8>,
}

impl<W: Write + Send> JsonLinesWriter<W> {
    /// Prepares the names.
    ///
    /// # Errors
    /// When a name is no variable's name.
    pub fn new(table: &Table, out: W) -> io::Result<Self> {
        let mut before = Vec::new();
        for (place, variable) in table.variables.iter().enumerate() {
            let mut name = vec![if place == 0 { b'{' } else { b',' }];
            serde_json::to_writer(&mut name, &variable.name)?;
            name.push(b':');
            before.push(name);
        }
        Ok(Self { out, fit: Fit::new(table)?, before, numbers: Numbers::default(), lines: Vec::new() })
    }
}

impl<W: Write + Send> Writer for JsonLinesWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let n_rows = self.fit.take(block)?;
        self.lines.clear();
        for row in 0..n_rows {
            for (column, before) in block.columns.iter().zip(&self.before) {
                self.lines.extend_from_slice(before);
                value(column.cell(row), &mut self.numbers, &mut self.lines)?;
            }
            self.lines.extend_from_slice(b"}\n");
        }
        self.out.write_all(&self.lines)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.out.flush()
    }
}

fn value(cell: Cell<'_>, numbers: &mut Numbers, out: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        Cell::Missing => out.extend_from_slice(b"null"),
        Cell::Code(code) => number::write_code(code, out)?,
        Cell::Number(value) => numbers.write(value, out)?,
        Cell::Text(value) => serde_json::to_writer(out, value)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_row_is_an_object() {
        let mut out = Vec::new();
        let mut writer = Box::new(JsonLinesWriter::new(&example::table(), &mut out).unwrap());
        writer.write(&example::block()).unwrap();
        writer.finish().unwrap();
        let expected = r#"{"name":"Một \"cửa\", số 1","sex":1,"points":0.5}
{"name":"=1+1","sex":-1,"points":null}
{"name":null,"sex":null,"points":-3}
"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
