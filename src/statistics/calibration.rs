//! Weights made to agree with known totals: post-stratification, raking, linear calibration, and trimming.
//!
//! The spread of an estimate by such weights is that of its residuals on the calibration variables. Sources: Deville and
//! Särndal (1992), "Calibration estimators in survey sampling"; Deming and Stephan (1940) for raking.

mod residuals;
mod solve;

pub(super) use residuals::Residuals;

use super::sample::Sample;
use crate::domain::packing::NOT_APPLICABLE;
use crate::domain::word::words;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Relative difference that totals of two margins may have and still be the same population.
const SAME_POPULATION: f64 = 1e-6;

words! {
    /// Ways to calibrate.
    CalibrationMethod {
        /// One margin, met exactly, cell by cell.
        PostStratify = "post-stratify",
        /// Several margins, met in turn until all hold; weights stay positive.
        Rake = "rake",
        /// Several margins at once, by regression; weights may turn negative, which is refused.
        Linear = "linear",
    }
}

/// A variable, or a crossing of several, with known totals.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The coded columns it is made of.
    pub columns: Vec<usize>,
    /// Codes of these columns → level.
    pub level_of: HashMap<Vec<u8>, usize>,
    /// The population's total of each level.
    pub totals: Vec<f64>,
}

/// Why weights cannot be calibrated. Margins and levels go by their places.
#[derive(Debug, Clone, PartialEq)]
pub enum CalibrationFault {
    /// Rows have codes for which no total is given; a missing answer is one of them.
    NoTotal {
        /// The margin.
        margin: usize,
        /// The codes of its columns.
        codes: Vec<u8>,
        /// Rows.
        n_rows: u64,
    },
    /// A level has a total, but no row.
    NoRows {
        /// The margin.
        margin: usize,
        /// The level.
        level: usize,
    },
    /// A total is no number above 0.
    BadTotal {
        /// The margin.
        margin: usize,
        /// The level.
        level: usize,
    },
    /// Two margins are about populations of different size.
    Contradiction {
        /// One margin and the sum of its totals.
        first: (usize, f64),
        /// The other.
        second: (usize, f64),
    },
    /// Post-stratification knows one margin only.
    OneMarginOnly,
    /// Every level of a margin lies in one PSU: the residuals would cancel and the spread look like nothing.
    NestedInPsus {
        /// The margin.
        margin: usize,
    },
    /// The margins cannot all be met.
    NotMet {
        /// The margin furthest off.
        margin: usize,
        /// Its level.
        level: usize,
        /// By how much, relative to the total.
        miss: f64,
    },
    /// Linear calibration gave weights that are not above 0.
    NotPositive {
        /// How many rows have one.
        n_rows: u64,
    },
    /// No weight lies below the cap that trimmed weight could be spread over.
    CapTooLow,
}

/// What calibration did to the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationReport {
    /// The variance inflation by unequal weights, `n Σw² / (Σw)²` (Kish 1965, 11.7), before.
    pub kish_before: f64,
    /// The same after.
    pub kish_after: f64,
    /// The smallest weight after.
    pub least: f64,
    /// The largest weight after.
    pub most: f64,
    /// Rows whose weight was cut to the cap.
    pub n_trimmed: u64,
    /// The largest difference from a total that trimming left, relative to the total.
    pub largest_miss: f64,
}

/// Calibrated weights: what is needed to find residuals.
#[derive(Debug)]
pub(super) struct Calibration {
    /// By part, then row: the combination of levels.
    combination_of: Vec<Vec<u32>>,
    /// By part, then row: the weight before calibration.
    design_weights: Vec<Vec<f64>>,
    /// By combination: the place of each margin's level among the levels of all margins.
    combinations: Vec<Vec<usize>>,
    /// `(Σ d x x')⁻`, row by row.
    inverse: nalgebra::DMatrix<f64>,
}

/// Rows by combination of levels, on the way to weights.
struct Counted {
    combination_of: Vec<Vec<u32>>,
    combinations: Vec<Vec<usize>>,
    /// Sum of design weights by combination.
    weight: Vec<f64>,
}

