//! Moments as Parquet: one row for each statistic, PSU, cell and term, in columns that any program can read. Adding up
//! `a` and `b` over all rows of a statistic and dividing gives its mean.
//!
//! | column | what it holds |
//! |---|---|
//! | `figure` | the statistic, numbered from 1 in the order asked |
//! | `statistic`, `category` | as typed; of a distribution, the category |
//! | `range`, `low`, `high` | the values it can have: `share`, `within` low and high, or `unbounded` |
//! | `term`, `kind`, `factor` | the statistic is the sum of factor times Σa/Σb (`mean`, `quotient`) or Σa (`total`) |
//! | `stratum`, `n_psus` | the stratum, and PSUs in its population |
//! | `psu`, `n_units` | the PSU, and units in its population; no PSU where each row is one |
//! | `by.…` | breakdown variables: together the cell |
//! | `n_rows` | rows of the PSU in the cell |
//! | `n`, `weight` | those that answered the statistic, and the sum of their weights |
//! | `a`, `a_abs`, `b` | Σwa, Σw\|a\|, Σwb of the term |
//! | `squares` | Σw²xy: x first a then b of this term, y in turn a and b of term 1, 2, … as far as x; empty where the design has no spread within PSUs |
//! | `products` | Σwxy alike, over all PSUs of the cell together: in the first of its rows, empty in the others |

use super::{BY, Form, Kind, Moments, entries};
use crate::statistics::statistic::Range;
use polars::prelude::{
    Column, DataFrame, DataType, Float64Type, IntoColumn, ListBuilderTrait, ListPrimitiveChunkedBuilder, NamedFrom,
    ParquetWriter, PolarsError, Series,
};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

impl Moments {
    /// Writes them; a file that was not finished is never left under this name.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| format!("{} cannot be written: {error}", path.display());
        let mut frame = self.frame().map_err(|error| failed(&error))?;
        let partial = path.with_extension("partial");
        let file = File::create(&partial).map_err(|error| failed(&error))?;
        ParquetWriter::new(file).finish(&mut frame).map_err(|error| failed(&error))?;
        std::fs::rename(&partial, path).map_err(|error| failed(&error))
    }

    /// Blocks in an order that does not depend on that of the rows they were counted from.
    fn sorted_blocks(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.blocks.len()).collect();
        places.sort_by_cached_key(|place| {
            let block = self.blocks.get(*place);
            let psu = block.and_then(|block| self.psus.get(block.psu as usize));
            let stratum = psu.and_then(|psu| self.strata.get(psu.stratum as usize)).map(|stratum| stratum.name.clone());
            let cell = block.map(|block| block.cell).unwrap_or_default();
            let labels: Vec<_> = (0..self.by.len()).map(|by| self.label(cell, by)).collect();
            (stratum, psu.map(|psu| psu.name.clone()), labels)
        });
        places
    }

    fn label(&self, cell: u32, by: usize) -> Option<&String> {
        let key = self.cells.get(cell as usize)?.get(by).copied().flatten()?;
        self.labels.get(by)?.get(key as usize)
    }

    fn frame(&self) -> Result<DataFrame, PolarsError> {
        let mut table = Table::new(self.by.len());
        let blocks = self.sorted_blocks();
        for ((figure, form), sums) in (1_u32..).zip(&self.forms).zip(&self.sums) {
            let n_terms = form.terms.len();
            let n_entries = entries(n_terms.saturating_sub(1)).end;
            let mut begun = BTreeSet::new();
            for &place in &blocks {
                let Some(block) = self.blocks.get(place) else { continue };
                let products =
                    begun.insert(block.cell).then(|| sums.products.chunks_exact(n_entries).nth(block.cell as usize));
                let products = products.flatten().unwrap_or_default();
                let squares = sums.squares.chunks_exact(n_entries).nth(place).unwrap_or_default();
                let first = sums.first.chunks_exact(n_terms).nth(place).unwrap_or_default();
                for (term, first) in first.iter().enumerate() {
                    table.form(figure, form, term);
                    self.place(&mut table, place, *block);
                    table.n.push(sums.n.get(place).copied().unwrap_or_default() as u32);
                    table.weight.push(sums.weight.get(place).copied().unwrap_or_default());
                    table.a.push(first.numerator);
                    table.a_abs.push(first.absolute);
                    table.b.push(first.denominator);
                    table.squares.append_slice(squares.get(entries(term)).unwrap_or_default());
                    table.products.append_slice(products.get(entries(term)).unwrap_or_default());
                }
            }
        }
        table.frame(&self.by)
    }

    fn place(&self, table: &mut Table, place: usize, block: super::Block) {
        let psu = self.psus.get(block.psu as usize);
        let stratum = psu.and_then(|psu| self.strata.get(psu.stratum as usize));
        table.stratum.push(stratum.map(|stratum| stratum.name.clone()).unwrap_or_default());
        table.n_psus.push(stratum.and_then(|stratum| stratum.n_psus));
        table.psu.push(psu.filter(|_| !self.rows_are_psus).map(|psu| psu.name.clone()));
        table.n_units.push(psu.and_then(|psu| psu.n_units));
        table.n_rows.push(self.n_rows.get(place).copied().unwrap_or_default() as u32);
        for (by, column) in table.by.iter_mut().enumerate() {
            column.push(self.label(block.cell, by).cloned());
        }
    }
}

