//! The index table: every rated unit of an area with its index, its standing and where the figures came from. The
//! command line and the web show this one document.

use super::{IndexFault, UnitIndex};
use crate::domain::area::Area;
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, Digest, QuestionnaireRef, RoundCode, SchemeId};
use crate::domain::period::Year;
use crate::domain::points::Points;
use crate::domain::quality::Answers;
use crate::domain::questionnaire::Status;
use crate::domain::rank::{self, Candidate, PreviousRanks, RangeCaution, RankSets, Standing};
use crate::domain::round::Mode;
use crate::domain::scheme::Scheme;
use std::collections::BTreeMap;

/// A round whose answers the figures were computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The round.
    pub round: RoundCode,
    /// How its respondents came to answer.
    pub mode: Mode,
    /// Its state when the figures were computed: `open`, `closed`, `published`.
    pub state: &'static str,
    /// What they answered.
    pub questionnaire: QuestionnaireRef,
    /// SHA-256 of the questionnaire's file.
    pub questionnaire_digest: Digest,
    /// How far the questionnaire is confirmed.
    pub questionnaire_status: Status,
    /// Answer sheets that the figures are made of.
    pub n_responses: u64,
    /// Answer sheets with a flag.
    pub n_flagged: u64,
    /// Whether those with a flag were left out.
    pub answers: Answers,
    /// Digest of the cut: the same answers give the same digest in any order.
    pub cut: Digest,
}

impl Source {
    /// What must be said wherever figures from it are used.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.questionnaire_status != Status::Confirmed {
            let (questionnaire, status) = (self.questionnaire.clone(), self.questionnaire_status);
            warnings.push(Warning::QuestionnaireUnconfirmed { questionnaire, status });
        }
        if self.state == "open" {
            warnings.push(Warning::StillOpen(self.round.clone()));
        }
        if self.mode == Mode::SelfSelected {
            let (round, n_responses) = (self.round.clone(), self.n_responses);
            warnings.push(Warning::SelfSelected { round, n_responses });
        }
        warnings
    }
}

/// Everything needed to compute the same figures again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The scheme.
    pub scheme: SchemeId,
    /// Its title in Vietnamese.
    pub scheme_title: String,
    /// SHA-256 of its file.
    pub scheme_digest: Digest,
    /// How far it is confirmed.
    pub scheme_status: Status,
    /// The rounds behind the survey part.
    pub sources: Vec<Source>,
    /// Version of the program.
    pub program_version: String,
}

impl Provenance {
    /// The provenance of figures under a scheme.
    #[must_use]
    pub fn new(scheme: &Scheme, sources: Vec<Source>, program_version: &str) -> Self {
        Self {
            scheme: scheme.id.clone(),
            scheme_title: scheme.title.clone(),
            scheme_digest: scheme.digest,
            scheme_status: scheme.status,
            sources,
            program_version: program_version.to_owned(),
        }
    }

    /// What must be said wherever these figures are used.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let (scheme, status) = (self.scheme.clone(), self.scheme_status);
        let unconfirmed = (status != Status::Confirmed).then_some(Warning::SchemeUnconfirmed { scheme, status });
        unconfirmed.into_iter().chain(self.sources.iter().flat_map(Source::warnings)).collect()
    }
}

/// What a reader of the table must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The scheme is not confirmed.
    SchemeUnconfirmed {
        /// Which.
        scheme: SchemeId,
        /// How far it is.
        status: Status,
    },
    /// A questionnaire is not confirmed.
    QuestionnaireUnconfirmed {
        /// Which.
        questionnaire: QuestionnaireRef,
        /// How far it is.
        status: Status,
    },
    /// Answers may still come in.
    StillOpen(RoundCode),
    /// Nobody drew the respondents: a range is no margin of error.
    SelfSelected {
        /// The round.
        round: RoundCode,
        /// How many chose to answer.
        n_responses: u64,
    },
    /// Indices in which points that are still to come count as 0.
    Provisional {
        /// How many units.
        n_units: usize,
    },
    /// Claimed points that nobody has appraised.
    NotAppraised {
        /// How many units have any.
        n_units: usize,
    },
    /// Units without an index.
    Unranked {
        /// How many.
        n_units: usize,
    },
}

impl Warning {
    /// What must be said of units, by how many of them have a provisional index, points nobody has appraised, and none.
    #[must_use]
    pub fn of_units(provisional: usize, not_appraised: usize, unranked: usize) -> Vec<Self> {
        let counted = [
            (provisional, (|n_units| Self::Provisional { n_units }) as fn(usize) -> Self),
            (not_appraised, |n_units| Self::NotAppraised { n_units }),
            (unranked, |n_units| Self::Unranked { n_units }),
        ];
        counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, warning)| warning(n)).collect()
    }
}

/// A unit's name and what is remarkable about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitName {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Whether it is a focus unit of the year.
    pub focus: bool,
}

/// A unit with its index, or with every reason why it has none.
pub type IndexedUnit = (UnitName, Result<UnitIndex, Vec<IndexFault>>);

