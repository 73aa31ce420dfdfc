//! Words that several pictures have in common.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Interval;
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;

/// The five answers, from the worst.
pub(super) fn answers(tongue: Tongue) -> [&'static str; 5] {
    tongue.of(
        ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"],
        ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
    )
}

/// The heading of a column of intervals at a level.
pub(super) fn interval_heading(tongue: Tongue, level: f64) -> String {
    let percent = Numbers(tongue).decimal(level * 100.0, 1);
    let percent = percent.strip_suffix(tongue.of(",0", ".0")).unwrap_or(&percent);
    tongue.of(format!("Khoảng {percent}%"), format!("{percent}% interval"))
}

/// An interval, or a dash.
pub(super) fn interval(tongue: Tongue, interval: Option<Interval>, decimals: u8) -> String {
    interval.map_or_else(|| "–".to_owned(), |ends| Numbers(tongue).interval(ends, decimals))
}

/// What stands in place of a figure.
pub(super) fn absent(tongue: Tongue, why: &NoFigure) -> &'static str {
    match why {
        NoFigure::Hidden => tongue.of("(ẩn)", "(hidden)"),
        NoFigure::None(_) => "–",
    }
}

/// Words with a full stop only where they have none.
pub(super) fn sentence(words: &str) -> String {
    if words.ends_with(['.', '?', '!']) { words.to_owned() } else { format!("{words}.") }
}
