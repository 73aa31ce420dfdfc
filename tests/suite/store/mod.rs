//! The store's contract, on both databases.

mod areas;
mod assessments;
mod comments;
mod letters;
mod opening;
mod outbox;
mod recipients;
mod responses;
mod rounds;
