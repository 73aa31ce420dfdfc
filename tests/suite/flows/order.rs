//! The same answers, come in any order, are the same figures to the last bit.

use crate::harness::Database;
use crate::harness::office::{Office, ROUND, one_stop_items};
use std::fmt::Write as _;

/// Forms in each of two sheets.
const N_FORMS: usize = 150;

/// A sheet of forms by its number, with weights whose sums are rounded.
fn sheet(number: usize) -> String {
    let items = one_stop_items();
    let mut text = format!("desk,form,weight,{}\n", items.join(","));
    for form in number * N_FORMS..(number + 1) * N_FORMS {
        let desk = ["T1-01", "T1-02", "T2-01", "T2-02"][form % 4];
        let answers: Vec<String> =
            (0..items.len()).map(|item| (1 + (form * 7 + item * form % 11 + item) % 5).to_string()).collect();
        writeln!(text, "{desk},{form},{},{}", 1.0 + (form % 13) as f64 / 7.0, answers.join(",")).unwrap();
    }
    text
}

/// What the program says of the round after the sheets came in this order.
fn figures(database: &Database, order: [usize; 2]) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let office = Office::on(&database.address());
    office.open_round();
    for number in order {
        let path = scratch.path().join("forms.csv");
        std::fs::write(&path, sheet(number)).unwrap();
        office.run(&["responses", "import", "--round", ROUND, &path.display().to_string()]);
    }
    let documents = [&["index"][..], &["results"], &["breakdown", "--by", "sex"]];
    documents.map(|document| office.run(&[document, &["--round", ROUND, "--format", "json"]].concat())).to_vec()
}

#[test]
fn figures_do_not_depend_on_the_order_in_which_answers_came() {
    for fresh in [Database::sqlite, Database::postgres] {
        let (one, other) = (figures(&fresh(), [0, 1]), figures(&fresh(), [1, 0]));
        assert!(one[0].contains("\"df\""), "{}", one[0]);
        assert_eq!(one, other);
    }
}
