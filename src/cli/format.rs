//! The forms in which commands print figures.

use super::failure::Failure;
use crate::cli::output::say_line;
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

/// A form of documents that are no single table.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum DocumentFormat {
    /// Aligned columns, for people
    #[default]
    Table,
    /// All fields, for programs
    Json,
}

/// Prints a document as JSON.
pub(super) fn say_json(document: &impl Serialize) -> Result<(), Failure> {
    say_line!("{}", serde_json::to_string_pretty(document).map_err(|error| error.to_string())?);
    Ok(())
}
