//! `sipas estimate` and its like as a statistician runs them, and its answers beside reference numbers.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Relative differences allowed, as the reference numbers' own README gives them.
pub(crate) const OF_ESTIMATE: f64 = 1e-12;
pub(crate) const OF_SE: f64 = 1e-10;
pub(crate) const OF_T_INTERVAL: f64 = 1e-10;
pub(crate) const OF_BETA_INTERVAL: f64 = 1e-9;
/// The reference interpolates its likelihood intervals.
pub(crate) const OF_LIKELIHOOD: f64 = 5e-5;

/// A file of the reference data.
pub(crate) fn oracle(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(file)
}

/// Reference numbers.
pub(crate) fn expected(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(oracle(&format!("expected/{file}.json"))).unwrap()).unwrap()
}

/// Runs the program.
pub(crate) fn sipas(arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sipas")).args(arguments).output().unwrap()
}

/// Words of a command line; data files are given by name.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The answers of one run: by place of the statistic among those asked, then domain.
pub(crate) struct Answers(Vec<BTreeMap<String, Value>>);

impl Answers {
    /// Runs `sipas estimate` on a file of the reference data.
    pub(crate) fn of(data: &str, design: &str, asked: &[String], more: &str) -> Self {
        let mut arguments = words("estimate");
        arguments.push(oracle(&format!("data/{data}.csv")).display().to_string());
        arguments.extend(words(design));
        arguments.extend_from_slice(asked);
        arguments.extend(words(more));
        arguments.extend(words("--format json"));
        let output = sipas(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self::read(&output.stdout)
    }

    /// Reads the printed objects: each statistic begins with the domain of all rows.
    pub(crate) fn read(json: &[u8]) -> Self {
        let figures: Vec<Value> = serde_json::from_slice(json).unwrap();
        let mut answers: Vec<BTreeMap<String, Value>> = Vec::new();
        for figure in figures {
            let domain = figure["domain"].as_object().unwrap();
            if domain.is_empty() {
                answers.push(BTreeMap::new());
            }
            let labels = domain.iter().map(|(column, value)| format!("{column}={}", value.as_str().unwrap()));
            let name = domain_name(labels.collect());
            answers.last_mut().unwrap().insert(name, figure);
        }
        Self(answers)
    }

    /// The figure of a statistic in a domain as the reference numbers name it.
    pub(crate) fn at(&self, statistic: usize, domain: &str) -> &Value {
        let parts = domain.split('&').filter(|part| *part != "all").map(str::to_owned);
        let name = domain_name(parts.collect());
        self.0[statistic].get(&name).unwrap_or_else(|| panic!("no figure for {domain}"))
    }
}

fn domain_name(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join("&")
}

/// Comparisons with reference numbers, counted.
#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) n: usize,
}

impl Comparison {
    /// Compares a number; a reference of 0 must be met to rounding.
    pub(crate) fn number(&mut self, what: &str, actual: &Value, expected: f64, tolerance: f64) {
        let Some(actual) = actual.as_f64() else { panic!("{what}: {actual} instead of {expected}") };
        let scale = if expected == 0.0 { 1.0 } else { expected.abs() };
        assert!((actual - expected).abs() <= tolerance * scale, "{what}: {actual} is not {expected}");
        self.n += 1;
    }

    /// Compares a standard error. Where the reference says 0, the spread was not seen, and the program says that.
    pub(crate) fn se(&mut self, what: &str, figure: &Value, expected: f64) {
        if expected.abs() < 1e-12 {
            assert!(figure["se"].is_null(), "{what}: an unseen spread is no precision: {figure}");
            self.n += 1;
        } else {
            self.number(what, &figure["se"], expected, OF_SE);
        }
    }
}
