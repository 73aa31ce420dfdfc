use crate::harness::Database;
use crate::harness::province::{
    DESKS, UNDRAWN_DESK, area_code, close_round, draft_round, each_row, instant, open_round, random_id, response,
    round_code,
};
use sipas::domain::ids::{ItemId, ResponseId};
use sipas::store::comments::{self, Comment};
use sipas::store::responses::{self, Insertion, Intake, NewResponse};
use sipas::store::{Store, StoreError, rounds};
use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

on_both!(
    answers_come_back_as_bytes,
    answers_come_back_in_the_order_of_their_ids,
    a_repetition_is_recognised_and_a_contradiction_refused,
    a_batch_is_judged_in_its_own_order,
    only_an_open_round_takes_answers_but_knows_its_own,
    only_drawn_desks_take_answers,
    two_servers_store_each_answer_once,
    a_round_cannot_be_closed_over_answers_being_stored,
    nothing_is_stored_after_a_round_was_closed,
    a_cut_is_known_by_its_digest,
    what_came_late_is_told_apart,
    a_refused_batch_leaves_nothing,
    what_is_not_there_is_said_so,
);

fn insert(store: &Store, batch: &[NewResponse]) -> Vec<Insertion> {
    store.with(|connection| responses::insert_batch(connection, batch, Intake::Open)).unwrap()
}

/// Everything stored for a round, sorted.
fn stored(store: &Store, round: &str) -> Vec<(String, Vec<u8>, Option<f64>)> {
    let mut rows = Vec::new();
    each_row(store, round, |row| rows.push((row.desk.to_string(), row.packed.to_vec(), row.weight)));
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    rows
}

fn answers_come_back_as_bytes(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    open_round(&store, "R2");
    let mut batch = [
        response(random_id(), "R1", "K1", 1),
        response(random_id(), "R1", "K1", 2),
        response(random_id(), "R1", "K3", 3),
        response(random_id(), "R2", "K2", 4),
    ];
    batch[1].weight = Some(12.625);
    batch[2].comments.clear();
    batch[3].packed.clear();
    assert_eq!(insert(&store, &batch), [Insertion::Stored; 4]);
    assert_eq!(insert(&store, &[]), []);

    let expected = [
        ("K1".to_owned(), vec![1, 0, 255], None),
        ("K1".to_owned(), vec![2, 0, 255], Some(12.625)),
        ("K3".to_owned(), vec![3, 0, 255], None),
    ];
    assert_eq!(stored(&store, "R1"), expected);
    assert_eq!(stored(&store, "R2"), [("K2".to_owned(), vec![], None)]);
    let counts = store.with(|connection| responses::count_by_desk(connection, &round_code("R1"), None)).unwrap();
    assert_eq!(counts, BTreeMap::from([(area_code("K1"), 2), (area_code("K3"), 1)]));

    let mut words: Vec<Comment> = batch[..2]
        .iter()
        .map(|row| Comment { response: row.id, item: ItemId::parse("words").unwrap(), text: row.comments[0].1.clone() })
        .collect();
    words.sort_by_key(|comment| comment.response);
    assert_eq!(store.with(|connection| comments::of_round(connection, &round_code("R1"))).unwrap(), words);
}

fn answers_come_back_in_the_order_of_their_ids(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let mut ids: Vec<ResponseId> = (0..40).map(|_| random_id()).collect();
    ids.sort_unstable();
    // Stored from the last to the first, every other one later, so that rows lie in neither order.
    let places = (0..40_u8).rev();
    for place in places.clone().filter(|place| place % 2 == 0).chain(places.filter(|place| place % 2 == 1)) {
        let one = response(ids[usize::from(place)], "R1", "K1", place);
        assert_eq!(insert(&store, &[one]), [Insertion::Stored]);
    }
    let mut seen = Vec::new();
    each_row(&store, "R1", |row| seen.push(row.packed[0]));
    assert_eq!(seen, (0..40).collect::<Vec<u8>>());
}

