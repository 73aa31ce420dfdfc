//! `sipas comments`: what citizens wrote, read by a person before anybody else sees it.

use super::Place;
use super::failure::Failure;
use super::format::{DocumentFormat, say_json};
use super::round::parse_code;
use crate::cli::output::{say, say_line};
use crate::domain::comment::{CommentRef, Standing};
use crate::report::comments::{CommentShape, text};
use crate::service::comments::{self, SettleRefusal};

/// What to do with comments.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Show comments, with what in them may lead to a person
    List {
        /// The round
        #[arg(long)]
        round: String,
        /// Only those that are waiting, approved or rejected; `all` for every one
        #[arg(long, default_value = "waiting", value_parser = wanted)]
        standing: Wanted,
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: DocumentFormat,
    },
    /// Let comments be shown on result pages
    Approve(Meant),
    /// Keep comments from being shown
    Reject(Meant),
}

/// Which standing is asked for; none for all.
#[derive(Clone, Copy)]
pub(super) struct Wanted(Option<Standing>);

/// The comments meant.
#[derive(clap::Args)]
pub(super) struct Meant {
    /// The round
    #[arg(long)]
    round: String,
    /// The comments, as `sipas comments list` names them
    #[arg(required = true, value_name = "RESPONSE/ITEM", value_parser = CommentRef::parse)]
    comments: Vec<CommentRef>,
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let store = place.store()?;
    let (meant, standing) = match command {
        Command::List { round, standing, format } => {
            let found = comments::of_round(&store, &parse_code(round)?, standing.0)?;
            let shapes: Vec<CommentShape> = found
                .iter()
                .map(|one| {
                    CommentShape::new(
                        &one.comment.response,
                        (&one.comment.item, &one.desk),
                        one.standing,
                        &one.comment.text,
                    )
                })
                .collect();
            match format {
                DocumentFormat::Table => say!("{}", text(&shapes)),
                DocumentFormat::Json => say_json(&shapes)?,
            }
            return Ok(());
        }
        Command::Approve(meant) => (meant, Standing::Approved),
        Command::Reject(meant) => (meant, Standing::Rejected),
    };
    let settled: Vec<_> = meant.comments.iter().map(|comment| (comment.clone(), standing)).collect();
    comments::settle(&store, &parse_code(&meant.round)?, &settled)?;
    say_line!("{}: {standing}", settled.len());
    Ok(())
}

fn wanted(word: &str) -> Result<Wanted, String> {
    match word {
        "all" => Ok(Wanted(None)),
        word => Standing::parse(word)
            .map(|standing| Wanted(Some(standing)))
            .ok_or_else(|| format!("it is one of {}, all", Standing::listed())),
    }
}

impl From<SettleRefusal> for Failure {
    fn from(refusal: SettleRefusal) -> Self {
        match refusal {
            SettleRefusal::Analyse(refusal) => refusal.into(),
            unknown @ SettleRefusal::Unknown(_) => Self::message(unknown.to_string()),
        }
    }
}
