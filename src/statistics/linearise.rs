//! The point estimate of each statistic, and the second pass: the linearised value of every row, summed by pair of domain
//! and PSU.
//!
//! For a ratio `R = Σwa / Σwb` with `D = Σwb`, row j has `u_j = w_j e_j` with `e_j = (a_j − R b_j) / D`; for a sum of ratios
//! the values add, and with them the covariance between items. All answers with the same code to the same item have the
//! same `e`, so it is looked up, not computed.
//!
//! Source: Woodruff (1971), "A simple method for approximating the variance of a complicated estimate"; Binder (1983).

use super::calibration::Residuals;
use super::histogram::{BlockHistogram, DomainHistogram};
use super::rows::{Block, Columns, Rows};
use super::scan::{NONE, Scan};
use super::statistic::{NotEstimable, Ratio, Reading, Statistic, Term, Worth, slot};
use std::collections::BTreeSet;

/// Rows worked on at a time, so that their scratch space stays in the processor's first cache.
const ROWS_PER_BLOCK: usize = 1024;

/// A statistic's value in one domain, and what each answer adds to the linearised value of its row.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// The estimate.
    pub(super) value: f64,
    /// The largest value the statistic could have in absolute terms: the yardstick for "zero but for rounding".
    pub(super) scale: f64,
    /// Of each coded column, in the order of [`Statistic::columns`]: by slot, what an answer adds to e.
    tables: Vec<Vec<f64>>,
    /// What the terms that are computed row by row add.
    by_row: Vec<RowTerm>,
}

/// `e = factor · (a − R b)` for one term that cannot be looked up.
#[derive(Debug, Clone, Copy)]
struct RowTerm {
    ratio: f64,
    factor: f64,
}

/// Where the sums of one domain are found.
pub(super) struct Sums<'a> {
    /// Of each coded column, in the order of [`Statistic::columns`]: weights by slot.
    pub(super) coded: Vec<&'a [f64]>,
    /// Of each term computed row by row, in order.
    pub(super) by_row: Vec<RowSums>,
}

/// `Σwa`, `Σw|a|` and `Σwb` of a term over the rows of a domain.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowSums {
    numerator: f64,
    absolute: f64,
    denominator: f64,
}

/// Whether a term's part of e is looked up by code.
fn is_looked_up(term: &Term) -> bool {
    match &term.ratio {
        Ratio::Quotient { .. } => false,
        Ratio::Mean(_) | Ratio::Total(_) => {
            term.ratio.readings().all(|reading| matches!(reading, Reading::Coded { .. }))
        }
    }
}

impl Point {
    /// Reads a statistic off the sums of a domain.
    pub(super) fn of(statistic: &Statistic, sums: &Sums) -> Result<Self, NotEstimable> {
        let columns: Vec<usize> = statistic.columns().into_iter().collect();
        let tables = sums.coded.iter().map(|weights| vec![0.0; weights.len()]).collect();
        let mut point = Self { value: 0.0, scale: 0.0, tables, by_row: Vec::new() };
        let mut unanswered = BTreeSet::new();
        let mut by_row = sums.by_row.iter();
        for term in &statistic.terms {
            let answered = match is_looked_up(term) {
                true => point.add_tables(term, &columns, &sums.coded),
                false => point.add_row_term(term, by_row.next().copied().unwrap_or_default()),
            };
            if !answered {
                unanswered.extend(term.ratio.readings().map(Reading::column));
            }
        }
        if unanswered.is_empty() {
            return Ok(point);
        }
        Err(NotEstimable::NoAnswers { statistic: statistic.name.clone(), items: unanswered.into_iter().collect() })
    }

