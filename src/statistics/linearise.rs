//! The second pass: the linearised value of every row, looked up code by code, and summed by pair of domain and PSU. The
//! covariance between items is in these values already.

use super::calibration::Residuals;
use super::histogram::BlockHistogram;
use super::lookup::{Batch, Lookup};
use super::point::Point;
use super::rows::{Block, Columns};
use super::scan::{NONE, Scan};
use super::statistic::{NotEstimable, Reading, Statistic, Worth};
use super::totals::Totals;

/// The totals of a statistic of one coded column, by pair, read off its histogram; `points` by domain of the scan.
pub(super) fn read_off(
    statistic: &Statistic,
    histogram: &BlockHistogram,
    scan: &Scan,
    points: &[Result<Point, NotEstimable>],
) -> Vec<Totals> {
    let answered = answered_slots(statistic, histogram.n_slots());
    let e = |domain: u32| points.get(domain as usize)?.as_ref().ok()?.tables.first().map(Vec::as_slice);
    read_off_by(histogram, scan, &answered, e)
}

/// The totals by pair, where `e` gives what each slot adds in a domain of the scan, and `answered` says by slot whether such
/// answers enter the statistic.
fn read_off_by<'e>(
    histogram: &BlockHistogram,
    scan: &Scan,
    answered: &[bool],
    e: impl Fn(u32) -> Option<&'e [f64]>,
) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); scan.pairs.len()];
    let places = scan.domain_of.iter().zip(&scan.pair_of).zip(&scan.weight_of);
    for (bins, ((&domain, &pair), &weight)) in histogram.blocks().zip(places) {
        let (Some(e), Some(totals)) = (e(domain), totals.get_mut(pair as usize)) else { continue };
        totals.add_all(bins.totals(e, answered, weight));
    }
    totals
}

/// The totals of a statistic by scan, then pair, read off the histogram of its only unit's places.
pub(super) fn read_off_places(lookups: &[Lookup], histogram: &BlockHistogram, scans: &[Scan]) -> Vec<Vec<Totals>> {
    let units = lookups.iter().filter_map(Lookup::only_unit);
    units
        .zip(scans)
        .map(|(unit, scan)| read_off_by(histogram, scan, unit.answered(), |domain| unit.e(domain)))
        .collect()
}

/// By slot: whether such an answer enters a statistic of one column.
fn answered_slots(statistic: &Statistic, n_slots: usize) -> Vec<bool> {
    let mut answered = vec![false; n_slots];
    for reading in statistic.readings() {
        if let Reading::Coded { worth, .. } = reading {
            mark(&mut answered, worth);
        }
    }
    answered
}

fn mark(answered: &mut [bool], worth: &Worth) {
    let n_slots = answered.len();
    answered.iter_mut().zip(worth.by_slot(n_slots)).for_each(|(seen, worth)| *seen |= worth.is_some());
}

/// Looks the rows up once for several scans of one statistic: totals by scan, then pair. The codes are read once for all.
pub(super) fn totals(lookups: &[Lookup], columns: &Columns, scans: &[Scan]) -> Vec<Vec<Totals>> {
    let mut totals: Vec<Vec<Totals>> = scans.iter().map(|scan| vec![Totals::default(); scan.pairs.len()]).collect();
    let Some(any) = lookups.first() else { return totals };
    let mut batch = Batch::new(any);
    for part in columns.parts() {
        batch.restart();
        while batch.advance(part) {
            for ((lookup, scan), totals) in lookups.iter().zip(scans).zip(&mut totals) {
                batch.read_for(lookup, part);
                batch.look_up(lookup, part, scan);
                add_up(&batch, totals);
            }
        }
    }
    totals
}

/// Adds the rows of a batch to the totals of their pairs. Rows of one PSU often come one after another; their sums stay in
/// registers until it changes.
fn add_up(batch: &Batch, totals: &mut [Totals]) {
    let (mut pair, mut run) = (NONE, Totals::default());
    for found in batch.found() {
        if found.pair != pair {
            if let Some(totals) = totals.get_mut(pair as usize) {
                totals.add_all(run);
            }
            (pair, run) = (found.pair, Totals::default());
        }
        if found.answered {
            run.add(found.e, found.weight);
        }
    }
    if let Some(totals) = totals.get_mut(pair as usize) {
        totals.add_all(run);
    }
}

/// Totals by PSU of one figure by calibrated weights: the sums are those of residuals, which rows outside the domain have
/// too. The scan holds one domain.
pub(super) fn residual_totals(
    lookup: &Lookup,
    columns: &Columns,
    scan: &Scan,
    psu_of: &[Block],
    n_psus: usize,
    residuals: &Residuals,
) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); n_psus];
    for (place, part) in columns.parts().iter().enumerate() {
        let mut values = vec![0.0; part.block.len()];
        lookup.rows(part, scan, |row, block, e, weight| {
            let psu = psu_of.get(block as usize).map_or(usize::MAX, |block| block.psu as usize);
            if let (Some(value), Some(totals)) = (values.get_mut(row), totals.get_mut(psu)) {
                *value = e;
                totals.simple += weight * e * e;
                totals.weight += weight;
                totals.n_answered += 1;
            }
        });
        for (row, ((e, block), weight)) in values.iter().zip(&part.block).zip(&part.weight).enumerate() {
            let psu = psu_of.get(*block as usize).map_or(usize::MAX, |block| block.psu as usize);
            if let Some(totals) = totals.get_mut(psu) {
                let value = weight * (e - residuals.fitted(place, row));
                totals.sum += value;
                totals.squares += value * value;
            }
        }
    }
    totals
}
