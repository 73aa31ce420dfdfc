//! Whole sittings per second: the page of a desk and then an answer, beside a page that is always the same and an answer
//! that is read and not stored.
//!
//! ```text
//! cargo bench --bench sittings -- [--database URL] [--clients 64] [--seconds 60] [--form] [--gzip]
//! ```
//!
//! Starts the real `sipas serve` on the database (a fresh SQLite file unless a URL is given; use an empty database). Each
//! client opens the page, sends its answer with a receipt code of its own (as the page's script does; with `--form` as a browser without scripts does,
//! which is then led to the thanks, and has no code) and begins the next sitting. `--gzip` asks for compressed pages, as browsers do.
//! The yardstick behind the same layers gives out the page it was given once, and stores nothing. At the end one client
//! alone asks each server for its page, and the processor time that the server took is divided by their number.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops, and says why")]

#[path = "../load/mod.rs"]
mod load;
#[expect(dead_code, reason = "the tests use more of the office")]
#[path = "../../tests/suite/harness/office.rs"]
mod office;
mod processor;

use load::arguments::Arguments;
use load::bare::{self, Layers};
use load::client::{self, CODE, Codes, Step, Tally};
use office::{DESK, Office, ROUND};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

struct Options {
    database: Option<String>,
    n_clients: usize,
    lasting: Duration,
    form: bool,
    gzip: bool,
}

fn options() -> Options {
    let typed = Arguments::read();
    Options {
        database: typed.value("--database"),
        n_clients: typed.number("--clients", 64),
        lasting: Duration::from_secs(typed.number("--seconds", 60) as u64),
        form: typed.has("--form"),
        gzip: typed.has("--gzip"),
    }
}

/// A server under measurement.
struct Target {
    name: &'static str,
    address: String,
    process: u32,
    steps: Vec<Step>,
}

impl Target {
    /// The page, and the answer as a program sends it.
    fn new(name: &'static str, address: &str, process: u32, options: &Options) -> Self {
        let headers = if options.gzip { "accept-encoding: gzip\r\n" } else { "" };
        let steps = vec![Step::get(address, &format!("/s/{DESK}"), headers)];
        Self { name, address: address.to_owned(), process, steps }
    }

    fn sending_json(mut self, code: &str, codes: Option<Arc<Codes>>) -> Self {
        let answer = |(item, score): (String, usize)| format!("\"{item}\":{score}");
        let answers: Vec<String> = scores().map(answer).collect();
        let (id, answers) = (uuid::Uuid::nil(), answers.join(","));
        let body = format!(
            "{{\"id\":\"{id}\",\"desk\":\"{DESK}\",\"channel\":\"web\",\"receipt\":\"{code}\",\"answers\":{{{answers}}}}}"
        );
        let path = format!("/v1/rounds/{ROUND}/responses");
        let post = Step::post(&self.address, &path, "application/json", &body, "201");
        self.steps.push(if let Some(codes) = codes { post.with(codes) } else { post });
        self
    }

    fn sending_the_form(mut self) -> Self {
        let answers: String = scores().map(|(item, score)| format!("&answer.{item}={score}")).collect();
        let body = format!("response_id={}&round={ROUND}{answers}", uuid::Uuid::nil());
        let path = format!("/s/{DESK}");
        self.steps.push(Step::post(&self.address, &path, "application/x-www-form-urlencoded", &body, "303"));
        self.steps.push(Step::get(&self.address, &format!("{path}/thanks"), ""));
        self
    }

    /// Drives the load and prints what it saw.
    fn measure(&self, options: &Options) -> Tally {
        let before = processor::time_of(self.process);
        let tally = client::drive(&self.address, &self.steps, options.n_clients, options.lasting);
        let each = processor::milliseconds_each(self.process, before, tally.done);
        let quantile = |step, share| tally.quantile_ms(step, share);
        println!(
            "{:<16} {:>10.0} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>9.3} {:>7}",
            self.name,
            tally.per_second(),
            quantile(0, 0.5),
            quantile(0, 0.99),
            quantile(1, 0.5),
            quantile(1, 0.99),
            each,
            tally.failed
        );
        tally
    }

    /// Processor time for a page, of the server, in milliseconds.
    fn page_ms(&self, lasting: Duration) -> f64 {
        let before = processor::time_of(self.process);
        let tally = client::drive(&self.address, self.steps.get(..1).unwrap_or_default(), 1, lasting);
        processor::milliseconds_each(self.process, before, tally.done)
    }
}

/// Receipt codes for as many sittings as a minute of the fastest machine may see.
fn issue_codes(office: &Office, lasting: Duration) -> Vec<String> {
    const PER_SECOND: u64 = 16_000;
    const AT_ONCE: u64 = 24_000;
    let mut codes = Vec::new();
    while (codes.len() as u64) < PER_SECOND * lasting.as_secs().max(1) {
        let count = AT_ONCE.to_string();
        let list = office.run(&["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", &count]);
        codes.extend(list.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned));
    }
    codes
}

/// An answer to every item.
fn scores() -> impl Iterator<Item = (String, usize)> {
    office::one_stop_items().into_iter().enumerate().map(|(place, item)| (item, place * 3 % 5 + 1))
}

/// Keeps the page as it is now, for the yardstick to give out.
fn keep_page(base: &str, file: &Path) -> usize {
    let page = ureq::get(&format!("{base}/s/{DESK}")).call().expect("the page is there").body_mut().read_to_vec();
    let page = page.expect("the page can be read");
    std::fs::write(file, &page).expect("the scratch folder takes a file");
    page.len()
}

fn main() {
    if bare::served() {
        return;
    }
    let options = options();
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let fresh = format!("sqlite:{}", scratch.path().join("sittings.db").display());
    let office = Office::on(options.database.as_deref().unwrap_or(&fresh));
    office.open_round();
    let served = office.serve();
    let page = scratch.path().join("page.html");
    let n_bytes = keep_page(&served.base, &page);
    let constant = bare::start(Layers::Product, &page);

    let target = Target::new("sittings", served.base.trim_start_matches("http://"), served.process(), &options);
    let codes = issue_codes(&office, options.lasting);
    let one = codes.first().cloned().unwrap_or_default();
    let target = match options.form {
        true => target.sending_the_form(),
        false => target.sending_json(CODE, Some(Codes::new(codes))),
    };
    let yardstick = Target::new("constant page", &constant.address, constant.process(), &options);
    let yardstick = yardstick.sending_json(&one, None);
    println!(
        "{} clients, {} s each, {}; the page has {n_bytes} bytes{}",
        options.n_clients,
        options.lasting.as_secs(),
        office.database,
        if options.gzip { " before it is compressed" } else { "" }
    );
    println!(
        "{:<16} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "", "per second", "page p50", "p99 ms", "send p50", "p99 ms", "CPU ms", "failed"
    );
    let (sittings, constants) = (target.measure(&options), yardstick.measure(&options));
    println!("sittings / constant page: {:.0} %", 100.0 * sittings.per_second() / constants.per_second());
    let alone = options.lasting.min(Duration::from_secs(5));
    let (page, constant) = (target.page_ms(alone), yardstick.page_ms(alone));
    println!(
        "processor time of a page: {page:.3} ms, of the constant one {constant:.3} ms; drawing it: {:.3} ms",
        page - constant
    );
    let stored = office.n_stored() as u64;
    assert!(stored >= sittings.done, "{} sittings were confirmed, {stored} are stored", sittings.done);
}
