//! The use cases, below any door.

mod areas;
mod assess;
mod catalogue;
mod collect;
mod frame;
mod outbox;
mod reconcile;

use sipas::domain::area::{Area, AreaTree, Focus, Level, Validity};
use sipas::domain::fault::Fault;
use sipas::domain::ids::{AreaCode, CriterionCode, Digest, QuestionnaireId, SchemeId};
use sipas::domain::period::Year;
use sipas::domain::points::Points;
use sipas::domain::questionnaire::Status;
use sipas::domain::scheme::{
    Band, Criterion, Declared, Detail, Domain, Scheme, Scoring, SubCriterion, SurveyFigure, TieRule,
};

pub(crate) fn area_code(text: &str) -> AreaCode {
    AreaCode::parse(text).unwrap()
}

pub(crate) fn criterion_code(text: &str) -> CriterionCode {
    CriterionCode::parse(text).unwrap()
}

pub(crate) fn points(text: &str) -> Points {
    Points::parse(text).unwrap()
}

pub(crate) fn year(number: u16) -> Year {
    Year::new(number).unwrap()
}

pub(crate) fn area(code: &str, name: &str, level: Level, parent: Option<&str>) -> Area {
    let (focus, validity) = (Focus::Never, Validity::default());
    Area { code: area_code(code), name: name.to_owned(), level, parent: parent.map(area_code), focus, validity }
}

/// Province P with districts D1 and D2 (until 2025), commune C1, desks K1 and K2 in D1 and C1, K3 in D2, K0 at the
/// province itself; and province Q with desk KQ.
pub(crate) fn areas() -> Vec<Area> {
    let mut until_2025 = area("D2", "Huyện Hai", Level::District, Some("P"));
    until_2025.validity.to = Some(year(2025));
    vec![
        area("P", "Tỉnh Mẫu", Level::Province, None),
        area("D1", "Huyện Một", Level::District, Some("P")),
        until_2025,
        area("C1", "Xã Một", Level::Commune, Some("D1")),
        area("K0", "Một cửa tỉnh", Level::Desk, Some("P")),
        area("K1", "Một cửa huyện Một", Level::Desk, Some("D1")),
        area("K2", "Một cửa xã Một", Level::Desk, Some("C1")),
        area("K3", "Một cửa huyện Hai", Level::Desk, Some("D2")),
        area("Q", "Tỉnh Khác", Level::Province, None),
        area("KQ", "Một cửa tỉnh Khác", Level::Desk, Some("Q")),
    ]
}

pub(crate) fn tree() -> AreaTree {
    AreaTree::build(areas()).unwrap()
}

fn leaf(code: &str, title: &str, max: &str, step: &str, scoring: Scoring) -> SubCriterion {
    SubCriterion {
        code: criterion_code(code),
        title: title.to_owned(),
        max: points(max),
        step: points(step),
        scoring,
        evidence_required: false,
        appraiser: None,
    }
}

fn domain(code: &str, title: &str, sub_criteria: Vec<SubCriterion>) -> Domain {
    let criterion = Criterion { code: criterion_code(&format!("{code}.0")), title: String::new(), sub_criteria };
    Domain { code: criterion_code(code), title: title.to_owned(), criteria: vec![criterion] }
}

/// Districts rated on 100 points: 1.1 (10, step 0.5) and 1.2 (50) self-assessed, 2.1 (20) and 2.2 (10) by survey, 3.1
/// (10) from statistics.
pub(crate) fn scheme() -> Scheme {
    let questionnaire = || QuestionnaireId::parse("one-stop").unwrap();
    let by_survey = || Scoring::Survey { questionnaire: questionnaire(), figure: SurveyFigure::Overall };
    let band = |label: &str, at_least| Band { label: label.to_owned(), at_least };
    Scheme {
        id: SchemeId::parse("small").unwrap(),
        title: "Bộ tiêu chí nhỏ để kiểm thử".to_owned(),
        status: Status::Synthetic,
        source: String::new(),
        rates: Level::District,
        declared: Declared {
            total: Points::whole(100),
            survey: Points::whole(30),
            n_domains: 3,
            n_criteria: 3,
            n_sub_criteria: 5,
        },
        decimals: 2,
        bands: vec![band("A", 90.0), band("B", 80.0), band("C", 70.0)],
        ties: TieRule::Competition,
        detail: Detail::Full(vec![
            domain(
                "1",
                "Chỉ đạo, điều hành",
                vec![
                    leaf("1.1", "Kế hoạch", "10", "0.5", Scoring::SelfAssessed),
                    leaf("1.2", "Thực hiện", "50", "0", Scoring::SelfAssessed),
                ],
            ),
            domain(
                "2",
                "Sự hài lòng",
                vec![
                    leaf("2.1", "Dịch vụ hành chính công", "20", "0", by_survey()),
                    leaf("2.2", "Chính sách", "10", "0", by_survey()),
                ],
            ),
            domain("3", "Tác động", vec![leaf("3.1", "Thu ngân sách", "10", "0", Scoring::Outcome)]),
        ]),
        digest: Digest([0x5c; 32]),
    }
}

/// Faults as `place: code`, short enough to compare.
pub(crate) fn places<T>(outcome: Result<T, Vec<Fault>>) -> Vec<String> {
    let faults = outcome.err().unwrap_or_default();
    faults.iter().map(|fault| format!("{}: {}", fault.place, fault.code)).collect()
}
