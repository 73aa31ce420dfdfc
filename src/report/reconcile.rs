//! What came out when published figures were compared with each other, as text: a verdict for each row, and for each row
//! that does not simply add up a sentence in both languages that says why.

use super::number::printed;
use super::table::{Align, Table};
use super::words::Wording;
use crate::domain::points::Points;
use crate::domain::reconcile::{Check, Claim, Published, Reconciled, Verdict, implied_rank, percent_of};

/// The verdicts as a table, then the reasons.
#[must_use]
pub fn text(rows: &[Reconciled]) -> String {
    let mut table = Table::new([
        ("Dòng", Align::Right),
        ("Đơn vị", Align::Left),
        ("Năm", Align::Left),
        ("Số liệu", Align::Left),
        ("Giá trị", Align::Right),
        ("Kết luận", Align::Left),
    ]);
    for row in rows {
        let published = &row.published;
        table.row([
            published.row.to_string(),
            published.unit.clone(),
            published.year.map(|year| year.to_string()).unwrap_or_default(),
            published.figure.clone(),
            published.value.map(printed).unwrap_or_default(),
            verdict(row.verdict()).to_owned(),
        ]);
    }
    let reasons: Vec<String> = rows.iter().flat_map(reasons_of).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!("\n{}\n", reasons.join("\n")) };
    format!("{table}{reasons}\n{}\n", summary(rows))
}

/// A verdict in Vietnamese.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unchecked => "không có gì để đối chiếu",
        Verdict::AddsUp => "khớp",
        Verdict::WithinRounding => "khớp trong phạm vi làm tròn",
        Verdict::Contradicts => "MÂU THUẪN",
    }
}

fn summary(rows: &[Reconciled]) -> String {
    let n = |wanted| rows.iter().filter(|row| row.verdict() == wanted).count();
    let (exact, rounded, contradicting) = (n(Verdict::AddsUp), n(Verdict::WithinRounding), n(Verdict::Contradicts));
    let unchecked = n(Verdict::Unchecked);
    let total = rows.len();
    format!(
        "{total} dòng: {exact} khớp, {rounded} khớp trong phạm vi làm tròn, {contradicting} mâu thuẫn, {unchecked} không \
         có gì để đối chiếu.\nRows: {total}; add up: {exact}; add up within rounding: {rounded}; contradict: \
         {contradicting}; nothing to check: {unchecked}."
    )
}

fn reasons_of(row: &Reconciled) -> Vec<String> {
    let place = place(&row.published);
    let worth_a_word = |check: &&Check| check.verdict() > Verdict::AddsUp;
    let mut reasons: Vec<String> = row
        .checks
        .iter()
        .filter(worth_a_word)
        .map(reason)
        .map(|Wording { vi, en }| format!("{place}: {vi}\n    {en}"))
        .collect();
    for claim in &row.published.printed {
        if let Claim::NotUnderstood(text) = claim {
            reasons.push(format!(
                "{place}: chưa đọc được {text:?}, nên chưa đối chiếu.\n    {text:?} was not understood and not checked."
            ));
        }
    }
    reasons
}

fn place(published: &Published) -> String {
    let year = published.year.map(|year| format!(" {year}")).unwrap_or_default();
    format!("Dòng {}, {}{year}", published.row, published.unit)
}

/// What a comparison found, as a sentence in both languages; for one that adds up, the equation.
#[must_use]
pub fn reason(check: &Check) -> Wording {
    let verdict = check.verdict();
    let (vi, en) = match check {
        Check::Sum { parts, total } => sum(parts, *total, verdict),
        Check::OtherTotal { value, printed: other } => (
            format!("công bố {}, nhưng bản in ghi {}.", printed(*value), printed(*other)),
            format!("published as {value}, but also printed as {other}."),
        ),
        Check::Ratio { points, max, percent } => ratio(*points, *max, *percent, verdict),
        Check::Percent(percent) => {
            (format!("{} % nằm ngoài 0–100 %.", printed(*percent)), format!("{percent} % lies outside 0 to 100 %."))
        }
        Check::Rank { rank, of: Some(of) } => {
            (format!("hạng {rank} nằm ngoài 1–{of}."), format!("rank {rank} lies outside 1 to {of}."))
        }
        Check::Rank { rank, of: None } => {
            (format!("không có hạng {rank}; hạng cao nhất là 1."), format!("there is no rank {rank}; the best is 1."))
        }
        Check::RankTwice { table, text } => {
            let own = |part: Option<u32>| part.map_or_else(|| "?".to_owned(), |part| part.to_string());
            let (rank, of) = (own(table.0), own(table.1));
            (
                format!("bảng ghi hạng {rank}/{of}, bản in ghi {}/{}.", text.0, text.1),
                format!("the table says rank {rank} of {of}, the text {} of {}.", text.0, text.1),
            )
        }
        Check::Move { rank, of, previous, places } => moved(*rank, *of, *previous, *places),
        Check::Change { value, previous, change } => changed(*value, *previous, *change, verdict),
    };
    Wording { vi, en }
}

