use crate::harness::Database;
use crate::harness::province::{all_areas, area, area_code};
use sipas::domain::area::{Focus, Level, Validity};
use sipas::domain::period::Year;
use sipas::store::{StoreError, areas, directory};

on_both!(
    areas_come_back_as_they_went_in,
    a_second_import_updates,
    an_unknown_parent_changes_nothing,
    changes_are_noted
);

fn areas_come_back_as_they_went_in(db: &Database) {
    let mut list = all_areas();
    list[0].focus = Focus::parse("2023;2024").unwrap();
    list[0].validity = Validity { from: Some(Year::new(2000).unwrap()), to: Some(Year::new(2025).unwrap()) };
    list[1].focus = Focus::Always;
    list.reverse();
    let found = db.store().with(|connection| {
        areas::upsert(connection, &list)?;
        areas::all(connection)
    });
    list.reverse();
    assert_eq!(found.unwrap(), list);
}

fn a_second_import_updates(db: &Database) {
    let mut moved = area("K1", Level::Desk, Some("D2"));
    moved.name = "Một cửa số 1".to_owned();
    let found = db.store().with(|connection| {
        areas::upsert(connection, &all_areas())?;
        areas::upsert(connection, &[moved.clone(), area("D2", Level::District, None)])?;
        areas::all(connection)
    });
    let found = found.unwrap();
    assert_eq!(found.len(), all_areas().len());
    assert!(found.contains(&moved));
    assert!(found.contains(&area("D2", Level::District, None)), "a parent can be taken away");
}

fn an_unknown_parent_changes_nothing(db: &Database) {
    let store = db.store();
    let list = [area("P", Level::Province, None), area("D9", Level::District, Some("nowhere"))];
    let refused = store.with(|connection| areas::upsert(connection, &list));
    assert!(matches!(refused, Err(StoreError::Unknown(what)) if what == "area nowhere"));
    assert_eq!(store.with(areas::all).unwrap(), []);
}

fn changes_are_noted(db: &Database) {
    let store = db.store();
    let before = store.with(directory::revision).unwrap();
    store.with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    let after = store.with(directory::revision).unwrap();
    assert!(after > before);
    let refused = store.with(|connection| areas::upsert(connection, &[area("X", Level::Desk, Some("nowhere"))]));
    assert!(refused.is_err());
    assert_eq!(store.with(directory::revision).unwrap(), after, "what was undone is no change");
    assert!(store.with(areas::all).unwrap().iter().all(|known| known.code != area_code("X")));
}
