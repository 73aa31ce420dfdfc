//! The HTTP door: every address, the shapes that pass through it, and the page a citizen sees.
//!
//! Invariant: this floor turns requests into calls of `service` and answers into bytes. It knows no table of the
//! database, no formula and no other door; what an answer means is decided below. Whatever it refuses, it refuses with
//! a problem of one catalogue, and it never writes an answer or a visitor's address to a log or a metric.

pub mod address;
pub mod assets;
pub mod comments;
pub mod credentials;
pub mod devices;
pub mod effort;
pub mod entry;
pub mod exports;
pub mod figures;
pub mod form;
pub mod guard;
pub mod health;
pub mod json;
pub mod kiosk;
pub mod letters;
pub mod log;
pub mod metrics;
pub mod openapi;
pub mod operator;
pub mod pages;
pub mod problem;
pub mod publications;
pub mod rate;
pub mod receipts;
pub mod responses;
pub mod results;
pub mod server;
pub mod survey;
pub mod wire;
pub mod worker;

use crate::service::Service;
use actix_web::web::ServiceConfig;
use address::Address;
use guard::Limits;
use health::Watch;
use metrics::Metrics;
use openapi::Description;
use pages::Pages;
use rate::{RateLimits, Rates};
use results::Drawn;
use std::sync::Arc;
use survey::Blanks;
use tokio::sync::Semaphore;

/// Exports that are downloaded at once; of the database's connections most are for other things.
const MAX_DOWNLOADS: usize = 2;

/// What every request may use. One per server; two servers in one process share nothing.
pub struct Site {
    /// The use cases behind the door.
    pub service: Arc<Service>,
    /// Templates, style sheet and scripts.
    pub pages: Pages,
    /// This server's figures.
    pub metrics: Metrics,
    /// Watches whether the queue moves.
    pub watch: Watch,
    /// How much and how long a request may be.
    pub limits: Limits,
    /// Whose turn it is to have figures computed.
    pub figures: Semaphore,
    /// Who may download an export: each holds a view of the database.
    pub exports: Arc<Semaphore>,
    /// How the counter is run.
    pub counter: Counter,
    /// Who sent how often.
    pub rates: Rates,
    /// New forms that were drawn.
    pub blanks: Blanks,
    /// What this door takes and gives.
    pub description: Description,
    /// Result pages that were drawn.
    pub results: Drawn,
}

/// How the counter is run: what an operator decides when the server starts.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The address that citizens and devices reach this server at, such as `https://khaosat.example.vn`; it is printed on
    /// posters and receipts. Cookies are sent over HTTPS only if it is HTTPS.
    pub public_url: Option<String>,
    /// Seconds without a touch after which a kiosk forgets an unfinished sitting.
    pub idle_seconds: u32,
    /// Bits of work asked of a page whose visitor has neither a receipt nor an enrolled device; 0 asks for none.
    pub proof_bits: u8,
    /// Whether paper is typed in once instead of twice.
    pub is_single_entry: bool,
    /// How often who may send.
    pub rates: RateLimits,
}

impl Counter {
    /// Whether strangers may reach it. A proxy need not say that it is one, so then nobody is let in for where they seem to be.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public_url.is_some() || self.rates.is_behind_proxy
    }

    /// Whether it is reached over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self { public_url: None, idle_seconds: 30, proof_bits: 0, is_single_entry: false, rates: RateLimits::default() }
    }
}

impl Site {
    /// Puts a server's parts together.
    #[must_use]
    pub fn new(service: Arc<Service>, pages: Pages, limits: Limits, counter: Counter) -> Self {
        let metrics = Metrics::new(Arc::clone(&service));
        Self {
            service,
            pages,
            metrics,
            watch: Watch::default(),
            limits,
            figures: Semaphore::new(1),
            exports: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
            counter,
            rates: Rates::default(),
            blanks: Blanks::default(),
            description: Description::of(&table()),
            results: Drawn::default(),
        }
    }
}

/// Every address, in one table, each method with its description. A `get` also answers `HEAD`; every address answers `OPTIONS`.
#[must_use]
pub fn table() -> Vec<Address> {
    vec![
        // For citizens.
        Address::at("/s/{desk}").get(survey::show, &survey::SHOW).post(survey::answer, &survey::ANSWER),
        Address::at("/s/{desk}/thanks").get(survey::thanks, &survey::THANKS),
        Address::at("/kiosk").get(kiosk::show, &kiosk::SHOW),
        Address::at("/kiosk/pair").post(kiosk::pair, &kiosk::PAIR),
        Address::at("/kiosk/next").get(kiosk::next, &kiosk::NEXT),
        Address::at("/interview").get(kiosk::interview, &kiosk::INTERVIEW),
        Address::at("/page/{file}").get(assets::file, &assets::FILE),
        Address::at("/worker.js").get(worker::script, &worker::SCRIPT),
        // For programs.
        Address::at("/v1/rounds/{round}/responses").post(responses::submit, &responses::SUBMIT),
        Address::at("/v1/receipts").post(receipts::issue, &receipts::ISSUE),
        Address::at("/v1/devices/sync").post(devices::sync, &devices::SYNC),
        Address::at("/v1/rounds/{round}/index").get(figures::index, &figures::INDEX),
        Address::at("/v1/rounds/{round}/results").get(figures::results, &figures::RESULTS),
        Address::at("/v1/rounds/{round}/breakdown").get(figures::breakdown, &figures::BREAKDOWN),
        Address::at("/v1/rounds/{round}/export").get(exports::file, &exports::FILE),
        Address::at("/v1/rounds/{round}/export/manifest").get(exports::manifest, &exports::MANIFEST),
        Address::at("/v1/rounds/{round}/publications").get(publications::list, &publications::LIST),
        Address::at("/v1/rounds/{round}/publications/{revision}/{file:.+}")
            .get(publications::file, &publications::FILE),
        // For everybody: what was published.
        Address::at("/r/{round}").get(results::round, &results::ROUND_PAGE),
        Address::at("/r/{round}/{file}").get(results::file, &results::FILE),
        Address::at("/problems").get(problem::list, &problem::LIST),
        Address::at("/problems/{slug}").get(problem::explain, &problem::EXPLAIN),
        Address::at("/openapi.json").get(openapi::document, &openapi::DOCUMENT),
        Address::at("/api").get(openapi::viewer, &openapi::VIEWER),
        // For the office.
        Address::at("/entry").get(entry::show, &entry::SHOW).post(entry::enter, &entry::ENTER),
        Address::at("/operator").get(operator::rounds, &operator::ROUNDS),
        Address::at("/operator/{round}").get(operator::show, &operator::SHOW),
        Address::at("/operator/{round}/comments")
            .get(comments::list, &comments::LIST)
            .post(comments::settle, &comments::SETTLE),
        Address::at("/operator/{round}/mail/{unit}").get(letters::show, &letters::SHOW),
        // For whoever keeps the server running.
        Address::at("/healthz").get(health::alive, &health::ALIVE),
        Address::at("/readyz").get(health::ready, &health::READY),
        Address::at("/metrics").get(health::metrics, &health::METRICS),
    ]
}

/// Puts the table into an application; an address outside it is a problem as well.
pub fn routes(app: &mut ServiceConfig) {
    for address in table() {
        address.into_app(app);
    }
    app.default_service(actix_web::web::to(problem::nothing_here));
}
