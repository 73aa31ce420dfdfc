//! Statistical disclosure control: which cells of a set of tables may be shown without telling anything about a handful of
//! people.
//!
//! All declared breakdowns of a round are one linked set, because whoever is counted in one cell is counted in all around
//! it: a district's women are what is left of the district without its men. So after the small cells (primary suppression)
//! others are hidden until no hidden one can be computed from what is shown (complementary suppression), and an exact
//! audit has the last word. The outcome is that of the whole set, whichever part of it somebody asks for.
//!
//! Source: Willenborg and de Waal (2001), "Elements of Statistical Disclosure Control"; the audit by elimination follows the
//! idea of Langsrud (2024), "Secondary cell suppression by Gaussian elimination".

mod audit;
#[cfg(test)]
mod tests;

use audit::Known;
use std::collections::BTreeMap;

/// A cell of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCell {
    /// The breakdown it belongs to; cells of one breakdown have no one in common.
    pub breakdown: usize,
    /// The smallest groups it is made of, by number: the same numbers in every breakdown.
    pub members: Vec<u32>,
    /// People in it who answered.
    pub n: u64,
}

/// When a cell is too small to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisclosureRule {
    /// A cell of at least one and fewer people than this is hidden.
    pub min_n: u64,
}

impl Default for DisclosureRule {
    /// Five, the usual threshold.
    fn default() -> Self {
        Self { min_n: 5 }
    }
}

/// What becomes of a cell. Hidden means hidden with all it has: estimate, standard error, interval and n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Shown. A cell in which nobody answered tells about nobody.
    Shown,
    /// Hidden because it is small.
    Primary,
    /// Hidden because a small one could be computed from it.
    Complementary,
}

/// One cell is the sum of others of one breakdown.
struct Equation {
    /// Places of the cells; the sum comes first.
    cells: Vec<usize>,
}

/// Decides for every cell of a linked set.
#[must_use]
pub fn suppress(cells: &[PublishedCell], rule: DisclosureRule) -> Vec<Visibility> {
    let is_small = |cell: &PublishedCell| cell.n > 0 && cell.n < rule.min_n;
    let mut seen: Vec<Visibility> =
        cells.iter().map(|cell| if is_small(cell) { Visibility::Primary } else { Visibility::Shown }).collect();
    if seen.iter().all(|cell| *cell == Visibility::Shown) {
        return seen;
    }
    let equations = equations(cells);
    loop {
        while let Some(place) = next_by_equation(cells, &equations, &seen, rule) {
            hide(&mut seen, place);
        }
        match next_by_audit(cells, &equations, &seen) {
            Some(place) => hide(&mut seen, place),
            None => return seen,
        }
    }
}

fn hide(seen: &mut [Visibility], place: usize) {
    if let Some(cell) = seen.get_mut(place) {
        *cell = Visibility::Complementary;
    }
}

fn is_shown(seen: &[Visibility], place: usize) -> bool {
    seen.get(place).is_some_and(|cell| *cell == Visibility::Shown)
}

/// All ways in which a cell is made up of cells of one breakdown.
fn equations(cells: &[PublishedCell]) -> Vec<Equation> {
    let mut owner: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    for (place, cell) in cells.iter().enumerate() {
        cell.members.iter().for_each(|member| _ = owner.insert((cell.breakdown, *member), place));
    }
    let breakdowns: std::collections::BTreeSet<usize> = cells.iter().map(|cell| cell.breakdown).collect();
    let mut equations = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        for breakdown in breakdowns.iter().filter(|breakdown| **breakdown != cell.breakdown) {
            let parts: Option<std::collections::BTreeSet<usize>> =
                cell.members.iter().map(|member| owner.get(&(*breakdown, *member)).copied()).collect();
            let Some(parts) = parts else { continue };
            let n_members: usize =
                parts.iter().filter_map(|part| cells.get(*part)).map(|part| part.members.len()).sum();
            // The parts may reach beyond the cell, and then they do not add up to it.
            if n_members == cell.members.len() && !parts.is_empty() {
                equations.push(Equation { cells: std::iter::once(place).chain(parts).collect() });
            }
        }
    }
    equations
}

/// A cell to hide because an equation gives another away: one hidden cell alone, or hidden parts that are few together.
fn next_by_equation(
    cells: &[PublishedCell],
    equations: &[Equation],
    seen: &[Visibility],
    rule: DisclosureRule,
) -> Option<usize> {
    let n = |place: &usize| cells.get(*place).map_or(0, |cell| cell.n);
    equations.iter().find_map(|Equation { cells }| {
        let hidden: Vec<usize> = cells.iter().copied().filter(|place| !is_shown(seen, *place)).collect();
        let (sum, parts) = cells.split_first()?;
        let few = is_shown(seen, *sum) && {
            let together: u64 = parts.iter().filter(|place| !is_shown(seen, **place)).map(n).sum();
            together > 0 && together < rule.min_n
        };
        if hidden.len() != 1 && !few {
            return None;
        }
        smallest(parts, seen, n).or_else(|| Some(*sum).filter(|sum| is_shown(seen, *sum)))
    })
}

/// The smallest shown cell with someone in it.
fn smallest(places: &[usize], seen: &[Visibility], n: impl Fn(&usize) -> u64) -> Option<usize> {
    let candidates = places.iter().copied().filter(|place| is_shown(seen, *place) && n(place) > 0);
    candidates.min_by_key(|place| (n(place), *place))
}

/// A cell to hide because a hidden one follows from all shown ones together: the smallest in an equation with it, or else
/// the smallest that has someone in common with it.
fn next_by_audit(cells: &[PublishedCell], equations: &[Equation], seen: &[Visibility]) -> Option<usize> {
    let shown = cells.iter().zip(seen).filter(|(_, seen)| **seen == Visibility::Shown).map(|(cell, _)| cell);
    let known = Known::from(shown);
    let n = |place: &usize| cells.get(*place).map_or(0, |cell| cell.n);
    let hidden = cells.iter().enumerate().filter(|(place, _)| !is_shown(seen, *place));
    for (place, cell) in hidden {
        if !known.tells(&cell.members) {
            continue;
        }
        let related: Vec<usize> =
            equations.iter().filter(|e| e.cells.contains(&place)).flat_map(|e| e.cells.iter().copied()).collect();
        let overlapping: Vec<usize> = cells
            .iter()
            .enumerate()
            .filter(|(_, other)| other.members.iter().any(|member| cell.members.contains(member)))
            .map(|(place, _)| place)
            .collect();
        let next = smallest(&related, seen, n).or_else(|| smallest(&overlapping, seen, n));
        if next.is_some() {
            return next;
        }
    }
    None
}
