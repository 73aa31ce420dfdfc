//! An attacker of the tests' own tries to compute what is hidden.

use super::*;
use proptest::prelude::*;

fn cell(breakdown: usize, members: &[u32], counts: &[u64]) -> PublishedCell {
    let n = members.iter().map(|member| counts[*member as usize]).sum();
    PublishedCell { breakdown, members: members.to_vec(), n }
}

/// Two districts by two sexes; the groups are D1F, D1M, D2F, D2M.
fn two_by_two(counts: [u64; 4]) -> Vec<PublishedCell> {
    let of = |breakdown, members: &[u32]| cell(breakdown, members, &counts);
    vec![
        of(0, &[0, 1, 2, 3]),
        of(1, &[0, 1]),
        of(1, &[2, 3]),
        of(2, &[0, 2]),
        of(2, &[1, 3]),
        of(3, &[0]),
        of(3, &[1]),
        of(3, &[2]),
        of(3, &[3]),
    ]
}

#[test]
fn large_cells_are_all_shown() {
    let seen = suppress(&two_by_two([5, 6, 7, 8]), DisclosureRule::default());
    assert!(seen.iter().all(|cell| *cell == Visibility::Shown));
}

#[test]
fn a_small_cell_takes_its_row_and_column_along() {
    let seen = suppress(&two_by_two([3, 20, 30, 40]), DisclosureRule::default());
    assert_eq!(seen[5], Visibility::Primary);
    // With one cell hidden each of the others in its row and column would give it away, and so would the fourth.
    assert!(seen[6..].iter().all(|cell| *cell == Visibility::Complementary), "{seen:?}");
    assert!(seen[..5].iter().all(|cell| *cell == Visibility::Shown), "{seen:?}");
}

#[test]
fn nobody_is_not_a_disclosure() {
    let seen = suppress(&two_by_two([0, 20, 30, 40]), DisclosureRule::default());
    assert!(seen.iter().all(|cell| *cell == Visibility::Shown));
}

#[test]
fn hidden_parts_must_not_be_few_together() {
    let counts = [1, 2, 30, 40];
    let parts: Vec<PublishedCell> = (0..4).map(|group| cell(1, &[group], &counts)).collect();
    let cells: Vec<PublishedCell> = std::iter::once(cell(0, &[0, 1, 2, 3], &counts)).chain(parts).collect();
    let seen = suppress(&cells, DisclosureRule::default());
    assert_eq!(seen[1..], [Visibility::Primary, Visibility::Primary, Visibility::Complementary, Visibility::Shown]);
}

/// An exact solver over fractions, written apart from the audit: columns are unknowns, the last one the right side.
mod attacker {
    use super::PublishedCell;

    #[derive(Clone, Copy, PartialEq)]
    struct Fraction(i128, i128);

    impl Fraction {
        fn new(top: i128, bottom: i128) -> Self {
            let (mut a, mut b) = (top.abs(), bottom.abs());
            while b != 0 {
                (a, b) = (b, a % b);
            }
            let sign = if bottom < 0 { -1 } else { 1 };
            Self(sign * top / a.max(1), sign * bottom / a.max(1))
        }
        fn minus_times(self, factor: Self, other: Self) -> Self {
            let product = Self::new(factor.0 * other.0, factor.1 * other.1);
            Self::new(self.0 * product.1 - product.0 * self.1, self.1 * product.1)
        }
        fn over(self, other: Self) -> Self {
            Self::new(self.0 * other.1, self.1 * other.0)
        }
    }

