use super::*;
use crate::domain::area::Level;
use crate::domain::assessment::Entry;
use crate::domain::estimate::{Caution, Ends, Method};
use crate::domain::ids::{Digest, QuestionnaireId, SchemeId};
use crate::domain::questionnaire::Status;
use crate::domain::scheme::{Criterion, Declared, Domain, SurveyFigure, TieRule};

pub(in crate::domain) fn code(text: &str) -> CriterionCode {
    CriterionCode::parse(text).unwrap()
}

pub(in crate::domain) fn points(text: &str) -> Points {
    Points::parse(text).unwrap()
}

fn leaf(text: &str, max: &str, step: &str, scoring: Scoring) -> SubCriterion {
    SubCriterion {
        code: code(text),
        title: format!("Tiêu chí {text}"),
        max: points(max),
        step: points(step),
        scoring,
        evidence_required: false,
        appraiser: None,
    }
}

fn by_survey() -> Scoring {
    let questionnaire = QuestionnaireId::parse("one-stop").unwrap();
    Scoring::Survey { questionnaire, figure: SurveyFigure::Overall }
}

fn domain(text: &str, leaves: Vec<SubCriterion>) -> Domain {
    let criterion = Criterion { code: code(&format!("{text}.0")), title: String::new(), sub_criteria: leaves };
    Domain { code: code(text), title: format!("Lĩnh vực {text}"), criteria: vec![criterion] }
}

/// Domains 1 (assessed, 10 + 60), 2 (surveyed, 12 + 8) and 3 (outcome, 10): 100 points, 20 of them by survey.
pub(in crate::domain) fn scheme() -> Scheme {
    let domains = vec![
        domain(
            "1",
            vec![leaf("1.1", "10", "0.5", Scoring::SelfAssessed), leaf("1.2", "60", "0", Scoring::SelfAssessed)],
        ),
        domain("2", vec![leaf("2.1", "12", "0", by_survey()), leaf("2.2", "8", "0", by_survey())]),
        domain("3", vec![leaf("3.1", "10", "0", Scoring::Outcome)]),
    ];
    Scheme {
        id: SchemeId::parse("small").unwrap(),
        title: "Bộ tiêu chí nhỏ".to_owned(),
        status: Status::Synthetic,
        source: String::new(),
        rates: Level::District,
        declared: Declared {
            total: Points::whole(100),
            survey: Points::whole(20),
            n_domains: 3,
            n_criteria: 3,
            n_sub_criteria: 5,
        },
        decimals: 2,
        bands: vec![Band { label: "A".to_owned(), at_least: 90.0 }, Band { label: "B".to_owned(), at_least: 80.0 }],
        ties: TieRule::Competition,
        detail: Detail::Full(domains),
        digest: Digest([1; 32]),
    }
}

fn assessment(scores: &[(&str, Option<&str>)]) -> Assessment {
    let mut assessment = Assessment::new(AreaCode::parse("U1").unwrap());
    for (leaf, given) in scores {
        let given = given.map(points);
        let score = Score::new(given.is_none(), given, given).unwrap();
        assessment.enter(&scheme(), code(leaf), Entry { score, note: String::new() }).unwrap();
    }
    assessment
}

fn component(value: f64) -> Estimate {
    Estimate {
        value,
        se: Some(0.5),
        interval: Some(Interval { low: value - 1.0, high: value + 1.0 }),
        level: 0.95,
        df: 14.0,
        n: 1336,
        n_psu: 15,
        n_strata: 1,
        deff: None,
        method: Method::TwoStage,
        ends: Ends::StudentT,
        cautions: vec![Caution::FewAnswers],
        reliability: None,
        missing_information: None,
    }
}

fn survey(leaves: &[(&str, f64)], total: Option<f64>) -> SurveyPart {
    let per_leaf = leaves.iter().map(|(leaf, points)| (code(leaf), LeafPoints::Points(*points))).collect();
    SurveyPart { per_leaf, total: total.map(component), ..SurveyPart::default() }
}

fn all_scored() -> Assessment {
    assessment(&[("1.1", Some("8")), ("1.2", Some("50.005")), ("3.1", Some("6"))])
}

#[test]
fn unrounded_parts_are_summed_and_rounded_once() {
    let part = survey(&[("2.1", 10.555), ("2.2", 6.445)], Some(17.0));
    let index = UnitIndex::of(&scheme(), &all_scored(), &part).unwrap();
    assert_eq!(
        (index.assessed, index.max, index.survey_max),
        (points("64.005"), Points::whole(100), Points::whole(20))
    );
    assert_eq!(index.published, 81.01, "81.005 is a half, and halves go up");
    assert_eq!(index.band.as_ref().map(|band| band.label.as_str()), Some("B"));
    assert!(!index.is_provisional() && index.not_appraised.is_empty());
}

