//! The page of an area: what it says, in both languages, and what it never does.

use super::index::table;
use crate::service::area_code;
use sipas::domain::area::Level;
use sipas::domain::disclosure::NoFigure;
use sipas::domain::estimate::{Ends, Estimate, Interval, Method, ShareInterval};
use sipas::domain::ids::{Digest, RoundCode};
use sipas::domain::period::{Period, Year};
use sipas::domain::points::Points;
use sipas::domain::publication::Publication;
use sipas::domain::results::Grain;
use sipas::domain::round::Mode;
use sipas::domain::tongue::Tongue;
use sipas::domain::unit_report::*;
use sipas::report::page::{Edition, page};

fn share(value: f64) -> Estimate {
    Estimate {
        value,
        se: Some(0.012),
        interval: Some(Interval { low: value - 0.025, high: value + 0.022 }),
        level: 0.95,
        df: 14.0,
        n: 1_336,
        n_psu: 15,
        n_strata: 1,
        deff: Some(2.4),
        method: Method::TwoStage,
        ends: Ends::Share(ShareInterval::KornGraubard),
        cautions: Vec::new(),
        reliability: None,
        missing_information: None,
    }
}

fn row(grain: Grain, code: &str, value: f64, verdict: ChangeVerdict) -> Row {
    let change = Change {
        verdict,
        before: Some(value - 0.05),
        difference: Some(0.05),
        se: Some(0.01),
        interval: Some(Interval { low: 0.03, high: 0.07 }),
        p: Some(0.001),
    };
    let shares = [0.02, 0.08, 0.9 - value, value / 2.0, value / 2.0];
    let named = ["1", "2", "3", "4", "5"].map(str::to_owned).into_iter().zip(shares);
    let is_item = grain == Grain::Item;
    Row {
        grain,
        code: code.to_owned(),
        element: is_item.then(|| "officials".to_owned()),
        title: RowTitle { vi: format!("Nội dung {code} <b>"), en: Some(format!("Item {code}")) },
        figure: Ok(share(value)),
        satisfied: Some(Ok(share(value))),
        mean: None,
        distribution: is_item.then(|| Distribution { shares: named.collect() }),
        importance: is_item.then(|| Ok(share(value - 0.3))),
        change,
    }
}

/// The overall figure, an element and five items, of which one changed and one is hidden.
fn rows() -> Vec<Row> {
    let hidden = Row {
        figure: Err(NoFigure::Hidden),
        satisfied: Some(Err(NoFigure::Hidden)),
        distribution: None,
        importance: Some(Err(NoFigure::Hidden)),
        change: Change::untold(ChangeVerdict::NotComparable),
        ..row(Grain::Item, "CC5", 0.7, ChangeVerdict::Higher)
    };
    vec![
        row(Grain::Overall, "", 0.842, ChangeVerdict::NotDistinguishable),
        row(Grain::Element, "officials", 0.84, ChangeVerdict::NotDistinguishable),
        row(Grain::Item, "CC1", 0.91, ChangeVerdict::Higher),
        row(Grain::Item, "CC2", 0.86, ChangeVerdict::NotDistinguishable),
        row(Grain::Item, "CC3", 0.79, ChangeVerdict::NotDistinguishable),
        row(Grain::Item, "CC4", 0.74, ChangeVerdict::NotDistinguishable),
        hidden,
    ]
}

