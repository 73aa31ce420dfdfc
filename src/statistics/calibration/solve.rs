//! Weights `w = d F(x'λ)` within bounds, with λ such that `Σ w x` are the totals.
//!
//! F is `exp` for raking (and for post-stratification, which is raking of one margin) and `1 + u` for linear calibration; a
//! weight beyond a bound stays at it. These are the weights closest to the design weights that keep totals and bounds, in
//! the distance that belongs to F: Deville and Särndal (1992), section 2 and case 7. λ is found by Newton's method; steps
//! that lead away from the totals are halved.

use super::variables::Variables;
use super::{Bounds, CalibrationMethod};
use crate::statistics::rao_scott::pseudo_inverse;
use crate::statistics::rows::Columns;
use nalgebra::{DMatrix, DVector};

/// Steps at most; totals that can be met at all are met in about ten.
const STEPS: usize = 50;
/// Halvings of a step at most.
const HALVINGS: usize = 20;
/// Relative difference from every total at which no further step is taken.
const MET: f64 = 1e-13;
/// Relative difference from every total that may be left: that of rounding where there are many rows.
const ENOUGH: f64 = 1e-10;
/// Added to the diagonal, so that levels whose rows all lie at a bound, or that say what others say, do not stop the way.
const RIDGE: f64 = 1e-9;

/// Rows and what their weights shall add up to.
pub(super) struct Problem<'a> {
    variables: &'a Variables,
    units: Vec<Unit<'a>>,
    method: CalibrationMethod,
    targets: Vec<f64>,
    sizes: Vec<f64>,
}

/// A row, or all rows of a combination where nothing sets them apart.
struct Unit<'a> {
    combination: usize,
    weight: f64,
    quantities: &'a [f64],
}

/// Sums over rows.
struct Sums {
    /// `Σ w x`.
    of_x: DVector<f64>,
    /// `Σ (dw/du) x x'`.
    products: DMatrix<f64>,
}

/// A weight, and how it changes with `x'λ`.
fn weight(method: CalibrationMethod, design_weight: f64, u: f64, bounds: Bounds) -> (f64, f64) {
    let (weight, slope) = match method {
        CalibrationMethod::PostStratify | CalibrationMethod::Rake => {
            let weight = design_weight * u.exp();
            (weight, weight)
        }
        CalibrationMethod::Linear => (design_weight * (1.0 + u), design_weight),
    };
    let within = weight.max(bounds.least).min(bounds.most);
    (within, if within == weight { slope } else { 0.0 })
}

impl<'a> Problem<'a> {
    /// With `by_row` every row has a factor of its own; otherwise all rows of a combination share one.
    pub(super) fn new(
        variables: &'a Variables,
        columns: &Columns,
        method: CalibrationMethod,
        (targets, sizes): (Vec<f64>, Vec<f64>),
        by_row: bool,
    ) -> Self {
        let parts = columns.parts().iter().zip(&variables.combination_of).enumerate();
        let rows = parts.flat_map(|(place, (part, combinations))| {
            let rows = part.weight.iter().zip(combinations).enumerate();
            rows.map(move |(row, (weight, combination))| Unit {
                combination: *combination as usize,
                weight: *weight,
                quantities: variables.quantities(place, row),
            })
        });
        let units = if by_row { rows.collect() } else { together(rows, variables.combinations.len()) };
        Self { variables, units, method, targets, sizes }
    }

    /// `(Σ d x x')⁻`. Margins say some things twice, so it is a generalised inverse.
    pub(super) fn inverse_of_products(&self) -> DMatrix<f64> {
        let n = self.variables.n();
        let products = self.sums(&DVector::zeros(n), Bounds::default()).products;
        let unit = units_of(&products);
        let inverse = pseudo_inverse(scaled(products, &unit)).unwrap_or_else(|| DMatrix::zeros(n, n));
        scaled(inverse, &unit)
    }

    /// Finds λ.
    ///
    /// # Errors
    /// The variable that stays furthest off its total, and how far relative to it.
    pub(super) fn solve(&self, start: DVector<f64>, bounds: Bounds) -> Result<DVector<f64>, (usize, f64)> {
        let unit = units_of(&self.sums(&DVector::zeros(start.len()), Bounds::default()).products);
        let mut lambda = start;
        let mut sums = self.sums(&lambda, bounds);
        let mut worst = self.worst(&sums);
        for _ in 0..STEPS {
            if worst.1 < MET {
                break;
            }
            let Some(mut step) = self.step(&sums, &unit) else { break };
            let mut halving = 0;
            let better = loop {
                let next = &lambda + &step;
                let there = self.sums(&next, bounds);
                let miss = self.worst(&there);
                if miss.1 < worst.1 {
                    break Some((next, there, miss));
                }
                if halving == HALVINGS {
                    break None;
                }
                step *= 0.5;
                halving += 1;
            };
            let Some(better) = better else { break };
            (lambda, sums, worst) = better;
        }
        if worst.1 <= ENOUGH { Ok(lambda) } else { Err(worst) }
    }

