//! What people and programs read: the shapes of the index table, and the wording of contradictions.

mod figures;
mod index;
mod json;
mod pages;
mod reconcile;
mod sentences;
