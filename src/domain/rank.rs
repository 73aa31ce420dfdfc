//! Ranks: 1 is best. They are given on the published precision, with ties, and come with the range of ranks that the
//! survey's sampling error leaves open.

use super::ids::AreaCode;
use super::scheme::TieRule;
use std::collections::BTreeMap;

/// One unit to be ranked.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The unit.
    pub unit: AreaCode,
    /// Its index as published: already rounded.
    pub published: f64,
    /// Its index unrounded, same unit as `se`.
    pub value: f64,
    /// Its standard error, or why it cannot be told apart from others.
    pub spread: Spread,
}

/// What is known about the sampling error of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Its standard error; zero only where no survey is involved.
    Known(f64),
    /// It cannot be estimated.
    Unknown,
    /// Some points are still to come, so any order may still change.
    Provisional,
}

/// The ranks of the year before, by unit; none where there was no ranking.
pub type PreviousRanks = Option<BTreeMap<AreaCode, u32>>;

/// Where a unit stood the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previous {
    /// There was no ranking the year before.
    NoRanking,
    /// There was one, without this unit.
    NotRanked,
    /// At this rank.
    Rank(u32),
}

/// The move since the year before. A smaller rank is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Tăng N bậc.
    Up(u32),
    /// Giảm N bậc.
    Down(u32),
    /// Giữ nguyên.
    Same,
    /// The unit is new in the ranking.
    New,
    /// There is nothing to compare with.
    NoRanking,
}

/// Why a range of ranks says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeCaution {
    /// The unit has no standard error, so every rank is possible.
    SpreadUnknown,
    /// The unit's index is provisional, so every rank is possible.
    Provisional,
}

/// The ranks that the sampling error leaves open, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankRange {
    /// Best possible rank.
    pub best: u32,
    /// Worst possible rank.
    pub worst: u32,
    /// Why it is the whole table, if it is so for want of knowledge.
    pub caution: Option<RangeCaution>,
}

/// Where a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its rank, from 1.
    pub rank: u32,
    /// Of how many units.
    pub of: u32,
    /// How many **other** units share the rank (đồng hạng).
    pub n_tied: u32,
    /// Where it stood the year before.
    pub previous: Previous,
    /// What the sampling error leaves open.
    pub range: RankRange,
}

impl Standing {
    /// The move since the year before.
    #[must_use]
    pub fn change(&self) -> Change {
        match self.previous {
            Previous::NoRanking => Change::NoRanking,
            Previous::NotRanked => Change::New,
            Previous::Rank(before) if before > self.rank => Change::Up(before - self.rank),
            Previous::Rank(before) if before < self.rank => Change::Down(self.rank - before),
            Previous::Rank(_) => Change::Same,
        }
    }
}

/// Ranks the candidates; the standings are in the candidates' order.
///
/// `decimals` is the published precision. `critical` is the bound that a standardised difference must exceed to count
/// as certain. For ranges that hold for all units at once it is the normal quantile z at 1 − α/(K(K−1)) (Bonferroni over
/// all ordered pairs; Mogstad, Romano, Shaikh and Wilhelm 2024 give the sharper simulated bound).
#[must_use]
pub fn rank(
    candidates: &[Candidate],
    ties: TieRule,
    decimals: u8,
    previous: &PreviousRanks,
    critical: f64,
) -> Vec<Standing> {
    let keys: Vec<i64> = candidates.iter().map(|candidate| key(candidate.published, decimals)).collect();
    let mut levels = keys.clone();
    levels.sort_unstable();
    levels.dedup();
    candidates
        .iter()
        .zip(&keys)
        .map(|(candidate, own)| {
            let n_better = match ties {
                TieRule::Competition => keys.iter().filter(|key| *key > own).count(),
                TieRule::Dense => levels.iter().filter(|key| *key > own).count(),
            };
            let rank = count(n_better) + 1;
            Standing {
                rank,
                of: count(candidates.len()),
                n_tied: count(keys.iter().filter(|key| *key == own).count()) - 1,
                previous: before(&candidate.unit, previous),
                range: range(candidate, rank, candidates, critical),
            }
        })
        .collect()
}

