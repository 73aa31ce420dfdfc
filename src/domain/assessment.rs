//! A unit's self-assessment (tự đánh giá, tự chấm điểm) and its appraisal (thẩm định): what each sub-criterion was given.

use super::ids::{AreaCode, CriterionCode};
use super::points::Points;
use super::scheme::{Scheme, Scoring, SubCriterion};
use std::collections::BTreeMap;

/// What a sub-criterion was given. "Not applicable" carries no points, and a score has at least one of its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// Tiêu chí đặc thù không đánh giá: leaves the points and the maximum.
    NotApplicable,
    /// Claimed by the unit, not appraised yet.
    Claimed(Points),
    /// Settled by the appraiser. Outcome statistics are entered without a claim.
    Appraised {
        /// What the unit claimed.
        claimed: Option<Points>,
        /// What counts.
        appraised: Points,
    },
}

impl Score {
    /// A score from the three cells it is written in.
    ///
    /// # Errors
    /// When "not applicable" comes with points, or when nothing was given at all.
    pub fn new(not_applicable: bool, claimed: Option<Points>, appraised: Option<Points>) -> Result<Self, ScoreFault> {
        match (not_applicable, claimed, appraised) {
            (true, None, None) => Ok(Self::NotApplicable),
            (true, ..) => Err(ScoreFault::PointsThoughNotApplicable),
            (false, claimed, Some(appraised)) => Ok(Self::Appraised { claimed, appraised }),
            (false, Some(claimed), None) => Ok(Self::Claimed(claimed)),
            (false, None, None) => Err(ScoreFault::Nothing),
        }
    }

    /// What the unit gave itself.
    #[must_use]
    pub fn claimed(self) -> Option<Points> {
        match self {
            Self::NotApplicable => None,
            Self::Claimed(claimed) => Some(claimed),
            Self::Appraised { claimed, .. } => claimed,
        }
    }

    /// What the appraiser gave.
    #[must_use]
    pub fn appraised(self) -> Option<Points> {
        match self {
            Self::NotApplicable | Self::Claimed(_) => None,
            Self::Appraised { appraised, .. } => Some(appraised),
        }
    }

    /// The points that enter the index: the appraised ones as soon as there are any.
    #[must_use]
    pub fn counted(self) -> Option<Points> {
        self.appraised().or(self.claimed())
    }
}

/// Which of the two sides of a score is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The unit's own score.
    Claimed,
    /// The appraiser's.
    Appraised,
}

/// Why a score cannot be entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreFault {
    /// Neither a score nor "not applicable".
    #[error("has neither a score nor \"not applicable\"; leave the row out until there is one")]
    Nothing,
    /// Points for something that is not assessed.
    #[error("is not applicable and has points; keep one of the two")]
    PointsThoughNotApplicable,
    /// No such sub-criterion.
    #[error("sub-criterion {code} is not in scheme {scheme}; correct the code")]
    UnknownSubCriterion {
        /// The code as given.
        code: CriterionCode,
        /// The scheme's id.
        scheme: String,
    },
    /// The survey gives the points.
    #[error("sub-criterion {code} is scored by a survey; it takes no score, only \"not applicable\"")]
    SurveyScored {
        /// The sub-criterion.
        code: CriterionCode,
    },
    /// An appraisal of nothing.
    #[error("sub-criterion {code} is appraised without a self-score; enter what the unit claimed, 0 if nothing")]
    NothingClaimed {
        /// The sub-criterion.
        code: CriterionCode,
    },
    /// Below zero or above the maximum.
    #[error("{points} points are outside 0 to {max}")]
    OutOfRange {
        /// Which side.
        side: Side,
        /// What was given.
        points: Points,
        /// The maximum.
        max: Points,
    },
    /// Between two steps.
    #[error("{points} points are not a multiple of the step {step}")]
    OffStep {
        /// Which side.
        side: Side,
        /// What was given.
        points: Points,
        /// The step.
        step: Points,
    },
    /// Scored before.
    #[error("sub-criterion {code} was already scored for this unit; keep one of the two")]
    Twice {
        /// The sub-criterion.
        code: CriterionCode,
    },
}

impl ScoreFault {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "no-score",
            Self::PointsThoughNotApplicable => "points-though-not-applicable",
            Self::UnknownSubCriterion { .. } => "unknown-sub-criterion",
            Self::SurveyScored { .. } => "scored-by-survey",
            Self::NothingClaimed { .. } => "nothing-claimed",
            Self::OutOfRange { .. } => "points-out-of-range",
            Self::OffStep { .. } => "points-off-step",
            Self::Twice { .. } => "scored-twice",
        }
    }

    /// The side of the score that is wrong, where it is one of them.
    #[must_use]
    pub fn side(&self) -> Option<Side> {
        match self {
            Self::OutOfRange { side, .. } | Self::OffStep { side, .. } => Some(*side),
            Self::SurveyScored { .. } => Some(Side::Claimed),
            Self::NothingClaimed { .. } => Some(Side::Appraised),
            _ => None,
        }
    }
}

/// A score and the unit's or the appraiser's remark on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The score.
    pub score: Score,
    /// The remark; may be empty.
    pub note: String,
}

/// The assessment of one unit under one scheme, possibly not finished. Every entry fits the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    unit: AreaCode,
    entries: BTreeMap<CriterionCode, Entry>,
}

impl Assessment {
    /// An assessment without scores.
    #[must_use]
    pub fn new(unit: AreaCode) -> Self {
        Self { unit, entries: BTreeMap::new() }
    }

