//! A unit's index as its report tells it, and the lines of what lies within an area.

use super::{Change, NamedArea};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::index::{IndexFault, UnitIndex};
use crate::domain::points::Points;
use crate::domain::rank::Standing;

/// An index and its standing, or every reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexPart {
    /// There is one.
    Ranked(Box<RankedIndex>),
    /// There is none.
    Unranked(Vec<IndexFault>),
}

/// An index with its standing.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedIndex {
    /// The index: points, interval, published decimals, domains, what is provisional about it.
    pub index: UnitIndex,
    /// Its rank, the ranks that sampling error leaves open, and the rank of the year before.
    pub standing: Standing,
    /// The change of the index in percentage points.
    pub change: Change,
}

impl IndexPart {
    /// The index, if there is one.
    #[must_use]
    pub fn ranked(&self) -> Option<&RankedIndex> {
        match self {
            Self::Ranked(ranked) => Some(ranked),
            Self::Unranked(_) => None,
        }
    }
}

/// The survey part (điều tra xã hội học) of an index, in points.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Points, or why there are none.
    pub points: Result<Estimate, NoFigure>,
    /// Most points it can have here, for example 30.5.
    pub max: Points,
    /// Its change in points.
    pub change: Change,
}

/// An area within another, in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct PartLine {
    /// The area.
    pub area: NamedArea,
    /// Whether it is a focus unit of the year.
    pub is_focus: bool,
    /// Its index; none for what is not rated.
    pub index: Option<IndexPart>,
    /// Its overall share of satisfied answers; none where the questionnaire has no such share.
    pub satisfied: Option<Result<Estimate, NoFigure>>,
}
