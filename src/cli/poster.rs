//! `sipas poster`: a page with a large QR for the wall behind a desk.

use super::failure::Failure;
use super::pages::Pages;
use super::round::parse_code;
use super::{Place, PublicUrl};
use crate::cli::output::say_line;
use crate::domain::ids::AreaCode;
use crate::report::print::poster::{Poster, poster};
use crate::report::print::sheets::Drawn;
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::progress;
use crate::web::pages::{ENGLISH, VIETNAMESE};
use std::path::PathBuf;

/// For which desk.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// The desk; every drawn desk of the round unless given
    #[arg(long)]
    desk: Option<String>,
    /// The folder for the posters, one A4 page as SVG for each desk; or one file of all, if it ends in .pdf
    #[arg(long, value_name = "DIR|FILE.pdf")]
    out: PathBuf,
    #[command(flatten)]
    public: PublicUrl,
}

/// Draws them.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    let round = parse_code(&arguments.round)?;
    let mut desks = progress::drawn_desks(&service, &round)?;
    if let Some(desk) = &arguments.desk {
        let desk = super::parse_desk(desk)?;
        desks.retain(|drawn| *drawn == desk);
    }
    if desks.is_empty() {
        let desk = arguments.desk.as_deref().unwrap_or("any desk");
        // Whoever scanned such a poster would be told that there is nothing to answer.
        return Err(Failure::message(format!(
            "round {round} takes no answers at {desk}; choose a desk that was drawn"
        )));
    }
    let pages = Pages::begin(&arguments.out, desks.iter().map(|desk| format!("poster-{desk}")))?;
    let drawn: Result<Vec<Drawn>, Failure> = desks.iter().map(|desk| one(&service, desk, &arguments.public)).collect();
    pages.write(&super::page_words(&service, VIETNAMESE, "poster_title", &[]), drawn?)?;
    say_line!("{} posters in {}", desks.len(), arguments.out.display());
    Ok(())
}

fn one(service: &Service, desk: &AreaCode, public: &PublicUrl) -> Result<Drawn, Failure> {
    let word = |language, key| super::page_words(service, language, key, &[]);
    let [title, text] = ["poster_title", "poster_text"].map(|key| word(VIETNAMESE, key));
    let [english, english_text] = ["poster_title", "poster_text"].map(|key| word(ENGLISH, key));
    let (address, name) = (public.of_desk(desk)?, super::desk_name(service, desk)?);
    let words = [(title.as_str(), text.as_str()), (english.as_str(), english_text.as_str())];
    let page = poster(&Poster { address: &address, desk: &name, words });
    let svg = page.map_err(|error| Failure::message(error.to_string()))?;
    Ok(Drawn { svg, alt: format!("{title} — {name}: {address}") })
}