fn sum(parts: &[Points], total: Points, verdict: Verdict) -> (String, String) {
    let join = |write: fn(Points) -> String| parts.iter().copied().map(write).collect::<Vec<_>>().join(" + ");
    let sum: Points = parts.iter().copied().sum();
    let off = size(sum - total);
    let (vi, en) = (join(printed), join(|part| part.to_string()));
    let (tail_vi, tail_en) = match verdict {
        Verdict::WithinRounding => (
            format!("lệch {}, trong phạm vi làm tròn của {} số hạng", printed(off), parts.len()),
            format!("off by {off}, which the rounding of {} parts can make", parts.len()),
        ),
        _ => (
            format!("lệch {}, quá mức làm tròn cho phép", printed(off)),
            format!("off by {off}, more than rounding can make"),
        ),
    };
    (
        format!("{vi} = {}, công bố {}: {tail_vi}.", printed(sum), printed(total)),
        format!("{en} = {sum}, published {total}: {tail_en}."),
    )
}

/// Whether rounding explains a difference, in Vietnamese and English.
fn beside_rounding(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::WithinRounding => ("trong phạm vi làm tròn", "within rounding"),
        _ => ("quá mức làm tròn cho phép", "beyond rounding"),
    }
}

fn ratio(points: Points, max: Points, percent: Points, verdict: Verdict) -> (String, String) {
    let computed = percent_of(points, max);
    let (tail_vi, tail_en) = beside_rounding(verdict);
    (
        format!(
            "{} / {} = {} %, công bố {} %: {tail_vi}.",
            printed(points),
            printed(max),
            super::number::decimal(computed, 4),
            printed(percent)
        ),
        format!("{points} / {max} = {computed:.4} %, published {percent} %: {tail_en}."),
    )
}

fn moved(rank: u32, of: Option<u32>, previous: Option<u32>, places: i32) -> (String, String) {
    let implied = implied_rank(rank, places);
    let n = places.unsigned_abs();
    let places_en = if n == 1 { "1 place".to_owned() } else { format!("{n} places") };
    let (vi, en) = match places {
        0 => ("giữ nguyên".to_owned(), "unchanged".to_owned()),
        1.. => (format!("tăng {n} bậc"), format!("up {places_en}")),
        _ => (format!("giảm {n} bậc"), format!("down {places_en}")),
    };
    let (tail_vi, tail_en) = match (previous, of) {
        (Some(previous), _) => (format!("nhưng năm trước ghi hạng {previous}"), format!("but it was rank {previous}")),
        (None, _) if implied < 1 => {
            ("không có hạng đó, hạng cao nhất là 1".to_owned(), "there is no such rank, the best is 1".to_owned())
        }
        (None, of) => {
            let of = of.map_or_else(|| "?".to_owned(), |of| of.to_string());
            (
                format!("quá số {of} đơn vị, trừ khi năm trước có nhiều đơn vị hơn"),
                format!("beyond the {of} units, unless there were more of them then"),
            )
        }
    };
    (
        format!("\"{vi}\" đến hạng {rank} nghĩa là năm trước ở hạng {implied}: {tail_vi}."),
        format!("\"{en}\" to rank {rank} means rank {implied} the year before: {tail_en}."),
    )
}

fn changed(value: Points, previous: Points, change: Points, verdict: Verdict) -> (String, String) {
    let difference = value - previous;
    let (tail_vi, tail_en) = beside_rounding(verdict);
    (
        format!(
            "{} − {} = {}, bản in ghi {}: {tail_vi}.",
            printed(value),
            printed(previous),
            printed(difference),
            printed(change)
        ),
        format!("{value} − {previous} = {difference}, printed as {change}: {tail_en}."),
    )
}

fn size(difference: Points) -> Points {
    if difference < Points::ZERO { Points::ZERO - difference } else { difference }
}
