//! `sipas round publish`, `publications` and `verify`: making figures public, and what was.

use crate::cli::failure::Failure;
use crate::cli::output::{say, say_line};
use crate::cli::progress;
use crate::cli::round::parse_code;
use crate::domain::ids::RoundCode;
use crate::domain::publication::AsOf;
use crate::report::publications;
use crate::service::catalogue::Catalogue;
use crate::service::publish::{self, PublishRefusal, Terms, Verified};
use crate::store::Store;

/// Files that a message lists.
const MAX_FILES: usize = 20;

/// What is published.
#[derive(clap::Args)]
pub(in crate::cli) struct Publish {
    /// The round
    round: String,
    /// Publish once more, with what came late; needs a note
    #[arg(long, requires = "note")]
    revise: bool,
    /// Publish though fewer than 5 answers came to an area, which anybody can compute from both revisions
    #[arg(long, requires = "revise")]
    although_few: bool,
    /// What shall be told with the figures
    #[arg(long, default_value = "")]
    note: String,
}

/// Publishes a round or a revision of it.
pub(super) fn publish(catalogue: &Catalogue, store: &Store, asked: &Publish) -> Result<(), Failure> {
    let round = parse_code(&asked.round)?;
    let Publish { note, although_few, .. } = asked;
    let publication = progress::shown(|tell| match asked.revise {
        true => publish::revise(catalogue, store, &round, Terms { note, although_few: *although_few }, tell),
        false => publish::publish(catalogue, store, &round, note, tell),
    })?;
    if publication.revision == 1 {
        say_line!("Round {round} is published.");
    } else {
        say_line!("Round {round} is published as revision {}:", publication.revision);
        say_line!("{}", publication.changes);
    }
    Ok(())
}

/// Lists the publications of a round.
pub(super) fn list(store: &Store, round: &RoundCode) -> Result<(), Failure> {
    let all = publish::list(store, round)?;
    if all.is_empty() {
        say_line!("Nothing of round {round} has been published.");
    }
    say!("{}", publications::text(&all));
    Ok(())
}

/// Computes a publication's figures once more.
pub(super) fn verify(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    as_of: Option<&str>,
) -> Result<(), Failure> {
    let as_of = as_of.map(AsOf::parse).transpose()?.unwrap_or(AsOf::Latest);
    let verified = progress::shown(|tell| publish::verify(catalogue, store, round, as_of, tell))?;
    let Verified { publication, n_same, n_late, .. } = &verified;
    if verified.holds() {
        let revision = publication.revision;
        say_line!("Revision {revision} of round {round} follows from the data: {n_same} files to the byte.");
        if *n_late > 0 {
            say_line!("{n_late} answers that came after it were left out.");
        }
        return Ok(());
    }
    Err(Failure::message(told(&verified)))
}

/// What does not hold, and what to do about it.
fn told(verified: &Verified) -> String {
    let Verified { publication, data, n_same, different, damaged, .. } = verified;
    let mut lines = vec![format!("revision {} of round {} does not hold", publication.revision, publication.round)];
    if !verified.is_same_data() {
        lines.push(format!(
            "  the answers or scores are others now: {} then, {} now; what came late is made public with `sipas round publish --revise`",
            publication.data.short(),
            data.short()
        ));
    }
    for (what, files) in [("comes out otherwise", different), ("is damaged in the database", damaged)] {
        lines.extend(files.iter().take(MAX_FILES).map(|path| format!("  {path} {what}")));
        if let Some(more) = files.len().checked_sub(MAX_FILES).filter(|more| *more > 0) {
            lines.push(format!("  … and {more} more files"));
        }
    }
    lines.push(format!("  {n_same} files come out the same to the byte"));
    lines.join("\n")
}

impl From<PublishRefusal> for Failure {
    fn from(refusal: PublishRefusal) -> Self {
        Self::message(refusal.to_string())
    }
}
