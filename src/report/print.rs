//! What an office prints: slips with receipt codes, and posters. A4 pages as SVG, which every browser prints true to size, or as
//! one PDF.

mod page;
pub mod poster;
mod qr;
pub mod sheet;
pub mod sheets;

pub(super) use page::plain;
pub use qr::{NoQr, for_terminal};
