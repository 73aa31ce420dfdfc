//! A script for R that reads the CSV of a round's answers, labels its factors, sets up the design with the `survey` package
//! and computes the figures again. The script itself, with blanks, is `script.R`.

use super::Table;
use super::variable::{Kind, Variable};
use std::io::{self, Write};

/// How answers become figures.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// The rule's word.
    pub rule: String,
    /// Digest of the answers.
    pub digest: String,
    /// Whether the design has finite populations at both stages.
    pub has_populations: bool,
    /// Strata with one surveyed PSU of several, which show no spread.
    pub lonely: Vec<String>,
    /// The items with a value, by variable: what each code is worth.
    pub worths: Vec<(String, Vec<(i16, f64)>)>,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// One figure: the sum of its terms.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its terms.
    pub terms: Vec<FigureTerm>,
}

/// A factor times the mean of all answers of some items together.
#[derive(Debug, Clone)]
pub struct FigureTerm {
    /// The factor.
    pub factor: f64,
    /// The items' variables.
    pub items: Vec<String>,
}

/// Writes the script of a table of answers.
///
/// # Errors
/// When the output cannot be written.
pub fn write(table: &Table, analysis: &Analysis, out: &mut impl Write) -> io::Result<()> {
    out.write_all(script(table, analysis).as_bytes())
}

/// The script.
fn script(table: &Table, analysis: &Analysis) -> String {
    let figures = &analysis.figures;
    let list = |lines: Vec<String>| lines.join(",\n");
    let blanks = [
        ("title", comment(&table.title)),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("digest", analysis.digest.clone()),
        (
            "notes",
            table
                .notes
                .iter()
                .map(|note| format!("#\n# {}\n# {}", comment(&note.vi), comment(&note.en)))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        ("file", format!("{}.csv", table.name)),
        ("texts", texts(&table.variables)),
        ("rule", analysis.rule.clone()),
        ("worth", list(analysis.worths.iter().map(worth).collect())),
        ("labels", list(table.variables.iter().filter_map(labels).collect())),
        ("design", design(analysis).to_owned()),
        (
            "figures",
            list(
                figures
                    .iter()
                    .map(|figure| format!("  {} = quote({})", quoted(&figure.code), formula(figure)))
                    .collect(),
            ),
        ),
        (
            "titles",
            figures
                .iter()
                .map(|figure| format!("{} = {}", quoted(&figure.code), quoted(&figure.title)))
                .collect::<Vec<_>>()
                .join(",\n            "),
        ),
        ("counts", figures.iter().map(count).collect::<Vec<_>>().join(",\n       ")),
        ("lonely", lonely(&analysis.lonely)),
    ];
    let mut script = String::new();
    let mut rest = include_str!("script.R");
    // A text that was filled in is not looked through again: it may hold anything.
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        script.push_str(before);
        script.push_str(blanks.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text));
        rest = after;
    }
    script + rest
}

fn design(analysis: &Analysis) -> &'static str {
    match analysis.has_populations {
        true => {
            "# Desks of which one answer came show no spread within; sipas leaves that out as well.\n\
             options(survey.lonely.psu = \"remove\")\n\
             design <- svydesign(ids = ~psu + row, strata = ~stratum, weights = ~weight, fpc = ~fpc1 + fpc2, data = answers)"
        }
        false => {
            "# The populations are not known, so the PSUs count as drawn with replacement.\n\
             options(survey.lonely.psu = \"remove\")\n\
             design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = answers)"
        }
    }
}

fn lonely(strata: &[String]) -> String {
    if strata.is_empty() {
        return String::new();
    }
    let strata: Vec<String> = strata.iter().map(|stratum| quoted(stratum)).collect();
    format!(
        "# One PSU of several was surveyed in these strata, so nothing shows how PSUs differ there: no standard error holds.\n\
         lonely <- c({})\nfigures$se <- NA\n",
        strata.join(", ")
    )
}

/// Columns that look like numbers but are codes.
fn texts(variables: &[Variable]) -> String {
    let texts = variables.iter().filter(|variable| matches!(variable.kind, Kind::Text { .. }));
    texts.map(|variable| format!("{} = \"character\"", variable.name)).collect::<Vec<_>>().join(", ")
}

fn worth((item, worths): &(String, Vec<(i16, f64)>)) -> String {
    let worths: Vec<String> = worths.iter().map(|(code, worth)| format!("\"{code}\" = {worth}")).collect();
    format!("  {item} = c({})", worths.join(", "))
}

fn labels(variable: &Variable) -> Option<String> {
    let Kind::Coded { categories, .. } = &variable.kind else { return None };
    let shown = categories.iter().filter(|category| !category.is_missing);
    let labels: Vec<String> =
        shown.map(|category| format!("{} = {}", quoted(&category.label.vi), category.code)).collect();
    Some(format!("  {} = c({})", variable.name, labels.join(", ")))
}

fn formula(figure: &Figure) -> String {
    let sum = |prefix: &str, items: &[String]| {
        items.iter().map(|item| format!("{prefix}{item}")).collect::<Vec<_>>().join(" + ")
    };
    let term =
        |term: &FigureTerm| format!("{} * ({}) / ({})", term.factor, sum("y_", &term.items), sum("n_", &term.items));
    figure.terms.iter().map(term).collect::<Vec<_>>().join(" +\n    ")
}

/// People who answered any item of a figure.
fn count(figure: &Figure) -> String {
    let items = figure.terms.iter().flat_map(|term| &term.items);
    let columns: Vec<String> = items.map(|item| format!("\"n_{item}\"")).collect();
    format!("sum(rowSums(answered[, c({}), drop = FALSE]) > 0)", columns.join(", "))
}

/// A text of R. Line ends and other control characters are written as R writes them.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// A text that stays within its line of comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_script_says_what_figures_are_made_of_and_runs_nothing_else() {
        let mut table = example::table();
        table.title = "Đợt\nsystem('x') {{file}}".to_owned();
        let term = |factor, items: &[&str]| FigureTerm {
            factor,
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        };
        let analysis = Analysis {
            has_populations: true,
            worths: vec![("Q1".to_owned(), vec![(1, 0.0), (5, 1.0)])],
            figures: vec![Figure {
                code: "overall".to_owned(),
                title: "\"); system(\"x\"); (\\\n".to_owned(),
                terms: vec![term(0.5, &["Q1"]), term(0.5, &["Q2", "Q3"])],
            }],
            ..Analysis::default()
        };
        let script = script(&table, &analysis);
        for part in [
            "# Đợt system('x') {{file}}\n",
            "Q1 = c(\"1\" = 0, \"5\" = 1)",
            "quote(0.5 * (y_Q1) / (n_Q1) +\n    0.5 * (y_Q2 + y_Q3) / (n_Q2 + n_Q3))",
            r#""overall" = "\"); system(\"x\"); (\\\u{a}""#,
            "fpc = ~fpc1 + fpc2",
            "sex = c(\"Nữ\" = 1, \"Nam\" = 2)",
            "name = \"character\"",
        ] {
            assert!(script.contains(part), "{part} is missing in:\n{script}");
        }
        assert!(!script.contains("lonely <-"));
    }
}
