use crate::harness::Database;
use crate::harness::province::{
    SCHEME_DIGEST, all_areas, area_code, close_round, draft_round, frame, instant, open_round, plan, questionnaire,
    round_code,
};
use sipas::domain::frame::{Frame, FrameDesk};
use sipas::domain::ids::{Digest, QuestionnaireRef};
use sipas::domain::round::{AnyRound, Round};
use sipas::store::{StoreError, areas, rounds};
use std::sync::Barrier;

on_both!(
    a_round_lives_through_its_states,
    only_one_of_two_moves_wins,
    a_round_needs_its_area_and_a_code_of_its_own,
    a_questionnaire_version_is_frozen,
    a_frame_comes_back_and_is_replaced,
    a_frame_is_fixed_once_the_round_opens,
    what_is_not_there_is_said_so,
);

fn a_round_lives_through_its_states(db: &Database) {
    let store = db.store();
    let find = || store.with(|connection| rounds::find(connection, &round_code("R1"))).unwrap();
    assert_eq!(find(), None);
    store.with(|connection| draft_round(connection, "R1")).unwrap();
    let draft = Round::draft(plan("R1"));
    assert_eq!(find(), Some(AnyRound::Draft(draft.clone())));

    let open = draft.open(instant(0));
    store.with(|connection| rounds::record_open(connection, &open)).unwrap();
    assert_eq!(find(), Some(AnyRound::Open(open.clone())));

    let closed = open.close(instant(1));
    store.with(|connection| rounds::record_close(connection, &closed)).unwrap();
    assert_eq!(find(), Some(AnyRound::Closed(closed.clone())));

    let published = closed.publish(instant(2));
    store.with(|connection| rounds::record_publication(connection, &published)).unwrap();
    assert_eq!(find(), Some(AnyRound::Published(published.clone())));

    store.with(|connection| draft_round(connection, "A0")).unwrap();
    let all = store.with(rounds::all).unwrap();
    assert_eq!(all, [AnyRound::Draft(Round::draft(plan("A0"))), AnyRound::Published(published)]);
    let digests = store.with(|connection| rounds::digests(connection, &round_code("R1"))).unwrap();
    assert_eq!(digests, (questionnaire().digest, SCHEME_DIGEST));
}

fn only_one_of_two_moves_wins(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R1");
    let again = store.with(|connection| rounds::record_open(connection, &open));
    assert!(matches!(again, Err(StoreError::Moved)));

    let start = Barrier::new(8);
    let outcomes: Vec<Result<(), StoreError>> = std::thread::scope(|scope| {
        let close = |n| {
            let (start, store, closed) = (&start, &store, open.clone().close(instant(n)));
            scope.spawn(move || {
                start.wait();
                store.with(|connection| rounds::record_close(connection, &closed))
            })
        };
        let threads: Vec<_> = (1..=8).map(close).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Moved))).count(), 7, "{outcomes:?}");
}

fn a_round_needs_its_area_and_a_code_of_its_own(db: &Database) {
    let store = db.store();
    let insert = || {
        let draft = Round::draft(plan("R1"));
        store.with(|connection| rounds::insert(connection, &draft, questionnaire().digest, SCHEME_DIGEST))
    };
    assert!(matches!(insert(), Err(StoreError::Unknown(what)) if what == "area P"));
    store.with(|connection| areas::upsert(connection, &all_areas())).unwrap();
    insert().unwrap();
    assert!(matches!(insert(), Err(StoreError::Taken(what)) if what == "round R1"));
}

fn a_questionnaire_version_is_frozen(db: &Database) {
    let store = db.store();
    store.with(|connection| draft_round(connection, "R1")).unwrap();
    let mut other = plan("R2");
    let insert = |plan, digest| {
        let draft = Round::draft(plan);
        store.with(|connection| rounds::insert(connection, &draft, digest, SCHEME_DIGEST))
    };
    let edited = insert(other.clone(), Digest([9; 32]));
    assert!(matches!(edited, Err(StoreError::Altered(version)) if version == other.questionnaire));
    other.questionnaire = QuestionnaireRef::parse("short.v2").unwrap();
    insert(other, Digest([9; 32])).unwrap();
}

fn a_frame_comes_back_and_is_replaced(db: &Database) {
    let store = db.store();
    store.with(|connection| draft_round(connection, "R1")).unwrap();
    let read = || store.with(|connection| rounds::frame(connection, &round_code("R1"))).unwrap();
    assert_eq!(read(), frame());
    let replace = |frame: &Frame| store.with(|connection| rounds::replace_frame(connection, &round_code("R1"), frame));
    let stranger = FrameDesk { desk: area_code("K9"), stratum: area_code("D1"), transactions: None, drawn: true };
    assert!(matches!(replace(&Frame::new([stranger])), Err(StoreError::Unknown(what)) if what == "area K9"));
    assert_eq!(read(), frame(), "a frame that is refused leaves the old one");
    let smaller = Frame::new(frame().iter().take(1).cloned());
    replace(&smaller).unwrap();
    assert_eq!(read(), smaller);
}

fn a_frame_is_fixed_once_the_round_opens(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R1");
    let replace = || store.with(|connection| rounds::replace_frame(connection, &round_code("R1"), &Frame::default()));
    assert!(matches!(replace(), Err(StoreError::Moved)));
    close_round(&store, open);
    assert!(matches!(replace(), Err(StoreError::Moved)));
}

fn what_is_not_there_is_said_so(db: &Database) {
    let store = db.store();
    let open = Round::draft(plan("ghost")).open(instant(0));
    let outcomes = [
        store.with(|connection| rounds::record_open(connection, &open)),
        store.with(|connection| rounds::frame(connection, &open.plan.code).map(drop)),
        store.with(|connection| rounds::digests(connection, &open.plan.code).map(drop)),
        store.with(|connection| rounds::replace_frame(connection, &open.plan.code, &frame())),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(StoreError::Unknown(what)) if what == "round ghost"));
    }
}
