//! `sipas moments`: sums of one part of a survey, to be added to those of others.

use super::super::failure::Failure;
use super::{Survey, with_progress};
use crate::service::calculator;
use std::path::PathBuf;

/// What to count, from what, to where.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The survey, or a part of it: a .csv or .parquet file
    file: PathBuf,
    #[command(flatten)]
    survey: Survey,
    /// The file to write
    #[arg(long, value_name = "OUT.parquet")]
    out: PathBuf,
}

/// Reads, counts, writes.
pub(in crate::cli) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let question = arguments.survey.question()?;
    let counted = with_progress(|progress| calculator::moments(file, &question, progress));
    let moments = counted.map_err(|faults| Survey::refused(file, faults))?;
    moments.write(&arguments.out)?;
    let (n_rows, n_figures, n_cells) = (moments.n_rows(), moments.forms.len(), moments.cells.len());
    eprintln!("{}: {n_rows} rows, {n_figures} statistics, {n_cells} cells", arguments.out.display());
    Ok(())
}
