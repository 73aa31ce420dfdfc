//! The whole job, as a newcomer sees it first.

use crate::harness::office::Office;
use crate::harness::on_both_urls;
use crate::openapi::Interface;
use serde_json::Value;

fn index(office: &Office, more: &[&str]) -> String {
    office.run(&[&["index", "--round", "demo-2025"][..], more].concat())
}

#[test]
fn the_demo_goes_from_answers_to_the_index_and_twice_is_once() {
    on_both_urls(|database| {
        let office = Office::on(database);
        let said = office.run(&["demo", "--once"]);
        let n_sent = said.lines().last().unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
        assert!(n_sent >= 20_000, "{n_sent} answers were sent");
        assert!(said.contains("giả lập"), "says that it is synthetic");
        let first = index(&office, &["--format", "json"]);
        office.run(&["demo", "--once"]);
        assert_eq!(index(&office, &["--format", "json"]), first, "the second run changed a figure");
        check_table(&serde_json::from_str(&first).unwrap());

        let csv = index(&office, &["--format", "csv"]);
        assert_eq!(csv.lines().count(), 13, "a header and twelve districts");
        let unit = index(&office, &["--unit", "MH03"]);
        assert!(unit.contains("điểm theo lĩnh vực") && unit.contains("Huyện Hoa Đào"), "{unit}");
        let results: Value =
            serde_json::from_str(&office.run(&["results", "--round", "demo-2025", "--format", "json"])).unwrap();
        assert_eq!(results["rows"].as_array().unwrap().len(), 1 + 5 + 19, "overall, elements, items");
    });
}

#[test]
fn what_the_interface_gives_as_examples_works_on_the_demo() {
    let (office, _database) = super::office();
    office.run(&["demo", "--once"]);
    // A demo that keeps serving publishes the year before by itself.
    office.run(&["round", "publish", "demo-2024"]);
    Interface::of(office).run_examples();
}

#[test]
fn the_demo_keeps_away_from_a_database_in_use() {
    let (office, database) = super::office();
    office.open_round();
    let said = super::refused(office.try_run(&["demo", "--once"]));
    assert!(said.contains("has areas of its own"), "{said}");
    let areas = database.store().with(sipas::store::areas::all).unwrap();
    assert_eq!(areas.len(), 8, "the demo left something behind");
}

fn check_table(table: &Value) {
    let number = |value: &Value| value.as_f64().unwrap();
    let units = table["units"].as_array().unwrap();
    assert_eq!((units.len(), number(&table["survey_max"])), (12, 30.5));
    for unit in units {
        let (survey, index) = (&unit["survey"], &unit["index"]);
        let total = number(&unit["assessed_points"]) + number(&survey["value"]);
        assert!((total - number(&index["percent"])).abs() < 1e-9, "100 points: the index is their sum");
        assert!((number(&index["published"]) - number(&index["percent"])).abs() <= 0.005 + 1e-9);
        assert!(number(&survey["interval"]["low"]) > 0.0 && number(&survey["interval"]["high"]) < 30.5);
        assert!(survey["n"].as_u64().unwrap() > 500 && number(&survey["df"]) > 8.0);
        assert_ne!(unit["standing"]["previous_rank"], Value::Null, "{unit}");
    }
    let sources = table["provenance"]["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2, "citizens and officials");
    assert!(!table["warnings"].as_array().unwrap().is_empty(), "a synthetic scheme warns");
}
