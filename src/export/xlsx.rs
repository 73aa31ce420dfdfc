//! Excel workbooks: a sheet with labels in place of codes, for people who read, filter and pivot, and a sheet that says which
//! code each label stands for. Who computes with codes takes another format. Texts are texts and never formulas.

mod codebook;

use super::cell::Cell;
use super::excel_csv::begins_formula;
use super::fit::{Fit, fault};
use super::variable::{Kind, Variable};
use super::{Block, Table, Writer};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// Rows of a sheet below its heading.
const MAX_ROWS: u64 = 1_048_575;
/// Columns of a sheet.
const MAX_COLUMNS: usize = 16_384;
/// Columns are so wide at most, in letters.
const MAX_WIDTH: usize = 44;

/// A workbook at work. Memory: one block; the sheet waits in a temporary file.
pub struct XlsxWriter<W: Write + Send> {
    out: W,
    workbook: Workbook,
    fit: Fit,
    columns: Vec<Shown>,
    /// For texts that would become formulas if somebody edited them.
    quoted: Format,
    next_row: u32,
}

/// How a variable's values are shown.
enum Shown {
    /// A label for each code.
    Labels(BTreeMap<i16, String>),
    /// With so many decimals; Excel writes them with the comma or point of its user.
    Numbers(Format),
    Texts,
}

impl<W: Write + Send> XlsxWriter<W> {
    /// Lays out the sheets.
    ///
    /// # Errors
    /// When the table has more rows or columns than a sheet, or no temporary file can be made.
    pub fn new(table: &Table, out: W) -> io::Result<Self> {
        let fit = Fit::new(table)?;
        if table.n_rows > MAX_ROWS || table.variables.len() > MAX_COLUMNS {
            return Err(fault(format!(
                "a sheet of Excel has {MAX_ROWS} rows below its heading and {MAX_COLUMNS} columns, this table has {} and {}: take \
                 parquet, csv, sav or dta, or fewer units",
                table.n_rows,
                table.variables.len()
            )));
        }
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(table).map_err(failed)?);
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        heading(sheet, table).map_err(failed)?;
        codebook::sheet(workbook.add_worksheet(), table).map_err(failed)?;
        let columns = table.variables.iter().map(Shown::new).collect();
        Ok(Self { out, workbook, fit, columns, quoted: Format::new().set_quote_prefix(), next_row: 1 })
    }
}

impl<W: Write + Send> Writer for XlsxWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        for row in 0..self.fit.take(block)? {
            for ((shown, column), place) in self.columns.iter().zip(&block.columns).zip(0_u16..) {
                let at = (self.next_row, place);
                match (shown, column.cell(row)) {
                    (Shown::Labels(labels), Cell::Code(code)) => {
                        let label = labels.get(&code).map_or("", String::as_str);
                        text(sheet, at, label, &self.quoted).map_err(failed)?;
                    }
                    (Shown::Numbers(format), Cell::Number(number)) => {
                        sheet.write_number_with_format(at.0, at.1, number, format).map_err(failed)?;
                    }
                    (Shown::Texts, Cell::Text(words)) => text(sheet, at, words, &self.quoted).map_err(failed)?,
                    _ => {}
                }
            }
            self.next_row += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.workbook.save_to_writer(&mut self.out).map_err(failed)?;
        self.out.flush()
    }
}

impl Shown {
    fn new(variable: &Variable) -> Self {
        match &variable.kind {
            Kind::Coded { categories, .. } => {
                let label = |category: &super::variable::Category| (category.code, category.label.vi.clone());
                Self::Labels(categories.iter().map(label).collect())
            }
            Kind::Number { decimals: 0 } => Self::Numbers(Format::new().set_num_format("0")),
            Kind::Number { decimals } => {
                let zeros = "0".repeat(usize::from(*decimals));
                Self::Numbers(Format::new().set_num_format(format!("0.{zeros}")))
            }
            Kind::Text { .. } => Self::Texts,
        }
    }
}

/// Equal tables make equal bytes, so the workbook bears a date of no meaning.
fn properties(table: &Table) -> Result<DocProperties, XlsxError> {
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    Ok(DocProperties::new().set_title(&table.title).set_creation_datetime(&date))
}

/// The names of the variables, in sight while one scrolls, each in a column as wide as its values.
fn heading(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name(&table.name)?;
    let bold = bold();
    let n_columns = u16::try_from(table.variables.len()).unwrap_or(u16::MAX);
    for (variable, place) in table.variables.iter().zip(0..n_columns) {
        sheet.set_column_width(place, width(variable) as f64)?;
        sheet.write_string_with_format(0, place, &variable.name, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    if let Some(last) = n_columns.checked_sub(1) {
        sheet.autofilter(0, 0, u32::try_from(table.n_rows).unwrap_or_default(), last)?;
    }
    Ok(())
}

fn bold() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top)
}

fn width(variable: &Variable) -> usize {
    let values = match &variable.kind {
        Kind::Coded { categories, .. } => {
            categories.iter().map(|category| category.label.vi.width()).max().unwrap_or_default()
        }
        Kind::Number { decimals } => 8 + usize::from(*decimals),
        Kind::Text { max_bytes } => *max_bytes,
    };
    // The arrow of the filter stands beside the name.
    values.max(variable.name.len() + 3).min(MAX_WIDTH) + 1
}

/// A text, never a formula: not now, and not when somebody opens the cell and closes it again.
fn text(sheet: &mut Worksheet, (row, column): (u32, u16), words: &str, quoted: &Format) -> Result<(), XlsxError> {
    let words = words.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    if words.is_empty() {
        return Ok(());
    }
    if begins_formula(&words) {
        sheet.write_string_with_format(row, column, words, quoted)?;
    } else {
        sheet.write_string(row, column, words)?;
    }
    Ok(())
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::TempFileError(_, error) => error,
        other => fault(format!("Excel does not take this: {other}")),
    }
}

#[cfg(test)]
mod tests;
