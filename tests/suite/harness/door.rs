//! The HTTP door on a loopback port, over the real service, with one round that is open and one that has closed.

use super::Database;
use super::province::{UNDRAWN_DESK, area_code, close_round, draft_round_of, instant, plan, random_id, round_code};
use sipas::domain::answers::RawValue;
use sipas::domain::channel::Channel;
use sipas::domain::ids::{Digest, QuestionnaireRef, SchemeId};
use sipas::domain::publication::LateFile;
use sipas::domain::quality::Circumstances;
use sipas::domain::questionnaire::ItemKind;
use sipas::domain::round::{Round, RoundPlan};
use sipas::service::Service;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::service::collect::{CollectLimits, Collected, Submission};
use sipas::store::{Store, receipts, responses, rounds};
use sipas::web::Counter;
use sipas::web::guard::Limits;
use sipas::web::pages::Pages;
use sipas::web::server::{self, Settings, Stopper};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread::JoinHandle;

/// The round that takes answers.
pub(crate) const ROUND: &str = "R2025";
/// A round of the same desks that has closed.
pub(crate) const CLOSED_ROUND: &str = "R2024";
/// A desk of both rounds.
pub(crate) const DESK: &str = "K1";
/// A desk that takes part in none.
pub(crate) const IDLE_DESK: &str = UNDRAWN_DESK;

/// A running server; stopped, and its queue drained, when this goes out of scope.
pub(crate) struct Door {
    /// `http://127.0.0.1:41234`
    pub(crate) base: String,
    /// The same for a plain socket.
    pub(crate) address: SocketAddr,
    /// What it keeps its answers in.
    pub(crate) store: Store,
    service: Arc<Service>,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Door {
    /// A server on a fresh database.
    pub(crate) fn on(database: &Database) -> Self {
        Self::with(database, CollectLimits::default())
    }

    /// A server on a fresh database, with its own idea of how much may wait.
    pub(crate) fn with(database: &Database, limits: CollectLimits) -> Self {
        Self::start(database, limits, Catalogue::load(&Source::Embedded).unwrap())
    }

    /// A server on a fresh database, with questionnaires and texts of its own.
    pub(crate) fn asking(database: &Database, catalogue: Catalogue) -> Self {
        Self::start(database, CollectLimits::default(), catalogue)
    }

    fn start(database: &Database, limits: CollectLimits, catalogue: Catalogue) -> Self {
        let store = database.store();
        let one_stop = QuestionnaireRef::parse("one-stop.v2").unwrap();
        let digest = catalogue.questionnaire(&one_stop).unwrap().digest;
        let scheme = catalogue.scheme(&SchemeId::parse("demo-province").unwrap()).unwrap().clone();
        for code in [CLOSED_ROUND, ROUND] {
            let plan = RoundPlan { questionnaire: one_stop.clone(), scheme: scheme.id.clone(), ..plan(code) };
            let open = Round::draft(plan.clone()).open(instant(0));
            store
                .with(|connection| {
                    draft_round_of(connection, plan, digest, scheme.digest)?;
                    rounds::record_open(connection, &open)
                })
                .unwrap();
            if code == CLOSED_ROUND {
                close_round(&store, open);
            }
        }
        let service = Arc::new(Service::start(catalogue, store.clone(), limits).unwrap());
        Self::serve(service, store)
    }

    fn serve(service: Arc<Service>, store: Store) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (tell, told) = mpsc::channel();
        let behind = Arc::clone(&service);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let settings = Settings {
                    n_workers: 1,
                    limits: Limits::default(),
                    counter: Counter::default(),
                    stops_on_signals: false,
                };
                let pages = Pages::load(None).unwrap();
                let running = server::start(listener, behind, pages, &settings).unwrap();
                tell.send((running.address(), running.stopper())).unwrap();
                running.until_stopped().await.unwrap();
            });
        });
        let (address, stopper) = told.recv().unwrap();
        let base = format!("http://{address}");
        Self { base, address, service, store, stopper, thread: Some(thread) }
    }

    /// Hands a test a server whose queue is full for as long as the test lasts: one answer is with the writer, who waits
    /// for the database, and one fills the queue. Both are stored afterwards.
    pub(crate) fn while_full(database: &Database, test: impl FnOnce(&Self)) {
        let door = Self::with(database, CollectLimits { queue: 1, batch: 1 });
        let mut side = database.side_connection();
        side.block_writers();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut with_writer = Box::pin(door.service.collect(door.filler()));
            assert!(is_waiting(&mut with_writer).await);
            while door.service.pulse().queue_depth > 0 {
                std::thread::yield_now();
            }
            let mut in_queue = Box::pin(door.service.collect(door.filler()));
            assert!(is_waiting(&mut in_queue).await);
            test(&door);
            side.execute("ROLLBACK");
            assert_eq!((with_writer.await, in_queue.await), (Ok(Collected::Stored), Ok(Collected::Stored)));
        });
    }

    /// The use cases behind the door.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// Answers in order as JSON: every five-point item answered.
    pub(crate) fn answers(&self) -> String {
        let items: Vec<String> = self.five_point().map(|item| format!("\"{item}\":4")).collect();
        format!("{{{}}}", items.join(","))
    }

    /// The five-point items of the desk's questionnaire.
    pub(crate) fn five_point_items(&self) -> Vec<String> {
        self.five_point().map(str::to_owned).collect()
    }

    /// Receipt codes of the round that are spent.
    pub(crate) fn receipts_spent(&self) -> u64 {
        let counts = self.store.with(|connection| receipts::counts(connection, &round_code(ROUND))).unwrap();
        counts.into_values().map(|(_, spent)| spent).sum()
    }

    fn five_point(&self) -> impl Iterator<Item = &str> {
        let one_stop = QuestionnaireRef::parse("one-stop.v2").unwrap();
        let items = &self.service.catalogue().questionnaire(&one_stop).unwrap().items;
        items.iter().filter(|item| item.kind == ItemKind::FivePoint).map(|item| item.id.as_str())
    }

    /// A response in order: every five-point item answered.
    fn filler(&self) -> Submission {
        Submission {
            round: round_code(ROUND),
            id: random_id(),
            desk: area_code(DESK),
            channel: Channel::Kiosk,
            answers: self.five_point().map(|item| (item.to_owned(), RawValue::Whole(4))).collect(),
            weight: None,
            circumstances: Circumstances::default(),
            is_live: true,
            receipt: None,
            arrival: None,
        }
    }

    /// Stores responses in order that come after the round was published.
    pub(crate) fn answer_late(&self, n: usize) {
        let file = LateFile { name: "late.csv".to_owned(), digest: Digest([7; 32]) };
        let responses = (0..n).map(|_| self.filler()).collect();
        let outcomes = self.service.store_many(responses, Some(&file), |_| true, |_| ()).unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == Ok(Collected::Stored)), "{outcomes:?}");
    }

    /// Responses stored, in whatever round.
    pub(crate) fn n_stored(&self) -> u64 {
        let count = |code| self.store.with(|connection| responses::count_by_desk(connection, &round_code(code), None));
        [ROUND, CLOSED_ROUND].into_iter().flat_map(|code| count(code).unwrap().into_values()).sum()
    }
}

/// Lets a future go as far as it gets, and says whether it waits for something then.
async fn is_waiting<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> bool {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stopper.stop();
        let ended = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}
