//! The forms in which commands print figures.

use super::failure::Failure;
use crate::cli::output::say_line;
use crate::service::publish::paths::Form;
use serde::Serialize;

/// A form of tables.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// Aligned columns, for people
    #[default]
    Table,
    /// A row a figure, with all digits
    Csv,
    /// All fields with all digits, for programs
    Json,
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Self::Text,
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
        }
    }
}

/// A form of documents that are no single table.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum DocumentFormat {
    /// Aligned columns, for people
    #[default]
    Table,
    /// All fields, for programs
    Json,
}

impl From<DocumentFormat> for Form {
    fn from(format: DocumentFormat) -> Self {
        match format {
            DocumentFormat::Table => Self::Text,
            DocumentFormat::Json => Self::Json,
        }
    }
}

/// Prints a document as JSON.
pub(super) fn say_json(document: &impl Serialize) -> Result<(), Failure> {
    say_line!("{}", serde_json::to_string_pretty(document).map_err(|error| error.to_string())?);
    Ok(())
}
