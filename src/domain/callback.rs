//! Call-backs (phúc tra): some of those interviewed are asked again, to see that the interview took place and was written down
//! as it was.

use super::estimate::Interval;
use super::word::words;

words!(
    /// What became of a call-back.
    Contact {
        /// The person was reached and asked again.
        Reached = "reached",
        /// Nobody was reached.
        NotReached = "not-reached",
        /// The person says that there was no interview.
        Denied = "denied",
    }
);

/// A share of call-backs with its exact interval; both absent where there was nothing to count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Those that agree.
    pub agreeing: u64,
    /// Those compared.
    pub n: u64,
    /// The interval of the share, 0 to 1.
    pub interval: Option<Interval>,
}

impl Agreement {
    /// The share that agrees.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.n > 0).then(|| self.agreeing as f64 / self.n as f64)
    }
}

/// What the call-backs of a round showed.
#[derive(Debug, Clone, PartialEq)]
pub struct CallbackReport {
    /// Rows of the sheet by what became of them, in the order of [`Contact::ALL`].
    pub contacts: [u64; Contact::ALL.len()],
    /// Of those who were reached or denied it: that there was an interview.
    pub took_place: Agreement,
    /// Of the forms asked again: that every item asked again agrees.
    pub whole_forms: Agreement,
    /// Item by item, with its id.
    pub items: Vec<(String, Agreement)>,
    /// The confidence level of the intervals.
    pub level: f64,
}
