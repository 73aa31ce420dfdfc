//! The point estimate of each statistic, and the second pass: the linearised value of every row, summed per desk.
//!
//! For a ratio `R = Σwa / Σwb` with `D = Σwb`, row j has `u_j = w_j (a_j − R b_j) / D`; for a sum of ratios the values
//! add, and with them the covariance between items. All answers with the same code to the same item have the same
//! `(a − R b)/D`, so it is looked up, not computed.
//!
//! Source: Woodruff (1971), "A simple method for approximating the variance of a complicated estimate"; Binder (1983).

use super::columns::Part;
use super::moments::Histogram;
use super::statistic::{NotEstimable, Ratio, Statistic, Term, slot};
use super::waves;

/// Rows worked on at a time, so that their scratch space stays in the processor's first cache.
const ROWS_PER_BLOCK: usize = 1024;

/// A statistic's value in one domain, and what each answer adds to the linearised value of its row.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// The estimate.
    pub(super) value: f64,
    /// The largest value the statistic could have in absolute terms: the yardstick for "zero but for rounding".
    pub(super) scale: f64,
    /// By item of [`Statistic::columns`], then slot: `Σ factor (worth − R) / D`.
    influence: Vec<Vec<f64>>,
}

impl Point {
    /// Reads a statistic off the histogram of a domain.
    pub(super) fn of(statistic: &Statistic, histogram: &Histogram, n_slots: usize) -> Result<Self, NotEstimable> {
        let columns: Vec<usize> = statistic.columns().into_iter().collect();
        let mut point = Self { value: 0.0, scale: 0.0, influence: vec![vec![0.0; n_slots]; columns.len()] };
        let mut unanswered = Vec::new();
        for Term { factor, ratio } in &statistic.terms {
            let (numerator, denominator) = totals(ratio, histogram, n_slots);
            if denominator <= 0.0 {
                unanswered.extend(ratio.items.iter().map(|(column, _)| *column));
                continue;
            }
            let mean = numerator / denominator;
            let mut largest = 0.0_f64;
            for (column, worth) in &ratio.items {
                let Ok(place) = columns.binary_search(column) else { continue };
                for (sum, worth) in point.influence.get_mut(place).into_iter().flatten().zip(worth.by_slot(n_slots)) {
                    if let Some(worth) = worth {
                        *sum += factor * (worth - mean) / denominator;
                        largest = largest.max(worth.abs());
                    }
                }
            }
            point.value += factor * mean;
            point.scale += factor.abs() * largest;
        }
        if unanswered.is_empty() {
            return Ok(point);
        }
        unanswered.sort_unstable();
        unanswered.dedup();
        Err(NotEstimable::NoAnswers { statistic: statistic.name.clone(), items: unanswered })
    }
}

/// Numerator and denominator of a ratio.
fn totals(ratio: &Ratio, histogram: &Histogram, n_slots: usize) -> (f64, f64) {
    let mut totals = (0.0, 0.0);
    for (column, worth) in &ratio.items {
        for (weight, worth) in histogram.item(*column).iter().zip(worth.by_slot(n_slots)) {
            if let Some(worth) = worth {
                totals.0 += weight * worth;
                totals.1 += weight;
            }
        }
    }
    totals
}

/// What the second pass knows about the rows of each desk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DeskRole {
    /// The place of the desk's domain among the domains of this scan, or the number of domains if it lies in none.
    pub(super) domain: usize,
    /// The weight of its rows that have none of their own.
    pub(super) weight: f64,
}

/// Sums over the rows of one desk.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct DeskTotals {
    /// `z = Σ u`.
    pub(super) sum: f64,
    /// `Σ u²`.
    pub(super) squares: f64,
    /// Rows that answered at least one item of the statistic.
    pub(super) n_answered: u64,
}

/// One statistic, ready for a scan over domains that do not overlap.
#[derive(Debug)]
pub(super) struct Lookup {
    items: Vec<ItemLookup>,
}

/// What the answers to one item add.
#[derive(Debug)]
struct ItemLookup {
    column: usize,
    /// By domain of the scan, then slot; one more domain of zeros, for desks that lie in none, comes last.
    influence: Vec<f64>,
    /// By slot: whether such an answer enters the statistic.
    answered: Vec<bool>,
}

