//! Tables that give what the answers of a row to several items add together.

use super::ROWS_PER_BLOCK;
use crate::statistics::histogram::BlockHistogram;
use crate::statistics::point::{Point, RowTerm};
use crate::statistics::rows::{Columns, Rows};
use crate::statistics::statistic::{NotEstimable, Ratio, Reading, Statistic, Term, Worth, slot};
use std::collections::BTreeMap;

/// Combinations that items of one table may have at most: places are kept as bytes.
const MOST_PLACES: usize = 1 << 8;
/// Entries of all domains together that a table should have at most, so that it stays in the processor's caches.
const MOST_ENTRIES: usize = 1 << 14;
/// Items of one table at most; more could not be told apart from places when their [`ANSWERED`] add up.
const MOST_ITEMS: usize = 64;
/// Added to the place of a code that enters the statistic.
pub(super) const ANSWERED: u16 = MOST_PLACES as u16;

/// Items that are looked up together: each answer has a place, and the places of a row's answers add up to its own.
pub(in crate::statistics) struct Unit {
    items: Vec<ItemCodes>,
    n_places: usize,
    /// By place: whether such a row enters the statistic.
    answered: Vec<bool>,
    /// By domain of the scan, then place; one more domain of zeros, for rows that lie in none, comes last.
    e: Vec<f64>,
}

/// How the codes of an item are read.
struct ItemCodes {
    column: usize,
    /// By code: its place, and [`ANSWERED`] if such an answer enters the statistic.
    places: [u16; 256],
}

/// What one item adds.
pub(super) struct Item {
    column: usize,
    /// By code: its class.
    classes: [u8; 256],
    /// By class: whether such an answer enters the statistic.
    enters: Vec<bool>,
    /// By domain of the scan, then class.
    e: Vec<f64>,
}

impl Item {
    /// Sorts the codes of an item into classes of equal worth; `tables` hold by domain what each slot adds.
    pub(super) fn new(column: usize, n_slots: usize, worths: &[&Worth], tables: &[Option<Vec<f64>>]) -> Self {
        let mut classes = [0; 256];
        let mut known: BTreeMap<Vec<Option<u64>>, u8> = BTreeMap::new();
        // By class: a slot that belongs to it.
        let mut slots = Vec::new();
        let mut enters = Vec::new();
        for (class, code) in classes.iter_mut().zip(0..=u8::MAX) {
            let worth: Vec<Option<u64>> = worths.iter().map(|worth| worth.of(code).map(f64::to_bits)).collect();
            // Codes beyond the largest one seen do not occur; they share the last slot with "not applicable".
            let is_seen = slot(code, n_slots.max(1)) + 1 < n_slots || code == u8::MAX;
            let is_new = is_seen && !known.contains_key(&worth);
            if is_new {
                slots.push(slot(code, n_slots.max(1)));
                enters.push(worth.iter().any(Option::is_some));
                known.insert(worth.clone(), known.len() as u8);
            }
            *class = known.get(&worth).copied().unwrap_or_default();
        }
        let of_domain = |table: &Option<Vec<f64>>| -> Vec<f64> {
            let added = |slot: &usize| table.as_ref().and_then(|table| table.get(*slot)).copied().unwrap_or_default();
            slots.iter().map(added).collect()
        };
        let e = tables.iter().flat_map(of_domain).collect();
        Self { column, classes, enters, e }
    }
}

/// Puts items together as long as their classes make no more combinations than a table should have.
pub(super) fn pack(items: impl Iterator<Item = Item>, most_domains: usize, n_domains: usize) -> Vec<Unit> {
    let most_places = (MOST_ENTRIES / most_domains.max(1)).min(MOST_PLACES);
    let mut units: Vec<Unit> = Vec::new();
    for item in items {
        let n_classes = item.enters.len();
        match units.last_mut().filter(|unit| unit.n_places * n_classes <= most_places && unit.items.len() < MOST_ITEMS)
        {
            Some(unit) => unit.enter(&item),
            None => {
                let (items, e) = (Vec::new(), vec![0.0; n_domains]);
                let mut unit = Unit { items, n_places: 1, answered: vec![false], e };
                unit.enter(&item);
                units.push(unit);
            }
        }
    }
    units
}

