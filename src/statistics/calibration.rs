//! Weights made to agree with known totals: post-stratification, raking, linear calibration, each with bounds if need be.
//!
//! The spread of an estimate by such weights is that of its residuals on the calibration variables. Sources: Deville and
//! Särndal (1992), "Calibration estimators in survey sampling"; Deming and Stephan (1940) for raking.

mod fault;
mod residuals;
mod solve;
mod variables;

pub use fault::CalibrationFault;
pub(super) use residuals::Residuals;

use super::sample::Sample;
use super::statistic::Reading;
use crate::domain::word::words;
use nalgebra::{DMatrix, DVector};
use solve::Problem;
use std::collections::{BTreeSet, HashMap};
use variables::{Variables, offsets};

/// Relative difference that totals of two margins may have and still be the same population.
pub const SAME_POPULATION: f64 = 1e-6;

words! {
    /// Ways to calibrate.
    CalibrationMethod {
        /// One margin, met exactly, cell by cell.
        PostStratify = "post-stratify",
        /// Several margins at once, by factors of every level; weights stay positive.
        Rake = "rake",
        /// Several margins at once, by regression; weights may turn negative, which is refused.
        Linear = "linear",
    }
}

/// Known totals of a population.
#[derive(Debug, Clone, PartialEq)]
pub enum Margin {
    /// How many have each level of a variable, or of a crossing of several. A crossing of none has one level: everybody.
    Levels {
        /// The coded columns it is made of.
        columns: Vec<usize>,
        /// Codes of these columns → level.
        level_of: HashMap<Vec<u8>, usize>,
        /// The population's total of each level.
        totals: Vec<f64>,
    },
    /// How much of a quantity all have together.
    Quantity {
        /// The quantity of a row.
        reading: Reading,
        /// The population's sum of it.
        total: f64,
    },
}

/// What weights may be at least and at most; by default anything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { least: f64::NEG_INFINITY, most: f64::INFINITY }
    }
}

/// What calibration did to the weights. Effects of unequal weights are `n Σw² / (Σw)²` (Kish 1965, 11.7), 1 for equal ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationReport {
    /// The effect of unequal weights before.
    pub kish_before: f64,
    /// The same of calibrated weights without bounds.
    pub kish_unbounded: f64,
    /// The same after all.
    pub kish_after: f64,
    /// The smallest weight after.
    pub least: f64,
    /// The largest weight after.
    pub most: f64,
    /// What weights were allowed to be.
    pub bounds: Option<Bounds>,
    /// Rows whose weight was cut to the largest allowed.
    pub n_at_most: u64,
    /// Rows whose weight was raised to the least allowed.
    pub n_at_least: u64,
    /// The largest difference from a total, relative to the total.
    pub largest_miss: f64,
}

/// Calibrated weights: what is needed to find residuals.
#[derive(Debug)]
pub(super) struct Calibration {
    variables: Variables,
    /// By part, then row: the weight before calibration.
    design_weights: Vec<Vec<f64>>,
    /// `(Σ d x x')⁻`.
    inverse: DMatrix<f64>,
}

