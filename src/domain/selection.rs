//! People who chose to answer: how many of those who could, and how far the figure could be off if the contented answer more
//! or less readily than the others. There is no margin of error for them: nobody was drawn.

use super::ids::AreaCode;

/// How much more readily satisfied people may answer than the others.
pub const READINESS: [f64; 4] = [0.5, 2.0 / 3.0, 1.5, 2.0];

/// What a share would be among all people if satisfied ones answered `readiness` times as readily as the others:
/// `p / (p + r (1 − p))`.
#[must_use]
pub fn share_of_all(share: f64, readiness: f64) -> f64 {
    share / (share + readiness * (1.0 - share))
}

/// Answers and transactions of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCoverage {
    /// The desk.
    pub desk: AreaCode,
    /// Its name.
    pub name: String,
    /// Answers, flagged ones too; none where they are hidden.
    pub answers: Option<u64>,
    /// Transactions of the period; `None` where nobody told.
    pub transactions: Option<u32>,
}

impl DeskCoverage {
    /// The part of transactions that were answered for; above 1 where something is wrong.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let transactions = self.transactions.filter(|n| *n > 0)?;
        Some(self.answers? as f64 / f64::from(transactions))
    }
}

/// What has to stand beside figures of people who chose to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The desks, lowest rate first, those without a rate last.
    pub desks: Vec<DeskCoverage>,
    /// Answers of all desks; none where they are hidden.
    pub answers: Option<u64>,
    /// The overall share for each of [`READINESS`]; none where there is no share.
    pub sensitivity: Vec<(f64, f64)>,
}

impl Selection {
    /// Puts both together.
    #[must_use]
    pub fn new(mut desks: Vec<DeskCoverage>, answers: Option<u64>, share: Option<f64>) -> Self {
        let key = |desk: &DeskCoverage| desk.rate().unwrap_or(f64::INFINITY);
        desks.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.desk.cmp(&b.desk)));
        let sensitivity = share.map(|share| READINESS.map(|r| (r, share_of_all(share, r))).to_vec());
        Self { desks, answers, sensitivity: sensitivity.unwrap_or_default() }
    }

    /// The part of all transactions; `None` as soon as one desk's are not known.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let transactions: Option<u64> = self.desks.iter().map(|desk| desk.transactions.map(u64::from)).sum();
        Some(self.answers? as f64 / transactions.filter(|n| *n > 0)? as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(code: &str, answers: u64, transactions: Option<u32>) -> DeskCoverage {
        DeskCoverage { desk: AreaCode::parse(code).unwrap(), name: String::new(), answers: Some(answers), transactions }
    }

    #[test]
    fn ready_answerers_make_a_share_look_larger_than_it_is() {
        // Of 100 people 60 are satisfied; if they answer twice as readily, 120 : 40 answers show 75 %.
        assert!((share_of_all(0.75, 2.0) - 0.6).abs() < 1e-15);
        assert!((share_of_all(0.6, 0.5) - 0.75).abs() < 1e-15);
        assert_eq!((share_of_all(0.0, 2.0), share_of_all(1.0, 0.5)), (0.0, 1.0));
    }

    #[test]
    fn a_rate_needs_all_transactions() {
        let selection = Selection::new(vec![desk("A", 30, Some(100)), desk("B", 5, Some(100))], Some(35), Some(0.5));
        assert_eq!(selection.rate(), Some(0.175));
        assert_eq!(selection.desks[0].desk.as_str(), "B");
        assert_eq!(selection.sensitivity.len(), 4);
        let unknown = Selection::new(vec![desk("A", 30, None), desk("B", 5, Some(100))], Some(35), None);
        assert_eq!((unknown.rate(), unknown.desks[0].desk.as_str(), unknown.sensitivity.len()), (None, "B", 0));
    }
}
