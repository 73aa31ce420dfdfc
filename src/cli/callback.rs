//! `sipas callback`: whom to ask again, and whether what they say agrees.

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, read_file};
use crate::cli::output::{say, say_line};
use crate::report::callback::text;
use crate::service::Service;
use crate::service::callback;
use crate::service::collect::CollectLimits;
use std::path::PathBuf;

/// What to do with call-backs.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Draw interviews at random, by the numbers that interviewers noted
    Draw {
        /// The round
        #[arg(long)]
        round: String,
        /// The share of all interviews to draw
        #[arg(long, default_value_t = 0.1)]
        share: f64,
        /// The same seed draws the same; write it into the protocol
        #[arg(long)]
        seed: u64,
    },
    /// Hold a sheet of call-backs against what is stored: `form,contact` and a column for each item asked again
    Compare {
        /// The round
        #[arg(long)]
        round: String,
        /// The CSV file
        file: PathBuf,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    match command {
        Command::Draw { round, share, seed } => {
            if !(*share > 0.0 && *share <= 1.0) {
                return Err(Failure::message(format!("the share {share} is not between 0 and 1; 0.1 is one in ten")));
            }
            say_line!("form,contact");
            for form in callback::draw(&service, &parse_code(round)?, *share, *seed)? {
                say_line!("{form},");
            }
        }
        Command::Compare { round, file } => {
            say!("{}", text(&callback::compare(&service, &parse_code(round)?, &read_file(file)?)?));
        }
    }
    Ok(())
}
