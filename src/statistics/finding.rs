//! How every statistic is found in every scan: counted column by column where a column tells all of it, looked up row by row
//! where it takes several.

use super::histogram::{BlockHistogram, DomainHistogram};
use super::linearise;
use super::lookup::Lookup;
use super::point::{self, Point};
use super::sample::Sample;
use super::scan::{Member, Scan};
use super::statistic::{NotEstimable, Statistic};
use super::totals::Totals;
use super::variance::Spread;
use super::waves;
use std::collections::{BTreeMap, BTreeSet};

/// Bins of a histogram that is small whatever the rows.
const SMALL: usize = 1 << 14;

/// A statistic in the domains of one scan.
pub(super) struct Found {
    pub(super) points: Vec<Result<Point, NotEstimable>>,
    /// By domain of the scan.
    pub(super) spreads: Vec<Spread>,
}

impl Found {
    /// Keeps what totals by pair say, and lets them go: those of many PSUs are large.
    fn new(scan: &Scan, points: Vec<Result<Point, NotEstimable>>, totals: &[Totals]) -> Self {
        let spread = |member: &Member| {
            let psus = scan.pairs.get(member.pairs.clone()).unwrap_or_default();
            let totals = totals.get(member.pairs.clone()).unwrap_or_default();
            Spread::of(&member.footing, psus, totals)
        };
        Self { points, spreads: scan.members.iter().map(spread).collect() }
    }
}

/// What one coded column tells: its histogram by scan, and every statistic that can be read off it alone.
struct ColumnWork {
    column: usize,
    by_domain: Vec<DomainHistogram>,
    /// By place of the statistic and scan.
    found: Vec<((usize, usize), Found)>,
}

impl Sample {
    /// Points and totals of every statistic in every scan: `[scan][statistic]`.
    pub(super) fn find(&self, scans: &[Scan], statistics: &[&Statistic]) -> Vec<Vec<Found>> {
        let needed: BTreeSet<usize> = statistics.iter().flat_map(|statistic| statistic.columns()).collect();
        let needed: Vec<usize> = needed.into_iter().collect();
        let columns = waves::map_with(&needed, |bins, column| self.work_on(bins, *column, scans, statistics));
        let mut found: BTreeMap<(usize, usize), Found> = BTreeMap::new();
        let mut by_domain = BTreeMap::new();
        for work in columns {
            found.extend(work.found);
            by_domain.insert(work.column, work.by_domain);
        }
        let is_missing = |statistic: &usize| !(0..scans.len()).all(|scan| found.contains_key(&(*statistic, scan)));
        let missing: Vec<usize> = (0..statistics.len()).filter(is_missing).collect();
        let looked_up = waves::map_with(&missing, |histogram, place| {
            let statistic = statistics.get(*place)?;
            let points_of = |(at, scan): (usize, &Scan)| {
                point::points(statistic, &self.columns, scan, |column: usize| by_domain.get(&column)?.get(at))
            };
            let points: Vec<_> = scans.iter().enumerate().map(points_of).collect();
            let lookups = Lookup::of_scans(statistic, &points, &self.n_slots);
            let totals = self.totals(histogram, &lookups, scans);
            drop(lookups);
            let found = scans.iter().zip(points).zip(totals);
            let found = found.map(|((scan, points), totals)| Found::new(scan, points, &totals));
            Some((*place, found.collect::<Vec<Found>>()))
        });
        for (place, of_scans) in looked_up.into_iter().flatten() {
            found.extend(of_scans.into_iter().enumerate().map(|(scan, found)| ((place, scan), found)));
        }
        let row = |scan| (0..statistics.len()).filter_map(|statistic| found.remove(&(statistic, scan))).collect();
        (0..scans.len()).map(row).collect()
    }

    /// Totals of one statistic by scan, then pair: read off one histogram where its answers make few combinations.
    fn totals(&self, histogram: &mut BlockHistogram, lookups: &[Lookup], scans: &[Scan]) -> Vec<Vec<Totals>> {
        let unit = lookups.first().and_then(Lookup::only_unit);
        match unit.filter(|unit| self.is_worth_counting(unit.n_places())) {
            Some(unit) => {
                unit.count(histogram, &self.columns, self.index.blocks().len());
                linearise::read_off_places(lookups, histogram, scans)
            }
            None => linearise::totals(lookups, &self.columns, scans),
        }
    }

    /// A histogram by block pays where it has fewer bins than there are rows; else the rows are looked at again for every
    /// scan. Small histograms are always worth it.
    fn is_worth_counting(&self, n_slots: usize) -> bool {
        self.index.blocks().len().saturating_mul(n_slots) <= self.n_rows().max(SMALL)
    }

    /// Counts a column, and reads off all that its histogram tells.
    fn work_on(
        &self,
        histogram: &mut BlockHistogram,
        column: usize,
        scans: &[Scan],
        statistics: &[&Statistic],
    ) -> ColumnWork {
        let n_slots = self.n_slots.get(column).copied().unwrap_or_default();
        if !self.is_worth_counting(n_slots) {
            let count = |scan: &Scan| DomainHistogram::count(&self.columns, column, n_slots, scan);
            return ColumnWork { column, by_domain: scans.iter().map(count).collect(), found: Vec::new() };
        }
        histogram.count(&self.columns, column, (n_slots, self.index.blocks().len()));
        let by_domain: Vec<DomainHistogram> = scans.iter().map(|scan| histogram.by_domain(scan)).collect();
        let mut found = Vec::new();
        for (place, statistic) in statistics.iter().enumerate().filter(|(_, s)| s.only_column() == Some(column)) {
            for (at, (scan, by_domain)) in scans.iter().zip(&by_domain).enumerate() {
                let points = point::points(statistic, &self.columns, scan, |_| Some(by_domain));
                let totals = linearise::read_off(statistic, histogram, scan, &points);
                found.push(((place, at), Found::new(scan, points, &totals)));
            }
        }
        ColumnWork { column, by_domain, found }
    }
}
