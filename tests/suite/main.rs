//! The one integration test binary; its modules mirror the source.
mod statistics;
