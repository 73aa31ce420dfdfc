//! How closely each of some items goes with the others: the correlation of an item's answers with the mean of the same
//! people's answers to all other items. Taking the item itself out of the mean keeps it from being measured against itself.
//!
//! The spread is found as that of every other statistic, by the linearised value of a row. With `x` and `y` in standard units
//! and `W` the sum of the weights, `e = (x y − r (x² + y²) / 2) / W`.
//! Source: Devlin, Gnanadesikan and Kettenring (1975), "Robust estimation and outlier detection with correlation
//! coefficients", for the influence function; Binder (1983) for its use in samples of any design.

use super::point::Point;
use super::rows::Rows;
use super::sample::{Row, Sample, check_level};
use super::scan::{self, Domain, NONE, Scan};
use super::statistic::{Nature, NotEstimable, Range, Worth};
use super::totals::Totals;
use super::variance::Spread;
use super::verdict::{self, Confidence};

/// A variance this far below the squares it is made of is zero but for rounding.
const NO_VARIANCE: f64 = 1e-12;

/// What is answered with one code each.
struct Items {
    columns: Vec<usize>,
    /// By item, then code: what the answer is worth; not a number for what is none.
    worth: Vec<Vec<f64>>,
}

/// Sums over the rows that answered an item and at least one other: of weights, x, y and their products.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    weight: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

/// Means, spreads and correlation that follow from the sums.
#[derive(Debug, Clone, Copy)]
struct Standard {
    weight: f64,
    x: (f64, f64),
    y: (f64, f64),
    r: f64,
}

impl Sums {
    fn add(&mut self, (x, y): (f64, f64), weight: f64) {
        self.weight += weight;
        self.x += weight * x;
        self.y += weight * y;
        self.xx += weight * x * x;
        self.yy += weight * y * y;
        self.xy += weight * x * y;
    }

    /// `None` where one of the two does not vary.
    fn standard(&self) -> Option<Standard> {
        let Self { weight, .. } = *self;
        let (x, y) = (self.x / weight, self.y / weight);
        let variance = |squares: f64, mean: f64| {
            let variance = squares / weight - mean * mean;
            (variance > NO_VARIANCE * squares / weight).then(|| variance.sqrt())
        };
        let (sd_x, sd_y) = (variance(self.xx, x)?, variance(self.yy, y)?);
        let r = ((self.xy / weight - x * y) / (sd_x * sd_y)).clamp(-1.0, 1.0);
        Some(Standard { weight, x: (x, sd_x), y: (y, sd_y), r })
    }
}

impl Standard {
    /// What a row adds to the linearised correlation.
    fn e(&self, (x, y): (f64, f64)) -> f64 {
        let (x, y) = ((x - self.x.0) / self.x.1, (y - self.y.0) / self.y.1);
        (x * y - 0.5 * self.r * (x * x + y * y)) / self.weight
    }
}

impl Items {
    fn new(items: &[(usize, Worth)]) -> Self {
        let by_code = |worth: &Worth| (0..=u8::MAX).map(|code| worth.of(code).unwrap_or(f64::NAN)).collect();
        Self {
            columns: items.iter().map(|(column, _)| *column).collect(),
            worth: items.iter().map(|(_, worth)| by_code(worth)).collect(),
        }
    }

    /// Tells every answer of every row in a domain of the scan, with the mean of the row's other answers: the place of the
    /// row's block, its weight, the item, and both values.
    fn each(&self, part: &Rows, scan: &Scan, mut told: impl FnMut(usize, f64, usize, (f64, f64))) {
        let mut answers = vec![f64::NAN; self.columns.len()];
        for (row, (&block, weight)) in part.block.iter().zip(part.weights(&scan.weight_of)).enumerate() {
            let block = block as usize;
            if scan.domain_of.get(block).is_none_or(|domain| *domain == NONE) {
                continue;
            }
            let (mut sum, mut n) = (0.0, 0.0);
            for ((answer, column), worth) in answers.iter_mut().zip(&self.columns).zip(&self.worth) {
                let code = part.codes(*column).get(row).copied().unwrap_or_default();
                *answer = worth.get(usize::from(code)).copied().unwrap_or(f64::NAN);
                if !answer.is_nan() {
                    sum += *answer;
                    n += 1.0;
                }
            }
            if n < 2.0 {
                continue;
            }
            for (item, x) in answers.iter().enumerate().filter(|(_, answer)| !answer.is_nan()) {
                told(block, weight, item, (*x, (sum - x) / (n - 1.0)));
            }
        }
    }
}

