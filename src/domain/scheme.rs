//! A scheme (bộ tiêu chí): what the index is made of, how each part is scored, and the totals it was issued with. Sums
//! are checked against the declared totals when the scheme is read, so a scheme that does not add up is never used.

use super::area::Level;
use super::ids::{CriterionCode, Digest, ElementId, ItemId, QuestionnaireId, SchemeId};
use super::points::Points;
use super::questionnaire::Status;
use super::word::words;

/// Which figure of a survey scores a sub-criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurveyFigure {
    /// One item.
    Item(ItemId),
    /// One element.
    Element(ElementId),
    /// The questionnaire's overall figure.
    Overall,
}

/// How a sub-criterion gets its points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scoring {
    /// Self-assessed with evidence, then appraised.
    SelfAssessed,
    /// Outcome statistics, entered like an appraised score.
    Outcome,
    /// Max × a survey's figure.
    Survey {
        /// Which survey; its version is the round's.
        questionnaire: QuestionnaireId,
        /// Which figure of it.
        figure: SurveyFigure,
    },
}

/// A sub-criterion (tiêu chí thành phần), or a whole block where a scheme is only known by blocks: the leaf that is
/// scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubCriterion {
    /// Its code, unique in the scheme.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// Most points it can get.
    pub max: Points,
    /// Points go up in this step; zero allows any value.
    pub step: Points,
    /// How it is scored.
    pub scoring: Scoring,
    /// Whether a self-assessed score needs evidence.
    pub evidence_required: bool,
    /// Who appraises it, if anyone does.
    pub appraiser: Option<String>,
}

/// A criterion (tiêu chí).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its code.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// Its sub-criteria.
    pub sub_criteria: Vec<SubCriterion>,
}

/// A domain (lĩnh vực).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its code.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// Its criteria.
    pub criteria: Vec<Criterion>,
}

/// What is published about a domain of which the sub-criteria are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainOutline {
    /// Its code.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// Its maximum, where published.
    pub max: Option<Points>,
    /// Number of criteria, where published.
    pub n_criteria: Option<u16>,
    /// Number of sub-criteria, where published.
    pub n_sub_criteria: Option<u16>,
}

/// How finely the scheme is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// To the last sub-criterion.
    Full(Vec<Domain>),
    /// Only by blocks of the score; the domains are an outline.
    Blocks {
        /// The scored leaves.
        blocks: Vec<SubCriterion>,
        /// What is known of the domains.
        outline: Vec<DomainOutline>,
    },
}

/// The totals a scheme was issued with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Points in all.
    pub total: Points,
    /// Points from sociological surveys.
    pub survey: Points,
    /// Number of domains.
    pub n_domains: u16,
    /// Number of criteria.
    pub n_criteria: u16,
    /// Number of sub-criteria.
    pub n_sub_criteria: u16,
}

/// A grade band: from this percent upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The grade as printed: `A`, `Xuất sắc`.
    pub label: String,
    /// Smallest index in percent that gets it.
    pub at_least: f64,
}

words!(
    /// How equal indices are ranked.
    TieRule {
        /// 1, 2, 2, 4 on the published precision, shown as đồng hạng.
        Competition = "competition",
        /// 1, 2, 2, 3.
        Dense = "dense",
    }
);

/// A scheme that was read and adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// Its id.
    pub id: SchemeId,
    /// Its title in Vietnamese.
    pub title: String,
    /// How far it is confirmed.
    pub status: Status,
    /// Where it was taken from.
    pub source: String,
    /// The level of area it rates, for example districts of a province.
    pub rates: Level,
    /// The totals it was issued with.
    pub declared: Declared,
    /// Decimals of the published index.
    pub decimals: u8,
    /// Grade bands, the highest first; may be empty.
    pub bands: Vec<Band>,
    /// How equal indices are ranked.
    pub ties: TieRule,
    /// Domains or blocks.
    pub detail: Detail,
    /// SHA-256 of the file it was read from.
    pub digest: Digest,
}

impl Scheme {
    /// Every scored leaf, in order.
    pub fn leaves(&self) -> impl Iterator<Item = &SubCriterion> {
        let (domains, blocks): (&[Domain], &[SubCriterion]) = match &self.detail {
            Detail::Full(domains) => (domains, &[]),
            Detail::Blocks { blocks, .. } => (&[], blocks),
        };
        domains.iter().flat_map(|d| &d.criteria).flat_map(|c| &c.sub_criteria).chain(blocks)
    }

    /// The leaf with a code.
    #[must_use]
    pub fn leaf(&self, code: &str) -> Option<&SubCriterion> {
        self.leaves().find(|leaf| leaf.code.as_str() == code)
    }

    /// The leaves a survey scores, each with its questionnaire and figure.
    pub fn surveyed(&self) -> impl Iterator<Item = (&SubCriterion, &QuestionnaireId, &SurveyFigure)> {
        self.leaves().filter_map(|leaf| match &leaf.scoring {
            Scoring::Survey { questionnaire, figure } => Some((leaf, questionnaire, figure)),
            Scoring::SelfAssessed | Scoring::Outcome => None,
        })
    }

    /// The grade of a published index, if the scheme has bands and the index reaches one.
    #[must_use]
    pub fn band(&self, percent: f64) -> Option<&Band> {
        self.bands.iter().find(|band| percent >= band.at_least)
    }
}
