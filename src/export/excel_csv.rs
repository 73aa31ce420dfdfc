//! CSV that opens with a double click in an Excel of Việt Nam: UTF-8 with a byte order mark, without which Excel takes the
//! letters for another alphabet; semicolons and decimal commas; labels instead of codes and names.
//!
//! Where the comma stands before the decimals, Excel separates fields by semicolons, and reads `0.5` as a text or a date. A
//! line `sep=;` would say so to every Excel, but then the byte order mark is not seen any more. On a computer with American
//! settings the file opens in one column; XLSX opens right everywhere.
//!
//! A cell that begins like a formula is one for Excel, whatever it was meant to be, and can start programs. So `'` is set
//! before it, in cells and headings alike (OWASP, "CSV Injection"). Numbers are left alone: `-3` is no formula.

use super::cell::Cell;
use super::csv::{end_line, text};
use super::fit::Fit;
use super::number::Numbers;
use super::variable::{Kind, Variable};
use super::{Block, Table, Writer};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const SEPARATOR: u8 = b';';

/// Writes it.
pub struct ExcelCsvWriter<W> {
    out: W,
    fit: Fit,
    /// By column: the label of each code.
    labels: Vec<HashMap<i16, String>>,
    numbers: Numbers,
    lines: Vec<u8>,
}

impl<W: Write + Send> ExcelCsvWriter<W> {
    /// Writes the first line.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn new(table: &Table, mut out: W) -> io::Result<Self> {
        let fit = Fit::new(table)?;
        let mut lines = BYTE_ORDER_MARK.to_vec();
        for variable in &table.variables {
            text(&harmless(&format!("{} ({})", variable.label.vi, variable.name)), SEPARATOR, &mut lines);
            lines.push(SEPARATOR);
        }
        end_line(&mut lines);
        out.write_all(&lines)?;
        let labels = table.variables.iter().map(labels).collect();
        Ok(Self { out, fit, labels, numbers: Numbers::default(), lines })
    }
}

impl<W: Write + Send> Writer for ExcelCsvWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let n_rows = self.fit.take(block)?;
        self.lines.clear();
        for row in 0..n_rows {
            for (column, labels) in block.columns.iter().zip(&self.labels) {
                cell(column.cell(row), (labels, &mut self.numbers), &mut self.lines)?;
                self.lines.push(SEPARATOR);
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

fn labels(variable: &Variable) -> HashMap<i16, String> {
    let Kind::Coded { categories, .. } = &variable.kind else { return HashMap::new() };
    categories.iter().map(|category| (category.code, harmless(&category.label.vi).into_owned())).collect()
}

fn cell(cell: Cell<'_>, (labels, numbers): (&HashMap<i16, String>, &mut Numbers), out: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        Cell::Missing => {}
        Cell::Code(code) => text(labels.get(&code).map_or("", String::as_str), SEPARATOR, out),
        Cell::Number(value) => {
            let start = out.len();
            numbers.write(value, out)?;
            out.iter_mut().skip(start).filter(|byte| **byte == b'.').for_each(|byte| *byte = b',');
        }
        Cell::Text(value) => text(&harmless(value), SEPARATOR, out),
    }
    Ok(())
}

/// A text that no spreadsheet takes for a formula.
fn harmless(value: &str) -> Cow<'_, str> {
    if begins_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// Whether a spreadsheet could take a text for a formula. Control characters and blanks before the sign do not save it, nor do
/// the wide forms of the sign, which some editions read alike.
pub(super) fn begins_formula(value: &str) -> bool {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let first = value.trim_start_matches(|c: char| c.is_control() || c.is_whitespace());
    value.starts_with(|c: char| c.is_control()) || first.starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn formulas_are_neutralised_in_cells_and_headings() {
        let mut out = Vec::new();
        let mut writer = Box::new(ExcelCsvWriter::new(&example::table(), &mut out).unwrap());
        writer.write(&example::block()).unwrap();
        writer.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "\u{feff}Tên; một (name);Giới tính (sex);'=cmd|' /C calc'!A0 (points)\r\n\
                        \"Một \"\"cửa\"\", số 1\";Nữ;0,5\r\n'=1+1;'@không áp dụng;\r\n;;-3\r\n";
        assert_eq!(text, expected.replace("Tên; một (name)", "\"Tên; một (name)\""));
    }

    #[test]
    fn every_way_to_begin_a_formula_is_known() {
        for value in ["=1", "+1", "-1", "@SUM(1)", "\t=1", "\r1", " =1", "＝1", "\u{a0}@x"] {
            assert!(harmless(value).starts_with('\''), "{value:?}");
        }
        for value in ["", "Một cửa", "1-2", "a=b", "'=1"] {
            assert_eq!(harmless(value), value);
        }
    }
}
