use crate::harness::Database;
use crate::harness::province::{
    UNDRAWN_DESK, answers, area_code, catalogue, close_round, each_row, open_round, questionnaire, random_id,
    round_code,
};
use sipas::domain::answers::RawAnswers;
use sipas::domain::channel::Channel;
use sipas::domain::quality::Circumstances;
use sipas::service::Service;
use sipas::service::collect::{CollectLimits, CollectRefusal, Collected, Outcomes, Submission, Weight};
use sipas::store::{Store, comments, responses};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

on_both!(
    an_answer_is_stored_once,
    refusals_say_why,
    a_closed_round_refuses_new_answers_and_knows_its_own,
    a_round_is_known_the_moment_it_opens,
    a_full_queue_turns_away_and_loses_nothing,
    draining_settles_all_that_was_taken,
    the_writer_outlives_a_failing_batch,
    many_clients_share_few_commits,
    a_file_is_stored_whole_or_not_at_all,
);

fn service(store: Store, limits: CollectLimits) -> Arc<Service> {
    Arc::new(Service::start(catalogue(), store, limits).unwrap())
}

fn submission(round: &str, desk: &str, score: i64) -> Submission {
    Submission {
        round: round_code(round),
        id: random_id(),
        desk: area_code(desk),
        channel: Channel::Kiosk,
        answers: answers(score),
        weight: None,
        circumstances: Circumstances::default(),
        is_live: true,
        receipt: None,
        arrival: None,
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn n_stored(store: &Store, round: &str) -> u64 {
    store.with(|connection| responses::count_by_desk(connection, &round_code(round), None)).unwrap().values().sum()
}

fn an_answer_is_stored_once(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let first = submission("R1", "K1", 4);
    let mut other = first.clone();
    other.answers = answers(5);
    let mut paper = first.clone();
    paper.channel = Channel::Paper;
    block_on(async {
        assert_eq!(service.collect(first.clone()).await, Ok(Collected::Stored));
        assert_eq!(service.collect(first.clone()).await, Ok(Collected::AlreadyStored));
        assert_eq!(service.collect(other).await, Err(CollectRefusal::Conflict));
        assert_eq!(service.collect(paper).await, Err(CollectRefusal::Conflict));
    });
    let mut packed = Vec::new();
    each_row(&store, "R1", |row| packed.push((row.desk.to_string(), row.packed.to_vec())));
    assert_eq!(packed, [("K1".to_owned(), vec![4, 0])]);
    let words = store.with(|connection| comments::of_round(connection, &round_code("R1"))).unwrap();
    assert_eq!(words[0].text, "Cán bộ lịch sự");
    let pulse = service.pulse();
    assert_eq!((pulse.stored, pulse.repeated, pulse.conflicts, pulse.batches), (1, 1, 2, 4));
    assert_eq!((pulse.queue_depth, pulse.queue_capacity), (0, 4_096));
}

fn refusals_say_why(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let refusal = |submission| block_on(service.collect(submission)).unwrap_err();
    assert_eq!(refusal(submission("ghost", "K1", 4)), CollectRefusal::UnknownRound);
    assert_eq!(refusal(submission("R1", "nowhere", 4)), CollectRefusal::UnknownDesk);
    assert_eq!(refusal(submission("R1", UNDRAWN_DESK, 4)), CollectRefusal::DeskNotInRound);
    let mut empty = submission("R1", "K1", 4);
    empty.answers = RawAnswers::new();
    assert!(matches!(refusal(empty), CollectRefusal::Faulty(faults) if faults[0].problem.code() == "missing"));
    assert!(matches!(refusal(submission("R1", "K1", 6)), CollectRefusal::Faulty(_)));
    assert_eq!(n_stored(&store, "R1"), 0);

    let at = |desk| block_on(service.desk(&area_code(desk)));
    let open = at("K1").unwrap();
    assert_eq!((open.round, open.desk_name.as_str()), (round_code("R1"), "Tên của K1"));
    assert_eq!(open.questionnaire, questionnaire());
    assert_eq!(at("nowhere").unwrap_err(), CollectRefusal::UnknownDesk);
    assert_eq!(at(UNDRAWN_DESK).unwrap_err(), CollectRefusal::DeskNotInRound);
}

fn a_closed_round_refuses_new_answers_and_knows_its_own(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let mine = submission("R1", "K1", 4);
    block_on(async {
        assert_eq!(service.collect(mine.clone()).await, Ok(Collected::Stored));
        close_round(&store, open);
        let closed = CollectRefusal::RoundNotOpen { state: "closed" };
        assert_eq!(service.collect(submission("R1", "K1", 4)).await, Err(closed.clone()));
        assert_eq!(service.collect(mine).await, Ok(Collected::AlreadyStored));
        // By now the directory knows; nobody is asked to mend what cannot be taken.
        assert_eq!(service.collect(submission("R1", "K1", 6)).await, Err(closed));
    });
    let late = CollectRefusal::RoundNotOpen { state: "closed" };
    assert_eq!(store_all(&service, vec![submission("R1", "K1", 4)]), Err(vec![(0, late)]));
    assert_eq!(n_stored(&store, "R1"), 1);
}

fn a_round_is_known_the_moment_it_opens(db: &Database) {
    let (here, elsewhere) = (db.store(), db.store());
    let service = service(here, CollectLimits::default());
    block_on(async {
        assert_eq!(service.collect(submission("R1", "K1", 4)).await, Err(CollectRefusal::UnknownRound));
        open_round(&elsewhere, "R1");
        assert_eq!(service.collect(submission("R1", "K1", 4)).await, Ok(Collected::Stored));
        assert_eq!(service.desk(&area_code("K1")).await.map(|open| open.round), Ok(round_code("R1")));
    });
}

fn a_full_queue_turns_away_and_loses_nothing(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits { queue: 8, batch: 4 });
    let mut obstacle = db.side_connection();
    obstacle.block_writers();
    let (stored, busy) = block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..40 {
            let service = Arc::clone(&service);
            clients.spawn(async move { service.collect(submission("R1", "K1", 4)).await });
        }
        let mut outcomes = Vec::new();
        // The first to come back are those turned away: the others wait for the obstacle.
        outcomes.push(clients.join_next().await.unwrap().unwrap());
        obstacle.execute("ROLLBACK");
        outcomes.extend(clients.join_all().await);
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count() as u64;
        let counts = (count(Ok(Collected::Stored)), count(Err(CollectRefusal::Busy { retry_after_s: 1 })));
        assert_eq!(counts.0 + counts.1, 40, "{outcomes:?}");
        counts
    });
    assert!(stored >= 8, "what was in the queue is stored");
    assert!(busy >= 1);
    assert_eq!(n_stored(&store, "R1"), stored);
    assert_eq!((service.pulse().stored, service.pulse().busy), (stored, busy));
}

