//! `sipas breakdown`: figures by unit and by who answered, with small cells hidden.

use super::Place;
use super::failure::Failure;
use super::format::{Format, say_json};
use super::frozen::Frozen;
use super::quality::Flagged;
use super::round::parse_code;
use crate::cli::output::say;
use crate::report::breakdown::{BreakdownDocument, csv, text};
use crate::service::breakdown::{self, Wanted};
use crate::service::publish::paths;

/// What to print.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    flagged: Flagged,
    #[command(flatten)]
    frozen: Frozen,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Which breakdowns and figures.
#[derive(clap::Args)]
pub(super) struct Asked {
    /// A declared breakdown: a level of areas, a profile item, or a crossing like sex*age; all of them unless given
    #[arg(long, value_name = "NAME[*NAME]")]
    by: Vec<String>,
    /// The share satisfied with an item, instead of the overall figure
    #[arg(long, value_name = "ID")]
    item: Vec<String>,
    /// An element's figure
    #[arg(long, value_name = "ID")]
    element: Vec<String>,
}

impl Asked {
    /// The breakdowns, as crossings of names.
    pub(super) fn by(&self) -> Vec<Vec<String>> {
        self.by.iter().map(|by| by.split(['*', ',']).map(|name| name.trim().to_owned()).collect()).collect()
    }

    /// Items and elements.
    pub(super) fn figures(&self) -> Vec<String> {
        self.item.iter().chain(&self.element).cloned().collect()
    }
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let round = parse_code(&arguments.round)?;
    let asked = &arguments.asked;
    let wanted = Wanted { by: asked.by(), figures: asked.figures(), answers: arguments.flagged.into() };
    if arguments.frozen.print(place, &round, |_| paths::breakdown(&wanted, arguments.format.into()))? {
        return Ok(());
    }
    let found = breakdown::breakdowns(&place.catalogue()?, &place.store()?, &round, &wanted);
    let found = found.map_err(|refusal| refusal.to_string())?;
    match arguments.format {
        Format::Table => say!("{}", text(&found)),
        Format::Csv => say!("{}", csv(&found)),
        Format::Json => {
            let document = BreakdownDocument::from(&found);
            say_json(&document)?;
        }
    }
    Ok(())
}
