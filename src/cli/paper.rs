//! `sipas paper`: forms that were typed in once, and how often two entries of a form differ.

use super::Place;
use super::failure::Failure;
use super::round::parse_code;
use crate::cli::output::{say, say_line};
use crate::report::number;
use crate::report::table::{Align, Table};
use crate::service::Service;
use crate::service::collect::CollectLimits;

/// What to do with paper.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// How typing in stands
    Status {
        /// The round
        #[arg(long)]
        round: String,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let Command::Status { round } = command;
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    let report = service.paper(&parse_code(round)?)?;
    let columns = [
        ("desk", Align::Left),
        ("forms", Align::Right),
        ("items", Align::Right),
        ("different", Align::Right),
        ("rate", Align::Right),
    ];
    let mut table = Table::new(columns);
    for (desk, checks) in &report.checks {
        let rate = checks.error_rate().map_or_else(|| "–".to_owned(), number::percent);
        table.row([
            desk.to_string(),
            number::count(checks.forms),
            number::count(checks.items),
            number::count(checks.different),
            rate,
        ]);
    }
    say!("{table}");
    say_line!("Chờ nhập lần hai / waiting for a second entry: {}", report.waiting.len());
    for (form, desk) in &report.waiting {
        say_line!("  {form}  ({desk})");
    }
    Ok(())
}
