//! `sipas report`: the result pages of a round as a folder of files, with a PDF for each unit.

use super::failure::Failure;
use super::frozen::Which;
use super::round::parse_code;
use super::{Place, cannot_write, make_folder, progress};
use crate::cli::output::say_line;
use crate::domain::tongue::Tongue;
use crate::report::page::file_name;
use crate::service::publish;
use indicatif::ProgressIterator as _;
use std::path::PathBuf;

/// What to write, and where.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// A folder that has none of the files yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    which: Which,
}

/// The page that a web server shows for the folder itself.
const FIRST_PAGE: &str = "index.html";

/// Writes them.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let round = parse_code(&arguments.round)?;
    let (catalogue, store, as_of) = (place.catalogue()?, place.store()?, arguments.which.parsed()?);
    let folder = progress::shown(|tell| publish::folder(&catalogue, &store, &round, as_of, tell))?;
    let first = file_name(folder.whole.as_str(), Tongue::Vietnamese);
    let first = folder.files.iter().find(|(name, _)| *name == first).map(|(_, bytes)| (FIRST_PAGE.to_owned(), bytes));
    // The first page comes last: a folder that has one is whole.
    let files: Vec<(String, &Vec<u8>)> =
        folder.files.iter().map(|(name, bytes)| (name.clone(), bytes)).chain(first).collect();
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| arguments.out.join(name)).collect();
    make_folder(&arguments.out, &paths)?;
    for (path, (_, bytes)) in paths.iter().zip(&files).progress() {
        std::fs::write(path, bytes).map_err(|error| cannot_write(path, &error))?;
    }
    let of = match &folder.publication {
        Some(publication) => format!("revision {}", publication.revision),
        None => "a preview: nothing of it is published".to_owned(),
    };
    say_line!("{} files in {}: {of}", files.len(), arguments.out.display());
    Ok(())
}
