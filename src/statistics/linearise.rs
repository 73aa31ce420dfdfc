//! The second pass: the linearised value of every row, looked up code by code, and summed by pair of domain and PSU. The
//! covariance between items is in these values already.

use super::calibration::Residuals;
use super::histogram::BlockHistogram;
use super::point::{Point, RowTerm, is_looked_up, parts_of};
use super::rows::{Block, Columns, Rows};
use super::scan::{NONE, Scan};
use super::statistic::{NotEstimable, Ratio, Reading, Statistic, Worth, slot};

/// Rows worked on at a time, so that their scratch space stays in the processor's first cache.
const ROWS_PER_BLOCK: usize = 1024;

/// Sums over the rows of one pair of domain and PSU.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Totals {
    /// `z = Σ w e`.
    pub(super) sum: f64,
    /// `Σ (w e)²`.
    pub(super) squares: f64,
    /// `Σ w e²`, for the spread a simple random sample would have.
    pub(super) simple: f64,
    /// `Σ w` of the rows that answered.
    pub(super) weight: f64,
    /// Rows that answered at least one item of the statistic.
    pub(super) n_answered: u64,
}

impl Totals {
    fn add(&mut self, e: f64, weight: f64) {
        let value = weight * e;
        self.sum += value;
        self.squares += value * value;
        self.simple += value * e;
        self.weight += weight;
        self.n_answered += 1;
    }
}

/// The totals of a statistic of one coded column, by pair, read off its histogram; `points` by domain of the scan.
pub(super) fn read_off(
    statistic: &Statistic,
    histogram: &BlockHistogram,
    scan: &Scan,
    points: &[Result<Point, NotEstimable>],
) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); scan.pairs.len()];
    let answered = answered_slots(statistic, histogram.blocks().next().map_or(0, <[_]>::len));
    let places = scan.domain_of.iter().zip(&scan.pair_of).zip(&scan.weight_of);
    for (bins, ((domain, pair), plain)) in histogram.blocks().zip(places) {
        let Some(Ok(point)) = points.get(*domain as usize) else { continue };
        let (Some(table), Some(totals)) = (point.tables.first(), totals.get_mut(*pair as usize)) else { continue };
        for ((bin, e), is_answer) in bins.iter().zip(table).zip(&answered) {
            let (n, weight, squares) = bin.read(*plain);
            if *is_answer && n > 0 {
                totals.sum += weight * e;
                totals.squares += squares * e * e;
                totals.simple += weight * e * e;
                totals.weight += weight;
                totals.n_answered += n;
            }
        }
    }
    totals
}

/// By slot: whether such an answer enters a statistic of one column.
fn answered_slots(statistic: &Statistic, n_slots: usize) -> Vec<bool> {
    let mut answered = vec![false; n_slots];
    for reading in statistic.readings() {
        if let Reading::Coded { worth, .. } = reading {
            mark(&mut answered, worth);
        }
    }
    answered
}

fn mark(answered: &mut [bool], worth: &Worth) {
    let n_slots = answered.len();
    answered.iter_mut().zip(worth.by_slot(n_slots)).for_each(|(seen, worth)| *seen |= worth.is_some());
}

/// One statistic, ready to be looked up row by row in the domains of a scan.
pub(super) struct Lookup<'a> {
    items: Vec<ItemLookup>,
    by_row: Vec<(&'a Ratio, Vec<Option<RowTerm>>)>,
    n_domains: usize,
}

/// Slots of most items, padded to a power of two so that a masked slot is always inside.
const NARROW: usize = 8;

/// What the answers to one item add.
struct ItemLookup {
    column: usize,
    n_slots: usize,
    /// By domain of the scan, then slot; one more domain of zeros, for rows that lie in none, comes last.
    e: Vec<f64>,
    /// The same for items of few slots.
    narrow: Option<Vec<[f64; NARROW]>>,
    /// By code: whether such an answer enters the statistic.
    answered: [bool; 256],
    /// By code: its slot.
    slots: [u8; 256],
}

