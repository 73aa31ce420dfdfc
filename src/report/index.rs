//! The index table as text, as CSV and as JSON. All three show the same document.

use super::number;
use super::table::{Align, Table};
use super::words::{self, HIDDEN};
use crate::domain::estimate::Estimate;
use crate::domain::ids::AreaCode;
use crate::domain::index::UnitIndex;
use crate::domain::index::table::{IndexTable, Provenance, RankedUnit};
use crate::domain::points::Points;
use crate::domain::rank::Previous;
use std::collections::BTreeSet;
use std::fmt::Write;

pub mod csv;
pub mod json;

/// Decimals of points in text.
const POINT_DECIMALS: u8 = 2;

/// The table of all units as Vietnamese text, with the notes that belong to it.
#[must_use]
pub fn text(table: &IndexTable) -> String {
    let heading = &table.heading;
    let mut out = String::new();
    line(&mut out, &format!("Chỉ số CCHC năm {}: {} – đợt {}", heading.year, heading.area_name, heading.round));
    line(&mut out, &table.provenance.scheme_title);
    line(&mut out, "");
    out.push_str(&units(table).to_string());
    line(&mut out, "");
    notes(table).iter().for_each(|note| line(&mut out, note));
    provenance(&table.provenance).iter().for_each(|note| line(&mut out, note));
    out
}

/// One unit as Vietnamese text: its standing among all, its domains and what is open; none if it is not in the table.
#[must_use]
pub fn unit_text(table: &IndexTable, unit: &AreaCode) -> Option<String> {
    let table = table.only(unit)?;
    let mut out = text(&table);
    table.units.iter().for_each(|unit| details(&mut out, unit));
    Some(out)
}

