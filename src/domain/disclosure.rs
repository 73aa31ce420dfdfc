//! Statistical disclosure control: which cells of a set of tables may be shown without telling anything about a handful of
//! people.
//!
//! Everything a round shows is one linked set, because whoever is counted in one cell is counted in all around it: a
//! district's women are what is left of the district without its men, and its flagged answers what the figures with them
//! have more than those without. So after the small cells (primary suppression) others are hidden until no hidden one can be
//! computed from what is shown (complementary suppression), and an exact audit has the last word. The outcome is that of the
//! whole set, whichever part of it somebody asks for.
//!
//! # What is in the set
//!
//! The cells are every area of a round and every cell of its declared breakdowns, each with all its people and without the
//! flagged ones; the flagged ones alone are never shown, but protected where they are few. On these cells lie the *people*
//! and, for every statistic, those of them who *answered* it. How many did not is no secret: no figure speaks of them.
//!
//! # Why it is decided statistic by statistic
//!
//! All together would be one system of a hundred thousand unknowns. It falls into parts because a statistic is shown only
//! where the people are, and what people said to one question does not follow from what they said to others: a hidden sum
//! of answers follows from the shown sums of the same statistic, or not at all.
//!
//! For 12 districts, 252 desks, sexes by ages and 33 items that is one elimination of about a thousand rows for the people
//! and a few for each statistic that has something to hide.
//!
//! # What is not in it
//!
//! Inequalities (an element has at least the answers of each of its items), and guesses that everybody answered: where
//! nobody of a part answered a question and everybody else did, the number of its answers would tell the size of the part.
//!
//! Source: Willenborg and de Waal (2001), "Elements of Statistical Disclosure Control"; the audit by elimination follows the
//! idea of Langsrud (2024), "Secondary cell suppression by Gaussian elimination".

mod audit;
pub mod local;
mod suppress;
#[cfg(test)]
mod tests;

use super::quality::Answers;
use std::collections::{BTreeSet, HashMap};
use suppress::{Cell, Equation, Role, State, Suppression};

/// Answers below which a figure is not shown (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15; n < 5 is our threshold).
pub const MIN_ANSWERS: u64 = 5;

/// When a cell is too small to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisclosureRule {
    /// A cell of at least one and fewer people than this is hidden.
    pub min_n: u64,
}

impl Default for DisclosureRule {
    /// [`MIN_ANSWERS`].
    fn default() -> Self {
        Self { min_n: MIN_ANSWERS }
    }
}

impl DisclosureRule {
    fn is_few(self, n: u64) -> bool {
        (1..self.min_n).contains(&n)
    }
}

/// Why a cell shows no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFigure {
    /// It is hidden: small, or one from which a small one could be computed. Which of both is not told: two hidden cells of
    /// six people together, one of them said to be small and one not, would be one of one and one of five.
    #[error("hidden: fewer than {MIN_ANSWERS} answers, or fewer could be computed from it")]
    Hidden,
    /// There is none.
    #[error("{0}")]
    None(String),
}

/// The people who lie in the same cells everywhere and are flagged, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// How many they are; at least one.
    pub n: u64,
    /// Whether their answers are flagged.
    pub is_flagged: bool,
}

/// The cells of all tables that a round shows, and what may be shown of its people.
#[derive(Debug, Clone, Default)]
pub struct LinkedTables {
    rule: DisclosureRule,
    groups: Vec<Group>,
    /// Their groups; no two cells have the same.
    cells: Vec<Vec<u32>>,
    places: HashMap<Vec<u32>, usize>,
    /// Places of cells that are shown unless they have to be hidden.
    published: BTreeSet<usize>,
    /// Places of cells whose number of people stands beside every figure: all answers, and how many are flagged.
    told: BTreeSet<usize>,
    equations: Vec<Equation>,
    people: Vec<State>,
}

/// What may be shown of one statistic.
#[derive(Debug, Clone)]
pub struct Shown {
    states: Vec<State>,
}

/// Where a cell stands in the set: looked up once, asked of many statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot(Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It has nobody in it.
    Nobody,
    /// At this place among the cells.
    Cell(usize),
    /// It is not of the set.
    Elsewhere,
}

impl Shown {
    /// Whether a cell may be shown. A cell of nobody tells about nobody; one that is not of the set is not shown. Hidden means
    /// hidden with all it has: estimate, standard error, interval and n.
    #[must_use]
    pub fn holds(&self, spot: Spot) -> bool {
        match spot.0 {
            Place::Nobody => true,
            Place::Cell(place) => self.states.get(place) == Some(&State::Shown),
            Place::Elsewhere => false,
        }
    }
}

