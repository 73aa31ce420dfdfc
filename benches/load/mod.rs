//! A load of requests, and the yardstick it is held against.

pub(crate) mod arguments;
pub(crate) mod bare;
pub(crate) mod client;
