//! Parquet: a column keeps its type and a program reads only those it needs. Codes are 16-bit integers, numbers doubles,
//! texts UTF-8. Labels stand in the file's own metadata, as JSON under the key [`METADATA_KEY`].

use super::fit::Fit;
use super::manifest::VariableShape;
use super::variable::Kind;
use super::{Block, Column, Table, Writer};
use polars::prelude::{
    BatchedWriter, Column as PolarsColumn, DataFrame, DataType, Field, Float64Chunked, Int16Chunked, IntoColumn,
    KeyValueMetadata, NewChunkedArray, ParquetWriter, PolarsError, Schema, StringChunked,
};
use std::io::{self, Write};

/// Where a reader finds what the columns and codes mean.
pub const METADATA_KEY: &str = "sipas.variables";

/// Rows of a row group: enough to pack well, few enough to hold.
const ROWS_PER_GROUP: usize = 1 << 16;

/// Writes it.
pub struct ParquetTableWriter<W: Write> {
    writer: BatchedWriter<W>,
    fit: Fit,
    names: Vec<String>,
    /// Blocks of the row group that is being filled.
    blocks: Vec<Block>,
    n_rows: usize,
}

impl<W: Write + Send> ParquetTableWriter<W> {
    /// Prepares the columns.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn new(table: &Table, out: W) -> io::Result<Self> {
        let field = |variable: &super::variable::Variable| {
            let data_type = match variable.kind {
                Kind::Coded { .. } => DataType::Int16,
                Kind::Number { .. } => DataType::Float64,
                Kind::Text { .. } => DataType::String,
            };
            Field::new(variable.name.as_str().into(), data_type)
        };
        let schema: Schema = table.variables.iter().map(field).collect();
        let variables: Vec<VariableShape> = table.variables.iter().map(VariableShape::from).collect();
        let labels = (METADATA_KEY.to_owned(), serde_json::to_string(&variables)?);
        let writer = ParquetWriter::new(out).with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![labels])));
        Ok(Self {
            writer: writer.batched(&schema).map_err(failed)?,
            fit: Fit::new(table)?,
            names: table.variables.iter().map(|variable| variable.name.clone()).collect(),
            blocks: Vec::new(),
            n_rows: 0,
        })
    }

    /// Writes the row group.
    fn close_group(&mut self) -> io::Result<()> {
        let blocks = std::mem::take(&mut self.blocks);
        let n_rows = std::mem::take(&mut self.n_rows);
        if n_rows == 0 {
            return Ok(());
        }
        let columns = self.names.iter().enumerate().map(|(place, name)| column(name, &blocks, place));
        let frame = DataFrame::new(n_rows, columns.collect()).map_err(failed)?;
        self.writer.write_batch(&frame).map_err(failed)
    }
}

impl<W: Write + Send> Writer for ParquetTableWriter<W> {
    fn write(&mut self, block: &Block) -> io::Result<()> {
        self.n_rows += self.fit.take(block)?;
        self.blocks.push(block.clone());
        if self.n_rows >= ROWS_PER_GROUP { self.close_group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.fit.finish()?;
        self.close_group()?;
        self.writer.finish().map_err(failed)?;
        Ok(())
    }
}

/// One column of all blocks.
fn column(name: &str, blocks: &[Block], place: usize) -> PolarsColumn {
    let parts = || blocks.iter().filter_map(|block| block.columns.get(place));
    match parts().next() {
        Some(Column::Texts(_)) => {
            let texts = parts().filter_map(|part| match part {
                Column::Texts(texts) => Some(texts.iter()),
                Column::Codes(_) | Column::Numbers(_) => None,
            });
            StringChunked::from_iter_options(name.into(), texts.flatten()).into_column()
        }
        Some(Column::Numbers(_)) => {
            let numbers = parts().flat_map(|part| match part {
                Column::Numbers(numbers) => numbers.as_slice(),
                Column::Codes(_) | Column::Texts(_) => &[],
            });
            Float64Chunked::from_iter_options(name.into(), numbers.copied()).into_column()
        }
        Some(Column::Codes(_)) | None => {
            let codes = parts().filter_map(|part| match part {
                Column::Codes(codes) => Some(codes.iter()),
                Column::Numbers(_) | Column::Texts(_) => None,
            });
            Int16Chunked::from_iter_options(name.into(), codes.flatten()).into_column()
        }
    }
}

fn failed(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use polars::prelude::{AnyValue, ParquetReader, SerReader as _};

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        let mut writer = Box::new(ParquetTableWriter::new(&example::table(), &mut out).unwrap());
        writer.write(&example::block()).unwrap();
        writer.finish().unwrap();
        let frame = ParquetReader::new(io::Cursor::new(out)).finish().unwrap();
        assert_eq!(frame.shape(), (3, 3));
        let cells =
            |name: &str| -> Vec<AnyValue> { frame.column(name).unwrap().as_materialized_series().iter().collect() };
        assert_eq!(cells("sex"), [AnyValue::Int16(1), AnyValue::Int16(-1), AnyValue::Null]);
        assert_eq!(cells("points"), [AnyValue::Float64(0.5), AnyValue::Null, AnyValue::Float64(-3.0)]);
        assert_eq!(cells("name")[1], AnyValue::String("=1+1"));
    }
}
