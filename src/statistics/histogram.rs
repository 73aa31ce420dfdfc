//! The first pass: a weighted histogram of one coded column by block. Every mean and share of every domain can be read
//! off it, with its spread, and no row needs to be looked at again.

use super::rows::Columns;
use super::scan::{NONE, Scan};
use super::statistic::slot;
use super::totals::Totals;
use crate::domain::packing::NOT_APPLICABLE;

/// Rows of one block that gave one answer and bring weights of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Own {
    n: u32,
    /// Sum of their weights.
    weight: f64,
    /// Sum of the squares of their weights.
    squares: f64,
}

/// A histogram by block, then slot. Its memory serves for one after another.
#[derive(Debug, Default)]
pub(super) struct BlockHistogram {
    n_slots: usize,
    /// Rows without a weight. The design gives all of a PSU's rows the same weight, and which one may depend on the domain,
    /// so it is multiplied in when the histogram is read.
    plain: Vec<u32>,
    /// Rows with a weight; empty where there are none.
    own: Vec<Own>,
}

/// The bins of one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bins<'a> {
    /// By slot: rows without a weight of their own.
    plain: &'a [u32],
    /// By slot: rows with one; empty where there are none.
    own: &'a [Own],
}

impl BlockHistogram {
    /// Makes it empty, of another size; `with_weights` if some rows will have weights of their own.
    pub(super) fn reset(&mut self, (n_slots, n_blocks): (usize, usize), with_weights: bool) {
        let n_bins = n_slots * n_blocks;
        self.n_slots = n_slots;
        self.plain.clear();
        self.plain.resize(n_bins, 0);
        self.own.clear();
        self.own.resize(if with_weights { n_bins } else { 0 }, Own::default());
    }

    /// Counts rows by their blocks, weights and slots; without weights where the design gives all of them.
    pub(super) fn add(&mut self, blocks: &[u32], weights: &[f64], slots: impl Iterator<Item = usize>) {
        let n_slots = self.n_slots;
        let places = blocks.iter().zip(slots).map(|(block, slot)| *block as usize * n_slots + slot);
        if weights.is_empty() {
            return places.for_each(|place| add_plain(&mut self.plain, place));
        }
        for (place, &weight) in places.zip(weights) {
            match self.own.get_mut(place) {
                Some(bin) if !weight.is_nan() => bin.add(weight),
                _ => add_plain(&mut self.plain, place),
            }
        }
    }

    /// Counts the codes of a column.
    pub(super) fn count(&mut self, columns: &Columns, column: usize, (n_slots, n_blocks): (usize, usize)) {
        self.reset((n_slots, n_blocks), columns.have_weights());
        for part in columns.parts() {
            self.add(&part.block, &part.weight, part.codes(column).iter().map(|code| slot(*code, n_slots)));
        }
    }

    /// Slots of each block.
    pub(super) fn n_slots(&self) -> usize {
        self.n_slots
    }

    /// The bins of each block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Bins<'_>> {
        let mut own = self.own.chunks_exact(self.n_slots);
        self.plain.chunks_exact(self.n_slots).map(move |plain| Bins { plain, own: own.next().unwrap_or_default() })
    }

    /// Sums of weights by domain of a scan, then slot.
    pub(super) fn by_domain(&self, scan: &Scan) -> DomainHistogram {
        let mut histogram = DomainHistogram::empty(self.n_slots, scan);
        for ((bins, &domain), &weight) in self.blocks().zip(&scan.domain_of).zip(&scan.weight_of) {
            let sums = histogram.domain_mut(domain);
            sums.iter_mut().zip(bins.plain).for_each(|(sum, n)| *sum += f64::from(*n) * weight);
            sums.iter_mut().zip(bins.own).for_each(|(sum, own)| *sum += own.weight);
        }
        histogram
    }
}

impl Bins<'_> {
    /// The sums where rows with the same slot have the same e, those without a weight of their own weigh `weight`, and only
    /// the slots that are `answered` enter.
    pub(super) fn totals(&self, e: &[f64], answered: &[bool], weight: f64) -> Totals {
        let (mut n_answered, mut first, mut second) = (0, 0.0, 0.0);
        for ((&bin, &e), &answered) in self.plain.iter().zip(e).zip(answered) {
            let rows = if answered { bin } else { 0 };
            n_answered += u64::from(rows);
            first += f64::from(rows) * e;
            second += f64::from(rows) * e * e;
        }
        let mut totals = Totals {
            sum: first * weight,
            squares: second * weight * weight,
            simple: second * weight,
            weight: n_answered as f64 * weight,
            n_answered,
        };
        for ((own, &e), _) in self.own.iter().zip(e).zip(answered).filter(|(_, answered)| **answered) {
            totals.sum += own.weight * e;
            totals.squares += own.squares * e * e;
            totals.simple += own.weight * e * e;
            totals.weight += own.weight;
            totals.n_answered += u64::from(own.n);
        }
        totals
    }
}

impl Own {
    fn add(&mut self, weight: f64) {
        self.n += 1;
        self.weight += weight;
        self.squares += weight * weight;
    }
}

fn add_plain(bins: &mut [u32], place: usize) {
    if let Some(bin) = bins.get_mut(place) {
        *bin += 1;
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
    pub(super) fn count(columns: &Columns, column: usize, n_slots: usize, scan: &Scan) -> Self {
        let mut histogram = Self::empty(n_slots, scan);
        for part in columns.parts() {
            let rows = part.block.iter().zip(part.codes(column)).zip(part.weights(&scan.weight_of));
            for ((&block, &code), weight) in rows {
                let domain = scan.domain_of.get(block as usize).copied().unwrap_or(NONE);
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
        let mut histogram = BlockHistogram { plain: vec![7], ..BlockHistogram::default() };
        histogram.count(&columns, 0, (6, 2));
        let e = [0.0, 0.0, 0.0, 0.0, 2.0, -1.0];
        let found: Vec<Totals> =
            histogram.blocks().zip([3.0, 10.0]).map(|(bins, weight)| bins.totals(&e, &[true; 6], weight)).collect();
        let totals = |n_answered, weight, sum, simple, squares| Totals { sum, squares, simple, weight, n_answered };
        assert_eq!(found, [totals(1, 3.0, -3.0, 3.0, 9.0), totals(4, 23.0, 46.0, 92.0, 826.0)]);
        let silent = histogram.blocks().map(|bins| bins.totals(&e, &[false; 6], 1.0)).collect::<Vec<_>>();
        assert_eq!(silent, [Totals::default(); 2]);
    }

    #[test]
    fn slots_follow_the_largest_code() {
        assert_eq!(n_slots(&columns(&[(0, None, 1), (0, None, 4), (0, None, 255)]), 0), 6);
        assert_eq!(n_slots(&Columns::new(1, 0), 0), 2);
    }
}
