//! Whether the rows and columns of a table are independent, under the design the table was sampled by.
//!
//! Source: Rao and Scott (1984), "On chi-squared tests for multiway contingency tables with cell proportions estimated from
//! survey data": Pearson's statistic with the second-order correction, referred to F.

use super::tail::f_tail;
use nalgebra::{DMatrix, DVector};

/// Eigenvalues below this part of the largest are rounding of zero.
const NEGLIGIBLE: f64 = 1e-10;

/// A test of independence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Independence {
    /// Pearson's X² of the estimated proportions, as if the rows were a simple random sample.
    pub x2: f64,
    /// The statistic referred to F.
    pub f: f64,
    /// Its first degrees of freedom.
    pub ndf: f64,
    /// Its second degrees of freedom.
    pub ddf: f64,
    /// The probability of so much dependence by chance.
    pub p: f64,
}

/// Tests a table: `proportions` of its cells row by row and their `covariance` (row by row, cells squared), the table's
/// `n_columns`, the number of rows of the sample `n`, and the degrees of freedom of the design.
///
/// `None` where a cell is empty in a way that leaves nothing to test, or the sizes do not agree.
#[must_use]
pub fn rao_scott(proportions: &[f64], covariance: &[f64], n_columns: usize, n: f64, df: f64) -> Option<Independence> {
    let cells = proportions.len();
    let n_rows = cells.checked_div(n_columns)?;
    if n_rows < 2 || n_columns < 2 || n_rows * n_columns != cells || covariance.len() != cells * cells {
        return None;
    }
    if proportions.iter().any(|p| p.is_nan() || *p <= 0.0) || covariance.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let p = DMatrix::from_row_slice(n_rows, n_columns, proportions);
    let (of_row, of_column) = (p.column_sum(), p.row_sum());
    let expected = &of_row * &of_column;
    let x2 = n * p.zip_fold(&expected, 0.0, |sum, p, expected| sum + (p - expected).powi(2) / expected);
    let contrasts = interactions(n_rows, n_columns);
    let inverse = DMatrix::from_diagonal(&DVector::from_iterator(cells, proportions.iter().map(|p| 1.0 / p)));
    let v = DMatrix::from_row_slice(cells, cells, covariance);
    let scaled = &inverse * &contrasts;
    let simple = scaled.transpose() * &contrasts / n;
    let real = scaled.transpose() * v * &scaled;
    let delta = pseudo_inverse(simple)? * real;
    let (trace, trace_of_square) = (delta.trace(), (&delta * &delta).trace());
    if !(trace > 0.0 && trace_of_square > 0.0) {
        return None;
    }
    let ndf = trace * trace / trace_of_square;
    let (f, ddf) = (x2 / trace, ndf * df);
    Some(Independence { x2, f, ndf, ddf, p: f_tail(f, ndf, ddf)? })
}

/// The contrasts that are all zero where rows and columns are independent in the logarithms of the proportions.
fn interactions(n_rows: usize, n_columns: usize) -> DMatrix<f64> {
    let sum_to_zero = |n: usize| {
        DMatrix::from_fn(n, n - 1, |row, column| match row {
            row if row == column => 1.0,
            row if row == n - 1 => -1.0,
            _ => 0.0,
        })
    };
    sum_to_zero(n_rows).kronecker(&sum_to_zero(n_columns))
}

/// The inverse on the space a symmetric matrix spans.
pub(super) fn pseudo_inverse(matrix: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let eigen = matrix.symmetric_eigen();
    let largest = eigen.eigenvalues.amax();
    let inverse = eigen.eigenvalues.map(|value| if value > NEGLIGIBLE * largest { 1.0 / value } else { 0.0 });
    let vectors = &eigen.eigenvectors;
    let result = vectors * DMatrix::from_diagonal(&inverse) * vectors.transpose();
    result.iter().all(|value| value.is_finite()).then_some(result)
}
