//! The store's contract, on both databases.

mod areas;
mod assessments;
mod opening;
mod responses;
mod rounds;
