//! The estimators against the reference numbers of `tests/oracle/`, and the laws they keep.

mod correlation;
mod intervals;
mod laws;
mod oracle;
mod survey;
mod verdicts;
