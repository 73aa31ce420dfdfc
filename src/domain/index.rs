//! The index of one unit: assessed points + survey points, over the maximum that applies to the unit.
//!
//! Points are summed unrounded and rounded half up once, at the end. What does not apply leaves the points **and** the
//! maximum; what is not scored yet counts as 0 and stays in the maximum, and the index is provisional. Only the survey
//! part has a sampling error: the interval of the index is the survey part's interval, shifted and scaled, and nothing else.

use super::assessment::{Assessment, Score};
use super::disclosure::MIN_ANSWERS;
use super::estimate::{Estimate, Interval};
use super::ids::{AreaCode, CriterionCode};
use super::points::{Points, round_half_up};
use super::scheme::{Band, Detail, Scheme, Scoring, SubCriterion};
use std::collections::BTreeMap;

pub mod table;

/// Largest difference, in points, between the survey total and the sum of its leaves: the two are the same sum in
/// another order, so only the last bits of a float may differ.
const SUM_TOLERANCE: f64 = 1e-6;

/// What a survey says about one leaf.
#[derive(Debug, Clone, PartialEq)]
pub enum LeafPoints {
    /// Max × the survey's figure, in points.
    Points(f64),
    /// No points, and why, in a sentence for people.
    Missing(String),
}

/// What the surveys say about one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SurveyPart {
    /// Points by leaf; a leaf that is not here was not surveyed.
    pub per_leaf: BTreeMap<CriterionCode, LeafPoints>,
    /// The sum over the leaves that have points **and apply to the unit** ([`Assessment::surveyed`]), with the
    /// covariance between them. In points.
    pub total: Option<Estimate>,
    /// What of it may be shown.
    pub disclosure: PartDisclosure,
}

/// What may be shown of a unit's survey part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum PartDisclosure {
    /// All of it.
    #[default]
    Shown,
    /// The sum, but not what each leaf has: few people answered one of them, or did not.
    SumOnly,
    /// Nothing.
    Hidden,
}

/// Why a unit has no index.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IndexFault {
    /// Its survey part is hidden, and the index would show it.
    #[error("the survey part is hidden: fewer than {MIN_ANSWERS} answers, or fewer could be computed from it")]
    Hidden,
    /// Everything was taken out.
    #[error("no sub-criterion applies to the unit, so there is nothing to divide by")]
    NothingApplies,
    /// Survey points for a leaf that no survey scores.
    #[error("the survey gives points to {0}, which no survey of the scheme scores")]
    NotSurveyScored(CriterionCode),
    /// More points than there are, fewer than none, or no number.
    #[error("the survey gives {points} points to {code}, which has 0 to {max}")]
    ImpossiblePoints {
        /// The leaf.
        code: CriterionCode,
        /// What it was given.
        points: f64,
        /// Its maximum.
        max: Points,
    },
    /// The total covers other leaves than those that apply.
    #[error("the survey total is {total} points, but the leaves that apply to the unit add to {sum}")]
    TotalIsNotTheSum {
        /// The total's value.
        total: f64,
        /// The sum of the leaves.
        sum: f64,
    },
}

/// Why a leaf has no points yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// Nobody has scored it.
    NotScored,
    /// No survey covers it yet.
    NotSurveyed,
    /// The survey gives no figure, and why.
    NoFigure(String),
}

/// A leaf without points: the reason why an index is provisional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLeaf {
    /// Its code.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// The points that are still open.
    pub max: Points,
    /// Why.
    pub gap: Gap,
}

/// One line of a unit's table: a domain, or a block where a scheme is only known by blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct DomainRow {
    /// Its code.
    pub code: CriterionCode,
    /// Its title in Vietnamese.
    pub title: String,
    /// Assessed points.
    pub assessed: Points,
    /// Survey points; none where nothing of the domain has been surveyed, or where they are hidden.
    pub survey: Option<f64>,
    /// Whether its survey points are hidden.
    pub is_hidden: bool,
    /// The part of the maximum that surveys score.
    pub survey_max: Points,
    /// The maximum that applies to the unit.
    pub max: Points,
}