impl Sample {
    /// Calibrates the weights to margins, once for all estimates made afterwards. A cap cuts the largest weights and spreads
    /// what was cut evenly over the others, which loosens the margins.
    ///
    /// # Errors
    /// Every reason why it cannot be done; the weights are then as they were.
    pub fn calibrate(
        &mut self,
        margins: &[Margin],
        method: CalibrationMethod,
        cap: Option<f64>,
    ) -> Result<CalibrationReport, Vec<CalibrationFault>> {
        let of_design = self.weights_of_blocks();
        self.columns.set_weights(self.columns.weights(&of_design));
        let mut faults = total_faults(margins, method);
        let counted = self.count(margins, &mut faults);
        faults.extend(self.nested(margins));
        if !faults.is_empty() {
            return Err(faults);
        }
        let totals: Vec<f64> = margins.iter().flat_map(|margin| margin.totals.iter().copied()).collect();
        let sizes: Vec<usize> = margins.iter().map(|margin| margin.totals.len()).collect();
        let inverse = solve::inverse_of_products(&counted.combinations, &counted.weight, totals.len());
        let factors = match method {
            CalibrationMethod::PostStratify | CalibrationMethod::Rake => {
                solve::rake(&counted.combinations, &counted.weight, &sizes, &totals)?
            }
            CalibrationMethod::Linear => solve::linear(&counted.combinations, &counted.weight, &totals, &inverse),
        };
        let design_weights = self.columns.weights(&of_design);
        let mut weights = design_weights.clone();
        for (weights, combinations) in weights.iter_mut().zip(&counted.combination_of) {
            for (weight, combination) in weights.iter_mut().zip(combinations) {
                *weight *= factors.get(*combination as usize).copied().unwrap_or(f64::NAN);
            }
        }
        let n_rows = weights.iter().flatten().filter(|weight| weight.is_nan() || **weight <= 0.0).count() as u64;
        if n_rows > 0 {
            return Err(vec![CalibrationFault::NotPositive { n_rows }]);
        }
        let n_trimmed = cap.map_or(Ok(0), |cap| trim(&mut weights, cap))?;
        let report = CalibrationReport {
            kish_before: kish(design_weights.iter().flatten()),
            kish_after: kish(weights.iter().flatten()),
            least: weights.iter().flatten().copied().fold(f64::INFINITY, f64::min),
            most: weights.iter().flatten().copied().fold(0.0, f64::max),
            n_trimmed,
            largest_miss: largest_miss(&counted, &weights, &totals),
        };
        self.columns.set_weights(weights);
        let Counted { combination_of, combinations, .. } = counted;
        self.calibration = Some(Calibration { combination_of, design_weights, combinations, inverse });
        Ok(report)
    }

    /// Sorts rows into combinations of levels.
    fn count(&self, margins: &[Margin], faults: &mut Vec<CalibrationFault>) -> Counted {
        let sizes = margins.iter().map(|margin| margin.totals.len());
        let offsets: Vec<usize> = sizes.scan(0, |next, size| Some(std::mem::replace(next, *next + size))).collect();
        let mut places: HashMap<Vec<usize>, u32> = HashMap::new();
        let mut unknown: BTreeMap<(usize, Vec<u8>), u64> = BTreeMap::new();
        let mut counted = Counted { combination_of: Vec::new(), combinations: Vec::new(), weight: Vec::new() };
        for part in self.columns.parts() {
            let mut of_part = Vec::with_capacity(part.block.len());
            for (row, weight) in part.weight.iter().enumerate() {
                let mut levels = Vec::with_capacity(margins.len());
                for (place, (margin, offset)) in margins.iter().zip(&offsets).enumerate() {
                    let code = |column: &usize| part.codes(*column).get(row).copied().unwrap_or(NOT_APPLICABLE);
                    let codes: Vec<u8> = margin.columns.iter().map(code).collect();
                    match margin.level_of.get(&codes) {
                        Some(level) => levels.push(offset + level),
                        None => *unknown.entry((place, codes)).or_default() += 1,
                    }
                }
                let next = counted.combinations.len() as u32;
                let combination = *places.entry(levels).or_insert_with_key(|levels| {
                    counted.combinations.push(levels.clone());
                    counted.weight.push(0.0);
                    next
                });
                if let Some(sum) = counted.weight.get_mut(combination as usize) {
                    *sum += weight;
                }
                of_part.push(combination);
            }
            counted.combination_of.push(of_part);
        }
        let no_total =
            |((margin, codes), n_rows): ((usize, Vec<u8>), u64)| CalibrationFault::NoTotal { margin, codes, n_rows };
        faults.extend(unknown.into_iter().map(no_total));
        let seen: BTreeSet<usize> = counted.combinations.iter().flatten().copied().collect();
        for (margin, (of_margin, offset)) in margins.iter().zip(&offsets).enumerate() {
            let empty = (0..of_margin.totals.len()).filter(|level| !seen.contains(&(offset + level)));
            faults.extend(empty.map(|level| CalibrationFault::NoRows { margin, level }));
        }
        counted
    }

