//! DDI descriptions, held against the schema and read by an XML reader.

use super::nasty;
use crate::harness::office::fixture;
use crate::harness::tools::{read_by, run};
use serde_json::{Value, json};
use sipas::export::Table;
use sipas::export::ddi;
use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

fn written(n_rows: usize) -> (Table, PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nasty.xml");
    let (table, _) = nasty::table(n_rows);
    ddi::write(&table, &mut File::create(&path).unwrap()).unwrap();
    (table, path, folder)
}

fn validate(file: &OsStr) -> String {
    let schema = fixture("ddi/codebook-subset.xsd");
    run("xmllint", &["--nonet".as_ref(), "--noout".as_ref(), "--schema".as_ref(), schema.as_ref(), file])
}

#[test]
fn a_description_is_valid() {
    for n_rows in [5, 0] {
        let (_, path, _folder) = written(n_rows);
        validate(path.as_os_str());
    }
}

#[test]
#[should_panic(expected = "Schemas validity error")]
fn the_schema_sees_what_is_out_of_place() {
    let (_, path, _folder) = written(1);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("<invalrng>", "<varFormat/>\n<invalrng>")).unwrap();
    validate(path.as_os_str());
}

#[test]
fn a_description_is_complete_in_both_languages() {
    let (table, path, _folder) = written(5);
    let read = read_by("ddi.py", &path);
    let both = |label: &sipas::export::variable::Label| json!({"vi": label.vi, "en": label.en});
    assert_eq!((&read["title"], &read["n_rows"]), (&json!(table.title), &json!("5")));
    assert_eq!(read["notes"], both(&table.notes[0]));
    for (read, variable) in read["variables"].as_array().unwrap().iter().zip(&table.variables) {
        assert_eq!((&read["name"], &read["label"]), (&json!(variable.name), &both(&variable.label)));
        let categories = nasty::categories(variable);
        let expected: Vec<Value> = categories
            .iter()
            .map(|category| {
                let missing = if category.is_missing { "Y" } else { "N" };
                json!({"code": category.code.to_string(), "missing": missing, "label": both(&category.label)})
            })
            .collect();
        assert_eq!(read["categories"], json!(expected));
        let missing: Vec<String> = categories
            .iter()
            .filter(|category| category.is_missing)
            .map(|category| category.code.to_string())
            .collect();
        assert_eq!(read["missing"], json!(missing));
    }
    let of = |place: usize, what: &str| read["variables"][place][what].clone();
    assert_eq!(
        (of(1, "weight"), of(2, "weighted"), of(2, "nature")),
        (json!("wgt"), json!("V_weight"), json!("ordinal"))
    );
}
