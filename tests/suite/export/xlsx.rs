//! Workbooks, opened by calamine and openpyxl.

use super::nasty;
use crate::harness::tools::read_by;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::{Value, json};
use sipas::export::variable::Kind;
use sipas::export::xlsx::XlsxWriter;
use sipas::export::{Block, Table, Writer as _};
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

fn written(n_rows: usize) -> (Table, Block, PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nasty.xlsx");
    let (table, block) = nasty::table(n_rows);
    let mut writer = Box::new(XlsxWriter::new(&table, File::create(&path).unwrap()).unwrap());
    writer.write(&block).unwrap();
    writer.finish().unwrap();
    (table, block, path, folder)
}

/// Values as a sheet shows them: labels in place of codes; what is missing or empty has no cell.
fn shown(table: &Table, block: &Block) -> Vec<Vec<Value>> {
    let rows = nasty::values(block).into_iter();
    let show = |(value, variable): (Value, &sipas::export::variable::Variable)| match (&variable.kind, value) {
        (Kind::Coded { categories, .. }, Value::Number(code)) => {
            let of = |category: &&sipas::export::variable::Category| Some(f64::from(category.code)) == code.as_f64();
            json!(categories.iter().find(of).unwrap().label.vi)
        }
        (_, Value::String(text)) if text.is_empty() => Value::Null,
        (_, value) => value,
    };
    rows.map(|row| row.into_iter().zip(&table.variables).map(show).collect()).collect()
}

#[test]
fn calamine_reads_labels_numbers_and_texts() {
    for n_rows in [5, 1, 0] {
        let (table, block, path, _folder) = written(n_rows);
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        assert_eq!(book.sheet_names(), ["responses", "codebook"]);
        let sheet = book.worksheet_range("responses").unwrap();
        let names: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let expected: Vec<&String> = table.variables.iter().map(|variable| &variable.name).collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), expected);
        for (row, expected) in shown(&table, &block).iter().enumerate() {
            for (column, expected) in expected.iter().enumerate() {
                let read = match sheet.get((row + 1, column)) {
                    Some(Data::Float(number)) => json!(number),
                    Some(Data::Int(number)) => json!(*number as f64),
                    Some(Data::String(text)) => json!(text),
                    Some(Data::Empty) | None => Value::Null,
                    other => panic!("{other:?} in row {row}, column {column}"),
                };
                assert_eq!(read, *expected, "row {row}, column {column}");
            }
        }
        let formulas = book.worksheet_formula("responses").unwrap();
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "a text became a formula");
    }
}

#[test]
fn openpyxl_finds_no_formula_and_a_heading_that_stays() {
    let (table, block, path, _folder) = written(5);
    let read = read_by("xlsx.py", &path);
    assert_eq!(read["title"], json!(table.title));
    let sheet = &read["sheets"]["responses"];
    assert_eq!((&sheet["frozen"], &sheet["filter"]), (&json!("A2"), &json!("A1:I6")));
    assert!(sheet["widths"].as_object().unwrap().len() >= 2, "{}", sheet["widths"]);
    let rows = sheet["rows"].as_array().unwrap();
    assert!(rows[0].as_array().unwrap().iter().all(|cell| cell["bold"] == json!(true)));
    for (row, expected) in rows[1..].iter().zip(shown(&table, &block)) {
        for (cell, expected) in row.as_array().unwrap().iter().zip(expected) {
            // openpyxl shows `_x005F_`, which is `_` where an escape would follow, as it stands in the file.
            let read = match cell["value"].as_str() {
                Some(text) => json!(text.replace("_x005F_", "_")),
                None => cell["value"].clone(),
            };
            super::assert_same(&json!([read]), &[&expected]);
            assert_ne!(cell["type"], json!("f"), "{cell}");
        }
    }
    let of = |row: usize, column: usize| &rows[row][column];
    assert_eq!((&of(1, 1)["format"], &of(1, 8)["format"]), (&json!("0.000"), &json!("0")));
    assert_eq!(of(1, 3)["value"], json!(nasty::FORMULA));
    assert_eq!(of(1, 3)["quoted"], json!(true), "it stays a text when somebody edits the cell");
}

#[test]
fn the_codebook_sheet_has_every_label_whole() {
    let (table, _, path, _folder) = written(0);
    let read = read_by("xlsx.py", &path);
    let rows = read["sheets"]["codebook"]["rows"].as_array().unwrap();
    let texts: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(|cell| cell["value"].clone()).collect::<Vec<Value>>())
        .collect();
    for variable in &table.variables {
        let of: Vec<&Vec<Value>> = texts.iter().filter(|row| row[0] == json!(variable.name)).collect();
        let categories = nasty::categories(variable);
        assert_eq!(of.len(), categories.len().max(1), "{}", variable.name);
        for row in &of {
            assert_eq!((&row[1], &row[2]), (&json!(variable.label.vi), &json!(variable.label.en)));
        }
        for (row, category) in of.iter().zip(categories) {
            let missing = if category.is_missing { json!("x") } else { Value::Null };
            let expected = [json!(category.code), json!(category.label.vi), json!(category.label.en), missing];
            assert_eq!(row[5..9], expected);
        }
    }
    assert!(texts.iter().any(|row| row[1] == json!(table.notes[0].vi)), "the notes follow");
}
