//! The rows of a survey, kept column by column: which block of the design a row lies in, its weight, one byte for each
//! coded answer and one number for each measured quantity.
//!
//! A block is all rows of one PSU that lie in one cell, the finest crossing of the variables by which figures are broken
//! down. Everything the design or a domain has to say about a row it says about its block, so a row carries one number
//! for all of it.

use std::collections::HashMap;

/// Rows that are added one at a time go into parts of this size.
const ROWS_PER_PART: usize = 1 << 18;

/// The rows of one PSU in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// Index of the PSU in the design.
    pub psu: u32,
    /// Index of the cell; 0 for all where nothing is broken down.
    pub cell: u32,
}

/// The blocks that rows lie in, each once, by index.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    list: Vec<Block>,
    places: HashMap<Block, u32>,
}

impl Blocks {
    /// One block for each PSU, in order: rows name their PSU directly.
    #[must_use]
    pub fn of_psus(n_psus: usize) -> Self {
        let mut blocks = Self::default();
        (0_u32..).take(n_psus).for_each(|psu| _ = blocks.index(Block { psu, cell: 0 }));
        blocks
    }

    /// The index of a block, which is added if it is new.
    pub fn index(&mut self, block: Block) -> u32 {
        *self.places.entry(block).or_insert_with(|| {
            self.list.push(block);
            self.list.len() as u32 - 1
        })
    }

    /// All blocks.
    #[must_use]
    pub fn list(&self) -> &[Block] {
        &self.list
    }
}

/// Rows, column by column. All columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// The block of each row.
    pub block: Vec<u32>,
    /// The weight of each row; not a number where the design gives it. Empty where the design gives all of them.
    pub weight: Vec<f64>,
    /// Answers as codes, column by column.
    pub coded: Vec<Vec<u8>>,
    /// Quantities, column by column; not a number where missing.
    pub real: Vec<Vec<f64>>,
}

/// All rows of a survey, in parts.
#[derive(Debug, Clone)]
pub struct Columns {
    n_coded: usize,
    n_real: usize,
    parts: Vec<Rows>,
    n_malformed: usize,
}

impl Columns {
    /// No rows yet, of `n_coded` codes and `n_real` quantities each.
    #[must_use]
    pub fn new(n_coded: usize, n_real: usize) -> Self {
        Self { n_coded, n_real, parts: Vec::new(), n_malformed: 0 }
    }

    /// Adds an answer sheet without quantities: its block, its own weight if it has one, and one code per column.
    ///
    /// A sheet with another number of codes is not added; [`Sample`](super::Sample) reports how many there were.
    pub fn push(&mut self, block: u32, weight: Option<f64>, codes: &[u8]) {
        if codes.len() != self.n_coded || self.n_real > 0 {
            self.n_malformed += 1;
            return;
        }
        if self.parts.last().is_none_or(|part| part.block.len() >= ROWS_PER_PART) {
            self.parts.push(Rows { coded: vec![Vec::new(); self.n_coded], ..Rows::default() });
        }
        if let Some(part) = self.parts.last_mut() {
            part.block.push(block);
            // A weight that is no number must be found as a bad one, not taken for none.
            part.weight.push(weight.map_or(f64::NAN, |weight| if weight.is_nan() { 0.0 } else { weight }));
            part.coded.iter_mut().zip(codes).for_each(|(column, &code)| column.push(code));
        }
    }

    /// Adds many rows at once. Rows whose columns do not agree in number or length are not added, but reported.
    pub fn append(&mut self, rows: Rows) {
        let height = rows.block.len();
        let is_whole = (rows.weight.len() == height || rows.weight.is_empty())
            && (rows.coded.len(), rows.real.len()) == (self.n_coded, self.n_real)
            && rows.coded.iter().all(|column| column.len() == height)
            && rows.real.iter().all(|column| column.len() == height);
        if is_whole {
            self.parts.push(rows);
        } else {
            self.n_malformed += height.max(1);
        }
    }

    /// Coded columns of each row.
    #[must_use]
    pub fn n_coded(&self) -> usize {
        self.n_coded
    }

    /// Columns of quantities of each row.
    #[must_use]
    pub fn n_real(&self) -> usize {
        self.n_real
    }

