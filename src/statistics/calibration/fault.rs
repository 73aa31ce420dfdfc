//! Why weights cannot be calibrated.

/// A reason. Margins and levels go by their places.
#[derive(Debug, Clone, PartialEq)]
pub enum CalibrationFault {
    /// Rows have codes for which no total is given; a missing answer is one of them.
    NoTotal {
        /// The margin.
        margin: usize,
        /// The codes of its columns.
        codes: Vec<u8>,
        /// Rows.
        n_rows: u64,
    },
    /// Rows do not say how much of a quantity they have.
    NoQuantity {
        /// The margin.
        margin: usize,
        /// Rows.
        n_rows: u64,
    },
    /// A level has a total, but no row.
    NoRows {
        /// The margin.
        margin: usize,
        /// The level.
        level: usize,
    },
    /// A total is no number above 0; that of a quantity is no number.
    BadTotal {
        /// The margin.
        margin: usize,
        /// The level; 0 of a quantity.
        level: usize,
    },
    /// Two margins are about populations of different size.
    Contradiction {
        /// One margin and the sum of its totals.
        first: (usize, f64),
        /// The other.
        second: (usize, f64),
    },
    /// Post-stratification knows one margin only.
    OneMarginOnly,
    /// Post-stratification knows levels only, and this margin is a quantity.
    NoLevels {
        /// The margin.
        margin: usize,
    },
    /// Every level of a margin lies in one PSU: the residuals would cancel and the spread look like nothing.
    NestedInPsus {
        /// The margin.
        margin: usize,
    },
    /// The rows of a level cannot hold its total within the bounds of the weights.
    OutOfBounds {
        /// The margin.
        margin: usize,
        /// The level.
        level: usize,
        /// Rows.
        n_rows: u64,
        /// The part of the total that they can come closest with.
        reached: f64,
        /// The weight they need on average.
        needed: f64,
    },
    /// The margins cannot all be met.
    NotMet {
        /// The margin furthest off.
        margin: usize,
        /// Its level; 0 of a quantity.
        level: usize,
        /// By how much, relative to the total.
        miss: f64,
        /// Whether they could be without bounds.
        is_bounded: bool,
    },
    /// Linear calibration gave weights that are not above 0.
    NotPositive {
        /// How many rows have one.
        n_rows: u64,
        /// The least.
        least: f64,
        /// The row that has it, counted from 0.
        row: usize,
    },
}
