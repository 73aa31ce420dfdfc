//! `sipas plan`: how many answers are needed, and how many still are.

use super::Place;
use super::failure::Failure;
use super::format::Format;
use super::round::parse_code;
use crate::cli::output::{say, say_line};
use crate::domain::area::Level;
use crate::report::plan::{document, sentence};
use crate::service::plan;
use crate::statistics::{Target, design_effect};

/// What to plan for.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A round whose frame gives the transactions of each desk
    #[arg(long, required_unless_present = "transactions", conflicts_with = "transactions")]
    round: Option<String>,
    /// Transactions of a single unit, to calculate without a round
    #[arg(long)]
    transactions: Option<u32>,
    /// The error to reach: half the width of the interval
    #[arg(long, default_value_t = Target::USUAL.error)]
    error: f64,
    /// The share expected; 0.5 needs most answers
    #[arg(long, default_value_t = Target::USUAL.p)]
    p: f64,
    /// The confidence level
    #[arg(long, default_value_t = Target::USUAL.level)]
    level: f64,
    /// The design effect; 3 unless given, which is usual for shares of desks' visitors
    #[arg(long, conflicts_with_all = ["rho", "from"])]
    deff: Option<f64>,
    /// How alike visitors of one desk are (intraclass correlation), with --per-desk
    #[arg(long, requires = "per_desk", conflicts_with = "from")]
    rho: Option<f64>,
    /// Answers planned at each desk, with --rho
    #[arg(long, requires = "rho")]
    per_desk: Option<u32>,
    /// Take the design effect that the overall figure of this round had
    #[arg(long, value_name = "ROUND")]
    from: Option<String>,
    /// The units the error shall hold for
    #[arg(long, default_value = "district", value_parser = level_of_areas)]
    unit_level: Level,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let by_rho = arguments.rho.zip(arguments.per_desk).map(|(rho, n)| design_effect(f64::from(n), rho));
    let observed = match &arguments.from {
        Some(round) => Some(plan::observed_design_effect(&place.catalogue()?, &place.store()?, &parse_code(round)?)?),
        None => None,
    };
    let deff = arguments.deff.or(by_rho).or(observed).unwrap_or(Target::USUAL.deff);
    let target = Target { error: arguments.error, p: arguments.p, level: arguments.level, deff };
    let faults = target.faults();
    if !faults.is_empty() {
        return Err(Failure::message(faults.join("; ")));
    }
    let Some(round) = &arguments.round else {
        say_line!("{}", sentence(&target, arguments.transactions.map(f64::from)));
        return Ok(());
    };
    let lines = plan::plan(&place.store()?, (&parse_code(round)?, None), arguments.unit_level, &target)?;
    let document = document(&lines);
    match arguments.format {
        Format::Table => say_line!("{}\n{}", document.text(), sentence(&target, None)),
        Format::Csv => say!("{}", document.csv()),
        Format::Json => say_line!("{}", document.json().map_err(|error| error.to_string())?),
    }
    Ok(())
}

fn level_of_areas(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| format!("it is one of {}", Level::listed()))
}
