//! Shapes that every JSON document has in common: an estimate is always a whole object, and a source names its digests.

use super::words;
use crate::domain::estimate::{Caution, Estimate};
use crate::domain::index::table::Source;
use crate::domain::quality::Answers;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct EstimateShape {
    value: f64,
    se: Option<f64>,
    interval: Option<IntervalShape>,
    level: f64,
    df: f64,
    n: u64,
    n_psu: u32,
    method: String,
    cautions: Vec<CautionShape>,
    deff: Option<f64>,
    reliability: Option<ReliabilityShape>,
}

/// How a share may be presented, by its precision alone.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ReliabilityShape {
    presentation: &'static str,
    shortcomings: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct IntervalShape {
    low: f64,
    high: f64,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CautionShape {
    code: &'static str,
    vi: String,
    en: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct SourceShape {
    round: String,
    mode: &'static str,
    state: &'static str,
    questionnaire: String,
    questionnaire_status: &'static str,
    questionnaire_digest: String,
    n_responses: u64,
    n_flagged: u64,
    without_flagged: bool,
    data_digest: String,
}

impl From<&Estimate> for EstimateShape {
    fn from(estimate: &Estimate) -> Self {
        Self {
            value: estimate.value,
            se: estimate.se,
            interval: estimate.interval.map(|ends| IntervalShape { low: ends.low, high: ends.high }),
            level: estimate.level,
            df: estimate.df,
            n: estimate.n,
            n_psu: estimate.n_psu,
            method: estimate.method_code(),
            cautions: estimate.cautions.iter().map(CautionShape::from).collect(),
            deff: estimate.deff,
            reliability: estimate.reliability.as_ref().map(|reliability| ReliabilityShape {
                presentation: reliability.presentation().code(),
                shortcomings: reliability.shortcomings.iter().map(|shortcoming| shortcoming.code()).collect(),
            }),
        }
    }
}

impl From<&Caution> for CautionShape {
    fn from(caution: &Caution) -> Self {
        Self { code: caution.code(), vi: words::caution(caution), en: caution.to_string() }
    }
}

impl From<&Source> for SourceShape {
    fn from(source: &Source) -> Self {
        Self {
            round: source.round.to_string(),
            mode: source.mode.code(),
            state: source.state,
            questionnaire: source.questionnaire.to_string(),
            questionnaire_status: source.questionnaire_status.code(),
            questionnaire_digest: source.questionnaire_digest.to_string(),
            n_responses: source.n_responses,
            n_flagged: source.n_flagged,
            without_flagged: source.answers == Answers::Unflagged,
            data_digest: source.cut.to_string(),
        }
    }
}
