//! Residuals of linearised values on the calibration variables: `u* = w (e − x'B)`, `B = (Σ d x x')⁻ Σ d x e`.

use super::Calibration;
use crate::statistics::lookup::Lookup;
use crate::statistics::rows::Columns;
use crate::statistics::scan::Scan;
use nalgebra::DVector;

/// `x'B` for one figure.
pub(in crate::statistics) struct Residuals<'a> {
    calibration: &'a Calibration,
    b: DVector<f64>,
    /// By combination of levels, as far as levels go.
    of_levels: Vec<f64>,
}

impl<'a> Residuals<'a> {
    /// Regresses a figure's values on the calibration variables. Rows outside its domain have e = 0.
    pub(in crate::statistics) fn of(
        calibration: &'a Calibration,
        lookup: &Lookup,
        columns: &Columns,
        scan: &Scan,
    ) -> Self {
        let variables = &calibration.variables;
        let mut sums = vec![0.0; variables.combinations.len()];
        let mut products = DVector::zeros(variables.n());
        let parts = columns.parts().iter().zip(&variables.combination_of).zip(&calibration.design_weights).enumerate();
        for (place, ((part, combinations), weights)) in parts {
            lookup.rows(part, scan, |row, _, e, _| {
                let combination = combinations.get(row).map_or(usize::MAX, |combination| *combination as usize);
                if let (Some(sum), Some(weight)) = (sums.get_mut(combination), weights.get(row)) {
                    *sum += weight * e;
                    let of_quantities = products.iter_mut().skip(variables.n_levels);
                    let quantities = variables.quantities(place, row);
                    of_quantities.zip(quantities).for_each(|(product, x)| *product += weight * x * e);
                }
            });
        }
        for (levels, sum) in variables.combinations.iter().zip(&sums) {
            for level in levels {
                if let Some(product) = products.get_mut(*level) {
                    *product += sum;
                }
            }
        }
        let b = &calibration.inverse * products;
        Self { calibration, of_levels: variables.of_levels(&b), b }
    }

    /// `x'B` of a row of a part.
    pub(in crate::statistics) fn fitted(&self, part: usize, row: usize) -> f64 {
        let variables = &self.calibration.variables;
        let combination = variables.combination_of.get(part).and_then(|rows| rows.get(row));
        let of_levels = combination.and_then(|combination| self.of_levels.get(*combination as usize));
        let of_quantities = variables.of_quantities(&self.b, variables.quantities(part, row));
        of_levels.copied().unwrap_or_default() + of_quantities
    }
}
