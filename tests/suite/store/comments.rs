use crate::harness::Database;
use crate::harness::province::{area_code, open_round, random_id, response, round_code};
use sipas::domain::comment::{CommentRef, Standing};
use sipas::domain::ids::{ItemId, ResponseId};
use sipas::store::responses::{self, Intake, NewResponse};
use sipas::store::{Store, StoreError, comments};

on_both!(
    a_comment_is_hidden_until_somebody_decides,
    all_that_are_named_are_settled_or_none,
    a_long_list_is_read_page_by_page,
);

fn reference(response: ResponseId) -> CommentRef {
    CommentRef { response, item: ItemId::parse("words").unwrap() }
}

fn standings(store: &Store) -> Vec<(String, Standing)> {
    let mut all: Vec<(String, Standing)> = store
        .with(|connection| comments::moderated(connection, &round_code("R1")))
        .unwrap()
        .into_iter()
        .map(|one| (one.comment.text, one.standing))
        .collect();
    all.sort();
    all
}

fn settle(store: &Store, meant: &[CommentRef], standing: Standing) -> Result<(), StoreError> {
    let meant: Vec<_> = meant.iter().map(|comment| (comment.clone(), standing)).collect();
    store.with(|connection| comments::settle(connection, &round_code("R1"), &meant))
}

fn two_comments(store: &Store) -> [ResponseId; 2] {
    open_round(store, "R1");
    let ids = [random_id(), random_id()];
    let batch = [response(ids[0], "R1", "K1", 1), response(ids[1], "R1", "K3", 2)];
    store.with(|connection| responses::insert_batch(connection, &batch, Intake::Open)).unwrap();
    ids
}

fn a_comment_is_hidden_until_somebody_decides(db: &Database) {
    let store = db.store();
    let [first, second] = two_comments(&store);
    let told = |first, second| vec![("lời thứ 1".to_owned(), first), ("lời thứ 2".to_owned(), second)];
    assert_eq!(standings(&store), told(Standing::Waiting, Standing::Waiting));
    settle(&store, &[reference(first)], Standing::Approved).unwrap();
    settle(&store, &[reference(second)], Standing::Rejected).unwrap();
    assert_eq!(standings(&store), told(Standing::Approved, Standing::Rejected));
    settle(&store, &[reference(second), reference(first)], Standing::Waiting).unwrap();
    assert_eq!(standings(&store), told(Standing::Waiting, Standing::Waiting), "a decision can be taken back");
    let desks = store.with(|connection| comments::moderated(connection, &round_code("R1"))).unwrap();
    let desk_of = |id| desks.iter().find(|one| one.comment.response == id).map(|one| one.desk.clone());
    assert_eq!((desk_of(first), desk_of(second)), (Some(area_code("K1")), Some(area_code("K3"))));
}

fn all_that_are_named_are_settled_or_none(db: &Database) {
    let store = db.store();
    let [first, _] = two_comments(&store);
    let refused = settle(&store, &[reference(first), reference(random_id())], Standing::Approved);
    assert!(matches!(refused, Err(StoreError::Unknown(what)) if what.starts_with("comment ")));
    assert!(standings(&store).iter().all(|(_, standing)| *standing == Standing::Waiting));
    let ghost = store.with(|connection| comments::settle(connection, &round_code("GHOST"), &[]));
    assert!(matches!(ghost, Err(StoreError::Unknown(_))));
}

fn a_long_list_is_read_page_by_page(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let mut batch: Vec<NewResponse> = (0..7).map(|n| response(random_id(), "R1", "K1", n)).collect();
    batch[6].comments.push((ItemId::parse("more").unwrap(), "lời thêm".to_owned()));
    batch[6].id = ResponseId::from_bytes([0xff; 16]);
    store.with(|connection| responses::insert_batch(connection, &batch, Intake::Open)).unwrap();
    let all = store.with(|connection| comments::moderated(connection, &round_code("R1"))).unwrap();
    assert_eq!(all.len(), 8);
    let of = |one: &comments::Moderated| CommentRef { response: one.comment.response, item: one.comment.item.clone() };
    settle(&store, &[of(&all[1]), of(&all[4])], Standing::Approved).unwrap();
    let page = |standing, after: Option<&CommentRef>, limit| {
        let round = round_code("R1");
        store.with(|connection| comments::page(connection, &round, (standing, after), limit)).unwrap()
    };
    let (mut read, mut last) = (Vec::new(), None);
    loop {
        let next: Vec<CommentRef> = page(Standing::Waiting, last.as_ref(), 2).iter().map(of).collect();
        let Some(end) = next.last() else { break };
        last = Some(end.clone());
        read.extend(next);
    }
    let waiting: Vec<CommentRef> = [0, 2, 3, 5, 6, 7].map(|place: usize| of(&all[place])).into();
    assert_eq!(read, waiting, "two comments of one answer lie on two pages");
    let approved: Vec<CommentRef> = page(Standing::Approved, None, 9).iter().map(of).collect();
    assert_eq!(approved, [of(&all[1]), of(&all[4])]);
    assert_eq!(page(Standing::Rejected, None, 9), []);
    let counts = store.with(|connection| comments::counts(connection, &round_code("R1"))).unwrap();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(Standing::Waiting, 6), (Standing::Approved, 2)]);
}