impl Unit {
    /// The unit of a pooled mean: its rows are told apart by the sum of their worths and the number of their answers, so
    /// few places do for many items. `None` for other statistics, and where worths are not evenly spaced.
    pub(super) fn pooled(statistic: &Statistic, points: &[Result<Point, NotEstimable>]) -> Option<Self> {
        let [Term { ratio: Ratio::Mean(readings), .. }] = statistic.terms.as_slice() else { return None };
        let coded = |reading: &Reading| match reading {
            Reading::Coded { column, worth } => Some((*column, worth.clone())),
            Reading::Real { .. } | Reading::Between { .. } => None,
        };
        let items: Vec<(usize, Worth)> = readings.iter().map(coded).collect::<Option<_>>()?;
        let ladder = Ladder::of(&items)?;
        let width = items.len() * ladder.top + 1;
        let n_places = width * (items.len() + 1);
        if n_places > MOST_PLACES {
            return None;
        }
        let place = |worth: f64| ANSWERED + (width + ladder.step_of(worth)) as u16;
        let codes = |(column, worth): (usize, Worth)| {
            let mut places = [0; 256];
            places.iter_mut().zip(0..=u8::MAX).for_each(|(of_code, code)| *of_code = worth.of(code).map_or(0, place));
            ItemCodes { column, places }
        };
        let e = |term: Option<&RowTerm>, at: usize| {
            let (steps, n) = ((at % width) as f64, (at / width) as f64);
            term.map_or(0.0, |term| term.factor * (ladder.step * steps + (ladder.low - term.ratio) * n))
        };
        let terms = points.iter().map(|point| point.as_ref().ok().and_then(|point| point.looked_up.first()));
        Some(Self {
            e: terms.chain([None]).flat_map(|term| (0..n_places).map(move |at| e(term, at))).collect(),
            items: items.into_iter().map(codes).collect(),
            answered: (0..n_places).map(|at| at >= width).collect(),
            n_places,
        })
    }

    /// Places of its rows.
    pub(in crate::statistics) fn n_places(&self) -> usize {
        self.n_places
    }

    /// By place: whether such a row enters the statistic.
    pub(in crate::statistics) fn answered(&self) -> &[bool] {
        &self.answered
    }

    /// By place: what such a row adds in a domain of the scan.
    pub(in crate::statistics) fn e(&self, domain: u32) -> Option<&[f64]> {
        self.e.chunks_exact(self.n_places).nth(domain as usize)
    }

    /// Counts the places of all rows.
    pub(in crate::statistics) fn count(&self, histogram: &mut BlockHistogram, columns: &Columns, n_blocks: usize) {
        histogram.reset((self.n_places, n_blocks), columns.have_weights());
        let mut sums = Vec::with_capacity(ROWS_PER_BLOCK);
        for part in columns.parts() {
            for first in (0..part.block.len()).step_by(ROWS_PER_BLOCK) {
                let rows = first..(first + ROWS_PER_BLOCK).min(part.block.len());
                self.read(part, rows.clone(), &mut sums);
                let blocks = part.block.get(rows.clone()).unwrap_or_default();
                let weights = part.weight.get(rows).unwrap_or_default();
                histogram.add(blocks, weights, sums.iter().map(|sum| usize::from(*sum as u8)));
            }
        }
    }

    /// Reads the places of some rows of a part, with [`ANSWERED`] added for every answer.
    pub(super) fn read(&self, part: &Rows, rows: std::ops::Range<usize>, sums: &mut Vec<u16>) {
        sums.clear();
        sums.resize(rows.len(), 0);
        for item in &self.items {
            let codes = part.codes(item.column).get(rows.clone()).unwrap_or_default();
            for (sum, code) in sums.iter_mut().zip(codes) {
                *sum += item.places.get(usize::from(*code)).copied().unwrap_or_default();
            }
        }
    }

    /// Multiplies the table by the classes of one item more.
    fn enter(&mut self, item: &Item) {
        let (n_before, n_classes) = (self.n_places, item.enters.len());
        let enters = |class: usize| item.enters.get(class).copied().unwrap_or_default();
        let place = |class: u8| u16::from(class) * n_before as u16 + if enters(class.into()) { ANSWERED } else { 0 };
        let mut places = [0; 256];
        places.iter_mut().zip(&item.classes).for_each(|(of_code, class)| *of_code = place(*class));
        self.items.push(ItemCodes { column: item.column, places });
        let answered = (0..n_classes).flat_map(|class| self.answered.iter().map(move |before| (*before, class)));
        self.answered = answered.map(|(before, class)| before || enters(class)).collect();
        let mut e = Vec::with_capacity(self.e.len() * n_classes);
        for (before, added) in self.e.chunks_exact(n_before).zip(item.e.chunks_exact(n_classes)) {
            e.extend(added.iter().flat_map(|added| before.iter().map(move |before| before + added)));
        }
        self.e = e;
        self.n_places = n_before * n_classes;
    }