/// The unit D4 of the index tests, whose index is provisional, with a survey of four items.
fn report() -> UnitReport {
    let table = table();
    let ranked = table.units.iter().find(|unit| unit.index.unit == area_code("D4")).unwrap();
    let named = |code: &str, level| NamedArea { code: area_code(code), name: format!("Tên {code}"), level };
    let change = Change::untold(ChangeVerdict::Provisional);
    let earlier = EarlierYear {
        year: Year::new(2024).unwrap(),
        round: RoundCode::parse("R2024").unwrap(),
        published: None,
        index: None,
        rank: None,
        component: None,
        satisfied: Some(share(0.79)),
        breaks: vec![Break::Questionnaire],
    };
    UnitReport {
        subject: Subject {
            area: named("D4", Level::District),
            role: Role::Unit,
            is_focus: true,
            within: vec![named("P", Level::Province)],
        },
        occasion: Occasion {
            round: RoundCode::parse("R2025").unwrap(),
            year: Year::new(2025).unwrap(),
            period: Period::parse("2025-01-01..2025-12-31").unwrap(),
            max: Points::whole(100),
            survey_max: Points::whole(30),
            decimals: 2,
        },
        index: Some(IndexPart::Ranked(Box::new(RankedIndex {
            index: ranked.index.clone(),
            standing: ranked.standing,
            change,
        }))),
        component: Some(Component { points: Err(NoFigure::Hidden), max: Points::whole(30), change }),
        rows: rows(),
        parts: vec![PartLine {
            area: named("D4-01", Level::Desk),
            is_focus: false,
            index: None,
            satisfied: Some(Ok(share(0.83))),
        }],
        desks: vec![DeskProgress {
            desk: area_code("D4-01"),
            name: "Tên D4-01".to_owned(),
            planned: Some(400),
            answers: Some(388),
        }],
        coverage: Coverage { mode: Mode::Sampled, answers: Some(1_336), transactions: Some(1_000), flags: None },
        selection: None,
        earlier: vec![earlier],
        provenance: table.provenance.clone(),
    }
}

fn published() -> Edition {
    Edition::of(&Publication {
        round: RoundCode::parse("R2025").unwrap(),
        revision: 2,
        published: "2026-01-14T18:00:00Z".parse().unwrap(),
        note: "thêm phiếu đến muộn".to_owned(),
        changes: "Nhập muộn: thêm 3 phiếu.\n    Late: 3 answers came.".to_owned(),
        program_version: "0.1.0".to_owned(),
        data: Digest([0; 32]),
        digest: Digest([0; 32]),
    })
}

#[test]
fn a_page_says_all_that_has_to_be_said() {
    let comments = ["Cán bộ <script>alert(1)</script> nhiệt tình".to_owned()];
    // Templates write a slash as a reference, which says the same.
    let html = page(&report(), &comments, &published(), Tongue::Vietnamese).unwrap().replace("&#x2f;", "/");
    let said = [
        "<html lang=\"vi\">",
        "Công bố ngày 15/01/2026, bản 2",
        "Ghi chú: thêm phiếu đến muộn",
        "Điều đã sửa so với bản trước: Nhập muộn: thêm 3 phiếu.",
        "giả lập, chỉ để minh họa",
        "Chỉ số CCHC (tạm tính)",
        "đơn vị chỉ đạo điểm",
        "chưa đủ bằng chứng là có thay đổi",
        "tăng 5,0 điểm phần trăm (khoảng ",
        "), cao hơn năm trước",
        "Có nhiều phiếu hơn lượt giao dịch",
        "(ẩn): ít hơn",
        "Còn thiếu phiếu: Tên D4-01 (12)",
        "đổi phiếu hỏi; không so được với các năm trước",
        "href=\"P.html\"",
        "href=\"D4.en.html\"",
        "href=\"D4-01.html\"",
        "href=\"D4.json\"",
        "&lt;script&gt;alert(1)",
        "Nội dung CC1 &lt;b&gt;",
    ];
    for words in said {
        assert!(html.contains(words), "{words} is not in the page");
    }
    let n_elsewhere = html.matches("://").count() - html.matches("http://www.w3.org/2000/svg").count();
    assert!(!html.contains("<script") && n_elsewhere == 0, "nothing comes from elsewhere");
    assert!(!html.contains("Bản xem trước") && !html.contains("noindex"));
    assert_eq!(html.matches("<figure>").count(), html.matches("<summary>").count(), "a table behind each picture");
}

#[test]
fn the_english_page_is_in_english_and_a_preview_says_so() {
    let html = page(&report(), &[], &Edition::Preview, Tongue::English).unwrap();
    for words in
        ["<html lang=\"en\">", "Preview: not published", "noindex", "not enough evidence of a change", "Item CC1"]
    {
        assert!(html.contains(words), "{words} is not in the page");
    }
    for vietnamese in ["Người dân", "Khoảng", "so với", "Số phiếu", "phiếu."] {
        assert!(!html.contains(vietnamese), "{vietnamese} is in the English page");
    }
}

#[test]
fn the_same_report_makes_the_same_bytes() {
    let draw = || page(&report(), &[], &published(), Tongue::Vietnamese).unwrap();
    assert_eq!(draw(), draw());
}
