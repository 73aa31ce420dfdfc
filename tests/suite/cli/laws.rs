//! Laws of estimates, whatever the rows: their order says nothing, and weights say nothing but how they compare.

use crate::harness::calculator::{oracle, sipas, words};
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;

const ASKED: &str = "--strata district --psu desk --weight weight --share Q01>=4 --mean Q02 --share mean(Q05,Q06)>=4 \
                     --ratio Q07/Q08 --total Q03=1 --by district --by sex,age_group --format json";

fn figures(file: &Path) -> Vec<Value> {
    let mut line = vec!["estimate".to_owned(), file.display().to_string()];
    line.extend(words(ASKED));
    let output = sipas(&line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How much of the figure is rounding alone.
const OF_ROUNDING: f64 = 1e-11;

fn assert_near(what: &str, actual: &Value, expected: &Value, factor: f64) {
    match (actual.as_f64(), expected.as_f64()) {
        (Some(actual), Some(expected)) => {
            let expected = expected * factor;
            let tolerance = OF_ROUNDING * expected.abs().max(1e-3);
            assert!((actual - expected).abs() <= tolerance, "{what}: {actual} is not {expected}");
        }
        _ => assert_eq!(actual, expected, "{what}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn order_and_the_unit_of_weights_do_not_matter(
        keys in prop::collection::vec(any::<u32>(), 50..300),
        factor in prop::sample::select(vec![1.0, 0.001, 3.7, 12_500.0]),
    ) {
        let source = oracle("data/synth_s3_awkward.csv");
        let mut reader = csv::Reader::from_path(&source).unwrap();
        let header = reader.headers().unwrap().clone();
        let weight = header.iter().position(|name| name == "weight").unwrap();
        let rows = reader.records().map(|row| row.unwrap());
        let mut rows: Vec<(u32, csv::StringRecord)> = keys.iter().copied().cycle().zip(rows).collect();
        rows.sort_by_key(|(key, _)| *key);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shuffled.csv");
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_record(&header).unwrap();
        for (_, row) in &rows {
            let scaled = |(place, cell): (usize, &str)| match place == weight {
                true => (cell.parse::<f64>().unwrap() * factor).to_string(),
                false => cell.to_owned(),
            };
            writer.write_record(row.iter().enumerate().map(scaled)).unwrap();
        }
        writer.flush().unwrap();
        let (expected, actual) = (figures(&source), figures(&path));
        assert_eq!(expected.len(), actual.len());
        for (expected, actual) in expected.iter().zip(&actual) {
            let is_total = expected["statistic"] == "Q03=1";
            for (name, value) in expected.as_object().unwrap() {
                let is_sized = is_total && ["estimate", "se", "ci_low", "ci_high"].contains(&name.as_str());
                // Weights that add up to fewer than the rows are no population, and the design effect knows no correction.
                if name != "deff" || factor == 1.0 {
                    let factor = if is_sized { factor } else { 1.0 };
                    assert_near(&format!("{name} of {expected}"), &actual[name], value, factor);
                }
            }
            let (low, high) = (actual["ci_low"].as_f64(), actual["ci_high"].as_f64());
            let share = actual["statistic"].as_str().unwrap().contains(">=4");
            if let (Some(low), Some(high), Some(value)) = (low, high, actual["estimate"].as_f64()) {
                assert!(low <= value && value <= high && low < high, "{actual}");
                assert!(!share || (0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high), "{actual}");
            }
        }
    }
}
