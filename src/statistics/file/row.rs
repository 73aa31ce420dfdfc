//! A row as its reader hands it on, beside its keys and answers.

/// What one row says about the design.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The row, as the file's reader counts them.
    pub(super) line: usize,
    /// Its weight; `None` without such a column, not a number where missing. So are the others.
    pub(super) weight: Option<f64>,
    pub(super) fpc1: Option<f64>,
    pub(super) fpc2: Option<f64>,
}

impl Row {
    /// Its weight, which is 1 where none is known.
    pub(super) fn weight(&self) -> f64 {
        self.weight.unwrap_or(1.0)
    }
}
