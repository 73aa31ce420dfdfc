//! What a letter says: written once for all who read the same edition about the same unit in the same language, and kept, so
//! that it stays the same however often and by whichever server it is sent.

use super::catalogue::Catalogue;
use crate::domain::letter::Letter;
use crate::domain::outbox::{ClaimedMail, Reason};
use crate::store::letters::{self, LetterKey};
use crate::store::{Store, StoreError};

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterRefusal {
    /// The figures it would be about cannot be shown.
    #[error("the letter could not be written: {0}")]
    NotWritten(Reason),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The letter that a mail brings.
///
/// # Errors
/// When its figures cannot be shown, or the database does not answer.
pub fn of_mail(_catalogue: &Catalogue, store: &Store, mail: &ClaimedMail) -> Result<Letter, LetterRefusal> {
    let key = LetterKey {
        round: mail.round.clone(),
        edition: mail.edition,
        unit: mail.to.recipient.unit.clone(),
        language: mail.to.recipient.language,
        with_pdf: mail.to.recipient.with_pdf,
    };
    if let Some(letter) = store.with(|connection| letters::find(connection, &key))? {
        return Ok(letter);
    }
    Err(LetterRefusal::NotWritten(Reason::of("there are no figures")))
}
