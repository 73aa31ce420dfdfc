//! Two servers on one database, the same response sent to both at the same moment: it is stored once, and both know.

use super::client::{agent, body, post};
use crate::harness::office::{Office, one_stop_items};
use crate::harness::on_both_urls;
use std::sync::Barrier;

/// Responses raced with the same content, and as many with another.
const N_RACES: usize = 60;

#[test]
fn of_two_at_the_same_moment_one_is_stored_and_the_other_knows() {
    on_both_urls(|database| {
        let office = Office::on(database);
        office.open_round();
        let servers = [office.serve(), office.serve()];
        let items = one_stop_items();
        for race in 0..2 * N_RACES {
            let id = uuid::Uuid::new_v4().to_string();
            let same = race < N_RACES;
            let bodies = [body(&items, &id, race), body(&items, &id, if same { race } else { race + 1 })];
            let start = Barrier::new(2);
            let mut statuses: Vec<Option<u16>> = std::thread::scope(|scope| {
                let senders = servers.iter().zip(&bodies).map(|(server, body)| {
                    let start = &start;
                    scope.spawn(move || {
                        let agent = agent();
                        start.wait();
                        post(&agent, &server.base, body)
                    })
                });
                let senders: Vec<_> = senders.collect();
                senders.into_iter().map(|sender| sender.join().unwrap()).collect()
            });
            statuses.sort_unstable();
            let expected = if same { [Some(200), Some(201)] } else { [Some(201), Some(409)] };
            assert_eq!(statuses, expected, "race {race}");
        }
        assert_eq!(office.n_stored(), 2 * N_RACES);
    });
}