fn a_repetition_is_recognised_and_a_contradiction_refused(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    open_round(&store, "R2");
    let first = response(random_id(), "R1", "K1", 1);
    assert_eq!(insert(&store, std::slice::from_ref(&first)), [Insertion::Stored]);
    let mut tomorrow = first.clone();
    tomorrow.received = tomorrow.received.succ_opt().unwrap();
    let contradiction = response(first.id, "R1", "K1", 2);
    let elsewhere = response(first.id, "R2", "K1", 3);
    let neighbour = response(random_id(), "R1", "K2", 1);
    let batch = [tomorrow, contradiction, neighbour, elsewhere];
    // An id is known within its round.
    let expected = [Insertion::AlreadyStored, Insertion::Conflict, Insertion::Stored, Insertion::Stored];
    assert_eq!(insert(&store, &batch), expected);
    assert_eq!(stored(&store, "R1").len(), 2);
    assert_eq!(stored(&store, "R2").len(), 1);
    let words = store.with(|connection| comments::of_round(connection, &round_code("R1"))).unwrap();
    assert_eq!(words.len(), 2, "a repetition brings no second comment");
}

fn a_batch_is_judged_in_its_own_order(db: &Database) {
    let store = db.store();
    let closing = open_round(&store, "R2");
    open_round(&store, "R1");
    close_round(&store, closing);
    let (one, two) = (random_id(), random_id());
    let batch = [
        response(two, "R1", "K1", 6),
        response(one, "R1", "K1", 1),
        response(two, "R2", "K1", 5),
        response(one, "R1", "K1", 2),
        response(one, "R1", "K1", 1),
        response(two, "R1", "K1", 7),
    ];
    let expected = [
        Insertion::Stored,
        Insertion::Stored,
        Insertion::RoundNotOpen,
        Insertion::Conflict,
        Insertion::AlreadyStored,
        Insertion::Conflict,
    ];
    assert_eq!(insert(&store, &batch), expected);
    assert_eq!(stored(&store, "R1").len(), 2);
}

fn only_an_open_round_takes_answers_but_knows_its_own(db: &Database) {
    let store = db.store();
    store.with(|connection| draft_round(connection, "D")).unwrap();
    let open = open_round(&store, "R1");
    let mine = response(random_id(), "R1", "K1", 1);
    let early = response(random_id(), "D", "K1", 1);
    let nowhere = response(random_id(), "ghost", "K1", 1);
    let expected = [Insertion::Stored, Insertion::RoundNotOpen, Insertion::RoundNotOpen];
    assert_eq!(insert(&store, &[mine.clone(), early, nowhere]), expected);

    let closed = open.close(instant(1));
    store.with(|connection| rounds::record_close(connection, &closed)).unwrap();
    let late = response(random_id(), "R1", "K1", 1);
    let other = response(mine.id, "R1", "K1", 2);
    let expected = [Insertion::AlreadyStored, Insertion::RoundNotOpen, Insertion::Conflict];
    assert_eq!(insert(&store, &[mine.clone(), late.clone(), other]), expected);

    store.with(|connection| rounds::record_publication(connection, &closed.publish(instant(2)))).unwrap();
    assert_eq!(insert(&store, &[late, mine]), [Insertion::RoundNotOpen, Insertion::AlreadyStored]);
    assert_eq!(stored(&store, "R1").len(), 1);
}

fn only_drawn_desks_take_answers(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let elsewhere = [UNDRAWN_DESK, "D1", "nowhere"].map(|desk| response(random_id(), "R1", desk, 1));
    assert_eq!(insert(&store, &elsewhere), [Insertion::RoundNotOpen; 3]);
    assert_eq!(stored(&store, "R1").len(), 0);
}

