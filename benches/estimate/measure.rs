//! Processor time and peak memory of a whole process, from the kernel's own books.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Ticks a second of the times in `/proc`; fixed on Linux.
const TICKS: f64 = 100.0;
/// Pause between two looks at a process's memory.
const LOOK: Duration = Duration::from_millis(2);

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) wall_s: f64,
    pub(crate) cpu_s: f64,
    pub(crate) mib: f64,
}

/// Runs a command `times` times, so that the kernel's ticks do not matter, and gives what one run took.
pub(crate) fn run_often(mut command: Command, times: usize) -> Measured {
    let runs: Vec<Measured> = (0..times).map(|_| run(&mut command)).collect();
    let mean = |part: fn(&Measured) -> f64| runs.iter().map(part).sum::<f64>() / times as f64;
    Measured { wall_s: mean(|run| run.wall_s), cpu_s: mean(|run| run.cpu_s), mib: mean(|run| run.mib) }
}

/// Runs a command that must succeed; its output is read and dropped.
fn run(command: &mut Command) -> Measured {
    let before = children_s();
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let (ended, end) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn(move || ended.send(child.wait().expect("the program can be waited for")));
    let mut kib = 0.0_f64;
    let done = loop {
        kib = kib.max(peak_kib(&status));
        if let Ok(done) = end.recv_timeout(LOOK) {
            break done;
        }
    };
    drop(waiting.join());
    assert!(done.success(), "{command:?} failed");
    Measured { wall_s: start.elapsed().as_secs_f64(), cpu_s: children_s() - before, mib: kib / 1024.0 }
}

/// Processor seconds of all children that have ended.
fn children_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split(' ').skip(13).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// The most memory a process has held so far.
fn peak_kib(status: &str) -> f64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0)
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
