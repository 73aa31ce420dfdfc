//! Factors of weights, by combination of levels: all rows with the same levels get the same factor.

use super::CalibrationFault;
use crate::statistics::rao_scott::pseudo_inverse;
use nalgebra::{DMatrix, DVector};

/// Rounds of raking at most; margins that agree at all are met in tens.
const ROUNDS: usize = 10_000;
/// Relative difference from every total at which raking ends.
const MET: f64 = 1e-12;

/// Meets the margins in turn until all hold. `levels` of each combination are places among all levels, one of each margin in
/// order; `sizes` are the margins' numbers of levels.
pub(super) fn rake(
    combinations: &[Vec<usize>],
    weight: &[f64],
    sizes: &[usize],
    totals: &[f64],
) -> Result<Vec<f64>, Vec<CalibrationFault>> {
    let mut factors = vec![1.0; combinations.len()];
    let sums_of = |factors: &[f64]| {
        let mut sums = vec![0.0; totals.len()];
        for ((levels, weight), factor) in combinations.iter().zip(weight).zip(factors) {
            for level in levels {
                if let Some(sum) = sums.get_mut(*level) {
                    *sum += weight * factor;
                }
            }
        }
        sums
    };
    let miss = |sum: f64, total: f64| (sum - total).abs() / total;
    for _ in 0..ROUNDS {
        for margin in 0..sizes.len() {
            let sums = sums_of(&factors);
            for (levels, factor) in combinations.iter().zip(&mut factors) {
                let Some(level) = levels.get(margin) else { continue };
                if let (Some(sum), Some(total)) = (sums.get(*level), totals.get(*level)) {
                    *factor *= total / sum;
                }
            }
        }
        let sums = sums_of(&factors);
        if sums.iter().zip(totals).all(|(sum, total)| miss(*sum, *total) < MET) {
            return Ok(factors);
        }
    }
    let sums = sums_of(&factors);
    let misses = sums.iter().zip(totals).map(|(sum, total)| miss(*sum, *total)).enumerate();
    let (worst, miss) = misses.max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or_default();
    let mut first = 0;
    for (margin, size) in sizes.iter().enumerate() {
        if worst < first + size {
            return Err(vec![CalibrationFault::NotMet { margin, level: worst - first, miss }]);
        }
        first += size;
    }
    Ok(factors)
}

/// `g = 1 + x'λ` with `λ = (Σ d x x')⁻ (T − Σ d x)`.
pub(super) fn linear(combinations: &[Vec<usize>], weight: &[f64], totals: &[f64], inverse: &DMatrix<f64>) -> Vec<f64> {
    let mut missing = DVector::from_row_slice(totals);
    for (levels, weight) in combinations.iter().zip(weight) {
        for level in levels {
            if let Some(missing) = missing.get_mut(*level) {
                *missing -= weight;
            }
        }
    }
    let lambda = inverse * missing;
    let of = |levels: &Vec<usize>| levels.iter().filter_map(|level| lambda.get(*level)).sum::<f64>();
    combinations.iter().map(|levels| 1.0 + of(levels)).collect()
}

/// `(Σ d x x')⁻`; margins say some things twice, so it is a pseudo-inverse.
pub(super) fn inverse_of_products(combinations: &[Vec<usize>], weight: &[f64], n_levels: usize) -> DMatrix<f64> {
    let mut products = DMatrix::zeros(n_levels, n_levels);
    for (levels, weight) in combinations.iter().zip(weight) {
        for a in levels {
            for b in levels {
                if let Some(product) = products.get_mut((*a, *b)) {
                    *product += weight;
                }
            }
        }
    }
    pseudo_inverse(products).unwrap_or_else(|| DMatrix::zeros(n_levels, n_levels))
}
