//! A command that was not carried out, as its user reads it.

use crate::domain::fault::Fault;
use crate::service::exercise::AnalyseRefusal;
use crate::service::refusal::FileRefusal;
use crate::service::rounds::RoundRefusal;
use crate::store::{DatabaseUrlFault, StoreError};
use std::fmt;

/// Faults printed at most; a file with thousands of them has one cause, and the rest would scroll it away.
const MAX_FAULTS_SHOWN: usize = 200;

/// Why a command failed. Nothing was changed.
#[derive(Debug)]
pub(super) struct Failure {
    title: String,
    faults: Vec<Fault>,
}

impl Failure {
    /// A failure that one sentence explains.
    pub(super) fn message(title: impl Into<String>) -> Self {
        Self { title: title.into(), faults: Vec::new() }
    }

    /// A failure with a list of faults.
    pub(super) fn faults(title: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { title: title.into(), faults }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in self.faults.iter().take(MAX_FAULTS_SHOWN) {
            writeln!(f, "{fault}")?;
        }
        if let Some(more) = self.faults.len().checked_sub(MAX_FAULTS_SHOWN).filter(|more| *more > 0) {
            writeln!(f, "… and {more} more")?;
        }
        match self.faults.len() {
            0 => write!(f, "sipas: {}", self.title),
            n => write!(f, "sipas: {} ({n} {})", self.title, if n == 1 { "fault" } else { "faults" }),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::message(error.to_string())
    }
}

impl From<RoundRefusal> for Failure {
    fn from(refusal: RoundRefusal) -> Self {
        match refusal {
            RoundRefusal::Faulty(faults) => Self::faults("the frame was not taken", faults),
            other => Self::message(other.to_string()),
        }
    }
}

impl From<FileRefusal> for Failure {
    fn from(refusal: FileRefusal) -> Self {
        match refusal {
            FileRefusal::Faulty(faults) => Self::faults("the file was not taken; nothing was changed", faults),
            FileRefusal::Round(refusal) => refusal.into(),
            FileRefusal::Store(error) => error.into(),
        }
    }
}

impl From<AnalyseRefusal> for Failure {
    fn from(refusal: AnalyseRefusal) -> Self {
        Self::message(refusal.to_string())
    }
}

impl From<DatabaseUrlFault> for Failure {
    fn from(fault: DatabaseUrlFault) -> Self {
        Self::message(fault.to_string())
    }
}

/// For codes and dates given on the command line: their message says what is wrong with what was typed.
impl From<String> for Failure {
    fn from(title: String) -> Self {
        Self::message(title)
    }
}
