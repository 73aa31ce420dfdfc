//! Figures as people and programs read them: text tables, CSV and JSON.
//!
//! Invariant: this floor words and lays out what it is given. It computes no figure, reads no database and prints
//! nothing; it knows the domain only. Vietnamese comes first, numbers in Vietnamese text have a decimal comma, numbers
//! for programs a point.

pub mod breakdown;
pub mod callback;
pub mod change;
pub mod comments;
pub mod comparisons;
pub mod devices;
pub mod estimates;
pub mod figure;
pub mod fonts;
pub mod index;
pub mod letter;
pub mod number;
pub mod outbox;
pub mod page;
pub mod pdf;
pub mod plan;
pub mod print;
pub mod progress;
pub mod publications;
pub mod quality;
pub mod raster;
pub mod reconcile;
pub mod render;
pub mod results;
mod selection;
pub mod sentences;
mod shapes;
pub mod table;
mod told;
pub mod unit_report;
pub mod words;
