//! Local suppression: which values of single rows are withheld in a file of answers, so that nobody can be found in it by
//! what is known about people from outside.
//!
//! # The rule
//!
//! Rows of one place are told apart by *keys*: who answered, by which channel, why an answer is flagged. Whichever keys
//! somebody knows, at least [`MIN_ANSWERS`](super::MIN_ANSWERS) rows of the place fit, or none. A value that stands for
//! fewer is withheld. Where only a few would be withheld, values that could be shown are withheld beside them: if three men
//! were the only ones without a sex, everybody would know who they are.
//!
//! Keys are gone through in their order. All rows that are alike so far are split by the next key; groups of too few go into
//! one group without a value, and if that is too small, it takes as many rows as it lacks from the largest group (or all of
//! it, should that leave too few behind). Both are split further alone. So every combination of values that stands in the
//! file, over any of the keys, is a union of groups that are large enough, and what is withheld hides at least two values.
//! A place with too few rows shows no key at all.
//!
//! Source: k-anonymity by local suppression, Samarati and Sweeney (1998); Hundepool et al. (2012), "Statistical Disclosure
//! Control", 3.2.3. The order of the keys decides what is kept, so what figures are broken down by comes first.

use std::collections::BTreeMap;

/// Keys that can be told apart; values of any further ones are withheld from everybody.
pub const MAX_KEYS: usize = 128;

/// Some rows of a place that have the same values of all keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    /// Names the combination of values.
    pub combination: u32,
    /// How many rows.
    pub n: u64,
    /// Which of their values are withheld.
    pub withheld: Withheld,
}

/// Keys whose values are withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Withheld(u128);

impl Withheld {
    /// Every key.
    #[must_use]
    pub fn of_all() -> Self {
        Self(u128::MAX)
    }

    /// Whether a key's value is withheld.
    #[must_use]
    pub fn has(self, key: usize) -> bool {
        bit(key).is_none_or(|bit| self.0 & bit != 0)
    }

    /// How many of the first so many keys are.
    #[must_use]
    pub fn count(self, n_keys: usize) -> u64 {
        let first = bit(n_keys).map_or(u128::MAX, |bit| bit - 1);
        u64::from((self.0 & first).count_ones()) + n_keys.saturating_sub(u128::BITS as usize) as u64
    }

    fn with(self, key: usize) -> Self {
        Self(self.0 | bit(key).unwrap_or_default())
    }
}

fn bit(key: usize) -> Option<u128> {
    u32::try_from(key).ok().and_then(|key| 1_u128.checked_shl(key))
}

/// Decides what is withheld at one place.
///
/// `rows` are all rows of the place, by combination; `value` gives the value of a key in a combination. The same rows come
/// back, some of them in several parts: which rows of a combination fall into which part does not matter.
#[must_use]
pub fn suppress(rows: Vec<Alike>, n_keys: usize, min_n: u64, value: &impl Fn(u32, usize) -> i32) -> Vec<Alike> {
    let mut done = Vec::with_capacity(rows.len());
    split(rows, 0, n_keys.min(MAX_KEYS), min_n, value, &mut done);
    done
}

fn split(
    rows: Vec<Alike>,
    key: usize,
    n_keys: usize,
    min_n: u64,
    value: &impl Fn(u32, usize) -> i32,
    done: &mut Vec<Alike>,
) {
    if key == n_keys {
        return done.extend(rows);
    }
    if count(&rows) < min_n {
        let all = |withheld: Withheld| (key..n_keys).fold(withheld, Withheld::with);
        return done.extend(rows.into_iter().map(|alike| Alike { withheld: all(alike.withheld), ..alike }));
    }
    let mut groups: BTreeMap<i32, Vec<Alike>> = BTreeMap::new();
    for alike in rows {
        groups.entry(value(alike.combination, key)).or_default().push(alike);
    }
    let (few, mut enough): (Vec<_>, Vec<_>) = groups.into_values().partition(|group| count(group) < min_n);
    let mut withheld: Vec<Alike> = few.into_iter().flatten().collect();
    let lacking = min_n.saturating_sub(count(&withheld));
    if !withheld.is_empty() && lacking > 0 {
        let largest = (0..enough.len()).max_by_key(|place| enough.get(*place).map(|group| count(group)));
        if let Some(mut group) = largest.map(|place| enough.swap_remove(place)) {
            let leaves_enough = count(&group) >= min_n + lacking;
            let taken = if leaves_enough { lacking } else { count(&group) };
            withheld.extend(take(&mut group, taken));
            enough.push(group);
        }
    }
    for alike in &mut withheld {
        alike.withheld = alike.withheld.with(key);
    }
    for group in enough.into_iter().chain([withheld]).filter(|group| !group.is_empty()) {
        split(group, key + 1, n_keys, min_n, value, done);
    }
}

