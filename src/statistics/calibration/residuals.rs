//! Residuals of linearised values on the calibration variables: `u* = w (e − x'B)`, `B = (Σ d x x')⁻ Σ d x e`.

use super::Calibration;
use crate::statistics::lookup::Lookup;
use crate::statistics::rows::Columns;
use crate::statistics::scan::Scan;
use nalgebra::DVector;

/// `x'B` by combination of levels, for one figure.
pub(in crate::statistics) struct Residuals<'a> {
    calibration: &'a Calibration,
    fitted: Vec<f64>,
}

impl<'a> Residuals<'a> {
    /// Regresses a figure's values on the calibration variables. Rows outside its domain have e = 0.
    pub(in crate::statistics) fn of(
        calibration: &'a Calibration,
        lookup: &Lookup,
        columns: &Columns,
        scan: &Scan,
    ) -> Self {
        let mut sums = vec![0.0; calibration.combinations.len()];
        let parts = columns.parts().iter().zip(&calibration.combination_of).zip(&calibration.design_weights);
        for ((part, combinations), weights) in parts {
            lookup.rows(part, scan, |row, _, e, _| {
                let place = combinations.get(row).map_or(usize::MAX, |combination| *combination as usize);
                if let (Some(sum), Some(weight)) = (sums.get_mut(place), weights.get(row)) {
                    *sum += weight * e;
                }
            });
        }
        let mut products = DVector::zeros(calibration.inverse.nrows());
        for (levels, sum) in calibration.combinations.iter().zip(&sums) {
            for level in levels {
                if let Some(product) = products.get_mut(*level) {
                    *product += sum;
                }
            }
        }
        let b = &calibration.inverse * products;
        let of = |levels: &Vec<usize>| levels.iter().filter_map(|level| b.get(*level)).sum();
        Self { calibration, fitted: calibration.combinations.iter().map(of).collect() }
    }

    /// `x'B` of a row of a part.
    pub(in crate::statistics) fn fitted(&self, part: usize, row: usize) -> f64 {
        let combination = self.calibration.combination_of.get(part).and_then(|rows| rows.get(row));
        combination.and_then(|combination| self.fitted.get(*combination as usize)).copied().unwrap_or_default()
    }
}