impl Lookup {
    /// Joins the points of a statistic in all domains of a scan; a domain without a point adds nothing.
    pub(super) fn new<'a>(
        statistic: &Statistic,
        points: impl Iterator<Item = Option<&'a Point>> + Clone,
        n_slots: usize,
    ) -> Self {
        let items = statistic.columns().into_iter().enumerate().map(|(place, column)| {
            let of_domain = |point: Option<&Point>| {
                let known = point.and_then(|point| point.influence.get(place)).cloned();
                known.unwrap_or_else(|| vec![0.0; n_slots])
            };
            let influence = points.clone().chain(std::iter::once(None)).flat_map(of_domain).collect();
            let mut answered = vec![false; n_slots];
            let ratios = statistic.terms.iter().flat_map(|term| &term.ratio.items);
            for (_, worth) in ratios.filter(|(item, _)| *item == column) {
                answered.iter_mut().zip(worth.by_slot(n_slots)).for_each(|(seen, worth)| *seen |= worth.is_some());
            }
            ItemLookup { column, influence, answered }
        });
        Self { items: items.collect() }
    }
}

/// Scans all rows once: per statistic, then desk, the totals of the linearised values.
pub(super) fn scan(parts: &[Part], roles: &[DeskRole], lookups: &[Lookup], n_slots: usize) -> Vec<Vec<DeskTotals>> {
    let empty = || vec![vec![DeskTotals::default(); roles.len()]; lookups.len()];
    let mut all = empty();
    let work = |part: &Part| {
        let mut totals = empty();
        scan_part(part, roles, lookups, n_slots, &mut totals);
        totals
    };
    waves::fold(parts, work, |part| {
        all.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(sum, part)| sum.merge(part));
    });
    all
}

fn scan_part(part: &Part, roles: &[DeskRole], lookups: &[Lookup], n_slots: usize, totals: &mut [Vec<DeskTotals>]) {
    let role = |psu: u32| roles.get(psu as usize).copied().unwrap_or_default();
    let own_or_design = |(&psu, own): (&u32, Option<f64>)| own.unwrap_or(role(psu).weight);
    let weights: Vec<f64> = part.psu().iter().zip(part.weights()).map(own_or_design).collect();
    let offsets: Vec<usize> = part.psu().iter().map(|&psu| role(psu).domain * n_slots).collect();
    let mut rows = vec![RowSum::default(); ROWS_PER_BLOCK];
    for (block, psu) in part.psu().chunks(ROWS_PER_BLOCK).enumerate() {
        let range = block * ROWS_PER_BLOCK..block * ROWS_PER_BLOCK + psu.len();
        let offsets = offsets.get(range.clone()).unwrap_or_default();
        let weights = weights.get(range.clone()).unwrap_or_default();
        for (lookup, totals) in lookups.iter().zip(totals.iter_mut()) {
            rows.fill(RowSum::default());
            for item in &lookup.items {
                let codes = part.codes(item.column).get(range.clone()).unwrap_or_default();
                item.add_to(&mut rows, codes, offsets, n_slots);
            }
            for ((row, weight), &psu) in rows.iter().zip(weights).zip(psu) {
                if let Some(desk) = totals.get_mut(psu as usize) {
                    desk.add(row, *weight);
                }
            }
        }
    }
}

/// What the answers of one row add up to.
#[derive(Debug, Clone, Copy, Default)]
struct RowSum {
    influence: f64,
    answered: bool,
}

impl ItemLookup {
    /// Adds the answers to this item, row by row; `offsets` says where each row's domain begins.
    fn add_to(&self, rows: &mut [RowSum], codes: &[u8], offsets: &[usize], n_slots: usize) {
        for ((row, &code), offset) in rows.iter_mut().zip(codes).zip(offsets) {
            let slot = slot(code, n_slots);
            row.influence += self.influence.get(offset + slot).copied().unwrap_or_default();
            row.answered |= self.answered.get(slot).copied().unwrap_or_default();
        }
    }
}

impl DeskTotals {
    fn add(&mut self, row: &RowSum, weight: f64) {
        let value = weight * row.influence;
        self.sum += value;
        self.squares += value * value;
        self.n_answered += u64::from(row.answered);
    }

    fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.n_answered += other.n_answered;
    }
}
