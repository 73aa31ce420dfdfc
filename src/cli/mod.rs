//! The command line: starts things and prints. Everything it does, it asks of the service; it is the only floor that
//! prints, and the only one that knows exit codes.
//!
//! Exit codes: 0 done, 1 refused or failed (nothing was changed), 2 the command line itself could not be read.

mod areas;
mod assessments;
mod breakdown;
mod calculator;
mod callback;
mod check;
mod comments;
mod demo;
mod device;
mod export;
mod failure;
mod format;
mod frozen;
mod index;
mod key;
mod mail;
mod output;
mod pages;
mod paper;
mod plan;
mod poster;
mod progress;
mod quality;
mod receipts;
mod recipient;
mod reconcile;
mod report;
mod responses;
mod results;
mod round;
mod serve;

use crate::cli::output::say_line;
use crate::domain::ids::AreaCode;
use crate::domain::questionnaire::Language;
use crate::service::Service;
use crate::service::catalogue::{Catalogue, Source};
use crate::service::export::keep_writers_quiet;
use crate::store::{DatabaseUrl, Store};
use clap::{Parser, Subcommand};
use failure::Failure;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the program prints when it is started without a command.
const WELCOME: &str = "\
sipas: đo mức độ hài lòng của người dân và tính chỉ số CCHC
       measures citizens' satisfaction with public services and computes the PAR index

  sipas demo                       a made-up province: answers, index table, page to try out
  sipas serve                      take answers at the desks (http://127.0.0.1:8080/s/DESK)

  sipas areas|assessments import F the tree of areas and desks; what was scored, and appraised
  sipas round create|frame|open|close|publish|list
  sipas device enrol --desk D      pair a tablet; device list tells what is missing
  sipas receipts issue --round R   codes for receipts; also: poster, key, paper, callback
  sipas plan --round R             how many answers each unit and desk still needs
  sipas responses import FILE.csv  answers collected on paper; assessments import for scores
  sipas results --round R          percent satisfied and mean, item by item; quality for doubts
  sipas breakdown --round R        the same by district, desk, sex, age; small cells hidden
  sipas export --round R           answers and tables as files for R, SPSS, Stata, Excel, Python
  sipas index --round R            the index table with its intervals
  sipas report --round R --out DIR the result pages and PDF files as a folder
  sipas recipient import FILE.csv  who is told of results; sipas mail preview|send|status
  sipas estimate|moments FILE      figures with intervals from any survey file, or sums to add up
  sipas compare FILE               differences, ranks and tests, as sure as they are
  sipas reconcile FILE.csv         do published parts and totals add up?
  sipas check                      are the questionnaires, texts and schemes sound?

`sipas COMMAND --help` says more. The database is sqlite:sipas.db unless --database or DATABASE_URL says otherwise.";

#[derive(Parser)]
#[command(name = "sipas", version, about = "Citizen satisfaction, from the counter to the index")]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Where things are kept.
#[derive(clap::Args)]
struct Place {
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// A folder to read instead of the built-in questionnaires, texts and schemes
    #[arg(long, global = true, env = "SIPAS_SURVEYS", value_name = "DIR")]
    surveys: Option<PathBuf>,
}

impl Place {
    fn catalogue(&self) -> Result<Catalogue, Failure> {
        let source = self.surveys.clone().map_or(Source::Embedded, Source::Folder);
        Catalogue::load(&source).map_err(|faults| Failure::faults("surveys/ is not sound; nothing was started", faults))
    }

    fn database(&self, default: &str) -> Result<DatabaseUrl, Failure> {
        Ok(DatabaseUrl::parse(self.database.as_deref().unwrap_or(default))?)
    }

    fn store(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.database("sqlite:sipas.db")?)?)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Make a synthetic province, send its answers, print its index table and keep serving
    Demo(demo::Arguments),
    /// Take answers over HTTP
    Serve(serve::Arguments),
    /// Check the questionnaires, texts and schemes
    Check,
    /// The tree of areas
    #[command(subcommand)]
    Areas(areas::Command),
    /// Rounds of collection
    #[command(subcommand)]
    Round(round::Command),
    /// Tablets, interviewers' phones, computers for paper
    #[command(subcommand)]
    Device(device::Command),
    /// Codes for the receipts of a desk
    #[command(subcommand)]
    Receipts(receipts::Command),
    /// Pages with a QR for the wall behind a desk
    Poster(poster::Arguments),
    /// Keys for programs and for the operator's page
    #[command(subcommand)]
    Key(key::Command),
    /// Asking some of those interviewed again (phúc tra)
    #[command(subcommand)]
    Callback(callback::Command),
    /// What citizens wrote: read it, and let it be shown or not
    #[command(subcommand)]
    Comments(comments::Command),
    /// Paper forms that are typed in twice
    #[command(subcommand)]
    Paper(paper::Command),
    /// Answers collected elsewhere
    #[command(subcommand)]
    Responses(responses::Command),
    /// Self-assessments and their appraisal
    #[command(subcommand)]
    Assessments(assessments::Command),
    /// Percent satisfied and mean, per item, element and overall
    Results(results::Arguments),
    /// Result pages and PDF files as a folder that any web server shows
    Report(report::Arguments),
    /// Figures by unit and by who answered, with small cells hidden
    Breakdown(breakdown::Arguments),
    /// Answers and tables as files for statisticians
    Export(Box<export::Arguments>),
    /// The index table, or one unit's domain table
    Index(index::Arguments),
    /// Estimate from any survey file: means, shares, totals, composites, with intervals
    Estimate(Box<calculator::estimate::Arguments>),
    /// Count a part of a survey once, to be added to others: estimate --moments A B C
    Moments(Box<calculator::moments::Arguments>),
    /// Compare units or years of any survey file: differences, ranks, independence
    Compare(Box<calculator::compare::Arguments>),
    /// Answers that were flagged, why, and the figures without them
    Quality(quality::Arguments),
    /// How many answers are needed for an error, and how many still are
    Plan(plan::Arguments),
    /// Who is told of results by mail
    #[command(subcommand)]
    Recipient(recipient::Command),
    /// Mail about results: send, status, retry, returned mail
    #[command(subcommand)]
    Mail(mail::Command),
    /// Check published parts, totals and ranks
    Reconcile(reconcile::Arguments),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    keep_writers_quiet();
    let cli = Cli::parse();
    let Some(command) = cli.command else {
        say_line!("{WELCOME}");
        return ExitCode::SUCCESS;
    };
    let place = &cli.place;
    let done = match command {
        Command::Demo(arguments) => demo::run(place, &arguments),
        Command::Serve(arguments) => serve::run(place, &arguments),
        Command::Check => check::run(place),
        Command::Quality(arguments) => quality::run(place, &arguments),
        Command::Plan(arguments) => plan::run(place, &arguments),
        Command::Estimate(arguments) => calculator::estimate::run(&arguments),
        Command::Moments(arguments) => calculator::moments::run(&arguments),
        Command::Compare(arguments) => calculator::compare::run(&arguments),
        Command::Areas(command) => areas::run(place, &command),
        Command::Round(command) => round::run(place, &command),
        Command::Device(command) => device::run(place, &command),
        Command::Receipts(command) => receipts::run(place, &command),
        Command::Poster(arguments) => poster::run(place, &arguments),
        Command::Key(command) => key::run(place, &command),
        Command::Callback(command) => callback::run(place, &command),
        Command::Comments(command) => comments::run(place, &command),
        Command::Paper(command) => paper::run(place, &command),
        Command::Responses(command) => responses::run(place, &command),
        Command::Assessments(command) => assessments::run(place, &command),
        Command::Results(arguments) => results::run(place, &arguments),
        Command::Report(arguments) => report::run(place, &arguments),
        Command::Breakdown(arguments) => breakdown::run(place, &arguments),
        Command::Export(arguments) => export::run(place, &arguments),
        Command::Index(arguments) => index::run(place, &arguments),
        Command::Recipient(command) => recipient::run(place, &command),
        Command::Mail(command) => mail::run(place, &command),
        Command::Reconcile(arguments) => reconcile::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The unit the user named, if any.
fn parse_unit(unit: Option<&str>) -> Result<Option<AreaCode>, Failure> {
    let parsed = unit.map(AreaCode::parse).transpose();
    parsed.map_err(|fault| Failure::message(format!("the unit's code {fault}")))
}

/// The address that citizens and devices reach the server at.
#[derive(clap::Args)]
struct PublicUrl {
    /// The address that citizens reach the server at, for example `https://khaosat.example.vn`
    #[arg(long, value_name = "URL", env = "SIPAS_PUBLIC_URL")]
    public_url: Option<String>,
}

impl PublicUrl {
    /// The address if one was given, without a slash at its end.
    fn given(&self) -> Result<Option<&str>, Failure> {
        let Some(url) = self.public_url.as_deref().map(|url| url.trim_end_matches('/')) else { return Ok(None) };
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        // A blank or a quotation mark would end the address in a QR, a question mark would take the page's own.
        if host.is_none_or(|host| host.is_empty() || host.contains(|c: char| c.is_whitespace() || "?#\"<>".contains(c)))
        {
            return Err(Failure::message(format!("{url:?} is no public address; one is https://khaosat.example.vn")));
        }
        Ok(Some(url))
    }

    /// The page of a desk.
    fn of_desk(&self, desk: &AreaCode) -> Result<String, Failure> {
        let base = self.given()?.ok_or_else(|| {
            Failure::message("a QR needs the server's address: give --public-url https://… or set SIPAS_PUBLIC_URL")
        })?;
        Ok(format!("{base}/s/{desk}"))
    }
}

/// The desk the user named.
fn parse_desk(desk: &str) -> Result<AreaCode, Failure> {
    AreaCode::parse(desk).map_err(|fault| Failure::message(format!("the desk's code {fault}")))
}

/// A desk's name as people know it.
fn desk_name(service: &Service, desk: &AreaCode) -> Result<String, Failure> {
    let tree = crate::service::areas::tree(service.store())?;
    let area = tree.get(desk).ok_or_else(|| Failure::message(format!("there is no desk {desk}; import it first")))?;
    Ok(area.name.clone())
}

/// Words of the citizens' pages with their blanks filled, for what is printed for them; none in a language that is not there.
fn page_words(service: &Service, language: &str, key: &str, blanks: &[(&str, &str)]) -> String {
    let language = Language::parse(language).ok();
    let words = language.and_then(|language| service.catalogue().page_words(&language));
    words.map(|words| words.fill(key, blanks)).unwrap_or_default()
}

/// Makes a folder for what is printed, and says no where one of the files is there: codes may stand in it that are nowhere
/// else, or somebody's own changes.
fn make_folder(folder: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::message(format!("cannot make {}: {error}", folder.display())))?;
    files.iter().find(|file| file.exists()).map_or(Ok(()), |file| Err(exists_already(file)))
}

/// Makes a file that was not there.
fn create_new(path: &Path) -> Result<File, Failure> {
    File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists_already(path),
        _ => cannot_write(path, &error),
    })
}

/// Writes a file that was not there.
fn write_new(path: &Path, content: &str) -> Result<(), Failure> {
    create_new(path)?.write_all(content.as_bytes()).map_err(|error| cannot_write(path, &error))
}

fn exists_already(path: &Path) -> Failure {
    Failure::message(format!("{} exists already; choose another name", path.display()))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::message(format!("cannot write {}: {error}", path.display()))
}

/// The content of a file the user named.
fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::message(format!("cannot read {}: {error}", path.display())))
}
