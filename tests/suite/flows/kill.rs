//! An answer that got a 201 is there, once, whatever happens to the server afterwards.

use super::client::{agent, body, post};
use crate::harness::office::{Office, one_stop_items};
use crate::harness::on_both_urls;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How often the server is killed, on each database.
const N_KILLS: usize = 20;
/// Acknowledged answers before each kill; the kill then falls into the middle of the next ones.
const ACKNOWLEDGED_BEFORE_KILL: usize = 150;
const N_CLIENTS: usize = 8;

/// Sends answers from several clients until enough were acknowledged, then pulls the plug.
fn load_and_kill(office: &Office, n_before: usize, sent: &Mutex<Vec<String>>, acknowledged: &Mutex<BTreeSet<String>>) {
    let (mut served, items) = (office.serve(), one_stop_items());
    let base = served.base.clone();
    let (n_acknowledged, dead) = (AtomicUsize::new(0), AtomicBool::new(false));
    let ended = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..N_CLIENTS {
            scope.spawn(|| {
                let agent = agent();
                while !dead.load(Ordering::Relaxed) {
                    let id = uuid::Uuid::new_v4().to_string();
                    let body = body(&items, &id, n_acknowledged.load(Ordering::Relaxed));
                    sent.lock().unwrap().push(body.clone());
                    match post(&agent, &base, &body) {
                        Some(201) => {
                            acknowledged.lock().unwrap().insert(body);
                            n_acknowledged.fetch_add(1, Ordering::Relaxed);
                        }
                        // The plug was pulled, or an answer was refused: nothing more to do here.
                        status => return ended.lock().unwrap().push(status),
                    }
                }
            });
        }
        while n_acknowledged.load(Ordering::Relaxed) < n_before {
            let ended = ended.lock().unwrap();
            assert!(ended.len() < N_CLIENTS, "before the kill, every client was left without a 201: {ended:?}");
            drop(ended);
            std::thread::yield_now();
        }
        // The clients are in the middle of their next answers.
        served.kill();
        dead.store(true, Ordering::Relaxed);
    });
}

#[test]
fn what_was_acknowledged_survives_twenty_kills_and_replays_change_nothing() {
    on_both_urls(|database| {
        let office = Office::on(database);
        office.open_round();
        let (sent, acknowledged) = (Mutex::new(Vec::new()), Mutex::new(BTreeSet::new()));
        for kill in 0..N_KILLS {
            load_and_kill(&office, ACKNOWLEDGED_BEFORE_KILL + 7 * kill, &sent, &acknowledged);
        }
        let (sent, acknowledged) = (sent.into_inner().unwrap(), acknowledged.into_inner().unwrap());
        let n_stored = office.n_stored();
        assert!(n_stored >= acknowledged.len(), "{} acknowledged, {n_stored} stored", acknowledged.len());
        assert!(n_stored <= sent.len(), "{} sent, {n_stored} stored", sent.len());

        let (served, agent) = (office.serve(), agent());
        for body in &acknowledged {
            assert_eq!(post(&agent, &served.base, body), Some(200), "an acknowledged answer was not there: {body}");
        }
        assert_eq!(office.n_stored(), n_stored, "replaying acknowledged answers changed something");
        for body in &sent {
            assert!(matches!(post(&agent, &served.base, body), Some(200 | 201)), "a replay was refused: {body}");
        }
        assert_eq!(office.n_stored(), sent.len(), "after all replays each answer is there once");
        assert!(served.stop(), "the server did not stop well");
        println!(
            "{database}: {} sent, {} acknowledged over {N_KILLS} kills, all there once",
            sent.len(),
            acknowledged.len()
        );
    });
}
