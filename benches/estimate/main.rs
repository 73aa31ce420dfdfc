//! How long `sipas estimate` takes on large surveys, beside Polars only reading the same columns.
//!
//! `cargo bench --bench estimate` writes surveys of several sizes as Parquet, runs the real program on each (22 shares, 5
//! elements and the composite, for the whole, 12 districts and 8 cells of sex and age, two-stage design), measures the
//! processor time and peak memory of the whole process, and draws `target/estimate.svg`. Arguments after `--` limit the
//! rows: `cargo bench --bench estimate -- 1000000`.
//!
//! Polars reads in a process of its own twice: as a library in this program, and as people use it, from Python, where
//! `PYTHON` names an interpreter that has it.

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
/// The same in Python.
const READ_IN_PYTHON: &str = "import polars, sys; print(polars.read_parquet(sys.argv[1]).height)";

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
        "{:>10} {:>7} {:>9} {:>9} {:>9} {:>9} {:>6} {:>9} {:>6}",
        "rows", "desks", "wall s", "CPU s", "MiB", "read s", "ratio", "Python s", "ratio"
    );
    let python = std::env::var_os("PYTHON");
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
        let in_python = || {
            let mut command = Command::new(python.as_ref()?);
            command.args(["-c", READ_IN_PYTHON]).arg(&file);
            Some(measure::run_often(command, times))
        };
        // One of each in turn, so that a busy moment of the machine meets all.
        type Run = (Measured, Measured, Option<Measured>);
        let runs: Vec<Run> = (0..RUNS).map(|_| (estimate(), read(), in_python())).collect();
        let of = |part: fn(&Run) -> f64| median(runs.iter().map(part).collect());
        let row = drawing::Row {
            n_rows,
            n_desks,
            cpu_s: of(|(estimate, _, _)| estimate.cpu_s),
            read_s: of(|(_, read, _)| read.cpu_s),
            mib: of(|(estimate, _, _)| estimate.mib),
        };
        let wall_s = of(|(estimate, _, _)| estimate.wall_s);
        let python_s = of(|(_, _, python)| python.map_or(f64::NAN, |python| python.cpu_s));
        println!(
            "{:>10} {:>7} {:>9.3} {:>9.3} {:>9.0} {:>9.3} {:>6.2} {:>9.3} {:>6.2}",
            row.n_rows,
            row.n_desks,
            wall_s,
            row.cpu_s,
            row.mib,
            row.read_s,
            row.cpu_s / row.read_s,
            python_s,
            row.cpu_s / python_s
        );
        rows.push(row);
    }
    let drawing = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/estimate.svg");
    std::fs::create_dir_all(drawing.parent().expect("a folder")).expect("target/ can be made");
    std::fs::write(&drawing, drawing::svg(&rows)).expect("the drawing can be written");
    println!("drawn: {}", drawing.display());
}
