//! The sampling design: what was drawn in each stratum, and what that means for one domain: which units vary, with which
//! weights and which finite-population corrections.
//!
//! It always covers all rows; domains are cut from it, never the other way round, because a PSU without rows of the
//! domain is still a drawn PSU.

mod columns;
mod round;
mod survey;

pub use columns::{DesignColumns, RowDesign};
pub use round::{DesignDesk, Inference};
pub use survey::{SurveyDesign, SurveyPsu, SurveyStratum};

pub(super) use round::RoundDesign;

use crate::domain::estimate::{Caution, Method};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What to do with a stratum of several PSUs of which one was drawn: nothing in the data shows how its PSUs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lonely {
    /// No spread is given where it matters, and the stratum is named.
    #[default]
    Fail,
    /// It varies around the mean of all PSUs, a conservative guess.
    Adjust,
    /// It varies as much as the other strata on average.
    Average,
    /// It is left out of the variance.
    Remove,
    /// It counts as drawn for certain, and adds nothing between PSUs.
    Certainty,
}

impl Lonely {
    /// A stable word for programs and the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Adjust => "adjust",
            Self::Average => "average",
            Self::Remove => "remove",
            Self::Certainty => "certainty",
        }
    }
}

/// Any of the designs rows can have.
#[derive(Debug)]
pub(super) enum Design {
    /// A round's: desks, transactions, weights that follow from them.
    Round(RoundDesign),
    /// A survey file's, which says everything itself; it stands the same for every domain.
    Survey(Arc<Footing>),
}

/// Where a domain stands in the design.
#[derive(Debug, Clone)]
pub(super) struct Footing {
    /// How its spread is found.
    pub(super) method: Method,
    /// Layers that vary independently: strata, or single PSUs where these are the strata.
    pub(super) layers: Vec<Layer>,
    /// The place of each PSU, by index; none for those outside the domain and those without rows.
    pub(super) psus: Vec<Option<LayerPsu>>,
    /// Whether rows are the PSUs, and those of [`Footing::psus`] stand for whole strata.
    pub(super) rows_are_psus: bool,
    /// What to do with lonely PSUs.
    pub(super) lonely: Lonely,
    /// What the design has to say whatever the statistic.
    pub(super) cautions: BTreeSet<Caution>,
}

/// A stratum, or one PSU where the PSU is the stratum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    /// The stratum's name.
    pub(super) stratum: String,
    /// What varies.
    pub(super) units: Units,
}

/// What was drawn in a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Units {
    /// PSUs, and rows within them.
    Psus {
        /// PSUs of the stratum with rows (n), also those outside the domain.
        n_sampled: usize,
        /// The part of the stratum's PSUs they are (f); 0 where no correction is made.
        fraction: f64,
    },
    /// Rows of a PSU that is in the sample for certain.
    Rows,
    /// One PSU of several.
    Lonely {
        /// The part of the stratum's PSUs it is.
        fraction: f64,
    },
}

/// A PSU in a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LayerPsu {
    /// Its layer.
    pub(super) layer: usize,
    /// Its rows (m), at least 1, also those that do not answer the statistic.
    pub(super) n_rows: u64,
    /// The part of its population they are (g), at most 1; 0 where no correction is made.
    pub(super) fraction: f64,
    /// The weight of its rows that have none of their own.
    pub(super) weight: f64,
}

impl Design {
    /// The footing of a domain, given by the indices of its PSUs or else all of them.
    pub(super) fn footing(&self, psus: Option<&BTreeSet<u32>>) -> Arc<Footing> {
        match self {
            Self::Survey(footing) => Arc::clone(footing),
            Self::Round(design) => {
                let all = || (0..design.n_desks() as u32).collect();
                Arc::new(psus.map_or_else(|| design.footing(&all()), |psus| design.footing(psus)))
            }
        }
    }

    /// PSUs in the design, with rows or without.
    pub(super) fn n_psus(&self) -> usize {
        match self {
            Self::Survey(footing) => footing.psus.len(),
            Self::Round(design) => design.n_desks(),
        }
    }
}
