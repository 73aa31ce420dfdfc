//! The one integration test binary; its modules mirror the source.

// Clippy then sees that the functions beside the tests are test code too.
#![cfg(test)]

#[macro_use]
mod harness;
mod browser;
mod cli;
mod export;
mod flows;
mod fuzz;
mod http;
mod openapi;
mod report;
mod service;
mod statistics;
mod store;
mod tidy;
