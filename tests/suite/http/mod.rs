//! The HTTP door, as a browser, a program and an attacker see it.

mod address;
pub(crate) mod browser;
pub(crate) mod client;
mod comments;
mod described;
mod entry;
mod exports;
mod figures;
mod health;
mod hostile;
mod kiosk;
mod languages;
mod operator;
mod problem;
mod publications;
mod receipts;
mod responses;
mod results;
mod survey;