#[test]
fn the_interval_is_the_components_shifted_and_scaled() {
    let part = survey(&[("2.1", 10.0)], Some(10.0));
    let without_2_2 = assessment(&[("1.1", Some("8")), ("1.2", Some("50")), ("2.2", None), ("3.1", Some("6"))]);
    let index = UnitIndex::of(&scheme(), &without_2_2, &part).unwrap();
    let estimate = index.estimate.unwrap();
    let interval = estimate.interval.unwrap();
    assert!((interval.low - (64.0 + 9.0) / 92.0 * 100.0).abs() < 1e-12);
    assert!((interval.high - (64.0 + 11.0) / 92.0 * 100.0).abs() < 1e-12);
    assert!((estimate.se.unwrap() - 0.5 / 92.0 * 100.0).abs() < 1e-12);
    let carried = (estimate.df, estimate.n, estimate.n_psu, estimate.method, estimate.cautions);
    assert_eq!(carried, (14.0, 1336, 15, Method::TwoStage, vec![Caution::FewAnswers]));
}

#[test]
fn what_does_not_apply_leaves_the_denominator() {
    // Ban Dân tộc Thanh Hóa 2023: 68.32 points, published at 81.33 %, so the maximum that applies is 84.
    let mut scheme = scheme();
    let blocks = vec![
        leaf("A", "64", "0", Scoring::SelfAssessed),
        leaf("N", "16", "0", Scoring::SelfAssessed),
        leaf("S", "20", "0", by_survey()),
    ];
    scheme.detail = Detail::Blocks { blocks, outline: Vec::new() };
    let mut assessment = Assessment::new(AreaCode::parse("BDT").unwrap());
    let appraised = Score::new(false, Some(points("53.32")), Some(points("53.32"))).unwrap();
    for (leaf, score) in [("A", appraised), ("N", Score::NotApplicable)] {
        assessment.enter(&scheme, code(leaf), Entry { score, note: String::new() }).unwrap();
    }
    let index = UnitIndex::of(&scheme, &assessment, &survey(&[("S", 15.0)], Some(15.0))).unwrap();
    assert_eq!((index.max, index.published), (Points::whole(84), 81.33));
}

#[test]
fn a_survey_leaf_that_does_not_apply_may_not_stay_in_the_total() {
    let without_2_2 = assessment(&[("2.2", None)]);
    let part = survey(&[("2.1", 10.0), ("2.2", 6.0)], Some(16.0));
    let faults = UnitIndex::of(&scheme(), &without_2_2, &part).unwrap_err();
    assert_eq!(faults, [IndexFault::TotalIsNotTheSum { total: 16.0, sum: 10.0 }]);
    let part = survey(&[("2.1", 10.0), ("2.2", 6.0)], Some(10.0));
    let index = UnitIndex::of(&scheme(), &without_2_2, &part).unwrap();
    assert_eq!(index.survey_max, Points::whole(12));
}

#[test]
fn an_unfinished_index_says_what_is_open_and_counts_it_as_zero() {
    let mut part = survey(&[], None);
    part.per_leaf.insert(code("2.2"), LeafPoints::Missing("no answers".to_owned()));
    let mut unfinished = assessment(&[("1.2", Some("50"))]);
    let entry = Entry { score: Score::Claimed(points("9")), note: String::new() };
    unfinished.enter(&scheme(), code("1.1"), entry).unwrap();
    let index = UnitIndex::of(&scheme(), &unfinished, &part).unwrap();
    let open: Vec<(&str, &Gap)> = index.open.iter().map(|leaf| (leaf.code.as_str(), &leaf.gap)).collect();
    let no_figure = Gap::NoFigure("no answers".to_owned());
    assert_eq!(open, [("2.1", &Gap::NotSurveyed), ("2.2", &no_figure), ("3.1", &Gap::NotScored)]);
    assert_eq!((index.published, index.open_points()), (59.0, Points::whole(30)));
    assert_eq!(index.not_appraised, [code("1.1")]);
    assert!(index.is_provisional() && index.estimate.is_none() && index.se().is_none());
}

#[test]
fn impossible_points_are_refused_all_at_once() {
    let part = survey(&[("2.1", 12.5), ("2.2", f64::NAN), ("1.1", 3.0)], None);
    let faults = UnitIndex::of(&scheme(), &all_scored(), &part).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    let nothing = assessment(&[("1.1", None), ("1.2", None), ("2.1", None), ("2.2", None), ("3.1", None)]);
    let faults = UnitIndex::of(&scheme(), &nothing, &SurveyPart::default()).unwrap_err();
    assert_eq!(faults, [IndexFault::NothingApplies]);
}

#[test]
fn domain_rows_add_up_to_the_index() {
    let part = survey(&[("2.1", 10.0), ("2.2", 7.0)], Some(17.0));
    let index = UnitIndex::of(&scheme(), &all_scored(), &part).unwrap();
    let rows: Vec<(&str, f64, Points, Points)> =
        index.domains.iter().map(|d| (d.code.as_str(), d.points().unwrap(), d.survey_max, d.max)).collect();
    let whole = Points::whole;
    let expected =
        [("1", 58.005, whole(0), whole(70)), ("2", 17.0, whole(20), whole(20)), ("3", 6.0, whole(0), whole(10))];
    assert_eq!(rows, expected);
    let sum: f64 = index.domains.iter().filter_map(DomainRow::points).sum();
    assert!((sum / index.max.to_f64() * 100.0 - index.percent).abs() < 1e-9);
}
