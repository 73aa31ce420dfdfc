//! Breakdowns: a table for people, CSV and JSON for programs. A hidden cell shows that it is hidden and nothing else.

use super::estimates::quoted;
use super::number;
use super::shapes::{EstimateShape, SourceShape};
use super::table::{Align, Table};
use super::words::{self, HIDDEN, HIDDEN_CODE};
use crate::domain::breakdown::{BreakdownCell, Breakdowns, Label};
use crate::domain::disclosure::NoFigure;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// Breakdowns as JSON.
#[derive(Serialize, JsonSchema)]
pub struct BreakdownDocument {
    source: SourceShape,
    declared: Vec<String>,
    notice: Option<String>,
    hidden_below_n: u64,
    figures: Vec<FigureShape>,
}

#[derive(Serialize, JsonSchema)]
struct FigureShape {
    code: String,
    cells: Vec<CellShape>,
}

#[derive(Serialize, JsonSchema)]
struct CellShape {
    domain: Vec<LabelShape>,
    estimate: Option<EstimateShape>,
    hidden: Option<&'static str>,
    reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct LabelShape {
    by: String,
    value: Option<String>,
    name: String,
}

impl From<&Breakdowns> for BreakdownDocument {
    fn from(breakdowns: &Breakdowns) -> Self {
        let label = |label: &Label| LabelShape {
            by: label.by.clone(),
            value: Some(label.value.clone()).filter(|value| !value.is_empty()),
            name: label.name.clone(),
        };
        let cell = |cell: &BreakdownCell| {
            let (estimate, hidden, reason) = match &cell.figure {
                Ok(estimate) => (Some(EstimateShape::from(estimate.as_ref())), None, None),
                Err(NoFigure::Hidden) => (None, Some(HIDDEN_CODE), None),
                Err(NoFigure::None(reason)) => (None, None, Some(reason.clone())),
            };
            CellShape { domain: cell.domain.iter().map(label).collect(), estimate, hidden, reason }
        };
        let figures = breakdowns
            .figures
            .iter()
            .map(|figure| FigureShape { code: figure.code.clone(), cells: figure.cells.iter().map(cell).collect() });
        Self {
            source: SourceShape::from(&breakdowns.source),
            declared: breakdowns.declared.clone(),
            notice: breakdowns.notice.clone(),
            hidden_below_n: breakdowns.min_n,
            figures: figures.collect(),
        }
    }
}

/// Breakdowns as Vietnamese text.
#[must_use]
pub fn text(breakdowns: &Breakdowns) -> String {
    let mut out = format!("Kết quả chia nhóm, đợt {}\n", breakdowns.source.round);
    let mut methods = BTreeSet::new();
    let mut n_hidden = 0;
    for figure in &breakdowns.figures {
        let code = if figure.code.is_empty() { "chung" } else { figure.code.as_str() };
        let mut table = Table::new([
            ("Nhóm", Align::Left),
            ("Số phiếu", Align::Right),
            ("Tỷ lệ (%)", Align::Right),
            ("Khoảng 95%", Align::Right),
        ]);
        for cell in &figure.cells {
            let [n, share, interval] = match &cell.figure {
                Ok(estimate) => {
                    methods.insert(words::method(estimate));
                    let interval = estimate.interval.map(|ends| number::interval(ends.scaled(0.0, 100.0), 1));
                    let share = number::decimal(estimate.value * 100.0, 1);
                    [number::count(estimate.n), share, interval.unwrap_or_else(|| "–".to_owned())]
                }
                Err(NoFigure::Hidden) => {
                    n_hidden += 1;
                    [HIDDEN; 3].map(str::to_owned)
                }
                Err(NoFigure::None(_)) => ["0", "–", "–"].map(str::to_owned),
            };
            table.row([name(cell), n, share, interval]);
        }
        out.push_str(&format!("\nNội dung: {code}\n{table}"));
    }
    out.push('\n');
    methods.iter().for_each(|method| out.push_str(&format!("Phương pháp: {method}.\n")));
    if n_hidden > 0 {
        out.push_str(&format!("{HIDDEN}: {n_hidden} ô; {}.\n", words::hidden()));
    }
    if let Some(notice) = &breakdowns.notice {
        out.push_str(&format!("Lưu ý: {notice}.\n"));
    }
    out
}

fn name(cell: &BreakdownCell) -> String {
    let names: Vec<&str> = cell.domain.iter().map(|label| label.name.as_str()).collect();
    if names.is_empty() { "Tất cả".to_owned() } else { names.join(" × ") }
}

/// A row a cell, with all digits.
#[must_use]
pub fn csv(breakdowns: &Breakdowns) -> String {
    let mut out =
        String::from("figure,by,value,name,estimate,se,ci_low,ci_high,level,df,n,n_psu,deff,method,flags,hidden\n");
    let exact = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    for (figure, cell) in breakdowns.figures.iter().flat_map(|f| f.cells.iter().map(move |cell| (f, cell))) {
        let joined = |part: fn(&Label) -> &str| cell.domain.iter().map(part).collect::<Vec<_>>().join("*");
        let mut cells = vec![figure.code.clone(), joined(|l| &l.by), joined(|l| &l.value), name(cell)];
        cells.extend(match &cell.figure {
            Ok(estimate) => {
                let flags: Vec<&str> = estimate.cautions.iter().map(|caution| caution.code()).collect();
                [
                    exact(Some(estimate.value)),
                    exact(estimate.se),
                    exact(estimate.interval.map(|ends| ends.low)),
                    exact(estimate.interval.map(|ends| ends.high)),
                    exact(Some(estimate.level)),
                    exact(Some(estimate.df)),
                    estimate.n.to_string(),
                    estimate.n_psu.to_string(),
                    exact(estimate.deff),
                    estimate.method_code(),
                    flags.join(" "),
                    String::new(),
                ]
            }
            Err(NoFigure::Hidden) => {
                let mut cells = [const { String::new() }; 12];
                if let Some(last) = cells.last_mut() {
                    HIDDEN_CODE.clone_into(last);
                }
                cells
            }
            Err(NoFigure::None(_)) => [const { String::new() }; 12],
        });
        out.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}
