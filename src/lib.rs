//! sipas: citizens' satisfaction, from the counter to the index.
//!
//! This is the map. Arrows between floors point down only; each floor's first lines say what it knows.
//!
//! | floor | what it is |
//! |---|---|
//! | [`domain`] | what a survey and an index are |
//! | [`statistics`] | answers → moments → estimates with intervals |
//! | [`store`] | SQLite or PostgreSQL, the only place with SQL |
//! | [`report`] | the documents people and programs read |
//! | [`export`] | the files statisticians open |
//! | [`service`] | the use cases |
//! | [`web`] | the HTTP door |
//! | [`mail`] | the door letters go out through |
//! | [`cli`] | the command line |
//!
//! One answer goes through [`web::survey`] or [`web::responses`] to [`service::collect`], is checked by
//! [`domain::answers`], kept by [`store::responses`], counted by [`statistics`], and becomes a figure of the index in
//! [`service::analyse`] and [`domain::index`]. ARCHITECTURE.md walks that way file by file.

pub mod cli;
pub mod domain;
pub mod export;
pub mod mail;
pub mod report;
pub mod service;
pub mod statistics;
pub mod store;
pub mod web;
