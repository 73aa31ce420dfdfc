//! What the sampling error of the surveys leaves open of the ranks in an index table.

use super::analyse::LEVEL;
use super::sample::RoundSample;
use crate::domain::estimate::Estimate;
use crate::domain::index::UnitIndex;
use crate::domain::index::table::IndexedUnit;
use crate::domain::rank::{OpenRanks, RankSets, ThanMean};
use crate::statistics::{self, Domain, RankSet, Ranking, Statistic, Verdict};
use std::collections::BTreeMap;

/// What one survey says of the sociological components of the units.
pub(super) struct Component<'a> {
    /// The survey's answers.
    pub(super) sample: &'a RoundSample,
    /// By place of the unit: where and what was estimated, and the estimate in points.
    pub(super) of_unit: BTreeMap<usize, (Domain, Statistic, Estimate)>,
}

/// A unit whose index is complete and whose spread is known.
struct Known<'a> {
    place: usize,
    index: &'a UnitIndex,
    se: f64,
}

impl Known<'_> {
    fn of((place, (_, outcome)): (usize, &IndexedUnit)) -> Option<Known<'_>> {
        let index = outcome.as_ref().ok().filter(|index| !index.is_provisional())?;
        Some(Known { place, index, se: index.se()? })
    }

    /// Without sampling error a unit stands where it is published, and equal prints are equal ranks.
    fn value(&self) -> f64 {
        if self.se > 0.0 { self.index.percent } else { self.index.published }
    }

    /// Percent of the index for each point.
    fn factor(&self) -> f64 {
        100.0 / self.index.max.to_f64()
    }
}

/// Simultaneous rank sets of all units whose index is complete and whose standard error is known, and how each stands to the
/// mean of their indices.
///
/// The variance of an index is the one that is printed with it. Indices vary together as far as components of one survey do;
/// surveys are independent and add up. The degrees of freedom of a survey are those of its units together, and surveys are
/// joined by Welch and Satterthwaite's rule.
pub(super) fn open_ranks(units: &[IndexedUnit], components: &[Component]) -> RankSets {
    let known: Vec<Known> = units.iter().enumerate().filter_map(Known::of).collect();
    let values: Vec<f64> = known.iter().map(Known::value).collect();
    let covariance = covariance(&known, components);
    let freedom: Vec<(f64, f64)> = components.iter().filter_map(|component| component.freedom(&known)).collect();
    let df = statistics::welch(&freedom);
    let can_vary = known.len() > 1 && known.iter().any(|unit| unit.se > 0.0);
    let sets: Vec<RankSet> = if can_vary {
        let sets = statistics::rank_sets(&values, &covariance, df, LEVEL, Ranking::default());
        sets.unwrap_or_default().into_iter().map(|(set, _)| set).collect()
    } else {
        (0..known.len()).map(|unit| RankSet::of(unit, &values, &covariance, 0.0)).collect()
    };
    let verdicts = statistics::than_mean(&values, &covariance, df, LEVEL);
    let open = sets.into_iter().zip(verdicts).map(|(set, verdict)| OpenRanks {
        best: rank(set.best),
        worst: rank(set.worst),
        than_mean: than_mean(verdict),
    });
    known.iter().map(|unit| unit.index.unit.clone()).zip(open).collect()
}

/// The covariance of the indices in percent, row by row; not a number where it cannot be told.
fn covariance(known: &[Known], components: &[Component]) -> Vec<f64> {
    let k = known.len();
    let mut matrix = vec![0.0; k * k];
    for component in components {
        component.add_covariances(known, &mut matrix);
    }
    matrix.iter_mut().step_by(k + 1).zip(known).for_each(|(variance, unit)| *variance = unit.se * unit.se);
    matrix
}

