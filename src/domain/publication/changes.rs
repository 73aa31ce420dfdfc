//! What became different from one revision to the next, as far as it is printed.

use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::points::round_half_up;
use crate::domain::unit_report::{IndexPart, NamedArea, Role, Row, UnitReport};

/// A value that may have moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved<T> {
    /// In the revision before; none where there was none, or it was hidden.
    pub from: Option<T>,
    /// Now.
    pub to: Option<T>,
}

impl<T: PartialEq> Moved<T> {
    /// Whether it did.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.from != self.to
    }
}

/// What became different for one area, at the precision of print.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaChange {
    /// The area.
    pub area: NamedArea,
    /// Its published index, in percent.
    pub index: Moved<f64>,
    /// Its rank.
    pub rank: Moved<u32>,
    /// Its survey part in points, to two decimals.
    pub component: Moved<f64>,
    /// Its overall share of satisfied answers in percent, to one decimal.
    pub satisfied: Moved<f64>,
    /// Answers, flagged ones too.
    pub answers: Moved<u64>,
}

impl Moved<u64> {
    /// By how many people it moved, if they are too few for a figure of their own.
    fn few(self) -> Option<u64> {
        let n = self.from?.abs_diff(self.to?);
        (1..MIN_ANSWERS).contains(&n).then_some(n)
    }
}

impl AreaChange {
    fn is_any(&self) -> bool {
        let Self { index, rank, component, satisfied, answers, .. } = self;
        let figures = [index, component, satisfied];
        rank.has_moved() || answers.has_moved() || figures.iter().any(|figure| figure.has_moved())
    }
}

/// What became different from one revision to the next.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// The whole area and the rated units in which something did, in order of their reports.
    pub areas: Vec<AreaChange>,
    /// Desks in which something did.
    pub n_desks: usize,
    /// Areas of any kind of which both revisions tell a figure, of all items or of one, and so few more answered now (or fewer) that
    /// their answers are what one revision has more than the other; with how many, at the least.
    pub few: Vec<(NamedArea, u64)>,
}

impl Changes {
    /// Compares the reports of two revisions.
    #[must_use]
    pub fn between(before: &[UnitReport], now: &[UnitReport]) -> Self {
        let mut changes = Self::default();
        for report in now {
            let was = before.iter().find(|other| other.subject.area.code == report.subject.area.code);
            let change = of_area(was, report);
            let by_row = was.into_iter().flat_map(|was| answers_by_row(was, report));
            if let Some(n) = std::iter::once(change.answers).chain(by_row).filter_map(Moved::few).min() {
                changes.few.push((change.area.clone(), n));
            }
            match report.subject.role {
                _ if !change.is_any() => {}
                Role::Desk => changes.n_desks += 1,
                Role::Whole | Role::Unit => changes.areas.push(change),
            }
        }
        changes
    }

    /// Whether nothing that is printed became different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.n_desks == 0
    }
}

/// How many answered what each row is about, as far as both reports show its figure.
fn answers_by_row(was: &UnitReport, is: &UnitReport) -> impl Iterator<Item = Moved<u64>> {
    let n = |row: &Row| row.figure.as_ref().ok().map(|figure| figure.n);
    is.rows.iter().filter_map(move |row| {
        let before = was.rows.iter().find(|other| (other.grain, &other.code) == (row.grain, &row.code))?;
        Some(Moved { from: n(before), to: n(row) })
    })
}

fn of_area(was: Option<&UnitReport>, is: &UnitReport) -> AreaChange {
    fn moved<T>(was: Option<&UnitReport>, is: &UnitReport, read: impl Fn(&UnitReport) -> Option<T>) -> Moved<T> {
        Moved { from: was.and_then(&read), to: read(is) }
    }
    let index = |report: &UnitReport| Some(report.index.as_ref()?.ranked()?.index.published);
    let rank = |report: &UnitReport| Some(report.index.as_ref().and_then(IndexPart::ranked)?.standing.rank);
    let component = |report: &UnitReport| {
        let points = report.component.as_ref()?.points.as_ref().ok()?;
        Some(round_half_up(points.value, 2))
    };
    let satisfied = |report: &UnitReport| Some(round_half_up(report.overall().and_then(Row::share)?.value * 100.0, 1));
    AreaChange {
        area: is.subject.area.clone(),
        index: moved(was, is, index),
        rank: moved(was, is, rank),
        component: moved(was, is, component),
        satisfied: moved(was, is, satisfied),
        answers: moved(was, is, |report| report.coverage.answers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_are_those_that_a_figure_would_hide() {
        let few = |from: Option<u64>, to: Option<u64>| Moved { from, to }.few();
        assert_eq!((few(Some(16), Some(19)), few(Some(19), Some(16))), (Some(3), Some(3)));
        assert_eq!((few(Some(16), Some(16)), few(Some(16), Some(21))), (None, None));
        assert_eq!((few(None, Some(3)), few(Some(3), None)), (None, None), "what was hidden tells nothing");
    }
}
