//! How long `sipas estimate` takes on large surveys, beside Polars only reading the same columns.
//!
//! `cargo bench --bench estimate` writes surveys of several sizes as Parquet, runs the real program on each (22 shares, 5
//! elements and the composite, for the whole, 12 districts and 8 cells of sex and age, two-stage design), measures the
//! processor time and peak memory of the whole process, and draws `target/estimate.svg`. Arguments after `--` limit the
//! rows: `cargo bench --bench estimate -- 1000000`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on stops, and says why"
)]

mod drawing;
mod measure;
mod survey;

use measure::{Measured, median};
use std::path::Path;
use std::process::Command;

/// The program's own allocator, so that the two readers differ in nothing but what they do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows and desks of each survey.
const SIZES: [(usize, usize); 5] =
    [(36_000, 180), (1_000_000, 180), (1_000_000, 1_200), (1_000_000, 11_000), (10_000_000, 11_000)];
/// Runs of each; the median counts.
const RUNS: usize = 5;
/// Rows that a run has at least; small surveys are read so often.
const ROWS_A_RUN: usize = 3_000_000;
/// What this program is called with to only read a file, in a process of its own.
const READ: &str = "--read-only";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [word, file] = arguments.as_slice()
        && word == READ
    {
        println!("{} rows", survey::read(Path::new(file)));
        return;
    }
    let most = arguments.first().and_then(|rows| rows.parse().ok()).unwrap_or(usize::MAX);
    let folder = tempfile::tempdir().expect("a folder for the surveys");
    let items = survey::items(folder.path());
    println!(
        "{:>10} {:>7} {:>9} {:>9} {:>9} {:>9} {:>6}",
        "rows", "desks", "wall s", "CPU s", "read s", "MiB", "ratio"
    );
    let mut rows = Vec::new();
    for (n_rows, n_desks) in SIZES.into_iter().filter(|(rows, _)| *rows <= most) {
        let file = folder.path().join("survey.parquet");
        survey::write(&file, n_rows, n_desks);
        let times = ROWS_A_RUN.div_ceil(n_rows);
        let estimate = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
            command.arg("estimate").arg(&file).args(survey::question(&items));
            measure::run_often(command, times)
        };
        let read = || {
            let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
            command.arg(READ).arg(&file);
            measure::run_often(command, times)
        };
        // One of each in turn, so that a busy moment of the machine meets both.
        let pairs: Vec<(Measured, Measured)> = (0..RUNS).map(|_| (estimate(), read())).collect();
        let of = |part: fn(&(Measured, Measured)) -> f64| median(pairs.iter().map(part).collect());
        let row = drawing::Row {
            n_rows,
            n_desks,
            cpu_s: of(|(estimate, _)| estimate.cpu_s),
            read_s: of(|(_, read)| read.cpu_s),
            mib: of(|(estimate, _)| estimate.mib),
        };
        let (wall, ratio) = (of(|(estimate, _)| estimate.wall_s), row.cpu_s / row.read_s);
        println!(
            "{:>10} {:>7} {:>9.3} {:>9.3} {:>9.3} {:>9.0} {:>6.2}",
            row.n_rows, row.n_desks, wall, row.cpu_s, row.read_s, row.mib, ratio
        );
        rows.push(row);
    }
    let drawing = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/estimate.svg");
    std::fs::create_dir_all(drawing.parent().expect("a folder")).expect("target/ can be made");
    std::fs::write(&drawing, drawing::svg(&rows)).expect("the drawing can be written");
    println!("drawn: {}", drawing.display());
}
