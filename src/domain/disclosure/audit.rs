//! What follows from what is shown: shown cells are linear equations in the numbers of people of the smallest groups, and a
//! hidden cell follows from them exactly if its own equation is a combination of theirs.
//!
//! The elimination is exact: it counts modulo the prime 2⁶¹ − 1. A combination with rational coefficients exists modulo a
//! prime too, unless the prime divides one of its denominators, which for tables of zeros and ones would take an accident
//! of one in 10¹⁸. The other way round, a combination that exists only modulo the prime hides a cell too many, which is
//! safe.

const PRIME: u64 = (1 << 61) - 1;
/// Its powers are all different for as many groups as there can be, and look like chance.
const GENERATOR: u64 = 37;

/// Where the number of people of a group is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It is not known by itself.
    Unknown,
    /// From this shown cell, or from elsewhere; the group is no unknown.
    Known(Option<usize>),
}

/// Everything that follows from shown cells.
pub(super) struct Known<'a> {
    /// By first unknown: a row whose coefficient there is 1, in the order of the unknowns. Behind the groups stand the
    /// shown cells, a place each, so that a row carries along which of them it is made of.
    rows: Vec<Option<Vec<(u32, u64)>>>,
    n_cells: usize,
    /// By group.
    sources: &'a [Source],
}

impl<'a> Known<'a> {
    /// Takes shown cells, places among `n_cells` and members; `sources` has an entry for every group.
    pub(super) fn new<'c>(
        shown: impl Iterator<Item = (usize, &'c [u32])>,
        n_cells: usize,
        sources: &'a [Source],
    ) -> Self {
        let mut known = Self { rows: vec![None; sources.len()], n_cells, sources };
        let mut shown: Vec<(usize, &[u32])> = shown.collect();
        // Short rows first: the long ones are mostly sums of them and vanish without filling anything up.
        shown.sort_by_key(|(_, members)| members.len());
        for (cell, members) in shown {
            let row = known.reduced(members, Some(cell));
            let Some((first, coefficient)) = row.first().copied() else { continue };
            let inverse = power(coefficient, PRIME - 2);
            // A row that only says how cells make up others tells of no group.
            if let Some(place) = known.rows.get_mut(first as usize) {
                *place = Some(row.into_iter().map(|(unknown, value)| (unknown, times(value, inverse))).collect());
            }
        }
        known
    }

    /// The shown cells from which the number of people in these groups together follows; `None` if it does not.
    pub(super) fn tells(&self, members: &[u32]) -> Option<Vec<usize>> {
        let left = self.reduced(members, None);
        let cell = |(place, _): &(u32, u64)| (*place as usize).checked_sub(self.rows.len());
        left.iter().map(cell).collect()
    }

    /// What is left of a row after taking out all that is known.
    fn reduced(&self, members: &[u32], cell: Option<usize>) -> Vec<(u32, u64)> {
        let n_groups = self.rows.len();
        let mut row = vec![0_u64; n_groups + self.n_cells];
        let entry = |member: &u32| match self.sources.get(*member as usize)? {
            Source::Unknown => Some((*member as usize, 1)),
            // A number of its own for each group, so that what a cell told of a group never cancels out what it tells itself.
            Source::Known(from) => from.map(|cell| (n_groups + cell, power(GENERATOR, u64::from(*member) + 1))),
        };
        for (place, value) in members.iter().filter_map(entry).chain(cell.map(|cell| (n_groups + cell, 1))) {
            if let Some(place) = row.get_mut(place) {
                *place = (*place + value) % PRIME;
            }
        }
        for (place, known) in self.rows.iter().enumerate() {
            let coefficient = row.get(place).copied().unwrap_or_default();
            if let (Some(known), true) = (known, coefficient != 0) {
                for (unknown, value) in known {
                    if let Some(left) = row.get_mut(*unknown as usize) {
                        *left = minus(*left, times(coefficient, *value));
                    }
                }
            }
        }
        (0_u32..).zip(row).filter(|(_, value)| *value != 0).collect()
    }
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
