//! Findings in words: figures with what qualifies them, and changes with whether they are any.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::{Estimate, Interval};
use crate::domain::period::Year;
use crate::domain::rank::{Change as Move, RankRange, Standing};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Break, Change, ChangeVerdict};
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

    /// Points, or an index in percent: two decimals, and no unit.
    pub(super) const fn plain(decimals: u8) -> Self {
        Self { factor: 1.0, decimals, unit: "" }
    }

    pub(super) fn value(self, tongue: Tongue, value: f64) -> String {
        format!("{}{}", Numbers(tongue).decimal(value * self.factor, self.decimals), self.unit)
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

/// A change since the year before: `tăng 4,32 điểm so với năm 2020 (khoảng 1,20–7,44)`.
pub(super) fn change(tongue: Tongue, change: &Change, year: Year, written: Written, unit: &str) -> String {
    let before = year.previous().map_or_else(String::new, |year| year.to_string());
    let (Some(difference), ChangeVerdict::Higher | ChangeVerdict::Lower | ChangeVerdict::NotDistinguishable) =
        (change.difference, change.verdict)
    else {
        return untold(tongue, change.verdict, &before);
    };
    let up = tongue.of("tăng", "up");
    let down = tongue.of("giảm", "down");
    let direction = if difference < 0.0 { down } else { up };
    let amount = Numbers(tongue).decimal((difference * written.factor).abs(), written.decimals);
    let range = change.interval.map(|ends| {
        let plain = Written { unit: "", ..written };
        tongue.of(
            format!(" (khoảng {})", plain.interval(tongue, ends)),
            format!(" (interval {})", plain.interval(tongue, ends)),
        )
    });
    let told = tongue.of(
        format!("{direction} {amount} {unit} so với năm {before}{}", range.clone().unwrap_or_default()),
        format!("{direction} {amount} {unit} on {before}{}", range.unwrap_or_default()),
    );
    if change.is_real() {
        return told;
    }
    let doubt = tongue.of("chưa đủ bằng chứng là có thay đổi", "not enough evidence of a change");
    format!("{told}: {doubt}")
}

fn untold(tongue: Tongue, verdict: ChangeVerdict, before: &str) -> String {
    match verdict {
        ChangeVerdict::NoEarlierYear => {
            tongue.of("chưa có năm trước để so", "no earlier year to compare with").to_owned()
        }
        ChangeVerdict::BreakInSeries => tongue.of(
            format!("không so được với năm {before}: cách đo đã đổi"),
            format!("not comparable with {before}: the way of measuring changed"),
        ),
        ChangeVerdict::Provisional => tongue.of(
            format!("chưa so với năm {before}: một trong hai chỉ số còn tạm tính"),
            format!("not compared with {before}: one of the two indices is provisional"),
        ),
        _ => tongue.of(format!("chưa so được với năm {before}"), format!("cannot be compared with {before}")),
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

/// What qualifies a rank: the ranks left open, and the move since the year before.
pub(super) fn rank_more(tongue: Tongue, standing: &Standing) -> Vec<String> {
    let open = match standing.range {
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
    };
    let moved = match standing.change() {
        Move::Up(n) => Some(tongue.of(format!("tăng {n} bậc"), format!("up {n}"))),
        Move::Down(n) => Some(tongue.of(format!("giảm {n} bậc"), format!("down {n}"))),
        Move::Same => Some(tongue.of("giữ nguyên hạng".to_owned(), "same rank as last year".to_owned())),
        Move::New => Some(tongue.of("mới xếp hạng".to_owned(), "newly ranked".to_owned())),
        Move::NoRanking => None,
    };
    std::iter::once(open).chain(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change_of(verdict: ChangeVerdict, difference: f64) -> Change {
        let interval = Some(Interval { low: difference - 3.12, high: difference + 3.12 });
        Change { verdict, before: Some(81.70), difference: Some(difference), se: Some(1.5), interval, p: Some(0.01) }
    }

    #[test]
    fn a_change_is_told_with_what_can_be_said_of_it() {
        let year = Year::new(2021).unwrap();
        let told = |verdict, difference, tongue: Tongue| {
            let unit = tongue.of("điểm", "points");
            change(tongue, &change_of(verdict, difference), year, Written::plain(2), unit)
        };
        let vietnamese = |verdict, difference| told(verdict, difference, Tongue::Vietnamese);
        assert_eq!(vietnamese(ChangeVerdict::Higher, 4.32), "tăng 4,32 điểm so với năm 2020 (khoảng 1,20–7,44)");
        assert_eq!(
            vietnamese(ChangeVerdict::NotDistinguishable, -1.0),
            "giảm 1,00 điểm so với năm 2020 (khoảng từ -4,12 đến 2,12): chưa đủ bằng chứng là có thay đổi"
        );
        assert_eq!(vietnamese(ChangeVerdict::NoEarlierYear, 1.0), "chưa có năm trước để so");
        assert!(vietnamese(ChangeVerdict::BreakInSeries, 1.0).contains("cách đo đã đổi"));
        assert_eq!(
            told(ChangeVerdict::Lower, -4.32, Tongue::English),
            "down 4.32 points on 2020 (interval -7.44 to -1.20)"
        );
    }
}
