//! The index table as JSON: what `sipas index --format json` writes and `GET /v1/rounds/{round}/index` answers.
//!
//! Points and percents are numbers, unrounded except `published`; `null` means "none". An estimate is always a whole
//! object: a value without its spread, n and method cannot be taken out of it by accident.

mod read;

pub(in crate::report) use read::points;

use super::super::words;
use crate::domain::index::table::{IndexTable, RankedUnit, Unranked, Warning};
use crate::domain::index::{DomainRow, Gap, IndexFault, OpenLeaf, UnitIndex};
use crate::domain::rank::{Change, Previous, Standing, ThanMean};
use crate::report::shapes::{EstimateShape, ProvenanceShape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const NOT_SCORED: &str = "not-scored";
const NOT_SURVEYED: &str = "not-surveyed";
const NO_FIGURE: &str = "no-figure";

const HIDDEN: &str = words::HIDDEN_CODE;
const NOTHING_APPLIES: &str = "nothing-applies";
const NOT_SURVEY_SCORED: &str = "not-survey-scored";
const IMPOSSIBLE_POINTS: &str = "impossible-points";
const NOT_THE_SUM: &str = "total-is-not-the-sum";

/// The whole document.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct IndexDocument {
    round: String,
    year: u16,
    area: AreaShape,
    /// Decimals of `published`.
    decimals: u8,
    /// Points in all, and by survey, when everything applies.
    max: f64,
    survey_max: f64,
    /// The survey part of the whole area, in points.
    survey: Option<EstimateShape>,
    /// Best first.
    units: Vec<UnitShape>,
    unranked: Vec<UnrankedShape>,
    provenance: ProvenanceShape,
    warnings: Vec<WarningShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct AreaShape {
    code: String,
    name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct UnitShape {
    unit: String,
    name: String,
    focus: bool,
    assessed_points: f64,
    survey: Option<EstimateShape>,
    survey_max: f64,
    max: f64,
    index: IndexShape,
    band: Option<String>,
    /// The smallest index in percent that gets the band.
    band_from: Option<f64>,
    standing: StandingShape,
    provisional: bool,
    open: Vec<OpenShape>,
    not_appraised: Vec<String>,
    domains: Vec<DomainShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct IndexShape {
    published: f64,
    percent: f64,
    estimate: Option<EstimateShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct StandingShape {
    rank: u32,
    of: u32,
    n_tied: u32,
    previous_rank: Option<u32>,
    change: ChangeShape,
    range: RangeShape,
    /// `null` where the range says nothing.
    than_mean: Option<ThanMeanShape>,
}

/// How the unit stands to the mean of the units whose range is known.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct ThanMeanShape {
    /// `above`, `not-distinguishable` or `below`.
    code: Cow<'static, str>,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct ChangeShape {
    /// `up`, `down`, `same`, `new` (not ranked last year) or `none` (no ranking last year).
    direction: Cow<'static, str>,
    places: u32,
    vi: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct RangeShape {
    best: u32,
    worst: u32,
    caution: Option<Cow<'static, str>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct OpenShape {
    code: String,
    title: String,
    max: f64,
    /// `not-scored`, `not-surveyed` or `no-figure`.
    gap: Cow<'static, str>,
    /// Why the survey gives no figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct DomainShape {
    code: String,
    title: String,
    /// `null` where the survey points are hidden.
    points: Option<f64>,
    assessed_points: f64,
    survey_points: Option<f64>,
    hidden: Option<Cow<'static, str>>,
    survey_max: f64,
    max: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct UnrankedShape {
    unit: String,
    name: String,
    focus: bool,
    reasons: Vec<ReasonShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct ReasonShape {
    code: Cow<'static, str>,
    /// The sub-criterion it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    criterion: Option<String>,
    /// The figures it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    points: Vec<f64>,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct WarningShape {
    code: Cow<'static, str>,
    vi: String,
    en: String,
}

impl From<&IndexTable> for IndexDocument {
    fn from(table: &IndexTable) -> Self {
        let heading = &table.heading;
        Self {
            round: heading.round.to_string(),
            year: heading.year.get(),
            area: AreaShape { code: heading.area.to_string(), name: heading.area_name.clone() },
            decimals: heading.decimals,
            max: heading.max.to_f64(),
            survey_max: heading.survey_max.to_f64(),
            survey: heading.survey.as_ref().map(EstimateShape::from),
            units: table.units.iter().map(UnitShape::from).collect(),
            unranked: table.unranked.iter().map(UnrankedShape::from).collect(),
            provenance: ProvenanceShape::from(&table.provenance),
            warnings: table.warnings().iter().map(WarningShape::from).collect(),
        }
    }
}

impl From<&RankedUnit> for UnitShape {
    fn from(unit: &RankedUnit) -> Self {
        Self::of((&unit.name, unit.focus), &unit.index, &unit.standing)
    }
}

impl UnitShape {
    /// A unit by its name and whether it is a focus unit, its index and its standing.
    pub(in crate::report) fn of((name, focus): (&str, bool), index: &UnitIndex, standing: &Standing) -> Self {
        Self {
            unit: index.unit.to_string(),
            name: name.to_owned(),
            focus,
            assessed_points: index.assessed.to_f64(),
            survey: index.survey.as_ref().map(EstimateShape::from),
            survey_max: index.survey_max.to_f64(),
            max: index.max.to_f64(),
            index: IndexShape {
                published: index.published,
                percent: index.percent,
                estimate: index.estimate.as_ref().map(EstimateShape::from),
            },
            band: index.band.as_ref().map(|band| band.label.clone()),
            band_from: index.band.as_ref().map(|band| band.at_least),
            standing: StandingShape::from(standing),
            provisional: index.is_provisional(),
            open: index.open.iter().map(OpenShape::from).collect(),
            not_appraised: index.not_appraised.iter().map(ToString::to_string).collect(),
            domains: index.domains.iter().map(DomainShape::from).collect(),
        }
    }
}

impl From<&Standing> for StandingShape {
    fn from(standing: &Standing) -> Self {
        let change = standing.change();
        let (direction, places) = match change {
            Change::Up(places) => ("up", places),
            Change::Down(places) => ("down", places),
            Change::Same => ("same", 0),
            Change::New => ("new", 0),
            Change::NoRanking => ("none", 0),
        };
        let range = &standing.range;
        Self {
            rank: standing.rank,
            of: standing.of,
            n_tied: standing.n_tied,
            previous_rank: if let Previous::Rank(rank) = standing.previous { Some(rank) } else { None },
            change: ChangeShape { direction: direction.into(), places, vi: words::change(change) },
            range: RangeShape {
                best: range.best,
                worst: range.worst,
                caution: range.caution.map(|caution| words::range_caution_code(caution).into()),
            },
            than_mean: standing.than_mean.map(ThanMeanShape::from),
        }
    }
}

impl From<ThanMean> for ThanMeanShape {
    fn from(than_mean: ThanMean) -> Self {
        let words::Wording { vi, en } = words::than_mean(than_mean);
        Self { code: than_mean.code().into(), vi, en }
    }
}

impl From<&OpenLeaf> for OpenShape {
    fn from(leaf: &OpenLeaf) -> Self {
        let words::Wording { vi, en } = words::gap(leaf);
        let (gap, why) = match &leaf.gap {
            Gap::NotScored => (NOT_SCORED, None),
            Gap::NotSurveyed => (NOT_SURVEYED, None),
            Gap::NoFigure(why) => (NO_FIGURE, Some(why.clone())),
        };
        let (code, title, max) = (leaf.code.to_string(), leaf.title.clone(), leaf.max.to_f64());
        Self { code, title, max, gap: gap.into(), why, vi, en }
    }
}

impl From<&DomainRow> for DomainShape {
    fn from(row: &DomainRow) -> Self {
        Self {
            code: row.code.to_string(),
            title: row.title.clone(),
            points: row.points(),
            assessed_points: row.assessed.to_f64(),
            survey_points: row.survey,
            hidden: row.is_hidden.then_some(words::HIDDEN_CODE.into()),
            survey_max: row.survey_max.to_f64(),
            max: row.max.to_f64(),
        }
    }
}

impl From<&Unranked> for UnrankedShape {
    fn from(unranked: &Unranked) -> Self {
        Self {
            unit: unranked.unit.code.to_string(),
            name: unranked.unit.name.clone(),
            focus: unranked.unit.focus,
            reasons: unranked.faults.iter().map(ReasonShape::from).collect(),
        }
    }
}

impl From<&IndexFault> for ReasonShape {
    fn from(fault: &IndexFault) -> Self {
        let words::Wording { vi, en } = words::index_fault(fault);
        let (code, criterion, points) = match fault {
            IndexFault::Hidden => (HIDDEN, None, Vec::new()),
            IndexFault::NothingApplies => (NOTHING_APPLIES, None, Vec::new()),
            IndexFault::NotSurveyScored(code) => (NOT_SURVEY_SCORED, Some(code.to_string()), Vec::new()),
            IndexFault::ImpossiblePoints { code, points, max } => {
                (IMPOSSIBLE_POINTS, Some(code.to_string()), vec![*points, max.to_f64()])
            }
            IndexFault::TotalIsNotTheSum { total, sum } => (NOT_THE_SUM, None, vec![*total, *sum]),
        };
        Self { code: code.into(), criterion, points, vi, en }
    }
}

impl From<&Warning> for WarningShape {
    fn from(warning: &Warning) -> Self {
        let words::Wording { vi, en } = words::warning(warning);
        Self { code: words::warning_code(warning).into(), vi, en }
    }
}
