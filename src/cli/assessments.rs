//! `sipas assessments`: what units give themselves, and what their appraisers give them.

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, read_file};
use crate::cli::output::say_line;
use crate::service::{assess, import};
use std::path::PathBuf;

/// What to do with assessments.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import scores: `unit,sub_criterion,self_score[,appraised_score][,not_applicable][,note]`
    Import {
        /// A round of the exercise the scores belong to
        #[arg(long)]
        round: String,
        /// The scores correct some that are published: they go into the next revision
        #[arg(long)]
        late: bool,
        /// The CSV file
        file: PathBuf,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Import { round, late, file } = command;
    let bytes = read_file(file)?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let late = late.then(|| import::late_file(&name, &bytes));
    let n_units = assess::take(&place.catalogue()?, &place.store()?, &parse_code(round)?, &bytes, late.as_ref())?;
    say_line!("The scores of {n_units} units are stored.");
    Ok(())
}
