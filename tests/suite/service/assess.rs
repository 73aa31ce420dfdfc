use super::{criterion_code, places, points, scheme, tree, year};
use sipas::domain::assessment::{Assessment, Score};
use sipas::domain::fault::Fault;
use sipas::service::assess::read;

const HEADER: &str = "unit,sub_criterion,self_score,appraised_score,not_applicable,note\n";

fn assessments(rows: &str) -> Result<Vec<Assessment>, Vec<Fault>> {
    read(format!("{HEADER}{rows}").as_bytes(), &scheme(), &tree(), year(2025))
}

#[test]
fn one_sheet_holds_the_scores_of_many_units() {
    let rows = "D1,1.1,9.5,9,,thiếu một kế hoạch\nD2,1.1,10,,,\nD1,2.2,,,yes,\nD1,3.1,,\"7,25\",no,\n";
    let read = assessments(rows).unwrap();
    let units: Vec<&str> = read.iter().map(|assessment| assessment.unit().as_str()).collect();
    assert_eq!(units, ["D1", "D2"]);
    let score = |code: &str| read[0].score(&criterion_code(code));
    assert_eq!(score("1.1"), Some(Score::Appraised { claimed: Some(points("9.5")), appraised: points("9") }));
    assert_eq!(score("2.2"), Some(Score::NotApplicable));
    assert_eq!(score("3.1"), Some(Score::Appraised { claimed: None, appraised: points("7.25") }));
    assert_eq!(score("1.2"), None);
    assert_eq!(read[1].score(&criterion_code("1.1")), Some(Score::Claimed(points("10"))));
    assert_eq!(read[0].entries().next().map(|(_, entry)| entry.note.as_str()), Some("thiếu một kế hoạch"));
}

#[test]
fn every_fault_has_its_row_and_column() {
    let rows = "D1,1.1,9.3,10.5,,\n\
                D1,9.9,1,,,\n\
                D1,2.1,15,,,\n\
                D1,1.2,5,,yes,\n\
                D1,3.1,,,,\n\
                nowhere,1.1,x,,maybe,\n\
                P,1.1,1,,,\n\
                D2,1.1,1,,,\n\
                D2,1.1,1,,,\n\
                D2,1.2,,3,,\n";
    let expected = [
        "row 2, column self_score: points-off-step",
        "row 2, column appraised_score: points-out-of-range",
        "row 3, column sub_criterion: unknown-sub-criterion",
        "row 4, column self_score: scored-by-survey",
        "row 5, column not_applicable: points-though-not-applicable",
        "row 6, column self_score: no-score",
        "row 7, column unit: unknown-unit",
        "row 7, column self_score: bad-points",
        "row 7, column not_applicable: not-yes-or-no",
        "row 8, column unit: unknown-unit",
        "row 10, column sub_criterion: scored-twice",
        "row 11, column appraised_score: nothing-claimed",
    ];
    assert_eq!(places(assessments(rows)), expected);
}

#[test]
fn a_district_that_has_ended_is_not_assessed() {
    let text = format!("{HEADER}D2,1.1,1,,,\n");
    let faults = read(text.as_bytes(), &scheme(), &tree(), year(2026)).unwrap_err();
    assert_eq!(faults[0].message, "D2 does not exist in 2026");
}