    /// Adds a term that is looked up; false if nobody answered it.
    fn add_tables(&mut self, Term { factor, ratio }: &Term, columns: &[usize], weights: &[&[f64]]) -> bool {
        let coded = || {
            ratio.readings().filter_map(|reading| match reading {
                Reading::Coded { column, worth } => Some((columns.binary_search(column).ok()?, worth)),
                Reading::Real { .. } | Reading::Between { .. } => None,
            })
        };
        let (mut numerator, mut denominator, mut largest, mut absolute) = (0.0, 0.0, 0.0_f64, 0.0);
        for (place, worth) in coded() {
            let weights = weights.get(place).copied().unwrap_or_default();
            for (weight, worth) in weights.iter().zip(worth.by_slot(weights.len())) {
                if let Some(worth) = worth {
                    numerator += weight * worth;
                    absolute += weight * worth.abs();
                    denominator += weight;
                    largest = largest.max(worth.abs());
                }
            }
        }
        if denominator <= 0.0 {
            return false;
        }
        let (mean, per, value, scale) = match ratio {
            Ratio::Total(_) => (0.0, *factor, numerator, absolute),
            _ => (numerator / denominator, factor / denominator, numerator / denominator, largest),
        };
        for (place, worth) in coded() {
            let Some(table) = self.tables.get_mut(place) else { continue };
            let n_slots = table.len();
            for (sum, worth) in table.iter_mut().zip(worth.by_slot(n_slots)) {
                if let Some(worth) = worth {
                    *sum += per * (worth - mean);
                }
            }
        }
        self.value += factor * value;
        self.scale += factor.abs() * scale;
        true
    }

    /// Adds a term that is computed row by row; false if nobody answered it.
    fn add_row_term(&mut self, Term { factor, ratio }: &Term, sums: RowSums) -> bool {
        // A quotient's denominator may be a sum of any numbers; only zero leaves it without a value.
        if sums.denominator == 0.0 {
            return false;
        }
        let quotient = sums.numerator / sums.denominator;
        let (ratio, per, value, scale) = match ratio {
            Ratio::Total(_) => (0.0, *factor, sums.numerator, sums.absolute),
            _ => (quotient, factor / sums.denominator, quotient, sums.absolute / sums.denominator.abs()),
        };
        self.by_row.push(RowTerm { ratio, factor: per });
        self.value += factor * value;
        self.scale += factor.abs() * scale;
        true
    }
}

/// `a` and `b` of a row; `None` if it does not answer.
fn parts_of(ratio: &Ratio, rows: &Rows, row: usize) -> Option<(f64, f64)> {
    let value = |reading: &Reading| Some(reading.value(rows, row)).filter(|value| !value.is_nan());
    match ratio {
        Ratio::Mean(readings) => {
            let values = || readings.iter().filter_map(value);
            let n = values().count();
            (n > 0).then(|| (values().sum(), n as f64))
        }
        Ratio::Quotient { numerator, denominator } => Some((value(numerator)?, value(denominator)?)),
        Ratio::Total(reading) => Some((value(reading)?, 1.0)),
    }
}

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

