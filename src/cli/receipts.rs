//! `sipas receipts`: codes for the receipts of a desk, as a list and as slips to print.

use super::failure::Failure;
use super::round::parse_code;
use super::{Place, PublicUrl, write_new};
use crate::cli::output::{say, say_line};
use crate::domain::ids::AreaCode;
use crate::report::number;
use crate::report::print::sheet::{Slip, sheets};
use crate::report::table::{Align, Table};
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::receipts::Issued;
use crate::web::pages::{ENGLISH, VIETNAMESE};
use std::path::PathBuf;

/// What to do with receipt codes.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Issue codes for a desk, as CSV and as slips to print
    Issue(Issue),
    /// How many codes each desk was issued, and how many are spent
    Status {
        /// The round
        #[arg(long)]
        round: String,
    },
}

/// What to issue.
#[derive(clap::Args)]
pub(super) struct Issue {
    /// The round they admit to
    #[arg(long)]
    round: String,
    /// The desk that hands them out
    #[arg(long)]
    desk: String,
    /// How many
    #[arg(long)]
    count: u32,
    /// Where the list goes: code,desk,round,valid_to; standard output unless given
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// A folder for slips to print: A4 pages as SVG, 24 to a page
    #[arg(long, value_name = "DIR")]
    sheet: Option<PathBuf>,
    #[command(flatten)]
    public: PublicUrl,
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    match command {
        Command::Issue(wanted) => issue(&service, wanted),
        Command::Status { round } => status(&service, round),
    }
}

fn issue(service: &Service, wanted: &Issue) -> Result<(), Failure> {
    let (round, desk) = (parse_code(&wanted.round)?, super::parse_desk(&wanted.desk)?);
    // Whatever could fail fails before a code is issued, or codes would be lost.
    let address = wanted.sheet.as_ref().map(|_| wanted.public.of_desk(&desk)).transpose()?;
    let name = super::desk_name(service, &desk)?;
    for folder in wanted.sheet.iter() {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::message(format!("cannot make {}: {error}", folder.display())))?;
        super::refuse_existing(&page_path(folder, 1))?;
    }
    wanted.csv.iter().try_for_each(|file| super::refuse_existing(file))?;
    let issued =
        service.issue_receipts(&round, &desk, wanted.count).map_err(|refusal| Failure::message(refusal.to_string()))?;
    let list = list(&issued, &desk, &wanted.round);
    match &wanted.csv {
        Some(file) => write_new(file, &list)?,
        None => say!("{list}"),
    }
    let (Some(folder), Some(address)) = (&wanted.sheet, address) else { return Ok(()) };
    let words = [VIETNAMESE, ENGLISH].map(|language| super::page_word(service, language, "slip_text"));
    let [vietnamese, english] = &words;
    let slip = Slip { address: &address, desk: &name, valid_to: issued.valid_to, words: [vietnamese, english] };
    let pages = sheets(&slip, &issued.codes).map_err(|error| Failure::message(error.to_string()))?;
    for (number, page) in (1..).zip(&pages) {
        write_new(&page_path(folder, number), page)?;
    }
    if wanted.csv.is_some() {
        say_line!("{} codes on {} pages in {}", issued.codes.len(), pages.len(), folder.display());
    }
    Ok(())
}

fn page_path(folder: &std::path::Path, number: usize) -> PathBuf {
    folder.join(format!("sheet-{number:03}.svg"))
}

fn list(issued: &Issued, desk: &AreaCode, round: &str) -> String {
    let mut list = "code,desk,round,valid_to\n".to_owned();
    for code in &issued.codes {
        list.push_str(&format!("{code},{desk},{round},{}\n", issued.valid_to));
    }
    list
}

fn status(service: &Service, round: &str) -> Result<(), Failure> {
    let counts = service.receipt_counts(&parse_code(round)?)?;
    let mut table =
        Table::new([("desk", Align::Left), ("issued", Align::Right), ("spent", Align::Right), ("rate", Align::Right)]);
    for (desk, (issued, spent)) in counts {
        let rate = number::percent(spent as f64 / issued.max(1) as f64);
        table.row([desk.to_string(), number::count(issued), number::count(spent), rate]);
    }
    say!("{table}");
    Ok(())
}
