//! The ranks in the index table that sampling error leaves open, where units share strata.

use crate::harness::Database;
use crate::harness::office::{Office, fixture};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Drawn desks of each district in each stratum.
const N_DESKS: usize = 3;
/// Desks of each district in each stratum that were not drawn.
const N_UNDRAWN: usize = 3;
/// Answers at each drawn desk.
const N_FORMS: usize = 6;

/// Two districts whose desks lie in two strata that they share. In D1 the first stratum is happier; in D2 it is so too, or the
/// other way round.
fn sheets(is_swapped: bool) -> [(&'static str, String); 4] {
    let items: Vec<String> = (1..=22).map(|n| format!("Q{n:02}")).collect();
    let mut areas = "code,name,level,parent\nP,Tỉnh,province,\nD1,Một,district,P\nD2,Hai,district,P\n".to_owned();
    let mut desks = "desk,transactions,stratum,drawn\n".to_owned();
    let mut forms = format!("desk,form,{}\n", items.join(","));
    for (unit, stratum) in [("D1", 0), ("D1", 1), ("D2", 0), ("D2", 1)] {
        let is_happy = (stratum == 0) != (unit == "D2" && is_swapped);
        for place in 0..N_DESKS + N_UNDRAWN {
            let desk = format!("{unit}-{stratum}{place}");
            writeln!(areas, "{desk},Một cửa {desk},desk,{unit}").unwrap();
            let drawn = if place < N_DESKS { "yes" } else { "no" };
            writeln!(desks, "{desk},600,D{},{drawn}", stratum + 1).unwrap();
            for form in (0..N_FORMS).filter(|_| place < N_DESKS) {
                // D1 is a little happier, and some answer one lower.
                let n_lower = form + usize::from(unit == "D2") * 2;
                let answer = |item: usize| if is_happy { 5 } else { 3 } - usize::from((item + place) % 22 < n_lower);
                let answers: Vec<String> = (0..items.len()).map(|item| answer(item).to_string()).collect();
                writeln!(forms, "{desk},{desk}/{form},{}", answers.join(",")).unwrap();
            }
        }
    }
    let scores = "unit,sub_criterion,self_score,appraised_score\nD1,fixed,50,50\nD2,fixed,50,50\n".to_owned();
    [("areas.csv", areas), ("frame.csv", desks), ("forms.csv", forms), ("scores.csv", scores)]
}

fn index(is_swapped: bool) -> Value {
    let (database, scratch) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let office = Office { surveys: Some(fixture("oracle")), ..Office::on(&database.address()) };
    let [areas, frame, forms, scores] = sheets(is_swapped).map(|(name, text)| {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    office.run(&["areas", "import", &areas]);
    let plan = ["--questionnaire", "synth.v1", "--scheme", "synth-province", "--area", "P"];
    office.run(&[&["round", "create", "r"][..], &plan, &["--year", "2025", "--mode", "sampled"]].concat());
    office.run(&["round", "frame", "r", &frame]);
    office.run(&["round", "open", "r"]);
    office.run(&["responses", "import", "--round", "r", &forms]);
    office.run(&["assessments", "import", "--round", "r", &scores]);
    serde_json::from_str(&office.run(&["index", "--round", "r", "--format", "json"])).unwrap()
}

#[test]
fn units_that_share_strata_are_judged_by_what_joins_them() {
    let [same, swapped] = [false, true].map(index);
    let of = |table: &Value, member: &str| -> Vec<Value> {
        table["units"].as_array().unwrap().iter().map(|unit| unit["standing"][member].clone()).collect()
    };
    let range = |best, worst| json!({ "best": best, "worst": worst, "caution": null });
    let numbers = |table: &Value, pointer: &str| -> Vec<f64> {
        let units = table["units"].as_array().unwrap();
        units.iter().map(|unit| unit.pointer(pointer).unwrap().as_f64().unwrap()).collect()
    };
    for pointer in ["/index/percent", "/index/estimate/se"] {
        for (a, b) in numbers(&same, pointer).into_iter().zip(numbers(&swapped, pointer)) {
            assert!((a - b).abs() < 1e-9, "{pointer}: what is printed is the same, {a} and {b}");
        }
    }
    // The more desks of one district a draw brings from a stratum, the fewer it brings of the other. Where both are happier in
    // the same stratum, their figures therefore move apart.
    assert_eq!(of(&same, "range"), [range(1, 2), range(1, 2)]);
    assert_eq!(of(&swapped, "range"), [range(1, 1), range(2, 2)]);
    let codes = |table: &Value| -> Vec<Value> { of(table, "than_mean").iter().map(|of| of["code"].clone()).collect() };
    assert_eq!(codes(&same), ["not-distinguishable", "not-distinguishable"]);
    assert_eq!(codes(&swapped), ["above", "below"]);
}
