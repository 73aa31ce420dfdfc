//! `sipas serve`: takes answers over HTTP until it is asked to end.

use super::failure::Failure;
use super::mail::Route;
use super::{Place, PublicUrl};
use crate::cli::output::say_line;
use crate::mail::delivery::{self, Pause};
use crate::service::Service;
use crate::service::catalogue::Catalogue;
use crate::service::collect::CollectLimits;
use crate::service::outbox::Outbox;
use crate::service::recipients;
use crate::store::Store;
use crate::web::Counter;
use crate::web::guard::Limits;
use crate::web::pages::Pages;
use crate::web::rate::RateLimits;
use crate::web::server::{self, Settings, Stopper};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How to serve.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Where to listen; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS", env = "SIPAS_LISTEN")]
    listen: String,
    /// A folder with templates of your own, used instead of the built-in ones of the same name
    #[arg(long, value_name = "DIR", env = "SIPAS_PAGES")]
    pages: Option<PathBuf>,
    /// Answers that may wait to be stored; when more come, they are asked to come back
    #[arg(long, default_value_t = CollectLimits::default().queue, value_name = "N")]
    queue: usize,
    #[command(flatten)]
    public: PublicUrl,
    /// Seconds without a touch after which a kiosk forgets an unfinished sitting; it warns of that for 20 s
    #[arg(long, default_value_t = Counter::default().idle_seconds, value_name = "S", value_parser = clap::value_parser!(u32).range(25..=600))]
    idle_seconds: u32,
    /// Bits of work that a page computes for visitors without a receipt; 0 for none, 16 takes a computer about a third of a second
    #[arg(long, default_value_t = 0, value_name = "BITS", value_parser = clap::value_parser!(u8).range(0..=24))]
    proof_of_work: u8,
    /// Answers a minute from one address prefix, which may be a whole service centre
    #[arg(long, default_value_t = RateLimits::default().per_prefix, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_prefix: u32,
    /// Paper forms are typed in once; without this, each is typed in twice and compared
    #[arg(long)]
    single_entry: bool,
    /// A proxy stands in front and says in X-Forwarded-For whom it speaks for
    #[arg(long)]
    behind_proxy: bool,
    #[command(flatten)]
    mail: Route,
}

impl Arguments {
    fn counter(&self) -> Result<Counter, Failure> {
        Ok(Counter {
            public_url: self.public.given()?.map(str::to_owned),
            idle_seconds: self.idle_seconds,
            proof_bits: self.proof_of_work,
            is_single_entry: self.single_entry,
            rates: RateLimits {
                per_prefix: self.per_prefix,
                is_behind_proxy: self.behind_proxy,
                ..RateLimits::default()
            },
        })
    }
}

/// Serves until SIGTERM or SIGINT; then every answer that was taken is stored before it ends.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    log_to_stderr();
    let catalogue = place.catalogue()?;
    for notice in catalogue.notices() {
        tracing::warn!("{notice}");
    }
    let limits = CollectLimits { queue: arguments.queue.max(1), ..CollectLimits::default() };
    let pages = arguments.pages.as_deref();
    let (store, counter) = (place.store()?, arguments.counter()?);
    if counter.public_url.is_some() && !arguments.mail.is_told() && recipients::are_there(&store)? {
        return Err(Failure::message(
            "there are recipients, so say where their mail goes: --mail smtp://USER@HOST:587, or --mail none if another \
             server sends it (--mail folder:DIR only writes files)",
        ));
    }
    let (mail, terms) = (arguments.mail.settings()?, arguments.mail.terms()?);
    let letterhead = arguments.mail.letterhead(&arguments.public)?;
    let serving = Serving::with(catalogue, store, &arguments.listen, pages, (limits, counter))?;
    let mailing = Mailing::start(serving.service.outbox(terms, letterhead), mail);
    say_line!("sipas listens on {}", serving.base());
    let ended = serving.until_ended();
    mailing.stop();
    ended
}

/// A thread that sends mail beside the server.
struct Mailing {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Mailing {
    fn start(outbox: Outbox, settings: delivery::Settings) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || delivery::run(&outbox, &settings, &Pause::on(&stopped)));
        Self { stop, thread }
    }

    /// Lets the mail that is going out go out, and no other.
    fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread that sends mail broke down");
        }
    }
}

/// One line of JSON per event on standard error, for whatever keeps the logs; `SIPAS_LOG` chooses how much.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("SIPAS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// A server running on a thread of its own.
pub(super) struct Serving {
    base: String,
    service: Arc<Service>,
    stopper: Stopper,
    ended: Receiver<()>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    /// Starts serving with the usual limits and pages.
    pub(super) fn start(catalogue: Catalogue, store: Store, listen: &str) -> Result<Self, Failure> {
        Self::with(catalogue, store, listen, None, (CollectLimits::default(), Counter::default()))
    }

    fn with(
        catalogue: Catalogue,
        store: Store,
        listen: &str,
        pages: Option<&Path>,
        (limits, counter): (CollectLimits, Counter),
    ) -> Result<Self, Failure> {
        let pages = Pages::load(pages).map_err(|faults| Failure::faults("a page is not sound", faults))?;
        let cannot = |error: std::io::Error| Failure::message(format!("cannot listen on {listen}: {error}"));
        let listener = TcpListener::bind(listen).map_err(cannot)?;
        let service = Arc::new(Service::start(catalogue, store, limits)?);
        let n_workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let settings = Settings { n_workers, limits: Limits::default(), counter, stops_on_signals: true };
        let (tell, ended) = mpsc::channel();
        let (say, started) = mpsc::channel();
        let of_thread = Arc::clone(&service);
        let thread = std::thread::spawn(move || {
            let served = actix_web::rt::System::new().block_on(async move {
                let running = server::start(listener, of_thread, pages, &settings)?;
                let _ = say.send((running.address(), running.stopper()));
                running.until_stopped().await
            });
            let _ = tell.send(());
            served
        });
        match started.recv() {
            Ok((address, stopper)) => Ok(Self { base: format!("http://{address}"), service, stopper, ended, thread }),
            Err(_) => Err(thread_failure(thread)),
        }
    }

    /// Where it listens.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Answers stored since it started.
    pub(super) fn n_stored(&self) -> u64 {
        self.service.pulse().stored
    }

    /// Waits for a while; false as soon as the server was asked to end.
    pub(super) fn wait(&self, pause: Duration) -> bool {
        self.ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
    }

    /// Asks it to end, and returns when everything taken is stored.
    pub(super) fn stop(self) -> Result<(), Failure> {
        self.stopper.stop();
        self.until_ended()
    }

    fn until_ended(self) -> Result<(), Failure> {
        match self.thread.join() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::message(format!("the server failed: {error}"))),
            Err(_) => Err(Failure::message("the server broke down; see the log")),
        }
    }
}

fn thread_failure(thread: JoinHandle<std::io::Result<()>>) -> Failure {
    match thread.join() {
        Ok(Err(error)) => Failure::message(format!("the server could not start: {error}")),
        _ => Failure::message("the server could not start; see the log"),
    }
}
