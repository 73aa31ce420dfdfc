//! The pictures of a report. A picture that would show nothing is left out.

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::index::UnitIndex;
use crate::domain::period::Year;
use crate::domain::results::Grain;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{EarlierYear, IndexPart, PartLine, RankedIndex, Row, UnitReport};
use crate::report::figure::bars::{Bar, Bars};
use crate::report::figure::grid::{Grid, Tile};
use crate::report::figure::importance::{Importance, Weighed};
use crate::report::figure::likert::{Likert, Parts, Strip};
use crate::report::figure::ranks::{Ranked, Ranks};
use crate::report::figure::trend::{Break, Trend};
use crate::report::figure::{Mark, Unit};
use crate::report::render::Words;
use crate::report::told;

/// Level of intervals where no figure has any.
const USUAL_LEVEL: f64 = 0.95;
/// Most units that are drawn one below the other; all of them are in the table.
const MOST_RANKS: usize = 40;

/// How a row is worded.
pub(super) fn title(row: &Row, tongue: Tongue, words: &Words) -> String {
    match (row.grain, tongue) {
        (Grain::Overall, _) => words.get("overall-figure"),
        (_, Tongue::Vietnamese) => row.title.vi.clone(),
        (_, Tongue::English) => row.title.en.clone().unwrap_or_else(|| row.title.vi.clone()),
    }
}

/// The level of a report's intervals.
pub(super) fn level(report: &UnitReport) -> f64 {
    let found = report.rows.iter().find_map(|row| row.main().as_ref().ok());
    found.map_or(USUAL_LEVEL, |estimate| estimate.level)
}

fn mark(figure: &Result<Estimate, NoFigure>) -> Result<Mark, NoFigure> {
    Mark::of(figure.as_ref().map_err(Clone::clone)?, 100.0)
}

/// Elements and items as bars.
pub(super) fn bars(report: &UnitReport, tongue: Tongue, words: &Words) -> Option<Bars> {
    let bar = |row: &Row| Bar {
        code: row.code.clone(),
        name: title(row, tongue, words),
        is_heading: row.grain != Grain::Item,
        shown: mark(row.main()),
    };
    let rows: Vec<Bar> = report.rows.iter().map(bar).collect();
    let is_shown = rows.iter().any(|row| row.shown.is_ok());
    is_shown.then(|| Bars { title: words.get("bars"), unit: Unit::Percent, level: level(report), rows })
}

/// The five answers of each item.
pub(super) fn likert(report: &UnitReport, tongue: Tongue, words: &Words) -> Option<Likert> {
    let parts = |row: &Row| -> Result<Parts, NoFigure> {
        let estimate = row.main().as_ref().map_err(Clone::clone)?;
        let none = || NoFigure::None("the answers are not told".to_owned());
        let shares: Vec<f64> =
            row.distribution.as_ref().ok_or_else(none)?.shares.iter().map(|(_, share)| *share).collect();
        Ok(Parts { shares: shares.try_into().map_err(|_| none())?, n: estimate.n })
    };
    let strip = |row: &Row| Strip { code: row.code.clone(), name: title(row, tongue, words), shown: parts(row) };
    let rows: Vec<Strip> = report.rows_of(Grain::Item).map(strip).collect();
    rows.iter().any(|row| row.shown.is_ok()).then(|| Likert { title: words.get("likert"), rows })
}

/// What to fix first; needs a few items to compare.
pub(super) fn importance(report: &UnitReport, tongue: Tongue, words: &Words) -> Option<Importance> {
    const FEWEST: usize = 4;
    let weighed = |row: &Row| {
        let importance = row.importance.as_ref()?.as_ref().ok()?;
        Some(Weighed {
            code: row.code.clone(),
            name: title(row, tongue, words),
            satisfaction: Mark::of(row.share()?, 100.0).ok()?,
            importance: Mark::of(importance, 1.0).ok()?,
        })
    };
    let items: Vec<Weighed> = report.rows_of(Grain::Item).filter_map(weighed).collect();
    (items.len() >= FEWEST).then(|| Importance { title: words.get("first"), level: level(report), items })
}

/// Percent of each domain's maximum.
pub(super) fn domains(index: &UnitIndex, level: f64, words: &Words) -> Bars {
    let bar = |row: &crate::domain::index::DomainRow| {
        let max = row.max.to_f64();
        let shown = match row.points() {
            None => Err(NoFigure::Hidden),
            Some(_) if max <= 0.0 => Err(NoFigure::None("not assessed".to_owned())),
            Some(points) => Mark::new(points / max * 100.0, None, 0),
        };
        Bar { code: row.code.to_string(), name: row.title.clone(), is_heading: false, shown }
    };
    let rows = index.domains.iter().map(bar).collect();
    Bars { title: words.get("domains"), unit: Unit::Percent, level, rows }
}