fn draining_settles_all_that_was_taken(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits { queue: 100, batch: 7 });
    let mut obstacle = db.side_connection();
    obstacle.block_writers();
    block_on(async {
        let clients: Vec<_> = (0..50).map(|_| service.collect(submission("R1", "K1", 4))).collect();
        let sent = futures_util::future::join_all(clients);
        let drained = async {
            // The clients were polled first, so all of them are in the queue or with the writer.
            obstacle.execute("ROLLBACK");
            service.drain().await;
            assert_eq!(n_stored(&store, "R1"), 50);
            assert_eq!(service.collect(submission("R1", "K1", 4)).await, Err(CollectRefusal::Unavailable));
            service.drain().await;
        };
        let (outcomes, ()) = futures_util::future::join(sent, drained).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Ok(Collected::Stored)), "{outcomes:?}");
    });
    assert_eq!(n_stored(&store, "R1"), 50);
}

fn the_writer_outlives_a_failing_batch(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let mine = submission("R1", "K1", 4);
    let mut saboteur = db.side_connection();
    saboteur.execute("ALTER TABLE responses RENAME TO hidden");
    assert_eq!(block_on(service.collect(mine.clone())), Err(CollectRefusal::Unavailable));
    assert_eq!(store_all(&service, vec![mine.clone()]), Err(vec![(0, CollectRefusal::Unavailable)]));
    saboteur.execute("ALTER TABLE hidden RENAME TO responses");
    assert_eq!(block_on(service.collect(mine.clone())), Ok(Collected::Stored));
    assert_eq!(block_on(service.collect(mine)), Ok(Collected::AlreadyStored));
    assert_eq!((service.pulse().failed, service.pulse().stored), (1, 1));
}