    /// Margins of which every level lies in one PSU.
    fn nested(&self, margins: &[Margin]) -> Vec<CalibrationFault> {
        let is_nested = |margin: &Margin| {
            let mut psu_of: HashMap<usize, u32> = HashMap::new();
            let mut psus = BTreeSet::new();
            for part in self.columns.parts() {
                for (row, &block) in part.block.iter().enumerate() {
                    let code = |column: &usize| part.codes(*column).get(row).copied().unwrap_or(NOT_APPLICABLE);
                    let codes: Vec<u8> = margin.columns.iter().map(code).collect();
                    let psu = self.index.blocks().get(block as usize).map_or(0, |block| block.psu);
                    if let Some(level) = margin.level_of.get(&codes)
                        && *psu_of.entry(*level).or_insert(psu) != psu
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
}

/// What is wrong with the totals themselves.
fn total_faults(margins: &[Margin], method: CalibrationMethod) -> Vec<CalibrationFault> {
    let mut faults = Vec::new();
    if method == CalibrationMethod::PostStratify && margins.len() != 1 {
        faults.push(CalibrationFault::OneMarginOnly);
    }
    for (margin, of_margin) in margins.iter().enumerate() {
        let bad = of_margin.totals.iter().enumerate().filter(|(_, total)| !(**total > 0.0 && total.is_finite()));
        faults.extend(bad.map(|(level, _)| CalibrationFault::BadTotal { margin, level }));
    }
    let sums: Vec<f64> = margins.iter().map(|margin| margin.totals.iter().sum()).collect();
    if let Some(first) = sums.first() {
        let others = sums.iter().enumerate().filter(|(_, sum)| (*sum - first).abs() > SAME_POPULATION * first.abs());
        faults.extend(
            others.map(|(margin, sum)| CalibrationFault::Contradiction { first: (0, *first), second: (margin, *sum) }),
        );
    }
    faults
}

/// Cuts weights to a cap and spreads what was cut evenly over those that were below it.
fn trim(weights: &mut [Vec<f64>], cap: f64) -> Result<u64, Vec<CalibrationFault>> {
    let above: Vec<f64> = weights.iter().flatten().copied().filter(|weight| *weight > cap).collect();
    let n_below = weights.iter().map(Vec::len).sum::<usize>() - above.len();
    if cap.is_nan() || cap <= 0.0 || n_below == 0 {
        return Err(vec![CalibrationFault::CapTooLow]);
    }
    let share = above.iter().map(|weight| weight - cap).sum::<f64>() / n_below as f64;
    for weight in weights.iter_mut().flatten() {
        *weight = if *weight > cap { cap } else { *weight + share };
    }
    Ok(above.len() as u64)
}

fn largest_miss(counted: &Counted, weights: &[Vec<f64>], totals: &[f64]) -> f64 {
    let mut sums = vec![0.0; totals.len()];
    for (weights, combinations) in weights.iter().zip(&counted.combination_of) {
        for (weight, combination) in weights.iter().zip(combinations) {
            for level in counted.combinations.get(*combination as usize).into_iter().flatten() {
                if let Some(sum) = sums.get_mut(*level) {
                    *sum += weight;
                }
            }
        }
    }
    sums.iter().zip(totals).map(|(sum, total)| (sum - total).abs() / total).fold(0.0, f64::max)
}

/// `n Σw² / (Σw)²`.
fn kish<'a>(weights: impl Iterator<Item = &'a f64>) -> f64 {
    let (n, sum, squares) =
        weights.fold((0.0, 0.0, 0.0), |(n, sum, squares), weight| (n + 1.0, sum + weight, squares + weight * weight));
    n * squares / (sum * sum)
}
