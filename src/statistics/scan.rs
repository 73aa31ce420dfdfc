//! Domains that do not overlap are found in one scan of the rows. A scan says for every block which of them it lies in.

use super::design::{Design, Footing};
use super::rows::Block;
use super::statistic::NotEstimable;
use std::collections::BTreeSet;
use std::sync::Arc;

/// No domain, no pair.
pub(super) const NONE: u32 = u32::MAX;

/// A part of the sample that is asked about: rows of some PSUs and some cells. Both may be left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domain {
    /// Indices of its PSUs; `None` for all.
    pub psus: Option<BTreeSet<u32>>,
    /// Indices of its cells; `None` for all.
    pub cells: Option<BTreeSet<u32>>,
}

impl Domain {
    /// All rows.
    #[must_use]
    pub fn whole() -> Self {
        Self::default()
    }

    /// The rows of some PSUs.
    #[must_use]
    pub fn of_psus(psus: impl IntoIterator<Item = u32>) -> Self {
        Self { psus: Some(psus.into_iter().collect()), cells: None }
    }

    /// The rows of some cells.
    #[must_use]
    pub fn of_cells(cells: impl IntoIterator<Item = u32>) -> Self {
        Self { psus: None, cells: Some(cells.into_iter().collect()) }
    }

    /// Whether it names only PSUs that are there.
    pub(super) fn check(&self, n_psus: usize) -> Result<(), NotEstimable> {
        let unknown = self.psus.iter().flatten().find(|psu| **psu as usize >= n_psus);
        unknown.map_or(Ok(()), |psu| Err(NotEstimable::BadDomain { psu: *psu, n_psus }))
    }
}

/// One domain of a scan.
#[derive(Debug)]
pub(super) struct Member {
    /// Its place in the request.
    pub(super) place: usize,
    /// Where it stands in the design.
    pub(super) footing: Arc<Footing>,
    /// Its pairs: a range of [`Scan::pairs`].
    pub(super) pairs: std::ops::Range<usize>,
}

/// Domains that do not overlap, block by block.
#[derive(Debug)]
pub(super) struct Scan {
    /// The domains.
    pub(super) members: Vec<Member>,
    /// The domain of each block, or [`NONE`].
    pub(super) domain_of: Vec<u32>,
    /// The weight of the rows of each block that have none of their own.
    pub(super) weight_of: Vec<f64>,
    /// The pair of each block, or [`NONE`].
    pub(super) pair_of: Vec<u32>,
    /// The PSU of each pair of a domain and a PSU with rows in it: by domain, then PSU.
    pub(super) pairs: Vec<u32>,
}

/// The blocks of a sample, found by PSU and by cell.
#[derive(Debug)]
pub(super) struct BlockIndex {
    blocks: Vec<Block>,
    by_psu: Vec<Vec<u32>>,
    by_cell: Vec<Vec<u32>>,
}

impl BlockIndex {
    pub(super) fn new(blocks: Vec<Block>, n_psus: usize) -> Self {
        let n_cells = blocks.iter().map(|block| block.cell as usize + 1).max().unwrap_or_default();
        let mut index =
            Self { by_psu: vec![Vec::new(); n_psus], by_cell: vec![Vec::new(); n_cells], blocks: Vec::new() };
        for (place, block) in (0_u32..).zip(&blocks) {
            if let Some(list) = index.by_psu.get_mut(block.psu as usize) {
                list.push(place);
            }
            if let Some(list) = index.by_cell.get_mut(block.cell as usize) {
                list.push(place);
            }
        }
        Self { blocks, ..index }
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The blocks of a domain.
    pub(super) fn of(&self, domain: &Domain) -> Vec<u32> {
        let of = |lists: &[Vec<u32>], places: &BTreeSet<u32>| -> Vec<u32> {
            places.iter().filter_map(|place| lists.get(*place as usize)).flatten().copied().collect()
        };
        match (&domain.psus, &domain.cells) {
            (None, None) => (0..self.blocks.len() as u32).collect(),
            (Some(psus), None) => of(&self.by_psu, psus),
            (None, Some(cells)) => of(&self.by_cell, cells),
            (Some(psus), Some(cells)) => {
                let mut blocks = of(&self.by_psu, psus);
                let cell = |block: &u32| self.blocks.get(*block as usize).map(|block| block.cell);
                blocks.retain(|block| cell(block).is_some_and(|cell| cells.contains(&cell)));
                blocks
            }
        }
    }
}

/// Lays domains out in as few scans as is easy: each goes into the first one where its blocks are free. `domains` holds
/// each domain with its place in the request.
pub(super) fn lay_out(index: &BlockIndex, design: &Design, domains: &[(usize, &Domain)]) -> Vec<Scan> {
    let mut scans: Vec<Scan> = Vec::new();
    for (place, domain) in domains {
        let blocks = index.of(domain);
        let footing = design.footing(domain.psus.as_ref());
        let is_free = |scan: &&mut Scan| {
            blocks.iter().all(|block| scan.domain_of.get(*block as usize).is_some_and(|domain| *domain == NONE))
        };
        match scans.iter_mut().find(is_free) {
            Some(scan) => scan.enter(*place, footing, &blocks, index),
            None => {
                let mut scan = Scan::empty(index.blocks.len());
                scan.enter(*place, footing, &blocks, index);
                scans.push(scan);
            }
        }
    }
    scans.iter_mut().for_each(|scan| scan.pair_up(index));
    scans
}

impl Scan {
    fn empty(n_blocks: usize) -> Self {
        Self {
            members: Vec::new(),
            domain_of: vec![NONE; n_blocks],
            weight_of: vec![0.0; n_blocks],
            pair_of: vec![NONE; n_blocks],
            pairs: Vec::new(),
        }
    }

    fn enter(&mut self, place: usize, footing: Arc<Footing>, blocks: &[u32], index: &BlockIndex) {
        let member = self.members.len() as u32;
        for &block in blocks {
            let psu = index.blocks.get(block as usize).map_or(NONE, |block| block.psu);
            // A PSU the footing leaves out has no rows, or none that may be used.
            let Some(weight) = footing.psus.get(psu as usize).copied().flatten().map(|psu| psu.weight) else {
                continue;
            };
            if let (Some(domain), Some(of_block)) =
                (self.domain_of.get_mut(block as usize), self.weight_of.get_mut(block as usize))
            {
                (*domain, *of_block) = (member, weight);
            }
        }
        self.members.push(Member { place, footing, pairs: 0..0 });
    }

    /// Numbers the pairs of domain and PSU.
    fn pair_up(&mut self, index: &BlockIndex) {
        let of_block = self.domain_of.iter().zip(&index.blocks).filter(|(domain, _)| **domain != NONE);
        let mut pairs: Vec<(u32, u32)> = of_block.map(|(domain, block)| (*domain, block.psu)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for ((pair, domain), block) in self.pair_of.iter_mut().zip(&self.domain_of).zip(&index.blocks) {
            if *domain != NONE {
                *pair = pairs.binary_search(&(*domain, block.psu)).map_or(NONE, |place| place as u32);
            }
        }
        for (domain, member) in (0_u32..).zip(&mut self.members) {
            let first = pairs.partition_point(|(d, _)| *d < domain);
            member.pairs = first..pairs.partition_point(|(d, _)| *d <= domain);
        }
        self.pairs = pairs.into_iter().map(|(_, psu)| psu).collect();
    }
}
