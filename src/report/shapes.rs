//! Shapes that every JSON document has in common: an estimate is always a whole object, and a source names its digests. They
//! are read back where figures that were frozen are drawn again.

mod read;

pub use read::NotRead;
pub(super) use read::{parsed, word};

use super::words;
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::{Caution, Estimate, Interval};
use crate::domain::index::table::{Provenance, Source};
use crate::domain::quality::Answers;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct EstimateShape {
    value: f64,
    se: Option<f64>,
    interval: Option<IntervalShape>,
    level: f64,
    df: f64,
    n: u64,
    n_psu: u32,
    n_strata: u32,
    method: String,
    cautions: Vec<CautionShape>,
    deff: Option<f64>,
    reliability: Option<ReliabilityShape>,
}

/// How a share may be presented, by its precision alone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ReliabilityShape {
    presentation: Cow<'static, str>,
    shortcomings: Vec<Cow<'static, str>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
pub(super) struct IntervalShape {
    low: f64,
    high: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct CautionShape {
    code: Cow<'static, str>,
    vi: String,
    en: String,
    /// What it is about: a stratum, a desk, a number of desks; and the rule by which something was dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct SourceShape {
    round: String,
    mode: Cow<'static, str>,
    state: Cow<'static, str>,
    questionnaire: String,
    questionnaire_status: Cow<'static, str>,
    questionnaire_digest: String,
    n_responses: u64,
    n_flagged: u64,
    without_flagged: bool,
    data_digest: String,
}

/// An estimate, or the reason why there is none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum OutcomeShape {
    Estimate(EstimateShape),
    Missing { missing: String, hidden: Option<Cow<'static, str>> },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ProvenanceShape {
    scheme: SchemeShape,
    sources: Vec<SourceShape>,
    program_version: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct SchemeShape {
    id: String,
    title: String,
    status: Cow<'static, str>,
    digest: String,
}

impl From<&Estimate> for EstimateShape {
    fn from(estimate: &Estimate) -> Self {
        Self {
            value: estimate.value,
            se: estimate.se,
            interval: estimate.interval.map(IntervalShape::from),
            level: estimate.level,
            df: estimate.df,
            n: estimate.n,
            n_psu: estimate.n_psu,
            n_strata: estimate.n_strata,
            method: estimate.method_code(),
            cautions: estimate.cautions.iter().map(CautionShape::from).collect(),
            deff: estimate.deff,
            reliability: estimate.reliability.as_ref().map(|reliability| ReliabilityShape {
                presentation: reliability.presentation().code().into(),
                shortcomings: reliability.shortcomings.iter().map(|shortcoming| shortcoming.code().into()).collect(),
            }),
        }
    }
}

impl From<Interval> for IntervalShape {
    fn from(ends: Interval) -> Self {
        Self { low: ends.low, high: ends.high }
    }
}

impl From<&Caution> for CautionShape {
    fn from(caution: &Caution) -> Self {
        let (about, rule) = match caution {
            Caution::LonelyPsu { stratum } => (Some(stratum.clone()), None),
            Caution::LonelyPsuTreated { stratum, rule } => (Some(stratum.clone()), Some(rule.to_string())),
            Caution::SingleAnswerDesks { n_desks } | Caution::TransactionsUnknown { n_desks } => {
                (Some(n_desks.to_string()), None)
            }
            Caution::MoreAnswersThanTransactions { desk } => (Some(desk.clone()), None),
            Caution::NoVariation
            | Caution::EveryTransactionAnswered
            | Caution::FewDegreesOfFreedom
            | Caution::FewAnswers => (None, None),
        };
        Self { code: caution.code().into(), vi: words::caution(caution), en: caution.to_string(), about, rule }
    }
}

impl From<&Source> for SourceShape {
    fn from(source: &Source) -> Self {
        Self {
            round: source.round.to_string(),
            mode: source.mode.code().into(),
            state: source.state.into(),
            questionnaire: source.questionnaire.to_string(),
            questionnaire_status: source.questionnaire_status.code().into(),
            questionnaire_digest: source.questionnaire_digest.to_string(),
            n_responses: source.n_responses,
            n_flagged: source.n_flagged,
            without_flagged: source.answers == Answers::Unflagged,
            data_digest: source.cut.to_string(),
        }
    }
}

impl From<&Result<Estimate, NoFigure>> for OutcomeShape {
    fn from(outcome: &Result<Estimate, NoFigure>) -> Self {
        match outcome {
            Ok(estimate) => Self::Estimate(estimate.into()),
            Err(why) => Self::Missing {
                missing: why.to_string(),
                hidden: (*why == NoFigure::Hidden).then_some(words::HIDDEN_CODE.into()),
            },
        }
    }
}

impl From<&Provenance> for ProvenanceShape {
    fn from(from: &Provenance) -> Self {
        let scheme = SchemeShape {
            id: from.scheme.to_string(),
            title: from.scheme_title.clone(),
            status: from.scheme_status.code().into(),
            digest: from.scheme_digest.to_string(),
        };
        Self {
            scheme,
            sources: from.sources.iter().map(SourceShape::from).collect(),
            program_version: from.program_version.clone(),
        }
    }
}
