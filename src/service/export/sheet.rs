//! A table of figures on its way to blocks. It has as many rows as there are figures, so it is held whole.

use super::words::{label, variable};
use super::{ExportRefusal, Sink};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::export::variable::{Kind, Label, Names, Role, Variable};
use crate::export::{Block, Column};
use crate::report::words::HIDDEN_CODE;
use std::sync::Arc;

/// Rows of a block.
const ROWS_PER_BLOCK: usize = 4_096;

/// A value.
pub(super) enum Cell {
    Text(Option<Arc<str>>),
    Number(Option<f64>),
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self::Text((!text.is_empty()).then(|| text.into()))
    }

    pub(super) fn number(number: impl Into<Option<f64>>) -> Self {
        Self::Number(number.into())
    }

    fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self { *number } else { None }
    }

    fn as_text(&self) -> Option<Arc<str>> {
        if let Self::Text(text) = self { text.clone() } else { None }
    }
}

/// A heading: how programs call it, what it means, how many decimals a number shows; none for texts.
pub(super) type Heading = (&'static str, Label, Option<u8>, Role);

/// A text that says where a row belongs.
pub(super) fn key(name: &'static str, vi: &str, en: &str) -> Heading {
    (name, label(vi, en), None, Role::Key)
}

/// A number that belongs to a figure.
pub(super) fn figure(name: &'static str, vi: &str, en: &str, decimals: u8) -> Heading {
    (name, label(vi, en), Some(decimals), Role::Figure)
}

/// A text that belongs to a figure.
pub(super) fn remark(name: &'static str, vi: &str, en: &str) -> Heading {
    (name, label(vi, en), None, Role::Figure)
}

/// The headings of a figure with everything needed to judge it.
pub(super) fn estimate_headings() -> Vec<Heading> {
    vec![
        figure("estimate", "Ước lượng", "Estimate", 4),
        figure("se", "Sai số chuẩn", "Standard error", 4),
        figure("ci_low", "Cận dưới của khoảng", "Lower end of the interval", 4),
        figure("ci_high", "Cận trên của khoảng", "Upper end of the interval", 4),
        figure("level", "Mức của khoảng", "Level of the interval", 2),
        figure("df", "Bậc tự do", "Degrees of freedom", 1),
        figure("n", "Số phiếu", "Answers", 0),
        figure("n_psu", "Số đơn vị bậc một", "PSUs", 0),
        figure("deff", "Hệ số thiết kế", "Design effect", 2),
        remark("method", "Phương pháp", "Method"),
        remark("flags", "Lưu ý", "Cautions and shortcomings"),
        remark("hidden", "Vì sao được ẩn", "Why it is hidden"),
        remark("reason", "Vì sao không có", "Why there is none"),
    ]
}

/// The cells of a figure. Of a hidden one nothing else is told.
pub(super) fn estimate_cells(outcome: Result<&Estimate, &NoFigure>) -> Vec<Cell> {
    let (hidden, reason) = match outcome {
        Ok(_) => ("", ""),
        Err(NoFigure::Hidden) => (HIDDEN_CODE, ""),
        Err(NoFigure::None(reason)) => ("", reason.as_str()),
    };
    let found = outcome.ok();
    let number = |read: &dyn Fn(&Estimate) -> Option<f64>| Cell::Number(found.and_then(read).filter(|n| n.is_finite()));
    let flags = found.map(|estimate| {
        let shortcomings = estimate.reliability.iter().flat_map(|reliability| &reliability.shortcomings);
        let cautions = estimate.cautions.iter().map(|caution| caution.code());
        cautions.chain(shortcomings.map(|shortcoming| shortcoming.code())).collect::<Vec<_>>().join(" ")
    });
    vec![
        number(&|estimate| Some(estimate.value)),
        number(&|estimate| estimate.se),
        number(&|estimate| Some(estimate.interval?.low)),
        number(&|estimate| Some(estimate.interval?.high)),
        number(&|estimate| Some(estimate.level)),
        number(&|estimate| Some(estimate.df)),
        number(&|estimate| Some(estimate.n as f64)),
        number(&|estimate| Some(f64::from(estimate.n_psu))),
        number(&|estimate| estimate.deff),
        Cell::text(&found.map(|estimate| estimate.method_code()).unwrap_or_default()),
        Cell::text(&flags.unwrap_or_default()),
        Cell::text(hidden),
        Cell::text(reason),
    ]
}

/// Headings and rows.
pub(super) struct Sheet {
    headings: Vec<Heading>,
    rows: Vec<Vec<Cell>>,
}

impl Sheet {
    pub(super) fn new(headings: Vec<Heading>) -> Self {
        Self { headings, rows: Vec::new() }
    }

    /// Adds a row, a cell for each heading.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(super) fn n_rows(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn variables(&self) -> Vec<Variable> {
        let mut names = Names::default();
        let kind = |place: usize, decimals: &Option<u8>| match decimals {
            Some(decimals) => Kind::Number { decimals: *decimals },
            None => {
                let bytes = |row: &Vec<Cell>| match row.get(place) {
                    Some(Cell::Text(Some(text))) => text.len(),
                    _ => 0,
                };
                Kind::Text { max_bytes: self.rows.iter().map(bytes).max().unwrap_or_default().max(1) }
            }
        };
        let headings = self.headings.iter().enumerate();
        headings
            .map(|(place, (name, label, decimals, role))| {
                variable(names.give(name), label.clone(), *role, kind(place, decimals))
            })
            .collect()
    }

    /// Hands all rows on.
    pub(super) fn write(self, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
        self.rows.chunks(ROWS_PER_BLOCK).try_for_each(|rows| sink.rows(block(&self.headings, rows), 0))
    }
}

fn block(headings: &[Heading], rows: &[Vec<Cell>]) -> Block {
    let column = |(place, (_, _, decimals, _)): (usize, &Heading)| {
        let cells = rows.iter().map(|row| row.get(place));
        match decimals {
            Some(_) => Column::Numbers(cells.map(|cell| cell.and_then(Cell::as_number)).collect()),
            None => Column::Texts(cells.map(|cell| cell.and_then(Cell::as_text)).collect()),
        }
    };
    Block { columns: headings.iter().enumerate().map(column).collect() }
}
