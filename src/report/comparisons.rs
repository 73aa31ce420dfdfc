//! Comparisons, ranks and tests: a table for people, CSV and JSON for programs.

use super::estimates::{quoted, short};
use super::table::{Align, Table};
use crate::domain::estimate::Estimate;
use crate::statistics::{Adjustment, Difference, Freedom, Independence, Population, RankSet, Ranking, Verdict};
use serde_json::{Map, Value, json};

/// One comparison.
#[derive(Debug, Clone, Copy)]
pub struct ComparisonLine<'a> {
    /// The statistic as typed.
    pub statistic: &'a str,
    /// Columns and their values; none for all rows.
    pub domain: &'a [(String, String)],
    /// The first unit and its figure.
    pub a: (&'a str, &'a Estimate),
    /// The second.
    pub b: (&'a str, &'a Estimate),
    /// Their difference; none across a break in the series.
    pub difference: Option<&'a Difference>,
    /// The p-value among all comparisons made together.
    pub adjusted: Option<f64>,
    /// How it was adjusted.
    pub adjustment: Adjustment,
    /// Whose degrees of freedom the difference has.
    pub freedom: Freedom,
    /// What the comparison is about.
    pub population: Population,
    /// The confidence level.
    pub level: f64,
    /// What may be said.
    pub verdict: Verdict,
}

/// The place of one unit.
#[derive(Debug, Clone, Copy)]
pub struct RankLine<'a> {
    /// The statistic as typed.
    pub statistic: &'a str,
    /// Columns and their values; none for all rows.
    pub domain: &'a [(String, String)],
    /// The unit.
    pub unit: &'a str,
    /// Its figure.
    pub estimate: &'a Estimate,
    /// Its ranks; `None` where its spread is not known.
    pub ranks: Option<RankSet>,
    /// How it stands to all units together.
    pub than_all: Verdict,
    /// Standard errors that a difference had to exceed.
    pub critical: Option<f64>,
    /// How the ranks that are left open were found.
    pub ranking: Ranking,
}

/// Lines of members, ready to be printed in any form.
pub struct Document {
    /// Members in the order they are printed.
    members: Vec<&'static str>,
    lines: Vec<Map<String, Value>>,
}

impl Document {
    pub(super) fn new(members: &[&'static str], lines: impl IntoIterator<Item = Value>) -> Self {
        let objects = lines.into_iter().filter_map(|line| match line {
            Value::Object(object) => Some(object),
            _ => None,
        });
        Self { members: members.to_vec(), lines: objects.collect() }
    }

    /// An array of objects.
    ///
    /// # Errors
    /// Never in practice: all members can be written.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&self.lines)
    }

    /// A row a line, with all digits.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = self.members.join(",");
        out.push('\n');
        for line in &self.lines {
            let cells = self.members.iter().map(|member| match line.get(*member) {
                Some(Value::Number(number)) => number.to_string(),
                other => quoted(&words(other)),
            });
            out.push_str(&cells.collect::<Vec<_>>().join(","));
            out.push('\n');
        }
        out
    }

    /// Aligned columns.
    #[must_use]
    pub fn text(&self) -> String {
        let is_number = |member: &str| self.lines.iter().any(|line| line.get(member).is_some_and(Value::is_number));
        let heading = |member: &&'static str| {
            (member.replace('_', " "), if is_number(member) { Align::Right } else { Align::Left })
        };
        let mut table = Table::new(self.members.iter().map(heading));
        for line in &self.lines {
            table.row(self.members.iter().map(|member| match line.get(*member) {
                Some(Value::Number(number)) => short(number.as_f64()),
                other => words(other),
            }));
        }
        table.to_string()
    }
}

/// A member that is no number.
fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(domain)) => {
            let parts: Vec<String> =
                domain.iter().map(|(column, value)| format!("{column}={}", words(Some(value)))).collect();
            if parts.is_empty() { "all".to_owned() } else { parts.join(" & ") }
        }
        Some(Value::Null) | None => "–".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn domain_of(labels: &[(String, String)]) -> Value {
    Value::Object(labels.iter().map(|(column, value)| (column.clone(), Value::String(value.clone()))).collect())
}

/// Differences.
#[must_use]
pub fn differences(lines: &[ComparisonLine]) -> Document {
    let members = [
        "statistic",
        "domain",
        "a",
        "b",
        "estimate_a",
        "estimate_b",
        "difference",
        "se",
        "ci_low",
        "ci_high",
        "level",
        "df",
        "df_method",
        "t",
        "p",
        "p_adjusted",
        "adjustment",
        "inference",
        "n_a",
        "n_b",
        "verdict",
    ];
    Document::new(
        &members,
        lines.iter().map(|line| {
            let difference = line.difference;
            let interval = difference.and_then(|difference| difference.interval);
            json!({
                "statistic": line.statistic, "domain": domain_of(line.domain), "a": line.a.0, "b": line.b.0,
                "estimate_a": line.a.1.value, "estimate_b": line.b.1.value, "difference": difference.map(|difference| difference.value),
                "se": difference.and_then(|difference| difference.se), "ci_low": interval.map(|ends| ends.low),
                "ci_high": interval.map(|ends| ends.high), "level": line.level,
                "df": difference.map(|difference| difference.df), "df_method": line.freedom.code(),
                "t": difference.and_then(|difference| difference.t),
                "p": difference.and_then(|difference| difference.p), "p_adjusted": line.adjusted, "adjustment": line.adjustment.code(),
                "inference": line.population.code(), "n_a": line.a.1.n, "n_b": line.b.1.n, "verdict": line.verdict.code(),
            })
        }),
    )
}

/// Ranks.
#[must_use]
pub fn ranks(lines: &[RankLine]) -> Document {
    let members = [
        "statistic",
        "domain",
        "unit",
        "estimate",
        "se",
        "rank",
        "rank_low",
        "rank_high",
        "than_all",
        "critical",
        "n",
        "rank_sets",
    ];
    let steps = |ranking: Ranking| if ranking.is_single_step { "single-step" } else { "step-down" };
    let than_all = |verdict: Verdict| match verdict {
        Verdict::Higher => "above",
        Verdict::Lower => "below",
        Verdict::NotDistinguishable => "not-distinguishable",
        Verdict::NotComparable => "not-comparable",
        Verdict::BreakInSeries => "break-in-series",
    };
    Document::new(
        &members,
        lines.iter().map(|line| {
            json!({
                "statistic": line.statistic, "domain": domain_of(line.domain), "unit": line.unit,
                "estimate": line.estimate.value, "se": line.estimate.se, "rank": line.ranks.map(|ranks| ranks.rank),
                "rank_low": line.ranks.map(|ranks| ranks.best), "rank_high": line.ranks.map(|ranks| ranks.worst), "than_all": than_all(line.than_all),
                "critical": line.critical, "n": line.estimate.n,
                "rank_sets": format!("{}-{}", line.ranking.sets, steps(line.ranking)),
            })
        }),
    )
}

/// A test of independence.
#[must_use]
pub fn independence(tested: &Independence) -> Document {
    let members = ["f", "ndf", "ddf", "p", "x2", "method"];
    let line = json!({
        "f": tested.f, "ndf": tested.ndf, "ddf": tested.ddf, "p": tested.p, "x2": tested.x2,
        "method": "rao-scott-second-order",
    });
    Document::new(&members, [line])
}
