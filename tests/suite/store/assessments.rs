use crate::harness::Database;
use crate::harness::province::{all_areas, area_code};
use sipas::domain::assessment::{Entry, Score};
use sipas::domain::ids::{CriterionCode, SchemeId};
use sipas::domain::period::Year;
use sipas::domain::points::Points;
use sipas::store::assessments::{self, AssessmentRow};
use sipas::store::{Store, StoreError, areas};

on_both!(assessments_replace_their_own_row_only, an_unknown_unit_changes_nothing);

fn row(unit: &str, sub_criterion: &str, claimed: Option<&str>, appraised: Option<&str>) -> AssessmentRow {
    let points = |text: &str| Points::parse(text).unwrap();
    AssessmentRow {
        unit: area_code(unit),
        sub_criterion: CriterionCode::parse(sub_criterion).unwrap(),
        entry: Entry {
            score: Score::new(false, claimed.map(points), appraised.map(points)).unwrap(),
            note: "có tài liệu kiểm chứng".to_owned(),
        },
    }
}

fn replace(store: &Store, scheme: &str, year: u16, rows: &[AssessmentRow]) -> Result<(), StoreError> {
    let (scheme, year) = (SchemeId::parse(scheme).unwrap(), Year::new(year).unwrap());
    store.with(|connection| assessments::replace(connection, &scheme, year, rows))
}

fn all(store: &Store, scheme: &str, year: u16) -> Vec<AssessmentRow> {
    let (scheme, year) = (SchemeId::parse(scheme).unwrap(), Year::new(year).unwrap());
    store.with(|connection| assessments::all(connection, &scheme, year)).unwrap()
}

fn store_with_areas(db: &Database) -> Store {
    let store = db.store();
    store.with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    store
}

fn assessments_replace_their_own_row_only(db: &Database) {
    let store = store_with_areas(db);
    let mut spared = row("D2", "1.1", Some("0.25"), None);
    spared.entry.score = Score::NotApplicable;
    let first = [row("D1", "1.1", Some("9.5"), None), row("D1", "1.2", None, Some("-0.0001")), spared.clone()];
    replace(&store, "s", 2025, &first).unwrap();
    replace(&store, "s", 2024, &[row("D1", "1.1", Some("1"), None)]).unwrap();
    replace(&store, "t", 2025, &[row("D1", "1.1", Some("2"), None)]).unwrap();
    assert_eq!(all(&store, "s", 2025), first);

    let appraised = row("D1", "1.1", Some("9.5"), Some("9"));
    replace(&store, "s", 2025, std::slice::from_ref(&appraised)).unwrap();
    assert_eq!(all(&store, "s", 2025), [appraised, first[1].clone(), spared]);
    assert_eq!(all(&store, "s", 2024), [row("D1", "1.1", Some("1"), None)]);
    assert_eq!(all(&store, "t", 2025).len(), 1);
    assert_eq!(all(&store, "t", 2024), []);
}

fn an_unknown_unit_changes_nothing(db: &Database) {
    let store = store_with_areas(db);
    let refused = replace(&store, "s", 2025, &[row("D1", "1.1", Some("1"), None), row("D9", "1.1", Some("1"), None)]);
    assert!(matches!(refused, Err(StoreError::Unknown(what)) if what == "area D9"));
    assert_eq!(all(&store, "s", 2025), []);
}
