//! A sample, rows and design together, and the way from it to estimates.

use super::columns::{self, Columns, Part};
use super::design::{Design, DesignDesk, Footing, Inference};
use super::linearise::{self, DeskRole, DeskTotals, Lookup, Point};
use super::moments::Moments;
use super::statistic::{NotEstimable, Statistic};
use super::variance::Spread;
use super::verdict;
use crate::domain::estimate::Estimate;
use crate::domain::fault::Fault;
use polars::prelude::PolarsError;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Answers joined to the design they were collected under.
#[derive(Debug)]
pub struct Sample {
    design: Design,
    parts: Vec<Part>,
    moments: Moments,
    n_items: usize,
}

/// Why rows and design do not make a sample: every reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFault {
    /// What is wrong; at least one fault.
    pub faults: Vec<Fault>,
}

impl fmt::Display for SampleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        f.write_str(&faults.join("\n"))
    }
}

impl std::error::Error for SampleFault {}

impl From<PolarsError> for SampleFault {
    fn from(error: PolarsError) -> Self {
        Self { faults: vec![Fault::of_whole("columns", format!("the columns could not be built: {error}"))] }
    }
}

/// A domain that can be estimated: its place in the request and where it stands.
struct Candidate {
    place: usize,
    desks: BTreeSet<u32>,
    footing: Footing,
}

/// What is asked of every domain.
struct Question<'a> {
    statistics: &'a [Statistic],
    /// Whether each statistic can be asked at all.
    checks: Vec<Result<(), NotEstimable>>,
    level: f64,
}

/// The answer for one domain: per statistic, an estimate or the reason why there is none.
type Row = Vec<Result<Estimate, NotEstimable>>;

impl Sample {
    /// Joins rows to the design and counts them, once for all estimates.
    ///
    /// `desks` holds every desk that rows name by index; desks without rows may be there too. `desks_per_stratum` is the
    /// number of desks in the population of each stratum (M), drawn or not; it matters for [`Inference::TwoStage`] only.
    ///
    /// # Errors
    /// Every fault at once: sheets with a wrong number of codes, weights that are not positive numbers, unknown or
    /// repeated desks, strata without a number of desks or with fewer than were surveyed.
    pub fn new(
        desks: Vec<DesignDesk>,
        desks_per_stratum: BTreeMap<String, u32>,
        columns: Columns,
        inference: Inference,
    ) -> Result<Self, SampleFault> {
        let (n_items, n_malformed) = (columns.n_items(), columns.n_malformed());
        let frame = columns.into_frame()?;
        let mut faults = sheet_faults(n_items, n_malformed, columns::n_bad_weights(&frame)?);
        let design = Design::new(inference, desks, &desks_per_stratum, &columns::rows_per_desk(&frame)?);
        let design = design.map_err(|more| faults.extend(more)).ok().filter(|_| faults.is_empty());
        let Some(design) = design else { return Err(SampleFault { faults }) };
        let parts = Part::all_of(frame)?;
        let moments = Moments::of(&parts, design.n_desks(), n_items);
        Ok(Self { design, parts, moments, n_items })
    }

    /// Estimates every statistic in every domain: `[domain][statistic]`, as given.
    ///
    /// A domain is a set of desks, by index. The whole design stays in view for each: desks without answers of the
    /// domain count as drawn. Domains may overlap; those that do not are found in one scan of the rows together, so all
    /// units of one level cost as much as a single one. `level` is the confidence level of the intervals.
    #[must_use]
    pub fn estimate(&self, domains: &[Vec<u32>], statistics: &[Statistic], level: f64) -> Vec<Row> {
        let check = |statistic: &Statistic| check_level(level).and(statistic.check(self.n_items));
        let question = Question { statistics, checks: statistics.iter().map(check).collect(), level };
        let mut candidates = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(domains.len());
        for (place, domain) in domains.iter().enumerate() {
            match self.check_domain(domain) {
                Ok(desks) => {
                    candidates.push(Candidate { place, footing: self.design.footing(&desks), desks });
                    rows.push(Vec::new());
                }
                Err(reason) => rows.push(vec![Err(reason); statistics.len()]),
            }
        }
        for scan in apart(candidates) {
            for (candidate, row) in scan.iter().zip(self.answer(&question, &scan)) {
                if let Some(place) = rows.get_mut(candidate.place) {
                    *place = row;
                }
            }
        }
        rows
    }