impl<'a> Lookup<'a> {
    /// Joins the points of a statistic in all domains of a scan; a domain without a point adds nothing.
    pub(super) fn new(statistic: &'a Statistic, points: &[Result<Point, NotEstimable>], n_slots: &[usize]) -> Self {
        let items = statistic.columns().into_iter().enumerate().map(|(place, column)| {
            let n_slots = n_slots.get(column).copied().unwrap_or_default();
            let of_domain = |point: Option<&Point>| {
                let known = point.and_then(|point| point.tables.get(place)).cloned();
                known.unwrap_or_else(|| vec![0.0; n_slots])
            };
            let points = points.iter().map(|point| point.as_ref().ok());
            let e = points.chain(std::iter::once(None)).flat_map(of_domain).collect();
            // A quotient needs both its readings, and says itself which rows answered it.
            let looked_up = statistic.terms.iter().filter(|term| is_looked_up(term));
            let worths = looked_up.flat_map(|term| term.ratio.readings()).filter_map(|reading| match reading {
                Reading::Coded { column: read, worth } if *read == column => Some(worth),
                _ => None,
            });
            ItemLookup::new(column, n_slots, e, worths)
        });
        let row_terms = statistic.terms.iter().filter(|term| !is_looked_up(term)).enumerate();
        let by_row = row_terms.map(|(place, term)| {
            let of_domain = |point: &Result<Point, _>| point.as_ref().ok()?.by_row.get(place).copied();
            (&term.ratio, points.iter().map(of_domain).collect())
        });
        Self { items: items.collect(), by_row: by_row.collect(), n_domains: points.len() }
    }

    /// Gives `each` the row, block, e and weight of every row of a part that answered, in order. Rows in no domain are left
    /// out.
    pub(super) fn rows(&self, part: &Rows, scan: &Scan, mut each: impl FnMut(usize, u32, f64, f64)) {
        let mut batch = Batch::new(self.items.len());
        while batch.advance(part) {
            batch.read(self, part);
            self.rows_of(&mut batch, part, scan, &mut each);
        }
    }

    /// The same for the rows of a batch whose codes were read.
    fn rows_of(&self, batch: &mut Batch, part: &Rows, scan: &Scan, each: &mut impl FnMut(usize, u32, f64, f64)) {
        let range = batch.first..batch.last;
        let blocks = part.block.get(range.clone()).unwrap_or_default();
        let weights = part.weight.get(range).unwrap_or_default();
        let domain_of = |block: &u32| scan.domain_of.get(*block as usize).copied().unwrap_or(NONE);
        let Batch { first, slots, domains, e, answered, .. } = batch;
        domains.clear();
        domains.extend(blocks.iter().map(|block| domain_of(block).min(self.n_domains as u32)));
        e.fill(0.0);
        for (item, slots) in self.items.iter().zip(slots) {
            item.add_to(e, slots, domains);
        }
        for (ratio, terms) in &self.by_row {
            add_row_term((e, answered), ratio, terms, (part, *first), domains);
        }
        let rows = (*first..).zip(e).zip(answered).zip(blocks).zip(weights).zip(domains);
        for (((((row, e), answered), &block), &own), domain) in rows {
            if *answered && (*domain as usize) < self.n_domains {
                let plain = || scan.weight_of.get(block as usize).copied().unwrap_or_default();
                each(row, block, *e, if own.is_nan() { plain() } else { own });
            }
        }
    }
}

/// Looks the rows up once for several scans of one statistic: totals by scan, then pair. The codes are read once for all.
pub(super) fn totals(lookups: &[Lookup], columns: &Columns, scans: &[Scan]) -> Vec<Vec<Totals>> {
    let mut totals: Vec<Vec<Totals>> = scans.iter().map(|scan| vec![Totals::default(); scan.pairs.len()]).collect();
    let Some(any) = lookups.first() else { return totals };
    let mut batch = Batch::new(any.items.len());
    for part in columns.parts() {
        batch.restart();
        while batch.advance(part) {
            for ((lookup, scan), totals) in lookups.iter().zip(scans).zip(&mut totals) {
                // Terms computed row by row mark answers too, each in its own domains.
                if lookup.by_row.is_empty() {
                    batch.read_once(lookup, part);
                } else {
                    batch.read(lookup, part);
                }
                lookup.rows_of(&mut batch, part, scan, &mut |_, block, e, weight| {
                    let pair = scan.pair_of.get(block as usize).copied().unwrap_or(NONE);
                    if let Some(totals) = totals.get_mut(pair as usize) {
                        totals.add(e, weight);
                    }
                });
            }
        }
    }
    totals
}

/// Some rows on their way through the tables; small enough to stay in the processor's first cache.
struct Batch {
    first: usize,
    last: usize,
    is_read: bool,
    /// By item, then row: the slot of the code.
    slots: Vec<Vec<u8>>,
    domains: Vec<u32>,
    e: Vec<f64>,
    answered: Vec<bool>,
}

