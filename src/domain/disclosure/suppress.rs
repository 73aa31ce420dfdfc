//! Which of some cells have to be hidden, so that none that is hidden follows from those that are shown.

use super::DisclosureRule;
use super::audit::{Known, Source};
use std::collections::BTreeSet;

/// A cell of one variable: how many people, or how many of the people answered something.
pub(super) struct Cell<'a> {
    /// The smallest groups it is made of.
    pub(super) members: &'a [u32],
    /// People it counts.
    pub(super) n: u64,
    pub(super) role: Role,
    /// Its number is told elsewhere in any case.
    pub(super) is_told: bool,
}

/// What is done with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is shown unless it has to be hidden.
    Published,
    /// Nobody shows it, but it is what others differ by.
    Derived,
    /// It is not shown, and protected already.
    Withheld,
}

/// What became of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Shown,
    /// Not shown, and must not follow.
    Hidden,
    /// Not shown, and no secret.
    Open,
}

/// One cell is the sum of others that have no one in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Equation {
    pub(super) sum: usize,
    pub(super) parts: Vec<usize>,
}

impl Equation {
    fn places(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().copied().chain([self.sum])
    }
}

impl Cell<'_> {
    fn is_small(&self, rule: DisclosureRule) -> bool {
        rule.is_few(self.n)
    }

    /// None of its people is counted, and so it is with each of its groups.
    fn counts_nobody(&self) -> bool {
        self.n == 0
    }
}

/// Cells of one variable on their way to a decision.
pub(super) struct Suppression<'a> {
    pub(super) cells: Vec<Cell<'a>>,
    pub(super) equations: &'a [Equation],
    pub(super) n_groups: usize,
    pub(super) rule: DisclosureRule,
}

impl Suppression<'_> {
    /// Decides for every cell.
    pub(super) fn decide(&self) -> Vec<State> {
        let first = |cell: &Cell| match cell.role {
            Role::Withheld => State::Open,
            _ if cell.is_small(self.rule) => State::Hidden,
            Role::Derived => State::Open,
            Role::Published => State::Shown,
        };
        let mut states: Vec<State> = self.cells.iter().map(first).collect();
        if self.cells.iter().all(|cell| cell.role != Role::Withheld) && !states.contains(&State::Hidden) {
            return states;
        }
        loop {
            while self.hide_by_equations(&mut states) {}
            if !self.hide_by_audit(&mut states) {
                return states;
            }
        }
    }

    /// Everything that follows from the cells shown. Who sees that nobody of a cell is counted knows it of each of its
    /// groups.
    fn with_known<T>(&self, states: &[State], ask: impl FnOnce(&Known) -> T) -> T {
        let mut sources = vec![Source::Unknown; self.n_groups];
        let with_state = || self.cells.iter().zip(states).enumerate();
        let is_shown = |(_, (cell, state)): &(usize, (&Cell, &State))| **state == State::Shown || cell.is_told;
        let shown = || with_state().filter(is_shown).map(|(place, (cell, _))| (place, cell.members));
        for (place, (cell, _)) in
            with_state().filter(|(_, (cell, state))| **state == State::Shown && cell.counts_nobody())
        {
            mark(&mut sources, cell.members, Source::Known(Some(place)));
        }
        loop {
            let follow: Vec<(usize, Source)> = {
                let known = Known::new(shown(), self.cells.len(), &sources);
                let derived = with_state().filter(|(_, (cell, state))| **state == State::Open && cell.counts_nobody());
                let told = |(place, (cell, _)): (usize, (&Cell, &State))| {
                    let from = known.tells(cell.members)?;
                    Some((place, Source::Known(self.smallest(from.into_iter(), states))))
                };
                derived.filter_map(told).collect()
            };
            let members = |place: usize| self.cells.get(place).map(|cell| cell.members).unwrap_or_default();
            let mut grew = false;
            follow.into_iter().for_each(|(place, source)| grew |= mark(&mut sources, members(place), source));
            if !grew {
                return ask(&Known::new(shown(), self.cells.len(), &sources));
            }
        }
    }

    /// Hides cells because an equation gives others away: one hidden cell alone, or hidden parts that are few together.
    fn hide_by_equations(&self, states: &mut [State]) -> bool {
        let mut changed = false;
        for equation in self.equations {
            let state = |place: usize| states.get(place).copied().unwrap_or(State::Open);
            let unseen: Vec<usize> = equation.places().filter(|place| state(*place) != State::Shown).collect();
            let alone = matches!(unseen.as_slice(), [one] if state(*one) == State::Hidden);
            let are_few = || state(equation.sum) == State::Shown && self.are_few(&unseen);
            if !alone && !are_few() {
                continue;
            }
            let next = self.smallest(equation.parts.iter().copied(), states);
            if let Some(next) = next.or_else(|| self.smallest([equation.sum].into_iter(), states)) {
                changed |= hide(states, next);
            }
        }
        changed
    }

    /// Whether cells count few people together.
    fn are_few(&self, places: &[usize]) -> bool {
        self.rule.is_few(places.iter().filter_map(|place| self.cells.get(*place)).map(|cell| cell.n).sum())
    }

    /// The smallest shown cell. Those whose number is told anyway, and those of nobody, protect little, so they are the
    /// last.
    fn smallest(&self, places: impl Iterator<Item = usize>, states: &[State]) -> Option<usize> {
        let shown = places.filter(|place| states.get(*place) == Some(&State::Shown));
        let candidates = shown.filter_map(|place| Some((place, self.cells.get(place)?)));
        let keys = candidates.map(|(place, cell)| (cell.is_told, cell.counts_nobody(), cell.n, place));
        keys.min().map(|(_, _, _, place)| place)
    }

    /// Hides a cell for each hidden one that follows from the shown ones: the smallest of those it follows from. What was
    /// hidden for another may have helped already, so those that follow from it too have to wait.
    fn hide_by_audit(&self, states: &mut [State]) -> bool {
        let is_asked = |cell: &Cell, state: State| match cell.role {
            Role::Withheld => cell.n > 0,
            Role::Published | Role::Derived => state == State::Hidden && !cell.is_told,
        };
        let asked = self.cells.iter().zip(states.iter()).filter(|(cell, state)| is_asked(cell, **state));
        let asked: Vec<&Cell> = asked.map(|(cell, _)| cell).collect();
        if asked.is_empty() {
            return false;
        }
        let told: Vec<Vec<usize>> =
            self.with_known(states, |known| asked.into_iter().filter_map(|cell| known.tells(cell.members)).collect());
        let mut hidden = BTreeSet::new();
        for from in told {
            if from.iter().any(|place| hidden.contains(place)) {
                continue;
            }
            if let Some(next) = self.smallest(from.into_iter(), states).filter(|next| hide(states, *next)) {
                hidden.insert(next);
            }
        }
        !hidden.is_empty()
    }
}

/// Notes where groups are known from; whether any was not known yet.
fn mark(sources: &mut [Source], members: &[u32], source: Source) -> bool {
    let mut grew = false;
    for member in members {
        if let Some(unknown) = sources.get_mut(*member as usize).filter(|source| **source == Source::Unknown) {
            *unknown = source;
            grew = true;
        }
    }
    grew
}

fn hide(states: &mut [State], place: usize) -> bool {
    let Some(state) = states.get_mut(place) else { return false };
    std::mem::replace(state, State::Hidden) != State::Hidden
}
