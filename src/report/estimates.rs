//! The answers of the calculator: a table for people, CSV and JSON for programs.

use super::table::{Align, Table};
use crate::domain::estimate::Estimate;
use crate::statistics::CalibrationReport;
use serde::Serialize;
use std::collections::BTreeMap;

/// Digits that a figure is printed with for people.
const DIGITS: usize = 6;

/// One figure, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The statistic as typed.
    pub statistic: &'a str,
    /// Columns and their values; none for all rows.
    pub domain: &'a [(String, String)],
    /// The confidence level asked for.
    pub level: f64,
    /// The estimate, or the reason.
    pub outcome: Result<&'a Estimate, String>,
}

/// The members of one object.
#[derive(Serialize)]
struct Figure<'a> {
    statistic: &'a str,
    domain: BTreeMap<&'a str, &'a str>,
    estimate: Option<f64>,
    se: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    level: f64,
    df: Option<f64>,
    n: u64,
    n_psu: u32,
    n_strata: u32,
    deff: Option<f64>,
    method: Option<String>,
    flags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_information: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> Figure<'a> {
    fn of(line: &'a Line<'a>) -> Self {
        let estimate = line.outcome.as_ref().ok();
        let interval = estimate.and_then(|estimate| estimate.interval);
        let flags = match estimate {
            Some(estimate) => {
                let shortcomings = estimate.reliability.iter().flat_map(|reliability| &reliability.shortcomings);
                let cautions = estimate.cautions.iter().map(|caution| caution.code());
                cautions.chain(shortcomings.map(|shortcoming| shortcoming.code())).collect()
            }
            None => vec!["not-estimable"],
        };
        Self {
            statistic: line.statistic,
            domain: line.domain.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect(),
            estimate: estimate.map(|estimate| estimate.value),
            se: estimate.and_then(|estimate| estimate.se),
            ci_low: interval.map(|interval| interval.low),
            ci_high: interval.map(|interval| interval.high),
            level: line.level,
            df: estimate.map(|estimate| estimate.df),
            n: estimate.map_or(0, |estimate| estimate.n),
            n_psu: estimate.map_or(0, |estimate| estimate.n_psu),
            n_strata: estimate.map_or(0, |estimate| estimate.n_strata),
            deff: estimate.and_then(|estimate| estimate.deff),
            method: estimate.map(|estimate| estimate.method_code()),
            flags,
            missing_information: estimate.and_then(|estimate| estimate.missing_information),
            reason: line.outcome.as_ref().err().map(String::as_str),
        }
    }

    /// The domain as people and CSV readers see it: `district=D01 & sex=F`.
    fn domain_text(&self) -> String {
        let parts: Vec<String> = self.domain.iter().map(|(column, value)| format!("{column}={value}")).collect();
        if parts.is_empty() { "all".to_owned() } else { parts.join(" & ") }
    }
}

/// An array of objects.
///
/// # Errors
/// Never in practice: all members can be written.
pub fn json(lines: &[Line]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&lines.iter().map(Figure::of).collect::<Vec<_>>())
}

/// The same, a row a figure.
#[must_use]
pub fn csv(lines: &[Line]) -> String {
    let mut out =
        String::from("statistic,domain,estimate,se,ci_low,ci_high,level,df,n,n_psu,n_strata,deff,method,flags\n");
    let exact = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    for figure in lines.iter().map(Figure::of) {
        let cells = [
            figure.statistic.to_owned(),
            figure.domain_text(),
            exact(figure.estimate),
            exact(figure.se),
            exact(figure.ci_low),
            exact(figure.ci_high),
            exact(Some(figure.level)),
            exact(figure.df),
            figure.n.to_string(),
            figure.n_psu.to_string(),
            figure.n_strata.to_string(),
            exact(figure.deff),
            figure.method.clone().unwrap_or_default(),
            figure.flags.join(" "),
        ];
        out.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        out.push('\n');
    }
    out
}

