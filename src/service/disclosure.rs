//! What a round may show: its areas and its declared breakdowns as one linked set of tables. Results, breakdowns and the
//! index table ask here, so that nothing hidden in one of them can be computed from another.

use super::breakdown::cells;
use super::catalogue::Catalogue;
use super::exercise::{Exercise, Survey};
use super::sample::RoundSample;
use crate::domain::area::{Area, Level};
use crate::domain::disclosure::{DisclosureRule, Group, LinkedTables, NoFigure, Shown, Spot};
use crate::domain::ids::AreaCode;
use crate::domain::quality::Answers;
use crate::statistics::{Domain, NotEstimable, Statistic};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People by desk, cell of the profile and flag: how many answered which columns. Of all answers, whatever figures are
/// made of.
#[derive(Debug, Default)]
pub struct Tally {
    /// People of each place, by the columns they answered, a bit a column.
    answered: BTreeMap<Place, HashMap<Vec<u64>, u64>>,
    scratch: Vec<u64>,
}

/// Where people are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The desk by its place in the frame.
    desk: u32,
    /// The cell of the profile.
    cell: u32,
    is_flagged: bool,
}

impl Tally {
    /// Counts an answer sheet, of which the columns in `answered` have a value.
    pub(super) fn add(&mut self, desk: u32, cell: u32, is_flagged: bool, answered: impl Iterator<Item = bool>) {
        self.scratch.clear();
        for (column, is_answered) in answered.enumerate() {
            if column % 64 == 0 {
                self.scratch.push(0);
            }
            if let Some(word) = self.scratch.last_mut() {
                *word |= u64::from(is_answered) << (column % 64);
            }
        }
        let people = self.answered.entry(Place { desk, cell, is_flagged }).or_default();
        match people.get_mut(&self.scratch) {
            Some(n) => *n += 1,
            None => _ = people.insert(self.scratch.clone(), 1),
        }
    }
}

/// A round's linked set.
pub struct Linked<'a> {
    tally: &'a Tally,
    tables: LinkedTables,
    /// The group of each place, in the order of the tally.
    group_of: Vec<u32>,
    n_groups: usize,
    /// What was decided about statistics so far, by their columns: index, results and breakdowns ask for the same ones.
    decided: RefCell<BTreeMap<BTreeSet<usize>, Shown>>,
}

/// What may be shown of one statistic.
pub struct Visible<'a> {
    linked: &'a Linked<'a>,
    shown: Shown,
}

impl Visible<'_> {
    /// Whether a domain's figure of these answers may be shown.
    #[must_use]
    pub fn holds(&self, domain: &Domain, answers: Answers) -> bool {
        self.shown.holds(self.linked.spot(domain, answers))
    }

    /// Whether the figure of the domain at a spot may be shown.
    pub(super) fn shows(&self, spot: Spot) -> bool {
        self.shown.holds(spot)
    }

    /// The figure of the domain at a spot if it may be shown, or why there is none.
    pub(super) fn figure<T>(&self, spot: Spot, outcome: Result<T, NotEstimable>) -> Result<T, NoFigure> {
        if self.shown.holds(spot) {
            outcome.map_err(|why| NoFigure::None(why.to_string()))
        } else {
            Err(NoFigure::Hidden)
        }
    }
}

