//! `sipas mail`: sending what waits, and seeing to what did not arrive.

mod preview;
mod route;

pub(super) use route::Route;

use super::failure::Failure;
use super::format::{DocumentFormat, say_json};
use super::round::parse_code;
use super::{Place, PublicUrl};
use crate::cli::output::{say, say_line};
use crate::domain::outbox::MailState;
use crate::mail::delivery::{self, Interruption, Pause, Settings, Tally};
use crate::mail::{Transport, folder, notice};
use crate::report::outbox::{OutboxDocument, table};
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::outbox::{self, Outbox};
use crate::store::outbox::Selection;
use std::path::PathBuf;
use std::sync::mpsc;

/// What to do with mail.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Write a letter to files, to be looked at: HTML, plain text, picture
    Preview(preview::Arguments),
    /// Send what is due, once; a dry run into a folder unless --mail says where to
    Send {
        #[command(flatten)]
        route: Box<Route>,
        #[command(flatten)]
        public: PublicUrl,
    },
    /// How far each mail has come, and why what did not arrive did not
    Status {
        /// About this round only
        #[arg(long)]
        round: Option<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: DocumentFormat,
    },
    /// Put mail back into the queue, due now: what waits for another try or was given up, unless told otherwise
    Retry {
        /// About this round only
        #[arg(long)]
        round: Option<String>,
        /// To this recipient only, who is written to again even if mail came back
        #[arg(long, value_name = "NUMBER")]
        recipient: Option<i32>,
        /// Mail in these states; an uncertain one may then arrive twice
        #[arg(long, value_delimiter = ',', value_parser = state, default_values = ["temporary", "given-up"])]
        state: Vec<MailState>,
    },
    /// Read notices of mail that came back (RFC 3464) from a file, a folder or a maildir
    Bounces {
        /// The file or folder
        path: PathBuf,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Preview(arguments) => preview::run(place, arguments),
        Command::Send { route, public } => {
            let (settings, terms, letterhead) = (route.settings()?, route.terms()?, route.letterhead(public)?);
            let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
            send(&service.outbox(terms, letterhead), &settings)
        }
        Command::Status { round, format } => {
            let round = round.as_deref().map(parse_code).transpose()?;
            let selection = Selection { round, ..Selection::default() };
            let document = OutboxDocument::of(&outbox::list(&place.store()?, &selection)?);
            match format {
                DocumentFormat::Table => say!("{}", table(&document)),
                DocumentFormat::Json => say_json(&document)?,
            }
            Ok(())
        }
        Command::Retry { round, recipient, state } => {
            let round = round.as_deref().map(parse_code).transpose()?;
            let selection = Selection { round, recipient: *recipient, states: state.clone() };
            let n_back = outbox::retry(&place.store()?, &selection)?;
            say_line!("{n_back} mails are due again.");
            Ok(())
        }
        Command::Bounces { path } => bounces(place, path),
    }
}

fn send(outbox: &Outbox, settings: &Settings) -> Result<(), Failure> {
    outbox.tend()?;
    let server = match &settings.transport {
        Transport::Smtp(server) => server,
        Transport::Folder(path) => {
            let written = folder::write(outbox, path, &settings.sender)?;
            let (n_new, n_before, path) = (written.n_new, written.n_before, path.display());
            say_line!("A dry run: {n_new} mails were written into {path}, {n_before} were there. Nothing was sent;");
            say_line!("--mail smtp://… sends. Mails without a letter: {}.", written.n_without);
            return Ok(());
        }
        Transport::None => return Err(Failure::message("--mail none sends nothing")),
    };
    if let Some(end) = outbox.quiet_until() {
        let end = end.with_timezone(&crate::domain::outbox::office_time()).format("%H:%M");
        say_line!("These are quiet hours, until {end} in Việt Nam; --mail-quiet none sends all the same.");
        return Ok(());
    }
    let (_held, stop) = mpsc::channel();
    let mut tally = Tally::default();
    let ended = delivery::send_due(outbox, (server, settings), &Pause::on(&stop), &mut tally);
    if ended.is_ok() || tally != Tally::default() {
        let Tally { n_sent, n_temporary, n_refused, n_uncertain } = tally;
        say_line!("{n_sent} sent, {n_temporary} to be tried again, {n_refused} refused, {n_uncertain} uncertain.");
    }
    match ended {
        Ok(()) | Err(Interruption::Stopped) => Ok(()),
        Err(error) => Err(Failure::message(error.to_string())),
    }
}

fn bounces(place: &Place, path: &std::path::Path) -> Result<(), Failure> {
    use crate::domain::bounce::Noted;
    let (store, messages) = (place.store()?, notice::messages(path)?);
    let (mut n_notices, mut of_kind) = (0, [0_usize; 3]);
    for message in &messages {
        let bounces = notice::read(message);
        n_notices += usize::from(!bounces.is_empty());
        for bounce in bounces {
            let noted = outbox::note_bounce(&store, &bounce)?;
            let place = match noted {
                Noted::New => 0,
                Noted::Before => 1,
                Noted::Nobody => 2,
            };
            of_kind.iter_mut().skip(place).take(1).for_each(|count| *count += 1);
        }
    }
    let [new, before, nobody] = of_kind;
    say_line!(
        "{} messages, {n_notices} notices of mail that came back: {new} new, {before} known, {nobody} about",
        messages.len()
    );
    say_line!("nobody here. `sipas mail status` tells which mail it was.");
    Ok(())
}

fn state(word: &str) -> Result<MailState, String> {
    MailState::parse(word).ok_or_else(|| format!("it is one of {}", MailState::listed()))
}
