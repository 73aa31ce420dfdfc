//! The report of one area as JSON, both ways: what is frozen at publication, and what pages, PDF and mail are drawn from
//! again afterwards.
//!
//! What a report says by itself (its strongest and weakest items, its warnings) is worked out from it and is not in the
//! document. A number that is read back may differ from the one written in its last bits; what must not differ at all is told
//! by the frozen bytes.

mod figures;

pub use crate::report::shapes::NotRead;

use crate::domain::area::Level;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::index::table::Provenance;
use crate::domain::period::{Period, Year};
use crate::domain::quality::{FlagCount, Reason};
use crate::domain::round::Mode;
use crate::domain::selection::Selection;
use crate::domain::unit_report::{Coverage, DeskProgress, NamedArea, Occasion, Role, Subject, UnitReport};
use crate::report::index::json::points;
use crate::report::selection::SelectionShape;
use crate::report::shapes::{ProvenanceShape, parsed, word};
use figures::{ComponentShape, EarlierShape, IndexPartShape, PartShape, RowShape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The report of one area.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UnitReportDocument {
    subject: SubjectShape,
    occasion: OccasionShape,
    /// `null` for what is not rated.
    index: Option<IndexPartShape>,
    /// The survey part in points; `null` for desks.
    component: Option<ComponentShape>,
    /// Overall first, then each element followed by its items.
    rows: Vec<RowShape>,
    parts: Vec<PartShape>,
    desks: Vec<DeskShape>,
    coverage: CoverageShape,
    #[serde(skip_serializing_if = "Option::is_none")]
    selection: Option<SelectionShape>,
    /// The latest first.
    earlier: Vec<EarlierShape>,
    provenance: ProvenanceShape,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct AreaShape {
    code: String,
    name: String,
    level: Cow<'static, str>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct SubjectShape {
    area: AreaShape,
    /// `whole`, `unit` or `desk`.
    role: Cow<'static, str>,
    focus: bool,
    /// The nearest first.
    within: Vec<AreaShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct OccasionShape {
    round: String,
    year: u16,
    period: String,
    /// Points in all, and by survey, when everything applies.
    max: f64,
    survey_max: f64,
    decimals: u8,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct DeskShape {
    desk: String,
    name: String,
    planned: Option<u64>,
    /// `null` where they are hidden.
    answers: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct CoverageShape {
    mode: Cow<'static, str>,
    answers: Option<u64>,
    transactions: Option<u64>,
    flags: Option<FlagsShape>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct FlagsShape {
    answers: u64,
    flagged: u64,
    by_reason: BTreeMap<Cow<'static, str>, u64>,
}

impl From<&UnitReport> for UnitReportDocument {
    fn from(report: &UnitReport) -> Self {
        let unit = (report.subject.area.name.as_str(), report.subject.is_focus);
        Self {
            subject: SubjectShape::from(&report.subject),
            occasion: OccasionShape::from(&report.occasion),
            index: report.index.as_ref().map(|index| IndexPartShape::of(unit, index)),
            component: report.component.as_ref().map(ComponentShape::from),
            rows: report.rows.iter().map(RowShape::from).collect(),
            parts: report.parts.iter().map(PartShape::from).collect(),
            desks: report.desks.iter().map(DeskShape::from).collect(),
            coverage: CoverageShape::from(&report.coverage),
            selection: report.selection.as_ref().map(SelectionShape::from),
            earlier: report.earlier.iter().map(EarlierShape::from).collect(),
            provenance: ProvenanceShape::from(&report.provenance),
        }
    }
}

impl TryFrom<&UnitReportDocument> for UnitReport {
    type Error = NotRead;

    fn try_from(document: &UnitReportDocument) -> Result<Self, NotRead> {
        Ok(Self {
            subject: document.subject.read()?,
            occasion: document.occasion.read()?,
            index: document.index.as_ref().map(IndexPartShape::read).transpose()?,
            component: document.component.as_ref().map(ComponentShape::read).transpose()?,
            rows: document.rows.iter().map(RowShape::read).collect::<Result<_, _>>()?,
            parts: document.parts.iter().map(PartShape::read).collect::<Result<_, _>>()?,
            desks: document.desks.iter().map(DeskShape::read).collect::<Result<_, _>>()?,
            coverage: document.coverage.read()?,
            selection: document.selection.as_ref().map(Selection::try_from).transpose()?,
            earlier: document.earlier.iter().map(EarlierShape::read).collect::<Result<_, _>>()?,
            provenance: Provenance::try_from(&document.provenance)?,
        })
    }
}

impl From<&NamedArea> for AreaShape {
    fn from(area: &NamedArea) -> Self {
        Self { code: area.code.to_string(), name: area.name.clone(), level: area.level.code().into() }
    }
}

impl AreaShape {
    fn read(&self) -> Result<NamedArea, NotRead> {
        Ok(NamedArea {
            code: parsed("area", &self.code, AreaCode::parse)?,
            name: self.name.clone(),
            level: word("level", &self.level, Level::parse)?,
        })
    }
}

impl From<&Subject> for SubjectShape {
    fn from(subject: &Subject) -> Self {
        Self {
            area: AreaShape::from(&subject.area),
            role: subject.role.code().into(),
            focus: subject.is_focus,
            within: subject.within.iter().map(AreaShape::from).collect(),
        }
    }
}

impl SubjectShape {
    fn read(&self) -> Result<Subject, NotRead> {
        Ok(Subject {
            area: self.area.read()?,
            role: word("role", &self.role, Role::parse)?,
            is_focus: self.focus,
            within: self.within.iter().map(AreaShape::read).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Occasion> for OccasionShape {
    fn from(occasion: &Occasion) -> Self {
        Self {
            round: occasion.round.to_string(),
            year: occasion.year.get(),
            period: occasion.period.to_string(),
            max: occasion.max.to_f64(),
            survey_max: occasion.survey_max.to_f64(),
            decimals: occasion.decimals,
        }
    }
}

impl OccasionShape {
    fn read(&self) -> Result<Occasion, NotRead> {
        Ok(Occasion {
            round: parsed("round", &self.round, RoundCode::parse)?,
            year: parsed("year", &self.year.to_string(), Year::parse)?,
            period: parsed("period", &self.period, Period::parse)?,
            max: points(self.max),
            survey_max: points(self.survey_max),
            decimals: self.decimals,
        })
    }
}

impl From<&DeskProgress> for DeskShape {
    fn from(desk: &DeskProgress) -> Self {
        let DeskProgress { name, planned, answers, .. } = desk;
        Self { desk: desk.desk.to_string(), name: name.clone(), planned: *planned, answers: *answers }
    }
}

impl DeskShape {
    fn read(&self) -> Result<DeskProgress, NotRead> {
        let desk = parsed("desk", &self.desk, AreaCode::parse)?;
        Ok(DeskProgress { desk, name: self.name.clone(), planned: self.planned, answers: self.answers })
    }
}

impl From<&Coverage> for CoverageShape {
    fn from(coverage: &Coverage) -> Self {
        let flags = coverage.flags.map(|flags| FlagsShape {
            answers: flags.n,
            flagged: flags.n_flagged,
            by_reason: Reason::ALL.into_iter().map(|reason| reason.code().into()).zip(flags.by_reason).collect(),
        });
        let Coverage { answers, transactions, .. } = *coverage;
        Self { mode: coverage.mode.code().into(), answers, transactions, flags }
    }
}

impl CoverageShape {
    fn read(&self) -> Result<Coverage, NotRead> {
        let flags = self.flags.as_ref().map(|flags| FlagCount {
            n: flags.answers,
            n_flagged: flags.flagged,
            by_reason: Reason::ALL.map(|reason| flags.by_reason.get(reason.code()).copied().unwrap_or_default()),
        });
        let mode = word("mode", &self.mode, Mode::parse)?;
        Ok(Coverage { mode, answers: self.answers, transactions: self.transactions, flags })
    }
}
