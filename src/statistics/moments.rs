//! The first pass: a weighted histogram per desk, item and code. Every ratio of every set of desks can be read off it,
//! and it is a sum: histograms of parts of the data merge into the histogram of the whole.

use super::columns::Part;
use super::statistic::slot;
use super::waves;
use crate::domain::packing::NOT_APPLICABLE;

/// The rows of one desk that gave one answer to one item.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Cell {
    /// Sum of the weights of the rows that bring their own.
    weight: f64,
    /// Rows without a weight. The design gives all of a desk's rows the same weight, and which one may depend on the
    /// domain, so it is multiplied in when the histogram is read.
    n_plain: u64,
}

/// Histograms of all desks and items.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments {
    n_items: usize,
    n_slots: usize,
    /// By desk, then item, then slot.
    cells: Vec<Cell>,
}

impl Moments {
    /// Nothing counted yet.
    fn empty(n_desks: usize, n_items: usize, n_slots: usize) -> Self {
        Self { n_items, n_slots, cells: vec![Cell::default(); n_desks * n_items * n_slots] }
    }

    /// Counts all parts in one scan.
    pub(super) fn of(parts: &[Part], n_desks: usize, n_items: usize) -> Self {
        let n_slots = n_slots(parts, n_items);
        let mut all = Self::empty(n_desks, n_items, n_slots);
        let count = |part: &Part| {
            let mut moments = Self::empty(n_desks, n_items, n_slots);
            moments.count(part);
            moments
        };
        waves::fold(parts, count, |part| all.merge(&part));
        all
    }

    /// Adds the rows of a part.
    fn count(&mut self, part: &Part) {
        let (n_items, n_slots) = (self.n_items, self.n_slots);
        for item in 0..n_items {
            for ((&psu, &code), weight) in part.psu().iter().zip(part.codes(item)).zip(part.weights()) {
                let cell = (psu as usize * n_items + item) * n_slots + slot(code, n_slots);
                if let Some(cell) = self.cells.get_mut(cell) {
                    match weight {
                        Some(weight) => cell.weight += weight,
                        None => cell.n_plain += 1,
                    }
                }
            }
        }
    }

    /// Adds the counts of other rows of the same desks and items.
    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.cells.iter_mut().zip(&other.cells) {
            mine.weight += theirs.weight;
            mine.n_plain += theirs.n_plain;
        }
    }

    /// Slots of one item's histogram.
    pub(super) fn n_slots(&self) -> usize {
        self.n_slots
    }

    /// The histogram of some desks together, each with the weight of its rows that have none of their own.
    pub(super) fn over(&self, desks: impl Iterator<Item = (u32, f64)>) -> Histogram {
        let size = self.n_items * self.n_slots;
        let mut weights = vec![0.0; size];
        for (desk, design_weight) in desks {
            let cells = self.cells.chunks_exact(size.max(1)).nth(desk as usize).unwrap_or_default();
            for (sum, cell) in weights.iter_mut().zip(cells) {
                *sum += cell.weight + cell.n_plain as f64 * design_weight;
            }
        }
        Histogram { n_slots: self.n_slots, weights }
    }
}

/// Sums of weights by item and slot.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    n_slots: usize,
    weights: Vec<f64>,
}

impl Histogram {
    /// The sums of an item by slot; empty if there is no such item.
    pub(super) fn item(&self, item: usize) -> &[f64] {
        self.weights.chunks_exact(self.n_slots).nth(item).unwrap_or_default()
    }
}

/// Slots that hold every code in the columns: one for each code up to the largest, and one for "not applicable".
fn n_slots(parts: &[Part], n_items: usize) -> usize {
    let codes = parts.iter().flat_map(|part| (0..n_items).flat_map(|item| part.codes(item)));
    let largest = codes.copied().filter(|&code| code != NOT_APPLICABLE).max().unwrap_or_default();
    usize::from(largest) + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Columns;
    use proptest::prelude::*;

    type Row = (u32, Option<f64>, [u8; 3]);

    fn row() -> impl Strategy<Value = Row> {
        let weight = proptest::option::of(0.1..50.0);
        let code = || prop_oneof![0_u8..=5, Just(NOT_APPLICABLE)];
        (0_u32..4, weight, [code(), code(), code()])
    }

    fn parts(rows: &[Row]) -> Vec<Part> {
        let mut columns = Columns::new(3);
        rows.iter().for_each(|(desk, weight, codes)| columns.push(*desk, *weight, codes));
        Part::all_of(columns.into_frame().unwrap()).unwrap()
    }

    fn count(rows: &[Row]) -> Moments {
        let mut moments = Moments::empty(4, 3, 7);
        parts(rows).iter().for_each(|part| moments.count(part));
        moments
    }

    proptest! {
        #[test]
        fn merged_parts_are_the_whole(rows in proptest::collection::vec(row(), 0..80), cut in 0_usize..80) {
            let (first, second) = rows.split_at(cut.min(rows.len()));
            let mut merged = count(first);
            merged.merge(&count(second));
            let whole = count(&rows);
            for (part, whole) in merged.cells.iter().zip(&whole.cells) {
                prop_assert_eq!(part.n_plain, whole.n_plain);
                prop_assert!((part.weight - whole.weight).abs() <= 1e-12 * whole.weight);
            }
            let n_cells: u64 = whole.cells.iter().map(|cell| cell.n_plain).sum();
            let n_plain = rows.iter().filter(|(_, weight, _)| weight.is_none()).count();
            prop_assert_eq!(n_cells, 3 * n_plain as u64);
        }
    }

    #[test]
    fn plain_rows_take_the_weight_they_are_read_with() {
        let moments =
            count(&[(1, None, [4, 0, 255]), (1, None, [4, 5, 255]), (1, Some(2.5), [4, 5, 0]), (3, None, [4, 1, 1])]);
        let histogram = moments.over([(1, 10.0)].into_iter());
        assert_eq!(histogram.item(0), [0.0, 0.0, 0.0, 0.0, 22.5, 0.0, 0.0]);
        assert_eq!(histogram.item(2), [2.5, 0.0, 0.0, 0.0, 0.0, 0.0, 20.0]);
        assert_eq!(histogram.item(3), [0.0; 0]);
    }

    #[test]
    fn slots_follow_the_largest_code() {
        assert_eq!(n_slots(&parts(&[(0, None, [1, 4, 255])]), 3), 6);
        assert_eq!(n_slots(&[], 3), 2);
    }
}
