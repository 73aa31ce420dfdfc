//! `sipas results`: what people said, item by item.

use super::failure::Failure;
use super::quality::Flagged;
use super::round::parse_code;
use super::{Place, parse_unit};
use crate::cli::output::{say, say_line};
use crate::report::results::{ResultsDocument, text};
use crate::service::results;

/// What to print.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// One area within it, down to a desk; all of it unless given
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    flagged: Flagged,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The form of printed results.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    /// Aligned columns, for people
    #[default]
    Table,
    /// All fields, for programs
    Json,
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let unit = parse_unit(arguments.unit.as_deref())?;
    let round = parse_code(&arguments.round)?;
    let results =
        results::results(&place.catalogue()?, &place.store()?, &round, (unit.as_ref(), arguments.flagged.into()))?;
    match arguments.format {
        Format::Table => say!("{}", text(&results)),
        Format::Json => {
            let document = ResultsDocument::from(&results);
            say_line!("{}", serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?);
        }
    }
    Ok(())
}
