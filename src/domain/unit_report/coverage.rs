//! Who answered, of how many; what desks were to bring; and how much of a report is hidden.

use crate::domain::ids::AreaCode;
use crate::domain::quality::FlagCount;
use crate::domain::round::Mode;

/// Who answered in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How people came to answer. Of those who chose to, a spread is model-assumed and never a margin of error.
    pub mode: Mode,
    /// Answers, flagged ones too; none where they are hidden.
    pub answers: Option<u64>,
    /// Cases settled at the desks that were drawn; none as soon as one desk's are not known.
    pub transactions: Option<u64>,
    /// Answers with signs that they were not given in earnest, by reason; none where they are hidden.
    pub flags: Option<FlagCount>,
}

impl Coverage {
    /// Answers for each transaction; none where either is not known.
    #[must_use]
    pub fn response_rate(&self) -> Option<f64> {
        let transactions = self.transactions.filter(|n| *n > 0)?;
        Some(self.answers? as f64 / transactions as f64)
    }

    /// Whether there are more answers than transactions, which cannot be: the frame is wrong, or answers are.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        self.answers.zip(self.transactions).is_some_and(|(answers, transactions)| answers > transactions)
    }
}

/// What a desk was to bring, and brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskProgress {
    /// The desk.
    pub desk: AreaCode,
    /// Its name.
    pub name: String,
    /// Answers planned; none where its transactions are not known.
    pub planned: Option<u64>,
    /// Answers there are; none where they are hidden, which they are where they are few.
    pub answers: Option<u64>,
}

impl DeskProgress {
    /// Answers that are still needed, where that can be told.
    #[must_use]
    pub fn needed(&self) -> Option<u64> {
        Some(self.planned?.saturating_sub(self.answers?))
    }

    /// Whether it has fewer answers than planned. Where they are hidden, it may be so and is not told.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.needed().is_some_and(|needed| needed > 0)
    }
}

/// How much of a report is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Figures that are: of few people, or needed to protect others.
    pub n_hidden: usize,
    /// Figures in all, hidden ones too.
    pub n: usize,
}
