//! What a survey and an index **are**: the words of the trade as types, and the rules that hold between them.
//!
//! Invariant: this floor knows no I/O, no clock, no serialisation and no other floor. Everything here is a value that
//! was checked when it was made; a function either returns such a value or every fault it found.

pub mod access;
pub mod admission;
pub mod answers;
pub mod area;
pub mod assessment;
pub mod bounce;
pub mod breakdown;
pub mod callback;
pub mod channel;
pub mod comment;
pub mod device;
pub mod disclosure;
pub mod estimate;
pub mod fault;
pub mod frame;
pub mod ids;
pub mod index;
pub mod letter;
pub mod outbox;
pub mod packing;
pub mod paper;
pub mod period;
pub mod plan;
pub mod points;
pub mod progress;
pub mod publication;
pub mod quality;
pub mod questionnaire;
pub mod quiet_hours;
pub mod rank;
pub mod receipt;
pub mod recipient;
pub mod reconcile;
pub mod reliability;
pub mod results;
pub mod round;
pub mod scheme;
pub mod selection;
pub mod tongue;
pub mod unit_report;
pub(crate) mod word;
