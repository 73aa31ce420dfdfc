//! Calibrated weights beside the reference numbers: the weights themselves, the figures by them, and refusals by name.

use crate::harness::calculator::{Comparison, OF_BETA_INTERVAL, expected, oracle, sipas, words};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const DESIGN: &str = "--strata district --psu desk --weight weight --fpc1 M_h";
/// Relative difference allowed for calibrated weights and what is computed by them.
const OF_WEIGHTS: f64 = 1e-9;

/// A sheet of margins of the reference, under the names it has there.
fn margins(folder: &Path, names: &[&str]) -> PathBuf {
    let reference = &expected("synth_s1_2025")["weighting"]["margins"];
    let mut sheet = "margin,level,total\n".to_owned();
    for name in names {
        let margin = if *name == "joint_sex_age" { "sex*age_group" } else { name };
        for (level, total) in reference[*name].as_object().unwrap() {
            writeln!(sheet, "{margin},{},{total}", level.replace(' ', "*")).unwrap();
        }
    }
    write_sheet(folder, &sheet)
}

fn write_sheet(folder: &Path, sheet: &str) -> PathBuf {
    let path = folder.join("margins.csv");
    std::fs::write(&path, sheet).unwrap();
    path
}

fn run(margins: &Path, more: &str) -> std::process::Output {
    let mut line = vec!["estimate".to_owned(), oracle("data/synth_s1_2025.csv").display().to_string()];
    line.extend(words(DESIGN));
    line.extend(["--margins".to_owned(), margins.display().to_string()]);
    line.extend(words(more));
    sipas(&line)
}

#[test]
fn calibrated_weights_and_figures_are_those_of_survey() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("weights.csv");
    let items = oracle("data/synth_items.csv").display().to_string();
    let all: Vec<String> = (1..=22).map(|q| format!("Q{q:02}")).collect();
    let asked = format!(
        "--share Q01>=4 --share Q20>=4 --share {}>=4 --composite {items} --rule mean_rescaled --by district --by sex",
        all.join("+")
    );
    let three = ["sex", "age_group", "district"];
    let mut comparison = Comparison::default();
    // The reference's own raking finds its spread by another rule than the one everybody else follows.
    for (column, names, way, has_se) in [
        ("poststrat_sex_age", &["joint_sex_age"][..], "post-stratify", true),
        ("rake_sex_age_district", &three[..], "rake", false),
        ("calib_linear_sex_age_district", &three[..], "linear", true),
        ("calib_raking_sex_age_district", &three[..], "rake", true),
        ("trim_of_poststrat", &["joint_sex_age"][..], "post-stratify --trim 400", false),
    ] {
        let sheet = margins(folder.path(), names);
        let more = format!("{asked} --calibrate {way} --weights-out {} --format json", out.display());
        let output = run(&sheet, &more);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        compare_weights(&mut comparison, &out, column);
        let figures = crate::harness::calculator::Answers::read(&output.stdout);
        let reference = &expected("synth_s1_2025")["weighting"][column];
        let kish = reference["kish_deff_w"].as_f64().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let printed: f64 = said.split("(Kish) ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        comparison.number("Kish effect", &Value::from(printed), kish, 1e-5);
        for domain in ["all", "district=D01", "sex=F"] {
            for (place, name) in ["top2_Q01", "top2_Q20", "top2_pooled_ALL", "composite_linear01"].iter().enumerate() {
                let (figure, what) = (figures.at(place, domain), format!("{column}: {name} of {domain}"));
                let theirs = |kind: &str| reference[domain][kind][*name].as_f64().unwrap();
                comparison.number(&what, &figure["estimate"], theirs("estimate"), OF_WEIGHTS);
                if has_se {
                    comparison.number(&format!("se of {what}"), &figure["se"], theirs("se"), OF_WEIGHTS);
                }
            }
        }
    }
    println!("compared: {} numbers of calibrated weights", comparison.n);
    assert_eq!(comparison.n, 5 * 18_546 + 5 + 5 * 12 + 3 * 12);
}

fn compare_weights(comparison: &mut Comparison, out: &Path, column: &str) {
    let mut ours = csv::Reader::from_path(out).unwrap();
    let mut theirs = csv::Reader::from_path(oracle("data/synth_s1_adjusted_weights.csv")).unwrap();
    let place = theirs.headers().unwrap().iter().position(|name| name == column).unwrap();
    let tolerance = if column.starts_with("rake") { 1e-7 } else { OF_BETA_INTERVAL };
    for (row, (ours, theirs)) in ours.records().zip(theirs.records()).enumerate() {
        let number = |text: &str| text.parse::<f64>().unwrap();
        let ours = Value::from(number(&ours.unwrap()[1]));
        comparison.number(&format!("{column} of row {row}"), &ours, number(&theirs.unwrap()[place]), tolerance);
    }
}

/// What `sipas estimate` says to a sheet it must refuse.
fn refused(sheet: &str, way: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&write_sheet(folder.path(), sheet), &format!("--mean Q01 --calibrate {way}"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn margins_that_cannot_hold_are_refused_by_name() {
    let said = refused("margin,level,total\nsex,F,310187\nsex,X,253226\n", "rake");
    assert!(said.contains("margin sex: no row is X") && said.contains("rows are M, which has no total"), "{said}");
    let said = refused("margin,level,total\nsex,F,10\nsex,M,10\nchannel,counter,30\nchannel,online,5\n", "rake");
    assert!(said.contains("margin sex adds up to 20, but margin channel to 35"), "{said}");
    let said = refused("margin,level,total\nsex,F,-3\nsex,M,x\nsex,F,2\n", "post-stratify");
    assert!(said.contains("margins.csv:3:1") && said.contains("\"x\" is not a number"), "{said}");
    let said = refused("margin,level,total\nsex,F,1\nsex,M,1\nchannel,counter,1\nchannel,online,1\n", "post-stratify");
    assert!(said.contains("post-stratify knows one margin"), "{said}");
    let mut reader = csv::Reader::from_path(oracle("data/synth_s1_2025.csv")).unwrap();
    let desks: std::collections::BTreeSet<String> = reader.records().map(|r| r.unwrap()[1].to_owned()).collect();
    let rows: String = desks.iter().map(|desk| format!("desk,{desk},100\n")).collect();
    let said = refused(&format!("margin,level,total\n{rows}"), "post-stratify");
    assert!(said.contains("margin desk lies within single PSUs"), "{said}");
}
