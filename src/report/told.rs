//! Figures and ranks in words, with what qualifies them: the same on a page, in a letter and in print.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::{Estimate, Interval};
use crate::domain::rank::{RankRange, Standing};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::Break;
use crate::report::number::Numbers;

/// What a figure is written as: times a factor, with decimals, and a unit after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) factor: f64,
    pub(super) decimals: u8,
    /// After a value: ` %`.
    pub(super) unit: &'static str,
}

impl Written {
    /// A share as percent.
    pub(super) fn percent(tongue: Tongue) -> Self {
        Self { factor: 100.0, decimals: 1, unit: tongue.of(" %", "%") }
    }

    /// An index, which is in percent already.
    pub(super) fn index(tongue: Tongue, decimals: u8) -> Self {
        Self { factor: 1.0, decimals, unit: tongue.of(" %", "%") }
    }

    /// Points, or an index in percent: two decimals, and no unit.
    pub(super) const fn plain(decimals: u8) -> Self {
        Self { factor: 1.0, decimals, unit: "" }
    }

    pub(super) fn value(self, tongue: Tongue, value: f64) -> String {
        format!("{}{}", Numbers(tongue).decimal(value * self.factor, self.decimals), self.unit)
    }

    /// Without its unit, as in brackets after a value that has it.
    pub(super) const fn bare(self) -> Self {
        Self { unit: "", ..self }
    }

    pub(super) fn interval(self, tongue: Tongue, interval: Interval) -> String {
        let ends = interval.scaled(0.0, self.factor);
        // A dash between two numbers, one of them negative, would be read as another sign.
        if ends.low >= 0.0 {
            return format!("{}{}", Numbers(tongue).interval(ends, self.decimals), self.unit);
        }
        let end = |end: f64| Numbers(tongue).decimal(end, self.decimals);
        let (low, high) = (end(ends.low), end(ends.high));
        format!("{}{}", tongue.of(format!("từ {low} đến {high}"), format!("{low} to {high}")), self.unit)
    }
}

/// A level without needless decimals: `95`.
pub(super) fn level(tongue: Tongue, level: f64) -> String {
    let percent = Numbers(tongue).decimal(level * 100.0, 1);
    percent.strip_suffix(tongue.of(",0", ".0")).map_or(percent.clone(), str::to_owned)
}

/// A value, or what stands in its place.
pub(super) fn figure(tongue: Tongue, figure: &Result<Estimate, NoFigure>, written: Written) -> String {
    match figure {
        Ok(estimate) => written.value(tongue, estimate.value),
        Err(NoFigure::Hidden) => tongue.of("(ẩn)", "(hidden)").to_owned(),
        Err(NoFigure::None(_)) => "–".to_owned(),
    }
}

/// Why two years are not one series.
pub(super) fn breaks(tongue: Tongue, breaks: &[Break]) -> String {
    let word = |one: &Break| match one {
        Break::Questionnaire => tongue.of("đổi phiếu hỏi", "another questionnaire"),
        Break::Mode => tongue.of("đổi cách lấy phiếu", "another way of collecting answers"),
        Break::Scheme => tongue.of("đổi bộ tiêu chí", "another scheme"),
    };
    breaks.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// `2/12, đồng hạng`.
pub(super) fn rank(tongue: Tongue, standing: &Standing) -> String {
    let tied = if standing.n_tied > 0 { tongue.of(", đồng hạng", ", tied") } else { "" };
    tongue.of(format!("{}/{}{tied}", standing.rank, standing.of), format!("{} of {}{tied}", standing.rank, standing.of))
}

/// Which ranks chance leaves open.
pub(super) fn open_ranks(tongue: Tongue, range: &RankRange) -> String {
    match range {
        RankRange { caution: Some(_), .. } => {
            tongue.of("chưa xét được khoảng hạng".to_owned(), "range of ranks not known".to_owned())
        }
        RankRange { best, worst, .. } if best == worst => {
            tongue.of(format!("khoảng hạng: {best}"), format!("range of ranks: {best}"))
        }
        RankRange { best, worst, .. } => tongue.of(
            format!("sai số chọn mẫu để ngỏ hạng {best}–{worst}"),
            format!("sampling error leaves ranks {best}–{worst} open"),
        ),
    }
}
