//! The second sheet: every variable with its whole label, and every code.

use super::{bold, text};
use crate::export::Table;
use crate::export::variable::{Category, Kind, Variable};
use crate::export::words;
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

/// Headings and widths of the columns.
const COLUMNS: [(&str, f64); 9] = [
    ("Biến\nVariable", 18.0),
    ("Nhãn", 50.0),
    ("Label", 50.0),
    ("Vai trò", 24.0),
    ("Kiểu", 20.0),
    ("Mã\nCode", 8.0),
    ("Nghĩa của mã", 36.0),
    ("Meaning", 36.0),
    ("Không có giá trị\nMissing", 16.0),
];

pub(super) fn sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name("codebook")?;
    let bold = bold();
    for ((heading, width), column) in COLUMNS.into_iter().zip(0..) {
        sheet.set_column_width(column, width)?;
        sheet.set_column_format(column, &wrapped())?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let mut row = 1;
    for variable in &table.variables {
        match &variable.kind {
            Kind::Coded { categories, .. } if !categories.is_empty() => {
                for category in categories {
                    line(sheet, row, variable, Some(category))?;
                    row += 1;
                }
            }
            _ => {
                line(sheet, row, variable, None)?;
                row += 1;
            }
        }
    }
    for note in &table.notes {
        row += 1;
        sheet.write_string_with_format(row, 1, note.vi.as_str(), &wrapped())?;
        sheet.write_string_with_format(row, 2, note.en.as_str(), &wrapped())?;
    }
    Ok(())
}

/// One code of a variable, or a variable without codes. Each row stands alone, so that it can be sorted and looked up.
fn line(sheet: &mut Worksheet, row: u32, variable: &Variable, category: Option<&Category>) -> Result<(), XlsxError> {
    let format = wrapped();
    let label = &variable.label;
    let (role, kind) = (words::role(variable.role), words::kind(&variable.kind));
    let words = [&variable.name, &label.vi, &label.en, &role.vi, &kind.vi];
    for (words, column) in words.into_iter().zip(0..) {
        text(sheet, (row, column), words, &format.clone().set_quote_prefix())?;
    }
    if let Some(category) = category {
        sheet.write_number_with_format(row, 5, category.code, &format)?;
        text(sheet, (row, 6), &category.label.vi, &format.clone().set_quote_prefix())?;
        text(sheet, (row, 7), &category.label.en, &format.clone().set_quote_prefix())?;
        if category.is_missing {
            sheet.write_string_with_format(row, 8, "x", &format)?;
        }
    }
    Ok(())
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}
