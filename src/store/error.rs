//! What can go wrong with the database, in words that say what to do and give away no SQL.

use crate::domain::ids::QuestionnaireRef;
use std::error::Error;

/// Why the store could not do what was asked. The text is fit for a stranger; the reason for the log is the `source`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is locked for too long, or refused. The same call may succeed later.
    #[error("the database does not answer; try again in a moment")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// What was to be changed is no longer in the state the change starts from.
    #[error("someone else was faster; look at it again before changing it")]
    Moved,
    /// The code of something new is in use.
    #[error("{0} exists already; choose another code")]
    Taken(String),
    /// A code that stands for nothing stored.
    #[error("{0} is not in the database; import or create it first")]
    Unknown(String),
    /// A questionnaire version that rounds already use came with another digest.
    #[error(
        "{0} was changed after a round began to use it; put its old text back and make the change in a new version"
    )]
    Altered(QuestionnaireRef),
    /// A stored value that this program could not have written.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(String),
    /// The tables are of a later version than this program.
    #[error("the database was made by a newer version of sipas ({0}); start that version instead")]
    Newer(String),
}

impl StoreError {
    /// Wraps the reason why the database did not do it.
    pub(super) fn unavailable(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(reason.into())
    }

    /// A stored value of `what` that cannot be read.
    pub(crate) fn corrupt(what: &str, value: impl std::fmt::Debug) -> Self {
        Self::Corrupt(format!("{what} {value:?}"))
    }
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::DeserializationError(reason) => Self::Corrupt(reason.to_string()),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