fn many_clients_share_few_commits(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let mut obstacle = db.side_connection();
    obstacle.block_writers();
    block_on(async {
        let clients: Vec<_> = (0..400).map(|_| service.collect(submission("R1", "K2", 5))).collect();
        let released = async { obstacle.execute("ROLLBACK") };
        let (outcomes, ()) = futures_util::future::join(futures_util::future::join_all(clients), released).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Ok(Collected::Stored)));
    });
    assert!(service.pulse().batches <= 3, "{:?}", service.pulse());
}

/// Stores all or nothing; refusals come with their places.
fn store_all(service: &Service, file: Vec<Submission>) -> Result<Vec<Collected>, Vec<(usize, CollectRefusal)>> {
    let is_sound = |outcomes: &Outcomes| outcomes.iter().all(Result::is_ok);
    let outcomes = service.store_many(file, None, is_sound, |_| ()).map_err(|refusal| vec![(0, refusal)])?;
    let refusals: Vec<_> = (0..).zip(&outcomes).filter_map(|(n, one)| Some((n, one.clone().err()?))).collect();
    if refusals.is_empty() { Ok(outcomes.into_iter().flatten().collect()) } else { Err(refusals) }
}

fn a_file_is_stored_whole_or_not_at_all(db: &Database) {
    let store = db.store();
    open_round(&store, "R1");
    let service = service(store.clone(), CollectLimits::default());
    let mut file: Vec<Submission> = (0..2_500).map(|n| submission("R1", "K3", 1 + n % 5)).collect();
    file[0].weight = Weight::new(2.5);
    let mut spoiled = file.clone();
    spoiled[3] = submission("R1", "K3", 9);
    spoiled[1_700] = submission("R1", "nowhere", 4);
    let refusals = store_all(&service, spoiled).unwrap_err();
    assert!(matches!(&refusals[..], [(3, CollectRefusal::Faulty(_)), (1_700, CollectRefusal::UnknownDesk)]));

    let mut contradicting = file.clone();
    contradicting[2_400].id = contradicting[0].id;
    contradicting[7] = submission("R1", "nowhere", 4);
    let both = vec![(7, CollectRefusal::UnknownDesk), (2_400, CollectRefusal::Conflict)];
    assert_eq!(store_all(&service, contradicting), Err(both), "what the database refuses comes with the rest");
    assert_eq!(n_stored(&store, "R1"), 0);

    assert_eq!(store_all(&service, file.clone()), Ok(vec![Collected::Stored; 2_500]));
    assert_eq!(store_all(&service, file.clone()), Ok(vec![Collected::AlreadyStored; 2_500]));
    let other_weight = Submission { weight: Weight::new(3.5), ..file[0].clone() };
    assert_eq!(store_all(&service, vec![other_weight]), Err(vec![(0, CollectRefusal::Conflict)]));
    let mut weights = Vec::new();
    each_row(&store, "R1", |row| weights.extend(row.weight));
    assert_eq!(weights, [2.5]);
    assert_eq!(n_stored(&store, "R1"), 2_500);
}
