//! Durable submits per second, beside the same request against a handler that parses and stores nothing.
//!
//! ```text
//! cargo bench --bench submit -- [--database URL] [--clients 64] [--seconds 10] [--rounds 3]
//! ```
//!
//! Starts the real `sipas serve` on the database (a fresh SQLite file unless a URL is given; use an empty database) and
//! servers that read and check the same request with the same code and answer 201 without storing anything: one behind
//! the same layers (limits, problems, log), one behind none. They are driven in turn by the same load, so that a machine
//! that is slow today is slow for all; what counts is the ratio.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops, and says why")]

#[expect(dead_code, reason = "a whole sitting takes more of the load")]
#[path = "../load/mod.rs"]
mod load;
#[expect(dead_code, reason = "the tests use more of the office")]
#[path = "../../tests/suite/harness/office.rs"]
mod office;

use load::arguments::Arguments;
use load::bare::{self, Layers};
use load::client::{self, Step, Tally};
use office::{DESK, Office, ROUND};
use std::time::Duration;

struct Options {
    database: Option<String>,
    n_clients: usize,
    lasting: Duration,
    n_rounds: usize,
}

fn options() -> Options {
    let typed = Arguments::read();
    Options {
        database: typed.value("--database"),
        n_clients: typed.number("--clients", 64),
        lasting: Duration::from_secs(typed.number("--seconds", 10) as u64),
        n_rounds: typed.number("--rounds", 3),
    }
}

/// A complete response with an id.
fn body(items: &[String], id: &str) -> String {
    let answer = |(place, item): (usize, &String)| format!("\"{item}\":{}", place * 3 % 5 + 1);
    let answers: Vec<String> = items.iter().enumerate().map(answer).collect();
    let answers = answers.join(",");
    format!("{{\"id\":\"{id}\",\"desk\":\"{DESK}\",\"channel\":\"kiosk\",\"answers\":{{{answers}}}}}")
}

fn main() {
    if bare::served() {
        return;
    }
    let options = options();
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let fresh = format!("sqlite:{}", scratch.path().join("submit.db").display());
    let office = Office::on(options.database.as_deref().unwrap_or(&fresh));
    office.open_round();
    let served = office.serve();
    let page = scratch.path().join("no-page.html");
    std::fs::write(&page, "").expect("the scratch folder takes a file");
    let layered = bare::start(Layers::Product, &page);
    let naked = bare::start(Layers::Nothing, &page);
    let path = format!("/v1/rounds/{ROUND}/responses");
    let warm_up = Duration::from_secs(2);
    let items = office::one_stop_items();
    let body = body(&items, &uuid::Uuid::nil().to_string());
    println!("{} clients, {} s each, {}", options.n_clients, options.lasting.as_secs(), office.database);
    println!("{:<20} {:>10} {:>9} {:>9} {:>9} {:>7}", "", "per second", "p50 ms", "p99 ms", "max ms", "failed");
    let targets = [
        ("stored", served.base.trim_start_matches("http://")),
        ("parsed, same layers", layered.address.as_str()),
        ("parsed, no layers", naked.address.as_str()),
    ];
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..=options.n_rounds {
        let lasting = if round == 0 { warm_up } else { options.lasting };
        for ((name, address), rates) in targets.iter().zip(&mut rates) {
            let answer = Step::post(address, &path, "application/json", &body, "201");
            let tally = client::drive(address, &[answer], options.n_clients, lasting);
            if round > 0 {
                print_tally(name, &tally);
                rates.push(tally.per_second());
            }
        }
    }
    let [stored, layered, naked] = rates;
    println!("stored / parsed behind the same layers, median of {}: {:.0} %", stored.len(), ratio(&stored, &layered));
    println!("stored / parsed behind no layers,       median of {}: {:.0} %", stored.len(), ratio(&stored, &naked));
}

/// The median, in percent, of the ratios round by round.
fn ratio(upper: &[f64], lower: &[f64]) -> f64 {
    let mut ratios: Vec<f64> = upper.iter().zip(lower).map(|(upper, lower)| 100.0 * upper / lower).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print_tally(name: &str, tally: &Tally) {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| tally.quantile_ms(0, share));
    println!("{name:<20} {:>10.0} {p50:>9.2} {p99:>9.2} {max:>9.2} {:>7}", tally.per_second(), tally.failed);
}