impl DomainRow {
    /// Assessed and survey points together, unrounded; none where the survey points are hidden.
    #[must_use]
    pub fn points(&self) -> Option<f64> {
        (!self.is_hidden).then(|| self.assessed.to_f64() + self.survey.unwrap_or(0.0))
    }
}

/// The index of one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitIndex {
    /// The unit.
    pub unit: AreaCode,
    /// Appraised, or else claimed, points.
    pub assessed: Points,
    /// The sociological component in points; none where no survey gives an estimate.
    pub survey: Option<Estimate>,
    /// Most points the component can have for this unit.
    pub survey_max: Points,
    /// Most points the unit can have in all.
    pub max: Points,
    /// The index in percent, unrounded.
    pub percent: f64,
    /// The index as it is published: rounded half up, once.
    pub published: f64,
    /// The index in percent with the component's spread; none where the component has no estimate.
    pub estimate: Option<Estimate>,
    /// Its grade, if the scheme has one for it.
    pub band: Option<Band>,
    /// What has no points yet; an index with any is provisional.
    pub open: Vec<OpenLeaf>,
    /// What counts as claimed because nobody has appraised it yet.
    pub not_appraised: Vec<CriterionCode>,
    /// Domains, or blocks, in the scheme's order.
    pub domains: Vec<DomainRow>,
}

impl UnitIndex {
    /// Computes the index of the unit that `assessment` is about.
    ///
    /// # Errors
    /// Everything about the survey part that cannot be true, and a unit to which nothing applies.
    pub fn of(scheme: &Scheme, assessment: &Assessment, survey: &SurveyPart) -> Result<Self, Vec<IndexFault>> {
        let mut faults = impossible_points(scheme, survey);
        let mut sum = Tally::default();
        let mut domains = Vec::new();
        for (code, title, leaves) in groups(scheme) {
            let mut tally = Tally::default();
            leaves.iter().for_each(|leaf| tally.add(leaf, assessment, survey));
            domains.push(tally.row(code, title, survey.disclosure));
            sum.merge(tally);
        }
        let survey_points = match &survey.total {
            Some(total) if (total.value - sum.survey.unwrap_or(0.0)).abs() <= SUM_TOLERANCE => total.value,
            Some(total) => {
                faults.push(IndexFault::TotalIsNotTheSum { total: total.value, sum: sum.survey.unwrap_or(0.0) });
                total.value
            }
            None => sum.survey.unwrap_or(0.0),
        };
        if survey.disclosure == PartDisclosure::Hidden {
            faults.push(IndexFault::Hidden);
        }
        if sum.max == Points::ZERO {
            faults.push(IndexFault::NothingApplies);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let percent = (sum.assessed.to_f64() + survey_points) / sum.max.to_f64() * 100.0;
        let published = round_half_up(percent, scheme.decimals);
        Ok(Self {
            unit: assessment.unit().clone(),
            assessed: sum.assessed,
            survey: survey.total.clone(),
            survey_max: sum.survey_max,
            max: sum.max,
            percent,
            published,
            estimate: survey.total.as_ref().map(|total| in_percent(total, sum.assessed, sum.max)),
            band: scheme.band(published).cloned(),
            open: sum.open,
            not_appraised: sum.not_appraised,
            domains,
        })
    }

    /// Whether some points are still to come.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        !self.open.is_empty()
    }

    /// Points that are still to come, at most.
    #[must_use]
    pub fn open_points(&self) -> Points {
        self.open.iter().map(|leaf| leaf.max).sum()
    }

    /// Standard error of the index in percent: none where it is not known, zero where no survey applies to the unit.
    #[must_use]
    pub fn se(&self) -> Option<f64> {
        match &self.estimate {
            _ if self.survey_max == Points::ZERO => Some(0.0),
            Some(estimate) => estimate.se,
            None => None,
        }
    }
}

/// The component's estimate on the scale of the index: `(assessed + component) / max × 100`.
fn in_percent(component: &Estimate, assessed: Points, max: Points) -> Estimate {
    let factor = 100.0 / max.to_f64();
    let offset = assessed.to_f64() * factor;
    Estimate {
        value: (assessed.to_f64() + component.value) / max.to_f64() * 100.0,
        se: component.se.map(|se| se * factor),
        interval: component.interval.map(|interval: Interval| interval.scaled(offset, factor)),
        ..component.clone()
    }
}

