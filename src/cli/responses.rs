//! `sipas responses`: answers collected elsewhere.

mod outbox;

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, read_file};
use crate::cli::output::{Progress, say_line};
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::import::{self, OnFault, Terms};
use std::path::PathBuf;

/// What to do with answers.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import answers: a CSV file with `desk,form|id[,channel][,weight]` and a column for each item, or the .jsonl file that a
    /// device exported
    Import(Import),
}

/// An import.
#[derive(clap::Args)]
pub(super) struct Import {
    /// The open round they belong to; a device's file says it itself
    #[arg(long)]
    round: Option<String>,
    /// The answers come after their round was published: they go into it, and into its next revision
    #[arg(long)]
    late: bool,
    /// Take the rows without faults, and write the others with their faults to --rejects
    #[arg(long, requires = "rejects")]
    accept_valid: bool,
    /// Where the rows that were not taken go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The CSV or .jsonl file
    file: PathBuf,
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Import(import) = command;
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    let on_fault = if import.accept_valid { OnFault::TakeTheRest } else { OnFault::TakeNothing };
    let file = read_file(&import.file)?;
    let name = import.file.file_name().unwrap_or(import.file.as_os_str()).to_string_lossy();
    let terms = Terms { on_fault, late: import.late.then(|| import::late_file(&name, &file)) };
    let progress = Progress::of(file.iter().filter(|byte| **byte == b'\n').count());
    let told = |n_done| progress.tell(n_done);
    let is_exported = import.file.extension().is_some_and(|end| end.eq_ignore_ascii_case("jsonl"));
    let taken = match (&import.round, is_exported) {
        (None, true) => outbox::take(&service, (&import.file.display().to_string(), &file), &terms, told)?,
        (Some(round), false) => import::take(&service, &parse_code(round)?, &file, &terms, told)?,
        (None, false) => return Err(Failure::message("a CSV file needs --round")),
        (Some(_), true) => return Err(Failure::message("a device's file says its rounds itself; leave --round out")),
    };
    drop(progress);
    say_line!("{} answers stored, {} were there already.", taken.n_stored, taken.n_repeated);
    if import.late && taken.n_stored > 0 {
        say_line!("They are not public yet. Next: sipas round publish ROUND --revise --note TEXT");
    }
    let Some(rejects) = import.rejects.as_ref().filter(|_| !taken.faults.is_empty()) else { return Ok(()) };
    std::fs::write(rejects, taken.rejects)
        .map_err(|error| Failure::message(format!("cannot write {}: {error}", rejects.display())))?;
    let title = format!("some rows were not taken; they are in {} with their faults", rejects.display());
    Err(Failure::faults(title, taken.faults))
}
