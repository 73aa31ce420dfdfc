//! What nobody wrote down: generated bodies, forms, headers and addresses against the readers and the whole server.
//!
//! The same few thousand cases in every run, unless one asks for more, which are others each time:
//!
//! ```text
//! SIPAS_FUZZ_CASES=1000000 cargo test --locked --test suite fuzz -- --nocapture
//! ```
//!
//! `SIPAS_FUZZ_SEED` (it is printed) makes the same cases again.

pub(crate) mod documents;
mod door;
mod readers;
mod requests;
mod schemas;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;

/// How many cases a test tries: so many, unless the environment says otherwise.
fn n_cases(usual: u32) -> u32 {
    asked("SIPAS_FUZZ_CASES").map_or(usual, |n| n.parse().expect("SIPAS_FUZZ_CASES is a whole number"))
}

fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What the cases are drawn from.
fn seed() -> &'static str {
    static SEED: OnceLock<String> = OnceLock::new();
    SEED.get_or_init(|| {
        let other = || asked("SIPAS_FUZZ_CASES").map(|_| uuid::Uuid::new_v4().simple().to_string());
        let seed = asked("SIPAS_FUZZ_SEED").or_else(other).unwrap_or_else(|| "usual".to_owned());
        println!("SIPAS_FUZZ_SEED={seed}");
        seed
    })
}

/// Tries cases of a lane, whose cases are no other lane's. One that fails is made smaller before it is shown.
fn try_all<S: Strategy>(lane: &str, n: u32, cases: &S, test: impl Fn(S::Value) -> TestCaseResult) {
    let config = Config { cases: n, failure_persistence: None, ..Config::default() };
    let drawn_from = Sha256::digest(format!("{} {lane}", seed()));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &drawn_from);
    let outcome = TestRunner::new_with_rng(config, rng).run(cases, test);
    outcome.unwrap_or_else(|failure| panic!("SIPAS_FUZZ_SEED={}, {lane}: {failure}", seed()));
}
