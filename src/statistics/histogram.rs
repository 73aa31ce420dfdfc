//! The first pass: a weighted histogram of one coded column by block. Every mean and share of every domain can be read
//! off it, with its spread, and no row needs to be looked at again.

use super::rows::Columns;
use super::scan::{NONE, Scan};
use super::statistic::slot;
use crate::domain::packing::NOT_APPLICABLE;

/// The rows of one block that gave one answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bin {
    /// Sum of the weights of the rows that bring their own.
    weight: f64,
    /// Sum of their squares.
    squares: f64,
    /// Rows that bring their own weight.
    n_own: u32,
    /// Rows without a weight. The design gives all of a PSU's rows the same weight, and which one may depend on the
    /// domain, so it is multiplied in when the histogram is read.
    n_plain: u32,
}

impl Bin {
    fn add(&mut self, weight: f64) {
        if weight.is_nan() {
            self.n_plain += 1;
        } else {
            self.weight += weight;
            self.squares += weight * weight;
            self.n_own += 1;
        }
    }

    /// Rows, the sum of their weights and of the squares of their weights, where plain rows weigh `plain`.
    pub(super) fn read(&self, plain: f64) -> (u64, f64, f64) {
        let n_plain = f64::from(self.n_plain);
        let n = u64::from(self.n_own) + u64::from(self.n_plain);
        (n, self.weight + n_plain * plain, self.squares + n_plain * plain * plain)
    }
}

/// The histogram of a column by block, then slot.
pub(super) struct BlockHistogram<'a> {
    n_slots: usize,
    bins: &'a [Bin],
}

impl<'a> BlockHistogram<'a> {
    /// Counts all rows into `bins`, whatever they held before.
    pub(super) fn of(
        bins: &'a mut Vec<Bin>,
        columns: &Columns,
        column: usize,
        (n_slots, n_blocks): (usize, usize),
    ) -> Self {
        bins.clear();
        bins.resize(n_blocks * n_slots, Bin::default());
        for part in columns.parts() {
            for ((&block, &code), &weight) in part.block.iter().zip(part.codes(column)).zip(&part.weight) {
                if let Some(bin) = bins.get_mut(block as usize * n_slots + slot(code, n_slots)) {
                    bin.add(weight);
                }
            }
        }
        Self { n_slots, bins }
    }

    /// The bins of each block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[Bin]> {
        self.bins.chunks_exact(self.n_slots)
    }

    /// Sums of weights by domain of a scan, then slot.
    pub(super) fn by_domain(&self, scan: &Scan) -> DomainHistogram {
        let mut histogram = DomainHistogram::empty(self.n_slots, scan);
        for ((bins, &domain), &plain) in self.blocks().zip(&scan.domain_of).zip(&scan.weight_of) {
            for (sum, bin) in histogram.domain_mut(domain).iter_mut().zip(bins) {
                *sum += bin.read(plain).1;
            }
        }
        histogram
    }
}

/// Sums of weights of one column by domain of a scan, then slot.
#[derive(Debug, Clone)]
pub(super) struct DomainHistogram {
    n_slots: usize,
    weights: Vec<f64>,
}

impl DomainHistogram {
    fn empty(n_slots: usize, scan: &Scan) -> Self {
        Self { n_slots, weights: vec![0.0; scan.members.len() * n_slots] }
    }

    /// Counts the rows directly: for columns of so many codes in so many blocks that a histogram by block is too large.
    /// `weight_of` gives each row's weight from its part and place.
    pub(super) fn count(columns: &Columns, column: usize, n_slots: usize, scan: &Scan) -> Self {
        let mut histogram = Self::empty(n_slots, scan);
        for part in columns.parts() {
            for ((&block, &code), &own) in part.block.iter().zip(part.codes(column)).zip(&part.weight) {
                let domain = scan.domain_of.get(block as usize).copied().unwrap_or(NONE);
                let weight =
                    if own.is_nan() { scan.weight_of.get(block as usize).copied().unwrap_or_default() } else { own };
                if let Some(sum) = histogram.domain_mut(domain).get_mut(slot(code, n_slots)) {
                    *sum += weight;
                }
            }
        }
        histogram
    }

    fn domain_mut(&mut self, domain: u32) -> &mut [f64] {
        let first = (domain as usize).saturating_mul(self.n_slots);
        self.weights.get_mut(first..first.saturating_add(self.n_slots)).unwrap_or_default()
    }

    /// The sums of a domain by slot; empty if there is no such domain.
    pub(super) fn domain(&self, domain: usize) -> &[f64] {
        self.weights.chunks_exact(self.n_slots).nth(domain).unwrap_or_default()
    }
}

/// Slots that hold every code of a column: one for each code up to the largest, and one for "not applicable".
pub(super) fn n_slots(columns: &Columns, column: usize) -> usize {
    // Maxima of blocks of bytes are found many at a time; the rare byte for "not applicable" is the largest there is, so it
    // is folded to 0 first.
    let largest =
        |codes: &[u8]| codes.iter().map(|&code| if code == NOT_APPLICABLE { 0 } else { code }).fold(0, u8::max);
    let largest = columns.parts().iter().map(|part| largest(part.codes(column))).max().unwrap_or_default();
    usize::from(largest) + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[(u32, Option<f64>, u8)]) -> Columns {
        let mut columns = Columns::new(1, 0);
        rows.iter().for_each(|(block, weight, code)| columns.push(*block, *weight, &[*code]));
        columns
    }

    #[test]
    fn plain_rows_take_the_weight_they_are_read_with() {
        let columns = columns(&[(1, None, 4), (1, None, 4), (1, Some(2.5), 4), (0, None, 255), (1, Some(0.5), 4)]);
        assert_eq!(n_slots(&columns, 0), 6);
        let mut bins = vec![Bin { n_own: 7, ..Bin::default() }];
        let histogram = BlockHistogram::of(&mut bins, &columns, 0, (6, 2));
        let block = |place: usize| histogram.blocks().nth(place).unwrap();
        assert_eq!(block(1)[4].read(10.0), (4, 23.0, 206.5));
        assert_eq!(block(0)[5].read(3.0), (1, 3.0, 9.0));
    }

    #[test]
    fn slots_follow_the_largest_code() {
        assert_eq!(n_slots(&columns(&[(0, None, 1), (0, None, 4), (0, None, 255)]), 0), 6);
        assert_eq!(n_slots(&Columns::new(1, 0), 0), 2);
    }
}
