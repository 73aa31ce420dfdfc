//! Durable submits per second, beside the same request against a handler that parses and stores nothing.
//!
//! ```text
//! cargo bench --bench submit -- [--database URL] [--clients 64] [--seconds 10] [--pairs 3]
//! ```
//!
//! Starts the real `sipas serve` on the database (a fresh SQLite file unless a URL is given; use an empty database) and
//! a bare server that reads and checks the same request with the same code and answers 201 without storing anything. The
//! two are driven in turn by the same load, so that a machine that is slow today is slow for both; what counts is their
//! ratio.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on stops, and says why")]

mod bare;
mod client;
#[expect(dead_code, reason = "the tests use more of the office")]
#[path = "../../tests/suite/harness/office.rs"]
mod office;

use client::Tally;
use office::{DESK, Office, ROUND};
use std::time::Duration;

/// Answers prepared per second of load: more than any machine this was tried on could send.
const PREPARED_PER_SECOND: usize = 30_000;

struct Options {
    database: Option<String>,
    n_clients: usize,
    lasting: Duration,
    n_pairs: usize,
}

fn options() -> Options {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1).cloned());
    let number = |name: &str, usual: usize| value(name).map_or(usual, |text| text.parse().expect("a whole number"));
    Options {
        database: value("--database"),
        n_clients: number("--clients", 64),
        lasting: Duration::from_secs(number("--seconds", 10) as u64),
        n_pairs: number("--pairs", 3),
    }
}

fn bodies(n: usize) -> Vec<String> {
    let items = office::one_stop_items();
    let body = |n: usize| {
        let id = uuid::Uuid::new_v4();
        let answers: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(place, item)| format!("\"{item}\":{}", (n * 7 + place * 3) % 5 + 1))
            .collect();
        let answers = answers.join(",");
        format!("{{\"id\":\"{id}\",\"desk\":\"{DESK}\",\"channel\":\"kiosk\",\"answers\":{{{answers}}}}}")
    };
    (0..n).map(body).collect()
}

fn main() {
    if let Some(address) = bare::asked_for() {
        return bare::serve(&address);
    }
    let options = options();
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let fresh = format!("sqlite:{}", scratch.path().join("submit.db").display());
    let office = Office::on(options.database.as_deref().unwrap_or(&fresh));
    office.open_round();
    let served = office.serve();
    let bare = bare::start();
    let path = format!("/v1/rounds/{ROUND}/responses");
    let warm_up = Duration::from_secs(2);
    println!("{} clients, {} s each, {}", options.n_clients, options.lasting.as_secs(), office.database);
    println!("{:<10} {:>10} {:>9} {:>9} {:>9} {:>7}", "", "per second", "p50 ms", "p99 ms", "max ms", "failed");
    let mut ratios = Vec::new();
    for pair in 0..=options.n_pairs {
        let lasting = if pair == 0 { warm_up } else { options.lasting };
        let prepared = || bodies(PREPARED_PER_SECOND * lasting.as_secs() as usize);
        let address = served.base.trim_start_matches("http://");
        let stored = client::drive(address, &path, &prepared(), options.n_clients, lasting);
        let parsed = client::drive(&bare.address, &path, &prepared(), options.n_clients, lasting);
        if pair > 0 {
            print_tally("stored", &stored);
            print_tally("parsed", &parsed);
            ratios.push(stored.per_second() / parsed.per_second());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    println!("stored / parsed, median of {}: {:.0} %", ratios.len(), 100.0 * median);
}

fn print_tally(name: &str, tally: &Tally) {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| tally.quantile_ms(share));
    println!("{name:<10} {:>10.0} {p50:>9.2} {p99:>9.2} {max:>9.2} {:>7}", tally.per_second(), tally.failed);
}
