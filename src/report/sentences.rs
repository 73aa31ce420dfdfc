//! A unit's change since the year before in one sentence, Vietnamese and English: "tăng 4,32 điểm, hạng 2/12, tăng 1 bậc". Page,
//! PDF and mail all say it in these words.
//!
//! A figure that cannot be true is not printed; what contradicts what is told beside the sentence. A difference that sampling
//! error may explain is called that, never "no change".

use super::number::Numbers;
use super::reconcile;
use super::words::Wording;
use crate::domain::points::{Points, round_half_up};
use crate::domain::rank::{Change as Move, Previous, Standing};
use crate::domain::reconcile::{Check, Claim, Published, Reconciled, Verdict};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Change, ChangeVerdict, EarlierYear, IndexPart, RankedIndex, UnitReport};

/// What a change is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Points of an index or of its survey part.
    Points,
    /// Shares from 0 to 1, told in percentage points.
    Share,
}

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
    told(&crate::domain::reconcile::reconcile(published), Measure::Points, Some(change.verdict))
}

/// Places up since the year before; negative for down.
fn places(standing: &Standing) -> Option<i32> {
    let signed = |places: u32| i32::try_from(places).ok();
    match standing.change() {
        Move::Up(places) => signed(places),
        Move::Down(places) => signed(places).map(|places| -places),
        Move::Same => Some(0),
        Move::New | Move::NoRanking => None,
    }
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
        difference.map(|difference| moved(difference.to_f64(), 2, measure)),
        verdict.map(judged),
        rank.map(|rank| ranked(rank, *of)),
        places.filter(|_| !ranks_are_wrong).map(places_moved),
    ];
    let impossible = wrong.into_iter().map(reconcile::reason).collect();
    Told { sentence: joined(parts.into_iter().flatten()), impossible }
}

/// What may be said of a change by itself: how far it went, and whether it is one.
#[must_use]
pub fn change(change: &Change, measure: Measure) -> Wording {
    let (factor, decimals) = match measure {
        Measure::Points => (1.0, 2),
        Measure::Share => (100.0, 1),
    };
    let difference = change.difference.map(|difference| moved(difference * factor, decimals, measure));
    joined([difference, Some(judged(change.verdict))].into_iter().flatten())
}

/// Whether a change is one.
#[must_use]
pub fn judged(verdict: ChangeVerdict) -> Wording {
    let (vi, en) = match verdict {
        ChangeVerdict::Higher => ("cao hơn năm trước", "higher than the year before"),
        ChangeVerdict::Lower => ("thấp hơn năm trước", "lower than the year before"),
        ChangeVerdict::NotDistinguishable => ("chưa đủ bằng chứng là có thay đổi", "not enough evidence of a change"),
        ChangeVerdict::NotComparable => ("chưa so sánh được với năm trước", "not comparable with the year before"),
        ChangeVerdict::Provisional => {
            ("chỉ số tạm tính, chưa so sánh với năm trước", "provisional, so not compared with the year before")
        }
        ChangeVerdict::BreakInSeries => {
            ("không so sánh với năm trước vì cách đo đã khác", "not compared: measured otherwise the year before")
        }
        ChangeVerdict::NoEarlierYear => ("chưa có năm trước để so sánh", "no earlier year to compare with"),
    };
    Wording { vi: vi.to_owned(), en: en.to_owned() }
}

fn moved(difference: f64, decimals: u8, measure: Measure) -> Wording {
    let size = |tongue| Numbers(tongue).decimal(difference.abs(), decimals);
    let (of_vi, of_en) = match measure {
        Measure::Points => ("điểm", "points"),
        Measure::Share => ("điểm phần trăm", "percentage points"),
    };
    let rounded = round_half_up(difference, decimals);
    let (vi, en) = match rounded {
        rounded if rounded > 0.0 => ("tăng", "up"),
        rounded if rounded < 0.0 => ("giảm", "down"),
        _ => {
            return Wording {
                vi: "bằng năm trước".to_owned(), en: "the same figure as the year before".to_owned()
            };
        }
    };
    Wording {
        vi: format!("{vi} {} {of_vi}", size(Tongue::Vietnamese)),
        en: format!("{en} {} {of_en}", size(Tongue::English)),
    }
}

fn ranked(rank: u32, of: Option<u32>) -> Wording {
    match of {
        Some(of) => Wording { vi: format!("hạng {rank}/{of}"), en: format!("rank {rank} of {of}") },
        None => Wording { vi: format!("hạng {rank}"), en: format!("rank {rank}") },
    }
}

fn places_moved(places: i32) -> Wording {
    let n = places.unsigned_abs();
    let places_en = if n == 1 { "place" } else { "places" };
    match places {
        0 => Wording { vi: "giữ nguyên hạng".to_owned(), en: "the same rank as the year before".to_owned() },
        1.. => Wording { vi: format!("tăng {n} bậc"), en: format!("up {n} {places_en}") },
        _ => Wording { vi: format!("giảm {n} bậc"), en: format!("down {n} {places_en}") },
    }
}

fn joined(parts: impl Iterator<Item = Wording>) -> Wording {
    let (vi, en): (Vec<String>, Vec<String>) = parts.map(|part| (part.vi, part.en)).unzip();
    Wording { vi: vi.join(", "), en: en.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::estimate::Interval;

    fn a_change(verdict: ChangeVerdict) -> Change {
        Change {
            verdict,
            before: Some(0.9),
            difference: Some(-0.021),
            se: Some(0.01),
            interval: Some(Interval { low: -0.04, high: -0.001 }),
            p: Some(0.04),
        }
    }

    #[test]
    fn a_change_says_how_far_and_whether_it_is_one() {
        let lower = change(&a_change(ChangeVerdict::Lower), Measure::Share);
        assert_eq!(lower.vi, "giảm 2,1 điểm phần trăm, thấp hơn năm trước");
        assert_eq!(lower.en, "down 2.1 percentage points, lower than the year before");
        let open = change(&a_change(ChangeVerdict::NotDistinguishable), Measure::Share);
        assert_eq!(open.vi, "giảm 2,1 điểm phần trăm, chưa đủ bằng chứng là có thay đổi");
        let none = change(&Change::untold(ChangeVerdict::BreakInSeries), Measure::Points);
        assert_eq!(none.vi, "không so sánh với năm trước vì cách đo đã khác");
    }

    #[test]
    fn a_difference_that_rounds_to_nothing_is_no_move() {
        assert_eq!(moved(0.004, 2, Measure::Points).vi, "bằng năm trước");
        assert_eq!(moved(-0.004, 2, Measure::Points).en, "the same figure as the year before");
        assert_eq!(places_moved(-1).en, "down 1 place");
    }
}