    /// Answers for domains that do not overlap, in one scan of the rows.
    fn answer(&self, question: &Question, scan: &[Candidate]) -> Vec<Row> {
        let n_slots = self.moments.n_slots();
        let points: Vec<Vec<_>> = scan.iter().map(|candidate| self.points(question, &candidate.footing)).collect();
        let lookup = |(i, statistic): (usize, &Statistic)| {
            let in_domains = points.iter().map(|points| points.get(i)?.as_ref().ok());
            Lookup::new(statistic, in_domains, n_slots)
        };
        let lookups: Vec<Lookup> = question.statistics.iter().enumerate().map(lookup).collect();
        let totals = linearise::scan(&self.parts, &self.roles(scan), &lookups, n_slots);
        let judge = |Candidate { footing, .. }: &Candidate, point: Result<Point, _>, totals: &[DeskTotals]| {
            point.map(|point| verdict::estimate(&point, &Spread::of(footing, totals), footing, question.level))
        };
        let row = |(candidate, points): (&Candidate, Vec<_>)| {
            points.into_iter().zip(&totals).map(|(point, totals)| judge(candidate, point, totals)).collect()
        };
        scan.iter().zip(points).map(row).collect()
    }

    /// The point estimates of one domain.
    fn points(&self, question: &Question, footing: &Footing) -> Vec<Result<Point, NotEstimable>> {
        let desks = footing.layers.iter().flat_map(|layer| &layer.desks);
        let histogram = self.moments.over(desks.map(|desk| (desk.desk, desk.weight)));
        let point = |statistic| Point::of(statistic, &histogram, self.moments.n_slots());
        let checked = question.statistics.iter().zip(question.checks.iter().cloned());
        checked.map(|(statistic, check)| check.and_then(|()| point(statistic))).collect()
    }

    /// What each desk is to a scan.
    fn roles(&self, scan: &[Candidate]) -> Vec<DeskRole> {
        let mut roles = vec![DeskRole { domain: scan.len(), weight: 0.0 }; self.design.n_desks()];
        for (domain, candidate) in scan.iter().enumerate() {
            for desk in candidate.footing.layers.iter().flat_map(|layer| &layer.desks) {
                if let Some(role) = roles.get_mut(desk.desk as usize) {
                    *role = DeskRole { domain, weight: desk.weight };
                }
            }
        }
        roles
    }

    /// The desks of a domain, if they are all known and different.
    fn check_domain(&self, domain: &[u32]) -> Result<BTreeSet<u32>, NotEstimable> {
        let n_desks = self.design.n_desks();
        let mut desks = BTreeSet::new();
        for &desk in domain {
            if desk as usize >= n_desks || !desks.insert(desk) {
                return Err(NotEstimable::BadDomain { desk, n_desks });
            }
        }
        Ok(desks)
    }
}

/// What is wrong with the answer sheets themselves.
fn sheet_faults(n_items: usize, n_malformed: usize, n_bad_weights: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    if n_malformed > 0 {
        let message = format!("{n_malformed} sheets do not have {n_items} codes; was the questionnaire changed?");
        faults.push(Fault::of_whole("unequal-sheets", message));
    }
    if n_bad_weights > 0 {
        let message = format!("{n_bad_weights} answers have a weight that is not a positive number; mend or omit it");
        faults.push(Fault::of_whole("bad-weight", message));
    }
    faults
}

fn check_level(level: f64) -> Result<(), NotEstimable> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(NotEstimable::BadLevel(level)) }
}

/// Groups domains into as few scans as is easy: each goes into the first one where it overlaps with no other.
fn apart(candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    let mut scans: Vec<(BTreeSet<u32>, Vec<Candidate>)> = Vec::new();
    for candidate in candidates {
        match scans.iter_mut().find(|(taken, _)| taken.is_disjoint(&candidate.desks)) {
            Some((taken, scan)) => {
                taken.extend(&candidate.desks);
                scan.push(candidate);
            }
            None => scans.push((candidate.desks.clone(), vec![candidate])),
        }
    }
    scans.into_iter().map(|(_, scan)| scan).collect()
}
