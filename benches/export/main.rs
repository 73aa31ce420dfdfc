//! How long `sipas export` takes for a million answers to 33 items, in every format that holds rows, and how much memory; beside it
//! Polars writing the same rows as CSV.
//!
//! cargo bench --bench export -- [--database URL] [--answers 1000000]
//!
//! Fills a database with made-up answers (a fresh SQLite file unless a URL is given; use an empty database), which takes a minute
//! or two, runs the real program for each format and prints the time and peak memory of the whole process. Polars runs in Python, in a process that
//! has the rows in memory already and tells only what `write_csv` took: `PYTHON` names an interpreter that has it; unless it does,
//! the one that `tests/run.sh` made is taken. What is asked for: CSV in twice the time of Polars, SPSS in 20 s, no format that
//! streams above 300 MB.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on stops, and says why"
)]

#[path = "../load/arguments.rs"]
#[expect(dead_code, reason = "this measurement has no switches")]
mod arguments;
#[path = "../estimate/measure.rs"]
mod measure;
mod survey;

use arguments::Arguments;
use measure::{Measured, median};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program's own allocator, as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Answers unless told otherwise.
const N_ANSWERS: usize = 1_000_000;
/// Runs of CSV and of Polars; the median counts. The other formats run once.
const RUNS: usize = 5;
/// The formats that hold rows, CSV first.
const FORMATS: [&str; 7] = ["csv", "excel-csv", "jsonl", "parquet", "sav", "dta", "xlsx"];
/// Writes a table that is in memory; tells the seconds until it is written, and until it is on disk.
const WRITE_IN_PYTHON: &str = "
import os, sys, time, polars
frame = polars.read_parquet(sys.argv[1])
begun = time.perf_counter()
frame.write_csv(sys.argv[2])
written = time.perf_counter()
with open(sys.argv[2], 'rb') as file:
    os.fsync(file.fileno())
print(written - begun, time.perf_counter() - begun)
";

fn main() {
    let typed = Arguments::read();
    let n_answers = typed.number("--answers", N_ANSWERS);
    let folder = tempfile::tempdir().expect("a folder for the survey");
    let survey = survey::Survey::write(folder.path(), typed.value("--database").as_deref(), n_answers);
    println!("{n_answers} answers to 33 items, sex and age");
    println!("{:>10} {:>9} {:>9} {:>9} {:>9}", "format", "wall s", "CPU s", "MiB", "file MB");
    for format in &FORMATS[1..] {
        let (measured, bytes) = export(&survey, folder.path(), format);
        print(format, measured, bytes);
    }
    // One of each in turn, so that a busy moment of the machine meets both.
    let parquet = file(folder.path(), "parquet");
    let runs: Vec<_> =
        (0..RUNS).map(|_| (export(&survey, folder.path(), "csv"), polars(&parquet, folder.path()))).collect();
    let of = |part: fn(&Measured) -> f64| median(runs.iter().map(|((measured, _), _)| part(measured)).collect());
    let csv = Measured { wall_s: of(|run| run.wall_s), cpu_s: of(|run| run.cpu_s), mib: of(|run| run.mib) };
    print("csv", csv, runs[0].0.1);
    let told: Option<Vec<[f64; 2]>> = runs.iter().map(|(_, polars)| *polars).collect();
    match told {
        None => println!("No Python with Polars was found: name one with PYTHON, or let tests/run.sh make it."),
        Some(told) => {
            let [written, synced] = [0, 1].map(|part: usize| median(told.iter().map(|run| run[part]).collect()));
            println!(
                "Polars writes the same rows in {written:.2} s ({synced:.2} s until they are on disk); ratio {:.2} ({:.2})",
                csv.wall_s / written,
                csv.wall_s / synced,
            );
        }
    }
}

fn print(format: &str, measured: Measured, bytes: u64) {
    let Measured { wall_s, cpu_s, mib } = measured;
    println!("{format:>10} {wall_s:>9.2} {cpu_s:>9.2} {mib:>9.0} {:>9.1}", bytes as f64 / 1e6);
}

fn file(folder: &Path, format: &str) -> PathBuf {
    folder.join(format!("answers.{format}"))
}

/// Runs the program once; what it took, and the bytes of the file.
fn export(survey: &survey::Survey, folder: &Path, format: &str) -> (Measured, u64) {
    let out = file(folder, format);
    let mut command = survey.command();
    command.args(["export", "--round", survey::ROUND, "--format", format, "--out"]).arg(&out);
    // The warnings that come with a made-up survey are of no interest here.
    command.stderr(std::process::Stdio::null());
    let measured = measure::run_often(command, 1);
    (measured, std::fs::metadata(&out).expect("the file is there").len())
}

/// Seconds that Polars takes in Python, if there is any.
fn polars(parquet: &Path, folder: &Path) -> Option<[f64; 2]> {
    let own = Path::new(env!("CARGO_BIN_EXE_sipas")).ancestors().nth(2)?.join("python/bin/python");
    let python = std::env::var_os("PYTHON").map_or(own, PathBuf::from);
    let out = file(folder, "polars.csv");
    let said = Command::new(python).args(["-c", WRITE_IN_PYTHON]).args([parquet, &out]).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let mut seconds = text.split_whitespace().filter_map(|word| word.parse().ok());
    Some([seconds.next()?, seconds.next()?])
}
