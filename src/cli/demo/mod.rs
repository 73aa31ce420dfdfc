//! `sipas demo`: the whole job on a province that does not exist. It imports areas, frames and scores as an operator
//! would, sends every answer through the real HTTP door, prints the index table, and keeps serving so that anyone can
//! answer and watch the table change.

mod people;
mod province;
mod send;

use super::failure::Failure;
use super::serve::Serving;
use super::{Place, index};
use crate::cli::output::{say, say_line};
use crate::domain::ids::{AreaCode, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::period::{Period, Year};
use crate::domain::quality::Answers;
use crate::domain::round::{AnyRound, Mode, RoundPlan};
use crate::service::catalogue::Catalogue;
use crate::service::rounds::{self, RoundRefusal};
use crate::service::{analyse, areas, assess, publish};
use crate::store::Store;
use indicatif::{ProgressBar, ProgressStyle};
use people::Sitting;
use province::Province;
use std::time::{Duration, Instant};

/// How long the table waits after an answer before it is printed again: a page takes a while to fill in anyway.
const REPRINT_PAUSE: Duration = Duration::from_secs(2);

/// How to run the demo.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// End after printing the table instead of serving
    #[arg(long)]
    once: bool,
    /// Where to serve
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: String,
}

/// Runs it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let started = Instant::now();
    let catalogue = place.catalogue()?;
    let url = place.database("sqlite:demo.db")?;
    let store = Store::open(&url)?;
    refuse_a_database_in_use(&store)?;
    say_line!("Tỉnh Minh Họa does not exist: its districts, answers and scores are made up from a fixed seed.");
    say_line!("Database: {url}\n");
    let province = Province::new();
    areas::take(&store, province.areas_csv().as_bytes())?;
    // With --once nobody needs to find the page, so any free port will do.
    let listen = if arguments.once { "127.0.0.1:0" } else { &arguments.listen };
    let serving = Serving::start(place.catalogue()?, store.clone(), listen)?;
    let mut n_sent = 0;
    for year in province::YEARS {
        n_sent += live_through(&catalogue, &store, &province, year, serving.base())?;
    }
    let round = code(&province::round_code(province::LAST_YEAR, false))?;
    index::print_table(&analyse::index_table(&catalogue, &store, &round, Answers::All)?);
    say_line!("\n{n_sent} answers sent, stored and counted in {:.1} s.", started.elapsed().as_secs_f64());
    if !arguments.once {
        publish_beside(place.catalogue()?, store.clone(), serving.base())?;
        keep_serving(&catalogue, &store, &province, &round, &serving)?;
    }
    serving.stop()
}

/// A made-up province must never be mixed with a real one, to which DATABASE_URL may well point.
fn refuse_a_database_in_use(store: &Store) -> Result<(), Failure> {
    let areas = store.with(crate::store::areas::all)?;
    match areas.iter().find(|area| !area.code.as_str().starts_with(province::CODE)) {
        None => Ok(()),
        Some(area) => Err(Failure::message(format!(
            "this database has areas of its own ({}, {}); the demo runs on a new one only, for example with --database sqlite:demo.db",
            area.code, area.name
        ))),
    }
}

/// Makes the year before public beside everything else, unless it is: drawing its pages takes a while.
fn publish_beside(catalogue: Catalogue, store: Store, base: &str) -> Result<(), Failure> {
    let round = code(&province::round_code(province::FIRST_YEAR, false))?;
    let address = format!("{base}/r/{round}");
    let publish = move || {
        if matches!(rounds::find(&store, &round), Ok(AnyRound::Published(_))) {
            say_line!("What the public sees of the year before: {address}");
            return;
        }
        match publish::publish(&catalogue, &store, &round, "", &|_| ()) {
            Ok(_) => say_line!("The year before is published; what the public sees of it: {address}"),
            Err(refusal) => eprintln!("The year before could not be published: {refusal}"),
        }
    };
    let thread = std::thread::Builder::new().name("sipas-publish".to_owned()).spawn(publish);
    thread.map(drop).map_err(|error| Failure::message(error.to_string()))
}

