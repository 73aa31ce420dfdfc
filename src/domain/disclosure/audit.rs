//! What follows from what is shown: shown cells are linear equations in the numbers of people of the smallest groups, and a
//! hidden cell follows from them exactly if its own equation is a combination of theirs.
//!
//! The elimination is exact: it counts modulo the prime 2⁶¹ − 1. A combination with rational coefficients exists modulo a
//! prime too, unless the prime divides one of its denominators, which for tables of zeros and ones would take an accident
//! of one in 10¹⁸. The other way round, a combination that exists only modulo the prime hides a cell too many, which is
//! safe.

use super::PublishedCell;
use std::collections::BTreeMap;

const PRIME: u64 = (1 << 61) - 1;

/// A row of the elimination: unknown → coefficient, none of them 0.
type Row = BTreeMap<u32, u64>;

/// Everything that follows from the shown cells.
pub(super) struct Known {
    /// Rows by their first unknown, whose coefficient is 1.
    rows: BTreeMap<u32, Row>,
}

impl Known {
    /// Takes the shown cells. A cell of nobody tells that each of its groups is empty.
    pub(super) fn from<'a>(shown: impl Iterator<Item = &'a PublishedCell>) -> Self {
        let mut known = Self { rows: BTreeMap::new() };
        let (empty, others): (Vec<&PublishedCell>, Vec<&PublishedCell>) = shown.partition(|cell| cell.n == 0);
        let single = empty.iter().flat_map(|cell| &cell.members).map(|member| Row::from([(*member, 1)]));
        single.for_each(|row| known.take(row));
        others.into_iter().for_each(|cell| known.take(row_of(&cell.members)));
        known
    }

    /// Whether the number of people in these groups together follows.
    pub(super) fn tells(&self, members: &[u32]) -> bool {
        self.reduced(row_of(members)).is_empty()
    }

    fn take(&mut self, row: Row) {
        let mut row = self.reduced(row);
        if let Some((&first, &coefficient)) = row.first_key_value() {
            let inverse = power(coefficient, PRIME - 2);
            row.values_mut().for_each(|value| *value = times(*value, inverse));
            self.rows.insert(first, row);
        }
    }

    /// What is left of a row after taking out all that is known.
    fn reduced(&self, mut row: Row) -> Row {
        let mut from = 0;
        while let Some((&unknown, &coefficient)) = row.range(from..).next() {
            if let Some(known) = self.rows.get(&unknown) {
                for (unknown, value) in known {
                    let left = row.entry(*unknown).or_insert(0);
                    *left = minus(*left, times(coefficient, *value));
                    if *left == 0 {
                        row.remove(unknown);
                    }
                }
            }
            let Some(next) = unknown.checked_add(1) else { break };
            from = next;
        }
        row
    }
}

fn row_of(members: &[u32]) -> Row {
    members.iter().map(|member| (*member, 1)).collect()
}

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn minus(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}
