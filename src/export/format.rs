//! The formats there are: one list for the command line, the web and whoever adds one.

use super::csv::CsvWriter;
use super::description::Description;
use super::dta::DtaWriter;
use super::excel_csv::ExcelCsvWriter;
use super::jsonl::JsonLinesWriter;
use super::parquet::ParquetTableWriter;
use super::r_script::{self, Analysis};
use super::sav::SavWriter;
use super::xlsx::XlsxWriter;
use super::{Table, Writer, codebook, ddi};
use crate::domain::word::words;
use std::io::{self, Write};

words!(
    /// A format of exported tables.
    Format {
        /// For analysis: RFC 4180, codes, names.
        Csv = "csv",
        /// For a double click in Excel: labels, semicolons, no formulas.
        ExcelCsv = "excel-csv",
        /// Excel workbooks, with labels and a codebook.
        Xlsx = "xlsx",
        /// An object a row.
        JsonLines = "jsonl",
        /// Columns with their types.
        Parquet = "parquet",
        /// SPSS.
        Sav = "sav",
        /// Stata.
        Dta = "dta",
        /// A script for R that reads the CSV, sets up the design and computes the figures.
        RScript = "r",
        /// DDI-Codebook 2.5: the variables, for archives.
        Ddi = "ddi",
        /// The variables as a page.
        Codebook = "codebook",
    }
);

impl Format {
    /// What it is called in HTTP.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::ExcelCsv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::JsonLines => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Sav => "application/x-spss-sav",
            Self::Dta => "application/x-stata-dta",
            Self::RScript => "text/x-r-source; charset=utf-8",
            Self::Ddi => "application/xml",
            Self::Codebook => "text/html; charset=utf-8",
        }
    }

    /// How its files' names end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::ExcelCsv => "excel.csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
            Self::Sav => "sav",
            Self::Dta => "dta",
            Self::RScript => "R",
            Self::Ddi => "ddi.xml",
            Self::Codebook => "codebook.html",
        }
    }

    /// Whether it says how answers are analysed, so that other tables have none.
    #[must_use]
    pub fn needs_answers(self) -> bool {
        self == Self::RScript
    }

    /// Whether it holds the rows; one that only describes them is made without reading them again.
    #[must_use]
    pub fn has_rows(self) -> bool {
        !matches!(self, Self::RScript | Self::Ddi | Self::Codebook)
    }

    /// Begins a file. `analysis` is there for tables of answers.
    ///
    /// # Errors
    /// When the output cannot be written, or the table is not one that the format can hold.
    pub fn writer<'a, W: Write + Send + 'a>(
        self,
        table: &Table,
        analysis: Option<&Analysis>,
        out: W,
    ) -> io::Result<Box<dyn Writer + 'a>> {
        Ok(match self {
            Self::Csv => Box::new(CsvWriter::new(table, out)?),
            Self::ExcelCsv => Box::new(ExcelCsvWriter::new(table, out)?),
            Self::Xlsx => Box::new(XlsxWriter::new(table, out)?),
            Self::JsonLines => Box::new(JsonLinesWriter::new(table, out)?),
            Self::Parquet => Box::new(ParquetTableWriter::new(table, out)?),
            Self::Sav => Box::new(SavWriter::new(table, out)?),
            Self::Dta => Box::new(DtaWriter::new(table, out)?),
            Self::RScript => {
                let analysis = analysis.ok_or_else(|| io::Error::other("an R script analyses answers"))?;
                Box::new(Description::new(out, |out| r_script::write(table, analysis, out))?)
            }
            Self::Ddi => Box::new(Description::new(out, |out| ddi::write(table, out))?),
            Self::Codebook => Box::new(Description::new(out, |out| codebook::write(table, out))?),
        })
    }
}
