//! The use cases, below any door.

mod catalogue;
