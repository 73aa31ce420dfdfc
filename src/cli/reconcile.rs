//! `sipas reconcile`: do published parts, totals and ranks agree with each other?

use super::failure::Failure;
use super::read_file;
use crate::cli::output::say;
use crate::report;
use crate::service::reconcile;
use std::path::PathBuf;

/// What to check.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The CSV file: the four-block format, or single cases with ranks and changes
    file: PathBuf,
}

/// Prints a verdict for each row.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let rows = reconcile::read(&read_file(&arguments.file)?)
        .map_err(|faults| Failure::faults("the file was not read", faults))?;
    say!("{}", report::reconcile::text(&rows));
    Ok(())
}
