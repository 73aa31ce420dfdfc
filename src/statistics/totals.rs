//! The sums that the spread of a statistic is made of.

/// Sums over the rows of one pair of domain and PSU.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Totals {
    /// `z = Σ w e`.
    pub(super) sum: f64,
    /// `Σ (w e)²`.
    pub(super) squares: f64,
    /// `Σ w e²`, for the spread a simple random sample would have.
    pub(super) simple: f64,
    /// `Σ w` of the rows that answered.
    pub(super) weight: f64,
    /// Rows that answered at least one item of the statistic.
    pub(super) n_answered: u64,
}

impl Totals {
    /// Adds a row that answered.
    pub(super) fn add(&mut self, e: f64, weight: f64) {
        let value = weight * e;
        self.sum += value;
        self.squares += value * value;
        self.simple += value * e;
        self.weight += weight;
        self.n_answered += 1;
    }

    /// Adds the sums of other rows.
    pub(super) fn add_all(&mut self, more: Self) {
        self.sum += more.sum;
        self.squares += more.squares;
        self.simple += more.simple;
        self.weight += more.weight;
        self.n_answered += more.n_answered;
    }
}
