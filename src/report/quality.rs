//! Flags of answers: as a table for people and as JSON for programs.

use super::number;
use super::shapes::EstimateShape;
use super::table::{Align, Table};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::quality::{FlagCount, Quality, Reason};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Desks that a text lists.
const MAX_DESKS: usize = 20;

/// For people.
#[must_use]
pub fn text(quality: &Quality) -> String {
    let whole = &quality.whole;
    // Writing to a string cannot fail.
    let mut out = format!(
        "Phiếu bị đánh dấu, đợt {}: {} trên {} phiếu ({})\nFlagged answers; none is deleted\n\n",
        quality.round,
        number::count(whole.n_flagged),
        number::count(whole.n),
        number::percent(whole.share()),
    );
    let mut reasons = Table::new([("Lý do", Align::Left), ("", Align::Left), ("Số phiếu", Align::Right)]);
    for (reason, n) in Reason::ALL.into_iter().zip(whole.by_reason) {
        reasons.row([vietnamese(reason).to_owned(), reason.code().to_owned(), number::count(n)]);
    }
    let _ = writeln!(out, "{reasons}");
    if !quality.desks.is_empty() {
        let mut desks = Table::new([
            ("Điểm", Align::Left),
            ("Tên", Align::Left),
            ("Số phiếu", Align::Right),
            ("Đánh dấu", Align::Right),
            ("Tỷ lệ", Align::Right),
            ("Lý do", Align::Left),
        ]);
        for (desk, name, count) in quality.desks.iter().take(MAX_DESKS) {
            let found = Reason::ALL.into_iter().zip(count.by_reason).filter(|(_, n)| *n > 0);
            let found: Vec<String> = found.map(|(reason, n)| format!("{reason} {n}")).collect();
            desks.row([
                desk.to_string(),
                name.clone(),
                number::count(count.n),
                number::count(count.n_flagged),
                number::percent(count.share()),
                found.join(", "),
            ]);
        }
        let _ = writeln!(out, "{desks}");
        let n_more = quality.desks.len().saturating_sub(MAX_DESKS);
        if n_more > 0 {
            let _ = writeln!(out, "… và {n_more} điểm khác / and {n_more} more desks\n");
        }
    }
    let [all, without] = quality.overall.each_ref().map(|figure| match figure {
        Ok(estimate) => {
            let range = estimate.interval.map(|ends| number::interval(ends.scaled(0.0, 100.0), 1)).unwrap_or_default();
            format!("{} % {range} (n = {})", number::decimal(estimate.value * 100.0, 1), number::count(estimate.n))
        }
        Err(why) => why.to_string(),
    });
    let _ = writeln!(out, "Chỉ số chung, mọi phiếu / overall, all answers:      {all}");
    let _ = writeln!(out, "Bỏ phiếu bị đánh dấu / without the flagged ones:     {without}");
    if let Some(notice) = &quality.notice {
        let _ = writeln!(out, "Lưu ý: {notice}");
    }
    out
}

/// A reason in Vietnamese.
#[must_use]
pub fn vietnamese(reason: Reason) -> &'static str {
    match reason {
        Reason::Speeder => "trả lời nhanh hơn đọc câu hỏi",
        Reason::Burst => "nhiều phiếu từ một thiết bị trong thời gian ngắn",
        Reason::AfterHours => "ngoài giờ làm việc",
        Reason::StraightLine => "mọi nội dung cùng một mức",
        Reason::MoreThanTransactions => "điểm có nhiều phiếu hơn lượt giao dịch",
        Reason::Trap => "điền cả ô mà người trả lời không nhìn thấy",
        Reason::IdenticalRun => "nhiều phiếu liền nhau giống hệt nhau",
    }
}

/// For programs.
#[derive(Debug, Clone, Serialize)]
pub struct QualityDocument {
    round: String,
    notice: Option<String>,
    whole: CountShape,
    desks: Vec<DeskShape>,
    overall: Figures,
}

#[derive(Debug, Clone, Serialize)]
struct CountShape {
    answers: u64,
    flagged: u64,
    reasons: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, Serialize)]
struct DeskShape {
    desk: String,
    name: String,
    #[serde(flatten)]
    count: CountShape,
}

#[derive(Debug, Clone, Serialize)]
struct Figures {
    all: Option<EstimateShape>,
    without_flagged: Option<EstimateShape>,
}

impl From<&FlagCount> for CountShape {
    fn from(count: &FlagCount) -> Self {
        let reasons = Reason::ALL.into_iter().map(Reason::code).zip(count.by_reason).collect();
        Self { answers: count.n, flagged: count.n_flagged, reasons }
    }
}

impl From<&Quality> for QualityDocument {
    fn from(quality: &Quality) -> Self {
        let figure = |figure: &Result<Estimate, NoFigure>| figure.as_ref().ok().map(EstimateShape::from);
        let [all, without_flagged] = quality.overall.each_ref().map(figure);
        let desks = quality.desks.iter();
        Self {
            round: quality.round.to_string(),
            notice: quality.notice.clone(),
            whole: (&quality.whole).into(),
            desks: desks
                .map(|(desk, name, count)| DeskShape {
                    desk: desk.to_string(),
                    name: name.clone(),
                    count: count.into(),
                })
                .collect(),
            overall: Figures { all, without_flagged },
        }
    }
}
