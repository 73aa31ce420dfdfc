//! An export while it is made. Of a publication it has what was there then, or nothing: answers that came later are left out, and
//! what is left is held against the digest that was published.

use super::super::catalogue::Catalogue;
use super::super::exercise::Exercise;
use super::super::publish;
use super::{ExportRefusal, Request, words};
use crate::domain::ids::Digest;
use crate::domain::publication::Publication;
use crate::export::variable::Label;
use crate::store::Store;
use chrono::{DateTime, Utc};

/// An export that is being made: what is asked for, and of which publication.
pub(super) struct Task<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) store: &'a Store,
    pub(super) request: &'a Request,
    pub(super) publication: Option<Publication>,
}

impl<'a> Task<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, store: &'a Store, request: &'a Request) -> Result<Self, ExportRefusal> {
        let publication = request.as_of.map(|as_of| publish::find(store, &request.round, as_of)).transpose()?;
        Ok(Self { catalogue, store, request, publication })
    }

    /// The instant whose answers count.
    pub(super) fn as_of(&self) -> Option<DateTime<Utc>> {
        self.publication.as_ref().map(|publication| publication.published)
    }

    pub(super) fn exercise(&self) -> Result<Exercise, ExportRefusal> {
        let Request { round, answers, .. } = self.request;
        Ok(Exercise::as_of(self.catalogue, self.store, round, *answers, self.as_of())?)
    }

    /// Refuses answers that are not those the publication was made from.
    pub(super) fn check_answers(&self, cut: Digest) -> Result<(), ExportRefusal> {
        match &self.publication {
            Some(publication) if publish::cut(self.store, publication)? != cut => {
                Err(self.others("answers", publication))
            }
            _ => Ok(()),
        }
    }

    /// Refuses answers, or scores, that are not those the publication was made from.
    pub(super) fn check_exercise(&self, exercise: &Exercise) -> Result<(), ExportRefusal> {
        match &self.publication {
            Some(publication) if !publish::follows_from(exercise, self.store, publication)? => {
                Err(self.others("answers or scores", publication))
            }
            _ => Ok(()),
        }
    }

    fn others(&self, what: &'static str, publication: &Publication) -> ExportRefusal {
        let Publication { round, revision, .. } = publication;
        ExportRefusal::Others { what, round: round.clone(), revision: *revision, table: self.request.table }
    }

    /// What whoever opens the file must know of where it is from.
    pub(super) fn notes(&self) -> Vec<Label> {
        self.publication.iter().map(words::of_publication).collect()
    }
}
