//! The use cases: what the product does, whoever asks and however.

pub mod catalogue;