fn details(out: &mut String, unit: &RankedUnit) {
    let index = &unit.index;
    line(out, "");
    line(out, &format!("{} – điểm theo lĩnh vực", unit.name));
    out.push_str(&domains(index).to_string());
    if !index.open.is_empty() {
        line(out, "");
        line(out, &format!("Còn {} điểm chưa có:", number::points(index.open_points())));
        for leaf in &index.open {
            let max = number::points(leaf.max);
            line(out, &format!("- {} {} ({max} điểm): {}", leaf.code, leaf.title, words::gap(leaf).vi));
        }
    }
    if !index.not_appraised.is_empty() {
        let codes: Vec<&str> = index.not_appraised.iter().map(|code| code.as_str()).collect();
        line(out, &format!("Chưa thẩm định, tính theo điểm tự chấm: {}", codes.join(", ")));
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn units(table: &IndexTable) -> Table {
    let heading = &table.heading;
    let spread = spread_heading(table);
    let mut text = Table::new([
        ("Hạng".to_owned(), Align::Left),
        ("Đơn vị".to_owned(), Align::Left),
        (format!("ĐTXHH (/{})", number::points(heading.survey_max)), Align::Right),
        (spread.clone(), Align::Right),
        ("Số phiếu".to_owned(), Align::Right),
        ("Bậc tự do".to_owned(), Align::Right),
        ("Chỉ số (%)".to_owned(), Align::Right),
        (spread, Align::Right),
        ("Xếp loại".to_owned(), Align::Left),
        ("Năm trước".to_owned(), Align::Right),
        ("Thay đổi".to_owned(), Align::Left),
        ("Khoảng hạng".to_owned(), Align::Left),
        ("So với trung bình".to_owned(), Align::Left),
    ]);
    for unit in &table.units {
        let (index, standing) = (&unit.index, &unit.standing);
        let [points, points_range, n, df] = component(index.survey.as_ref(), index.survey_max, heading.survey_max);
        let provisional = if index.is_provisional() { " *" } else { "" };
        let previous = if let Previous::Rank(rank) = standing.previous { rank.to_string() } else { "–".to_owned() };
        text.row([
            words::rank(standing),
            name(unit),
            points,
            points_range,
            n,
            df,
            format!("{}{provisional}", number::decimal(index.published, heading.decimals)),
            range(index.estimate.as_ref(), heading.decimals),
            index.band.as_ref().map_or_else(|| "–".to_owned(), |band| band.label.clone()),
            previous,
            words::change(standing.change()),
            words::rank_range(&standing.range),
            standing.than_mean.map_or_else(|| "–".to_owned(), |than_mean| words::than_mean(than_mean).vi),
        ]);
    }
    for unranked in &table.unranked {
        text.row(["–".to_owned(), unranked.unit.name.clone()]);
    }
    if heading.survey.is_some() {
        let [points, points_range, n, df] = component(heading.survey.as_ref(), heading.survey_max, heading.survey_max);
        text.row([String::new(), heading.area_name.clone(), points, points_range, n, df]);
    }
    text
}

/// "Khoảng 95%": neither "confidence interval" nor "margin of error", because the method note below the table decides
/// what it may be called.
fn spread_heading(table: &IndexTable) -> String {
    level(table).map_or_else(|| "Khoảng".to_owned(), |level| format!("Khoảng {}%", percent(level)))
}

/// The confidence level of the table.
fn level(table: &IndexTable) -> Option<f64> {
    let estimates = table.units.iter().filter_map(|unit| unit.index.survey.as_ref());
    estimates.chain(&table.heading.survey).map(|estimate| estimate.level).next()
}

fn percent(level: f64) -> String {
    let one_decimal = number::decimal(level * 100.0, 1);
    one_decimal.strip_suffix(",0").map_or(one_decimal.clone(), str::to_owned)
}

/// Points, range, answers and degrees of freedom of a survey part; the maximum is shown where it is not the heading's.
fn component(estimate: Option<&Estimate>, max: Points, heading_max: Points) -> [String; 4] {
    let own_max = if max == heading_max { String::new() } else { format!("/{}", number::points(max)) };
    let none = || "–".to_owned();
    let Some(estimate) = estimate else { return [none(), none(), none(), none()] };
    [
        format!("{}{own_max}", number::decimal(estimate.value, POINT_DECIMALS)),
        range(Some(estimate), POINT_DECIMALS),
        number::count(estimate.n),
        number::decimal(estimate.df, u8::from(estimate.df.fract() != 0.0)),
    ]
}

fn range(estimate: Option<&Estimate>, decimals: u8) -> String {
    let interval = estimate.and_then(|estimate| estimate.interval);
    interval.map_or_else(|| "–".to_owned(), |interval| number::interval(interval, decimals))
}

fn name(unit: &RankedUnit) -> String {
    if unit.focus { format!("{} (chỉ đạo điểm)", unit.name) } else { unit.name.clone() }
}

fn notes(table: &IndexTable) -> Vec<String> {
    let heading = &table.heading;
    let mut notes: Vec<String> = table.warnings().iter().map(|w| format!("⚠ {}", words::warning(w).vi)).collect();
    notes.push(format!(
        "Khoảng ước lượng chỉ gồm sai số chọn mẫu của phần điều tra ({} trên {} điểm); phần tự đánh giá không có sai số \
         chọn mẫu và không được khoảng này kiểm chứng.",
        number::points(heading.survey_max),
        number::points(heading.max)
    ));
    notes.push(format!(
        "Bằng nhau đến {} chữ số thập phân là đồng hạng; khoảng hạng là các hạng mà sai số chọn mẫu chưa loại trừ được, xét \
         cùng lúc mọi đơn vị{}; (?) là chưa xét được.",
        heading.decimals,
        level(table).map_or_else(String::new, |level| format!(" với độ tin cậy {}%", percent(level)))
    ));
    notes.push(
        "So với trung bình: trung bình cộng chỉ số của các đơn vị xét được khoảng hạng; chưa phân biệt được không có nghĩa là \
         bằng trung bình."
            .to_owned(),
    );
    let estimates = || table.units.iter().filter_map(|unit| unit.index.survey.as_ref());
    let methods: BTreeSet<_> = estimates().map(|estimate| (words::method(estimate), estimate.method_code())).collect();
    notes.extend(methods.into_iter().map(|(words, code)| format!("Phương pháp: {words} ({code}).")));
    for unit in &table.units {
        let cautions = unit.index.survey.iter().flat_map(|estimate| &estimate.cautions);
        let worded: Vec<String> = cautions.map(words::caution).collect();
        if !worded.is_empty() {
            notes.push(format!("Lưu ý, {}: {}.", unit.name, worded.join("; ")));
        }
    }
    for unranked in &table.unranked {
        let reasons: Vec<String> = unranked.faults.iter().map(|fault| words::index_fault(fault).vi).collect();
        notes.push(format!("Không tính được, {}: {}.", unranked.unit.name, reasons.join("; ")));
    }
    notes
}

fn provenance(provenance: &Provenance) -> Vec<String> {
    let mut lines = vec![format!(
        "Nguồn: bộ tiêu chí {} {} ({}); sipas {}",
        provenance.scheme,
        provenance.scheme_digest.short(),
        words::status(provenance.scheme_status),
        provenance.program_version
    )];
    for source in &provenance.sources {
        let mut text = format!("Đợt {} ({}): ", source.round, words::mode(source.mode));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{} phiếu{} {} {} ({}), dữ liệu {}",
            number::count(source.n_responses),
            words::flagged(source),
            source.questionnaire,
            source.questionnaire_digest.short(),
            words::status(source.questionnaire_status),
            source.cut.short()
        );
        lines.push(text);
    }
    lines
}

fn domains(index: &UnitIndex) -> Table {
    let mut text = Table::new([
        ("Mã", Align::Left),
        ("Lĩnh vực", Align::Left),
        ("Đánh giá", Align::Right),
        ("ĐTXHH", Align::Right),
        ("Điểm", Align::Right),
        ("Tối đa", Align::Right),
        ("Tỷ lệ (%)", Align::Right),
    ]);
    for row in &index.domains {
        let survey = match row.survey {
            _ if row.is_hidden => HIDDEN.to_owned(),
            Some(points) => number::decimal(points, POINT_DECIMALS),
            None if row.survey_max > Points::ZERO => "chưa có".to_owned(),
            None => "–".to_owned(),
        };
        let hidden_or = |shown: &dyn Fn(f64) -> String| row.points().map_or_else(|| HIDDEN.to_owned(), shown);
        let share = if row.max > Points::ZERO {
            hidden_or(&|points| number::decimal(points / row.max.to_f64() * 100.0, POINT_DECIMALS))
        } else {
            "không đánh giá".to_owned()
        };
        text.row([
            row.code.to_string(),
            row.title.clone(),
            number::printed(row.assessed),
            survey,
            hidden_or(&|points| number::decimal(points, POINT_DECIMALS)),
            number::points(row.max),
            share,
        ]);
    }
    let points = index.percent / 100.0 * index.max.to_f64();
    text.row([
        String::new(),
        "Cộng".to_owned(),
        number::printed(index.assessed),
        index.survey.as_ref().map_or_else(|| "–".to_owned(), |s| number::decimal(s.value, POINT_DECIMALS)),
        number::decimal(points, POINT_DECIMALS),
        number::points(index.max),
        number::decimal(index.percent, POINT_DECIMALS),
    ]);
    text
}
