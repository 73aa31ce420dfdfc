//! Answers collected on paper: the same rules as at the counter, every fault with its row.

use super::{office, refused};
use crate::harness::office::{Office, ROUND, one_stop_items};
use std::path::Path;

const GOOD: &str = "4";

/// A sheet with a row for each `(form, desk, first answer)`; the other answers are all 4.
fn sheet(rows: &[(&str, &str, &str)]) -> String {
    let items = one_stop_items();
    let mut text = format!("form,desk,{}\n", items.join(","));
    for (form, desk, first) in rows {
        let others = vec![GOOD; items.len() - 1].join(",");
        text.push_str(&format!("{form},{desk},{first},{others}\n"));
    }
    text
}

fn import(office: &Office, path: &Path, more: &[&str]) -> std::process::Output {
    office.try_run(&[&["responses", "import", "--round", ROUND][..], more, &[&path.display().to_string()]].concat())
}

#[test]
fn a_sheet_with_faults_is_not_taken_and_every_fault_has_its_row() {
    let (office, _database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("paper.csv");
    let rows = [("1", "T1-01", "5"), ("2", "T1-03", "5"), ("3", "T9-99", "6"), ("", "T2-01", ""), ("1", "T1-02", "na")];
    std::fs::write(&file, sheet(&rows)).unwrap();
    let said = refused(import(&office, &file, &[]));
    for place in [
        "row 3, column desk",
        "row 4, column desk",
        "row 4, column TC1",
        "row 5, column form",
        "row 6, column form",
        "row 6, column TC1",
    ] {
        assert!(said.contains(place), "{place} is missing in:\n{said}");
    }
    assert_eq!(office.n_stored(), 0);
}

#[test]
fn the_good_rows_can_be_taken_and_the_rest_mended() {
    let (office, _database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let (file, rejects) = (scratch.path().join("paper.csv"), scratch.path().join("rejects.csv"));
    std::fs::write(&file, sheet(&[("1", "T1-01", "5"), ("2", "T1-01", "9"), ("3", "T2-01", "1")])).unwrap();
    let to = rejects.display().to_string();
    let output = import(&office, &file, &["--accept-valid", "--rejects", &to]);
    assert_eq!(output.status.code(), Some(1), "a partial import is no success");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "2 answers stored, 0 were there already.\n");
    assert_eq!(office.n_stored(), 2);

    let rejected = std::fs::read_to_string(&rejects).unwrap();
    assert_eq!(rejected.lines().count(), 2, "{rejected}");
    assert!(rejected.lines().next().unwrap().ends_with(",fault") && rejected.contains("choose one of 1, 2, 3, 4, 5"));
    std::fs::write(&rejects, rejected.replace("2,T1-01,9,", "2,T1-01,2,")).unwrap();
    let mended = import(&office, &rejects, &[]);
    assert_eq!(String::from_utf8(mended.stdout).unwrap(), "1 answers stored, 0 were there already.\n");
    assert_eq!(office.n_stored(), 3);
}

#[test]
fn a_form_is_stored_once_and_never_overwritten() {
    let (office, _database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("paper.csv");
    std::fs::write(&file, sheet(&[("7", "T1-01", "5"), ("8", "T1-02", "5")])).unwrap();
    assert!(import(&office, &file, &[]).status.success());
    let again = import(&office, &file, &[]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), "0 answers stored, 2 were there already.\n");

    std::fs::write(&file, sheet(&[("9", "T1-01", "5"), ("7", "T1-01", "1")])).unwrap();
    let said = refused(import(&office, &file, &[]));
    assert!(said.contains("row 3: other answers are stored under this id"), "{said}");
    assert_eq!(office.n_stored(), 2, "form 9 was stored although form 7 was refused");
    office.run(&["round", "close", ROUND]);
    std::fs::write(&file, sheet(&[("10", "T1-01", "5")])).unwrap();
    assert!(refused(import(&office, &file, &[])).contains("closed"));
}
