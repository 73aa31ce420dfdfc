//! `sipas responses`: answers collected elsewhere.

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, read_file};
use crate::cli::output::say_line;
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::import::{self, OnFault};
use std::path::PathBuf;

/// What to do with answers.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import answers: `desk,form|id[,channel][,weight]` and a column for each item
    Import(Import),
}

/// An import.
#[derive(clap::Args)]
pub(super) struct Import {
    /// The open round they belong to
    #[arg(long)]
    round: String,
    /// Take the rows without faults, and write the others with their faults to --rejects
    #[arg(long, requires = "rejects")]
    accept_valid: bool,
    /// Where the rows that were not taken go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The CSV file
    file: PathBuf,
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Import(import) = command;
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    let on_fault = if import.accept_valid { OnFault::TakeTheRest } else { OnFault::TakeNothing };
    let taken = import::take(&service, &parse_code(&import.round)?, &read_file(&import.file)?, on_fault)?;
    say_line!("{} answers stored, {} were there already.", taken.n_stored, taken.n_repeated);
    let Some(rejects) = import.rejects.as_ref().filter(|_| !taken.faults.is_empty()) else { return Ok(()) };
    std::fs::write(rejects, taken.rejects)
        .map_err(|error| Failure::message(format!("cannot write {}: {error}", rejects.display())))?;
    let title = format!("some rows were not taken; they are in {} with their faults", rejects.display());
    Err(Failure::faults(title, taken.faults))
}
