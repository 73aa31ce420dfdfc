//! What became of a unit since the year before in one sentence, Vietnamese and English: "tăng 4,32 điểm, hạng 2/12, tăng 1 bậc".
//!
//! A figure that cannot be true is not printed; what contradicts what is told beside the sentence.

use super::change::{Measure, joined, judged, moved, places, places_moved};
use super::reconcile;
use super::words::Wording;
use crate::domain::points::Points;
use crate::domain::rank::Previous;
use crate::domain::reconcile::{Check, Claim, Published, Reconciled, Verdict};
use crate::domain::unit_report::{ChangeVerdict, EarlierYear, IndexPart, RankedIndex, UnitReport};

/// A sentence, and what could not be said in it because it cannot be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The sentence, without a capital and a full stop.
    pub sentence: Wording,
    /// Figures that contradict each other.
    pub impossible: Vec<Wording>,
}

/// What a report says of the change of its unit's index; none for what has no index.
#[must_use]
pub fn of_report(report: &UnitReport) -> Option<Told> {
    let ranked = report.index.as_ref().and_then(IndexPart::ranked)?;
    Some(of_index(ranked, report.year_before(), report.occasion.decimals))
}

/// An index, its rank and what became of both since the year before.
fn of_index(ranked: &RankedIndex, before: Option<&EarlierYear>, decimals: u8) -> Told {
    let printed = |value: f64| Points::parse(&format!("{value:.*}", usize::from(decimals))).ok();
    let RankedIndex { index, standing, change } = ranked;
    let (rank, of) = (Some(standing.rank), Some(standing.of));
    let published = Published {
        value: printed(index.published),
        // Where the years are no series, their values are not held against each other.
        previous_value: change.before.and(before).and_then(|before| printed(before.published?)),
        rank,
        of,
        previous_rank: if let Previous::Rank(rank) = standing.previous { Some(rank) } else { None },
        printed: places(standing).map(Claim::Places).into_iter().collect(),
        ..Published::default()
    };
    told(&crate::domain::reconcile::reconcile(published), Measure::Points(decimals), Some(change.verdict))
}

/// Figures as somebody published them, without anything known of their spread.
#[must_use]
pub fn of_published(published: &Reconciled, measure: Measure) -> Told {
    told(published, measure, None)
}

fn told(figures: &Reconciled, measure: Measure, verdict: Option<ChangeVerdict>) -> Told {
    let Published { value, previous_value, rank, of, printed, .. } = &figures.published;
    let wrong: Vec<&Check> = figures.checks.iter().filter(|check| check.verdict() == Verdict::Contradicts).collect();
    let is_wrong = |about: fn(&Check) -> bool| wrong.iter().any(|check| about(check));
    let ranks_are_wrong =
        is_wrong(|check| matches!(check, Check::Rank { .. } | Check::RankTwice { .. } | Check::Move { .. }));
    let values_are_wrong = is_wrong(|check| matches!(check, Check::Percent(_) | Check::Change { .. }));
    let difference = value.zip(*previous_value).filter(|_| !values_are_wrong).map(|(now, before)| now - before);
    let rank = rank.or_else(|| printed.iter().find_map(Claim::rank)).filter(|_| !ranks_are_wrong);
    let places = printed.iter().find_map(|claim| if let Claim::Places(places) = claim { Some(*places) } else { None });
    let parts = [
        difference.map(|difference| moved(difference.to_f64(), measure)),
        verdict.map(judged),
        rank.map(|rank| ranked(rank, *of)),
        places.filter(|_| !ranks_are_wrong).map(places_moved),
    ];
    let impossible = wrong.into_iter().map(reconcile::reason).collect();
    Told { sentence: joined(parts.into_iter().flatten()), impossible }
}

fn ranked(rank: u32, of: Option<u32>) -> Wording {
    match of {
        Some(of) => Wording { vi: format!("hạng {rank}/{of}"), en: format!("rank {rank} of {of}") },
        None => Wording { vi: format!("hạng {rank}"), en: format!("rank {rank}") },
    }
}
