//! A unit's index and standing read back, so that frozen figures can be drawn again.

use super::{
    ChangeShape, DomainShape, HIDDEN, IMPOSSIBLE_POINTS, NO_FIGURE, NOT_SCORED, NOT_SURVEY_SCORED, NOT_SURVEYED,
    NOT_THE_SUM, NOTHING_APPLIES, OpenShape, ReasonShape, StandingShape, UnitShape,
};
use crate::domain::estimate::Estimate;
use crate::domain::ids::{AreaCode, CriterionCode};
use crate::domain::index::{DomainRow, Gap, IndexFault, OpenLeaf, UnitIndex};
use crate::domain::points::Points;
use crate::domain::rank::{Previous, RangeCaution, RankRange, Standing, ThanMean};
use crate::domain::scheme::Band;
use crate::report::shapes::{NotRead, parsed, word};
use crate::report::words;

/// Points as they were, whatever a number read from text lost.
pub(in crate::report) fn points(value: f64) -> Points {
    Points::from_ten_thousandths((value * 10_000.0).round() as i64)
}

fn criterion(text: &str) -> Result<CriterionCode, NotRead> {
    parsed("criterion", text, CriterionCode::parse)
}

impl UnitShape {
    /// The unit's index and standing.
    pub(in crate::report) fn read(&self) -> Result<(UnitIndex, Standing), NotRead> {
        let estimate = |shape: &Option<_>| shape.as_ref().map(Estimate::try_from).transpose();
        let band = self.band.clone().zip(self.band_from).map(|(label, at_least)| Band { label, at_least });
        let index = UnitIndex {
            unit: parsed("unit", &self.unit, AreaCode::parse)?,
            assessed: points(self.assessed_points),
            survey: estimate(&self.survey)?,
            survey_max: points(self.survey_max),
            max: points(self.max),
            percent: self.index.percent,
            published: self.index.published,
            estimate: estimate(&self.index.estimate)?,
            band,
            open: self.open.iter().map(OpenShape::read).collect::<Result<_, _>>()?,
            not_appraised: self.not_appraised.iter().map(|code| criterion(code)).collect::<Result<_, _>>()?,
            domains: self.domains.iter().map(DomainShape::read).collect::<Result<_, _>>()?,
        };
        Ok((index, self.standing.read()?))
    }
}

impl StandingShape {
    fn read(&self) -> Result<Standing, NotRead> {
        let cautions = [RangeCaution::SpreadUnknown, RangeCaution::Provisional];
        let caution = |text: &str| cautions.into_iter().find(|known| words::range_caution_code(*known) == text);
        let range = &self.range;
        let than_mean = |than_mean: &super::ThanMeanShape| word("standing", &than_mean.code, ThanMean::parse);
        Ok(Standing {
            rank: self.rank,
            of: self.of,
            n_tied: self.n_tied,
            previous: self.change.previous(self.previous_rank),
            range: RankRange {
                best: range.best,
                worst: range.worst,
                caution: range.caution.as_ref().map(|text| word("caution", text, caution)).transpose()?,
            },
            than_mean: self.than_mean.as_ref().map(than_mean).transpose()?,
        })
    }
}

impl ChangeShape {
    fn previous(&self, rank: Option<u32>) -> Previous {
        match (rank, self.direction.as_ref()) {
            (Some(rank), _) => Previous::Rank(rank),
            (None, "new") => Previous::NotRanked,
            (None, _) => Previous::NoRanking,
        }
    }
}

impl OpenShape {
    fn read(&self) -> Result<OpenLeaf, NotRead> {
        let gap = match self.gap.as_ref() {
            NOT_SCORED => Gap::NotScored,
            NOT_SURVEYED => Gap::NotSurveyed,
            NO_FIGURE => Gap::NoFigure(self.why.clone().unwrap_or_default()),
            other => return Err(NotRead { what: "gap", text: other.to_owned() }),
        };
        Ok(OpenLeaf { code: criterion(&self.code)?, title: self.title.clone(), max: points(self.max), gap })
    }
}

impl DomainShape {
    fn read(&self) -> Result<DomainRow, NotRead> {
        Ok(DomainRow {
            code: criterion(&self.code)?,
            title: self.title.clone(),
            assessed: points(self.assessed_points),
            survey: self.survey_points,
            is_hidden: self.hidden.is_some(),
            survey_max: points(self.survey_max),
            max: points(self.max),
        })
    }
}

impl ReasonShape {
    /// Why a unit has no index.
    pub(in crate::report) fn read(&self) -> Result<IndexFault, NotRead> {
        let code = || criterion(self.criterion.as_deref().unwrap_or_default());
        Ok(match (self.code.as_ref(), self.points.as_slice()) {
            (HIDDEN, _) => IndexFault::Hidden,
            (NOTHING_APPLIES, _) => IndexFault::NothingApplies,
            (NOT_SURVEY_SCORED, _) => IndexFault::NotSurveyScored(code()?),
            (IMPOSSIBLE_POINTS, [given, max]) => {
                IndexFault::ImpossiblePoints { code: code()?, points: *given, max: points(*max) }
            }
            (NOT_THE_SUM, [total, sum]) => IndexFault::TotalIsNotTheSum { total: *total, sum: *sum },
            (other, _) => return Err(NotRead { what: "reason", text: other.to_owned() }),
        })
    }
}
