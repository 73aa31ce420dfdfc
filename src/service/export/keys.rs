//! What people could be told apart by in a file of answers, and which of it is withheld. The rule is that of
//! [`crate::domain::disclosure::local`]; a place is a desk, the smallest that stands in the file.

use super::super::catalogue::Catalogue;
use super::questions::Question;
use crate::domain::channel::Channel;
use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::disclosure::local::{self, Alike, Withheld};
use crate::domain::quality::{Reason, Reasons};
use crate::domain::questionnaire::Questionnaire;
use crate::export::variable::Role;
use std::collections::HashMap;

/// A key. Their order is that in which they are kept: first what figures are broken down by, then the rest of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A question of the profile, by its place.
    Question(usize),
    /// The channel.
    Channel,
    /// Whether there was a receipt code.
    Admission,
    /// Whether a reason holds to flag it.
    Reason(Reason),
}

/// An answer sheet as far as its keys go.
pub(super) struct Person<'a> {
    pub(super) packed: &'a [u8],
    pub(super) channel: Channel,
    pub(super) has_receipt: bool,
    pub(super) reasons: Reasons,
}

impl Key {
    /// The keys of a round.
    pub(super) fn all(catalogue: &Catalogue, questionnaire: &Questionnaire, questions: &[Question]) -> Vec<Self> {
        let declared: Vec<&String> = catalogue.breakdowns().into_iter().flat_map(|list| &list.by).flatten().collect();
        let profile = questions.iter().enumerate().filter(|(_, question)| question.variable.role == Role::Profile);
        let mut profile: Vec<(usize, usize)> = profile
            .map(|(place, question)| {
                let id = questionnaire.items.get(question.item).map(|item| item.id.as_str());
                let used = declared.iter().position(|name| Some(name.as_str()) == id);
                (used.unwrap_or(usize::MAX), place)
            })
            .collect();
        profile.sort_unstable();
        let profile = profile.into_iter().map(|(_, place)| Self::Question(place));
        // That a desk has more answers than transactions holds for all of its people, and so tells nobody apart.
        let reasons = Reason::ALL.into_iter().filter(|reason| *reason != Reason::MoreThanTransactions);
        profile.chain([Self::Channel, Self::Admission]).chain(reasons.map(Self::Reason)).collect()
    }

    fn value(self, person: &Person, questions: &[Question]) -> i32 {
        match self {
            Self::Question(place) => questions.get(place).map_or(0, |question| question.answer(person.packed).key()),
            Self::Channel => person.channel as i32,
            Self::Admission => i32::from(person.has_receipt),
            Self::Reason(reason) => i32::from(person.reasons.has(reason)),
        }
    }
}

type Hashed<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Combinations of keys, counted by desk. Those who have the same at one desk are a group.
pub(super) struct Tally {
    keys: Vec<Key>,
    combinations: Hashed<Vec<i32>, u32>,
    /// By desk and combination.
    groups: Hashed<(u32, u32), u32>,
    /// How many are in each.
    sizes: Vec<u64>,
    scratch: Vec<i32>,
}

impl Tally {
    pub(super) fn new(keys: Vec<Key>) -> Self {
        let (combinations, groups) = (Hashed::default(), Hashed::default());
        Self { keys, combinations, groups, sizes: Vec::new(), scratch: Vec::new() }
    }

    /// Counts a sheet of a desk; returns the number of its group.
    pub(super) fn add(&mut self, desk: u32, person: &Person, questions: &[Question]) -> u32 {
        self.scratch.clear();
        self.scratch.extend(self.keys.iter().map(|key| key.value(person, questions)));
        let combination = match self.combinations.get(&self.scratch) {
            Some(known) => *known,
            None => {
                let next = self.combinations.len() as u32;
                self.combinations.insert(self.scratch.clone(), next);
                next
            }
        };
        let next = self.sizes.len() as u32;
        let group = *self.groups.entry((desk, combination)).or_insert(next);
        match self.sizes.get_mut(group as usize) {
            Some(size) => *size += 1,
            None => self.sizes.push(1),
        }
        group
    }

