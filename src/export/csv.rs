//! CSV for analysis, as RFC 4180 says: commas, CRLF, quotes where they are needed, UTF-8 without a byte order mark. The first
//! line holds the variables' names; codes stay codes, a missing value is an empty field.

use super::fit::Fit;
use super::number::{self, Numbers};
use super::texts::{List, Texts};
use super::{Block, Column, Table, Writer};
use std::io::{self, Write};
use std::sync::Arc;

/// Writes it.
pub struct CsvWriter<W> {
    out: W,
    fit: Fit,
    numbers: Numbers,
    /// In the order in which texts come in a line.
    fields: Vec<Fields>,
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
            text(&variable.name, SEPARATOR, &mut lines);
            lines.push(SEPARATOR);
        }
        end_line(&mut lines);
        out.write_all(&lines)?;
        Ok(Self { out, fit, numbers: Numbers::default(), fields: Vec::new(), lines })
    }
}

impl<W: Write + Send> Writer for CsvWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let n_rows = self.fit.take(block)?;
        let parts = self.parts(block);
        let Self { fields, numbers, lines, .. } = self;
        lines.clear();
        for row in 0..n_rows {
            for part in &parts {
                match part {
                    Part::Codes(codes) => match codes.get(row).copied().flatten() {
                        // Nearly all of a file of answers is codes of one digit.
                        Some(code @ 0..=9) => lines.extend_from_slice(&[b'0' + code as u8, SEPARATOR]),
                        Some(code) => {
                            number::write_code(code, lines)?;
                            lines.push(SEPARATOR);
                        }
                        None => lines.push(SEPARATOR),
                    },
                    Part::Numbers(values) => {
                        if let Some(value) = values.get(row).copied().flatten() {
                            numbers.write(value, lines)?;
                        }
                        lines.push(SEPARATOR);
                    }
                    Part::Texts(texts, at) => {
                        if let Some(fields) = fields.get(*at) {
                            lines.extend_from_slice(fields.get(texts.place(row)));
                        }
                    }
                }
            }
            end_line(lines);
        }
        self.out.write_all(&self.lines)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.out.flush()
    }
}

const SEPARATOR: u8 = b',';

/// Part of a line: a column, or texts that go with each other.
enum Part<'a> {
    Codes(&'a [Option<i16>]),
    Numbers(&'a [Option<f64>]),
    /// With the place of their fields.
    Texts(&'a Texts, usize),
}

impl<W> CsvWriter<W> {
    /// The parts of a block's lines, with the fields of its texts.
    fn parts<'b>(&mut self, block: &'b Block) -> Vec<Part<'b>> {
        let mut parts = Vec::with_capacity(block.columns.len());
        let (mut columns, mut n_fields) = (block.columns.as_slice(), 0);
        while let [first, rest @ ..] = columns {
            columns = rest;
            match first {
                Column::Codes(codes) => parts.push(Part::Codes(codes)),
                Column::Numbers(numbers) => parts.push(Part::Numbers(numbers)),
                Column::Texts(first) => {
                    let mut together = vec![first];
                    while let [Column::Texts(next), rest @ ..] = columns
                        && next.go_with(first)
                    {
                        together.push(next);
                        columns = rest;
                    }
                    if self.fields.len() == n_fields {
                        self.fields.push(Fields::default());
                    }
                    self.fields.iter_mut().skip(n_fields).take(1).for_each(|fields| fields.hold(&together));
                    parts.push(Part::Texts(first, n_fields));
                    n_fields += 1;
                }
            }
        }
        parts
    }
}

/// The texts of lists as fields, those of one place together, each with the separator behind it: few lists serve all blocks.
#[derive(Default)]
struct Fields {
    of: Vec<List>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// What stands where the lists have nothing.
    empty: Vec<u8>,
}

impl Fields {
    fn hold(&mut self, together: &[&Texts]) {
        let is_same = |(list, texts): (&List, &&Texts)| Arc::ptr_eq(list, texts.list());
        if self.of.len() == together.len() && self.of.iter().zip(together).all(is_same) {
            return;
        }
        self.of = together.iter().map(|texts| Arc::clone(texts.list())).collect();
        self.bytes.clear();
        self.ends.clear();
        self.empty = vec![SEPARATOR; together.len()];
        for place in 0..self.of.iter().map(|list| list.len()).max().unwrap_or_default() {
            for list in &self.of {
                if let Some(Some(listed)) = list.get(place) {
                    text(listed, SEPARATOR, &mut self.bytes);
                }
                self.bytes.push(SEPARATOR);
            }
            self.ends.push(self.bytes.len());
        }
    }

    /// The fields of a place; empty ones where the lists have none.
    fn get(&self, place: Option<usize>) -> &[u8] {
        let found = place.and_then(|place| {
            let begin = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
            self.bytes.get(begin..*self.ends.get(place)?)
        });
        found.unwrap_or(&self.empty)
    }
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
    fn texts_of_one_list_go_together_and_missing_ones_are_empty() {
        use super::super::variable::{Kind, Label, Role, Variable};
        let label = Label { vi: String::new(), en: String::new() };
        let kind = Kind::Text { max_bytes: 9 };
        let variable =
            |name: &str| Variable { name: name.to_owned(), label: label.clone(), role: Role::Key, kind: kind.clone() };
        let variables = ["code", "name", "psu"].map(variable).into();
        let (name, title) = ("t".to_owned(), String::new());
        let table = Table { name, title, variables, notes: Vec::new(), n_rows: 4 };
        let codes: List = [Some("D1".into()), None, Some("D,3".into())].into();
        let names: List = [Some("Một".into()), Some("Hai".into())].into();
        let mut out = Vec::new();
        let mut writer = Box::new(CsvWriter::new(&table, &mut out).unwrap());
        for places in [vec![2, 0], vec![1, 7]] {
            let (places, psu) = (Arc::new(places), Texts::from(vec![Some("p".into()), None]));
            let listed = |list: &List| Column::Texts(Texts::listed(Arc::clone(list), Arc::clone(&places)));
            writer.write(&Block { columns: vec![listed(&codes), listed(&names), Column::Texts(psu)] }).unwrap();
        }
        writer.finish().unwrap();
        let expected = "code,name,psu\r\n\"D,3\",,p\r\nD1,Một,\r\n,Hai,p\r\n,,\r\n";
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
