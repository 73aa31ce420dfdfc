//! An attacker of the tests' own tries to compute what is hidden.

use super::*;
use attacker::Attacker;
use proptest::prelude::*;

/// Groups of unflagged people.
fn unflagged(counts: &[u64]) -> Vec<Group> {
    counts.iter().map(|n| Group { n: *n, is_flagged: false }).collect()
}

/// Two districts by two sexes; the groups are D1F, D1M, D2F, D2M.
fn two_by_two() -> [Vec<Vec<u32>>; 4] {
    [
        vec![vec![0, 1, 2, 3]],
        vec![vec![0, 1], vec![2, 3]],
        vec![vec![0, 2], vec![1, 3]],
        vec![vec![0], vec![1], vec![2], vec![3]],
    ]
}

/// What is shown of the cells of some tables, one after the other.
fn shown(tables: &LinkedTables, visible: &Shown, breakdowns: &[Vec<Vec<u32>>], answers: Answers) -> Vec<bool> {
    breakdowns.iter().flatten().map(|members| visible.holds(tables.spot(members, answers))).collect()
}

#[test]
fn large_cells_are_all_shown() {
    let tables = LinkedTables::new(unflagged(&[5, 6, 7, 8]), &two_by_two(), DisclosureRule::default());
    for answers in [Answers::All, Answers::Unflagged] {
        assert!(shown(&tables, &tables.people(), &two_by_two(), answers).iter().all(|is_shown| *is_shown));
    }
}

#[test]
fn a_small_cell_takes_its_row_and_column_along() {
    let tables = LinkedTables::new(unflagged(&[3, 20, 30, 40]), &two_by_two(), DisclosureRule::default());
    // With one cell hidden each of the others in its row and column would give it away, and so would the fourth.
    assert_eq!(
        shown(&tables, &tables.people(), &two_by_two(), Answers::All),
        [[true; 5].as_slice(), &[false; 4]].concat()
    );
}

#[test]
fn hidden_parts_must_not_be_few_together() {
    let breakdowns = [vec![vec![0, 1, 2, 3]], (0..4).map(|group| vec![group]).collect()];
    let tables = LinkedTables::new(unflagged(&[1, 2, 30, 40]), &breakdowns, DisclosureRule::default());
    assert_eq!(shown(&tables, &tables.people(), &breakdowns, Answers::All), [true, false, false, false, true]);
}

#[test]
fn nobody_is_not_a_disclosure_and_a_stranger_is_not_shown() {
    let tables = LinkedTables::new(unflagged(&[9, 20, 30, 40]), &two_by_two(), DisclosureRule::default());
    assert!(tables.people().holds(tables.spot(&[], Answers::All)));
    assert!(!tables.people().holds(tables.spot(&[0, 3], Answers::All)));
}

#[test]
fn few_who_answered_are_protected_and_few_who_did_not_are_no_secret() {
    let breakdowns = [vec![vec![0, 1]], vec![vec![0], vec![1]]];
    let tables = LinkedTables::new(unflagged(&[20, 30]), &breakdowns, DisclosureRule::default());
    let all = |answered: &[u64]| shown(&tables, &tables.statistic(answered), &breakdowns, Answers::All);
    assert_eq!(all(&[20, 30]), [true, true, true]);
    assert_eq!(all(&[5, 25]), [true, true, true], "five are not few");
    assert_eq!(all(&[18, 25]), [true, true, true], "no figure is that of the two who did not answer");
    // Three of the first group answered; the second with the whole would tell it.
    assert_eq!(all(&[3, 25]), [true, false, false]);
    assert_eq!(all(&[3, 30]), [true, false, false], "all of the second answered, which must not be seen either");
    assert_eq!(all(&[0, 30]), [true, true, true], "a part of the round may not be asked at all");
}

#[test]
fn what_follows_from_a_cell_and_from_what_it_told_of_others_is_found() {
    let flagged = [false, true, false, true, false, false];
    let groups = [1, 4, 4, 25, 8, 12].into_iter().zip(flagged).map(|(n, is_flagged)| Group { n, is_flagged }).collect();
    let districts = vec![vec![0, 1], vec![2, 3, 4], vec![5]];
    let desks = vec![vec![0], vec![1], vec![2, 3], vec![4], vec![5]];
    let breakdowns = [vec![(0..6).collect()], districts, desks];
    let tables = LinkedTables::new(groups, &breakdowns, DisclosureRule::default());
    let visible = tables.statistic(&[0, 0, 0, 24, 7, 11]);
    // All without the flagged less the third district less the first desk of nobody leave the seven of the second district,
    // where the fourth desk with its seven tells that nobody else answered there.
    let seen = [vec![0, 2, 4, 5], vec![5], vec![4]].map(|cell| visible.holds(tables.spot(&cell, Answers::All)));
    assert!(seen.contains(&false), "{seen:?}");
}