impl Batch {
    fn new(n_items: usize) -> Self {
        Self {
            first: 0,
            last: 0,
            is_read: false,
            slots: vec![Vec::with_capacity(ROWS_PER_BLOCK); n_items],
            domains: Vec::with_capacity(ROWS_PER_BLOCK),
            e: vec![0.0; ROWS_PER_BLOCK],
            answered: vec![false; ROWS_PER_BLOCK],
        }
    }

    /// Begins another part.
    fn restart(&mut self) {
        (self.first, self.last) = (0, 0);
    }

    /// Goes on to the next rows of a part; false at its end.
    fn advance(&mut self, part: &Rows) -> bool {
        (self.first, self.last) = (self.last, (self.last + ROWS_PER_BLOCK).min(part.block.len()));
        self.is_read = false;
        self.first < self.last
    }

    /// Reads the codes of a lookup's items, unless that was done.
    fn read_once(&mut self, lookup: &Lookup, part: &Rows) {
        if !self.is_read {
            self.read(lookup, part);
        }
    }

    fn read(&mut self, lookup: &Lookup, part: &Rows) {
        self.answered.fill(false);
        for (item, slots) in lookup.items.iter().zip(&mut self.slots) {
            let codes = part.codes(item.column).get(self.first..self.last).unwrap_or_default();
            let slot = |code: &u8| item.slots.get(usize::from(*code)).copied().unwrap_or_default();
            slots.clear();
            slots.extend(codes.iter().map(slot));
            for (answered, &code) in self.answered.iter_mut().zip(codes) {
                *answered |= item.answered.get(usize::from(code)).copied().unwrap_or_default();
            }
        }
        self.is_read = true;
    }
}

/// Totals by PSU of one figure by calibrated weights: the sums are those of residuals, which rows outside the domain have
/// too. The scan holds one domain.
pub(super) fn residual_totals(
    lookup: &Lookup,
    columns: &Columns,
    scan: &Scan,
    psu_of: &[Block],
    n_psus: usize,
    residuals: &Residuals,
) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); n_psus];
    for (place, part) in columns.parts().iter().enumerate() {
        let mut values = vec![0.0; part.block.len()];
        lookup.rows(part, scan, |row, block, e, weight| {
            let psu = psu_of.get(block as usize).map_or(usize::MAX, |block| block.psu as usize);
            if let (Some(value), Some(totals)) = (values.get_mut(row), totals.get_mut(psu)) {
                *value = e;
                totals.simple += weight * e * e;
                totals.weight += weight;
                totals.n_answered += 1;
            }
        });
        for (row, ((e, block), weight)) in values.iter().zip(&part.block).zip(&part.weight).enumerate() {
            let psu = psu_of.get(*block as usize).map_or(usize::MAX, |block| block.psu as usize);
            if let Some(totals) = totals.get_mut(psu) {
                let value = weight * (e - residuals.fitted(place, row));
                totals.sum += value;
                totals.squares += value * value;
            }
        }
    }
    totals
}

impl ItemLookup {
    fn new<'w>(column: usize, n_slots: usize, e: Vec<f64>, worths: impl Iterator<Item = &'w Worth>) -> Self {
        let mut answered = [false; 256];
        for worth in worths {
            answered.iter_mut().zip(0..=u8::MAX).for_each(|(seen, code)| *seen |= worth.of(code).is_some());
        }
        let mut slots = [0; 256];
        slots.iter_mut().zip(0..=u8::MAX).for_each(|(place, code)| *place = slot(code, n_slots) as u8);
        let narrow = (1..=NARROW).contains(&n_slots).then(|| {
            let padded = |of_domain: &[f64]| {
                let mut table = [0.0; NARROW];
                table.iter_mut().zip(of_domain).for_each(|(place, value)| *place = *value);
                table
            };
            e.chunks_exact(n_slots).map(padded).collect()
        });
        Self { column, n_slots, e, narrow, answered, slots }
    }

    /// Adds the answers to this item, row by row, in the row's domain.
    fn add_to(&self, sums: &mut [f64], slots: &[u8], domains: &[u32]) {
        let rows = sums.iter_mut().zip(slots).zip(domains);
        match &self.narrow {
            Some(tables) => rows.for_each(|((e, &slot), &domain)| {
                let table = tables.get(domain as usize);
                *e += table.and_then(|table| table.get(usize::from(slot) % NARROW)).copied().unwrap_or_default();
            }),
            None => rows.for_each(|((e, &slot), &domain)| {
                let place = domain as usize * self.n_slots + usize::from(slot);
                *e += self.e.get(place).copied().unwrap_or_default();
            }),
        }
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