/// What calibration did, in a sentence.
#[must_use]
pub fn calibration(report: &CalibrationReport) -> String {
    let shown = |number| short(Some(number));
    let CalibrationReport { kish_before, kish_unbounded, kish_after, least, most, bounds, largest_miss, .. } = report;
    let (trimming, cut) = match bounds {
        None => (String::new(), String::new()),
        Some(bounds) => {
            let raised = match bounds.least.is_finite() {
                true => format!(", {} raised to {}", report.n_at_least, shown(bounds.least)),
                false => String::new(),
            };
            let cut = format!("{} cut to {}{raised}; ", report.n_at_most, shown(bounds.most));
            (format!(", before trimming {}", shown(*kish_unbounded)), cut)
        }
    };
    format!(
        "weights {} to {}; effect of unequal weights (Kish) {}{trimming}, before calibration {}; {cut}margins met to {largest_miss:.1e}",
        shown(*least),
        shown(*most),
        shown(*kish_after),
        shown(*kish_before),
    )
}

/// Weights in the order of the rows, which count from 1.
#[must_use]
pub fn weights(weights: &[f64]) -> String {
    let lines = (1..).zip(weights).map(|(row, weight)| format!("{row},{weight}\n"));
    std::iter::once("row,weight\n".to_owned()).chain(lines).collect()
}

/// A covariance matrix: a row and a column for each figure, named alike.
#[must_use]
pub fn covariance(names: &[String], matrix: &[f64]) -> String {
    let mut out = String::from("figure");
    names.iter().for_each(|name| out.push_str(&format!(",{}", quoted(name))));
    out.push('\n');
    for (name, row) in names.iter().zip(matrix.chunks_exact(names.len().max(1))) {
        out.push_str(&quoted(name));
        row.iter().for_each(|value| {
            out.push_str(&format!(",{}", if value.is_nan() { String::new() } else { value.to_string() }))
        });
        out.push('\n');
    }
    out
}

/// A table with one line a figure.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    let level = lines.first().map_or(0.95, |line| line.level);
    let headings = ["statistic", "domain", "estimate", "se", "low", "high", "df", "n", "psu", "deff", "flags"];
    let align = |(place, heading): (usize, &str)| {
        (heading.to_owned(), if (2..10).contains(&place) { Align::Right } else { Align::Left })
    };
    let mut table = Table::new(headings.into_iter().enumerate().map(align));
    for figure in lines.iter().map(Figure::of) {
        table.row([
            figure.statistic.to_owned(),
            figure.domain_text(),
            short(figure.estimate),
            short(figure.se),
            short(figure.ci_low),
            short(figure.ci_high),
            short(figure.df),
            figure.n.to_string(),
            figure.n_psu.to_string(),
            short(figure.deff),
            figure.flags.join(" "),
        ]);
    }
    let methods: std::collections::BTreeSet<String> =
        lines.iter().filter_map(|line| line.outcome.as_ref().ok().map(|estimate| estimate.method_code())).collect();
    let methods: Vec<String> = methods.into_iter().collect();
    format!("{table}\n{} % intervals; {}\n", short(Some(level * 100.0)), methods.join(", "))
}

/// A number with as many digits as people read.
pub(super) fn short(number: Option<f64>) -> String {
    let Some(number) = number else { return "–".to_owned() };
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let before = number.abs().log10().floor() as i64 + 1;
    let decimals = usize::try_from(DIGITS as i64 - before).unwrap_or_default().min(12);
    let text = format!("{number:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A cell of a CSV file (RFC 4180).
pub(super) fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_are_read() {
        let shown = [0.0, 0.000_123_456_7, 0.5, 25.796_214, 478_818.174_8, 12_345_678.9, -3.0].map(|n| short(Some(n)));
        assert_eq!(shown, ["0", "0.000123457", "0.5", "25.7962", "478818", "12345679", "-3"]);
        assert_eq!(short(None), "–");
    }

    #[test]
    fn a_cell_with_signs_is_quoted() {
        assert_eq!(quoted("mean(a,b)"), "\"mean(a,b)\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(quoted("Q01>=4"), "Q01>=4");
    }
}
