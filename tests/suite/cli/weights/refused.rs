//! Margins that cannot hold are refused by name, all faults at once.

use super::{oracle, run, run_on, sheet_of, with_quantities, write_sheet};
use serde_json::Value;

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

#[test]
fn margins_that_share_columns_must_agree_on_them() {
    let crossing = "sex*age_group,F*18-29,63215\nsex*age_group,M*18-29,49693\nsex*age_group,F*30-44,105358\n\
        sex*age_group,M*30-44,86202\nsex*age_group,F*45-59,92034\nsex*age_group,M*45-59,76821\n\
        sex*age_group,F*60+,49580\nsex*age_group,M*60+,40510\n";
    let said = refused(&format!("margin,level,total\n{crossing}sex,F,310180\nsex,M,253233\n"), "rake");
    assert!(said.contains("sex F adds up to 310187 in margin sex*age_group, but to 310180 in margin sex"), "{said}");
    assert!(said.contains("sex M adds up to 253226 in margin sex*age_group, but to 253233 in margin sex"), "{said}");
    let said = refused(&format!("margin,level,total\n{crossing}sex,F,563413\n(all),,9\n"), "linear");
    assert!(said.contains("margin sex*age_group has sex M, but margin sex does not"), "{said}");
    assert!(said.contains("rows are M, which has no total"), "{said}");
    assert!(said.contains("margin sex*age_group adds up to 563413, but margin (all) to 9"), "{said}");
}

#[test]
fn every_fault_of_a_sheet_is_told_with_its_line() {
    let sheet = "margin,level,total\nsex,,5\nsex,F,x\n,F,1\n(all),F,1\nsex*channel,F,1\nsex*channel,F*,1\n\
        sex,M,2\nage_group,60+,1\nage_group,60+,1\n(all),,1\n(all),,1\n";
    let said = refused(sheet, "rake");
    for (line, what) in [
        (3, "\"x\" is not a number"),
        (4, "\"\" names no column"),
        (5, "margin (all) is everybody and has no levels"),
        (6, "margin sex*channel needs a level with 2 labels"),
        (7, "margin sex*channel needs a level with 2 labels"),
        (8, "margin sex has levels and a sum of its numbers"),
        (10, "margin age_group has level 60+ twice"),
        (12, "margin (all) stands here twice"),
    ] {
        let found = said.lines().any(|said| said.contains(&format!("margins.csv:{line}:1")) && said.contains(what));
        assert!(found, "line {line}, {what}: {said}");
    }
    assert!(refused("margin,level,total\n", "rake").contains("there are no totals in it"));
}

#[test]
fn sums_of_columns_that_have_none_are_refused() {
    let said = refused("margin,level,total\nsex,,5\nQ20,,7\n(all),,563413\n", "linear");
    assert!(said.contains("margin sex: holds \"F\", which is no number"), "{said}");
    assert!(said.contains("margin Q20:") && said.contains("rows have none"), "{said}");
    let said = refused("margin,level,total\nresp,,5\n", "post-stratify");
    assert!(said.contains("margin resp is the sum of a column, and post-stratify knows levels only"), "{said}");
}

#[test]
fn weights_below_zero_are_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let survey = with_quantities(folder.path());
    let totals: Value = serde_json::json!({"age": 23_140_399, "minutes": 27_507_890});
    let sheet = write_sheet(folder.path(), &sheet_of(&["sex*age_group", "district", "age", "minutes"], &totals));
    let output = run_on(&survey, &sheet, "--mean Q01 --calibrate linear");
    let said = String::from_utf8(output.stderr).unwrap();
    // R gives the same least weight: min(weights(calibrate(…, ~group + district + age + minutes, calfun = "linear"))).
    assert!(said.contains("would not be above 0, the least -200.55") && said.contains("--calibrate rake"), "{said}");
    let output = run_on(&survey, &sheet, "--mean Q01 --calibrate rake");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn bounds_that_totals_do_not_fit_in_are_refused_by_level() {
    let sheet = "margin,level,total\nsex,F,310187\nsex,M,253226\n";
    let said = refused(sheet, "rake --trim 25");
    assert!(said.contains("margin sex: the ") && said.contains("rows of F can add up to"), "{said}");
    assert!(said.contains("rows of M can add up to") && said.contains("they need a mean weight of"), "{said}");
    let said = refused(sheet, "linear --trim 40:50");
    assert!(said.contains("rows of F can add up to"), "{said}");
    let said = refused(&sheet_of(&["sex", "age_group", "district"], &Value::Null), "rake --trim 40");
    assert!(said.contains("margin district: the 1504 rows of D03 can add up to 60160 at best"), "{said}");
}

#[test]
fn totals_out_of_reach_are_refused_with_how_far_they_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let survey = with_quantities(folder.path());
    let said = |mean_age: u64, way: &str| {
        let totals = serde_json::json!({ "age": mean_age * 563_413 });
        let sheet = write_sheet(folder.path(), &sheet_of(&["sex", "age"], &totals));
        let output = run_on(&survey, &sheet, &format!("--mean Q01 --calibrate {way}"));
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    // Nobody is older than 74.
    let (done, words) = said(90, "rake");
    assert!(!done && words.contains("stays off by") && words.contains("cannot all hold in this sample"), "{words}");
    let (done, words) = said(60, "rake");
    assert!(done, "{words}");
    let (done, words) = said(60, "rake --trim 45");
    assert!(!done && words.contains("stays off by") && words.contains("widen --trim"), "{words}");
}
