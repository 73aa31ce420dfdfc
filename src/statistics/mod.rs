//! From rows of answers to estimates with honest intervals: the one place that knows Polars and statrs.
//!
//! Invariant: this floor knows the `domain` below it and nothing else: no database, no questionnaire files, no index, no
//! clock. Columns, weights and the sampling design come in; [`Estimate`](crate::domain::estimate::Estimate)s or the
//! reason why there is none go out.
//!
//! The way of a figure:
//!
//! 1. [`Columns`] takes answer sheets one by one and keeps a byte per item in Polars columns.
//! 2. [`Sample`] joins them to the design (strata, desks, transactions) and scans them once into weighted histograms per
//!    desk and item (`moments`). These are sums: parts of the data can be counted apart and merged.
//! 3. [`Sample::estimate`] reads every ratio off the histograms, then scans the columns once more for each set of domains
//!    that do not overlap, adding up each row's linearised value per desk (`linearise`). The covariance between items is
//!    in these values already, so it is never formed.
//! 4. `variance` turns the sums per desk into a variance and degrees of freedom, `verdict` says what may be said.
//!
//! Parts are merged in a fixed order, so the same rows give the same bits at any number of threads.

mod columns;
mod combine;
mod design;
mod linearise;
mod moments;
mod quantile;
mod sample;
mod statistic;
mod variance;
mod verdict;
mod waves;

pub use columns::Columns;
pub use combine::sum_of_independent;
pub use design::{DesignDesk, Inference};
pub use quantile::{all_pairs_critical, student_t};
pub use sample::{Sample, SampleFault};
pub use statistic::{NotEstimable, Ratio, Statistic, Term, Worth};
