use super::places;
use sipas::domain::reconcile::{Reconciled, Verdict};
use sipas::service::reconcile::read;

const PAR_2020: &str = include_str!("../../fixtures/published/par_2020.csv");
const CASES: &str = include_str!("../../fixtures/published/cases.csv");

fn verdicts(rows: &[Reconciled]) -> Vec<(&str, Verdict)> {
    rows.iter().map(|row| (row.published.unit.as_str(), row.verdict())).collect()
}

#[test]
fn ten_provinces_of_2020_add_up_or_nearly() {
    let rows = read(PAR_2020.as_bytes()).unwrap();
    let expected = [
        ("Quảng Ninh", Verdict::WithinRounding),
        ("Hải Phòng", Verdict::AddsUp),
        ("Thừa Thiên Huế", Verdict::AddsUp),
        ("Bình Dương", Verdict::AddsUp),
        ("Đồng Tháp", Verdict::WithinRounding),
        ("Đà Nẵng", Verdict::AddsUp),
        ("Long An", Verdict::AddsUp),
        ("Hà Nội", Verdict::AddsUp),
        ("Bà Rịa - Vũng Tàu", Verdict::AddsUp),
        ("Phú Thọ", Verdict::WithinRounding),
    ];
    assert_eq!(verdicts(&rows), expected);
}

#[test]
fn of_the_cases_only_the_known_ones_contradict() {
    let rows = read(CASES.as_bytes()).unwrap();
    let remarks = csv::Reader::from_reader(CASES.as_bytes())
        .into_records()
        .map(|record| record.unwrap().iter().next_back().unwrap().starts_with("yes"))
        .collect::<Vec<_>>();
    let agreed: Vec<bool> = rows.iter().map(|row| row.verdict() == Verdict::AddsUp).collect();
    assert_eq!(agreed, remarks, "what the collector of the cases remarked");
    let contradicting: Vec<usize> =
        rows.iter().filter(|row| row.verdict() == Verdict::Contradicts).map(|row| row.published.row).collect();
    assert_eq!(contradicting, [3, 8]);
}

#[test]
fn every_word_of_the_cases_is_understood() {
    let rows = read(CASES.as_bytes()).unwrap();
    let n_checks: Vec<usize> = rows.iter().map(|row| row.checks.len()).collect();
    assert!(n_checks.iter().all(|n| *n > 0), "{n_checks:?}");
    let report = sipas::report::reconcile::text(&rows);
    assert!(!report.contains("was not understood"), "{report}");
}

#[test]
fn a_figure_moved_by_one_point_is_noticed() {
    let typed = PAR_2020.replace("57.66", "56.66");
    assert_eq!(read(typed.as_bytes()).unwrap()[0].verdict(), Verdict::Contradicts);
}

#[test]
fn an_unknown_form_is_told_the_known_ones() {
    let faults = read(b"name,score\nA,1\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    for column in ["province", "socio_economic", "case", "previous_rank", "[consistent]"] {
        assert!(faults[0].message.contains(column), "{}", faults[0].message);
    }
    assert_eq!(places(read(b"province,appraised\nA,1\n")).len(), 4, "a known form says which columns are missing");
    let typed = PAR_2020.replace("9.56", "9,5,6").replace("8.57", "many");
    assert_eq!(places(read(typed.as_bytes())), ["row 2: ragged-row", "row 4, column sipas: bad-points"]);
}
