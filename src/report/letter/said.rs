//! What a letter says of figures, in words.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::index::UnitIndex;
use crate::domain::outbox::Edition;
use crate::domain::rank::{RankRange, Standing, ThanMean};
use crate::domain::round::Mode;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Coverage, Row};
use crate::report::number::Numbers;
use crate::report::words;

/// What a row is about.
pub(super) fn title(row: &Row, tongue: Tongue) -> &str {
    let english = row.title.en.as_deref().unwrap_or(&row.title.vi);
    tongue.of(row.title.vi.as_str(), english)
}

/// A percentage: `86,02 %`.
pub(super) fn percent(value: f64, decimals: u8, tongue: Tongue) -> String {
    format!("{}{}", Numbers(tongue).decimal(value, decimals), tongue.of(" %", "%"))
}

/// A share as a percentage, or why there is none.
pub(super) fn share(figure: &Result<Estimate, NoFigure>, tongue: Tongue) -> String {
    match figure {
        Ok(estimate) => percent(estimate.value * 100.0, 1, tongue),
        Err(NoFigure::Hidden) => tongue.of(words::HIDDEN, "(hidden)").to_owned(),
        Err(NoFigure::None(_)) => "–".to_owned(),
    }
}

/// Where a share lies as far as the survey can tell: `81,0–87,2`; empty where that is not known.
pub(super) fn interval(figure: &Result<Estimate, NoFigure>, tongue: Tongue) -> String {
    let interval = figure.as_ref().ok().and_then(|estimate| estimate.interval);
    interval.map(|ends| Numbers(tongue).interval(ends.scaled(0.0, 100.0), 1)).unwrap_or_default()
}

/// A share with its interval: `84,3 % (81,0–87,2)`.
pub(super) fn sure_share(figure: &Result<Estimate, NoFigure>, tongue: Tongue) -> String {
    let (share, interval) = (share(figure, tongue), interval(figure, tongue));
    if interval.is_empty() { share } else { format!("{share} ({interval})") }
}

/// A published index with its interval: `86,02 % (84,90–87,14)`.
pub(super) fn sure_percent(index: &UnitIndex, decimals: u8, tongue: Tongue) -> String {
    let interval = index.estimate.as_ref().and_then(|estimate| estimate.interval);
    let ends = interval.map(|ends| format!(" ({})", Numbers(tongue).interval(ends, decimals)));
    format!("{}{}", percent(index.published, decimals, tongue), ends.unwrap_or_default())
}

/// How sure an estimate is, on a scale: `khoảng tin cậy 95 %: 84,90–87,14`.
pub(super) fn sureness(estimate: &Estimate, factor: f64, decimals: u8, tongue: Tongue) -> String {
    let Some(interval) = estimate.interval else {
        return tongue.of("chưa biết sai số", "its error is not known").to_owned();
    };
    let level = percent(estimate.level * 100.0, 0, tongue);
    let ends = Numbers(tongue).interval(interval.scaled(0.0, factor), decimals);
    tongue.of(format!("khoảng tin cậy {level}: {ends}"), format!("{level} confidence interval: {ends}"))
}

/// A unit's place: `2/12`.
pub(super) fn rank(standing: &Standing, tongue: Tongue) -> String {
    let tied = if standing.n_tied > 0 { tongue.of(" đồng hạng", " (tied)") } else { "" };
    format!("{}/{}{tied}", standing.rank, standing.of)
}

/// Which places chance leaves open.
pub(super) fn open_ranks(range: &RankRange, tongue: Tongue) -> String {
    match range.caution {
        Some(_) => tongue.of("sai số chưa loại trừ hạng nào", "no rank can be ruled out").to_owned(),
        None => tongue.of(
            format!("sai số chọn mẫu chưa loại trừ hạng {}–{}", range.best, range.worst),
            format!("sampling error does not rule out ranks {}–{}", range.best, range.worst),
        ),
    }
}

/// How an item stands to all of them.
pub(super) fn than_overall(than: ThanMean, tongue: Tongue) -> &'static str {
    match than {
        ThanMean::Above => tongue.of("cao hơn mức chung", "above the overall figure"),
        ThanMean::Below => tongue.of("thấp hơn mức chung", "below the overall figure"),
        ThanMean::NotDistinguishable => {
            tongue.of("chưa phân biệt được với mức chung", "not distinguishable from the overall figure")
        }
    }
}

/// Who answered.
pub(super) fn coverage(coverage: &Coverage, tongue: Tongue) -> String {
    let mode = match coverage.mode {
        Mode::Sampled => tongue.of("chọn mẫu", "sampled"),
        Mode::Census => tongue.of("mời mọi lượt giao dịch", "everybody was asked"),
        Mode::SelfSelected => {
            tongue.of("tự chọn trả lời, không phải mẫu ngẫu nhiên", "self-selected, no random sample")
        }
    };
    let of = coverage.transactions.map(|n| {
        let n = Numbers(tongue).count(n);
        tongue.of(format!("trong {n} lượt giao dịch; {mode}"), format!("of {n} transactions; {mode}"))
    });
    of.unwrap_or_else(|| mode.to_owned())
}

/// Which edition it is: `tháng 3/2025`.
pub(super) fn edition(edition: Edition, tongue: Tongue) -> String {
    match edition {
        Edition::Revision(revision) => tongue.of(format!("lần {revision}"), format!("{revision}")),
        Edition::Month(year, month) => tongue.of(format!("tháng {month}/{year}"), format!("of {year}-{month:02}")),
        Edition::Quarter(year, quarter) => {
            tongue.of(format!("quý {quarter}/{year}"), format!("of the {quarter}. quarter of {year}"))
        }
    }
}