    /// Adds the answers to the unit's items, row by row, in the row's domain.
    pub(super) fn add_to(&self, sums: &mut [f64], places: &[u8], domains: &[u32]) {
        for ((e, &place), &domain) in sums.iter_mut().zip(places).zip(domains) {
            let entry = domain as usize * self.n_places + usize::from(place);
            *e += self.e.get(entry).copied().unwrap_or_default();
        }
    }
}

/// Evenly spaced worths: `low + step · i` for i up to `top`.
struct Ladder {
    low: f64,
    step: f64,
    top: usize,
}

impl Ladder {
    /// How far a worth may lie off its step, in steps.
    const OFF: f64 = 1e-9;

    fn of(items: &[(usize, Worth)]) -> Option<Self> {
        let mut worths: Vec<f64> =
            items.iter().flat_map(|(_, worth)| (0..=u8::MAX).filter_map(|code| worth.of(code))).collect();
        worths.sort_by(f64::total_cmp);
        worths.dedup();
        let (low, high) = (*worths.first()?, *worths.last()?);
        let gaps = worths.iter().zip(worths.iter().skip(1)).map(|(a, b)| b - a);
        let step = gaps.fold(f64::INFINITY, f64::min);
        let step = if step.is_finite() { step } else { 1.0 };
        let ladder = Self { low, step, top: ((high - low) / step).round() as usize };
        let is_on = |worth: &f64| ((worth - low) / step - ladder.step_of(*worth) as f64).abs() < Self::OFF;
        worths.iter().all(is_on).then_some(ladder)
    }

    fn step_of(&self, worth: f64) -> usize {
        ((worth - self.low) / self.step).round() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(worths: &'static [Option<f64>]) -> Vec<(usize, Worth)> {
        vec![(0, Worth::new(|code| worths.get(usize::from(code)).copied().flatten()))]
    }

    #[test]
    fn worths_lie_on_a_ladder_or_not() {
        let ladder = Ladder::of(&items(&[None, Some(0.1), Some(0.3), Some(0.2), Some(0.5)])).unwrap();
        assert_eq!((ladder.low, ladder.top), (0.1, 4));
        assert_eq!([0.1, 0.2, 0.3, 0.5].map(|worth| ladder.step_of(worth)), [0, 1, 2, 4]);
        assert!(Ladder::of(&items(&[Some(0.0), Some(1.0), Some(2.5)])).is_none());
        assert!(Ladder::of(&items(&[None])).is_none());
        assert_eq!(Ladder::of(&items(&[Some(7.0), Some(7.0)])).unwrap().top, 0);
    }

    #[test]
    fn pooled_answers_share_places() {
        let worth = || Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(u8::from(code >= 4))));
        let statistic = Statistic::ratio("pooled", Ratio::answers([(0, worth()), (1, worth()), (2, worth())]));
        let looked_up = vec![RowTerm { ratio: 0.75, factor: 2.0 }];
        let point = Point { value: 0.75, scale: 1.0, tables: Vec::new(), looked_up, by_row: Vec::new() };
        let unit = Unit::pooled(&statistic, &[Ok(point)]).unwrap();
        assert_eq!(unit.n_places(), 16);
        let rows =
            Rows { block: vec![0; 3], coded: vec![vec![5, 0, 4], vec![2, 255, 4], vec![1, 0, 0]], ..Rows::default() };
        let mut sums = Vec::new();
        unit.read(&rows, 0..3, &mut sums);
        let places: Vec<usize> = sums.iter().map(|sum| usize::from(*sum as u8)).collect();
        assert_eq!(places.iter().map(|place| unit.answered()[*place]).collect::<Vec<_>>(), [true, false, true]);
        // One of three satisfied: 2 (1 − 0.75 · 3); nobody answered: 0; two of two: 2 (2 − 1.5).
        assert_eq!(places.iter().map(|place| unit.e(0).unwrap()[*place]).collect::<Vec<_>>(), [-2.5, 0.0, 1.0]);
        assert_eq!(unit.e(1).unwrap()[places[0]], 0.0, "rows in no domain add nothing");
    }
}
