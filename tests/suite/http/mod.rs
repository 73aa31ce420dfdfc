//! The HTTP door, as a browser, a program and an attacker see it.

mod address;
mod browser;
pub(crate) mod client;
mod described;
mod entry;
mod figures;
mod health;
mod hostile;
mod kiosk;
mod languages;
mod operator;
mod problem;
mod receipts;
mod responses;
mod survey;
