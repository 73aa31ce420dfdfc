//! Whether published figures agree with each other: parts and totals, ranks and moves, values and changes.
//!
//! Printed parts are taken as rounded to two decimals, so each may be off by half a unit of the last one, and so may
//! what they add up to. A difference beyond that is a contradiction: somebody typed or computed something wrong.

use super::period::Year;
use super::points::{Points, round_half_up};

mod printed;

pub use printed::Claim;

/// Half a unit of the second decimal: what rounding may take from or add to a printed figure.
const HALF_UNIT: Points = Points::from_ten_thousandths(50);

/// What came out; the later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// There was nothing that could be checked.
    Unchecked,
    /// To the last digit.
    AddsUp,
    /// The difference is no more than the rounding of the parts can make.
    WithinRounding,
    /// The figures cannot all be right.
    Contradicts,
}

impl Verdict {
    /// A stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::AddsUp => "adds-up",
            Self::WithinRounding => "within-rounding",
            Self::Contradicts => "contradicts",
        }
    }

    fn of_difference(difference: Points, n_rounded: usize) -> Self {
        let size = difference.ten_thousandths().unsigned_abs();
        let allowed = HALF_UNIT.ten_thousandths().unsigned_abs().saturating_mul(n_rounded as u64);
        match size {
            0 => Self::AddsUp,
            size if size <= allowed => Self::WithinRounding,
            _ => Self::Contradicts,
        }
    }

    fn of_truth(holds: bool) -> Self {
        if holds { Self::AddsUp } else { Self::Contradicts }
    }
}

/// A published figure with everything printed about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// Row in the file, from 1 with the header as row 1.
    pub row: usize,
    /// Whose figure it is.
    pub unit: String,
    /// The year it counts for.
    pub year: Option<Year>,
    /// Which figure: `par_index`, `sipas`.
    pub figure: String,
    /// The published value, in percent.
    pub value: Option<Points>,
    /// The value of the year before.
    pub previous_value: Option<Points>,
    /// The published rank.
    pub rank: Option<u32>,
    /// Of how many.
    pub of: Option<u32>,
    /// The rank of the year before.
    pub previous_rank: Option<u32>,
    /// What else was printed.
    pub printed: Vec<Claim>,
}

/// One comparison that was made, with its figures. It knows its own verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Parts against their total.
    Sum {
        /// The parts.
        parts: Vec<Points>,
        /// The total as published.
        total: Points,
    },
    /// A total printed beside the published one.
    OtherTotal {
        /// The published value.
        value: Points,
        /// The other one.
        printed: Points,
    },
    /// Points over the applicable maximum against the percent.
    Ratio {
        /// Points.
        points: Points,
        /// The maximum that applies.
        max: Points,
        /// The percent as published.
        percent: Points,
    },
    /// A percent against its range.
    Percent(Points),
    /// A rank against the number of units.
    Rank {
        /// The rank.
        rank: u32,
        /// Of how many, if that was given.
        of: Option<u32>,
    },
    /// A rank that was printed twice.
    RankTwice {
        /// Rank and number of units in the table.
        table: (Option<u32>, Option<u32>),
        /// Rank and number of units in the text.
        text: (u32, u32),
    },
    /// A move of some places against the ranks of both years.
    Move {
        /// This year's rank.
        rank: u32,
        /// Of how many, if that was given.
        of: Option<u32>,
        /// Last year's rank, if that was given.
        previous: Option<u32>,
        /// Places up; negative for down. A higher rank number is worse.
        places: i32,
    },
    /// A change of value against the values of both years.
    Change {
        /// This year's value.
        value: Points,
        /// Last year's value.
        previous: Points,
        /// The change as printed.
        change: Points,
    },
}

impl Check {
    /// What the comparison says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Sum { parts, total } => {
                let sum: Points = parts.iter().copied().sum();
                Verdict::of_difference(sum - *total, parts.len() + 1)
            }
            Self::OtherTotal { value, printed } => Verdict::of_truth(value == printed),
            Self::Ratio { points, max, percent } => verdict_of_ratio(*points, *max, *percent),
            Self::Percent(percent) => Verdict::of_truth((Points::ZERO..=Points::whole(100)).contains(percent)),
            Self::Rank { rank, of } => Verdict::of_truth(*rank >= 1 && of.is_none_or(|of| *rank <= of)),
            Self::RankTwice { table, text } => {
                Verdict::of_truth(table.0.is_none_or(|rank| rank == text.0) && table.1.is_none_or(|of| of == text.1))
            }
            Self::Move { rank, of, previous, places } => {
                let implied = implied_rank(*rank, *places);
                let in_table = implied >= 1 && of.is_none_or(|of| implied <= i64::from(of));
                // Where last year's rank is given, it decides; the number of units may have been another one then.
                Verdict::of_truth(previous.map_or(in_table, |previous| i64::from(previous) == implied))
            }
            Self::Change { value, previous, change } => Verdict::of_difference(*value - *previous - *change, 3),
        }
    }
}