/// A unit in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedUnit {
    /// Its name.
    pub name: String,
    /// Whether it is a focus unit of the year.
    pub focus: bool,
    /// Its index.
    pub index: UnitIndex,
    /// Where it stands.
    pub standing: Standing,
}

/// A unit without an index, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Unranked {
    /// The unit.
    pub unit: UnitName,
    /// Every reason.
    pub faults: Vec<IndexFault>,
}

/// What the table is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// The round asked for.
    pub round: RoundCode,
    /// The year the figures count for.
    pub year: Year,
    /// The area whose units are ranked, for example a province.
    pub area: AreaCode,
    /// Its name.
    pub area_name: String,
    /// Most points in all when everything applies, for example 100.
    pub max: Points,
    /// Most points the survey part can have when everything applies, for example 30.5.
    pub survey_max: Points,
    /// Decimals of the published index.
    pub decimals: u8,
    /// The survey part of the whole area, in points, where it can be estimated.
    pub survey: Option<Estimate>,
}

impl Heading {
    /// The heading of a table under a scheme.
    #[must_use]
    pub fn new(scheme: &Scheme, round: RoundCode, year: Year, area: &Area, survey: Option<Estimate>) -> Self {
        Self {
            round,
            year,
            area: area.code.clone(),
            area_name: area.name.clone(),
            max: scheme.declared.total,
            survey_max: scheme.declared.survey,
            decimals: scheme.decimals,
            survey,
        }
    }
}

/// The index of every rated unit of an area in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexTable {
    /// What it is about.
    pub heading: Heading,
    /// The units, best first; equal ones by code.
    pub units: Vec<RankedUnit>,
    /// Units that got no index.
    pub unranked: Vec<Unranked>,
    /// Where the figures come from.
    pub provenance: Provenance,
}

impl IndexTable {
    /// Ranks the units and puts them in order. `sets` says what the sampling error leaves open, for the units of which that is
    /// known.
    #[must_use]
    pub fn new(
        scheme: &Scheme,
        heading: Heading,
        units: Vec<IndexedUnit>,
        previous: &PreviousRanks,
        sets: &RankSets,
        provenance: Provenance,
    ) -> Self {
        let mut indexed = Vec::new();
        let mut unranked = Vec::new();
        for (unit, outcome) in units {
            match outcome {
                Ok(index) => indexed.push((unit, index)),
                Err(faults) => unranked.push(Unranked { unit, faults }),
            }
        }
        let candidates: Vec<Candidate> = indexed.iter().map(|(_, index)| candidate(index, sets)).collect();
        let standings = rank::rank(&candidates, scheme.ties, scheme.decimals, previous);
        let mut units: Vec<RankedUnit> = indexed
            .into_iter()
            .zip(standings)
            .map(|((unit, index), standing)| RankedUnit { name: unit.name, focus: unit.focus, index, standing })
            .collect();
        units.sort_by(|a, b| (a.standing.rank, &a.index.unit).cmp(&(b.standing.rank, &b.index.unit)));
        Self { heading, units, unranked, provenance }
    }

    /// The table with one unit only, which keeps its standing among all; none if it is not in the table.
    #[must_use]
    pub fn only(&self, unit: &AreaCode) -> Option<Self> {
        let units: Vec<RankedUnit> = self.units.iter().filter(|u| u.index.unit == *unit).cloned().collect();
        let unranked: Vec<Unranked> = self.unranked.iter().filter(|u| u.unit.code == *unit).cloned().collect();
        let found = !units.is_empty() || !unranked.is_empty();
        found.then(|| Self { units, unranked, ..self.clone() })
    }

    /// What a reader must be told, worked out from the table itself so that it cannot be left out.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let n_of = |holds: fn(&RankedUnit) -> bool| self.units.iter().filter(|unit| holds(unit)).count();
        let provisional = n_of(|unit| unit.index.is_provisional());
        let not_appraised = n_of(|unit| !unit.index.not_appraised.is_empty());
        let mut warnings = self.provenance.warnings();
        warnings.extend(Warning::of_units(provisional, not_appraised, self.unranked.len()));
        warnings
    }
}

/// The ranks alone, as the next year's table asks for them.
#[must_use]
pub fn ranks(scheme: &Scheme, units: &[IndexedUnit]) -> BTreeMap<AreaCode, u32> {
    let indexed = units.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
    let candidates: Vec<Candidate> = indexed.map(|index| candidate(index, &RankSets::new())).collect();
    let standings = rank::rank(&candidates, scheme.ties, scheme.decimals, &None);
    candidates.into_iter().zip(standings).map(|(candidate, standing)| (candidate.unit, standing.rank)).collect()
}

fn candidate(index: &UnitIndex, sets: &RankSets) -> Candidate {
    let open = match sets.get(&index.unit) {
        _ if index.is_provisional() => Err(RangeCaution::Provisional),
        Some(open) => Ok(*open),
        None => Err(RangeCaution::SpreadUnknown),
    };
    Candidate { unit: index.unit.clone(), published: index.published, open }
}