#[test]
fn a_handful_of_flagged_answers_hides_the_figures_without_them() {
    let groups = vec![
        Group { n: 20, is_flagged: false },
        Group { n: 3, is_flagged: true },
        Group { n: 30, is_flagged: false },
        Group { n: 9, is_flagged: true },
    ];
    let breakdowns = [vec![vec![0, 1, 2, 3]], vec![vec![0, 1], vec![2, 3]]];
    let tables = LinkedTables::new(groups, &breakdowns, DisclosureRule::default());
    assert_eq!(shown(&tables, &tables.people(), &breakdowns, Answers::All), [true; 3]);
    // Those of the second unit would be what the whole has more than the first.
    assert_eq!(shown(&tables, &tables.people(), &breakdowns, Answers::Unflagged), [true, false, false]);
}

/// An exact solver over fractions, written apart from the audit: columns are unknowns, the last one the right side.
mod attacker {
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

    /// All that is shown of one variable as equations; unknowns are its sums over each group.
    pub(super) struct Attacker<'a> {
        /// By group: the truth, used only to see which known sums are zero.
        truth: &'a [u64],
        rows: Vec<Vec<Fraction>>,
    }

    impl<'a> Attacker<'a> {
        pub(super) fn new(truth: &'a [u64]) -> Self {
            Self { truth, rows: Vec::new() }
        }

        fn row(&self, members: &[u32]) -> Vec<Fraction> {
            let mut row = vec![Fraction(0, 1); self.truth.len()];
            members.iter().for_each(|member| row[*member as usize] = Fraction(1, 1));
            row
        }

        pub(super) fn value(&self, members: &[u32]) -> u64 {
            members.iter().map(|member| self.truth[*member as usize]).sum()
        }

        /// Takes what is shown.
        pub(super) fn sees(&mut self, members: &[u32]) {
            self.rows.push(self.row(members));
            self.rows = independent(std::mem::take(&mut self.rows));
        }

        /// Whether the sum follows: it adds nothing to the rank of what is shown.
        pub(super) fn computes(&self, members: &[u32]) -> bool {
            let mut rows = self.rows.clone();
            rows.push(self.row(members));
            independent(rows).len() == self.rows.len()
        }

        /// A sum that turns out to be of nobody is so in each of its groups; until nothing new is found.
        pub(super) fn concludes(&mut self, cells: &[Vec<u32>]) {
            let mut open: Vec<&Vec<u32>> = cells.iter().filter(|cell| self.value(cell) == 0).collect();
            while let Some(place) = open.iter().position(|cell| self.computes(cell)) {
                open.swap_remove(place).iter().for_each(|member| self.sees(&[*member]));
            }
        }
    }

    /// Rows that say the same, without repetitions.
    fn independent(rows: Vec<Vec<Fraction>>) -> Vec<Vec<Fraction>> {
        let reduced = reduce(rows);
        reduced.into_iter().filter(|row| row.iter().any(|value| value.0 != 0)).collect()
    }

    fn reduce(mut rows: Vec<Vec<Fraction>>) -> Vec<Vec<Fraction>> {
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
        rows
    }
}

/// A round: groups with their people, tables, and who answered two statistics.
#[derive(Debug, Clone)]
struct Round {
    groups: Vec<Group>,
    breakdowns: Vec<Vec<Vec<u32>>>,
    answered: Vec<Vec<u64>>,
}

