//! What a report says of the year before: the change of each figure and whether chance may explain it.

use super::super::analyse::LEVEL;
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::results::Grain;
use crate::domain::unit_report::{Break, Change, ChangeVerdict, EarlierYear, IndexPart, Row, UnitReport};
use crate::statistics::{self, Adjustment, Difference, Verdict};

/// A figure of a report, or why it has none.
type Figure<'a> = Option<&'a Result<Estimate, NoFigure>>;

/// Tells a report what the reports of the year before say of the same area.
///
/// The index, the component and the overall figure are what a report is read for, and each is judged by itself; elements and
/// items are many, and their p-values are raised after Holm within each report.
pub(super) fn tell(report: &mut UnitReport, before: &[UnitReport]) {
    let Some(before) = before.iter().find(|other| other.subject.area.code == report.subject.area.code) else { return };
    let breaks = Break::between(report, before, false);
    let of_rows = Break::between(report, before, true);
    if let Some(component) = &mut report.component {
        let was = before.component.as_ref().map(|component| &component.points);
        component.change = change(Some(&component.points), was, &breaks);
    }
    if let Some(IndexPart::Ranked(ranked)) = &mut report.index {
        let was = before.index.as_ref().and_then(IndexPart::ranked);
        let is_provisional = ranked.index.is_provisional() || was.is_some_and(|was| was.index.is_provisional());
        ranked.change = match (is_provisional, &ranked.index.estimate) {
            _ if !breaks.is_empty() => Change::untold(ChangeVerdict::BreakInSeries),
            (true, _) => Change::untold(ChangeVerdict::Provisional),
            (false, now) => between(now.as_ref(), was.and_then(|was| was.index.estimate.as_ref())),
        };
    }
    for row in &mut report.rows {
        let was = before.rows.iter().find(|other| (other.grain, &other.code) == (row.grain, &row.code));
        row.change = change(Some(row.main()), was.map(Row::main), &of_rows);
    }
    adjust(&mut report.rows, Grain::Element);
    adjust(&mut report.rows, Grain::Item);
    report.earlier = std::iter::once(EarlierYear::of(before, breaks)).chain(before.earlier.iter().cloned()).collect();
}

fn change(now: Figure, before: Figure, breaks: &[Break]) -> Change {
    let shown = |figure: Figure| figure.and_then(|figure| figure.as_ref().ok()).cloned();
    match breaks {
        [] => between(shown(now).as_ref(), shown(before).as_ref()),
        _ => Change::untold(ChangeVerdict::BreakInSeries),
    }
}

fn between(now: Option<&Estimate>, before: Option<&Estimate>) -> Change {
    let (Some(now), Some(before)) = (now, before) else { return Change::untold(ChangeVerdict::NotComparable) };
    let spread = |estimate: &Estimate| (estimate.se.map_or(f64::NAN, |se| se * se), estimate.df);
    let spreads = [spread(now), spread(before)];
    let variance = spreads.iter().map(|(variance, _)| variance).sum();
    let difference = Difference::new(now.value - before.value, variance, statistics::welch(&spreads), LEVEL);
    Change {
        verdict: verdict(&difference, difference.p),
        before: Some(before.value),
        difference: Some(difference.value),
        se: difference.se,
        interval: difference.interval,
        p: difference.p,
    }
}

fn verdict(difference: &Difference, p: Option<f64>) -> ChangeVerdict {
    match difference.verdict(p, LEVEL) {
        Verdict::Higher => ChangeVerdict::Higher,
        Verdict::Lower => ChangeVerdict::Lower,
        Verdict::NotDistinguishable => ChangeVerdict::NotDistinguishable,
        Verdict::NotComparable => ChangeVerdict::NotComparable,
        Verdict::BreakInSeries => ChangeVerdict::BreakInSeries,
    }
}

/// Raises the p-values of the rows of one kind, and weakens their verdicts accordingly.
fn adjust(rows: &mut [Row], grain: Grain) {
    let mut rows: Vec<&mut Row> = rows.iter_mut().filter(|row| row.grain == grain).collect();
    let p: Vec<Option<f64>> = rows.iter().map(|row| row.change.p).collect();
    for (row, adjusted) in rows.iter_mut().zip(statistics::adjust(&p, Adjustment::Holm)) {
        row.change.p = adjusted;
        if row.change.is_real() && adjusted.is_some_and(|p| p >= 1.0 - LEVEL) {
            row.change.verdict = ChangeVerdict::NotDistinguishable;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::estimate::{Ends, Method};

    fn estimate(value: f64, se: Option<f64>) -> Estimate {
        Estimate {
            value,
            se,
            interval: None,
            level: LEVEL,
            df: 40.0,
            n: 400,
            n_psu: 44,
            n_strata: 4,
            deff: None,
            method: Method::TwoStage,
            ends: Ends::StudentT,
            cautions: Vec::new(),
            reliability: None,
            missing_information: None,
        }
    }

    #[test]
    fn a_change_is_called_one_only_beyond_its_spread() {
        let verdict =
            |now, before| between(Some(&estimate(now, Some(1.0))), Some(&estimate(before, Some(1.0)))).verdict;
        assert_eq!(verdict(86.02, 81.70), ChangeVerdict::Higher);
        assert_eq!(verdict(81.70, 86.02), ChangeVerdict::Lower);
        assert_eq!(verdict(83.0, 81.70), ChangeVerdict::NotDistinguishable);
        let change = between(Some(&estimate(86.02, Some(3.0))), Some(&estimate(81.70, Some(4.0))));
        assert_eq!((change.se, change.verdict), (Some(5.0), ChangeVerdict::NotDistinguishable));
        assert!(change.interval.is_some_and(|ends| ends.low < 0.0 && ends.high > 4.32));
    }

    #[test]
    fn what_has_no_spread_or_no_figure_cannot_be_compared() {
        let change = between(Some(&estimate(86.02, None)), Some(&estimate(81.70, Some(1.0))));
        assert_eq!((change.verdict, change.se, change.p), (ChangeVerdict::NotComparable, None, None));
        let hidden = Err(NoFigure::Hidden);
        let shown = Ok(estimate(0.9, Some(0.01)));
        assert_eq!(super::change(Some(&shown), Some(&hidden), &[]).verdict, ChangeVerdict::NotComparable);
        let broken = super::change(Some(&shown), Some(&shown), &[Break::Mode]);
        assert_eq!((broken.verdict, broken.difference), (ChangeVerdict::BreakInSeries, None));
    }
}
