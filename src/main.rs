//! The `sipas` program.

fn main() {}
