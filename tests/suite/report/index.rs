use crate::service::{area_code, criterion_code, points, scheme, tree, year};
use sipas::domain::assessment::{Assessment, Entry, Score};
use sipas::domain::estimate::{Caution, Ends, Estimate, Interval, Method};
use sipas::domain::ids::{Digest, QuestionnaireRef, RoundCode};
use sipas::domain::index::table::{Heading, IndexTable, Provenance, Source, UnitName, Warning};
use sipas::domain::index::{LeafPoints, SurveyPart, UnitIndex};
use sipas::domain::quality::Answers;
use sipas::domain::questionnaire::Status;
use sipas::domain::rank::{OpenRanks, RankSets, ThanMean};
use sipas::domain::round::Mode;
use sipas::report::index::{csv, text, unit_text};

fn component(value: f64, cautions: Vec<Caution>) -> Estimate {
    Estimate {
        value,
        se: Some(0.25),
        interval: Some(Interval { low: value - 0.5, high: value + 0.5 }),
        level: 0.95,
        df: 14.0,
        n: 1336,
        n_psu: 15,
        n_strata: 1,
        deff: None,
        method: Method::TwoStage,
        ends: Ends::StudentT,
        cautions,
        reliability: None,
        missing_information: None,
    }
}

fn assessed(unit: &str, scores: &[(&str, Option<&str>, bool)]) -> Assessment {
    let mut assessment = Assessment::new(area_code(unit));
    for (code, given, is_appraised) in scores {
        let given = given.map(points);
        let score = Score::new(given.is_none(), given, given.filter(|_| *is_appraised)).unwrap();
        assessment.enter(&scheme(), criterion_code(code), Entry { score, note: String::new() }).unwrap();
    }
    assessment
}

fn surveyed(leaves: &[(&str, f64)], cautions: Vec<Caution>) -> SurveyPart {
    let total = leaves.iter().map(|(_, points)| points).sum();
    SurveyPart {
        per_leaf: leaves.iter().map(|(code, points)| (criterion_code(code), LeafPoints::Points(*points))).collect(),
        total: Some(component(total, cautions)),
        ..SurveyPart::default()
    }
}

/// Four districts: two that are tied and complete, one without 2.2, one provisional; and one that cannot be computed.
pub(super) fn table() -> IndexTable {
    let scheme = scheme();
    let unit = |code: &str, name: &str, focus| UnitName { code: area_code(code), name: name.to_owned(), focus };
    let full = [("1.1", Some("9.5"), true), ("1.2", Some("42"), true), ("3.1", Some("6.25"), true)];
    let special = [full[0], full[1], ("2.2", None, true), full[2]];
    let unfinished = [("1.1", Some("8"), false), ("1.2", Some("40"), true)];
    let of = |unit: &str, scores: &[_], part: SurveyPart| UnitIndex::of(&scheme, &assessed(unit, scores), &part);
    let both = || surveyed(&[("2.1", 16.75), ("2.2", 8.5)], Vec::new());
    let few = surveyed(&[("2.1", 14.0)], vec![Caution::FewAnswers, Caution::LonelyPsu { stratum: "D4".to_owned() }]);
    let units = vec![
        (unit("D1", "Huyện Một", false), of("D1", &full, both())),
        (unit("D2", "Huyện Hai", true), of("D2", &full, both())),
        (unit("D3", "Thị xã Ba", false), of("D3", &special, surveyed(&[("2.1", 15.5)], Vec::new()))),
        (unit("D4", "Huyện Bốn", false), of("D4", &unfinished, few)),
        (unit("D5", "Huyện Năm", false), of("D5", &full, surveyed(&[("2.1", 25.0)], Vec::new()))),
    ];
    let source = Source {
        round: RoundCode::parse("R2025").unwrap(),
        mode: Mode::Sampled,
        state: "closed",
        questionnaire: QuestionnaireRef::parse("one-stop.v1").unwrap(),
        questionnaire_digest: Digest([0x1a; 32]),
        questionnaire_status: Status::Partial,
        n_responses: 20_480,
        n_flagged: 0,
        answers: Answers::All,
        cut: Digest([0xda; 32]),
    };
    let open = |best, worst, than_mean| OpenRanks { best, worst, than_mean };
    let sets = RankSets::from([
        (area_code("D1"), open(1, 2, Some(ThanMean::Above))),
        (area_code("D2"), open(1, 3, Some(ThanMean::NotDistinguishable))),
        (area_code("D3"), open(2, 3, Some(ThanMean::Below))),
        (area_code("D4"), open(1, 1, Some(ThanMean::Above))),
    ]);
    let previous = Some([("D1", 3), ("D2", 1), ("D4", 4)].map(|(unit, rank)| (area_code(unit), rank)).into());
    let round = RoundCode::parse("R2025").unwrap();
    let tree = tree();
    let province = tree.get(&area_code("P")).unwrap();
    let heading = Heading::new(&scheme, round, year(2025), province, Some(component(24.5, Vec::new())));
    let provenance = Provenance::new(&scheme, vec![source], "0.1.0");
    IndexTable::new(&scheme, heading, units, &previous, &sets, provenance)
}