    /// The weights that belong to λ, part by part.
    pub(super) fn weights(&self, columns: &Columns, lambda: &DVector<f64>, bounds: Bounds) -> Vec<Vec<f64>> {
        let of_levels = self.variables.of_levels(lambda);
        let parts = columns.parts().iter().zip(&self.variables.combination_of).enumerate();
        let of_part = |(place, (part, combinations)): (usize, (&crate::statistics::rows::Rows, &Vec<u32>))| {
            let rows = part.weight.iter().zip(combinations).enumerate();
            let of_row = |(row, (design_weight, combination)): (usize, (&f64, &u32))| {
                let quantities = self.variables.quantities(place, row);
                let levels = of_levels.get(*combination as usize).copied().unwrap_or(f64::NAN);
                let u = levels + self.variables.of_quantities(lambda, quantities);
                weight(self.method, *design_weight, u, bounds).0
            };
            rows.map(of_row).collect()
        };
        parts.map(of_part).collect()
    }

    /// Newton's step.
    fn step(&self, sums: &Sums, unit: &DVector<f64>) -> Option<DVector<f64>> {
        let mut products = scaled(sums.products.clone(), unit);
        (0..products.nrows()).for_each(|place| {
            if let Some(diagonal) = products.get_mut((place, place)) {
                *diagonal += RIDGE;
            }
        });
        let missing = DVector::from_row_slice(&self.targets) - &sums.of_x;
        let step = products.cholesky()?.solve(&missing.component_mul(unit)).component_mul(unit);
        step.iter().all(|value| value.is_finite()).then_some(step)
    }

    /// The variable furthest off its total, and how far relative to its size; infinitely where sums are no numbers.
    fn worst(&self, sums: &Sums) -> (usize, f64) {
        let misses = sums.of_x.iter().zip(&self.targets).zip(&self.sizes).map(|((sum, target), size)| {
            let miss = (sum - target).abs() / size;
            if miss.is_nan() { f64::INFINITY } else { miss }
        });
        misses.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or_default()
    }

    fn sums(&self, lambda: &DVector<f64>, bounds: Bounds) -> Sums {
        let n = self.variables.n();
        let (n_levels, n_quantities) = (self.variables.n_levels, n - self.variables.n_levels);
        let (mut of_x, mut products) = (DVector::zeros(n), DMatrix::zeros(n, n));
        let of_levels = self.variables.of_levels(lambda);
        // By combination: weights, slopes, and slopes times each quantity.
        let mut together = vec![vec![0.0; 2 + n_quantities]; of_levels.len()];
        for unit in &self.units {
            let (Some(u), Some(sums)) = (of_levels.get(unit.combination), together.get_mut(unit.combination)) else {
                continue;
            };
            let u = u + self.variables.of_quantities(lambda, unit.quantities);
            let (weight, slope) = weight(self.method, unit.weight, u, bounds);
            let added = [weight, slope].into_iter().chain(unit.quantities.iter().map(|x| slope * x));
            sums.iter_mut().zip(added).for_each(|(sum, more)| *sum += more);
            for (a, x) in (n_levels..).zip(unit.quantities) {
                of_x.get_mut(a).into_iter().for_each(|sum| *sum += weight * x);
                (n_levels..).zip(unit.quantities).for_each(|(b, y)| add(&mut products, (a, b), slope * x * y));
            }
        }
        for (levels, sums) in self.variables.combinations.iter().zip(&together) {
            let [weight, slope, crossed @ ..] = sums.as_slice() else { continue };
            for a in levels {
                of_x.get_mut(*a).into_iter().for_each(|sum| *sum += weight);
                levels.iter().for_each(|b| add(&mut products, (*a, *b), *slope));
                for (b, crossed) in (n_levels..).zip(crossed) {
                    add(&mut products, (*a, b), *crossed);
                    add(&mut products, (b, *a), *crossed);
                }
            }
        }
        Sums { of_x, products }
    }
}

/// One unit a combination, with the weight of all its rows.
fn together<'a>(rows: impl Iterator<Item = Unit<'a>>, n_combinations: usize) -> Vec<Unit<'a>> {
    let unit = |combination| Unit { combination, weight: 0.0, quantities: &[] };
    let mut units: Vec<Unit> = (0..n_combinations).map(unit).collect();
    for row in rows {
        if let Some(unit) = units.get_mut(row.combination) {
            unit.weight += row.weight;
        }
    }
    units
}

fn add(matrix: &mut DMatrix<f64>, place: (usize, usize), value: f64) {
    if let Some(entry) = matrix.get_mut(place) {
        *entry += value;
    }
}

/// What makes the diagonal of a matrix of products 1.
fn units_of(products: &DMatrix<f64>) -> DVector<f64> {
    products.diagonal().map(|square| if square > 0.0 { 1.0 / square.sqrt() } else { 1.0 })
}

/// Rows and columns in other units.
fn scaled(mut matrix: DMatrix<f64>, unit: &DVector<f64>) -> DMatrix<f64> {
    matrix.row_iter_mut().zip(unit.iter()).for_each(|(mut row, unit)| row *= *unit);
    matrix.column_iter_mut().zip(unit.iter()).for_each(|(mut column, unit)| column *= *unit);
    matrix
}
