//! A round's pages as files of a folder, which any web server or browser shows.

use super::files::Drawing;
use super::{PublishRefusal, Step, Tell, paths};
use crate::domain::comment::Standing;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::publication::{AsOf, Publication};
use crate::domain::round::AnyRound;
use crate::report::page::Edition;
use crate::service::catalogue::Catalogue;
use crate::service::{comments, rounds, unit_report};
use crate::store::{self, Store};
use chrono::Utc;

/// Pages with the figures and PDF files they lead to.
#[derive(Debug)]
pub struct Folder {
    /// The publication they are of; none for a preview.
    pub publication: Option<Publication>,
    /// The area whose page comes first.
    pub whole: AreaCode,
    /// By name.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The pages of a publication as they were frozen, of the latest unless another is meant; or a preview of a round that is not
/// published.
///
/// # Errors
/// When the round is unknown or has no such publication, or its figures cannot be computed.
pub fn folder(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    as_of: Option<AsOf>,
    tell: Tell,
) -> Result<Folder, PublishRefusal> {
    let found = rounds::find(store, round)?;
    let whole = found.plan().area.clone();
    let publication = match (as_of, &found) {
        (Some(as_of), _) => Some(super::find(store, round, as_of)?),
        (None, AnyRound::Published(_)) => super::list(store, round)?.pop(),
        (None, _) => None,
    };
    let files = match &publication {
        Some(publication) => frozen(store, publication)?,
        None => preview(catalogue, store, round, tell)?,
    };
    Ok(Folder { publication, whole, files })
}

fn frozen(store: &Store, publication: &Publication) -> Result<Vec<(String, Vec<u8>)>, PublishRefusal> {
    let Publication { round, revision, .. } = publication;
    let files = store.with(|connection| store::publications::files(connection, round, *revision))?;
    let beside = files.iter().filter_map(|file| Some((paths::beside_pages(&file.path)?, &file.path)));
    beside.map(|(name, path)| Ok((name.to_owned(), super::read_file(store, publication, path)?))).collect()
}

fn preview(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    tell: Tell,
) -> Result<Vec<(String, Vec<u8>)>, PublishRefusal> {
    tell(Step::Computing);
    let reports = unit_report::of_round(catalogue, store, round)?;
    let approved = comments::of_round(store, round, Some(Standing::Approved))?;
    let shown = comments::shown(&reports, &approved).into_iter();
    let comments = shown.map(|(area, texts)| (area.to_string(), texts)).collect();
    Drawing { reports: &reports, comments: &comments, edition: Edition::Preview, made: Utc::now() }
        .beside_each_other(tell)
}
