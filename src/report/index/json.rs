//! The index table as JSON: what `sipas index --format json` writes and `GET /v1/rounds/{round}/index` answers.
//!
//! Points and percents are numbers, unrounded except `published`; `null` means "none". An estimate is always a whole
//! object: a value without its spread, n and method cannot be taken out of it by accident.

use super::super::words;
use crate::domain::index::table::{IndexTable, RankedUnit, Unranked, Warning};
use crate::domain::index::{DomainRow, IndexFault, OpenLeaf};
use crate::domain::rank::{Change, Previous, Standing, ThanMean};
use crate::report::shapes::{EstimateShape, SourceShape};
use schemars::JsonSchema;
use serde::Serialize;

/// The whole document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
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

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct AreaShape {
    code: String,
    name: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct UnitShape {
    unit: String,
    name: String,
    focus: bool,
    assessed_points: f64,
    survey: Option<EstimateShape>,
    survey_max: f64,
    max: f64,
    index: IndexShape,
    band: Option<String>,
    standing: StandingShape,
    provisional: bool,
    open: Vec<OpenShape>,
    not_appraised: Vec<String>,
    domains: Vec<DomainShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct IndexShape {
    published: f64,
    percent: f64,
    estimate: Option<EstimateShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ThanMeanShape {
    /// `above`, `not-distinguishable` or `below`.
    code: &'static str,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ChangeShape {
    /// `up`, `down`, `same`, `new` (not ranked last year) or `none` (no ranking last year).
    direction: &'static str,
    places: u32,
    vi: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RangeShape {
    best: u32,
    worst: u32,
    caution: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct OpenShape {
    code: String,
    title: String,
    max: f64,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct DomainShape {
    code: String,
    title: String,
    /// `null` where the survey points are hidden.
    points: Option<f64>,
    assessed_points: f64,
    survey_points: Option<f64>,
    hidden: Option<&'static str>,
    survey_max: f64,
    max: f64,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct UnrankedShape {
    unit: String,
    name: String,
    focus: bool,
    reasons: Vec<ReasonShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ReasonShape {
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ProvenanceShape {
    scheme: SchemeShape,
    sources: Vec<SourceShape>,
    program_version: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SchemeShape {
    id: String,
    title: String,
    status: &'static str,
    digest: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct WarningShape {
    code: &'static str,
    vi: String,
    en: String,
}

impl From<&IndexTable> for IndexDocument {
    fn from(table: &IndexTable) -> Self {
        let (heading, from) = (&table.heading, &table.provenance);
        let scheme = SchemeShape {
            id: from.scheme.to_string(),
            title: from.scheme_title.clone(),
            status: from.scheme_status.code(),
            digest: from.scheme_digest.to_string(),
        };
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
            provenance: ProvenanceShape {
                scheme,
                sources: from.sources.iter().map(SourceShape::from).collect(),
                program_version: from.program_version.clone(),
            },
            warnings: table.warnings().iter().map(WarningShape::from).collect(),
        }
    }
}

impl From<&RankedUnit> for UnitShape {
    fn from(unit: &RankedUnit) -> Self {
        let index = &unit.index;
        Self {
            unit: index.unit.to_string(),
            name: unit.name.clone(),
            focus: unit.focus,
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
            standing: StandingShape::from(&unit.standing),
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
            change: ChangeShape { direction, places, vi: words::change(change) },
            range: RangeShape {
                best: range.best,
                worst: range.worst,
                caution: range.caution.map(words::range_caution_code),
            },
            than_mean: standing.than_mean.map(ThanMeanShape::from),
        }
    }
}

impl From<ThanMean> for ThanMeanShape {
    fn from(than_mean: ThanMean) -> Self {
        let words::Wording { vi, en } = words::than_mean(than_mean);
        Self { code: than_mean.code(), vi, en }
    }
}

impl From<&OpenLeaf> for OpenShape {
    fn from(leaf: &OpenLeaf) -> Self {
        let words::Wording { vi, en } = words::gap(leaf);
        Self { code: leaf.code.to_string(), title: leaf.title.clone(), max: leaf.max.to_f64(), vi, en }
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
            hidden: row.is_hidden.then_some(words::HIDDEN_CODE),
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
        Self { vi, en }
    }
}

impl From<&Warning> for WarningShape {
    fn from(warning: &Warning) -> Self {
        let words::Wording { vi, en } = words::warning(warning);
        Self { code: words::warning_code(warning), vi, en }
    }
}
