//! The report of one area, for programs. Pages, PDF and mail draw the same value.

pub mod json;
