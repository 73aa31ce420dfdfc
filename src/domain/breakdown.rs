//! Figures broken down: by unit, by who answered, and by crossings of both, with small cells hidden.

use super::disclosure::NoFigure;
use super::estimate::Estimate;
use super::index::table::Source;

/// One cell of a breakdown.
#[derive(Debug, Clone)]
pub struct BreakdownCell {
    /// What it is broken down by, with the cell's value of each and how people read it.
    pub domain: Vec<Label>,
    /// The figure, or why there is none. Of a hidden one nothing else is told.
    pub figure: Result<Box<Estimate>, NoFigure>,
}

/// A value of something that figures are broken down by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The level of areas or the profile item.
    pub by: String,
    /// The area's code or the option's id; empty where the respondent did not say.
    pub value: String,
    /// As people read it.
    pub name: String,
}

/// One statistic of a round in all cells asked for.
#[derive(Debug, Clone)]
pub struct Breakdown {
    /// The item or element; empty for the overall figure.
    pub code: String,
    /// All cells, those of all people together first.
    pub cells: Vec<BreakdownCell>,
}

/// Breakdowns of a round.
#[derive(Debug, Clone)]
pub struct Breakdowns {
    /// The round and its questionnaire.
    pub source: Source,
    /// The declared breakdowns that were hidden together.
    pub declared: Vec<String>,
    /// What is not confirmed about them.
    pub notice: Option<String>,
    /// The smallest number of answers that is shown.
    pub min_n: u64,
    /// The figures, statistic by statistic.
    pub figures: Vec<Breakdown>,
}
