//! `sipas receipts`: codes for the receipts of a desk, as a list and as slips to print.

use super::failure::Failure;
use super::pages::Pages;
use super::round::parse_code;
use super::{Place, PublicUrl};
use crate::cli::output::{say, say_line};
use crate::domain::ids::AreaCode;
use crate::domain::receipt::ReceiptCode;
use crate::report::number;
use crate::report::print::sheet::{SLIPS, Slip, sheets};
use crate::report::print::sheets::Drawn;
use crate::report::table::{Align, Table};
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::receipts::Issued;
use crate::web::pages::{ENGLISH, VIETNAMESE};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

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
    /// Where the list goes: code,desk,round,valid_to; standard output for - or unless given
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// A folder for slips to print: A4 pages as SVG, 24 to a page; or one file of all, if it ends in .pdf
    #[arg(long, value_name = "DIR|FILE.pdf")]
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
    let n_pages = (wanted.count as usize).div_ceil(SLIPS);
    let names = (1..=n_pages).map(|n| format!("sheet-{n:03}"));
    let pages = wanted.sheet.as_deref().map(|path| Pages::begin(path, names)).transpose()?;
    let csv = List::begin(wanted.csv.as_deref())?;
    let issued = match service.issue_receipts(&round, &desk, wanted.count) {
        Ok(issued) => issued,
        Err(refusal) => {
            csv.give_up();
            return Err(Failure::message(refusal.to_string()));
        }
    };
    let is_printed_to_file = matches!(csv, List::File(..));
    csv.write(&list(&issued, &desk, &wanted.round))?;
    let (Some(pages), Some(path), Some(address)) = (pages, &wanted.sheet, address) else { return Ok(()) };
    let until = issued.valid_to.format("%d/%m/%Y").to_string();
    let words = |key| {
        [VIETNAMESE, ENGLISH].map(|language| super::page_words(service, language, key, &[("day", until.as_str())]))
    };
    let slip = Slip { address: &address, desk: &name, until: words("slip_until"), words: words("slip_text") };
    let drawn = sheets(&slip, &issued.codes).map_err(|error| Failure::message(error.to_string()))?;
    let shown = |codes: &[ReceiptCode]| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let alts = issued.codes.chunks(SLIPS).map(|codes| format!("{name}: {}", shown(codes)));
    pages.write(&name, drawn.into_iter().zip(alts).map(|(svg, alt)| Drawn { svg, alt }).collect())?;
    if is_printed_to_file {
        say_line!("{} codes on {n_pages} pages in {}", issued.codes.len(), path.display());
    }
    Ok(())
}

/// Where the list of codes goes. A file is made before codes are issued, so that none are issued for a file that cannot be.
enum List {
    Output,
    File(PathBuf, File),
}

impl List {
    fn begin(csv: Option<&Path>) -> Result<Self, Failure> {
        match csv.filter(|path| *path != Path::new("-")) {
            Some(path) => Ok(Self::File(path.to_owned(), super::create_new(path)?)),
            None => Ok(Self::Output),
        }
    }

    fn write(self, list: &str) -> Result<(), Failure> {
        match self {
            Self::Output => say!("{list}"),
            Self::File(path, mut file) => {
                file.write_all(list.as_bytes()).map_err(|error| super::cannot_write(&path, &error))?;
            }
        }
        Ok(())
    }

    /// Leaves no empty file behind.
    fn give_up(self) {
        if let Self::File(path, _) = self {
            // A file that stays is empty, and the next attempt names it.
            let _ = std::fs::remove_file(path);
        }
    }
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
