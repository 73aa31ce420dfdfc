//! Whether frozen figures still follow from the data.

use super::files::Drawing;
use super::scene::Scene;
use super::{PublishRefusal, Step, Tell, files};
use crate::domain::ids::{Digest, RoundCode};
use crate::domain::publication::{AsOf, FrozenFile, LateKind, Publication};
use crate::service::catalogue::Catalogue;
use crate::store::{self, Store};
use std::collections::BTreeMap;

/// What became of a publication's figures when they were computed once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The publication.
    pub publication: Publication,
    /// Digest of the answers that were there then, and the scores as they are now.
    pub data: Digest,
    /// Answers that came after it and were left out.
    pub n_late: u64,
    /// Files that came out the same to the byte.
    pub n_same: usize,
    /// Files that came out otherwise, or not at all, or that were not there.
    pub different: Vec<String>,
    /// Files whose stored bytes are not those that were published.
    pub damaged: Vec<String>,
}

impl Verified {
    /// Whether answers and scores are those that the figures were computed from.
    #[must_use]
    pub fn is_same_data(&self) -> bool {
        self.data == self.publication.data
    }

    /// Whether the figures still follow, to the byte.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.is_same_data() && self.different.is_empty() && self.damaged.is_empty()
    }
}

/// Computes a publication's figures once more from the data as it is now, but for answers that came after it, and holds them
/// against the frozen ones.
///
/// # Errors
/// When there is no such publication, or its figures cannot be computed any more.
pub fn verify(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    as_of: AsOf,
    tell: Tell,
) -> Result<Verified, PublishRefusal> {
    let publication = super::find(store, round, as_of)?;
    tell(Step::Computing);
    let mut scene = Scene::load(catalogue, store, (round, Some(publication.published)), &publication.program_version)?;
    // Comments are no figures: those that were shown then stay, whatever was decided since.
    scene.comments = super::comments(store, &publication)?;
    let files = files::all(&scene)?.into_iter().chain(Drawing::of(&scene, &publication).packed(tell)?);
    let now: BTreeMap<String, Digest> = files.map(|packed| (packed.file.path, packed.file.digest)).collect();
    let then: BTreeMap<String, FrozenFile> = store
        .with(|connection| store::publications::files(connection, round, publication.revision))?
        .into_iter()
        .map(|file| (file.path.clone(), file))
        .collect();
    let is_same = |path: &&String| now.get(*path) == then.get(*path).map(|file| &file.digest);
    let mut different: Vec<String> = now.keys().filter(|path| !is_same(path)).cloned().collect();
    different.extend(then.keys().filter(|path| !now.contains_key(*path)).cloned());
    let n_same = now.keys().filter(is_same).count();
    let late = store.with(|connection| store::publications::arrivals(connection, round))?.into_iter();
    let late = late.filter(|late| late.kind == LateKind::Answers && late.arrived > publication.published);
    let n_late = late.map(|late| late.n).sum();
    let mut damaged = Vec::new();
    for path in then.keys() {
        match super::read_file(store, &publication, path) {
            Ok(_) => {}
            Err(PublishRefusal::Broken { .. }) => damaged.push(path.clone()),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(Verified { data: scene.basis.digest(), publication, n_late, n_same, different, damaged })
}