    /// Decides what is withheld at every desk.
    pub(super) fn decide(self) -> Cover {
        let mut values = vec![&[][..]; self.combinations.len()];
        for (combination, place) in &self.combinations {
            if let Some(slot) = values.get_mut(*place as usize) {
                *slot = combination;
            }
        }
        let value = |combination: u32, key: usize| {
            values.get(combination as usize).and_then(|values| values.get(key)).copied().unwrap_or_default()
        };
        let mut desks: HashMap<u32, Vec<Alike>> = HashMap::new();
        for ((desk, combination), group) in &self.groups {
            let n = self.sizes.get(*group as usize).copied().unwrap_or_default();
            let alike = Alike { combination: *combination, n, withheld: Withheld::default() };
            desks.entry(*desk).or_default().push(alike);
        }
        let mut parts: Vec<Vec<Part>> = vec![Vec::new(); self.sizes.len()];
        for (desk, mut alike) in desks {
            // A map gives them in any order, and the same answers shall give the same file.
            alike.sort_unstable_by(|a, b| value_of(&values, a.combination).cmp(value_of(&values, b.combination)));
            for Alike { combination, n, withheld } in local::suppress(alike, self.keys.len(), MIN_ANSWERS, &value) {
                let group = self.groups.get(&(desk, combination));
                if let Some(parts) = group.and_then(|group| parts.get_mut(*group as usize)) {
                    parts.push(Part { n, withheld });
                }
            }
        }
        Cover::new(self.keys, parts)
    }
}

fn value_of<'v>(values: &[&'v [i32]], combination: u32) -> &'v [i32] {
    values.get(combination as usize).copied().unwrap_or_default()
}

/// So many sheets of a group with these keys withheld.
#[derive(Clone)]
struct Part {
    n: u64,
    withheld: Withheld,
}

/// What is withheld of each sheet. Each sheet asks, so it is kept small.
pub(super) struct Cover {
    keys: Vec<Key>,
    /// What may be withheld, all different.
    kinds: Vec<Withheld>,
    /// Group by group, how many sheets of a kind are to come, and its place.
    parts: Vec<(u32, u32)>,
    /// Of each group, the part that its next sheet belongs to. Behind the last part of a group stands one of no sheets.
    at: Vec<u32>,
}

impl Cover {
    fn new(keys: Vec<Key>, groups: Vec<Vec<Part>>) -> Self {
        let mut cover = Self { keys, kinds: Vec::new(), parts: Vec::new(), at: Vec::with_capacity(groups.len()) };
        let mut places: Hashed<Withheld, u32> = Hashed::default();
        for parts in groups {
            cover.at.push(cover.parts.len() as u32);
            for Part { mut n, withheld } in parts {
                let kind = *places.entry(withheld).or_insert_with(|| {
                    cover.kinds.push(withheld);
                    cover.kinds.len() as u32 - 1
                });
                while n > 0 {
                    let counted = u32::try_from(n).unwrap_or(u32::MAX);
                    cover.parts.push((counted, kind));
                    n -= u64::from(counted);
                }
            }
            cover.parts.push((0, 0));
        }
        cover
    }

    /// What is withheld of the next sheet of a group. One that was not counted shows nothing.
    pub(super) fn next(&mut self, group: u32) -> Withheld {
        self.kind(group).and_then(|kind| self.kinds.get(kind as usize)).copied().unwrap_or_else(Withheld::of_all)
    }

    fn kind(&mut self, group: u32) -> Option<u32> {
        let at = self.at.get_mut(group as usize)?;
        let (n, kind) = self.parts.get_mut(*at as usize)?;
        *n = n.checked_sub(1)?;
        *at += u32::from(*n == 0);
        Some(*kind)
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }
}
