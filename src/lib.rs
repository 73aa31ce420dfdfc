//! sipas
pub mod domain;
pub mod statistics;