/// Sixteen threads, two servers, the same 240 ids at the same moment; every id comes with two contents.
fn two_servers_store_each_answer_once(db: &Database) {
    const N_THREADS: usize = 16;
    let servers = [db.store(), db.store()];
    open_round(&servers[0], "R1");
    let ids: Vec<ResponseId> = (0..240).map(|_| random_id()).collect();
    let start = Barrier::new(N_THREADS);
    let verdicts: Vec<(ResponseId, u8, Insertion)> = std::thread::scope(|scope| {
        let send = |thread: usize| {
            let (start, server, ids) = (&start, &servers[thread % 2], &ids);
            scope.spawn(move || {
                let content = if thread < N_THREADS / 2 { 1 } else { 2 };
                // Each thread goes through the ids in another order and in batches of its own.
                let mut ids = ids.clone();
                ids.rotate_left(thread * 15);
                if thread.is_multiple_of(3) {
                    ids.reverse();
                }
                start.wait();
                let mut verdicts = Vec::new();
                for part in ids.chunks(40) {
                    let batch: Vec<NewResponse> =
                        part.iter().map(|id| response(*id, "R1", DESKS[0], content)).collect();
                    let insertions = insert(server, &batch);
                    verdicts.extend(part.iter().zip(insertions).map(|(id, insertion)| (*id, content, insertion)));
                }
                verdicts
            })
        };
        let threads: Vec<_> = (0..N_THREADS).map(send).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    for id in ids {
        let of = |wanted| verdicts.iter().filter(move |(i, _, verdict)| *i == id && *verdict == wanted);
        assert_eq!(of(Insertion::Stored).count(), 1, "{id} was stored by one");
        assert_eq!(of(Insertion::AlreadyStored).count(), N_THREADS / 2 - 1);
        assert_eq!(of(Insertion::Conflict).count(), N_THREADS / 2);
        let (_, content, _) = of(Insertion::Stored).next().unwrap();
        assert!(of(Insertion::AlreadyStored).all(|(_, other, _)| other == content));
    }
    assert_eq!(stored(&servers[1], "R1").len(), 240);
}

fn a_round_cannot_be_closed_over_answers_being_stored(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let mut closing = db.side_connection();
    let mut close = || closing.execute_at_once("UPDATE rounds SET closed = opened");
    let stored = store.with(|connection| {
        connection.transact(|connection| {
            let stored = responses::insert_batch(connection, &[response(random_id(), "R1", "K1", 1)], Intake::Open);
            assert!(close().is_err(), "the closing has to wait");
            stored
        })
    });
    assert_eq!(stored.unwrap(), [Insertion::Stored]);
    close().unwrap();
    assert_eq!(insert(&store, &[response(random_id(), "R1", "K1", 1)]), [Insertion::RoundNotOpen]);
}

/// Two servers store as fast as they can while a third closes the round: whatever was counted right after the closing
/// is still the count when the others have noticed.
/// Tells writers that the round is closed when it goes out of scope, and so too when the closing failed.
struct EndWriters<'a>(&'a AtomicBool);

impl Drop for EndWriters<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn nothing_is_stored_after_a_round_was_closed(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R1");
    let closed = AtomicBool::new(false);
    let running = Barrier::new(3);
    let n_at_closing = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let server = db.store();
                for n in 0.. {
                    let was_closed = closed.load(Ordering::SeqCst);
                    let insertions = insert(&server, &[(); 8].map(|()| response(random_id(), "R1", "K1", 1)));
                    assert!(!was_closed || insertions == [Insertion::RoundNotOpen; 8], "stored after the closing");
                    if was_closed {
                        return;
                    }
                    if n == 3 {
                        running.wait();
                    }
                }
            });
        }
        // The writers end however the closing ends.
        let _end = EndWriters(&closed);
        running.wait();
        close_round(&store, open);
        stored(&store, "R1").len()
    });
    assert!(n_at_closing >= 48, "{n_at_closing}");
    assert_eq!(stored(&store, "R1").len(), n_at_closing);
}