    /// Rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.parts.iter().map(|part| part.block.len()).sum()
    }

    /// Adds a coded column, made of others part by part; returns its place.
    pub(super) fn add_coded(&mut self, make: impl Fn(&Rows) -> Vec<u8>) -> usize {
        for part in &mut self.parts {
            let codes = make(part);
            part.coded.push(codes);
        }
        self.n_coded += 1;
        self.n_coded - 1
    }

    /// The weights, part by part; `of_block` holds those that the design gives, by block.
    pub(super) fn weights(&self, of_block: &[f64]) -> Vec<Vec<f64>> {
        self.parts.iter().map(|part| part.weights(of_block).collect()).collect()
    }

    /// Whether any row has a weight of its own.
    pub(super) fn have_weights(&self) -> bool {
        self.parts.iter().any(|part| !part.weight.is_empty())
    }

    /// The same rows by other weights: those in a column of quantities. A replicate gives some rows no weight at all.
    pub(super) fn weighted_by(&self, column: usize) -> Self {
        let mut columns = self.clone();
        for part in &mut columns.parts {
            let weights: Vec<f64> = part.quantities(column).iter().map(|weight| weight.max(0.0)).collect();
            part.weight = weights;
        }
        columns
    }

    /// Other weights for the same rows.
    pub(super) fn set_weights(&mut self, weights: Vec<Vec<f64>>) {
        self.parts.iter_mut().zip(weights).for_each(|(part, weights)| part.weight = weights);
    }

    /// Rows that were refused because their columns did not fit.
    pub(super) fn n_malformed(&self) -> usize {
        self.n_malformed
    }

    /// The rows in parts, in order.
    pub(super) fn parts(&self) -> &[Rows] {
        &self.parts
    }

    /// Rows whose weight is there, but is not a positive number.
    pub(super) fn n_bad_weights(&self) -> usize {
        let weights = self.parts.iter().flat_map(|part| &part.weight);
        weights.filter(|weight| weight.is_infinite() || **weight <= 0.0).count()
    }

    /// Rows in each of `n_blocks` blocks; `None` if a row names a block that is not there.
    pub(super) fn rows_per_block(&self, n_blocks: usize) -> Option<Vec<u64>> {
        let mut rows = vec![0; n_blocks];
        for &block in self.parts.iter().flat_map(|part| &part.block) {
            *rows.get_mut(block as usize)? += 1;
        }
        Some(rows)
    }
}

impl Rows {
    /// The codes of a column; empty if there is no such column.
    pub(super) fn codes(&self, column: usize) -> &[u8] {
        self.coded.get(column).map(Vec::as_slice).unwrap_or_default()
    }

    /// The weight of each row: its own, or that of its block, which the design gives.
    pub(super) fn weights(&self, of_block: &[f64]) -> impl Iterator<Item = f64> {
        self.block.iter().enumerate().map(|(row, block)| match self.weight.get(row) {
            Some(own) if !own.is_nan() => *own,
            _ => of_block.get(*block as usize).copied().unwrap_or_default(),
        })
    }

    /// The quantities of a column; empty if there is no such column.
    pub(super) fn quantities(&self, column: usize) -> &[f64] {
        self.real.get(column).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_left_out() {
        let mut columns = Columns::new(2, 0);
        columns.push(0, None, &[1, 2]);
        columns.push(1, Some(2.0), &[1]);
        columns.append(Rows {
            block: vec![1, 1],
            weight: vec![1.0, -1.0],
            coded: vec![vec![3, 4], vec![5, 5]],
            real: vec![],
        });
        columns.append(Rows { block: vec![1, 1, 1], weight: vec![1.0], ..Rows::default() });
        assert_eq!((columns.n_rows(), columns.n_malformed(), columns.n_bad_weights()), (3, 4, 1));
        assert_eq!(columns.rows_per_block(2), Some(vec![1, 2]));
        assert_eq!(columns.rows_per_block(1), None);
    }

    #[test]
    fn a_block_has_one_index() {
        let mut blocks = Blocks::of_psus(2);
        let block = Block { psu: 1, cell: 7 };
        assert_eq!((blocks.index(block), blocks.index(Block { psu: 0, cell: 0 }), blocks.index(block)), (2, 0, 2));
        assert_eq!(blocks.list().len(), 3);
    }
}
