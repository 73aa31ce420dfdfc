//! Why a file was not taken.

use crate::domain::fault::Fault;
use crate::store::StoreError;

/// Why a file was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum FileRefusal {
    /// The file has faults; all of them.
    #[error("the file was not taken: {} faults", .0.len())]
    Faulty(Vec<Fault>),
    /// The round it is for cannot take it.
    #[error(transparent)]
    Round(#[from] super::rounds::RoundRefusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Vec<Fault>> for FileRefusal {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faulty(faults)
    }
}
