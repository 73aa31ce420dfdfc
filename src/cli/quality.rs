//! `sipas quality`: which answers are flagged, why, and what the figures would be without them.

use super::Place;
use super::failure::Failure;
use super::format::{DocumentFormat, say_json};
use super::round::parse_code;
use crate::cli::output::say;
use crate::report::quality::{QualityDocument, text};
use crate::service::quality::{self, Answers};

/// What to print.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: DocumentFormat,
}

/// Which answers figures are made of.
#[derive(Clone, Copy, clap::Args)]
pub(super) struct Flagged {
    /// Leave flagged answers out: too fast, in bursts, after hours, straight lines, more than transactions
    #[arg(long)]
    without_flagged: bool,
}

impl From<Flagged> for Answers {
    fn from(flagged: Flagged) -> Self {
        if flagged.without_flagged { Self::Unflagged } else { Self::All }
    }
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let quality = quality::report(&place.catalogue()?, &place.store()?, &parse_code(&arguments.round)?)?;
    match arguments.format {
        DocumentFormat::Table => say!("{}", text(&quality)),
        DocumentFormat::Json => {
            let document = QualityDocument::from(&quality);
            say_json(&document)?;
        }
    }
    Ok(())
}