type Floats = ListPrimitiveChunkedBuilder<Float64Type>;

/// The columns on their way into a frame.
struct Table {
    figure: Vec<u32>,
    statistic: Vec<String>,
    category: Vec<Option<String>>,
    range: Vec<&'static str>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    term: Vec<u32>,
    kind: Vec<&'static str>,
    factor: Vec<f64>,
    stratum: Vec<String>,
    n_psus: Vec<Option<f64>>,
    psu: Vec<Option<String>>,
    n_units: Vec<Option<f64>>,
    by: Vec<Vec<Option<String>>>,
    n_rows: Vec<u32>,
    n: Vec<u32>,
    weight: Vec<f64>,
    a: Vec<f64>,
    a_abs: Vec<f64>,
    b: Vec<f64>,
    squares: Floats,
    products: Floats,
}

impl Table {
    fn new(n_by: usize) -> Self {
        let list = |name: &str| Floats::new(name.into(), 0, 0, DataType::Float64);
        Self {
            figure: Vec::new(),
            statistic: Vec::new(),
            category: Vec::new(),
            range: Vec::new(),
            low: Vec::new(),
            high: Vec::new(),
            term: Vec::new(),
            kind: Vec::new(),
            factor: Vec::new(),
            stratum: Vec::new(),
            n_psus: Vec::new(),
            psu: Vec::new(),
            n_units: Vec::new(),
            by: vec![Vec::new(); n_by],
            n_rows: Vec::new(),
            n: Vec::new(),
            weight: Vec::new(),
            a: Vec::new(),
            a_abs: Vec::new(),
            b: Vec::new(),
            squares: list("squares"),
            products: list("products"),
        }
    }

    fn form(&mut self, figure: u32, form: &Form, term: usize) {
        self.figure.push(figure);
        self.statistic.push(form.statistic.clone());
        self.category.push(form.category.clone());
        let (range, low, high) = match form.range {
            Range::Share => ("share", None, None),
            Range::Within { low, high } => ("within", Some(low), Some(high)),
            Range::Unbounded => ("unbounded", None, None),
        };
        self.range.push(range);
        self.low.push(low);
        self.high.push(high);
        self.term.push(term as u32 + 1);
        let (factor, kind) = form.terms.get(term).copied().unwrap_or((0.0, Kind::Mean));
        self.kind.push(kind.code());
        self.factor.push(factor);
    }

    fn frame(mut self, by: &[String]) -> Result<DataFrame, PolarsError> {
        fn column<T, V: AsRef<T>>(name: &str, values: V) -> Column
        where
            T: ?Sized,
            Series: NamedFrom<V, T>,
        {
            Series::new(name.into(), values).into_column()
        }
        let mut columns = vec![
            column("figure", self.figure),
            column("statistic", self.statistic),
            column("category", self.category),
            column("range", self.range),
            column("low", self.low),
            column("high", self.high),
            column("term", self.term),
            column("kind", self.kind),
            column("factor", self.factor),
            column("stratum", self.stratum),
            column("n_psus", self.n_psus),
            column("psu", self.psu),
            column("n_units", self.n_units),
        ];
        columns.extend(by.iter().zip(self.by).map(|(name, labels)| column(&format!("{BY}{name}"), labels)));
        columns.extend([
            column("n_rows", self.n_rows),
            column("n", self.n),
            column("weight", self.weight),
            column("a", self.a),
            column("a_abs", self.a_abs),
            column("b", self.b),
            self.squares.finish().into_column(),
            self.products.finish().into_column(),
        ]);
        DataFrame::new_infer_height(columns)
    }
}
