//! The summary: the few figures a page is opened for, each with its interval and its change.

use super::shape::FactShape;
use super::{Page, pictures};
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::unit_report::{Change, IndexPart, RankedIndex};
use crate::report::change::{self, Measure, change_with_interval};
use crate::report::number::Numbers;
use crate::report::told::{self, Written};
use crate::report::words;

impl Page<'_> {
    pub(super) fn facts(&self) -> Vec<FactShape> {
        let mut facts = Vec::new();
        match &self.report.index {
            Some(IndexPart::Ranked(ranked)) => facts.extend(self.ranked(ranked)),
            Some(IndexPart::Unranked(faults)) => facts.push(FactShape {
                name: self.words.get("index"),
                value: "–".to_owned(),
                more: std::iter::once(self.words.get("no-index"))
                    .chain(faults.iter().map(|fault| words::index_fault(fault).told(self.tongue)))
                    .collect(),
            }),
            None => {}
        }
        facts.extend(self.component());
        facts.extend(self.satisfied());
        facts.push(FactShape {
            name: self.words.get("answers"),
            value: self
                .report
                .coverage
                .answers
                .map_or_else(|| self.words.get("hidden-figure"), |n| Numbers(self.tongue).count(n)),
            more: self.rate().into_iter().collect(),
        });
        facts
    }

    fn ranked(&self, ranked: &RankedIndex) -> [FactShape; 2] {
        let plain = Written::plain(self.report.occasion.decimals);
        let index = &ranked.index;
        let name = self.words.get(if index.is_provisional() { "index-provisional" } else { "index" });
        let mut more: Vec<String> = Vec::new();
        more.push(self.interval(index.estimate.as_ref(), plain));
        more.extend(index.band.as_ref().map(|band| band.label.clone()));
        more.push(self.told(&ranked.change, Measure::Points(self.report.occasion.decimals)));
        let moved = change::rank(&ranked.standing).map(|moved| moved.told(self.tongue));
        let rank = FactShape {
            name: self.words.get("rank"),
            value: told::rank(self.tongue, &ranked.standing),
            more: std::iter::once(told::open_ranks(self.tongue, &ranked.standing.range)).chain(moved).collect(),
        };
        [FactShape { name, value: plain.value(self.tongue, index.published), more }, rank]
    }

    fn component(&self) -> Option<FactShape> {
        let component = self.report.component.as_ref()?;
        let plain = Written::plain(2);
        let max = Written::plain(2).value(self.tongue, component.max.to_f64());
        let mut more = vec![self.words.fill("of-points", &[("max", &max)])];
        more.extend(self.qualified(&component.points, plain));
        more.push(self.told(&component.change, Measure::Points(2)));
        let value = told::figure(self.tongue, &component.points, plain);
        Some(FactShape { name: self.words.get("component"), value, more })
    }

    fn satisfied(&self) -> Option<FactShape> {
        let row = self.report.overall()?;
        let percent = Written::percent(self.tongue);
        let name = self.words.get(if row.satisfied.is_some() { "satisfied" } else { "overall-figure" });
        let mut more: Vec<String> = self.qualified(row.main(), percent).into_iter().collect();
        more.push(self.told(&row.change, Measure::Share));
        Some(FactShape { name, value: told::figure(self.tongue, row.main(), percent), more })
    }

    /// What became of a figure since the year before.
    pub(super) fn told(&self, change: &Change, measure: Measure) -> String {
        change_with_interval(change, measure).told(self.tongue)
    }

    /// The interval of a figure that is shown, or why it is not shown.
    fn qualified(&self, figure: &Result<Estimate, NoFigure>, written: Written) -> Option<String> {
        match figure {
            Ok(estimate) => Some(self.interval(Some(estimate), written)),
            Err(NoFigure::Hidden) => Some(self.why_hidden()),
            Err(NoFigure::None(_)) => None,
        }
    }

    fn interval(&self, estimate: Option<&Estimate>, written: Written) -> String {
        let Some(ends) = estimate.and_then(|estimate| estimate.interval) else { return self.words.get("no-interval") };
        let level = told::level(self.tongue, estimate.map_or(pictures::level(self.report), |found| found.level));
        let interval = written.interval(self.tongue, ends);
        self.words.fill("interval", &[("level", &level), ("interval", &interval)])
    }

    /// Answers for each transaction, as a sentence.
    pub(super) fn rate(&self) -> Option<String> {
        let coverage = &self.report.coverage;
        let transactions = Numbers(self.tongue).count(coverage.transactions?);
        let rate = Written::percent(self.tongue).value(self.tongue, coverage.response_rate()?);
        Some(self.words.fill("rate", &[("rate", &rate), ("transactions", &transactions)]))
    }
}