    fn rank(mut rows: Vec<Vec<Fraction>>) -> usize {
        let width = rows.first().map_or(0, Vec::len);
        let mut rank = 0;
        for column in 0..width {
            let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].0 != 0) else { continue };
            rows.swap(rank, pivot);
            for row in 0..rows.len() {
                if row != rank && rows[row][column].0 != 0 {
                    let factor = rows[row][column].over(rows[rank][column]);
                    let above = rows[rank].clone();
                    rows[row].iter_mut().zip(above).for_each(|(left, above)| *left = left.minus_times(factor, above));
                }
            }
            rank += 1;
        }
        rank
    }

    /// Whether a cell's number of people follows from the shown cells: it adds nothing to their rank.
    pub(super) fn computes(shown: &[&PublishedCell], hidden: &PublishedCell, n_groups: usize) -> bool {
        let row = |members: &[u32]| -> Vec<Fraction> {
            (0..n_groups as u32).map(|group| Fraction(i128::from(members.contains(&group)), 1)).collect()
        };
        let mut rows: Vec<Vec<Fraction>> = Vec::new();
        for cell in shown {
            if cell.n == 0 {
                rows.extend(cell.members.iter().map(|member| row(&[*member])));
            } else {
                rows.push(row(&cell.members));
            }
        }
        let before = rank(rows.clone());
        rows.push(row(&hidden.members));
        rank(rows) == before
    }
}

/// Districts by sexes by ages, with their margins and crossings, some breakdowns left out.
fn tables() -> impl Strategy<Value = (Vec<PublishedCell>, usize)> {
    let shape = (1_usize..4, 1_usize..3, 1_usize..4);
    let counts = proptest::collection::vec(prop_oneof![3 => 0_u64..12, 1 => 12_u64..60], 27);
    (shape, counts, proptest::collection::vec(any::<bool>(), 8)).prop_map(|((d, s, a), counts, chosen)| {
        let n_groups = d * s * a;
        let label = |group: usize, variable: usize| match variable {
            0 => group / (s * a),
            1 => group / a % s,
            _ => group % a,
        };
        let mut cells = Vec::new();
        for (breakdown, chosen) in chosen.iter().enumerate() {
            // The bits of a breakdown's number are the variables it crosses; all together is always published.
            if breakdown > 0 && !chosen {
                continue;
            }
            let by: Vec<usize> = (0..3).filter(|variable| breakdown >> variable & 1 == 1).collect();
            let mut members: BTreeMap<Vec<usize>, Vec<u32>> = BTreeMap::new();
            for group in 0..n_groups {
                members.entry(by.iter().map(|v| label(group, *v)).collect()).or_default().push(group as u32);
            }
            cells.extend(members.values().map(|members| cell(breakdown, members, &counts)));
        }
        (cells, n_groups)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_hidden_can_be_computed((cells, n_groups) in tables()) {
        let seen = suppress(&cells, DisclosureRule::default());
        let shown: Vec<&PublishedCell> =
            cells.iter().zip(&seen).filter(|(_, seen)| **seen == Visibility::Shown).map(|(cell, _)| cell).collect();
        for (cell, seen) in cells.iter().zip(&seen) {
            let is_small = (1..5).contains(&cell.n);
            prop_assert_eq!(is_small, *seen == Visibility::Primary);
            if *seen != Visibility::Shown {
                prop_assert!(!attacker::computes(&shown, cell, n_groups), "{:?} follows from {:?}", cell, shown);
            }
        }
        if cells.iter().all(|cell| cell.n == 0 || cell.n >= 5) {
            prop_assert!(seen.iter().all(|seen| *seen == Visibility::Shown));
        }
    }

    #[test]
    fn the_order_of_cells_does_not_matter_to_safety((cells, n_groups) in tables()) {
        let turned: Vec<PublishedCell> = cells.iter().rev().cloned().collect();
        let seen = suppress(&turned, DisclosureRule::default());
        let shown: Vec<&PublishedCell> =
            turned.iter().zip(&seen).filter(|(_, seen)| **seen == Visibility::Shown).map(|(cell, _)| cell).collect();
        let hidden = turned.iter().zip(&seen).filter(|(_, seen)| **seen != Visibility::Shown);
        for (cell, _) in hidden {
            prop_assert!(!attacker::computes(&shown, cell, n_groups));
        }
    }
}
