//! What a letter says of figures, in words.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::index::UnitIndex;
use crate::domain::outbox::Edition;
use crate::domain::rank::ThanMean;
use crate::domain::round::Mode;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Coverage, Row};
use crate::report::number::Numbers;
use crate::report::told::{self, Written};

/// What a row is about.
pub(super) fn title(row: &Row, tongue: Tongue) -> &str {
    let english = row.title.en.as_deref().unwrap_or(&row.title.vi);
    tongue.of(row.title.vi.as_str(), english)
}

/// Where a figure lies as far as the survey can tell: `81,0–87,2`; empty where that is not known.
pub(super) fn interval(estimate: Option<&Estimate>, written: Written, tongue: Tongue) -> String {
    let ends = estimate.and_then(|estimate| estimate.interval);
    ends.map(|ends| written.bare().interval(tongue, ends)).unwrap_or_default()
}

/// A share with its interval: `84,3 % (81,0–87,2)`.
pub(super) fn sure_share(figure: &Result<Estimate, NoFigure>, tongue: Tongue) -> String {
    let percent = Written::percent(tongue);
    with_interval(told::figure(tongue, figure, percent), &interval(figure.as_ref().ok(), percent, tongue))
}

/// A published index with its interval: `86,02 % (84,90–87,14)`.
pub(super) fn sure_index(index: &UnitIndex, decimals: u8, tongue: Tongue) -> String {
    let percent = Written::index(tongue, decimals);
    let interval = interval(index.estimate.as_ref(), percent, tongue);
    with_interval(percent.value(tongue, index.published), &interval)
}

fn with_interval(value: String, interval: &str) -> String {
    if interval.is_empty() { value } else { format!("{value} ({interval})") }
}

/// How sure an estimate is: `khoảng tin cậy 95 %: 84,90–87,14`.
pub(super) fn sureness(estimate: &Estimate, written: Written, tongue: Tongue) -> String {
    let Some(interval) = estimate.interval else {
        return tongue.of("chưa biết sai số", "its error is not known").to_owned();
    };
    let (level, ends) = (told::level(tongue, estimate.level), written.interval(tongue, interval));
    tongue.of(format!("khoảng tin cậy {level} %: {ends}"), format!("{level}% confidence interval: {ends}"))
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