/// A published figure as a whole number of its last decimal, so that equal prints are equal ranks.
fn key(published: f64, decimals: u8) -> i64 {
    (published * 10f64.powi(i32::from(decimals))).round() as i64
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn before(unit: &AreaCode, previous: &PreviousRanks) -> Previous {
    match previous.as_ref().map(|ranks| ranks.get(unit)) {
        None => Previous::NoRanking,
        Some(None) => Previous::NotRanked,
        Some(Some(rank)) => Previous::Rank(*rank),
    }
}

/// The range of ranks of one unit: best = 1 + the units certainly above it, worst = K − the units certainly below it.
fn range(of: &Candidate, rank: u32, all: &[Candidate], critical: f64) -> RankRange {
    let whole = |caution| RankRange { best: 1, worst: count(all.len()), caution };
    match of.spread {
        Spread::Unknown => return whole(Some(RangeCaution::SpreadUnknown)),
        Spread::Provisional => return whole(Some(RangeCaution::Provisional)),
        Spread::Known(_) => {}
    }
    let n_above = all.iter().filter(|other| certainly_above(other, of, critical)).count();
    let n_below = all.iter().filter(|other| certainly_above(of, other, critical)).count();
    // A dense rank counts levels, not units, and may be smaller than the number of units above.
    RankRange { best: (count(n_above) + 1).min(rank), worst: count(all.len() - n_below), caution: None }
}

/// Whether the difference of two units is beyond their joint sampling error. The units' samples are independent, so the
/// variances add. Without any error the published figures decide; an unknown error decides nothing.
fn certainly_above(upper: &Candidate, lower: &Candidate, critical: f64) -> bool {
    let (Spread::Known(upper_se), Spread::Known(lower_se)) = (upper.spread, lower.spread) else { return false };
    let se = upper_se.hypot(lower_se);
    if se == 0.0 { upper.published > lower.published } else { (upper.value - lower.value) / se > critical }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// z at 1 − 0.05/(4 × 3).
    const CRITICAL: f64 = 2.638_257_273_476_751;

    fn code(text: &str) -> AreaCode {
        AreaCode::parse(text).unwrap()
    }

    fn candidates(list: &[(&str, f64, Option<f64>)]) -> Vec<Candidate> {
        list.iter()
            .map(|(unit, value, se)| Candidate {
                unit: code(unit),
                published: crate::domain::points::round_half_up(*value, 2),
                value: *value,
                spread: se.map_or(Spread::Unknown, Spread::Known),
            })
            .collect()
    }

    fn ranks(standings: &[Standing]) -> Vec<(u32, u32)> {
        standings.iter().map(|s| (s.rank, s.n_tied)).collect()
    }

    fn ranges(standings: &[Standing]) -> Vec<(u32, u32)> {
        standings.iter().map(|s| (s.range.best, s.range.worst)).collect()
    }

    #[test]
    fn ties_are_counted_on_the_published_precision() {
        let units = candidates(&[("A", 90.0, None), ("B", 85.004, None), ("C", 84.996, None), ("D", 80.0, None)]);
        let competition = rank(&units, TieRule::Competition, 2, &None, CRITICAL);
        assert_eq!(ranks(&competition), [(1, 0), (2, 1), (2, 1), (4, 0)]);
        let dense = rank(&units, TieRule::Dense, 2, &None, CRITICAL);
        assert_eq!(ranks(&dense), [(1, 0), (2, 1), (2, 1), (3, 0)]);
    }

    #[test]
    fn a_smaller_rank_is_an_upward_move() {
        let units = candidates(&[("A", 90.0, None), ("B", 85.0, None), ("C", 80.0, None), ("D", 70.0, None)]);
        let previous = Some([("A", 3), ("B", 1), ("C", 3)].map(|(unit, rank)| (code(unit), rank)).into());
        let standings = rank(&units, TieRule::Competition, 2, &previous, CRITICAL);
        let changes: Vec<Change> = standings.iter().map(Standing::change).collect();
        assert_eq!(changes, [Change::Up(2), Change::Down(1), Change::Same, Change::New]);
        let first_year = rank(&units, TieRule::Competition, 2, &None, CRITICAL);
        assert!(first_year.iter().all(|s| s.change() == Change::NoRanking));
    }

    #[test]
    fn ranges_hold_what_the_error_leaves_open() {
        // Differences in units of se_jk = sqrt(0.3² + 0.4²) = 0.5 or sqrt(2) × 0.3.
        let units = candidates(&[
            ("A", 90.0, Some(0.3)),
            ("B", 89.0, Some(0.4)),
            ("C", 88.7, Some(0.3)),
            ("D", 85.0, Some(0.3)),
        ]);
        let standings = rank(&units, TieRule::Competition, 2, &None, CRITICAL);
        // A−B is 2.0 and within, A−C is 3.06 and beyond; D is far below everyone.
        assert_eq!(ranges(&standings), [(1, 2), (1, 3), (2, 3), (4, 4)]);
    }

    #[test]
    fn an_unknown_spread_leaves_every_rank_open_and_decides_nothing() {
        let units = candidates(&[("A", 99.0, None), ("B", 50.0, Some(0.1)), ("C", 40.0, Some(0.1))]);
        let standings = rank(&units, TieRule::Competition, 2, &None, CRITICAL);
        assert_eq!(ranges(&standings), [(1, 3), (1, 2), (2, 3)]);
        assert_eq!(standings[0].range.caution, Some(RangeCaution::SpreadUnknown));
        assert_eq!(standings[1].range.caution, None);
    }

    #[test]
    fn without_sampling_error_the_published_figures_decide() {
        let units = candidates(&[("A", 90.0, Some(0.0)), ("B", 85.004, Some(0.0)), ("C", 84.996, Some(0.0))]);
        let standings = rank(&units, TieRule::Competition, 2, &None, CRITICAL);
        assert_eq!(ranges(&standings), [(1, 1), (2, 3), (2, 3)]);
        assert_eq!(ranges(&rank(&units, TieRule::Dense, 2, &None, CRITICAL)), [(1, 1), (2, 3), (2, 3)]);
    }

    #[test]
    fn one_unit_is_first_of_one() {
        let standings = rank(&candidates(&[("A", 50.0, Some(9.0))]), TieRule::Competition, 2, &None, f64::INFINITY);
        assert_eq!((ranks(&standings), ranges(&standings)), (vec![(1, 0)], vec![(1, 1)]));
        assert!(rank(&[], TieRule::Competition, 2, &None, CRITICAL).is_empty());
    }
}