fn count(rows: &[Alike]) -> u64 {
    rows.iter().map(|alike| alike.n).sum()
}

/// Takes so many rows out of a group.
fn take(group: &mut Vec<Alike>, mut wanted: u64) -> Vec<Alike> {
    let mut taken = Vec::new();
    while let Some(last) = group.last_mut().filter(|_| wanted > 0) {
        let n = last.n.min(wanted);
        taken.push(Alike { n, ..*last });
        wanted -= n;
        last.n -= n;
        if last.n == 0 {
            group.pop();
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A place where the combination's digits, base 4, are the values of its keys.
    fn digit(combination: u32, key: usize) -> i32 {
        (combination / 4_u32.pow(key as u32) % 4) as i32
    }

    fn rows(counts: &[(u32, u64)]) -> Vec<Alike> {
        let alike =
            |(combination, n): &(u32, u64)| Alike { combination: *combination, n: *n, withheld: Withheld::default() };
        counts.iter().map(alike).collect()
    }

    fn released(parts: &[Alike], n_keys: usize) -> BTreeMap<Vec<Option<i32>>, u64> {
        let mut groups = BTreeMap::new();
        for part in parts {
            let shown = |key| (!part.withheld.has(key)).then(|| digit(part.combination, key));
            *groups.entry((0..n_keys).map(shown).collect()).or_default() += part.n;
        }
        groups
    }

    #[test]
    fn a_few_are_hidden_among_others() {
        // 70 women and three men: two women lose their sex as well.
        let parts = suppress(rows(&[(0, 70), (1, 3)]), 1, 5, &digit);
        assert_eq!(released(&parts, 1), BTreeMap::from([(vec![None], 5), (vec![Some(0)], 68)]));
        // Of seven women two would be left four short, so all lose it.
        let parts = suppress(rows(&[(0, 7), (1, 2)]), 1, 5, &digit);
        assert_eq!(released(&parts, 1), BTreeMap::from([(vec![None], 9)]));
        // Two small groups hide each other.
        let parts = suppress(rows(&[(0, 70), (1, 3), (2, 4)]), 1, 5, &digit);
        assert_eq!(released(&parts, 1), BTreeMap::from([(vec![None], 7), (vec![Some(0)], 70)]));
    }

    #[test]
    fn a_place_of_four_shows_nothing() {
        let parts = suppress(rows(&[(0, 4)]), 2, 5, &digit);
        assert_eq!(released(&parts, 2), BTreeMap::from([(vec![None, None], 4)]));
        assert_eq!(parts.iter().map(|part| part.n * part.withheld.count(2)).sum::<u64>(), 8);
    }

    #[test]
    fn keys_beyond_the_last_bit_are_withheld() {
        assert!(Withheld::default().has(MAX_KEYS) && !Withheld::default().has(MAX_KEYS - 1));
        assert_eq!(Withheld::default().with(MAX_KEYS - 1).count(MAX_KEYS + 1), 2);
    }

    proptest! {
        /// Whatever somebody knows of the shown values, at least five rows fit; no row is lost, and what is withheld at a key
        /// had two values at least.
        #[test]
        fn nobody_is_alone(counts in prop::collection::btree_map(0_u32..64, 1_u64..9, 1..40)) {
            let n_keys = 3;
            let counts: Vec<(u32, u64)> = counts.into_iter().collect();
            let total: u64 = counts.iter().map(|(_, n)| n).sum();
            let parts = suppress(rows(&counts), n_keys, 5, &digit);
            for (combination, n) in &counts {
                let found: u64 = parts.iter().filter(|part| part.combination == *combination).map(|part| part.n).sum();
                prop_assert_eq!(found, *n);
            }
            if total >= 5 {
                let groups = released(&parts, n_keys);
                prop_assert!(groups.values().all(|n| *n >= 5), "{:?}", groups);
                for group in groups.keys() {
                    for key in (0..n_keys).filter(|key| group[*key].is_none()) {
                        let same = |part: &&Alike| {
                            (0..key).all(|before| match group[before] {
                                None => part.withheld.has(before),
                                Some(value) => !part.withheld.has(before) && digit(part.combination, before) == value,
                            })
                        };
                        let hidden = parts.iter().filter(same).filter(|part| part.withheld.has(key));
                        let values: std::collections::BTreeSet<i32> =
                            hidden.map(|part| digit(part.combination, key)).collect();
                        prop_assert!(values.len() > 1, "{:?} hides one value at {}", group, key);
                    }
                }
            }
        }
    }
}
