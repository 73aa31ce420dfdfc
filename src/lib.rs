//! sipas
pub mod domain;
