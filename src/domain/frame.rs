//! The sampling frame of a round: every desk of the survey's population, its stratum, its transactions in the period,
//! and whether it was drawn.

use super::ids::AreaCode;
use std::collections::BTreeMap;

/// One desk of the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameDesk {
    /// The desk, or whatever area is the point of collection (a rated unit, for officials).
    pub desk: AreaCode,
    /// The stratum it lies in; its district, as a rule.
    pub stratum: AreaCode,
    /// Transactions in the period (N of the desk), if known.
    pub transactions: Option<u32>,
    /// Whether the desk takes part. Desks that were not drawn still count in their stratum (M).
    pub drawn: bool,
}

/// A frame: desks by code, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    desks: BTreeMap<AreaCode, FrameDesk>,
}

impl Frame {
    /// Collects desks; of two entries for one desk the later wins, so callers check for doubles first.
    #[must_use]
    pub fn new(desks: impl IntoIterator<Item = FrameDesk>) -> Self {
        Self { desks: desks.into_iter().map(|desk| (desk.desk.clone(), desk)).collect() }
    }

    /// The entry of a desk.
    #[must_use]
    pub fn get(&self, desk: &AreaCode) -> Option<&FrameDesk> {
        self.desks.get(desk)
    }

    /// All entries, by desk code.
    pub fn iter(&self) -> impl Iterator<Item = &FrameDesk> {
        self.desks.values()
    }

    /// Number of desks per stratum (M), drawn or not.
    #[must_use]
    pub fn desks_per_stratum(&self) -> BTreeMap<&AreaCode, u32> {
        let mut counts = BTreeMap::new();
        for desk in self.iter() {
            *counts.entry(&desk.stratum).or_insert(0) += 1;
        }
        counts
    }

    /// Whether there are no desks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.desks.is_empty()
    }
}
