//! Exported files, read back by the programs they are for.

mod codebook;
mod ddi;
mod dta;
mod nasty;
mod sav;
mod xlsx;

use serde_json::Value;
use sipas::export::variable::{Category, Variable};

/// Compares values by what they are, so that 1 is 1.0.
fn assert_same(read: &Value, expected: &[&Value]) {
    let read = read.as_array().cloned().unwrap_or_default();
    assert_eq!(read.len(), expected.len());
    for (read, expected) in read.iter().zip(expected) {
        match expected.as_f64() {
            Some(number) => assert_eq!(read.as_f64(), Some(number)),
            None => assert_eq!(read, *expected),
        }
    }
}

/// A variable's codes, rising.
fn by_code(variable: &Variable) -> Vec<&Category> {
    let mut categories: Vec<&Category> = nasty::categories(variable).iter().collect();
    categories.sort_by_key(|category| category.code);
    categories
}

/// Codes and meanings as R has them, rising.
fn meanings(read: &Value) -> Vec<(&Value, &Value)> {
    let list = |name: &str| read[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut meanings: Vec<_> = list("codes").iter().zip(list("meanings")).collect();
    meanings.sort_by(|(one, _), (other, _)| one.as_f64().partial_cmp(&other.as_f64()).unwrap());
    meanings
}