fn a_cut_is_known_by_its_digest(db: &Database) {
    let store = db.store();
    let other = Database::sqlite();
    let other_store = other.store();
    let cut = |store: &Store| store.with(|connection| responses::cut_digest(connection, &round_code("R1"))).unwrap();
    open_round(&store, "R1");
    open_round(&other_store, "R1");
    let empty = cut(&store);
    let batch: Vec<NewResponse> = (0..50).map(|n| response(random_id(), "R1", DESKS[n % 3], n as u8)).collect();
    insert(&store, &batch);
    for row in batch.iter().rev() {
        insert(&other_store, std::slice::from_ref(row));
    }
    let full = cut(&store);
    assert_ne!(full, empty);
    assert_eq!(full, cut(&other_store), "neither order nor database matters");
    insert(&store, &batch);
    assert_eq!(cut(&store), full, "repetitions change nothing");
    insert(&store, &[response(random_id(), "R1", "K1", 1)]);
    assert_ne!(cut(&store), full);
}

fn what_came_late_is_told_apart(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R1");
    let of_desk = |desk: &str, content: u8| response(random_id(), "R1", desk, content);
    let early = [of_desk("K1", 1), of_desk("K3", 2)];
    insert(&store, &early);
    let late = |batch: &[NewResponse], hours: i64| {
        let intake = Intake::Late(instant(hours));
        store.with(|connection| responses::insert_batch(connection, batch, intake)).unwrap()
    };
    assert_eq!(late(&[of_desk("K1", 3)], 5), [Insertion::RoundNotOpen], "an open round has no late ones");
    let cut_at = |as_of: Option<i64>| {
        let as_of = as_of.map(instant);
        let (mut contents, round) = (Vec::new(), round_code("R1"));
        let cut = store.with(|connection| {
            responses::rows(connection, (&round, as_of), |row| {
                contents.push(row.packed[0]);
                Ok::<_, StoreError>(())
            })
        });
        contents.sort_unstable();
        let counts = store.with(|connection| responses::count_by_desk(connection, &round, as_of)).unwrap();
        let counts: Vec<(String, u64)> = counts.into_iter().map(|(desk, n)| (desk.to_string(), n)).collect();
        (contents, counts, cut.unwrap())
    };
    let before = cut_at(None);
    let published = close_round(&store, open).publish(instant(10));
    store.with(|connection| rounds::record_publication(connection, &published)).unwrap();

    let first = [of_desk("K2", 3), early[0].clone(), of_desk("K1", 4)];
    assert_eq!(late(&first, 11), [Insertion::Stored, Insertion::AlreadyStored, Insertion::Stored]);
    assert_eq!(late(&[first[0].clone(), of_desk("K1", 5)], 12), [Insertion::AlreadyStored, Insertion::Stored]);
    let desks = |counts: &[(&str, u64)]| counts.iter().map(|(desk, n)| ((*desk).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(before.1, desks(&[("K1", 1), ("K3", 1)]));
    assert_eq!(cut_at(Some(10)), before, "what came late is not among what was there, to the digest");
    let (contents, counts, _) = cut_at(Some(11));
    assert_eq!((contents, counts), (vec![1, 2, 3, 4], desks(&[("K1", 2), ("K2", 1), ("K3", 1)])));
    assert_eq!(cut_at(Some(12)), cut_at(None));
    assert_eq!(cut_at(None).0, [1, 2, 3, 4, 5]);
}

fn a_refused_batch_leaves_nothing(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let mut batch = [response(random_id(), "R1", "K1", 1), response(random_id(), "R1", "K1", 2)];
    batch[1].weight = Some(-1.0);
    let refused = store.with(|connection| responses::insert_batch(connection, &batch, Intake::Open));
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!error.to_string().contains("weight"), "no word of the tables reaches a stranger");
    assert_eq!(stored(&store, "R1").len(), 0);
}

fn what_is_not_there_is_said_so(db: &Database) {
    let store = db.store();
    let ghost = round_code("ghost");
    let outcomes = [
        store.with(|connection| responses::rows(connection, (&ghost, None), |_| Ok::<_, StoreError>(())).map(drop)),
        store.with(|connection| responses::count_by_desk(connection, &ghost, None).map(drop)),
        store.with(|connection| responses::cut_digest(connection, &ghost).map(drop)),
        store.with(|connection| comments::of_round(connection, &ghost).map(drop)),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(StoreError::Unknown(what)) if what == "round ghost"));
    }
}
