//! The formats there are: one list for the command line, the web and whoever adds one.

use super::csv::CsvWriter;
use super::excel_csv::ExcelCsvWriter;
use super::jsonl::JsonLinesWriter;
use super::parquet::ParquetTableWriter;
use super::r_script::{Analysis, RScriptWriter};
use super::{Table, Writer};
use crate::domain::word::words;
use std::io::{self, Write};

words!(
    /// A format of exported tables.
    Format {
        /// For analysis: RFC 4180, codes, names.
        Csv = "csv",
        /// For a double click in Excel: labels, semicolons, no formulas.
        ExcelCsv = "excel-csv",
        /// An object a row.
        JsonLines = "jsonl",
        /// Columns with their types.
        Parquet = "parquet",
        /// A script for R that reads the CSV, sets up the design and computes the figures.
        RScript = "r",
    }
);

impl Format {
    /// What it is called in HTTP.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::ExcelCsv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::RScript => "text/x-r-source; charset=utf-8",
        }
    }

    /// How its files' names end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::ExcelCsv => "excel.csv",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
            Self::RScript => "R",
        }
    }

    /// Whether it describes answers and how they are analysed, so that other tables have none.
    #[must_use]
    pub fn needs_answers(self) -> bool {
        self == Self::RScript
    }

    /// Whether it holds the rows; one that only describes them can be made without reading them all.
    #[must_use]
    pub fn has_rows(self) -> bool {
        self != Self::RScript
    }

    /// Begins a file. `analysis` is there for tables of answers.
    ///
    /// # Errors
    /// When the output cannot be written, or the table has nothing that the format needs.
    pub fn writer<'a, W: Write + Send + 'a>(
        self,
        table: &Table,
        analysis: Option<&Analysis>,
        out: W,
    ) -> io::Result<Box<dyn Writer + 'a>> {
        Ok(match self {
            Self::Csv => Box::new(CsvWriter::new(table, out)?),
            Self::ExcelCsv => Box::new(ExcelCsvWriter::new(table, out)?),
            Self::JsonLines => Box::new(JsonLinesWriter::new(table, out)?),
            Self::Parquet => Box::new(ParquetTableWriter::new(table, out)?),
            Self::RScript => {
                let analysis = analysis.ok_or_else(|| io::Error::other("an R script analyses answers"))?;
                Box::new(RScriptWriter::new(table, analysis, out)?)
            }
        })
    }
}
