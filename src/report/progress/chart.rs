//! The charts of the operator's page, as SVG that takes its colours from the page and reads in black and white. Each has its
//! text beside it or in the table below.

use crate::report::number;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// Answers of each day as columns, with the first day, the last day and the highest column named.
pub(super) fn by_day(days: &[NaiveDate], answers: &[u64]) -> String {
    const WIDTH: f64 = 720.0;
    const HEIGHT: f64 = 150.0;
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    let most = answers.iter().copied().max().unwrap_or(0);
    let date = |day: &NaiveDate| day.format("%d/%m").to_string();
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Phiếu theo ngày từ {} đến {}, nhiều nhất {} phiếu một ngày\">",
        HEIGHT + 40.0,
        date(first),
        date(last),
        number::count(most)
    );
    columns(&mut svg, answers, (WIDTH, HEIGHT), 20.0);
    let foot = HEIGHT + 36.0;
    let _ = write!(
        svg,
        "<path class=\"axis\" d=\"M0 {base}H{WIDTH}\"/><text x=\"0\" y=\"14\">{}</text><text x=\"0\" y=\"{foot}\">{}</text>\
         <text x=\"{WIDTH}\" y=\"{foot}\" text-anchor=\"end\">{}</text></svg>",
        number::count(most),
        date(first),
        date(last),
        base = HEIGHT + 20.0
    );
    svg
}

/// A desk's days, small enough for a line of a table.
pub(super) fn spark(answers: &[u64]) -> String {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 28.0;
    let mut svg =
        format!("<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\" focusable=\"false\">");
    columns(&mut svg, answers, (WIDTH, HEIGHT), 0.0);
    svg.push_str("</svg>");
    svg
}

/// How far a desk has come: a bar of its answers, and a mark where it should be.
pub(super) fn reached(answers: u64, planned: Option<u64>, most: u64) -> String {
    const WIDTH: f64 = 160.0;
    let at = |n: u64| if most == 0 { 0.0 } else { (n as f64 / most as f64 * WIDTH * 10.0).round() / 10.0 };
    let mut svg = "<svg class=\"reached\" viewBox=\"0 0 164 16\" aria-hidden=\"true\" focusable=\"false\">".to_owned();
    let _ = write!(svg, "<rect class=\"bar\" x=\"0\" y=\"3\" width=\"{}\" height=\"10\"/>", at(answers));
    if let Some(planned) = planned {
        let _ = write!(svg, "<path class=\"mark\" d=\"M{} 0v16\"/>", at(planned) + 1.0);
    }
    svg.push_str("</svg>");
    svg
}

fn columns(svg: &mut String, answers: &[u64], (width, height): (f64, f64), top: f64) {
    let most = answers.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = width / answers.len().max(1) as f64;
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    svg.push_str("<path class=\"bar\" d=\"");
    for (place, n) in answers.iter().enumerate().filter(|(_, n)| **n > 0) {
        // Even a single answer is seen.
        let (left, tall) = (tenth(place as f64 * step), tenth((*n as f64 / most * height).max(1.0)));
        let wide = tenth((step * 0.8).clamp(0.5, 40.0));
        let _ = write!(svg, "M{left} {}h{wide}v{tall}h-{wide}z", tenth(top + height - tall));
    }
    svg.push_str("\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_day_fills_the_chart_and_a_single_answer_is_seen() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let chart = by_day(&[day(1), day(2), day(3)], &[1, 0, 1_000]);
        assert!(chart.contains("M0 169h40v1h-40z") && chart.contains("M480 20h40v150h-40z"), "{chart}");
        assert!(chart.contains("từ 01/11 đến 03/11, nhiều nhất 1.000"), "{chart}");
        assert_eq!(by_day(&[], &[]), "");
        assert!(!spark(&[0, 0]).contains('M'), "no answers, no columns");
        assert!(reached(5, Some(10), 10).contains("width=\"80\"") && reached(0, None, 0).contains("width=\"0\""));
    }
}
