//! `sipas round`: drawing up, opening and closing rounds.

mod publishing;

use super::failure::Failure;
use super::{Place, read_file};
use crate::cli::output::say_line;
use crate::domain::ids::{AreaCode, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::period::{Period, Year};
use crate::domain::round::{Mode, RoundPlan};
use crate::service::rounds;
use crate::store;
use std::path::PathBuf;

/// What to do with rounds.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Draw up a round
    Create(Create),
    /// Import the frame of a draft: `desk,transactions[,stratum][,drawn]`
    Frame {
        /// The round
        round: String,
        /// The CSV file
        file: PathBuf,
    },
    /// Open a draft: its desks begin to take answers
    Open {
        /// The round
        round: String,
    },
    /// Close an open round: its desks stop taking answers
    Close {
        /// The round
        round: String,
    },
    /// Publish a closed round: its figures are frozen as they are; later ones are a revision
    Publish(publishing::Publish),
    /// List what was made public of a round, revision by revision, with digests
    Publications {
        /// The round
        round: String,
    },
    /// Compute published figures once more and say whether they still follow from the data
    Verify {
        /// The round
        round: String,
        /// A revision, a day or an instant; the latest revision unless given
        #[arg(long, value_name = "REVISION|INSTANT")]
        as_of: Option<String>,
    },
    /// List the rounds
    List,
}

/// The plan of a round.
#[derive(clap::Args)]
pub(super) struct Create {
    /// The code of the new round, for example dt-2025
    code: String,
    /// The questionnaire version, for example one-stop.v1
    #[arg(long)]
    questionnaire: String,
    /// The scheme its figures go into
    #[arg(long)]
    scheme: String,
    /// The area surveyed, for example the province's code
    #[arg(long)]
    area: String,
    /// The year its figures count for
    #[arg(long)]
    year: u16,
    /// The days of the transactions asked about; the whole year unless given, for example 2025-01-01..2025-06-30
    #[arg(long)]
    period: Option<String>,
    /// How respondents come to answer: sampled, census or self-selected
    #[arg(long)]
    mode: String,
}

impl Create {
    fn plan(&self) -> Result<RoundPlan, Failure> {
        let code = |text: &str, fault: &dyn std::fmt::Display| format!("{text:?} {fault}");
        let year = Year::new(self.year)?;
        let whole_year = format!("{year}-01-01..{year}-12-31");
        Ok(RoundPlan {
            code: RoundCode::parse(&self.code).map_err(|fault| code(&self.code, &fault))?,
            questionnaire: QuestionnaireRef::parse(&self.questionnaire)?,
            scheme: SchemeId::parse(&self.scheme).map_err(|fault| code(&self.scheme, &fault))?,
            area: AreaCode::parse(&self.area).map_err(|fault| code(&self.area, &fault))?,
            year,
            period: Period::parse(self.period.as_deref().unwrap_or(&whole_year))?,
            mode: Mode::parse(&self.mode)
                .ok_or_else(|| format!("{:?} is no mode; the modes are {}", self.mode, Mode::listed()))?,
        })
    }
}

/// Reads a round's code from the command line.
pub(super) fn parse_code(text: &str) -> Result<RoundCode, Failure> {
    RoundCode::parse(text).map_err(|fault| Failure::message(format!("{text:?} {fault}")))
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let store = place.store()?;
    match command {
        Command::Create(create) => {
            let plan = create.plan()?;
            let code = plan.code.clone();
            rounds::create(&place.catalogue()?, &store, plan)?;
            say_line!("Round {code} is drawn up. Next: sipas round frame {code} FRAME.csv");
        }
        Command::Frame { round, file } => {
            let n_desks = rounds::import_frame(&place.catalogue()?, &store, &parse_code(round)?, &read_file(file)?)?;
            say_line!("Round {round} has a frame of {n_desks} desks. Next: sipas round open {round}");
        }
        Command::Open { round } => {
            rounds::open(&store, &parse_code(round)?)?;
            say_line!("Round {round} is open.");
        }
        Command::Close { round } => {
            rounds::close(&store, &parse_code(round)?)?;
            say_line!("Round {round} is closed.");
        }
        Command::Publish(publish) => {
            publishing::publish(&place.catalogue()?, &store, publish)?;
        }
        Command::Publications { round } => publishing::list(&store, &parse_code(round)?)?,
        Command::Verify { round, as_of } => {
            publishing::verify(&place.catalogue()?, &store, &parse_code(round)?, as_of.as_deref())?;
        }
        Command::List => {
            for round in store.with(store::rounds::all)? {
                let plan = round.plan();
                say_line!(
                    "{:<20} {:<9} {:<14} {:<18} {:<10} {} {}",
                    plan.code,
                    round.state_code(),
                    plan.questionnaire,
                    plan.scheme,
                    plan.area,
                    plan.year,
                    plan.mode.code()
                );
            }
        }
    }
    Ok(())
}