impl Sample {
    /// Calibrates the weights to margins, once for all estimates made afterwards.
    ///
    /// Bounds hold for the weights themselves, and the margins hold with them: the weights are `w = d F(x'λ)` cut to the
    /// bounds, with λ chosen such that what is left still adds up to the totals. That is what trimming and raking in turn
    /// look for, found at once, and what `calibrate(…, bounds = , bounds.const = TRUE)` of R's `survey` gives.
    ///
    /// It cannot agree with `trimWeights()` of R's `survey` after `postStratify()` or `calibrate()`: that cuts weights and
    /// spreads what was cut evenly over all others, of whichever level, so its weights no longer meet the margins, and the
    /// spread it gives treats totals as known that its weights do not have. Nor can the spread agree with `rake()` there,
    /// which regresses without weights; `calibrate(calfun = "raking")` gives the same weights and this spread.
    ///
    /// The spread is that of the final weights times the residuals of a regression by the design weights. Bounds are taken
    /// as given, not as chosen after a look at the weights.
    ///
    /// # Errors
    /// Every reason why it cannot be done; the weights are then as they were.
    pub fn calibrate(
        &mut self,
        margins: &[Margin],
        method: CalibrationMethod,
        bounds: Option<Bounds>,
    ) -> Result<CalibrationReport, Vec<CalibrationFault>> {
        // Without a file's weights the design's are the ones to start from, row by row.
        let design_weights = self.columns.weights(&self.weights_of_blocks());
        self.columns.set_weights(design_weights.clone());
        let variables = self.calibration_variables(margins, method, bounds)?;
        let (allowed, n) = (bounds.unwrap_or_default(), variables.n());
        let targets = variables.targets(margins);
        let has_quantities = variables.n_levels < n;
        let by_row = has_quantities || bounds.is_some();
        let problem = Problem::new(&variables, &self.columns, method, targets, by_row);
        let not_met = |is_bounded| move |(place, miss)| vec![not_met(margins, place, miss, is_bounded)];
        let lambda = problem.solve(DVector::zeros(n), Bounds::default()).map_err(not_met(false))?;
        let unbounded = problem.weights(&self.columns, &lambda, Bounds::default());
        let weights = match bounds {
            None => unbounded.clone(),
            Some(_) => {
                let lambda = problem.solve(lambda, allowed).map_err(not_met(true))?;
                problem.weights(&self.columns, &lambda, allowed)
            }
        };
        not_positive(&weights)?;
        let inverse = problem.inverse_of_products();
        let count = |is: &dyn Fn(f64) -> bool| weights.iter().flatten().filter(|weight| is(**weight)).count() as u64;
        let report = CalibrationReport {
            kish_before: kish(design_weights.iter().flatten()),
            kish_unbounded: kish(unbounded.iter().flatten()),
            kish_after: kish(weights.iter().flatten()),
            least: weights.iter().flatten().copied().fold(f64::INFINITY, f64::min),
            most: weights.iter().flatten().copied().fold(0.0, f64::max),
            bounds,
            n_at_most: count(&|weight| weight >= allowed.most),
            n_at_least: count(&|weight| weight <= allowed.least),
            largest_miss: self.largest_miss(margins, &weights),
        };
        self.columns.set_weights(weights);
        self.calibration = Some(Calibration { variables, design_weights, inverse });
        Ok(report)
    }

    /// Every reason that can be seen before weights are sought.
    ///
    /// # Errors
    /// The reasons, at least one.
    pub fn check_calibration(
        &self,
        margins: &[Margin],
        method: CalibrationMethod,
        bounds: Option<Bounds>,
    ) -> Result<(), Vec<CalibrationFault>> {
        self.calibration_variables(margins, method, bounds).map(|_| ())
    }

    fn calibration_variables(
        &self,
        margins: &[Margin],
        method: CalibrationMethod,
        bounds: Option<Bounds>,
    ) -> Result<Variables, Vec<CalibrationFault>> {
        let mut faults = total_faults(margins, method);
        let variables = Variables::of(&self.columns, margins);
        let variables = variables.map_err(|more| faults.extend(more));
        if let (Ok(variables), Some(bounds)) = (&variables, bounds) {
            faults.extend(out_of_bounds(margins, &variables.rows_by_level(), bounds));
        }
        faults.extend(self.nested(margins));
        match variables {
            Ok(variables) if faults.is_empty() => Ok(variables),
            _ => Err(faults),
        }
    }

    /// Margins of which every level lies in one PSU.
    fn nested(&self, margins: &[Margin]) -> Vec<CalibrationFault> {
        let is_nested = |margin: &Margin| {
            let mut psu_of: HashMap<usize, u32> = HashMap::new();
            let mut psus = BTreeSet::new();
            for part in self.columns.parts() {
                for (row, &block) in part.block.iter().enumerate() {
                    let Some(level) = margin.level(part, row) else { return false };
                    let psu = self.index.blocks().get(block as usize).map_or(0, |block| block.psu);
                    if let Ok(level) = level
                        && *psu_of.entry(level).or_insert(psu) != psu
                    {
                        return false;
                    }
                    psus.insert(psu);
                }
            }
            psus.len() > 1
        };
        let nested = margins.iter().enumerate().filter(|(_, margin)| is_nested(margin));
        nested.map(|(margin, _)| CalibrationFault::NestedInPsus { margin }).collect()
    }

