//! The index table for programs and spreadsheets: one row per unit, numbers with a decimal point, everything needed to
//! judge a figure on its own row. An empty cell means "none".

use super::super::words;
use crate::domain::estimate::Estimate;
use crate::domain::ids::CriterionCode;
use crate::domain::index::table::{IndexTable, RankedUnit};
use crate::domain::rank::{Change, Previous, ThanMean};

/// The columns, in order.
pub const COLUMNS: [&str; 45] = [
    "round",
    "year",
    "area",
    "unit",
    "name",
    "focus",
    "assessed_points",
    "survey_points",
    "survey_se",
    "survey_low",
    "survey_high",
    "survey_max",
    "max",
    "published",
    "index",
    "index_se",
    "index_low",
    "index_high",
    "level",
    "df",
    "n",
    "n_psu",
    "method",
    "cautions",
    "band",
    "rank",
    "of",
    "n_tied",
    "previous_rank",
    "change",
    "rank_best",
    "rank_worst",
    "rank_caution",
    "than_mean",
    "provisional",
    "open",
    "not_appraised",
    "scheme",
    "scheme_status",
    "scheme_digest",
    "questionnaires",
    "questionnaire_digests",
    "data_digests",
    "program_version",
    "warnings",
];

/// The table as CSV. Lists inside a cell are separated by blanks.
///
/// # Errors
/// When the writer fails, which it does not in memory.
pub fn write(table: &IndexTable) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for unit in &table.units {
        writer.write_record(row(table, unit))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The row of a unit, a text for each of [`COLUMNS`].
#[must_use]
pub fn row(table: &IndexTable, unit: &RankedUnit) -> Vec<String> {
    let (heading, index) = (&table.heading, &unit.index);
    let mut cells = vec![
        heading.round.to_string(),
        heading.year.to_string(),
        heading.area.to_string(),
        index.unit.to_string(),
        unit.name.clone(),
        unit.focus.to_string(),
        index.assessed.to_string(),
    ];
    cells.extend(spread(index.survey.as_ref()));
    cells.extend([index.survey_max.to_string(), index.max.to_string()]);
    cells.push(format!("{:.*}", usize::from(heading.decimals), index.published));
    let [_, rest @ ..] = spread(index.estimate.as_ref());
    cells.push(index.percent.to_string());
    cells.extend(rest);
    cells.extend(quality(index.survey.as_ref()));
    cells.push(index.band.as_ref().map(|band| band.label.clone()).unwrap_or_default());
    cells.extend(standing(unit));
    cells.push(index.is_provisional().to_string());
    cells.push(listed(index.open.iter().map(|leaf| &leaf.code)));
    cells.push(listed(&index.not_appraised));
    cells.extend(provenance(table));
    cells
}

fn listed<'a>(codes: impl IntoIterator<Item = &'a CriterionCode>) -> String {
    codes.into_iter().map(CriterionCode::as_str).collect::<Vec<_>>().join(" ")
}

fn optional(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// Value, standard error, lower and upper end.
fn spread(estimate: Option<&Estimate>) -> [String; 4] {
    let interval = estimate.and_then(|e| e.interval);
    [
        optional(estimate.map(|e| e.value)),
        optional(estimate.and_then(|e| e.se)),
        optional(interval.map(|i| i.low)),
        optional(interval.map(|i| i.high)),
    ]
}

/// Level, degrees of freedom, answers, desks, method and cautions.
fn quality(estimate: Option<&Estimate>) -> [String; 6] {
    let Some(estimate) = estimate else { return Default::default() };
    let cautions: Vec<&str> = estimate.cautions.iter().map(|caution| caution.code()).collect();
    [
        estimate.level.to_string(),
        estimate.df.to_string(),
        estimate.n.to_string(),
        estimate.n_psu.to_string(),
        estimate.method_code(),
        cautions.join(" "),
    ]
}

/// Rank, of, ties, last year's rank, change (up is positive), the range of ranks, and how it stands to the mean.
fn standing(unit: &RankedUnit) -> [String; 9] {
    let standing = &unit.standing;
    let previous = if let Previous::Rank(rank) = standing.previous { rank.to_string() } else { String::new() };
    let change = match standing.change() {
        Change::Up(places) => places.to_string(),
        Change::Down(places) => format!("-{places}"),
        Change::Same => "0".to_owned(),
        Change::New => "new".to_owned(),
        Change::NoRanking => String::new(),
    };
    [
        standing.rank.to_string(),
        standing.of.to_string(),
        standing.n_tied.to_string(),
        previous,
        change,
        standing.range.best.to_string(),
        standing.range.worst.to_string(),
        standing.range.caution.map(words::range_caution_code).unwrap_or_default().to_owned(),
        standing.than_mean.map(ThanMean::code).unwrap_or_default().to_owned(),
    ]
}

fn provenance(table: &IndexTable) -> [String; 8] {
    let from = &table.provenance;
    let each = |cell: fn(&crate::domain::index::table::Source) -> String| {
        from.sources.iter().map(cell).collect::<Vec<_>>().join(" ")
    };
    [
        from.scheme.to_string(),
        from.scheme_status.to_string(),
        from.scheme_digest.to_string(),
        each(|source| source.questionnaire.to_string()),
        each(|source| source.questionnaire_digest.to_string()),
        each(|source| source.cut.to_string()),
        from.program_version.clone(),
        table.warnings().iter().map(words::warning_code).collect::<Vec<_>>().join(" "),
    ]
}
