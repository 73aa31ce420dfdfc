//! The linearised value of a row, looked up code by code. Codes that add the same in every domain are one class, and items
//! whose classes make few combinations share a table, so that one look gives what all of them add.

mod unit;

use super::point::{Point, RowTerm, is_looked_up, parts_of};
use super::rows::Rows;
use super::scan::{NONE, Scan};
use super::statistic::{NotEstimable, Ratio, Reading, Statistic};
use unit::{ANSWERED, Item, Unit, pack};

/// Rows worked on at a time, so that their scratch space stays in the processor's first cache.
const ROWS_PER_BLOCK: usize = 1024;

/// One statistic, ready to be looked up row by row in the domains of a scan.
pub(super) struct Lookup<'a> {
    units: Vec<Unit>,
    by_row: Vec<(&'a Ratio, Vec<Option<RowTerm>>)>,
    n_domains: usize,
}

impl<'a> Lookup<'a> {
    /// Joins the points of a statistic in all domains of a scan; a domain without a point adds nothing.
    pub(super) fn new(statistic: &'a Statistic, points: &[Result<Point, NotEstimable>], n_slots: &[usize]) -> Self {
        Self::sharing(statistic, points, n_slots, points.len())
    }

    /// The same for several scans, by scan; the codes of a row are read for all of them at once.
    pub(super) fn of_scans(
        statistic: &'a Statistic,
        points: &[Vec<Result<Point, NotEstimable>>],
        n_slots: &[usize],
    ) -> Vec<Self> {
        let most_domains = points.iter().map(Vec::len).max().unwrap_or_default();
        points.iter().map(|points| Self::sharing(statistic, points, n_slots, most_domains)).collect()
    }

    fn sharing(
        statistic: &'a Statistic,
        points: &[Result<Point, NotEstimable>],
        n_slots: &[usize],
        most_domains: usize,
    ) -> Self {
        let n_domains = points.len();
        if let Some(unit) = Unit::pooled(statistic, points) {
            return Self { units: vec![unit], by_row: Vec::new(), n_domains };
        }
        let items = statistic.columns().into_iter().enumerate().map(|(place, column)| {
            let n_slots = n_slots.get(column).copied().unwrap_or_default();
            let table = |point: &Result<Point, _>| point.as_ref().ok()?.tables.get(place).cloned();
            let tables: Vec<Option<Vec<f64>>> = points.iter().map(table).chain([None]).collect();
            // A quotient needs both its readings, and says itself which rows answered it.
            let looked_up = statistic.terms.iter().filter(|term| is_looked_up(term));
            let worths = looked_up.flat_map(|term| term.ratio.readings()).filter_map(|reading| match reading {
                Reading::Coded { column: read, worth } if *read == column => Some(worth),
                _ => None,
            });
            Item::new(column, n_slots, &worths.collect::<Vec<_>>(), &tables)
        });
        let row_terms = statistic.terms.iter().filter(|term| !is_looked_up(term)).enumerate();
        let by_row = row_terms.map(|(place, term)| {
            let of_domain = |point: &Result<Point, _>| point.as_ref().ok()?.by_row.get(place).copied();
            (&term.ratio, points.iter().map(of_domain).collect())
        });
        Self { units: pack(items, most_domains, n_domains + 1), by_row: by_row.collect(), n_domains }
    }

    /// The only unit of a statistic that needs nothing else.
    pub(super) fn only_unit(&self) -> Option<&Unit> {
        match self.units.as_slice() {
            [unit] if self.by_row.is_empty() => Some(unit),
            _ => None,
        }
    }

    /// Gives `each` the row, block, e and weight of every row of a part that answered, in order. Rows in no domain are left
    /// out.
    pub(super) fn rows(&self, part: &Rows, scan: &Scan, mut each: impl FnMut(usize, u32, f64, f64)) {
        let mut batch = Batch::new(self);
        while batch.advance(part) {
            batch.read(self, part);
            batch.look_up(self, part, scan);
            let blocks = part.block.get(batch.first..batch.last).unwrap_or_default();
            for ((row, found), &block) in (batch.first..).zip(batch.found()).zip(blocks) {
                if found.answered {
                    each(row, block, found.e, found.weight);
                }
            }
        }
    }
}

/// What was found about one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundRow {
    /// Its pair of domain and PSU, or [`NONE`].
    pub(super) pair: u32,
    /// Its linearised value before weighting; 0 where it did not answer.
    pub(super) e: f64,
    pub(super) weight: f64,
    /// Whether it answered, and lies in a domain.
    pub(super) answered: bool,
}