impl Sample {
    /// The correlation of each item with the mean of the others, −1 to 1, in each domain: `[domain][item]`. Items are given by
    /// their coded column and what its codes are worth. Of calibrated weights the spread is not known, and none is given.
    #[must_use]
    pub fn correlations_with_rest(
        &self,
        domains: &[Domain],
        items: &[(usize, Worth)],
        confidence: impl Into<Confidence>,
    ) -> Vec<Row> {
        let confidence = confidence.into();
        let check = |domain: &Domain| check_level(confidence.level).and(domain.check(self.design.n_psus()));
        let mut rows: Vec<Row> = domains
            .iter()
            .map(|domain| match check(domain) {
                Ok(()) => Vec::new(),
                Err(why) => vec![Err(why); items.len()],
            })
            .collect();
        let sound: Vec<(usize, &Domain)> =
            domains.iter().enumerate().filter(|(place, _)| rows.get(*place).is_some_and(Vec::is_empty)).collect();
        let items = Items::new(items);
        for scan in scan::lay_out(&self.index, &self.design, &sound) {
            for (place, row) in self.correlations_in(&scan, &items, confidence) {
                if let Some(of_domain) = rows.get_mut(place) {
                    *of_domain = row;
                }
            }
        }
        rows
    }

    /// The correlations in the domains of one scan, each with its place in the request.
    fn correlations_in(&self, scan: &Scan, items: &Items, confidence: Confidence) -> Vec<(usize, Row)> {
        let n = items.columns.len();
        let mut sums = vec![Sums::default(); scan.members.len() * n];
        let domain = |block: usize| scan.domain_of.get(block).map_or(usize::MAX, |domain| *domain as usize);
        for part in self.columns.parts() {
            items.each(part, scan, |block, weight, item, values| {
                if let Some(sums) = sums.get_mut(domain(block).saturating_mul(n).saturating_add(item)) {
                    sums.add(values, weight);
                }
            });
        }
        let standards: Vec<Option<Standard>> = sums.iter().map(Sums::standard).collect();
        let mut totals = vec![Totals::default(); scan.pairs.len() * n];
        for part in self.columns.parts() {
            items.each(part, scan, |block, weight, item, values| {
                let standard = standards.get(domain(block).saturating_mul(n).saturating_add(item)).copied().flatten();
                let pair = scan.pair_of.get(block).map_or(usize::MAX, |pair| *pair as usize);
                let totals = totals.get_mut(pair.saturating_mul(n).saturating_add(item));
                if let (Some(standard), Some(totals)) = (standard, totals) {
                    totals.add(standard.e(values), weight);
                }
            });
        }
        let of_member = |(member, domain): (&scan::Member, usize)| {
            let psus = scan.pairs.get(member.pairs.clone()).unwrap_or_default();
            let correlation = |item: usize| {
                let column = items.columns.get(item).copied().unwrap_or_default();
                let standard = standards.get(domain * n + item).copied().flatten();
                let standard = standard.ok_or(NotEstimable::Constant { column })?;
                let own: Vec<Totals> =
                    member.pairs.clone().filter_map(|pair| totals.get(pair * n + item).copied()).collect();
                let spread = Spread::of(&member.footing, psus, &own);
                let point = Point::plain(standard.r, 1.0);
                let mut estimate = verdict::estimate(NATURE, &point, &spread, &member.footing, confidence);
                if self.calibration.is_some() {
                    (estimate.se, estimate.interval, estimate.deff) = (None, None, None);
                }
                Ok(estimate)
            };
            (member.place, (0..n).map(correlation).collect())
        };
        scan.members.iter().zip(0..).map(of_member).collect()
    }
}

/// What a correlation is.
const NATURE: Nature = Nature { range: Range::Within { low: -1.0, high: 1.0 }, is_total: false };
