//! What was made public, read back: the list of publications, a file's bytes, and reports to draw again.

use super::{PublishRefusal, paths};
use crate::domain::ids::{AreaCode, Digest, RoundCode};
use crate::domain::publication::{AsOf, FrozenFile, PackedFile, Publication};
use crate::domain::round::{AnyRound, RoundPlan};
use crate::domain::unit_report::UnitReport;
use crate::report::unit_report::json::UnitReportDocument;
use crate::store::{self, Store};
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Read as _;

/// Every publication of a round, in order of the revisions.
///
/// # Errors
/// When the round is unknown or the database fails.
pub fn list(store: &Store, round: &RoundCode) -> Result<Vec<Publication>, PublishRefusal> {
    super::rounds::find(store, round)?;
    Ok(store.with(|connection| store::publications::all(connection, round))?)
}

/// The publication of a round that is meant.
///
/// # Errors
/// When the round is unknown or has no such publication; or the database fails.
pub fn find(store: &Store, round: &RoundCode, as_of: AsOf) -> Result<Publication, PublishRefusal> {
    let all = list(store, round)?;
    as_of.among(&all).cloned().ok_or_else(|| PublishRefusal::NoSuchPublication(round.clone()))
}

/// Every publication of a round with its files.
///
/// # Errors
/// When the round is unknown or the database fails.
pub fn list_with_files(
    store: &Store,
    round: &RoundCode,
) -> Result<Vec<(Publication, Vec<FrozenFile>)>, PublishRefusal> {
    let with_files = |publication: Publication| {
        let files = store.with(|connection| store::publications::files(connection, round, publication.revision))?;
        Ok((publication, files))
    };
    list(store, round)?.into_iter().map(with_files).collect()
}

/// The frozen file that answers for a round: of the publication that is meant, or, if none is named, of the latest. None where
/// none is named and the round is not published, so that its figures are still to be computed. `path` says where the file lies,
/// if it is kept at all.
///
/// # Errors
/// When the round is unknown, or it has no such publication or file; or the database fails.
pub fn answering(
    store: &Store,
    round: &RoundCode,
    as_of: Option<AsOf>,
    path: impl FnOnce(&RoundPlan) -> Option<String>,
) -> Result<Option<(Publication, PackedFile)>, PublishRefusal> {
    let found = super::rounds::find(store, round)?;
    let publication = match as_of {
        Some(as_of) => find(store, round, as_of)?,
        None if !matches!(found, AnyRound::Published(_)) => return Ok(None),
        // A round that was published before figures were frozen has none.
        None => match list(store, round)?.pop() {
            Some(latest) => latest,
            None => return Ok(None),
        },
    };
    let path = path(found.plan()).ok_or(PublishRefusal::NotTogether)?;
    let file = packed(store, &publication, &path)?;
    Ok(Some((publication, file)))
}

/// One file of a publication, packed as it is stored.
///
/// # Errors
/// When there is no such file or the database fails.
pub fn packed(store: &Store, publication: &Publication, path: &str) -> Result<PackedFile, PublishRefusal> {
    let Publication { round, revision, .. } = publication;
    let found = store.with(|connection| store::publications::file(connection, round, *revision, path))?;
    let (round, revision, path) = (round.clone(), *revision, path.to_owned());
    found.ok_or(PublishRefusal::NotFrozen { round, revision, path })
}

/// The bytes of one file of a publication, as they were made public.
///
/// # Errors
/// When there is no such file, or its bytes are not those that were made public; or the database fails.
pub fn read_file(store: &Store, publication: &Publication, path: &str) -> Result<Vec<u8>, PublishRefusal> {
    unpacked(&packed(store, publication, path)?)
}

/// The bytes of a file, held against their digest.
///
/// # Errors
/// When they are not those that were packed.
pub fn unpacked(PackedFile { file, packed }: &PackedFile) -> Result<Vec<u8>, PublishRefusal> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes);
    read.map_err(|error| PublishRefusal::broken(&file.path, error))?;
    if Digest(Sha256::digest(&bytes).into()) != file.digest {
        return Err(PublishRefusal::broken(&file.path, "its bytes are not those that were published"));
    }
    Ok(bytes)
}

/// What a publication says of one area, to be drawn again.
///
/// # Errors
/// When it says nothing of it, or the database fails.
pub fn report(store: &Store, publication: &Publication, area: &AreaCode) -> Result<UnitReport, PublishRefusal> {
    let path = paths::report(area);
    read(&path, &read_file(store, publication, &path)?)
}

/// Digest of the round's answers that a publication was made from.
///
/// # Errors
/// When the database fails, or what it holds cannot be read.
pub fn cut(store: &Store, publication: &Publication) -> Result<Digest, PublishRefusal> {
    let round = super::rounds::find(store, &publication.round)?;
    let path = paths::report(&round.plan().area);
    let told = read(&path, &read_file(store, publication, &path)?)?;
    let source = told.source().ok_or_else(|| PublishRefusal::broken(&path, "it does not name its answers"))?;
    Ok(source.cut)
}

/// What a publication says of all areas, in order of their codes.
///
/// # Errors
/// When the database fails, or what it holds cannot be read.
pub fn reports(store: &Store, publication: &Publication) -> Result<Vec<UnitReport>, PublishRefusal> {
    let Publication { round, revision, .. } = publication;
    let files = store.with(|connection| store::publications::files(connection, round, *revision))?;
    let files = files.into_iter().filter(|file| paths::is_report(&file.path));
    files.map(|file| read(&file.path, &read_file(store, publication, &file.path)?)).collect()
}

/// The comments that a publication shows, by the code of the area.
///
/// # Errors
/// When the database fails, or what it holds cannot be read.
pub fn comments(store: &Store, publication: &Publication) -> Result<BTreeMap<String, Vec<String>>, PublishRefusal> {
    let bytes = read_file(store, publication, paths::COMMENTS)?;
    serde_json::from_slice(&bytes).map_err(|error| PublishRefusal::broken(paths::COMMENTS, error))
}

fn read(path: &str, bytes: &[u8]) -> Result<UnitReport, PublishRefusal> {
    let document: UnitReportDocument =
        serde_json::from_slice(bytes).map_err(|error| PublishRefusal::broken(path, error))?;
    UnitReport::try_from(&document).map_err(|error| PublishRefusal::broken(path, error))
}
