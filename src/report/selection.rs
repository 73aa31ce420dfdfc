//! What stands beside the figures of people who chose to answer, in Vietnamese and English.

use super::number::{self, percent};
use super::shapes::{NotRead, parsed};
use super::table::{Align, Table};
use super::words::HIDDEN;
use crate::domain::ids::AreaCode;
use crate::domain::selection::{DeskCoverage, Selection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Desks that a text lists.
const MAX_DESKS: usize = 15;

/// For people.
#[must_use]
pub(super) fn text(selection: &Selection) -> String {
    let n = selection.answers.map_or_else(|| HIDDEN.to_owned(), number::count);
    let rate = selection.rate().map(percent);
    let (of_vi, of_en) = rate.map_or_else(Default::default, |rate| {
        (format!(" ({rate} lượt giao dịch)"), format!(" ({rate} of transactions)"))
    });
    // Writing to a string cannot fail.
    let mut out = format!(
        "{n} người tự chọn trả lời{of_vi}. Họ không phải mẫu ngẫu nhiên; khoảng nêu trên chỉ cho biết điều gì xảy ra nếu \
         những người khác cũng hài lòng như người đã trả lời ở cùng điểm.\n\
         {n} people chose to answer{of_en}. They are not a random sample; the range shows what would happen if the others \
         were as satisfied as those of the same desk.\n"
    );
    if !selection.sensitivity.is_empty() {
        let list: Vec<String> =
            selection.sensitivity.iter().map(|(r, share)| format!("r = {}: {}", ratio(*r), percent(*share))).collect();
        let list = list.join("; ");
        let _ = writeln!(
            out,
            "Nếu người hài lòng sẵn sàng trả lời gấp r lần người khác, tỷ lệ hài lòng chung là: {list}.\n\
             If satisfied people answer r times as readily as others, the overall share is: {list}."
        );
    }
    let mut table = Table::new([
        ("Điểm", Align::Left),
        ("Tên", Align::Left),
        ("Số phiếu", Align::Right),
        ("Giao dịch", Align::Right),
        ("Tỷ lệ trả lời", Align::Right),
    ]);
    for desk in selection.desks.iter().take(MAX_DESKS) {
        table.row([
            desk.desk.to_string(),
            desk.name.clone(),
            desk.answers.map_or_else(|| HIDDEN.to_owned(), number::count),
            desk.transactions.map_or_else(|| "–".to_owned(), |n| number::count(n.into())),
            desk.rate().map_or_else(|| "–".to_owned(), percent),
        ]);
    }
    let n_more = selection.desks.len().saturating_sub(MAX_DESKS);
    let more = if n_more > 0 {
        format!("… và {n_more} điểm có tỷ lệ cao hơn / and {n_more} desks with higher rates\n")
    } else {
        String::new()
    };
    let _ =
        write!(out, "\nTỷ lệ trả lời theo điểm, thấp nhất trước / response rate by desk, lowest first:\n{table}{more}");
    out
}

pub(super) fn ratio(r: f64) -> &'static str {
    match r {
        r if r < 0.6 => "1/2",
        r if r < 1.0 => "2/3",
        r if r < 1.8 => "3/2",
        _ => "2",
    }
}

/// For programs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct SelectionShape {
    answers: Option<u64>,
    response_rate: Option<f64>,
    sensitivity: Vec<SensitivityShape>,
    desks: Vec<DeskShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct SensitivityShape {
    /// How much more readily satisfied people answer.
    readiness: f64,
    /// What the overall share is then.
    share: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct DeskShape {
    desk: String,
    name: String,
    answers: Option<u64>,
    transactions: Option<u32>,
    response_rate: Option<f64>,
}

impl From<&Selection> for SelectionShape {
    fn from(selection: &Selection) -> Self {
        let desks = selection.desks.iter().map(|desk| DeskShape {
            desk: desk.desk.to_string(),
            name: desk.name.clone(),
            answers: desk.answers,
            transactions: desk.transactions,
            response_rate: desk.rate(),
        });
        let sensitivity = selection.sensitivity.iter();
        Self {
            answers: selection.answers,
            response_rate: selection.rate(),
            sensitivity: sensitivity
                .map(|(readiness, share)| SensitivityShape { readiness: *readiness, share: *share })
                .collect(),
            desks: desks.collect(),
        }
    }
}

impl TryFrom<&SelectionShape> for Selection {
    type Error = NotRead;

    fn try_from(shape: &SelectionShape) -> Result<Self, NotRead> {
        let desk = |desk: &DeskShape| {
            Ok(DeskCoverage {
                desk: parsed("desk", &desk.desk, AreaCode::parse)?,
                name: desk.name.clone(),
                answers: desk.answers,
                transactions: desk.transactions,
            })
        };
        Ok(Self {
            desks: shape.desks.iter().map(desk).collect::<Result<_, _>>()?,
            answers: shape.answers,
            sensitivity: shape.sensitivity.iter().map(|one| (one.readiness, one.share)).collect(),
        })
    }
}