/// Some rows on their way through the tables; small enough to stay in the processor's first cache.
pub(super) struct Batch {
    first: usize,
    last: usize,
    is_read: bool,
    /// By unit, then row: the place of its codes in the table.
    places: Vec<Vec<u8>>,
    /// The same for the unit that is being read, not yet stripped of [`ANSWERED`].
    sums: Vec<u16>,
    domains: Vec<u32>,
    pairs: Vec<u32>,
    weights: Vec<f64>,
    e: Vec<f64>,
    answered: Vec<bool>,
}

impl Batch {
    pub(super) fn new(lookup: &Lookup) -> Self {
        Self {
            first: 0,
            last: 0,
            is_read: false,
            places: vec![vec![0; ROWS_PER_BLOCK]; lookup.units.len()],
            sums: Vec::with_capacity(ROWS_PER_BLOCK),
            domains: Vec::with_capacity(ROWS_PER_BLOCK),
            pairs: Vec::with_capacity(ROWS_PER_BLOCK),
            weights: Vec::with_capacity(ROWS_PER_BLOCK),
            e: vec![0.0; ROWS_PER_BLOCK],
            answered: vec![false; ROWS_PER_BLOCK],
        }
    }

    /// Looks up the rows whose codes were read, in the domains of a scan.
    pub(super) fn look_up(&mut self, lookup: &Lookup, part: &Rows, scan: &Scan) {
        let blocks = part.block.get(self.first..self.last).unwrap_or_default();
        let domain_of = |block: &u32| scan.domain_of.get(*block as usize).copied().unwrap_or(NONE);
        self.domains.clear();
        self.domains.extend(blocks.iter().map(|block| domain_of(block).min(lookup.n_domains as u32)));
        self.pairs.clear();
        self.pairs.extend(blocks.iter().map(|block| scan.pair_of.get(*block as usize).copied().unwrap_or(NONE)));
        let plain = |block: &u32| scan.weight_of.get(*block as usize).copied().unwrap_or_default();
        self.weights.clear();
        self.weights.extend(blocks.iter().map(plain));
        let own = part.weight.get(self.first..self.last).unwrap_or_default();
        self.weights.iter_mut().zip(own).filter(|(_, own)| !own.is_nan()).for_each(|(weight, own)| *weight = *own);
        self.e.fill(0.0);
        for (unit, places) in lookup.units.iter().zip(&self.places) {
            unit.add_to(&mut self.e, places, &self.domains);
        }
        for (ratio, terms) in &lookup.by_row {
            add_row_term((&mut self.e, &mut self.answered), ratio, terms, (part, self.first), &self.domains);
        }
    }

    /// What was looked up, row by row.
    pub(super) fn found(&self) -> impl Iterator<Item = FoundRow> {
        let rows = self.pairs.iter().zip(&self.e).zip(&self.weights).zip(&self.answered);
        rows.map(|(((pair, e), weight), answered)| FoundRow {
            pair: *pair,
            e: *e,
            weight: *weight,
            answered: *answered && *pair != NONE,
        })
    }

    /// Begins another part.
    pub(super) fn restart(&mut self) {
        (self.first, self.last) = (0, 0);
    }

    /// Goes on to the next rows of a part; false at its end.
    pub(super) fn advance(&mut self, part: &Rows) -> bool {
        (self.first, self.last) = (self.last, (self.last + ROWS_PER_BLOCK).min(part.block.len()));
        self.is_read = false;
        self.first < self.last
    }

    /// Reads the codes of a lookup's items, unless that was done for another scan of the same statistic. Terms computed row
    /// by row mark answers too, each in its own domains, so then they are read anew.
    pub(super) fn read_for(&mut self, lookup: &Lookup, part: &Rows) {
        if !self.is_read || !lookup.by_row.is_empty() {
            self.read(lookup, part);
        }
    }

    fn read(&mut self, lookup: &Lookup, part: &Rows) {
        self.answered.fill(false);
        for (unit, places) in lookup.units.iter().zip(&mut self.places) {
            unit.read(part, self.first..self.last, &mut self.sums);
            places.clear();
            places.extend(self.sums.iter().map(|sum| *sum as u8));
            self.answered.iter_mut().zip(&self.sums).for_each(|(answered, sum)| *answered |= *sum >= ANSWERED);
        }
        self.is_read = true;
    }
}

fn add_row_term(
    (sums, answered): (&mut [f64], &mut [bool]),
    ratio: &Ratio,
    terms: &[Option<RowTerm>],
    (part, first): (&Rows, usize),
    domains: &[u32],
) {
    let rows = (first..).zip(sums).zip(answered).zip(domains);
    for (((row, e), answered), domain) in rows {
        if let Some(Some(term)) = terms.get(*domain as usize)
            && let Some((a, b)) = parts_of(ratio, part, row)
        {
            *e += term.factor * (a - term.ratio * b);
            *answered = true;
        }
    }
}
