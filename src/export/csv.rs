//! CSV for analysis, as RFC 4180 says: commas, CRLF, quotes where they are needed, UTF-8 without a byte order mark. The first
//! line holds the variables' names; codes stay codes, a missing value is an empty field.

use super::codes::{Codes, Legend};
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
    texts: Vec<TextFields>,
    /// One of each legend.
    codes: Vec<CodeFields>,
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
        let (texts, codes) = (Vec::new(), Vec::new());
        Ok(Self { out, fit, numbers: Numbers::default(), texts, codes, lines })
    }
}

impl<W: Write + Send> Writer for CsvWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let n_rows = self.fit.take(block)?;
        let parts = self.parts(block)?;
        let Self { texts, codes, numbers, lines, .. } = self;
        lines.clear();
        for row in 0..n_rows {
            for part in &parts {
                match part {
                    Part::Codes { first, n_variables, fields } => {
                        if let Some(fields) = codes.get(*fields) {
                            fields.write(first.row(row, *n_variables), lines);
                        }
                    }
                    Part::Numbers(values) => {
                        if let Some(value) = values.get(row).copied().flatten() {
                            numbers.write(value, lines)?;
                        }
                        lines.push(SEPARATOR);
                    }
                    Part::Texts { first, fields } => {
                        if let Some(fields) = texts.get(*fields) {
                            lines.extend_from_slice(fields.get(first.place(row)));
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

/// Part of a line: a number, or variables that lie together, with the place of their fields.
enum Part<'a> {
    Codes { first: &'a Codes, n_variables: usize, fields: usize },
    Numbers(&'a [Option<f64>]),
    Texts { first: &'a Texts, fields: usize },
}

impl<W> CsvWriter<W> {
    /// The parts of a block's lines, with the fields of its texts and codes.
    fn parts<'b>(&mut self, block: &'b Block) -> io::Result<Vec<Part<'b>>> {
        let mut parts = Vec::with_capacity(block.columns.len());
        if self.codes.len() > block.columns.len() {
            // Whoever makes a legend for every block makes fields for every block.
            self.codes.clear();
        }
        let (mut columns, mut n_texts) = (block.columns.as_slice(), 0);
        while let [first, rest @ ..] = columns {
            columns = rest;
            match first {
                Column::Numbers(numbers) => parts.push(Part::Numbers(numbers)),
                Column::Codes(first) => {
                    let mut n_variables = 1;
                    while let [Column::Codes(next), rest @ ..] = columns
                        && first.goes_on(n_variables, next)
                    {
                        n_variables += 1;
                        columns = rest;
                    }
                    parts.push(Part::Codes { first, n_variables, fields: self.fields_of(first.legend())? });
                }
                Column::Texts(first) => {
                    let mut together = vec![first];
                    while let [Column::Texts(next), rest @ ..] = columns
                        && next.go_with(first)
                    {
                        together.push(next);
                        columns = rest;
                    }
                    if self.texts.len() == n_texts {
                        self.texts.push(TextFields::default());
                    }
                    self.texts.iter_mut().skip(n_texts).take(1).for_each(|fields| fields.hold(&together));
                    parts.push(Part::Texts { first, fields: n_texts });
                    n_texts += 1;
                }
            }
        }
        Ok(parts)
    }

    /// The place of a legend's fields.
    fn fields_of(&mut self, legend: &Arc<Legend>) -> io::Result<usize> {
        let known = self.codes.iter().position(|fields| Arc::ptr_eq(&fields.of, legend));
        if known.is_none() {
            self.codes.push(CodeFields::new(legend)?);
        }
        Ok(known.unwrap_or(self.codes.len() - 1))
    }
}

/// Bytes of the field of a code, of which the last says how many are written: `-32768,` are seven.
const FIELD_BYTES: usize = 8;

/// The codes of a legend as fields, byte by byte, each with the separator behind it.
struct CodeFields {
    of: Arc<Legend>,
    fields: [[u8; FIELD_BYTES]; 256],
}

impl CodeFields {
    fn new(legend: &Arc<Legend>) -> io::Result<Self> {
        let mut fields = [[0; FIELD_BYTES]; 256];
        for (field, code) in fields.iter_mut().zip(legend.iter()) {
            let mut text = Vec::with_capacity(FIELD_BYTES);
            if let Some(code) = code {
                number::write_code(*code, &mut text)?;
            }
            text.push(SEPARATOR);
            let length = text.len() as u8;
            text.resize(FIELD_BYTES - 1, 0);
            text.push(length);
            field.iter_mut().zip(text).for_each(|(slot, byte)| *slot = byte);
        }
        Ok(Self { of: Arc::clone(legend), fields })
    }

    /// Writes the fields of some bytes. Each goes whole, which is one step for a processor, and the next one over what was too
    /// much of it.
    fn write(&self, bytes: &[u8], lines: &mut Vec<u8>) {
        let mut end = lines.len();
        lines.resize(end + bytes.len() * FIELD_BYTES, 0);
        for byte in bytes {
            let Some(field) = self.fields.get(usize::from(*byte)) else { continue };
            let Some(room) = lines.get_mut(end..end + FIELD_BYTES) else { continue };
            room.copy_from_slice(field);
            end += usize::from(field[FIELD_BYTES - 1]);
        }
        lines.truncate(end);
    }
}

/// The texts of lists as fields, those of one place together, each with the separator behind it: few lists serve all blocks.
#[derive(Default)]
struct TextFields {
    of: Vec<List>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// What stands where the lists have nothing.
    empty: Vec<u8>,
}

impl TextFields {
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