/// The years: of the index where there is one, otherwise of satisfaction. A single year is no series.
pub(super) fn trend(report: &UnitReport, tongue: Tongue, words: &Words) -> Option<Trend> {
    let ranked = report.index.as_ref().and_then(IndexPart::ranked);
    let complete = ranked.filter(|ranked| !ranked.index.is_provisional());
    let index = complete.and_then(|ranked| ranked.index.estimate.as_ref());
    let (now, of, factor, key): (_, fn(&EarlierYear) -> Option<&Estimate>, _, _) = match index {
        Some(index) => (Some(index), |year| year.index.as_ref(), 1.0, "trend-index"),
        None => (report.overall().and_then(Row::share), |year| year.satisfied.as_ref(), 100.0, "trend-satisfied"),
    };
    let mut years = vec![(report.occasion.year, Mark::of(now?, factor).ok()?)];
    years.extend(report.earlier.iter().filter_map(|year| Some((year.year, Mark::of(of(year)?, factor).ok()?))));
    years.sort_by_key(|(year, _)| *year);
    let broken = |year: &EarlierYear| {
        let from = Year::new(year.year.get() + 1).ok()?;
        (!year.breaks.is_empty()).then(|| Break { from, why: told::breaks(tongue, &year.breaks) })
    };
    let mut breaks: Vec<Break> = report.earlier.iter().filter_map(broken).collect();
    breaks.sort_by_key(|one| one.from);
    let trend = Trend { title: words.get(key), unit: Unit::Percent, level: level(report), years, breaks };
    (trend.years.len() > 1).then_some(trend)
}

/// The ranked units of an area, best first.
pub(super) fn ranked_parts(report: &UnitReport) -> Vec<(&PartLine, &RankedIndex)> {
    let ranked = |part: &'_ PartLine| Some(part.index.as_ref()?.ranked()?.standing.rank);
    let mut parts: Vec<(&PartLine, &RankedIndex)> = report
        .parts
        .iter()
        .filter(|part| ranked(part).is_some())
        .filter_map(|part| Some((part, part.index.as_ref()?.ranked()?)))
        .collect();
    parts.sort_by(|(a, x), (b, y)| (x.standing.rank, &a.area.code).cmp(&(y.standing.rank, &b.area.code)));
    parts
}

/// Ranks with their ranges; needs two units.
pub(super) fn ranks(report: &UnitReport, words: &Words) -> Option<Ranks> {
    let row = |(part, ranked): &(&PartLine, &RankedIndex)| Ranked {
        name: part.area.name.clone(),
        value: ranked.index.published,
        standing: ranked.standing,
        is_meant: false,
    };
    let rows: Vec<Ranked> = ranked_parts(report).iter().take(MOST_RANKS).map(row).collect();
    let decimals = report.occasion.decimals;
    (rows.len() > 1).then(|| Ranks { title: words.get("ranks"), level: level(report), decimals, rows })
}

/// Units as tiles, by their indices; needs two of them that can be held against the mean.
pub(super) fn grid(report: &UnitReport, words: &Words) -> Option<Grid> {
    let tile = |part: &PartLine| {
        let ranked = part.index.as_ref().and_then(IndexPart::ranked);
        let none = || NoFigure::None("no index".to_owned());
        Tile {
            name: part.area.name.clone(),
            shown: ranked.ok_or_else(none).and_then(|ranked| match &ranked.index.estimate {
                Some(estimate) => Mark::of(estimate, 1.0),
                None => Mark::new(ranked.index.published, None, 0),
            }),
            than_mean: ranked.and_then(|ranked| ranked.standing.than_mean),
        }
    };
    let tiles: Vec<Tile> = report.parts.iter().map(tile).collect();
    let n_known = tiles.iter().filter(|tile| tile.than_mean.is_some()).count();
    (n_known > 1).then(|| Grid { title: words.get("grid"), unit: Unit::Percent, level: level(report), tiles })
}

/// Desks by satisfaction.
pub(super) fn desks(report: &UnitReport, words: &Words) -> Option<Bars> {
    let bar = |part: &PartLine| {
        let none = || Err(NoFigure::None("no such share".to_owned()));
        Bar {
            code: part.area.code.to_string(),
            name: part.area.name.clone(),
            is_heading: false,
            shown: part.satisfied.as_ref().map_or_else(none, mark),
        }
    };
    let rows: Vec<Bar> = report.parts.iter().filter(|part| part.index.is_none()).map(bar).collect();
    let is_shown = rows.iter().any(|row| row.shown.is_ok());
    is_shown.then(|| Bars { title: words.get("desk-bars"), unit: Unit::Percent, level: level(report), rows })
}