    /// Enters the score of a sub-criterion.
    ///
    /// # Errors
    /// Every rule of the scheme that the score breaks; then nothing is entered.
    pub fn enter(&mut self, scheme: &Scheme, code: CriterionCode, entry: Entry) -> Result<(), Vec<ScoreFault>> {
        let Some(leaf) = scheme.leaf(code.as_str()) else {
            return Err(vec![ScoreFault::UnknownSubCriterion { code, scheme: scheme.id.to_string() }]);
        };
        let mut faults = faults_of(leaf, entry.score);
        if self.entries.contains_key(&code) {
            faults.push(ScoreFault::Twice { code: code.clone() });
        }
        if faults.is_empty() {
            self.entries.insert(code, entry);
            return Ok(());
        }
        Err(faults)
    }

    /// Whose assessment it is.
    #[must_use]
    pub fn unit(&self) -> &AreaCode {
        &self.unit
    }

    /// The score of a sub-criterion, if it has one yet.
    #[must_use]
    pub fn score(&self, code: &CriterionCode) -> Option<Score> {
        self.entries.get(code).map(|entry| entry.score)
    }

    /// Whether a sub-criterion was taken out for this unit.
    #[must_use]
    pub fn is_not_applicable(&self, code: &CriterionCode) -> bool {
        self.score(code) == Some(Score::NotApplicable)
    }

    /// All entries, by sub-criterion.
    pub fn entries(&self) -> impl Iterator<Item = (&CriterionCode, &Entry)> {
        self.entries.iter()
    }

    /// The leaves that surveys score and that apply to this unit: what the survey part has to cover, no more and no less.
    pub fn surveyed<'a>(&'a self, scheme: &'a Scheme) -> impl Iterator<Item = &'a SubCriterion> {
        scheme.surveyed().map(|(leaf, ..)| leaf).filter(|leaf| !self.is_not_applicable(&leaf.code))
    }
}

fn faults_of(leaf: &SubCriterion, score: Score) -> Vec<ScoreFault> {
    let mut faults = Vec::new();
    if matches!(leaf.scoring, Scoring::Survey { .. }) {
        if score != Score::NotApplicable {
            faults.push(ScoreFault::SurveyScored { code: leaf.code.clone() });
        }
        return faults;
    }
    if leaf.scoring == Scoring::SelfAssessed && score.claimed().is_none() && score.appraised().is_some() {
        faults.push(ScoreFault::NothingClaimed { code: leaf.code.clone() });
    }
    for (side, points) in [(Side::Claimed, score.claimed()), (Side::Appraised, score.appraised())] {
        let Some(points) = points else { continue };
        if points < Points::ZERO || points > leaf.max {
            faults.push(ScoreFault::OutOfRange { side, points, max: leaf.max });
        }
        if !points.is_multiple_of(leaf.step) {
            faults.push(ScoreFault::OffStep { side, points, step: leaf.step });
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::index::tests::{code, points, scheme};
    use super::*;

    fn enter(leaf: &str, claimed: Option<&str>, appraised: Option<&str>) -> Vec<&'static str> {
        let mut assessment = Assessment::new(AreaCode::parse("U1").unwrap());
        let score = Score::new(false, claimed.map(points), appraised.map(points)).unwrap();
        let entered = assessment.enter(&scheme(), code(leaf), Entry { score, note: String::new() });
        entered.err().unwrap_or_default().iter().map(ScoreFault::code).collect()
    }

    #[test]
    fn scores_keep_to_maximum_and_step() {
        assert!(enter("1.1", Some("0.5"), None).is_empty());
        assert!(enter("1.1", Some("0"), Some("10")).is_empty());
        assert_eq!(enter("1.1", Some("10.5"), None), ["points-out-of-range"]);
        assert_eq!(
            enter("1.1", Some("-0.3"), Some("0.25")),
            ["points-out-of-range", "points-off-step", "points-off-step"]
        );
    }

    #[test]
    fn who_scores_what_is_the_schemes_business() {
        assert_eq!(enter("9.9", Some("1"), None), ["unknown-sub-criterion"]);
        assert_eq!(enter("2.1", Some("1"), None), ["scored-by-survey"]);
        assert_eq!(enter("1.1", None, Some("1")), ["nothing-claimed"]);
        assert!(enter("3.1", None, Some("1.37")).is_empty(), "outcome statistics are entered without a claim");
    }

    #[test]
    fn contradictory_scores_cannot_be_made() {
        assert_eq!(Score::new(true, Some(Points::ZERO), None), Err(ScoreFault::PointsThoughNotApplicable));
        assert_eq!(Score::new(false, None, None), Err(ScoreFault::Nothing));
        let appraised = Score::new(false, Some(points("3")), Some(points("2"))).unwrap();
        assert_eq!((appraised.claimed(), appraised.counted()), (Some(points("3")), Some(points("2"))));
    }

    #[test]
    fn a_sub_criterion_is_scored_once() {
        let mut assessment = Assessment::new(AreaCode::parse("U1").unwrap());
        let entry = |score| Entry { score, note: String::new() };
        assert_eq!(assessment.enter(&scheme(), code("2.1"), entry(Score::NotApplicable)), Ok(()));
        let again = assessment.enter(&scheme(), code("2.1"), entry(Score::NotApplicable));
        assert_eq!(again, Err(vec![ScoreFault::Twice { code: code("2.1") }]));
        let scheme = scheme();
        assert_eq!(assessment.surveyed(&scheme).map(|leaf| leaf.code.as_str()).collect::<Vec<_>>(), ["2.2"]);
    }
}
