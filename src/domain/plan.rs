//! A plan of how many answers are wanted.

use super::ids::AreaCode;

/// One line of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLine {
    /// The unit.
    pub unit: AreaCode,
    /// Its name.
    pub name: String,
    /// The desk; `None` for the unit as a whole.
    pub desk: Option<AreaCode>,
    /// Transactions, where known.
    pub transactions: Option<u64>,
    /// Answers planned; `None` where the transactions are not known.
    pub planned: Option<u64>,
    /// What Slovin's formula says for the unit.
    pub slovin: Option<u64>,
    /// Answers there are.
    pub collected: u64,
    /// Answers still needed.
    pub needed: Option<u64>,
    /// The error the answers there are reach; for units.
    pub reached: Option<f64>,
}