/// What the answers to one item add.
struct ItemLookup {
    column: usize,
    n_slots: usize,
    /// By domain of the scan, then slot; one more domain of zeros, for rows that lie in none, comes last.
    e: Vec<f64>,
    /// By slot: whether such an answer enters the statistic.
    answered: Vec<bool>,
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
            let mut answered = vec![false; n_slots];
            for reading in statistic.readings() {
                if let Reading::Coded { column: read, worth } = reading
                    && *read == column
                {
                    mark(&mut answered, worth);
                }
            }
            ItemLookup { column, n_slots, e, answered }
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
        let mut scratch = vec![RowSum::default(); ROWS_PER_BLOCK];
        let mut domains = Vec::with_capacity(ROWS_PER_BLOCK);
        for first in (0..part.block.len()).step_by(ROWS_PER_BLOCK) {
            let last = (first + ROWS_PER_BLOCK).min(part.block.len());
            let blocks = part.block.get(first..last).unwrap_or_default();
            let weights = part.weight.get(first..last).unwrap_or_default();
            let domain_of = |block: &u32| scan.domain_of.get(*block as usize).copied().unwrap_or(NONE);
            domains.clear();
            domains.extend(blocks.iter().map(|block| domain_of(block).min(self.n_domains as u32)));
            scratch.fill(RowSum::default());
            for item in &self.items {
                let codes = part.codes(item.column).get(first..last).unwrap_or_default();
                item.add_to(&mut scratch, codes, &domains);
            }
            for (ratio, terms) in &self.by_row {
                add_row_term(&mut scratch, ratio, terms, part, first, &domains);
            }
            let rows = (first..).zip(&scratch).zip(blocks).zip(weights).zip(&domains);
            for ((((row, sum), &block), &own), &domain) in rows {
                if sum.answered && (domain as usize) < self.n_domains {
                    let plain = || scan.weight_of.get(block as usize).copied().unwrap_or_default();
                    each(row, block, sum.e, if own.is_nan() { plain() } else { own });
                }
            }
        }
    }

    /// Scans all rows: totals by pair.
    pub(super) fn totals(&self, columns: &Columns, scan: &Scan) -> Vec<Totals> {
        let mut totals = vec![Totals::default(); scan.pairs.len()];
        for part in columns.parts() {
            self.rows(part, scan, |_, block, e, weight| {
                let pair = scan.pair_of.get(block as usize).copied().unwrap_or(NONE);
                if let Some(totals) = totals.get_mut(pair as usize) {
                    totals.add(e, weight);
                }
            });
        }
        totals
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

/// What the answers of one row add up to.
#[derive(Debug, Clone, Copy, Default)]
struct RowSum {
    e: f64,
    answered: bool,
}

impl ItemLookup {
    /// Adds the answers to this item, row by row, in the row's domain.
    fn add_to(&self, rows: &mut [RowSum], codes: &[u8], domains: &[u32]) {
        for ((row, &code), &domain) in rows.iter_mut().zip(codes).zip(domains) {
            let slot = slot(code, self.n_slots);
            row.e += self.e.get(domain as usize * self.n_slots + slot).copied().unwrap_or_default();
            row.answered |= self.answered.get(slot).copied().unwrap_or_default();
        }
    }
}

fn add_row_term(
    rows: &mut [RowSum],
    ratio: &Ratio,
    terms: &[Option<RowTerm>],
    part: &Rows,
    first: usize,
    domains: &[u32],
) {
    for ((row, sum), domain) in (first..).zip(rows).zip(domains) {
        if let Some(Some(term)) = terms.get(*domain as usize)
            && let Some((a, b)) = parts_of(ratio, part, row)
        {
            sum.e += term.factor * (a - term.ratio * b);
            sum.answered = true;
        }
    }
}

/// The sums of a statistic's terms that are computed row by row: by domain of the scan, then term.
pub(super) fn row_sums(statistic: &Statistic, columns: &Columns, scan: &Scan) -> Vec<Vec<RowSums>> {
    let terms: Vec<&Term> = statistic.terms.iter().filter(|term| !is_looked_up(term)).collect();
    let mut sums = vec![vec![RowSums::default(); terms.len()]; scan.members.len()];
    if terms.is_empty() {
        return sums;
    }
    for part in columns.parts() {
        for (row, (&block, &own)) in part.block.iter().zip(&part.weight).enumerate() {
            let domain = scan.domain_of.get(block as usize).copied().unwrap_or(NONE);
            let plain = scan.weight_of.get(block as usize).copied().unwrap_or_default();
            let weight = if own.is_nan() { plain } else { own };
            for (term, sums) in terms.iter().zip(sums.get_mut(domain as usize).into_iter().flatten()) {
                if let Some((a, b)) = parts_of(&term.ratio, part, row) {
                    sums.numerator += weight * a;
                    sums.absolute += weight * a.abs();
                    sums.denominator += weight * b;
                }
            }
        }
    }
    sums
}

/// The points of a statistic in every domain of a scan; `coded` finds the domain histogram of a column.
pub(super) fn points<'a>(
    statistic: &Statistic,
    columns: &Columns,
    scan: &Scan,
    coded: impl Fn(usize) -> Option<&'a DomainHistogram>,
) -> Vec<Result<Point, NotEstimable>> {
    let histograms: Vec<Option<&DomainHistogram>> = statistic.columns().into_iter().map(coded).collect();
    let by_row = row_sums(statistic, columns, scan);
    let point = |(domain, by_row): (usize, Vec<RowSums>)| {
        let coded = histograms.iter().map(|histogram| histogram.map(|h| h.domain(domain)).unwrap_or_default());
        Point::of(statistic, &Sums { coded: coded.collect(), by_row })
    };
    by_row.into_iter().enumerate().map(point).collect()
}