impl Component<'_> {
    /// Adds what joins different units; the units' own variances are left to the caller.
    fn add_covariances(&self, known: &[Known], matrix: &mut [f64]) {
        let asked =
            known.iter().enumerate().filter_map(|(row, unit)| Some((row, unit, self.of_unit.get(&unit.place)?)));
        if self.sample.are_apart(asked.clone().map(|(_, _, (domain, _, _))| domain)) {
            return;
        }
        let figures: Vec<(Domain, Statistic)> =
            asked.clone().map(|(_, _, (domain, statistic, _))| (domain.clone(), statistic.clone())).collect();
        let joint = self.sample.joint(&figures, LEVEL).ok();
        for (a, (row, first, _)) in asked.clone().enumerate() {
            for (b, (column, second, _)) in asked.clone().enumerate() {
                let of_points = joint.as_ref().map_or(f64::NAN, |joint| joint.covariance(a, b));
                if let Some(sum) = matrix.get_mut(row * known.len() + column) {
                    *sum += of_points * first.factor() * second.factor();
                }
            }
        }
    }

    /// The variance that the survey adds to all indices together, and its degrees of freedom; none if it adds nothing.
    fn freedom(&self, known: &[Known]) -> Option<(f64, f64)> {
        let of_units = known.iter().filter_map(|unit| {
            let (_, _, estimate) = self.of_unit.get(&unit.place)?;
            Some(((estimate.se? * unit.factor()).powi(2), estimate.df))
        });
        let (variance, df) = of_units.fold((0.0, 0.0), |(variance, df), (more, units)| (variance + more, df + units));
        (variance > 0.0).then_some((variance, df))
    }
}

fn rank(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn than_mean(verdict: Verdict) -> Option<ThanMean> {
    match verdict {
        Verdict::Higher => Some(ThanMean::Above),
        Verdict::Lower => Some(ThanMean::Below),
        Verdict::NotDistinguishable => Some(ThanMean::NotDistinguishable),
        Verdict::NotComparable | Verdict::BreakInSeries => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AreaCode, CriterionCode};
    use crate::domain::index::table::UnitName;
    use crate::domain::index::{Gap, OpenLeaf};
    use crate::domain::points::{Points, round_half_up};

    /// A unit that no survey has a part in.
    fn unit(code: &str, percent: f64) -> IndexedUnit {
        let code = AreaCode::parse(code).unwrap();
        let index = UnitIndex {
            unit: code.clone(),
            assessed: Points::ZERO,
            survey: None,
            survey_max: Points::ZERO,
            max: Points::whole(100),
            percent,
            published: round_half_up(percent, 2),
            estimate: None,
            band: None,
            open: Vec::new(),
            not_appraised: Vec::new(),
            domains: Vec::new(),
        };
        (UnitName { code, name: String::new(), focus: false }, Ok(index))
    }

    fn ranges(sets: &RankSets) -> Vec<(&str, u32, u32)> {
        sets.iter().map(|(unit, open)| (unit.as_str(), open.best, open.worst)).collect()
    }

    #[test]
    fn without_sampling_error_the_published_figures_decide() {
        let units = [unit("A", 90.0), unit("B", 85.004), unit("C", 84.996)];
        let sets = open_ranks(&units, &[]);
        assert_eq!(ranges(&sets), [("A", 1, 1), ("B", 2, 3), ("C", 2, 3)]);
        assert!(sets.values().all(|open| open.than_mean.is_none()));
    }

    #[test]
    fn one_unit_is_first_of_one_and_none_are_none() {
        assert_eq!(ranges(&open_ranks(&[unit("A", 50.0)], &[])), [("A", 1, 1)]);
        assert!(open_ranks(&[], &[]).is_empty());
    }

    #[test]
    fn what_is_unfinished_unknown_or_hidden_has_no_set() {
        let mut units = [unit("A", 90.0), unit("B", 80.0), unit("C", 70.0), unit("D", 60.0)];
        let open = OpenLeaf {
            code: CriterionCode::parse("1.1").unwrap(),
            title: String::new(),
            max: Points::whole(5),
            gap: Gap::NotScored,
        };
        units[0].1.as_mut().unwrap().open.push(open);
        units[1].1.as_mut().unwrap().survey_max = Points::whole(30);
        units[2].1 = Err(vec![crate::domain::index::IndexFault::Hidden]);
        assert_eq!(ranges(&open_ranks(&units, &[])), [("D", 1, 1)]);
    }
}