#[test]
fn the_table_for_people() {
    insta::assert_snapshot!(text(&table()), @r##"
    Chỉ số CCHC năm 2025: Tỉnh Mẫu – đợt R2025
    Bộ tiêu chí nhỏ để kiểm thử

    Hạng           Đơn vị                    ĐTXHH (/30)   Khoảng 95%  Số phiếu  Bậc tự do  Chỉ số (%)   Khoảng 95%  Xếp loại  Năm trước  Thay đổi      Khoảng hạng   So với trung bình
    ─────────────  ────────────────────────  ───────────  ───────────  ────────  ─────────  ──────────  ───────────  ────────  ─────────  ────────────  ────────────  ───────────────────
    1/4 đồng hạng  Huyện Một                       25,25  24,75–25,75     1.336         14       83,00  82,50–83,50  B                 3  tăng 2 bậc    hạng 1–3      trên trung bình
    1/4 đồng hạng  Huyện Hai (chỉ đạo điểm)        25,25  24,75–25,75     1.336         14       83,00  82,50–83,50  B                 1  giữ nguyên    hạng 1–4      chưa phân biệt được
    3/4            Thị xã Ba                    15,50/20  15,00–16,00     1.336         14       81,39  80,83–81,94  B                 –  mới xếp hạng  hạng 2–4      dưới trung bình
    4/4            Huyện Bốn                       14,00  13,50–14,50     1.336         14     62,00 *  61,50–62,50  –                 4  giữ nguyên    hạng 1–4 (?)  –
    –              Huyện Năm
                   Tỉnh Mẫu                        24,50  24,00–25,00     1.336         14

    ⚠ Bộ tiêu chí small: giả lập, chỉ để minh họa; không dùng làm số liệu chính thức.
    ⚠ Phiếu one-stop.v1: mới xác nhận một phần; không dùng làm số liệu chính thức.
    ⚠ 1 đơn vị có chỉ số tạm tính (*): điểm chưa có được tính là 0.
    ⚠ 1 đơn vị còn điểm tự chấm chưa thẩm định.
    ⚠ 1 đơn vị chưa tính được chỉ số.
    Khoảng ước lượng chỉ gồm sai số chọn mẫu của phần điều tra (30 trên 100 điểm); phần tự đánh giá không có sai số chọn mẫu và không được khoảng này kiểm chứng.
    Bằng nhau đến 2 chữ số thập phân là đồng hạng; khoảng hạng là các hạng mà sai số chọn mẫu chưa loại trừ được, xét cùng lúc mọi đơn vị với độ tin cậy 95%; (?) là chưa xét được.
    So với trung bình: trung bình cộng chỉ số của các đơn vị xét được khoảng hạng; chưa phân biệt được không có nghĩa là bằng trung bình.
    Phương pháp: mẫu phân tầng hai giai đoạn, tuyến tính hóa Taylor, khoảng t (two-stage-linearised-t).
    Lưu ý, Huyện Bốn: dưới 30 phiếu; tầng D4 chỉ khảo sát một trong nhiều điểm: không ước lượng được khoảng.
    Không tính được, Huyện Năm: điều tra cho tiêu chí 2.1 25,0000 điểm, ngoài 0–20.
    Nguồn: bộ tiêu chí small 5c5c5c5c5c5c (giả lập, chỉ để minh họa); sipas 0.1.0
    Đợt R2025 (chọn mẫu): 20.480 phiếu one-stop.v1 1a1a1a1a1a1a (mới xác nhận một phần), dữ liệu dadadadadada
    "##);
}

#[test]
fn one_unit_with_its_domains() {
    let table = table();
    assert_eq!(unit_text(&table, &area_code("D6")), None);
    insta::assert_snapshot!(unit_text(&table, &area_code("D4")).unwrap(), @r##"
    Chỉ số CCHC năm 2025: Tỉnh Mẫu – đợt R2025
    Bộ tiêu chí nhỏ để kiểm thử

    Hạng  Đơn vị     ĐTXHH (/30)   Khoảng 95%  Số phiếu  Bậc tự do  Chỉ số (%)   Khoảng 95%  Xếp loại  Năm trước  Thay đổi    Khoảng hạng   So với trung bình
    ────  ─────────  ───────────  ───────────  ────────  ─────────  ──────────  ───────────  ────────  ─────────  ──────────  ────────────  ─────────────────
    4/4   Huyện Bốn        14,00  13,50–14,50     1.336         14     62,00 *  61,50–62,50  –                 4  giữ nguyên  hạng 1–4 (?)  –
          Tỉnh Mẫu         24,50  24,00–25,00     1.336         14

    ⚠ Bộ tiêu chí small: giả lập, chỉ để minh họa; không dùng làm số liệu chính thức.
    ⚠ Phiếu one-stop.v1: mới xác nhận một phần; không dùng làm số liệu chính thức.
    ⚠ 1 đơn vị có chỉ số tạm tính (*): điểm chưa có được tính là 0.
    ⚠ 1 đơn vị còn điểm tự chấm chưa thẩm định.
    Khoảng ước lượng chỉ gồm sai số chọn mẫu của phần điều tra (30 trên 100 điểm); phần tự đánh giá không có sai số chọn mẫu và không được khoảng này kiểm chứng.
    Bằng nhau đến 2 chữ số thập phân là đồng hạng; khoảng hạng là các hạng mà sai số chọn mẫu chưa loại trừ được, xét cùng lúc mọi đơn vị với độ tin cậy 95%; (?) là chưa xét được.
    So với trung bình: trung bình cộng chỉ số của các đơn vị xét được khoảng hạng; chưa phân biệt được không có nghĩa là bằng trung bình.
    Phương pháp: mẫu phân tầng hai giai đoạn, tuyến tính hóa Taylor, khoảng t (two-stage-linearised-t).
    Lưu ý, Huyện Bốn: dưới 30 phiếu; tầng D4 chỉ khảo sát một trong nhiều điểm: không ước lượng được khoảng.
    Nguồn: bộ tiêu chí small 5c5c5c5c5c5c (giả lập, chỉ để minh họa); sipas 0.1.0
    Đợt R2025 (chọn mẫu): 20.480 phiếu one-stop.v1 1a1a1a1a1a1a (mới xác nhận một phần), dữ liệu dadadadadada

    Huyện Bốn – điểm theo lĩnh vực
    Mã  Lĩnh vực            Đánh giá  ĐTXHH   Điểm  Tối đa  Tỷ lệ (%)
    ──  ──────────────────  ────────  ─────  ─────  ──────  ─────────
    1   Chỉ đạo, điều hành     48,00      –  48,00      60      80,00
    2   Sự hài lòng             0,00  14,00  14,00      30      46,67
    3   Tác động                0,00      –   0,00      10       0,00
        Cộng                   48,00  14,00  62,00     100      62,00

    Còn 20 điểm chưa có:
    - 2.2 Chính sách (10 điểm): chưa điều tra
    - 3.1 Thu ngân sách (10 điểm): chưa có điểm
    Chưa thẩm định, tính theo điểm tự chấm: 1.1
    "##);
}

#[test]
fn the_table_for_spreadsheets() {
    let text = csv::write(&table()).unwrap();
    let mut rows = ::csv::Reader::from_reader(text.as_bytes());
    let header = rows.headers().unwrap().clone();
    let first = rows.records().next().unwrap().unwrap();
    let cells: Vec<String> = header.iter().zip(&first).map(|(name, cell)| format!("{name}={cell}")).collect();
    insta::assert_snapshot!(cells.join("\n"), @r##"
    round=R2025
    year=2025
    area=P
    unit=D1
    name=Huyện Một
    focus=false
    assessed_points=57.75
    survey_points=25.25
    survey_se=0.25
    survey_low=24.75
    survey_high=25.75
    survey_max=30
    max=100
    published=83.00
    index=83
    index_se=0.25
    index_low=82.5
    index_high=83.5
    level=0.95
    df=14
    n=1336
    n_psu=15
    method=two-stage-linearised-t
    cautions=
    band=B
    rank=1
    of=4
    n_tied=1
    previous_rank=3
    change=2
    rank_best=1
    rank_worst=3
    rank_caution=
    than_mean=above
    provisional=false
    open=
    not_appraised=
    scheme=small
    scheme_status=synthetic
    scheme_digest=5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
    questionnaires=one-stop.v1
    questionnaire_digests=1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a
    data_digests=dadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadada
    program_version=0.1.0
    warnings=scheme-not-confirmed questionnaire-not-confirmed provisional not-appraised unranked
    "##);
    assert_eq!(rows.records().map(|record| record.unwrap().len()).collect::<Vec<_>>(), [csv::COLUMNS.len(); 3]);
}

#[test]
fn the_index_interval_is_the_components() {
    for unit in table().units {
        let (survey, index) = (unit.index.survey.unwrap(), unit.index.estimate.unwrap());
        let max = unit.index.max.to_f64();
        let (points, percent) = (survey.interval.unwrap(), index.interval.unwrap());
        assert!(((percent.high - percent.low) - (points.high - points.low) / max * 100.0).abs() < 1e-12);
        assert_eq!((survey.df, survey.n, survey.method), (index.df, index.n, index.method));
    }
}

#[test]
fn a_unit_keeps_its_standing_when_it_is_shown_alone() {
    let table = table();
    let alone = table.only(&area_code("D3")).unwrap();
    assert_eq!(alone.units.len(), 1);
    assert_eq!((alone.units[0].standing.rank, alone.units[0].standing.of), (3, 4));
    assert_eq!(table.only(&area_code("D5")).unwrap().unranked.len(), 1);
    assert!(table.only(&area_code("D6")).is_none());
}

#[test]
fn warnings_follow_from_the_figures() {
    let mut table = table();
    table.provenance.sources[0].mode = Mode::SelfSelected;
    table.provenance.sources[0].state = "open";
    let codes: Vec<&str> = table.warnings().iter().map(sipas::report::words::warning_code).collect();
    let expected = [
        "scheme-not-confirmed",
        "questionnaire-not-confirmed",
        "round-still-open",
        "self-selected",
        "provisional",
        "not-appraised",
        "unranked",
    ];
    assert_eq!(codes, expected);
    table.provenance.scheme_status = Status::Confirmed;
    table.provenance.sources.clear();
    table.units.retain(|unit| !unit.index.is_provisional());
    assert_eq!(table.warnings(), [Warning::Unranked { n_units: 1 }]);
}
