//! SPSS files, opened by PSPP, Python and R.

use super::nasty;
use crate::harness::tools::{read_by, run};
use serde_json::{Value, json};
use sipas::export::sav::SavWriter;
use sipas::export::{Block, Table, Writer as _};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A file of the first rows of the nasty table.
struct Written {
    table: Table,
    block: Block,
    path: PathBuf,
    folder: TempDir,
}

fn written(n_rows: usize) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nasty.sav");
    let (table, block) = nasty::table(n_rows);
    let mut writer = Box::new(SavWriter::new(&table, File::create(&path).unwrap()).unwrap());
    writer.write(&block).unwrap();
    writer.finish().unwrap();
    Written { table, block, path, folder }
}

#[test]
fn python_reads_values_labels_and_missing_codes() {
    for n_rows in [5, 1, 0] {
        let Written { table, block, path, folder: _folder } = written(n_rows);
        let read = read_by("sav.py", &path);
        assert_eq!(read["rows"], json!(nasty::values(&block)), "{n_rows} rows");
        assert_eq!(read["n_rows"], json!(n_rows));
        assert_eq!((&read["title"], &read["encoding"]), (&json!(table.title), &json!("UTF-8")));
        assert!(read["notes"].to_string().contains("chưa được xác nhận"), "{}", read["notes"]);
        for variable in &table.variables {
            nasty::assert_label(&read["labels"][&variable.name], &variable.label.vi, 255);
            for category in nasty::categories(variable) {
                let meaning = &read["meanings"][&variable.name][category.code.to_string()];
                nasty::assert_label(meaning, &category.label.vi, 120);
            }
        }
        assert_eq!(
            read["measures"],
            json!({
                "desk": "nominal", "weight": "scale", "taking_part_in_all_the_questions": "ordinal", "sex": "nominal",
                "reasons": "nominal", "far": "nominal", "comment": "nominal", "essay": "nominal", "points": "scale",
            })
        );
        let missing = |low: f64, high: f64| json!({"lo": low, "hi": high});
        assert_eq!(
            read["missing"],
            json!({
                "taking_part_in_all_the_questions": [missing(97.0, 97.0), missing(98.0, 98.0), missing(99.0, 99.0)],
                "sex": [missing(-1.0, -1.0)],
                "reasons": [missing(90.0, 94.0)],
            })
        );
    }
}

#[test]
fn r_reads_the_same() {
    for n_rows in [5, 1, 0] {
        let Written { table, block, path, folder: _folder } = written(n_rows);
        let read = read_by("labelled.R", &path);
        let values = nasty::values(&block);
        for (place, variable) in table.variables.iter().enumerate() {
            let read = &read[&variable.name];
            let expected: Vec<&Value> = values.iter().map(|row| &row[place]).collect();
            super::assert_same(&read["values"], &expected);
            nasty::assert_label(&read["label"], &variable.label.vi, 255);
            for (category, (code, meaning)) in super::by_code(variable).into_iter().zip(super::meanings(read)) {
                assert_eq!(code.as_f64(), Some(f64::from(category.code)));
                nasty::assert_label(meaning, &category.label.vi, 120);
            }
        }
        assert_eq!(read["taking_part_in_all_the_questions"]["na_values"], json!([97, 98, 99]));
        assert_eq!(read["reasons"]["na_range"], json!([90, 94]));
    }
}

/// Has PSPP carry out some commands on a file.
fn pspp(written: &Written, commands: &str) -> String {
    let script = written.folder.path().join("commands.sps");
    let program = format!("GET FILE='{}'.\n{commands}\n", written.path.display());
    std::fs::write(&script, program).unwrap();
    run("pspp", &["-O".as_ref(), "format=csv".as_ref(), script.as_os_str()])
}

fn csv_rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn pspp_weighs_labels_and_passes_over_missing_codes() {
    let file = written(5);
    let said =
        pspp(&file, "DISPLAY DICTIONARY.\nSHOW WEIGHT.\nFREQUENCIES /VARIABLES=taking_part_in_all_the_questions.");
    for part in
        ["taking_part_in_all_the_questions", "Ordinal", "Rất hài lòng 👍🏽", "Quầy \"\"Một cửa\"\" & <b>", nasty::FORMULA]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(said.contains("weight"), "{said}");
    // Of a weight of 1.5 + 0.1 + 0.000000001 + 151, the rows with 97 and 99 have no valid answer.
    assert!(said.contains("Rất không hài lòng,1.5"), "{said}");
    for text in ["Missing", "97", "99"] {
        assert!(said.contains(text), "{said}");
    }
}

#[test]
fn pspp_reads_very_long_texts_whole() {
    for n_rows in [5, 1, 0] {
        let file = written(n_rows);
        let out = file.folder.path().join("out.csv");
        let save = format!(
            "SAVE TRANSLATE /OUTFILE='{}' /TYPE=CSV /MISSING=IGNORE /FIELDNAMES /CELLS=VALUES /UNSELECTED=RETAIN.",
            out.display()
        );
        pspp(&file, &save);
        let read = csv_rows(&out);
        let expected = nasty::values(&file.block);
        assert_eq!(read.len(), expected.len());
        for (read, expected) in read.iter().zip(&expected) {
            for (column, (read, expected)) in read.iter().zip(expected).enumerate() {
                match expected {
                    Value::String(text) => assert_eq!(read, text, "column {column}"),
                    Value::Number(number) => assert_eq!(read.parse().ok(), number.as_f64(), "column {column}"),
                    _ => assert!(read.trim().is_empty(), "column {column}: {read}"),
                }
            }
        }
    }
}
