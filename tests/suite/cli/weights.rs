//! Calibrated weights beside the reference numbers: the weights themselves and the figures by them.

mod refused;

use crate::harness::calculator::{Comparison, OF_BETA_INTERVAL, OF_ESTIMATE, OF_SE, expected, oracle, sipas, words};
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
    run_on(&oracle("data/synth_s1_2025.csv"), margins, more)
}

fn run_on(survey: &Path, margins: &Path, more: &str) -> std::process::Output {
    let mut line = vec!["estimate".to_owned(), survey.display().to_string()];
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
    assert_eq!(comparison.n, 4 * 18_546 + 4 + 4 * 12 + 3 * 12);
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

/// S1 with the quantities that the reference of calibration to numbers has: an age (few values) and minutes (many).
fn with_quantities(folder: &Path) -> PathBuf {
    let survey = std::fs::read_to_string(oracle("data/synth_s1_2025.csv")).unwrap();
    let mut lines = survey.lines();
    let mut out = format!("{},age,minutes\n", lines.next().unwrap());
    for (row, line) in (1..).zip(lines) {
        let youngest = match line.split(',').nth(9).unwrap().trim_matches('"') {
            "18-29" => 18,
            "30-44" => 30,
            "45-59" => 45,
            _ => 60,
        };
        writeln!(out, "{line},{},{}", youngest + row * 7 % 15, f64::from(row * 7919 % 1000) / 10.0).unwrap();
    }
    let path = folder.join("survey.csv");
    std::fs::write(&path, out).unwrap();
    path
}

/// One margin of a sheet: those of S1 by name, and totals of numbers as the reference file has them.
fn sheet_of(names: &[&str], totals: &Value) -> String {
    let reference = &expected("synth_s1_2025")["weighting"]["margins"];
    let mut sheet = "margin,level,total\n".to_owned();
    for name in names {
        let (margin, key) = if *name == "sex*age_group" { (*name, "joint_sex_age") } else { (*name, *name) };
        match reference[key].as_object() {
            Some(levels) => levels
                .iter()
                .for_each(|(level, total)| writeln!(sheet, "{margin},{},{total}", level.replace(' ', "*")).unwrap()),
            None => writeln!(sheet, "{margin},,{}", totals[key]).unwrap(),
        }
    }
    sheet
}

/// Weights, figures and standard errors of one reference file, case by case: its name, the margins, and the way.
fn agree_with(file: &str, cases: &[(&str, &[&str], &str)]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (survey, out) = (with_quantities(folder.path()), folder.path().join("weights.csv"));
    let reference = expected(file);
    let mut comparison = Comparison::default();
    for (case, names, way) in cases {
        let sheet = write_sheet(folder.path(), &sheet_of(names, &reference["totals"]));
        let asked = "--share Q01>=4 --mean Q01 --share Q20>=4 --mean Q20 --by district --by sex --format json";
        let more = format!("{asked} --calibrate {way} --weights-out {}", out.display());
        let output = run_on(&survey, &sheet, &more);
        assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
        let mut rows = csv::Reader::from_path(&out).unwrap();
        let weights: Vec<f64> = rows.records().map(|row| row.unwrap()[1].parse().unwrap()).collect();
        for (place, theirs) in reference[*case]["w_every_100th"].as_array().unwrap().iter().enumerate() {
            let what = format!("{case}: weight {place}");
            comparison.number(&what, &Value::from(weights[place * 100]), theirs.as_f64().unwrap(), OF_WEIGHTS);
        }
        let figures = crate::harness::calculator::Answers::read(&output.stdout);
        for domain in ["all", "district=D01", "sex=F"] {
            for (place, name) in ["top2_Q01", "mean_Q01", "top2_Q20", "mean_Q20"].iter().enumerate() {
                let (figure, what) = (figures.at(place, domain), format!("{case}: {name} of {domain}"));
                let theirs = |kind: &str| reference[*case][domain][*name][kind].as_f64().unwrap();
                comparison.number(&what, &figure["estimate"], theirs("estimate"), OF_ESTIMATE);
                comparison.number(&format!("se of {what}"), &figure["se"], theirs("se"), OF_SE);
            }
        }
    }
    println!("compared: {} numbers of {file}", comparison.n);
    comparison.n
}

#[test]
fn totals_of_numbers_are_met_like_those_of_survey() {
    let n = agree_with(
        "calibration_numeric",
        &[
            ("linear_sex_age", &["sex", "age"], "linear"),
            ("linear_all_minutes", &["(all)", "minutes"], "linear"),
            ("linear_age_alone", &["age"], "linear"),
            ("linear_group_district_minutes", &["sex*age_group", "district", "minutes"], "linear"),
            ("rake_sex_age", &["sex", "age"], "rake"),
        ],
    );
    assert_eq!(n, 5 * (186 + 24));
}

#[test]
fn trimmed_weights_still_meet_their_totals_like_bounded_ones_of_survey() {
    let three = ["sex", "age_group", "district"];
    let n = agree_with(
        "calibration_bounded",
        &[
            ("post_stratify_sex_age_400", &["sex*age_group"], "post-stratify --trim 400"),
            ("rake_sex_age_district_400", &three, "rake --trim 400"),
            ("linear_sex_age_district_400", &three, "linear --trim 400"),
            ("linear_sex_age_2_400", &["sex", "age"], "linear --trim 2:400"),
        ],
    );
    assert_eq!(n, 4 * (186 + 24));
}

/// `trimWeights()` of the reference spreads what it cuts over rows of other levels, so no weight and no spread of it can be
/// met by weights that keep the totals. What must agree: what it cuts is at the cap here too, and all other weights of a
/// level are those before trimming times one factor above 1.
#[test]
fn what_the_reference_trims_is_trimmed_and_its_totals_are_kept_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("weights.csv");
    let sheet = margins(folder.path(), &["joint_sex_age"]);
    let output =
        run(&sheet, &format!("--mean Q01 --calibrate post-stratify --trim 400 --weights-out {}", out.display()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("before trimming 3.59927") && said.contains(" 46 cut to 400;"), "{said}");
    let miss: f64 = said.split("margins met to ").nth(1).unwrap().trim().parse().unwrap();
    assert!(miss < 1e-10, "{said}");
    let mut rows = csv::Reader::from_path(oracle("data/synth_s1_2025.csv")).unwrap();
    let groups = rows.records().map(|row| row.map(|row| format!("{}*{}", &row[8], &row[9])).unwrap());
    let mut reference = csv::Reader::from_path(oracle("data/synth_s1_adjusted_weights.csv")).unwrap();
    let headers = reference.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (before, trimmed) = (place("poststrat_sex_age"), place("trim_of_poststrat"));
    let mut ours = csv::Reader::from_path(&out).unwrap();
    let mut by_group: std::collections::BTreeMap<String, (f64, f64, f64, Option<f64>)> = Default::default();
    for ((group, theirs), ours) in groups.zip(reference.records()).zip(ours.records()) {
        let (theirs, ours): (_, f64) = (theirs.unwrap(), ours.unwrap()[1].parse().unwrap());
        let theirs = |place: usize| theirs[place].parse::<f64>().unwrap();
        let sums = by_group.entry(group).or_default();
        (sums.0, sums.1, sums.2) = (sums.0 + theirs(before), sums.1 + theirs(trimmed), sums.2 + ours);
        assert!(ours <= 400.0);
        if theirs(before) > 400.0 {
            assert_eq!(ours, 400.0);
        } else if ours < 400.0 {
            let factor = *sums.3.get_or_insert(ours / theirs(before));
            assert!(factor >= 1.0 && (ours / theirs(before) / factor - 1.0).abs() < OF_WEIGHTS);
        }
    }
    let off = |sum: f64, total: f64| (sum / total - 1.0).abs();
    assert_eq!(by_group.len(), 8);
    assert!(by_group.values().all(|(total, _, ours, _)| off(*ours, *total) < 1e-10));
    let theirs = by_group.values().map(|(total, trimmed, _, _)| off(*trimmed, *total)).fold(0.0, f64::max);
    assert!((0.01..0.1).contains(&theirs), "the reference's own weights are {theirs} off");
}
