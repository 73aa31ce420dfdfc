use crate::harness::Database;
use crate::harness::mail::recipient;
use crate::harness::province::{all_areas, area_code, instant};
use sipas::domain::recipient::{KnownRecipient, Role, Schedule};
use sipas::domain::tongue::Tongue;
use sipas::store::{StoreError, areas, recipients};

on_both!(recipients_come_back_as_they_went_in, one_address_is_one_recipient_of_a_unit, a_removed_address_is_gone);

fn recipients_come_back_as_they_went_in(db: &Database) {
    let store = db.store();
    let mut second = recipient("b@tinh.test", "K1");
    second.role = Role::Official;
    second.language = Tongue::English;
    second.schedule = Schedule::parse("quarterly;at-publication").unwrap();
    second.with_pdf = true;
    let list = [recipient("Chu.Tich@tinh.test", "D1"), second];
    let found = store
        .with(|connection| {
            areas::upsert(connection, &all_areas())?;
            recipients::insert(connection, &list)?;
            recipients::all(connection)
        })
        .unwrap();
    assert_eq!(found.iter().map(|known| known.recipient.clone()).collect::<Vec<_>>(), list);
    assert!(found.iter().all(|known| !known.is_returned) && found[0].number != found[1].number);
    let mut changed = found[0].clone();
    changed.recipient.role = Role::Head;
    changed.recipient.with_pdf = true;
    let after = store.with(|connection| {
        recipients::update(connection, &changed)?;
        recipients::all(connection)
    });
    assert_eq!(after.unwrap(), [changed, found[1].clone()]);
    let nobody = KnownRecipient { number: 9_999, ..found[0].clone() };
    assert!(matches!(store.with(|c| recipients::update(c, &nobody)), Err(StoreError::Unknown(_))));
}

fn one_address_is_one_recipient_of_a_unit(db: &Database) {
    let store = db.store();
    store.with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    let two = [recipient("a@tinh.test", "D1"), recipient("a@tinh.test", "D2")];
    store.with(|connection| recipients::insert(connection, &two)).unwrap();
    let again = [recipient("b@tinh.test", "D1"), recipient("A@Tinh.test", "D1")];
    let refused = store.with(|connection| recipients::insert(connection, &again));
    assert!(matches!(&refused, Err(StoreError::Taken(what)) if !what.contains('@')), "{refused:?}");
    assert_eq!(store.with(recipients::count).unwrap(), 2, "nothing of a refused list is kept");
    let mut nowhere = recipient("c@tinh.test", "D1");
    nowhere.unit = area_code("D9");
    assert!(matches!(store.with(|c| recipients::insert(c, &[nowhere])), Err(StoreError::Unknown(_))));
}

fn a_removed_address_is_gone(db: &Database) {
    let store = db.store();
    let number = store
        .with(|connection| {
            areas::upsert(connection, &all_areas())?;
            recipients::insert(connection, &[recipient("a@tinh.test", "D1")])?;
            Ok(recipients::all(connection)?[0].number)
        })
        .unwrap();
    store.with(|connection| recipients::remove(connection, number, instant(1))).unwrap();
    assert_eq!(store.with(recipients::all).unwrap(), []);
    assert!(matches!(store.with(|c| recipients::remove(c, number, instant(2))), Err(StoreError::Unknown(_))));
    store.with(|connection| recipients::insert(connection, &[recipient("a@tinh.test", "D1")])).unwrap();
    assert_ne!(store.with(recipients::all).unwrap()[0].number, number, "a number means one person for good");
    db.side_connection().execute("UPDATE recipients SET role = 'reader' WHERE address IS NULL AND removed IS NOT NULL");
}