/// Prints the table again whenever someone has answered, until the program is asked to end.
fn keep_serving(
    catalogue: &Catalogue,
    store: &Store,
    province: &Province,
    round: &RoundCode,
    serving: &Serving,
) -> Result<(), Failure> {
    let desk = province.desks.iter().find(|desk| desk.drawn).map(|desk| desk.code.as_str()).unwrap_or_default();
    say_line!("Answer at {}/s/{desk} and the table is printed again. Ctrl-C ends.", serving.base());
    let mut seen = serving.n_stored();
    while serving.wait(REPRINT_PAUSE) {
        let n_stored = serving.n_stored();
        if n_stored != seen {
            seen = n_stored;
            say!("\n");
            index::print_table(&analyse::index_table(catalogue, store, round, Answers::All)?);
        }
    }
    Ok(())
}

/// One year of the province, as far as it was not lived before: its rounds, answers and scores. Returns how many answers
/// were sent.
fn live_through(
    catalogue: &Catalogue,
    store: &Store,
    province: &Province,
    year: u16,
    base: &str,
) -> Result<usize, Failure> {
    let plans = [plan(year, false)?, plan(year, true)?];
    for (plan, frame) in plans.iter().zip([province.frame_csv(year), Province::officials_frame_csv()]) {
        match rounds::create(catalogue, store, plan.clone()) {
            Ok(()) | Err(RoundRefusal::Exists(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
        if matches!(rounds::find(store, &plan.code)?, AnyRound::Draft(_)) {
            rounds::import_frame(catalogue, store, &plan.code, frame.as_bytes())?;
            rounds::open(store, &plan.code)?;
        }
    }
    let mut sittings = Vec::new();
    for (officials, plan) in [false, true].into_iter().zip(&plans) {
        let questionnaire = catalogue.questionnaire(&plan.questionnaire);
        let is_open = matches!(rounds::find(store, &plan.code)?, AnyRound::Open(_));
        match questionnaire.filter(|_| is_open) {
            Some(questionnaire) if officials => sittings.extend(people::officials(questionnaire, year)),
            Some(questionnaire) => sittings.extend(people::citizens(province, questionnaire, year)),
            None => {}
        }
    }
    let n_sent = sittings.len();
    send(base, sittings, year)?;
    if let Some(scheme) = plans.first().and_then(|plan| catalogue.scheme(&plan.scheme)) {
        let scores = Province::assessments_csv(scheme, year);
        assess::take(catalogue, store, &code(&province::round_code(year, false))?, scores.as_bytes(), None)?;
    }
    for plan in plans.iter().filter(|_| year < province::LAST_YEAR) {
        if matches!(rounds::find(store, &plan.code)?, AnyRound::Open(_)) {
            rounds::close(store, &plan.code)?;
        }
    }
    Ok(n_sent)
}

fn send(base: &str, sittings: Vec<Sitting>, year: u16) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} answers, {per_sec}, {eta} left");
    let progress = ProgressBar::new(sittings.len() as u64).with_message(year.to_string());
    if let Ok(style) = style {
        progress.set_style(style);
    }
    let sent = send::run(base, sittings, &progress);
    progress.finish_and_clear();
    sent.map_err(|failure| Failure::message(failure.to_string()))
}

fn code(text: &str) -> Result<RoundCode, Failure> {
    RoundCode::parse(text).map_err(|fault| Failure::message(format!("{text:?} {fault}")))
}

fn plan(year: u16, officials: bool) -> Result<RoundPlan, Failure> {
    let fault = |fault| Failure::message(format!("a code of the demo {fault}"));
    Ok(RoundPlan {
        code: code(&province::round_code(year, officials))?,
        questionnaire: QuestionnaireRef::parse(if officials { "officials.v1" } else { "one-stop.v2" })?,
        scheme: SchemeId::parse("demo-province").map_err(fault)?,
        area: AreaCode::parse(province::CODE).map_err(fault)?,
        year: Year::new(year)?,
        period: Period::parse(&format!("{year}-01-01..{year}-12-31"))?,
        mode: if officials { Mode::Census } else { Mode::Sampled },
    })
}
