//! The point estimate of each statistic in a domain, and what each answer adds to the linearised value of its row.
//!
//! For a ratio `R = Σwa / Σwb` with `D = Σwb`, row j has `u_j = w_j e_j` with `e_j = (a_j − R b_j) / D`; for a sum of ratios
//! the values add. All answers with the same code to the same item have the same e, so it is kept by code.
//!
//! Source: Woodruff (1971), "A simple method for approximating the variance of a complicated estimate"; Binder (1983).

use super::histogram::DomainHistogram;
use super::rows::{Columns, Rows};
use super::scan::{NONE, Scan};
use super::statistic::{NotEstimable, Ratio, Reading, Statistic, Term};
use std::collections::BTreeSet;

/// A statistic's value in one domain, and what each answer adds to the linearised value of its row.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// The estimate.
    pub(super) value: f64,
    /// The largest value the statistic could have in absolute terms: the yardstick for "zero but for rounding".
    pub(super) scale: f64,
    /// Of each coded column, in the order of [`Statistic::columns`]: by slot, what an answer adds to e.
    pub(super) tables: Vec<Vec<f64>>,
    /// What the terms that are looked up add, before they are laid out by slot.
    pub(super) looked_up: Vec<RowTerm>,
    /// What the terms that are computed row by row add.
    pub(super) by_row: Vec<RowTerm>,
}

/// `e = factor · (a − R b)` for one term.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowTerm {
    pub(super) ratio: f64,
    pub(super) factor: f64,
}

/// Where the sums of one domain are found.
pub(super) struct Sums<'a> {
    /// Of each coded column, in the order of [`Statistic::columns`]: weights by slot.
    pub(super) coded: Vec<&'a [f64]>,
    /// Of each term computed row by row, in order.
    pub(super) by_row: Vec<RowSums>,
}

/// `Σwa`, `Σw|a|` and `Σwb` of a term over the rows of a domain.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct RowSums {
    pub(super) numerator: f64,
    pub(super) absolute: f64,
    pub(super) denominator: f64,
}

impl RowSums {
    /// Adds the sums of other rows.
    pub(super) fn add(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.absolute += other.absolute;
        self.denominator += other.denominator;
    }
}

/// Whether a term's part of e is looked up by code.
pub(super) fn is_looked_up(term: &Term) -> bool {
    match &term.ratio {
        Ratio::Quotient { .. } => false,
        Ratio::Mean(_) | Ratio::Total(_) => {
            term.ratio.readings().all(|reading| matches!(reading, Reading::Coded { .. }))
        }
    }
}

impl Point {
    /// A value that was found otherwise, and the largest it could be.
    pub(super) fn plain(value: f64, scale: f64) -> Self {
        Self { value, scale, tables: Vec::new(), looked_up: Vec::new(), by_row: Vec::new() }
    }

    /// Reads a statistic off the sums of a domain.
    pub(super) fn of(statistic: &Statistic, sums: &Sums) -> Result<Self, NotEstimable> {
        let columns: Vec<usize> = statistic.columns().into_iter().collect();
        let tables = sums.coded.iter().map(|weights| vec![0.0; weights.len()]).collect();
        let mut point = Self { value: 0.0, scale: 0.0, tables, looked_up: Vec::new(), by_row: Vec::new() };
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
        self.looked_up.push(RowTerm { ratio: mean, factor: per });
        self.value += factor * value;
        self.scale += factor.abs() * scale;
        true
    }

    /// What one term comes to by its sums: its part of e, of the value and of the scale; `None` if nobody answered it.
    pub(super) fn of_sums(factor: f64, is_total: bool, sums: RowSums) -> Option<(RowTerm, f64, f64)> {
        if is_total && sums.denominator > 0.0 {
            let term = RowTerm { ratio: 0.0, factor };
            return Some((term, factor * sums.numerator, factor.abs() * sums.absolute));
        }
        // A quotient's denominator may be a sum of any numbers; only zero leaves it without a value.
        let quotient = Some(sums.numerator / sums.denominator).filter(|_| sums.denominator != 0.0)?;
        let term = RowTerm { ratio: quotient, factor: factor / sums.denominator };
        Some((term, factor * quotient, factor.abs() * sums.absolute / sums.denominator.abs()))
    }

    /// Adds a term that is computed row by row; false if nobody answered it.
    fn add_row_term(&mut self, Term { factor, ratio }: &Term, sums: RowSums) -> bool {
        let of_sums = Self::of_sums(*factor, matches!(ratio, Ratio::Total(_)), sums);
        if let Some((term, value, scale)) = of_sums {
            self.by_row.push(term);
            self.value += value;
            self.scale += scale;
        }
        of_sums.is_some()
    }
}

/// `a` and `b` of a row; `None` if it does not answer.
pub(super) fn parts_of(ratio: &Ratio, rows: &Rows, row: usize) -> Option<(f64, f64)> {
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

/// The sums of a statistic's terms that are computed row by row: by domain of the scan, then term.
pub(super) fn row_sums(statistic: &Statistic, columns: &Columns, scan: &Scan) -> Vec<Vec<RowSums>> {
    let terms: Vec<&Term> = statistic.terms.iter().filter(|term| !is_looked_up(term)).collect();
    let mut sums = vec![vec![RowSums::default(); terms.len()]; scan.members.len()];
    if terms.is_empty() {
        return sums;
    }
    for part in columns.parts() {
        for (row, (&block, weight)) in part.block.iter().zip(part.weights(&scan.weight_of)).enumerate() {
            let domain = scan.domain_of.get(block as usize).copied().unwrap_or(NONE);
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
