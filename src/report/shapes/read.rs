//! Shapes read back into what they were made of.

use super::{CautionShape, EstimateShape, IntervalShape, OutcomeShape, ProvenanceShape, ReliabilityShape, SourceShape};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::{Caution, Estimate, Interval};
use crate::domain::ids::{Digest, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::index::table::{Provenance, Source};
use crate::domain::quality::Answers;
use crate::domain::questionnaire::Status;
use crate::domain::reliability::{Reliability, Shortcoming};
use crate::domain::round::{AnyRound, Mode};

/// Why a document that this program wrote cannot be read: it was changed, or another version wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {text:?} is not known to this version")]
pub struct NotRead {
    /// Which part of the document.
    pub what: &'static str,
    /// What stands there.
    pub text: String,
}

/// A word of a closed list.
pub(in crate::report) fn word<T>(
    what: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, NotRead> {
    parse(text).ok_or_else(|| NotRead { what, text: text.to_owned() })
}

/// Something that has a form.
pub(in crate::report) fn parsed<T, E>(
    what: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, NotRead> {
    word(what, text, |text| parse(text).ok())
}

impl IntervalShape {
    pub(in crate::report) fn read(self) -> Interval {
        Interval { low: self.low, high: self.high }
    }
}

impl TryFrom<&EstimateShape> for Estimate {
    type Error = NotRead;

    fn try_from(shape: &EstimateShape) -> Result<Self, NotRead> {
        let (method, ends) = word("method", &shape.method, Self::parse_method)?;
        Ok(Self {
            value: shape.value,
            se: shape.se,
            interval: shape.interval.map(IntervalShape::read),
            level: shape.level,
            df: shape.df,
            n: shape.n,
            n_psu: shape.n_psu,
            n_strata: shape.n_strata,
            deff: shape.deff,
            method,
            ends,
            cautions: shape.cautions.iter().map(Caution::try_from).collect::<Result<_, _>>()?,
            reliability: shape.reliability.as_ref().map(Reliability::try_from).transpose()?,
            missing_information: None,
        })
    }
}

impl TryFrom<&ReliabilityShape> for Reliability {
    type Error = NotRead;

    fn try_from(shape: &ReliabilityShape) -> Result<Self, NotRead> {
        let shortcomings = shape.shortcomings.iter().map(|code| word("shortcoming", code, Shortcoming::parse));
        Ok(Self { shortcomings: shortcomings.collect::<Result<_, _>>()? })
    }
}

impl TryFrom<&CautionShape> for Caution {
    type Error = NotRead;

    fn try_from(shape: &CautionShape) -> Result<Self, NotRead> {
        let about = shape.about.clone().unwrap_or_default();
        let n_desks = || parsed("number of desks", &about, str::parse);
        Ok(match shape.code.as_ref() {
            "lonely-psu" => Self::LonelyPsu { stratum: about },
            "lonely-psu-treated" => {
                let rule = shape.rule.clone().unwrap_or_default().into();
                Self::LonelyPsuTreated { stratum: about, rule }
            }
            "no-variation-observed" => Self::NoVariation,
            "every-transaction-answered" => Self::EveryTransactionAnswered,
            "df-below-8" => Self::FewDegreesOfFreedom,
            "n-below-30" => Self::FewAnswers,
            "single-answer-desks" => Self::SingleAnswerDesks { n_desks: n_desks()? },
            "transactions-unknown" => Self::TransactionsUnknown { n_desks: n_desks()? },
            "more-answers-than-transactions" => Self::MoreAnswersThanTransactions { desk: about },
            other => return Err(NotRead { what: "caution", text: other.to_owned() }),
        })
    }
}

impl TryFrom<&SourceShape> for Source {
    type Error = NotRead;

    fn try_from(shape: &SourceShape) -> Result<Self, NotRead> {
        let state = |text: &str| AnyRound::STATES.into_iter().find(|state| *state == text);
        Ok(Self {
            round: parsed("round", &shape.round, RoundCode::parse)?,
            mode: word("mode", &shape.mode, Mode::parse)?,
            state: word("state", &shape.state, state)?,
            questionnaire: parsed("questionnaire", &shape.questionnaire, QuestionnaireRef::parse)?,
            questionnaire_digest: word("digest", &shape.questionnaire_digest, Digest::parse)?,
            questionnaire_status: word("status", &shape.questionnaire_status, Status::parse)?,
            n_responses: shape.n_responses,
            n_flagged: shape.n_flagged,
            answers: if shape.without_flagged { Answers::Unflagged } else { Answers::All },
            cut: word("digest", &shape.data_digest, Digest::parse)?,
        })
    }
}

impl OutcomeShape {
    pub(in crate::report) fn read(&self) -> Result<Result<Estimate, NoFigure>, NotRead> {
        match self {
            Self::Estimate(estimate) => Ok(Ok(Estimate::try_from(estimate)?)),
            Self::Missing { hidden: Some(_), .. } => Ok(Err(NoFigure::Hidden)),
            Self::Missing { missing, hidden: None } => Ok(Err(NoFigure::None(missing.clone()))),
        }
    }
}

impl TryFrom<&ProvenanceShape> for Provenance {
    type Error = NotRead;

    fn try_from(shape: &ProvenanceShape) -> Result<Self, NotRead> {
        let scheme = &shape.scheme;
        Ok(Self {
            scheme: parsed("scheme", &scheme.id, SchemeId::parse)?,
            scheme_title: scheme.title.clone(),
            scheme_digest: word("digest", &scheme.digest, Digest::parse)?,
            scheme_status: word("status", &scheme.status, Status::parse)?,
            sources: shape.sources.iter().map(Source::try_from).collect::<Result<_, _>>()?,
            program_version: shape.program_version.clone(),
        })
    }
}
