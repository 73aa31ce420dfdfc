//! The estimators against the reference numbers of `tests/oracle/`, and the laws they keep.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod laws;
mod oracle;
mod survey;
mod verdicts;
