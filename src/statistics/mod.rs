//! From rows of answers to estimates with honest intervals: the one place that knows Polars and statrs.
//!
//! Invariant: this floor knows the `domain` below it and nothing else: no database, no questionnaire files, no index, no
//! clock. Columns, weights and the sampling design come in; [`Estimate`](crate::domain::estimate::Estimate)s or the
//! reason why there is none go out.
//!
//! The way of a figure:
//!
//! 1. [`Columns`] takes rows and keeps a byte per coded answer.
//! 2. [`Sample`] joins them to the design: strata, PSUs, population sizes.
//! 3. [`Sample::estimate`] lays the domains out in scans (`scan`), counts every column once by block (`histogram`) and reads
//!    single items off; what takes several columns is looked up row by row (`lookup`, `linearise`), adding each row's linearised
//!    value by PSU. The covariance between items is in these values already, so it is never formed.
//! 4. `variance` turns the sums by PSU into a variance and degrees of freedom, `verdict` says what may be said.
//!
//! Columns and statistics are worked on at the same time, each in the order of the rows, so the same rows give the same
//! bits at any number of threads.

mod beta;
mod calibration;
mod combine;
mod correlation;
mod design;
mod difference;
mod file;
mod finding;
mod histogram;
mod imputation;
mod interval;
mod joint;
mod linearise;
mod lookup;
mod moments;
mod multiplicity;
mod percentile;
mod planning;
mod point;
mod quantile;
mod ranking;
mod rao_scott;
mod reliability;
mod replicates;
mod rows;
mod sample;
mod scan;
mod statistic;
mod tail;
mod totals;
mod variance;
mod verdict;
pub mod waves;

pub use beta::beta_quantile;
pub use calibration::{Bounds, CalibrationFault, CalibrationMethod, CalibrationReport, Margin, SAME_POPULATION};
pub use combine::sum_of_independent;
pub use design::{DesignColumns, DesignDesk, Inference, Lonely, RowDesign, SurveyDesign, SurveyPsu, SurveyStratum};
pub use difference::{Difference, Freedom, Verdict, welch};
pub use file::{Roles, SurveyFile, Value, Variable};
pub use imputation::{CompleteDf, Imputed, combine_imputations, join_imputed};
pub use interval::{Share, binomial_interval, bounded_interval, effective_n, share_interval};
pub use joint::{Joint, Population};
pub use moments::{Counted, Form, Moments};
pub use multiplicity::{Adjustment, adjust};
pub use planning::{Target, allocate, design_effect, slovin};
pub use quantile::student_t;
pub use ranking::{RankSet, RankSets, Ranking, rank_sets, than_mean};
pub use rao_scott::{Independence, rao_scott};
pub use reliability::PresentationStandard;
pub use replicates::{ReplicateKind, Replicates};
pub use rows::{Block, Blocks, Columns, Rows};
pub use sample::{Sample, SampleFault};
pub use scan::Domain;
pub use statistic::{NotEstimable, Range, Ratio, Reading, Statistic, Term, Worth};
pub use tail::{chi_square_tail, f_tail, student_t_tail};
pub use verdict::Confidence;
