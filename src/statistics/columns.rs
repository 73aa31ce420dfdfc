//! Rows that arrive one by one become Polars columns: `psu` (`u32`, the desk), `weight` (`f64`, null where the design
//! gives the weight) and one `u8` column an item.

use polars::prelude::{
    Column, DataFrame, Float64Chunked, IntoColumn, NewChunkedArray, PolarsResult, UInt8Chunked, UInt32Chunked,
};
use std::collections::BTreeMap;

/// Rows in one chunk of the columns, and so in one unit of work. Fixed, because the boundaries decide in which order
/// sums are formed; large enough that merging costs nothing, small enough that a chunk of one column stays in cache.
const ROWS_PER_PART: usize = 1 << 18;

/// The desk of each row.
const PSU: &str = "psu";
/// The weight of each row, if it has one of its own.
const WEIGHT: &str = "weight";

/// Answer sheets on their way into columns.
#[derive(Debug, Clone)]
pub struct Columns {
    n_items: usize,
    filling: Vec<Filling>,
    n_malformed: usize,
}

/// The rows of one part, while it fills.
#[derive(Debug, Clone)]
struct Filling {
    psu: Vec<u32>,
    weight: Vec<Option<f64>>,
    items: Vec<Vec<u8>>,
}

impl Columns {
    /// No rows yet, of sheets with `n_items` codes.
    #[must_use]
    pub fn new(n_items: usize) -> Self {
        Self { n_items, filling: Vec::new(), n_malformed: 0 }
    }

    /// Adds a sheet: the index of its desk in the sample's list of desks, its own weight if it has one (otherwise the
    /// design gives it), and one code per item.
    ///
    /// A sheet with another number of codes is not added; [`Sample::new`](super::Sample::new) reports how many there were.
    pub fn push(&mut self, desk: u32, weight: Option<f64>, codes: &[u8]) {
        if codes.len() != self.n_items {
            self.n_malformed += 1;
            return;
        }
        if self.filling.last().is_none_or(|part| part.psu.len() == ROWS_PER_PART) {
            self.filling.push(Filling { psu: Vec::new(), weight: Vec::new(), items: vec![Vec::new(); self.n_items] });
        }
        if let Some(part) = self.filling.last_mut() {
            part.psu.push(desk);
            part.weight.push(weight);
            part.items.iter_mut().zip(codes).for_each(|(column, &code)| column.push(code));
        }
    }

    /// Items per sheet.
    #[must_use]
    pub fn n_items(&self) -> usize {
        self.n_items
    }

    /// Sheets that were refused because they had another number of codes.
    pub(super) fn n_malformed(&self) -> usize {
        self.n_malformed
    }

    /// The rows as one frame of several chunks.
    pub(super) fn into_frame(self) -> PolarsResult<DataFrame> {
        let mut frame = Filling { psu: vec![], weight: vec![], items: vec![vec![]; self.n_items] }.into_frame()?;
        for (i, part) in self.filling.into_iter().enumerate() {
            let part = part.into_frame()?;
            if i == 0 {
                frame = part;
            } else {
                frame.vstack_mut_owned(part)?;
            }
        }
        Ok(frame)
    }
}

impl Filling {
    fn into_frame(self) -> PolarsResult<DataFrame> {
        let height = self.psu.len();
        let mut columns: Vec<Column> = vec![
            UInt32Chunked::from_vec(PSU.into(), self.psu).into_column(),
            Float64Chunked::from_iter_options(WEIGHT.into(), self.weight.into_iter()).into_column(),
        ];
        columns.extend(
            self.items
                .into_iter()
                .enumerate()
                .map(|(i, codes)| UInt8Chunked::from_vec(format!("item_{i}").into(), codes).into_column()),
        );
        DataFrame::new(height, columns)
    }
}

/// Rows per desk, as `(desk, rows)`, for the desks that have any.
pub(super) fn rows_per_desk(frame: &DataFrame) -> PolarsResult<Vec<(u32, u64)>> {
    let mut rows = BTreeMap::new();
    for desk in frame.column(PSU)?.u32()?.into_no_null_iter() {
        *rows.entry(desk).or_insert(0) += 1;
    }
    Ok(rows.into_iter().collect())
}

/// How many rows have a weight that is not a positive number.
pub(super) fn n_bad_weights(frame: &DataFrame) -> PolarsResult<usize> {
    let weights = frame.column(WEIGHT)?.f64()?;
    Ok(weights.iter().flatten().filter(|weight| !(weight.is_finite() && *weight > 0.0)).count())
}

/// One chunk of the columns.
#[derive(Debug)]
pub(super) struct Part {
    psu: UInt32Chunked,
    weight: Float64Chunked,
    items: Vec<UInt8Chunked>,
}

impl Part {
    /// The chunks of a frame, in order.
    pub(super) fn all_of(mut frame: DataFrame) -> PolarsResult<Vec<Self>> {
        frame.split_chunks().map(|chunk| Self::of(&chunk)).collect()
    }

    fn of(chunk: &DataFrame) -> PolarsResult<Self> {
        let items = chunk.columns().get(2..).unwrap_or_default();
        Ok(Self {
            psu: chunk.column(PSU)?.u32()?.clone(),
            weight: chunk.column(WEIGHT)?.f64()?.clone(),
            items: items.iter().map(|column| Ok(column.u8()?.clone())).collect::<PolarsResult<_>>()?,
        })
    }

    /// The desk of each row.
    pub(super) fn psu(&self) -> &[u32] {
        self.psu.data_views().next().unwrap_or_default()
    }

    /// The own weight of each row.
    pub(super) fn weights(&self) -> impl Iterator<Item = Option<f64>> {
        self.weight.iter()
    }

    /// The codes of an item; empty if there is no such item.
    pub(super) fn codes(&self, item: usize) -> &[u8] {
        self.items.get(item).and_then(|codes| codes.data_views().next()).unwrap_or_default()
    }
}