/// The groups a unit's table shows, each with its leaves.
fn groups(scheme: &Scheme) -> Vec<(&CriterionCode, &str, Vec<&SubCriterion>)> {
    match &scheme.detail {
        Detail::Full(domains) => domains
            .iter()
            .map(|domain| {
                let leaves = domain.criteria.iter().flat_map(|criterion| &criterion.sub_criteria).collect();
                (&domain.code, domain.title.as_str(), leaves)
            })
            .collect(),
        Detail::Blocks { blocks, .. } => {
            blocks.iter().map(|block| (&block.code, block.title.as_str(), vec![block])).collect()
        }
    }
}

fn impossible_points(scheme: &Scheme, survey: &SurveyPart) -> Vec<IndexFault> {
    let fault = |(code, points): (&CriterionCode, &LeafPoints)| {
        let leaf = scheme.leaf(code.as_str()).filter(|leaf| matches!(leaf.scoring, Scoring::Survey { .. }));
        match (leaf, points) {
            (None, _) => Some(IndexFault::NotSurveyScored(code.clone())),
            (Some(_), LeafPoints::Missing(_)) => None,
            (Some(leaf), LeafPoints::Points(points)) => {
                let possible = (-SUM_TOLERANCE..=leaf.max.to_f64() + SUM_TOLERANCE).contains(points);
                (!possible).then(|| IndexFault::ImpossiblePoints { code: code.clone(), points: *points, max: leaf.max })
            }
        }
    };
    survey.per_leaf.iter().filter_map(fault).collect()
}

/// Points and maxima of some leaves, being added up.
#[derive(Default)]
struct Tally {
    assessed: Points,
    survey: Option<f64>,
    survey_max: Points,
    max: Points,
    open: Vec<OpenLeaf>,
    not_appraised: Vec<CriterionCode>,
}

impl Tally {
    fn add(&mut self, leaf: &SubCriterion, assessment: &Assessment, survey: &SurveyPart) {
        let score = assessment.score(&leaf.code);
        if score == Some(Score::NotApplicable) {
            return;
        }
        self.max = self.max + leaf.max;
        if matches!(leaf.scoring, Scoring::Survey { .. }) {
            self.survey_max = self.survey_max + leaf.max;
            match survey.per_leaf.get(&leaf.code) {
                Some(LeafPoints::Points(points)) => self.survey = Some(self.survey.unwrap_or(0.0) + points),
                Some(LeafPoints::Missing(why)) => self.leave_open(leaf, Gap::NoFigure(why.clone())),
                None => self.leave_open(leaf, Gap::NotSurveyed),
            }
            return;
        }
        match score.and_then(Score::counted) {
            Some(points) => self.assessed = self.assessed + points,
            None => self.leave_open(leaf, Gap::NotScored),
        }
        if matches!(score, Some(Score::Claimed(_))) {
            self.not_appraised.push(leaf.code.clone());
        }
    }

    fn leave_open(&mut self, leaf: &SubCriterion, gap: Gap) {
        let (code, title) = (leaf.code.clone(), leaf.title.clone());
        self.open.push(OpenLeaf { code, title, max: leaf.max, gap });
    }

    fn merge(&mut self, other: Self) {
        self.assessed = self.assessed + other.assessed;
        self.survey = match (self.survey, other.survey) {
            (Some(here), Some(there)) => Some(here + there),
            (here, there) => here.or(there),
        };
        self.survey_max = self.survey_max + other.survey_max;
        self.max = self.max + other.max;
        self.open.extend(other.open);
        self.not_appraised.extend(other.not_appraised);
    }

    fn row(&self, code: &CriterionCode, title: &str, disclosure: PartDisclosure) -> DomainRow {
        let is_hidden = disclosure != PartDisclosure::Shown && self.survey.is_some();
        DomainRow {
            code: code.clone(),
            title: title.to_owned(),
            assessed: self.assessed,
            survey: self.survey.filter(|_| !is_hidden),
            is_hidden,
            survey_max: self.survey_max,
            max: self.max,
        }
    }
}

#[cfg(test)]
pub(in crate::domain) mod tests;