impl<'a> Linked<'a> {
    /// Links all that a survey shows: its whole area, the areas within and its declared breakdowns.
    #[must_use]
    pub fn of(catalogue: &Catalogue, exercise: &Exercise, survey: &'a Survey) -> Self {
        let sample = &survey.sample;
        let declared = cells::Declared::of(catalogue, exercise, survey);
        // People who differ in nothing that figures are broken down by are one group.
        let used = declared.profile();
        let mut groups: HashMap<(u32, Vec<u8>, bool), u32> = HashMap::new();
        let mut sizes: Vec<Group> = Vec::new();
        let mut group_of = Vec::with_capacity(sample.tally.answered.len());
        for (place, people) in &sample.tally.answered {
            let next = sizes.len() as u32;
            let key = (place.desk, sample.profile_codes(place.cell, &used), place.is_flagged);
            let group = *groups.entry(key).or_insert(next);
            if group == next {
                sizes.push(Group { n: 0, is_flagged: place.is_flagged });
            }
            if let Some(size) = sizes.get_mut(group as usize) {
                size.n += people.values().sum::<u64>();
            }
            group_of.push(group);
        }
        let n_groups = sizes.len();
        let mut linked = Self {
            tally: &sample.tally,
            tables: LinkedTables::default(),
            group_of,
            n_groups,
            decided: RefCell::default(),
        };
        let mut tables = vec![vec![linked.groups(&declared.whole())]];
        tables.extend(areas(exercise, sample).iter().map(|level| level.iter().map(|d| linked.groups(d)).collect()));
        tables.extend(
            declared.by_breakdown().map(|cells| cells.iter().map(|cell| linked.groups(&cell.domain)).collect()),
        );
        linked.tables = LinkedTables::new(sizes, &tables, DisclosureRule::default());
        linked
    }

    /// Where a domain stands in the set, with all answers or those without flags.
    #[must_use]
    pub fn spot(&self, domain: &Domain, answers: Answers) -> Spot {
        self.tables.spot(&self.groups(domain), answers)
    }

    /// What may be shown of the people themselves.
    #[must_use]
    pub fn people(&self) -> Visible<'_> {
        Visible { linked: self, shown: self.tables.people() }
    }

    /// What may be shown of a statistic.
    #[must_use]
    pub fn statistic(&self, statistic: &Statistic) -> Visible<'_> {
        let columns = statistic.columns();
        if let Some(shown) = self.decided.borrow().get(&columns) {
            return Visible { linked: self, shown: shown.clone() };
        }
        let mut answered = vec![0; self.n_groups];
        let has =
            |mask: &Vec<u64>, column: &usize| mask.get(column / 64).is_some_and(|word| word >> (column % 64) & 1 == 1);
        for (people, group) in self.tally.answered.values().zip(&self.group_of) {
            let any = people.iter().filter(|(mask, _)| columns.iter().any(|column| has(mask, column)));
            if let Some(n) = answered.get_mut(*group as usize) {
                *n += any.map(|(_, n)| n).sum::<u64>();
            }
        }
        let shown = self.tables.statistic(&answered);
        self.decided.borrow_mut().insert(columns, shown.clone());
        Visible { linked: self, shown }
    }

    /// People of a domain.
    #[must_use]
    pub fn n(&self, domain: &Domain, answers: Answers) -> u64 {
        let counts = |place: &&Place| answers == Answers::All || !place.is_flagged;
        let inside = self.tally.answered.iter().filter(|(place, _)| is_within(domain, place) && counts(place));
        inside.flat_map(|(_, people)| people.values()).sum()
    }

    /// The groups of a domain.
    fn groups(&self, domain: &Domain) -> Vec<u32> {
        let places = self.tally.answered.keys().zip(&self.group_of);
        places.filter(|(place, _)| is_within(domain, place)).map(|(_, group)| *group).collect()
    }
}

fn is_within(domain: &Domain, place: &Place) -> bool {
    let within = |part: &Option<BTreeSet<u32>>, value: u32| part.as_ref().is_none_or(|part| part.contains(&value));
    within(&domain.psus, place.desk) && within(&domain.cells, place.cell)
}

/// The areas within a round's, level by level.
fn areas(exercise: &Exercise, sample: &RoundSample) -> Vec<Vec<Domain>> {
    let mut levels: BTreeMap<Level, Vec<AreaCode>> = BTreeMap::new();
    let within = |area: &&Area| exercise.tree.is_within(&area.code, &exercise.plan.area);
    for area in exercise.tree.iter().filter(within) {
        levels.entry(area.level).or_default().push(area.code.clone());
    }
    levels.values().map(|codes| sample.domains(&exercise.tree, codes)).collect()
}
