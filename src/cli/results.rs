//! `sipas results`: what people said, item by item.

use super::failure::Failure;
use super::format::{DocumentFormat, say_json};
use super::frozen::Frozen;
use super::quality::Flagged;
use super::round::parse_code;
use super::{Place, parse_unit};
use crate::cli::output::say;
use crate::domain::admission::Admission;
use crate::domain::round::RoundPlan;
use crate::report::results::{ResultsDocument, text};
use crate::service::publish::paths;
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
    /// Only people with a receipt code, or only those without, in a round that used codes
    #[arg(long, value_name = "receipt|walk-in", value_parser = admission)]
    admission: Option<Admission>,
    #[command(flatten)]
    frozen: Frozen,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: DocumentFormat,
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let unit = parse_unit(arguments.unit.as_deref())?;
    let round = parse_code(&arguments.round)?;
    let path = |plan: &RoundPlan| {
        let area = unit.as_ref().unwrap_or(&plan.area);
        Some(paths::results((area, arguments.flagged.into(), arguments.admission), arguments.format.into()))
    };
    if arguments.frozen.print(place, &round, path)? {
        return Ok(());
    }
    let asked = (unit.as_ref(), arguments.flagged.into());
    let results = results::results(&place.catalogue()?, &place.store()?, &round, asked, arguments.admission)?;
    match arguments.format {
        DocumentFormat::Table => say!("{}", text(&results)),
        DocumentFormat::Json => {
            let document = ResultsDocument::from(&results);
            say_json(&document)?;
        }
    }
    Ok(())
}

/// Reads a kind of admission.
pub(super) fn admission(word: &str) -> Result<Admission, String> {
    Admission::parse(word).ok_or_else(|| format!("it is one of {}", Admission::listed()))
}
