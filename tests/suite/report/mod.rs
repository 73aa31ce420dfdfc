//! What people and programs read: the shapes of the index table, and the wording of contradictions.

mod index;
mod json;
mod reconcile;
