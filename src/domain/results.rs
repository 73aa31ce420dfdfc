//! What people said in one round, for one area: the overall figure, each element, each item.

use super::admission::{Admission, Admitted};
use super::disclosure::NoFigure;
use super::estimate::Estimate;
use super::ids::AreaCode;
use super::index::table::Source;
use super::questionnaire::{IndexRule, RollUp};
use super::selection::Selection;
use super::word::words;

words! {
    /// What a row of results is about.
    Grain {
        /// The questionnaire as a whole.
        Overall = "overall",
        /// One element.
        Element = "element",
        /// One item.
        Item = "item",
    }
}

/// One row of results.
#[derive(Debug, Clone)]
pub struct ResultRow {
    /// What it is about.
    pub grain: Grain,
    /// The item's or element's id; empty for the overall figure.
    pub code: String,
    /// Its wording in the questionnaire's first language.
    pub title: String,
    /// The figure under the questionnaire's rule, between 0 and 1, or why there is none.
    pub figure: Result<Estimate, NoFigure>,
    /// The share of answers 4 and 5; none for items that are no five-point scale.
    pub satisfied: Option<Result<Estimate, NoFigure>>,
    /// The mean on the scale of 1 to 5; none for items that are no five-point scale.
    pub mean: Option<Result<Estimate, NoFigure>>,
}

/// The results of a round for an area.
#[derive(Debug, Clone)]
pub struct Results {
    /// The area.
    pub area: AreaCode,
    /// Its name.
    pub area_name: String,
    /// The round and its questionnaire.
    pub source: Source,
    /// How answers become figures.
    pub rule: IndexRule,
    /// How items become elements.
    pub roll_up: RollUp,
    /// Overall first, then each element followed by its items.
    pub rows: Vec<ResultRow>,
    /// How those were admitted whose answers they are; everybody's if none.
    pub admission: Option<Admission>,
    /// How many came with a receipt code and how many without, in a round that used codes and where that may be shown.
    pub admitted: Option<Admitted>,
    /// Where people chose to answer: what has to stand beside the figures.
    pub selection: Option<Selection>,
}
