//! Changes since the year before in words: how far, how sure, and whether it is a change at all. Page, PDF and mail all say it so.
//!
//! A difference that sampling error may explain is called that, never "no change".

use super::number::Numbers;
use super::told::Written;
use super::words::Wording;
use crate::domain::points::round_half_up;
use crate::domain::rank::{Change as Move, Standing};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Change, ChangeVerdict};

/// What a change is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Points of an index or of its survey part, with as many decimals.
    Points(u8),
    /// Percentages as printed, told in percentage points with as many decimals.
    Percent(u8),
    /// Shares from 0 to 1, told in percentage points.
    Share,
}

impl Measure {
    fn written(self) -> Written {
        match self {
            Self::Points(decimals) | Self::Percent(decimals) => Written::plain(decimals),
            Self::Share => Written { factor: 100.0, ..Written::plain(1) },
        }
    }

    fn words(self) -> Wording {
        match self {
            Self::Points(_) => Wording::of("điểm", "points"),
            Self::Percent(_) | Self::Share => Wording::of("điểm phần trăm", "percentage points"),
        }
    }
}

/// How far something went and whether it did: `tăng 4,32 điểm, cao hơn năm trước`.
#[must_use]
pub fn change(change: &Change, measure: Measure) -> Wording {
    let difference = change.difference.map(|difference| moved(difference, measure));
    joined(difference.into_iter().chain([judged(change.verdict)]))
}

/// The same with the interval of the difference: `tăng 4,32 điểm (khoảng 1,20–7,44), cao hơn năm trước`.
#[must_use]
pub fn change_with_interval(change: &Change, measure: Measure) -> Wording {
    let ends = |tongue| change.interval.map(|ends| measure.written().interval(tongue, ends));
    let difference = change.difference.map(|difference| {
        let Wording { mut vi, mut en } = moved(difference, measure);
        if let Some(ends) = ends(Tongue::Vietnamese) {
            vi = format!("{vi} (khoảng {ends})");
        }
        if let Some(ends) = ends(Tongue::English) {
            en = format!("{en} (interval {ends})");
        }
        Wording { vi, en }
    });
    joined(difference.into_iter().chain([judged(change.verdict)]))
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
    Wording::of(vi, en)
}

/// How far: `tăng 4,32 điểm`.
pub(super) fn moved(difference: f64, measure: Measure) -> Wording {
    let Written { factor, decimals, .. } = measure.written();
    let size = |tongue| Numbers(tongue).decimal((difference * factor).abs(), decimals);
    let (vi, en) = match round_half_up(difference * factor, decimals) {
        rounded if rounded > 0.0 => ("tăng", "up"),
        rounded if rounded < 0.0 => ("giảm", "down"),
        _ => return Wording::of("bằng năm trước", "the same figure as the year before"),
    };
    let of = measure.words();
    Wording {
        vi: format!("{vi} {} {}", size(Tongue::Vietnamese), of.vi),
        en: format!("{en} {} {}", size(Tongue::English), of.en),
    }
}

/// What became of a rank: `tăng 1 bậc`; none where the year before had no ranking.
pub(super) fn rank(standing: &Standing) -> Option<Wording> {
    match standing.change() {
        Move::New => Some(Wording::of("mới xếp hạng", "newly ranked")),
        Move::NoRanking => None,
        Move::Up(_) | Move::Down(_) | Move::Same => places(standing).map(places_moved),
    }
}

/// Places up since the year before; negative for down.
pub(super) fn places(standing: &Standing) -> Option<i32> {
    let signed = |places: u32| i32::try_from(places).ok();
    match standing.change() {
        Move::Up(places) => signed(places),
        Move::Down(places) => signed(places).map(|places| -places),
        Move::Same => Some(0),
        Move::New | Move::NoRanking => None,
    }
}

/// Places up, or down below zero, in words.
pub(super) fn places_moved(places: i32) -> Wording {
    let n = places.unsigned_abs();
    let places_en = if n == 1 { "place" } else { "places" };
    match places {
        0 => Wording::of("giữ nguyên hạng", "the same rank as the year before"),
        1.. => Wording { vi: format!("tăng {n} bậc"), en: format!("up {n} {places_en}") },
        _ => Wording { vi: format!("giảm {n} bậc"), en: format!("down {n} {places_en}") },
    }
}

/// Parts of a sentence, with commas between.
pub(super) fn joined(parts: impl Iterator<Item = Wording>) -> Wording {
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
        let none = change(&Change::untold(ChangeVerdict::BreakInSeries), Measure::Points(2));
        assert_eq!(none.vi, "không so sánh với năm trước vì cách đo đã khác");
    }

    #[test]
    fn an_interval_stands_beside_the_difference() {
        let lower = change_with_interval(&a_change(ChangeVerdict::Lower), Measure::Share);
        assert_eq!(lower.vi, "giảm 2,1 điểm phần trăm (khoảng từ -4,0 đến -0,1), thấp hơn năm trước");
        let up = Change {
            difference: Some(4.32),
            interval: Some(Interval { low: 1.2, high: 7.44 }),
            ..a_change(ChangeVerdict::Higher)
        };
        let up = change_with_interval(&up, Measure::Points(2));
        assert_eq!(up.vi, "tăng 4,32 điểm (khoảng 1,20–7,44), cao hơn năm trước");
        assert_eq!(up.en, "up 4.32 points (interval 1.20–7.44), higher than the year before");
        let none = change_with_interval(&Change::untold(ChangeVerdict::NoEarlierYear), Measure::Share);
        assert_eq!(none.en, "no earlier year to compare with");
    }

    #[test]
    fn a_difference_that_rounds_to_nothing_is_no_move() {
        assert_eq!(moved(0.004, Measure::Points(2)).vi, "bằng năm trước");
        assert_eq!(moved(-0.004, Measure::Points(2)).en, "the same figure as the year before");
        assert_eq!(moved(-0.0004, Measure::Share).vi, "bằng năm trước");
        assert_eq!(places_moved(-1).en, "down 1 place");
    }
}
