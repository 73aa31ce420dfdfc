//! sipas: citizens' satisfaction, from the counter to the index.

pub mod domain;
pub mod report;
pub mod service;
pub mod statistics;
pub mod store;
pub mod web;
