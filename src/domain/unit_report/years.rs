//! The same area in earlier years.

use super::{Break, IndexPart, Row, UnitReport};
use crate::domain::estimate::Estimate;
use crate::domain::ids::RoundCode;
use crate::domain::index::table::Source;
use crate::domain::period::Year;

/// An area in an earlier year, as far as its series goes back.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierYear {
    /// The year.
    pub year: Year,
    /// Its round.
    pub round: RoundCode,
    /// Its index as published, unless it was provisional or there was none.
    pub published: Option<f64>,
    /// Its index in percent, with the interval.
    pub index: Option<Estimate>,
    /// Its rank, and of how many.
    pub rank: Option<(u32, u32)>,
    /// Its survey part, in points.
    pub component: Option<Estimate>,
    /// Its overall share of satisfied answers.
    pub satisfied: Option<Estimate>,
    /// Why the next year is no continuation of it; empty if it is.
    pub breaks: Vec<Break>,
}

impl EarlierYear {
    /// What a report of an earlier year becomes in later ones.
    #[must_use]
    pub fn of(report: &UnitReport, breaks: Vec<Break>) -> Self {
        let ranked = report.index.as_ref().and_then(IndexPart::ranked);
        let complete = ranked.filter(|ranked| !ranked.index.is_provisional());
        let component = report.component.as_ref().and_then(|component| component.points.as_ref().ok());
        let satisfied = report.overall().and_then(Row::share);
        Self {
            year: report.occasion.year,
            round: report.occasion.round.clone(),
            published: complete.map(|ranked| ranked.index.published),
            index: complete.and_then(|ranked| ranked.index.estimate.clone()),
            rank: complete.map(|ranked| (ranked.standing.rank, ranked.standing.of)),
            component: component.cloned(),
            satisfied: satisfied.cloned(),
            breaks,
        }
    }
}

impl Break {
    /// Why what two reports of an area say is not one series; nothing, if it is. `of_rows` looks at the survey that the rows are
    /// from only, not at the scheme and the surveys that an index has besides.
    #[must_use]
    pub fn between(now: &UnitReport, before: &UnitReport, of_rows: bool) -> Vec<Self> {
        let is_named = |source: &&Source| !of_rows || source.round == now.occasion.round;
        let pairs = now.provenance.sources.iter().filter(is_named).map(|source| {
            let same = |other: &&Source| other.questionnaire.id == source.questionnaire.id;
            (source, before.provenance.sources.iter().find(same))
        });
        let mut breaks = Vec::new();
        for (source, other) in pairs {
            let Some(other) = other else {
                breaks.push(Self::Questionnaire);
                continue;
            };
            let asks = |source: &Source| (source.questionnaire.version, source.questionnaire_digest);
            let found = [(asks(source) != asks(other), Self::Questionnaire), (source.mode != other.mode, Self::Mode)];
            breaks.extend(found.into_iter().filter(|(is_there, _)| *is_there).map(|(_, why)| why));
        }
        if !of_rows && now.provenance.scheme_digest != before.provenance.scheme_digest {
            breaks.push(Self::Scheme);
        }
        breaks.sort_unstable();
        breaks.dedup();
        breaks
    }
}
