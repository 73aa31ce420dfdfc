//! What people said, item by item: as a table for people and as JSON for programs.

use super::number;
use super::selection::{self, SelectionShape};
use super::shapes::{OutcomeShape, SourceShape};
use super::table::{Align, Table};
use super::words::{self, HIDDEN};
use crate::domain::admission::{Admission, Admitted};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::results::{Grain, ResultRow, Results};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// The results as Vietnamese text.
#[must_use]
pub fn text(results: &Results) -> String {
    let mut table = Table::new([
        ("Mã", Align::Left),
        ("Nội dung", Align::Left),
        ("Số phiếu", Align::Right),
        ("Hài lòng (%)", Align::Right),
        ("Khoảng 95%", Align::Right),
        ("Điểm TB (1-5)", Align::Right),
        ("Khoảng 95%", Align::Right),
    ]);
    for row in &results.rows {
        table.row(cells(row));
    }
    let source = &results.source;
    let only = results.admission.map(|only| format!(" (chỉ phiếu {})", words::admission(only))).unwrap_or_default();
    let mut out = format!("Kết quả khảo sát đợt {}: {}{only}\n\n{table}\n", source.round, results.area_name);
    let (rule, roll_up) = (results.rule.code(), results.roll_up.code());
    out.push_str(&format!("Cách tính chỉ số: {rule}; gộp nội dung: {roll_up}.\n"));
    let estimates = || results.rows.iter().flat_map(all_estimates);
    let methods: BTreeSet<String> = estimates().map(words::method).collect();
    let cautions: BTreeSet<String> = estimates().flat_map(|e| e.cautions.iter().map(words::caution)).collect();
    methods.iter().for_each(|method| out.push_str(&format!("Phương pháp: {method}.\n")));
    cautions.iter().for_each(|caution| out.push_str(&format!("Lưu ý: {caution}.\n")));
    if results.rows.iter().any(|row| row.figure.as_ref().is_err_and(|why| *why == NoFigure::Hidden)) {
        out.push_str(&format!("{HIDDEN}: {}.\n", words::hidden()));
    }
    if let Some(selection) = &results.selection {
        out.push_str(&format!("\n{}\n", selection::text(selection)));
    }
    if let Some(Admitted { with_code, walk_ins }) = results.admitted {
        let (with_code, walk_ins) = (number::count(with_code), number::count(walk_ins));
        out.push_str(&format!("Mã biên nhận: {with_code} phiếu có mã, {walk_ins} phiếu không có mã.\n"));
    }
    let (questionnaire, status) = (&source.questionnaire, words::status(source.questionnaire_status));
    let n = number::count(source.n_responses);
    out.push_str(&format!(
        "Nguồn: {n} phiếu{}, bộ câu hỏi {questionnaire} ({status}), dữ liệu {}.\n",
        words::flagged(source),
        source.cut.short()
    ));
    out
}

fn all_estimates(row: &ResultRow) -> impl Iterator<Item = &Estimate> {
    let more = [&row.satisfied, &row.mean].into_iter().flatten();
    std::iter::once(&row.figure).chain(more).filter_map(|outcome| outcome.as_ref().ok())
}

fn cells(row: &ResultRow) -> [String; 7] {
    let indent = match row.grain {
        Grain::Overall | Grain::Element => "",
        Grain::Item => "  ",
    };
    // Items that are no five-point scale have a figure of their own instead: the mean percent of their options.
    let share = row.satisfied.as_ref().unwrap_or(&row.figure);
    let n = match share {
        Ok(estimate) => number::count(estimate.n),
        Err(NoFigure::Hidden) => HIDDEN.to_owned(),
        Err(NoFigure::None(_)) => "0".to_owned(),
    };
    let [percent, percent_range] = shown(Some(share), 100.0, 1);
    let [mean, mean_range] = shown(row.mean.as_ref(), 1.0, 2);
    [row.code.clone(), format!("{indent}{}", row.title), n, percent, percent_range, mean, mean_range]
}

/// Value and range, times a factor; dashes where there is none.
fn shown(outcome: Option<&Result<Estimate, NoFigure>>, factor: f64, decimals: u8) -> [String; 2] {
    let none = || "–".to_owned();
    match outcome {
        Some(Ok(estimate)) => {
            let range = estimate.interval.map(|ends| number::interval(ends.scaled(0.0, factor), decimals));
            [number::decimal(estimate.value * factor, decimals), range.unwrap_or_else(none)]
        }
        Some(Err(NoFigure::Hidden)) => [HIDDEN; 2].map(str::to_owned),
        Some(Err(NoFigure::None(_))) | None => [none(), none()],
    }
}

/// The results as JSON: what `sipas results --format json` writes and `GET /v1/rounds/{round}/results` answers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResultsDocument {
    area: String,
    area_name: String,
    rule: &'static str,
    roll_up: &'static str,
    /// Overall first, then each element followed by its items.
    rows: Vec<RowShape>,
    source: SourceShape,
    /// `receipt` or `walk-in` where figures are of people who were admitted in this way only.
    #[serde(skip_serializing_if = "Option::is_none")]
    admission: Option<&'static str>,
    /// How people were admitted, in a round that used receipt codes and where that may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    admitted: Option<AdmittedShape>,
    /// Where people chose to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    selection: Option<SelectionShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct AdmittedShape {
    with_code: u64,
    walk_ins: u64,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RowShape {
    grain: &'static str,
    code: String,
    title: String,
    /// Under the questionnaire's rule, 0 to 1.
    figure: OutcomeShape,
    /// Share of answers 4 and 5.
    satisfied: Option<OutcomeShape>,
    /// Mean of 1 to 5.
    mean: Option<OutcomeShape>,
}

impl From<&Results> for ResultsDocument {
    fn from(results: &Results) -> Self {
        Self {
            area: results.area.to_string(),
            area_name: results.area_name.clone(),
            rule: results.rule.code(),
            roll_up: results.roll_up.code(),
            rows: results.rows.iter().map(RowShape::from).collect(),
            source: SourceShape::from(&results.source),
            admission: results.admission.map(Admission::code),
            admitted: results.admitted.map(|Admitted { with_code, walk_ins }| AdmittedShape { with_code, walk_ins }),
            selection: results.selection.as_ref().map(SelectionShape::from),
        }
    }
}

impl From<&ResultRow> for RowShape {
    fn from(row: &ResultRow) -> Self {
        Self {
            grain: row.grain.code(),
            code: row.code.clone(),
            title: row.title.clone(),
            figure: OutcomeShape::from(&row.figure),
            satisfied: row.satisfied.as_ref().map(OutcomeShape::from),
            mean: row.mean.as_ref().map(OutcomeShape::from),
        }
    }
}
