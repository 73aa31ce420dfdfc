//! `sipas assessments`: what units give themselves, and what their appraisers give them.

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, read_file};
use crate::cli::output::say_line;
use crate::service::assess;
use std::path::PathBuf;

/// What to do with assessments.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import scores: `unit,sub_criterion,self_score[,appraised_score][,not_applicable][,note]`
    Import {
        /// A round of the exercise the scores belong to
        #[arg(long)]
        round: String,
        /// The CSV file
        file: PathBuf,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Import { round, file } = command;
    let n_units = assess::take(&place.catalogue()?, &place.store()?, &parse_code(round)?, &read_file(file)?)?;
    say_line!("The scores of {n_units} units are stored.");
    Ok(())
}
