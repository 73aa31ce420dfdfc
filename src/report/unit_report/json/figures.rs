//! The figures of a report: index, survey part, rows, the areas within and earlier years.

use super::AreaShape;
use crate::domain::estimate::Estimate;
use crate::domain::ids::RoundCode;
use crate::domain::period::Year;
use crate::domain::results::Grain;
use crate::domain::unit_report::{
    Break, Change, ChangeVerdict, Component, Distribution, EarlierYear, IndexPart, PartLine, RankedIndex, Row, RowTitle,
};
use crate::report::index::json::{ReasonShape, UnitShape, points};
use crate::report::shapes::{EstimateShape, IntervalShape, NotRead, OutcomeShape, parsed, word};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An index with its change, or the reasons why there is none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum IndexPartShape {
    Ranked { ranked: Box<UnitShape>, change: ChangeShape },
    Unranked { reasons: Vec<ReasonShape> },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ComponentShape {
    points: OutcomeShape,
    max: f64,
    change: ChangeShape,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ChangeShape {
    verdict: Cow<'static, str>,
    before: Option<f64>,
    difference: Option<f64>,
    se: Option<f64>,
    interval: Option<IntervalShape>,
    p: Option<f64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct RowShape {
    grain: Cow<'static, str>,
    code: String,
    element: Option<String>,
    vi: String,
    en: Option<String>,
    /// Under the questionnaire's rule, 0 to 1.
    figure: OutcomeShape,
    /// Share of answers 4 and 5.
    satisfied: Option<OutcomeShape>,
    /// Mean of 1 to 5.
    mean: Option<OutcomeShape>,
    /// The share of each answer.
    distribution: Option<Vec<(String, f64)>>,
    /// Correlation with the mean of the same people's other answers; none for what is no five-point item.
    #[serde(default)]
    importance: Option<OutcomeShape>,
    change: ChangeShape,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct PartShape {
    area: AreaShape,
    focus: bool,
    index: Option<IndexPartShape>,
    satisfied: Option<OutcomeShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct EarlierShape {
    year: u16,
    round: String,
    published: Option<f64>,
    index: Option<EstimateShape>,
    rank: Option<u32>,
    of: Option<u32>,
    component: Option<EstimateShape>,
    satisfied: Option<EstimateShape>,
    /// Why the next year is no continuation.
    breaks: Vec<Cow<'static, str>>,
}

impl IndexPartShape {
    /// The index of a unit by its name and whether it is a focus unit.
    pub(super) fn of(unit: (&str, bool), index: &IndexPart) -> Self {
        match index {
            IndexPart::Ranked(ranked) => Self::Ranked {
                ranked: Box::new(UnitShape::of(unit, &ranked.index, &ranked.standing)),
                change: ChangeShape::from(&ranked.change),
            },
            IndexPart::Unranked(faults) => Self::Unranked { reasons: faults.iter().map(ReasonShape::from).collect() },
        }
    }

    pub(super) fn read(&self) -> Result<IndexPart, NotRead> {
        match self {
            Self::Ranked { ranked, change } => {
                let (index, standing) = ranked.read()?;
                let change = change.read()?;
                Ok(IndexPart::Ranked(Box::new(RankedIndex { index, standing, change })))
            }
            Self::Unranked { reasons } => {
                Ok(IndexPart::Unranked(reasons.iter().map(ReasonShape::read).collect::<Result<_, _>>()?))
            }
        }
    }
}

impl From<&Component> for ComponentShape {
    fn from(component: &Component) -> Self {
        Self {
            points: OutcomeShape::from(&component.points),
            max: component.max.to_f64(),
            change: ChangeShape::from(&component.change),
        }
    }
}

impl ComponentShape {
    pub(super) fn read(&self) -> Result<Component, NotRead> {
        Ok(Component { points: self.points.read()?, max: points(self.max), change: self.change.read()? })
    }
}

impl From<&Change> for ChangeShape {
    fn from(change: &Change) -> Self {
        let Change { verdict, before, difference, se, interval, p } = *change;
        Self { verdict: verdict.code().into(), before, difference, se, interval: interval.map(Into::into), p }
    }
}

impl ChangeShape {
    fn read(&self) -> Result<Change, NotRead> {
        Ok(Change {
            verdict: word("verdict", &self.verdict, ChangeVerdict::parse)?,
            before: self.before,
            difference: self.difference,
            se: self.se,
            interval: self.interval.map(IntervalShape::read),
            p: self.p,
        })
    }
}

impl From<&Row> for RowShape {
    fn from(row: &Row) -> Self {
        Self {
            grain: row.grain.code().into(),
            code: row.code.clone(),
            element: row.element.clone(),
            vi: row.title.vi.clone(),
            en: row.title.en.clone(),
            figure: OutcomeShape::from(&row.figure),
            satisfied: row.satisfied.as_ref().map(OutcomeShape::from),
            mean: row.mean.as_ref().map(OutcomeShape::from),
            distribution: row.distribution.as_ref().map(|distribution| distribution.shares.clone()),
            importance: row.importance.as_ref().map(OutcomeShape::from),
            change: ChangeShape::from(&row.change),
        }
    }
}

impl RowShape {
    pub(super) fn read(&self) -> Result<Row, NotRead> {
        let outcome = |outcome: &Option<OutcomeShape>| outcome.as_ref().map(OutcomeShape::read).transpose();
        Ok(Row {
            grain: word("grain", &self.grain, Grain::parse)?,
            code: self.code.clone(),
            element: self.element.clone(),
            title: RowTitle { vi: self.vi.clone(), en: self.en.clone() },
            figure: self.figure.read()?,
            satisfied: outcome(&self.satisfied)?,
            mean: outcome(&self.mean)?,
            distribution: self.distribution.clone().map(|shares| Distribution { shares }),
            importance: outcome(&self.importance)?,
            change: self.change.read()?,
        })
    }
}

impl From<&PartLine> for PartShape {
    fn from(part: &PartLine) -> Self {
        let unit = (part.area.name.as_str(), part.is_focus);
        Self {
            area: AreaShape::from(&part.area),
            focus: part.is_focus,
            index: part.index.as_ref().map(|index| IndexPartShape::of(unit, index)),
            satisfied: part.satisfied.as_ref().map(OutcomeShape::from),
        }
    }
}

impl PartShape {
    pub(super) fn read(&self) -> Result<PartLine, NotRead> {
        Ok(PartLine {
            area: self.area.read()?,
            is_focus: self.focus,
            index: self.index.as_ref().map(IndexPartShape::read).transpose()?,
            satisfied: self.satisfied.as_ref().map(OutcomeShape::read).transpose()?,
        })
    }
}

impl From<&EarlierYear> for EarlierShape {
    fn from(earlier: &EarlierYear) -> Self {
        let estimate = |estimate: &Option<Estimate>| estimate.as_ref().map(EstimateShape::from);
        Self {
            year: earlier.year.get(),
            round: earlier.round.to_string(),
            published: earlier.published,
            index: estimate(&earlier.index),
            rank: earlier.rank.map(|(rank, _)| rank),
            of: earlier.rank.map(|(_, of)| of),
            component: estimate(&earlier.component),
            satisfied: estimate(&earlier.satisfied),
            breaks: earlier.breaks.iter().map(|why| why.code().into()).collect(),
        }
    }
}

impl EarlierShape {
    pub(super) fn read(&self) -> Result<EarlierYear, NotRead> {
        let estimate = |shape: &Option<EstimateShape>| shape.as_ref().map(Estimate::try_from).transpose();
        Ok(EarlierYear {
            year: parsed("year", &self.year.to_string(), Year::parse)?,
            round: parsed("round", &self.round, RoundCode::parse)?,
            published: self.published,
            index: estimate(&self.index)?,
            rank: self.rank.zip(self.of),
            component: estimate(&self.component)?,
            satisfied: estimate(&self.satisfied)?,
            breaks: self.breaks.iter().map(|why| word("break", why, Break::parse)).collect::<Result<_, _>>()?,
        })
    }
}