/// Last year's rank as a move implies it: going up makes the number smaller, so it was larger before.
#[must_use]
pub fn implied_rank(rank: u32, places: i32) -> i64 {
    i64::from(rank) + i64::from(places)
}

/// Points over maximum in percent, unrounded.
#[must_use]
pub fn percent_of(points: Points, max: Points) -> f64 {
    points.to_f64() / max.to_f64() * 100.0
}

fn verdict_of_ratio(points: Points, max: Points, percent: Points) -> Verdict {
    if max <= Points::ZERO || points < Points::ZERO || points > max {
        return Verdict::Contradicts;
    }
    let computed = percent_of(points, max);
    if (round_half_up(computed, 2) - percent.to_f64()).abs() < 1e-9 {
        return Verdict::AddsUp;
    }
    let allowed = HALF_UNIT.to_f64() * (1.0 + 100.0 / max.to_f64());
    if (computed - percent.to_f64()).abs() <= allowed { Verdict::WithinRounding } else { Verdict::Contradicts }
}

/// A published figure and every comparison made about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// The figure.
    pub published: Published,
    /// The comparisons, in the order of [`Check`].
    pub checks: Vec<Check>,
}

impl Reconciled {
    /// The worst of the verdicts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.checks.iter().map(Check::verdict).max().unwrap_or(Verdict::Unchecked)
    }
}

/// Makes every comparison that the printed figures allow.
#[must_use]
pub fn reconcile(published: Published) -> Reconciled {
    let mut checks = Vec::new();
    let Published { value, rank, of, previous_rank, .. } = published;
    checks.extend(value.map(Check::Percent));
    checks.extend(rank.map(|rank| Check::Rank { rank, of }));
    checks.extend(previous_rank.map(|rank| Check::Rank { rank, of: None }));
    for claim in &published.printed {
        checks.extend(checks_of(claim, &published));
    }
    // A value that lies between 0 and 100 says little; it must not make an otherwise unchecked row look checked.
    checks.retain(|check| !matches!(check, Check::Percent(_)) || check.verdict() == Verdict::Contradicts);
    Reconciled { published, checks }
}

fn checks_of(claim: &Claim, about: &Published) -> Vec<Check> {
    let rank = about.rank.or_else(|| about.printed.iter().find_map(Claim::rank));
    match claim {
        Claim::Parts(parts) => {
            let printed = about.printed.iter().filter_map(Claim::totals).flatten().copied();
            let sum = |total| Check::Sum { parts: parts.clone(), total };
            about.value.into_iter().chain(printed).map(sum).collect()
        }
        // With parts, each total is compared with their sum; without, with the published value.
        Claim::Totals(totals) if about.printed.iter().all(|other| !matches!(other, Claim::Parts(_))) => {
            let other = |value| totals.iter().map(move |printed| Check::OtherTotal { value, printed: *printed });
            about.value.into_iter().flat_map(other).collect()
        }
        Claim::Totals(_) | Claim::NotUnderstood(_) => Vec::new(),
        Claim::PointsOf { points, max } => {
            let ratio = |percent| Check::Ratio { points: *points, max: *max, percent };
            about.value.map(ratio).into_iter().collect()
        }
        Claim::RankOf { rank, of } => {
            let range = Check::Rank { rank: *rank, of: Some(*of) };
            let twice = Check::RankTwice { table: (about.rank, about.of), text: (*rank, *of) };
            vec![range, twice]
        }
        Claim::Places(places) => {
            let (of, previous) = (about.of, about.previous_rank);
            rank.map(|rank| Check::Move { rank, of, previous, places: *places }).into_iter().collect()
        }
        Claim::Change(change) => about
            .value
            .zip(about.previous_value)
            .map(|(value, previous)| Check::Change { value, previous, change: *change })
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests;
