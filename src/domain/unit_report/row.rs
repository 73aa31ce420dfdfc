//! What people said to one item, to the items of an element, or to all.

use super::{Change, UnitReport};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::rank::ThanMean;
use crate::domain::results::Grain;
use std::cmp::Ordering;

/// How many items are named as the strongest, and as the weakest.
const N_EXTREMES: usize = 3;

/// How something is worded in the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowTitle {
    /// In the questionnaire's first language, which is Vietnamese.
    pub vi: String,
    /// In English, where there are English texts.
    pub en: Option<String>,
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is about.
    pub grain: Grain,
    /// The item's or element's id; empty for the overall figure.
    pub code: String,
    /// The element that an item belongs to.
    pub element: Option<String>,
    /// How it is worded.
    pub title: RowTitle,
    /// The figure under the questionnaire's rule, between 0 and 1, or why there is none.
    pub figure: Result<Estimate, NoFigure>,
    /// The share of answers 4 and 5; none for items that are no five-point scale.
    pub satisfied: Option<Result<Estimate, NoFigure>>,
    /// The mean on the scale of 1 to 5; none for items that are no five-point scale.
    pub mean: Option<Result<Estimate, NoFigure>>,
    /// How the answers spread; none where that is not told, and always where the figure is hidden.
    pub distribution: Option<Distribution>,
    /// How closely the item goes with the others: the correlation of its answers with the mean of the same people's answers to
    /// all other items, −1 to 1; none for what is no five-point item. It says what satisfaction goes with, not what causes it.
    pub importance: Option<Result<Estimate, NoFigure>>,
    /// The change of [`Row::main`] since the year before.
    pub change: Change,
}

impl Row {
    /// The figure that is told first: the share of satisfied answers, or else the figure under the questionnaire's rule.
    pub fn main(&self) -> &Result<Estimate, NoFigure> {
        self.satisfied.as_ref().unwrap_or(&self.figure)
    }

    /// The share of satisfied answers, where there is one and it is shown.
    #[must_use]
    pub fn share(&self) -> Option<&Estimate> {
        self.satisfied.as_ref()?.as_ref().ok()
    }
}

/// How the answers to an item spread: the weighted share of each, in the order of the questionnaire; together 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Distribution {
    /// What can be answered, as written in files (`1` … `5` or an option's id), and its share.
    pub shares: Vec<(String, f64)>,
}

/// An item at one end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme<'a> {
    /// The item.
    pub row: &'a Row,
    /// How it stands to the overall figure: above or below only where the intervals of both have nothing in common. That
    /// says "above" less often than a test of the difference would, since items of one survey rise and fall together.
    pub than_overall: ThanMean,
}

impl UnitReport {
    /// The first items of those that have a figure, in some order of their figures; never more than half of them, so that no
    /// item is among the strongest and the weakest.
    pub(super) fn extremes(&self, order: fn(f64, f64) -> Ordering) -> Vec<Extreme<'_>> {
        let mut items: Vec<(&Row, &Estimate)> =
            self.rows_of(Grain::Item).filter_map(|row| Some((row, row.share()?))).collect();
        items.sort_by(|(one, a), (other, b)| order(a.value, b.value).then_with(|| one.code.cmp(&other.code)));
        let n = N_EXTREMES.min(items.len() / 2);
        let overall = self.overall().and_then(Row::share).and_then(|overall| overall.interval);
        let than_overall = |item: &Estimate| match item.interval.zip(overall) {
            Some((item, overall)) if item.low > overall.high => ThanMean::Above,
            Some((item, overall)) if item.high < overall.low => ThanMean::Below,
            _ => ThanMean::NotDistinguishable,
        };
        items.truncate(n);
        items.into_iter().map(|(row, item)| Extreme { row, than_overall: than_overall(item) }).collect()
    }
}
