//! Stata files, opened by pandas and R.

use super::nasty;
use crate::harness::tools::read_by;
use serde_json::{Value, json};
use sipas::export::dta::DtaWriter;
use sipas::export::variable::Variable;
use sipas::export::{Block, Table, Writer as _};
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

/// The first missing value with a reason, as value labels have it.
const FIRST_REASON: i32 = 2_147_483_622;

/// A file of the first rows of the nasty table; without the long text it is written without waiting.
fn written(n_rows: usize, has_long_text: bool) -> (Table, Block, PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nasty.dta");
    let (mut table, mut block) = nasty::table(n_rows);
    if !has_long_text {
        let place = table.variables.iter().position(|variable| variable.name == "essay").unwrap();
        table.variables.remove(place);
        block.columns.remove(place);
    }
    let mut writer = Box::new(DtaWriter::new(&table, File::create(&path).unwrap()).unwrap());
    writer.write(&block).unwrap();
    writer.finish().unwrap();
    (table, block, path, folder)
}

/// Values as Stata has them: codes that are missing become `.a` and so on, and what is missing without a reason `.`.
fn values(table: &Table, block: &Block) -> Vec<Vec<Value>> {
    let as_stata = |variable: &Variable, value: Value| {
        let missing: Vec<i16> =
            super::by_code(variable).iter().filter(|code| code.is_missing).map(|code| code.code).collect();
        let reason = missing.iter().position(|code| value.as_f64() == Some(f64::from(*code)));
        match (reason, value) {
            (Some(reason), _) => json!(format!(".{}", ["a", "b", "c", "d", "e"][reason])),
            (None, value) => value,
        }
    };
    let rows = nasty::values(block).into_iter();
    rows.map(|row| row.into_iter().zip(&table.variables).map(|(value, variable)| as_stata(variable, value)).collect())
        .collect()
}

fn assert_label(read: &Value, whole: &str) {
    let read = read.as_str().unwrap();
    let cut: String = whole.chars().take(76).collect();
    assert!(read == whole || read.ends_with('…') && read.starts_with(&cut) && read.chars().count() <= 80, "{read}");
}

#[test]
fn pandas_reads_values_labels_and_reasons() {
    for (n_rows, has_long_text) in [(5, true), (5, false), (1, true), (1, false), (0, true), (0, false)] {
        let (table, block, path, _folder) = written(n_rows, has_long_text);
        let read = read_by("dta.py", &path);
        let plain = |value: Value| if value.is_null() { json!(".") } else { value };
        let expected: Vec<Vec<Value>> =
            values(&table, &block).into_iter().map(|row| row.into_iter().map(plain).collect()).collect();
        assert_eq!(read["rows"], json!(expected), "{n_rows} rows");
        assert_eq!(read["title"], json!(table.title));
        for variable in &table.variables {
            assert_label(&read["labels"][&variable.name], &variable.label.vi);
            let mut reason = FIRST_REASON;
            for category in super::by_code(variable) {
                let mut value = i32::from(category.code);
                if category.is_missing {
                    value = reason;
                    reason += 1;
                }
                assert_eq!(read["meanings"][&variable.name][value.to_string()], json!(category.label.vi));
            }
        }
    }
}

#[test]
fn r_reads_the_same() {
    for (n_rows, has_long_text) in [(5, true), (1, false), (0, true)] {
        let (table, block, path, _folder) = written(n_rows, has_long_text);
        let read = read_by("labelled.R", &path);
        let values = values(&table, &block);
        for (place, variable) in table.variables.iter().enumerate() {
            let read = &read[&variable.name];
            let expected: Vec<&Value> = values.iter().map(|row| &row[place]).collect();
            super::assert_same(&read["values"], &expected);
            assert_label(&read["label"], &variable.label.vi);
        }
        let answers = &read["taking_part_in_all_the_questions"];
        assert_eq!(answers["codes"], json!([1, 5, ".a", ".b", ".c"]));
        assert_eq!(answers["meanings"][4], json!("Bỏ trống"));
    }
}