/// Districts by sexes by ages, with their margins and crossings, some breakdowns left out; some people flagged, and some
/// who did not answer.
fn rounds() -> impl Strategy<Value = Round> {
    let shape = (1_usize..4, 1_usize..3, 1_usize..3);
    let n = prop_oneof![2 => Just(0_u64), 3 => 1_u64..12, 1 => 12_u64..60];
    let few = prop_oneof![6 => Just(0_u64), 3 => 1_u64..6, 1 => 6_u64..60];
    let people = proptest::collection::vec((n, few.clone()), 12);
    let missing = proptest::collection::vec(proptest::collection::vec(few, 24), 2);
    let rarely = proptest::collection::vec(proptest::bool::weighted(0.2), 8);
    (shape, people, missing, proptest::collection::vec(any::<bool>(), 8), rarely)
        .prop_map(|((d, s, a), people, missing, chosen, nobody)| {
            let mut groups = Vec::new();
            let mut places = Vec::new();
            for (cell, (unflagged, flagged)) in people.iter().take(d * s * a).enumerate() {
                for (n, is_flagged) in [(*unflagged, false), (*flagged, true)] {
                    if n > 0 {
                        groups.push(Group { n, is_flagged });
                        places.push(cell);
                    }
                }
            }
            let label = |cell: usize, variable: usize| match variable {
                0 => cell / (s * a),
                1 => cell / a % s,
                _ => cell % a,
            };
            let mut breakdowns = Vec::new();
            for (breakdown, chosen) in chosen.iter().enumerate() {
                // The bits of a breakdown's number are the variables it crosses; all together is always published.
                if breakdown > 0 && !chosen {
                    continue;
                }
                let by: Vec<usize> = (0..3).filter(|variable| breakdown >> variable & 1 == 1).collect();
                let mut cells: std::collections::BTreeMap<Vec<usize>, Vec<u32>> = Default::default();
                for (group, place) in places.iter().enumerate() {
                    cells.entry(by.iter().map(|v| label(*place, *v)).collect()).or_default().push(group as u32);
                }
                breakdowns.push(cells.into_values().collect());
            }
            // A district may not be asked at all.
            let left = |statistic: usize, group: usize, n: u64| {
                let missing =
                    if nobody[statistic * 4 + label(places[group], 0)] { n } else { missing[statistic][group] };
                n - missing.min(n)
            };
            let answered = (0..2).map(|s| groups.iter().enumerate().map(|(g, group)| left(s, g, group.n)).collect());
            let answered = answered.collect();
            Round { groups, breakdowns, answered }
        })
        .prop_filter("somebody answered", |round| !round.groups.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_hidden_can_be_computed(round in rounds()) {
        let Round { groups, breakdowns, answered } = round;
        let tables = LinkedTables::new(groups.clone(), &breakdowns, DisclosureRule::default());
        let mut truth = vec![groups.iter().map(|group| group.n).collect::<Vec<u64>>()];
        truth.extend(answered.iter().cloned());
        let visible: Vec<Shown> =
            std::iter::once(tables.people()).chain(answered.iter().map(|n| tables.statistic(n))).collect();
        let part = |members: &Vec<u32>, wanted: fn(bool) -> bool| -> Vec<u32> {
            members.iter().copied().filter(|m| wanted(groups[*m as usize].is_flagged)).collect()
        };
        let cells: Vec<Vec<u32>> = breakdowns.iter().flatten().cloned().collect();
        let whole: Vec<Vec<u32>> =
            vec![cells[0].clone(), part(&cells[0], |flagged| !flagged), part(&cells[0], |flagged| flagged)];
        // What people said to one question has nothing to do with how many they are or what they said to another, but where
        // nobody answered there is nothing.
        let mut attackers: Vec<Attacker> = truth.iter().map(|truth| Attacker::new(truth)).collect();
        // The line of the source tells how many answers there are, and how many are flagged.
        whole.iter().for_each(|members| attackers[0].sees(members));
        let mut hidden = BTreeSet::new();
        for members in &cells {
            let unflagged = part(members, |flagged| !flagged);
            for (variable, visible) in visible.iter().enumerate() {
                for (answers, members) in [(Answers::All, members), (Answers::Unflagged, &unflagged)] {
                    let attacker = &mut attackers[variable];
                    let n = attacker.value(members);
                    if visible.holds(tables.spot(members, answers)) {
                        attacker.sees(members);
                        prop_assert!(!(1..5).contains(&n), "{n} are shown");
                    } else if n > 0 && !(variable == 0 && whole.contains(members)) {
                        hidden.insert((members.clone(), variable));
                    }
                }
            }
        }
        let variants: Vec<Vec<u32>> = cells.iter().flat_map(|members| {
            [members.clone(), part(members, |flagged| !flagged), part(members, |flagged| flagged)]
        }).filter(|members| !members.is_empty()).collect();
        attackers.iter_mut().for_each(|attacker| attacker.concludes(&variants));
        // The flagged are protected too, though no figure is theirs alone.
        let few = |members: &Vec<u32>, variable: usize| {
            (1..5).contains(&attackers[variable].value(members)) && !(variable == 0 && whole.contains(members))
        };
        for members in &variants {
            hidden.extend((0..truth.len()).filter(|v| few(members, *v)).map(|variable| (members.clone(), variable)));
        }
        for (members, variable) in hidden {
            prop_assert!(!attackers[variable].computes(&members), "{members:?} of variable {variable} follows");
        }
    }

    #[test]
    fn nothing_is_hidden_where_nothing_is_small(counts in proptest::collection::vec(5_u64..40, 4)) {
        let tables = LinkedTables::new(unflagged(&counts), &two_by_two(), DisclosureRule::default());
        prop_assert!(shown(&tables, &tables.people(), &two_by_two(), Answers::All).iter().all(|is_shown| *is_shown));
        prop_assert!(shown(&tables, &tables.statistic(&counts), &two_by_two(), Answers::All).iter().all(|is_shown| *is_shown));
    }
}
