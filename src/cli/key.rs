//! `sipas key`: keys for programs and for the operator's page.

use super::Place;
use super::failure::Failure;
use crate::cli::output::{say, say_line};
use crate::domain::access::Scope;
use crate::report::table::{Align, Table};
use crate::service::Service;
use crate::service::collect::CollectLimits;

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make a key; it is shown once
    Create {
        /// What you call it
        #[arg(long)]
        name: String,
        /// What it opens: receipts or operator
        #[arg(long, value_parser = scope)]
        scope: Scope,
        /// The area whose desks it issues codes for, with everything below; everywhere unless given
        #[arg(long)]
        area: Option<String>,
    },
    /// Every key
    List,
    /// Make a key useless
    Revoke {
        /// Its name
        name: String,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    match command {
        Command::Create { scope: Scope::Operator, area: Some(_), .. } => {
            return Err(Failure::message("the operator's page shows every round; leave --area out"));
        }
        Command::Create { name, scope, area } => {
            let key = service.create_key(name, *scope, super::parse_unit(area.as_deref())?)?;
            say_line!("{}", key.reveal());
            eprintln!("This key is not shown again. A program sends it as  Authorization: Bearer KEY");
            if *scope == Scope::Operator {
                eprintln!("A browser opens  /operator?key=KEY  once.");
            }
        }
        Command::List => {
            let headings = ["name", "scope", "area", "created", "revoked"];
            let mut table = Table::new(headings.map(|heading| (heading, Align::Left)));
            for key in service.keys()? {
                let area = key.area.map_or_else(|| "everywhere".to_owned(), |area| area.to_string());
                let revoked = key.revoked.map(|time| time.to_rfc3339()).unwrap_or_default();
                table.row([key.name, key.scope.to_string(), area, key.created.to_rfc3339(), revoked]);
            }
            say!("{table}");
        }
        Command::Revoke { name } => {
            service.revoke_key(name)?;
            say_line!("{name} opens nothing any more.");
        }
    }
    Ok(())
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| format!("it is one of {}", Scope::listed()))
}
