//! `sipas index`: the index table, or one unit's domain table.

use super::failure::Failure;
use super::format::{Format, say_json};
use super::frozen::Frozen;
use super::quality::Flagged;
use super::round::parse_code;
use super::{Place, parse_unit};
use crate::cli::output::say;
use crate::domain::index::table::IndexTable;
use crate::report;
use crate::service::analyse;
use crate::service::publish::paths;

/// What to print.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A round of the exercise
    #[arg(long)]
    round: String,
    /// One unit, with its domains
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    flagged: Flagged,
    #[command(flatten)]
    frozen: Frozen,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let (round, unit) = (parse_code(&arguments.round)?, parse_unit(arguments.unit.as_deref())?);
    let path = |_: &_| Some(paths::index(unit.as_ref(), arguments.flagged.into(), arguments.format.into()));
    if arguments.frozen.print(place, &round, path)? {
        return Ok(());
    }
    let table = analyse::index_table(&place.catalogue()?, &place.store()?, &round, arguments.flagged.into())?;
    let shown = match &unit {
        Some(unit) => table.only(unit).ok_or_else(|| Failure::message(format!("{unit} is not a rated unit")))?,
        None => table,
    };
    match (arguments.format, &unit) {
        (Format::Table, Some(unit)) => {
            say!("{}", report::index::unit_text(&shown, unit).unwrap_or_default());
        }
        (Format::Table, None) => print_table(&shown),
        (Format::Json, _) => {
            let document = report::index::json::IndexDocument::from(&shown);
            say_json(&document)?;
        }
        (Format::Csv, _) => say!("{}", report::index::csv::write(&shown).map_err(|error| error.to_string())?),
    }
    Ok(())
}

/// Prints the table for people.
pub(super) fn print_table(table: &IndexTable) {
    say!("{}", report::index::text(table));
}
