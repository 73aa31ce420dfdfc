//! `sipas areas`: the tree of areas and desks.

use super::failure::Failure;
use super::{Place, read_file};
use crate::cli::output::say_line;
use crate::service::areas;
use std::path::PathBuf;

/// What to do with areas.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import areas: `code,name,level,parent[,focus][,valid_from][,valid_to]`; importing again updates them
    Import {
        /// The CSV file
        file: PathBuf,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Import { file } = command;
    let taken = areas::take(&place.store()?, &read_file(file)?)?;
    let (new, changed) = (taken.new.len(), taken.changed.len());
    say_line!("{new} areas are new, {changed} changed, {} were there just so.", taken.n_unchanged);
    Ok(())
}
