//! `sipas recipient`: who is told of results by mail.

use super::failure::Failure;
use super::{Place, read_file};
use crate::cli::output::{say, say_line};
use crate::domain::ids::AreaCode;
use crate::domain::recipient::{Address, Recipient, Role, Schedule};
use crate::domain::tongue::Tongue;
use crate::report::table::{Align, Table};
use crate::service::recipients::{self, Taken};
use std::path::PathBuf;

/// What to do with recipients.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Import recipients: `address,role,unit[,language][,schedule][,pdf]`; importing again updates them and removes nobody
    Import {
        /// The CSV file
        file: PathBuf,
    },
    /// Everybody who is told of results, with their numbers
    List,
    /// Add one recipient, or change the one with this address and unit
    Add(Add),
    /// Erase a recipient's address; what waits for them is not sent
    Remove {
        /// The recipient's number; `sipas recipient list` tells it
        number: i32,
    },
}

/// A recipient.
#[derive(clap::Args)]
pub(super) struct Add {
    /// The mail address
    address: String,
    /// As what they read the figures: chair, head, official or reader
    #[arg(long, value_parser = role)]
    role: Role,
    /// The unit whose figures they get
    #[arg(long)]
    unit: String,
    /// The language of the mail: vi or en
    #[arg(long, default_value = "vi", value_parser = language)]
    language: Tongue,
    /// When: at-publication, monthly, quarterly, or two of them as in monthly;at-publication
    #[arg(long, default_value = "at-publication", value_parser = Schedule::parse)]
    schedule: Schedule,
    /// Attach the report as PDF
    #[arg(long)]
    pdf: bool,
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let store = place.store()?;
    match command {
        Command::Import { file } => say_taken(recipients::import(&store, &read_file(file)?)?),
        Command::List => {
            let left = ["number", "role", "unit", "language", "schedule", "pdf", "address", ""];
            let mut table = Table::new(left.map(|heading| (heading, Align::Left)));
            for known in recipients::all(&store)? {
                let it = known.recipient;
                let pdf = if it.with_pdf { "yes" } else { "no" };
                let note = if known.is_returned { "mail comes back" } else { "" };
                table.row([
                    known.number.to_string(),
                    it.role.to_string(),
                    it.unit.to_string(),
                    it.language.to_string(),
                    it.schedule.to_string(),
                    pdf.to_owned(),
                    it.address.reveal().to_owned(),
                    note.to_owned(),
                ]);
            }
            say!("{table}");
        }
        Command::Add(add) => {
            let address = Address::parse(&add.address).map_err(|fault| format!("the address {fault}"))?;
            let unit = AreaCode::parse(&add.unit).map_err(|fault| format!("the unit's code {fault}"))?;
            let Add { role, language, schedule, pdf, .. } = *add;
            let recipient = Recipient { address, role, unit, language, schedule, with_pdf: pdf };
            say_taken(recipients::add(&store, &recipient)?);
        }
        Command::Remove { number } => {
            recipients::remove(&store, *number)?;
            say_line!("The address of recipient {number} is erased; what waited for them is not sent.");
        }
    }
    Ok(())
}

fn say_taken(taken: Taken) {
    let Taken { n_new, n_changed, n_unchanged } = taken;
    say_line!("{n_new} recipients are new, {n_changed} changed, {n_unchanged} were there just so.");
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| format!("it is one of {}", Role::listed()))
}

fn language(word: &str) -> Result<Tongue, String> {
    Tongue::parse(word).ok_or_else(|| format!("it is one of {}", Tongue::listed()))
}