    /// The largest difference of sums of weights from the totals as they were given, relative to them.
    fn largest_miss(&self, margins: &[Margin], weights: &[Vec<f64>]) -> f64 {
        let mut largest: f64 = 0.0;
        for margin in margins {
            let totals = match margin {
                Margin::Levels { totals, .. } => totals.as_slice(),
                Margin::Quantity { total, .. } => std::slice::from_ref(total),
            };
            let mut sums = vec![0.0; totals.len()];
            for (part, weights) in self.columns.parts().iter().zip(weights) {
                for (row, weight) in weights.iter().enumerate() {
                    let (place, x) = match margin {
                        Margin::Levels { .. } => (margin.level(part, row).and_then(Result::ok), 1.0),
                        Margin::Quantity { reading, .. } => (Some(0), reading.value(part, row)),
                    };
                    if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
                        *sum += weight * x;
                    }
                }
            }
            let relative = |(sum, total): (&f64, &f64)| {
                let miss = (sum - total).abs();
                if *total == 0.0 { miss } else { miss / total.abs() }
            };
            largest = sums.iter().zip(totals).map(relative).fold(largest, f64::max);
        }
        largest
    }
}

/// What is wrong with the totals themselves.
fn total_faults(margins: &[Margin], method: CalibrationMethod) -> Vec<CalibrationFault> {
    let mut faults = Vec::new();
    if method == CalibrationMethod::PostStratify && margins.len() != 1 {
        faults.push(CalibrationFault::OneMarginOnly);
    }
    for (margin, of_margin) in margins.iter().enumerate() {
        match of_margin {
            Margin::Levels { totals, .. } => {
                let bad = totals.iter().enumerate().filter(|(_, total)| !(**total > 0.0 && total.is_finite()));
                faults.extend(bad.map(|(level, _)| CalibrationFault::BadTotal { margin, level }));
            }
            Margin::Quantity { total, .. } => {
                if method == CalibrationMethod::PostStratify {
                    faults.push(CalibrationFault::NoLevels { margin });
                }
                if !total.is_finite() {
                    faults.push(CalibrationFault::BadTotal { margin, level: 0 });
                }
            }
        }
    }
    let mut sizes = margins.iter().enumerate().filter_map(|(margin, of_margin)| Some((margin, of_margin.size()?)));
    if let Some(first) = sizes.next() {
        let others = sizes.filter(|(_, size)| (size - first.1).abs() > SAME_POPULATION * first.1.abs());
        faults.extend(others.map(|second| CalibrationFault::Contradiction { first, second }));
    }
    faults
}

/// Levels whose total is more than their rows can have at the largest weight, or less than at the least.
fn out_of_bounds(margins: &[Margin], n_rows: &[u64], bounds: Bounds) -> Vec<CalibrationFault> {
    let mut faults = Vec::new();
    for ((margin, of_margin), offset) in margins.iter().enumerate().zip(offsets(margins)) {
        let Margin::Levels { totals, .. } = of_margin else { continue };
        for ((level, total), &n_rows) in totals.iter().enumerate().zip(n_rows.iter().skip(offset)) {
            let n = n_rows as f64;
            let reached = total.max(n * bounds.least).min(n * bounds.most);
            if reached != *total {
                faults.push(CalibrationFault::OutOfBounds { margin, level, n_rows, reached, needed: total / n });
            }
        }
    }
    faults
}

/// The fault of a variable that stays off its total.
fn not_met(margins: &[Margin], place: usize, miss: f64, is_bounded: bool) -> CalibrationFault {
    let levels = margins
        .iter()
        .enumerate()
        .flat_map(|(margin, of_margin)| (0..of_margin.n_levels()).map(move |level| (margin, level)));
    let quantities = margins.iter().enumerate().filter(|(_, margin)| margin.size().is_none());
    let (margin, level) = levels.chain(quantities.map(|(margin, _)| (margin, 0))).nth(place).unwrap_or_default();
    CalibrationFault::NotMet { margin, level, miss, is_bounded }
}

/// Refuses weights that are not above 0.
fn not_positive(weights: &[Vec<f64>]) -> Result<(), Vec<CalibrationFault>> {
    let is_bad = |weight: f64| weight.is_nan() || weight <= 0.0;
    let n_rows = weights.iter().flatten().filter(|weight| is_bad(**weight)).count() as u64;
    let least = weights.iter().flatten().copied().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
    match least {
        Some((row, least)) if n_rows > 0 => Err(vec![CalibrationFault::NotPositive { n_rows, least, row }]),
        _ => Ok(()),
    }
}

/// `n Σw² / (Σw)²`.
fn kish<'a>(weights: impl Iterator<Item = &'a f64>) -> f64 {
    let (n, sum, squares) =
        weights.fold((0.0, 0.0, 0.0), |(n, sum, squares), weight| (n + 1.0, sum + weight, squares + weight * weight));
    n * squares / (sum * sum)
}
