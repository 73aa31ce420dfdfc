//! Ranks: 1 is best. They are given on the published precision, with ties, and come with the range of ranks that the
//! survey's sampling error leaves open.

use super::ids::AreaCode;
use super::scheme::TieRule;
use super::word::words;
use std::collections::BTreeMap;

/// One unit to be ranked.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The unit.
    pub unit: AreaCode,
    /// Its index as published: already rounded.
    pub published: f64,
    /// What the sampling error leaves open, or why that is not known.
    pub open: Result<OpenRanks, RangeCaution>,
}

/// What the sampling error leaves open of one unit, among those units of which it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRanks {
    /// Best rank not ruled out.
    pub best: u32,
    /// Worst rank not ruled out.
    pub worst: u32,
    /// How it stands to the mean of these units; none where nothing varies.
    pub than_mean: Option<ThanMean>,
}

words! {
    /// How a unit stands to the mean of the units.
    ThanMean {
        /// Above it, beyond what sampling error explains.
        Above = "above",
        /// Sampling error may explain the difference. That is not the same as "average".
        NotDistinguishable = "not-distinguishable",
        /// Below it, beyond what sampling error explains.
        Below = "below",
    }
}

/// The units whose sampling error is known, with what it leaves open. The sets hold for all these units at once.
pub type RankSets = BTreeMap<AreaCode, OpenRanks>;

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
    /// How it stands to the mean of the units whose range is known; none without a range.
    pub than_mean: Option<ThanMean>,
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

/// Ranks the candidates; the standings are in the candidates' order. `decimals` is the published precision.
#[must_use]
pub fn rank(candidates: &[Candidate], ties: TieRule, decimals: u8, previous: &PreviousRanks) -> Vec<Standing> {
    let keys: Vec<i64> = candidates.iter().map(|candidate| key(candidate.published, decimals)).collect();
    let mut levels = keys.clone();
    levels.sort_unstable();
    levels.dedup();
    let (n, n_open) = (candidates.len(), candidates.iter().filter(|candidate| candidate.open.is_ok()).count());
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
                of: count(n),
                n_tied: count(keys.iter().filter(|key| *key == own).count()) - 1,
                previous: before(&candidate.unit, previous),
                range: range(candidate.open, rank, count(n), count(n - n_open)),
                than_mean: candidate.open.ok().and_then(|open| open.than_mean),
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

/// The range of ranks of one of `n` units. The `n_unknown` of which nothing is known may lie above it or below.
fn range(open: Result<OpenRanks, RangeCaution>, rank: u32, n: u32, n_unknown: u32) -> RankRange {
    match open {
        // A rank on the published precision, or one that counts levels and not units, may be better than the best left open.
        Ok(open) => RankRange { best: open.best.min(rank), worst: open.worst + n_unknown, caution: None },
        Err(caution) => RankRange { best: 1, worst: n, caution: Some(caution) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        AreaCode::parse(text).unwrap()
    }

    /// A unit, its value and the ranks left open to it.
    type Unit<'a> = (&'a str, f64, Option<(u32, u32)>);

    fn candidates(list: &[Unit]) -> Vec<Candidate> {
        let known = |(best, worst)| OpenRanks { best, worst, than_mean: Some(ThanMean::NotDistinguishable) };
        list.iter()
            .map(|(unit, value, open)| Candidate {
                unit: code(unit),
                published: crate::domain::points::round_half_up(*value, 2),
                open: open.map(known).ok_or(RangeCaution::SpreadUnknown),
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
        let competition = rank(&units, TieRule::Competition, 2, &None);
        assert_eq!(ranks(&competition), [(1, 0), (2, 1), (2, 1), (4, 0)]);
        let dense = rank(&units, TieRule::Dense, 2, &None);
        assert_eq!(ranks(&dense), [(1, 0), (2, 1), (2, 1), (3, 0)]);
    }

    #[test]
    fn a_smaller_rank_is_an_upward_move() {
        let units = candidates(&[("A", 90.0, None), ("B", 85.0, None), ("C", 80.0, None), ("D", 70.0, None)]);
        let previous = Some([("A", 3), ("B", 1), ("C", 3)].map(|(unit, rank)| (code(unit), rank)).into());
        let standings = rank(&units, TieRule::Competition, 2, &previous);
        let changes: Vec<Change> = standings.iter().map(Standing::change).collect();
        assert_eq!(changes, [Change::Up(2), Change::Down(1), Change::Same, Change::New]);
        let first_year = rank(&units, TieRule::Competition, 2, &None);
        assert!(first_year.iter().all(|s| s.change() == Change::NoRanking));
    }

    #[test]
    fn units_of_which_nothing_is_known_may_lie_anywhere() {
        let units =
            candidates(&[("A", 99.0, None), ("B", 50.0, Some((1, 2))), ("C", 45.0, Some((1, 2))), ("D", 9.0, None)]);
        let standings = rank(&units, TieRule::Competition, 2, &None);
        assert_eq!(ranges(&standings), [(1, 4), (1, 4), (1, 4), (1, 4)]);
        let cautions: Vec<bool> = standings.iter().map(|standing| standing.range.caution.is_some()).collect();
        let known: Vec<bool> = standings.iter().map(|standing| standing.than_mean.is_some()).collect();
        assert_eq!((cautions, known), (vec![true, false, false, true], vec![false, true, true, false]));
    }

    #[test]
    fn a_range_holds_the_rank_as_published() {
        let units = candidates(&[("A", 90.0, Some((1, 1))), ("B", 85.004, Some((2, 2))), ("C", 84.996, Some((3, 3)))]);
        assert_eq!(ranges(&rank(&units, TieRule::Competition, 2, &None)), [(1, 1), (2, 2), (2, 3)]);
        let tied = candidates(&[("A", 90.0, Some((1, 2))), ("B", 90.0, Some((1, 2))), ("C", 80.0, Some((3, 3)))]);
        assert_eq!(ranges(&rank(&tied, TieRule::Dense, 2, &None)), [(1, 2), (1, 2), (2, 3)]);
    }

    #[test]
    fn nobody_is_ranked_where_nobody_is() {
        assert!(rank(&[], TieRule::Competition, 2, &None).is_empty());
    }
}
