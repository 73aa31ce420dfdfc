//! How an answer was admitted: with the code of a receipt, or as a walk-in's. A code proves that somebody was served.

use super::word::words;

words!(
    /// How an answer was admitted.
    Admission {
        /// With a receipt code.
        Receipt = "receipt",
        /// Without one.
        WalkIn = "walk-in",
    }
);

impl Admission {
    /// That of an answer with a code, or without.
    #[must_use]
    pub fn of(has_receipt: bool) -> Self {
        if has_receipt { Self::Receipt } else { Self::WalkIn }
    }
}

/// People of a round that used receipt codes, by how they were admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// Those with a code.
    pub with_code: u64,
    /// Those without.
    pub walk_ins: u64,
}
