//! What a server's process has cost, from what Linux says of it.

use std::time::Duration;

/// Linux counts in hundredths of a second, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

/// Processor time a process has taken so far, of all its threads.
pub(crate) fn time_of(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the server is running");
    // The name before the closing bracket may hold anything; user and system time are the 14th and 15th of all.
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u32>().expect("a number"));
    TICK * ticks.sum::<u32>()
}

/// Processor time since then, for each of some things done.
pub(crate) fn milliseconds_each(process: u32, before: Duration, n_done: u64) -> f64 {
    (time_of(process) - before).as_secs_f64() * 1_000.0 / n_done as f64
}