impl LinkedTables {
    /// Links tables and decides about their people.
    ///
    /// `breakdowns` holds the groups of each cell by their places in `groups`; cells of one breakdown have no one in common,
    /// and the first cell of the first is the whole round.
    #[must_use]
    pub fn new(groups: Vec<Group>, breakdowns: &[Vec<Vec<u32>>], rule: DisclosureRule) -> Self {
        let mut tables = Self {
            rule,
            groups,
            cells: Vec::new(),
            places: HashMap::new(),
            published: BTreeSet::new(),
            told: BTreeSet::new(),
            equations: Vec::new(),
            people: Vec::new(),
        };
        let mut partitions: Vec<BTreeSet<usize>> = Vec::new();
        let mut equations = BTreeSet::new();
        for breakdown in breakdowns {
            let mut by_variant = [const { BTreeSet::new() }; 3];
            for members in breakdown {
                let places = tables.enter(members);
                places.iter().zip(&mut by_variant).for_each(|(place, partition)| partition.extend(*place));
                if let [Some(sum), Some(unflagged), Some(flagged)] = places {
                    equations.insert(Equation { sum, parts: vec![unflagged, flagged] });
                }
            }
            partitions.extend(by_variant);
        }
        let whole = breakdowns.first().and_then(|first| first.first()).map(Vec::as_slice).unwrap_or_default();
        tables.told = tables.enter(whole).into_iter().flatten().collect();
        partitions.iter().for_each(|partition| equations.extend(tables.sums(partition)));
        tables.equations = equations.into_iter().collect();
        tables.people = tables.people_of();
        tables
    }

    /// Where the cell of these groups stands, flagged answers included or not.
    #[must_use]
    pub fn spot(&self, members: &[u32], answers: Answers) -> Spot {
        let members = self.counted(members, answers);
        let place = || self.places.get(&members).map_or(Place::Elsewhere, |place| Place::Cell(*place));
        Spot(if members.is_empty() { Place::Nobody } else { place() })
    }

    /// What may be shown of the people themselves.
    #[must_use]
    pub fn people(&self) -> Shown {
        Shown { states: self.people.clone() }
    }

    /// What may be shown of a statistic, by the number of people in each group who answered it.
    #[must_use]
    pub fn statistic<'a>(&'a self, answered: &[u64]) -> Shown {
        let cell = |(place, members): (usize, &'a Vec<u32>)| {
            let n = members.iter().filter_map(|member| answered.get(*member as usize)).sum();
            let role = match self.people.get(place) {
                Some(State::Shown) => Role::Published,
                Some(State::Open) => Role::Derived,
                _ => Role::Withheld,
            };
            Cell { members, n, role, is_told: false }
        };
        let states = self.suppression(self.cells.iter().enumerate().map(cell).collect()).decide();
        Shown { states }
    }

    /// Enters a cell: its place with all its people, without the flagged ones, and with those only.
    fn enter(&mut self, members: &[u32]) -> [Option<usize>; 3] {
        let mut all = members.to_vec();
        all.sort_unstable();
        all.dedup();
        let (flagged, unflagged): (Vec<u32>, Vec<u32>) = all.iter().partition(|member| self.is_flagged(**member));
        [(all, true), (unflagged, true), (flagged, false)].map(|(members, is_published)| {
            if members.is_empty() {
                return None;
            }
            let next = self.cells.len();
            let place = *self.places.entry(members.clone()).or_insert(next);
            if place == next {
                self.cells.push(members);
            }
            if is_published {
                self.published.insert(place);
            }
            Some(place)
        })
    }

    fn is_flagged(&self, group: u32) -> bool {
        self.groups.get(group as usize).is_some_and(|group| group.is_flagged)
    }

    /// The groups that figures count, in order.
    fn counted(&self, members: &[u32], answers: Answers) -> Vec<u32> {
        let counts = |member: &u32| answers == Answers::All || !self.is_flagged(*member);
        let mut counted: Vec<u32> = members.iter().copied().filter(counts).collect();
        counted.sort_unstable();
        counted.dedup();
        counted
    }

    /// All ways in which a cell is made up of cells of one partition.
    fn sums(&self, partition: &BTreeSet<usize>) -> Vec<Equation> {
        let mut owner: Vec<Option<usize>> = vec![None; self.groups.len()];
        for place in partition {
            for member in self.cells.get(*place).into_iter().flatten() {
                if let Some(owner) = owner.get_mut(*member as usize) {
                    *owner = Some(*place);
                }
            }
        }
        let sum = |(sum, members): (usize, &Vec<u32>)| {
            let parts: Option<BTreeSet<usize>> =
                members.iter().map(|member| owner.get(*member as usize).copied().flatten()).collect();
            let parts: Vec<usize> = parts?.into_iter().collect();
            let n: usize = parts.iter().filter_map(|part| self.cells.get(*part)).map(Vec::len).sum();
            // The parts may reach beyond the cell, and then they do not add up to it.
            (n == members.len() && parts != [sum]).then_some(Equation { sum, parts })
        };
        self.cells.iter().enumerate().filter_map(sum).collect()
    }

    fn people_of<'a>(&'a self) -> Vec<State> {
        let cell = |(place, members): (usize, &'a Vec<u32>)| {
            let n = members.iter().filter_map(|member| self.groups.get(*member as usize)).map(|group| group.n).sum();
            let role = if self.published.contains(&place) { Role::Published } else { Role::Derived };
            Cell { members, n, role, is_told: self.told.contains(&place) }
        };
        self.suppression(self.cells.iter().enumerate().map(cell).collect()).decide()
    }

    fn suppression<'a>(&'a self, cells: Vec<Cell<'a>>) -> Suppression<'a> {
        Suppression { cells, equations: &self.equations, n_groups: self.groups.len(), rule: self.rule }
    }
}
