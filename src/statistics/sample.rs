//! A sample, rows and design together, and the way from it to estimates.

use super::calibration::{Calibration, Residuals};
use super::design::{Design, DesignDesk, Inference, RoundDesign, SurveyDesign};
use super::finding::Found;
use super::histogram::{self, DomainHistogram};
use super::linearise;
use super::lookup::Lookup;
use super::rows::{Block, Blocks, Columns};
use super::scan::{self, BlockIndex, Domain, Scan};
use super::statistic::{NotEstimable, Range, Statistic};
use super::variance::Spread;
use super::verdict::{self, Confidence};
use super::waves;
use crate::domain::estimate::{Caution, Estimate};
use crate::domain::fault::Fault;
use crate::domain::packing::NOT_APPLICABLE;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Answers joined to the design they were collected under.
#[derive(Debug)]
pub struct Sample {
    pub(super) design: Design,
    pub(super) columns: Columns,
    pub(super) index: BlockIndex,
    /// Slots of each coded column's histogram.
    pub(super) n_slots: Vec<usize>,
    /// What calibrated weights are made of.
    pub(super) calibration: Option<Calibration>,
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

/// The answer for one domain: per statistic, an estimate or the reason why there is none.
pub(super) type Row = Vec<Result<Estimate, NotEstimable>>;

impl Sample {
    /// Joins the answers of a round to its design.
    ///
    /// `desks` holds every desk, and rows lie in the block of their desk and cell. Desks without rows may be there too.
    /// `desks_per_stratum` is the number of desks in the population of each stratum (M), drawn or not; it matters for
    /// [`Inference::TwoStage`] only. Rows without a weight get the design's.
    ///
    /// # Errors
    /// Every fault at once: rows that do not fit, weights that are not positive numbers, unknown or repeated desks, strata
    /// without a number of desks or with fewer than were surveyed.
    pub fn of_round(
        desks: Vec<DesignDesk>,
        desks_per_stratum: &BTreeMap<String, u32>,
        blocks: Blocks,
        columns: Columns,
        inference: Inference,
    ) -> Result<Self, SampleFault> {
        let n_desks = desks.len();
        Self::join(n_desks, blocks, columns, |rows| {
            Ok(Design::Round(RoundDesign::new(inference, desks, desks_per_stratum, rows)?))
        })
    }

    /// Joins the rows of a survey to the design its file describes. Every row has a weight of its own.
    ///
    /// # Errors
    /// Every fault at once: rows that do not fit, weights that are not positive numbers, unknown PSUs, populations smaller
    /// than the sample, unknown strata to collapse.
    pub fn of_survey(design: &SurveyDesign, blocks: Blocks, columns: Columns) -> Result<Self, SampleFault> {
        Self::join(design.psus.len(), blocks, columns, |rows| Ok(Design::Survey(design.footing(&rows)?.into())))
    }

    fn join(
        n_psus: usize,
        blocks: Blocks,
        columns: Columns,
        design: impl FnOnce(Vec<u64>) -> Result<Design, Vec<Fault>>,
    ) -> Result<Self, SampleFault> {
        let mut faults = row_faults(&columns);
        let blocks = blocks.list().to_vec();
        let rows = columns.rows_per_block(blocks.len()).and_then(|rows| rows_per_psu(&blocks, &rows, n_psus));
        if rows.is_none() {
            let message = format!("some rows name a desk that the design of {n_psus} desks does not have");
            faults.push(Fault::of_whole("unknown-desk", message));
        }
        let design = design(rows.unwrap_or_else(|| vec![0; n_psus]));
        match design.map_err(|more| faults.extend(more)) {
            Ok(design) if faults.is_empty() => {
                let coded: Vec<usize> = (0..columns.n_coded()).collect();
                let n_slots = waves::map(&coded, |column| histogram::n_slots(&columns, *column));
                Ok(Self { design, columns, index: BlockIndex::new(blocks, n_psus), n_slots, calibration: None })
            }
            _ => Err(SampleFault { faults }),
        }
    }

    /// Rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.n_rows()
    }

    /// The weights, in the order of the rows.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        self.columns.weights(&self.weights_of_blocks()).concat()
    }

    /// By block: the weight of the rows that have none of their own, in the whole sample.
    pub(super) fn weights_of_blocks(&self) -> Vec<f64> {
        let footing = self.design.footing(None);
        let weight = |block: &Block| Some(footing.psus.get(block.psu as usize)?.as_ref()?.weight);
        self.index.blocks().iter().map(|block| weight(block).unwrap_or_default()).collect()
    }

    /// The PSU of each row, by its index in the design.
    #[must_use]
    pub fn psus(&self) -> Vec<u32> {
        let psu = |block: &u32| self.index.blocks().get(*block as usize).map_or(u32::MAX, |block| block.psu);
        self.columns.parts().iter().flat_map(|part| &part.block).map(psu).collect()
    }

    /// Degrees of freedom of the whole design: PSUs with rows minus strata with rows.
    #[must_use]
    pub fn design_df(&self) -> f64 {
        let footing = self.design.footing(None);
        let units = match footing.rows_are_psus {
            true => self.n_rows(),
            false => footing.psus.iter().flatten().count(),
        };
        let layers: BTreeSet<usize> = footing.psus.iter().flatten().map(|psu| psu.layer).collect();
        units.saturating_sub(layers.len()) as f64
    }

    /// Adds a coded column: the crossing of two others, whose codes `a` and `b` turn into places (`None` where missing).
    /// The code of places i and j is `i · n_b + j`. Returns the new column, or `None` where codes do not suffice.
    pub fn cross(
        &mut self,
        (column_a, a): (usize, impl Fn(u8) -> Option<u8>),
        (column_b, b): (usize, impl Fn(u8) -> Option<u8>),
        n_b: u8,
    ) -> Option<usize> {
        let code = |x: u8, y: u8| a(x)?.checked_mul(n_b)?.checked_add(b(y)?);
        let column = self.columns.add_coded(|rows| {
            let pairs = rows.codes(column_a).iter().zip(rows.codes(column_b));
            pairs.map(|(x, y)| code(*x, *y).unwrap_or(NOT_APPLICABLE)).collect()
        });
        self.n_slots.push(histogram::n_slots(&self.columns, column));
        let places = |read: &dyn Fn(u8) -> Option<u8>| (0..=u8::MAX).filter_map(read).max();
        let (last_a, last_b) = (places(&a)?, places(&b)?);
        (last_b < n_b && u32::from(last_a + 1) * u32::from(n_b) < u32::from(NOT_APPLICABLE)).then_some(column)
    }

    /// Estimates every statistic in every domain: `[domain][statistic]`, as given.
    ///
    /// The whole design stays in view for each domain: PSUs without rows of the domain count as drawn. Domains may
    /// overlap; those that do not are found in one scan of the rows together, so all units of one level cost as much as a
    /// single one. A plain number for `confidence` is the level of the intervals.
    #[must_use]
    pub fn estimate(
        &self,
        domains: &[Domain],
        statistics: &[Statistic],
        confidence: impl Into<Confidence>,
    ) -> Vec<Row> {
        self.estimate_among(domains, statistics, confidence.into(), domains.len().max(1))
    }

    /// As [`Sample::estimate`] for each domain alone: what is found for one does not depend on which others are asked for. It
    /// still takes one scan for those that do not overlap.
    #[must_use]
    pub fn estimate_each(
        &self,
        domains: &[Domain],
        statistics: &[Statistic],
        confidence: impl Into<Confidence>,
    ) -> Vec<Row> {
        self.estimate_among(domains, statistics, confidence.into(), 1)
    }

    /// As [`Sample::estimate`]; so many domains, in the order given, lend each other their design effects.
    fn estimate_among(
        &self,
        domains: &[Domain],
        statistics: &[Statistic],
        confidence: Confidence,
        n: usize,
    ) -> Vec<Row> {
        let mut rows = self.estimate_alone(domains, statistics, confidence);
        for (place, statistic) in statistics.iter().enumerate() {
            rows.chunks_mut(n).for_each(|rows| borrow_design_effect(rows, place, statistic.range, confidence));
        }
        rows
    }

    fn estimate_alone(&self, domains: &[Domain], statistics: &[Statistic], confidence: Confidence) -> Vec<Row> {
        let checks: Vec<Result<(), NotEstimable>> = statistics
            .iter()
            .map(|statistic| check_level(confidence.level).and(statistic.check(&self.columns)))
            .collect();
        let mut rows: Vec<Row> = domains
            .iter()
            .map(|domain| match domain.check(self.design.n_psus()) {
                Ok(()) => Vec::new(),
                Err(reason) => vec![Err(reason); statistics.len()],
            })
            .collect();
        let sound: Vec<(usize, &Domain)> =
            domains.iter().enumerate().filter(|(place, _)| rows.get(*place).is_some_and(Vec::is_empty)).collect();
        // By calibrated weights every row matters to every domain, so each domain has a scan of its own.
        let scans = match &self.calibration {
            None => scan::lay_out(&self.index, &self.design, &sound),
            Some(_) => sound.iter().flat_map(|one| scan::lay_out(&self.index, &self.design, &[*one])).collect(),
        };
        let asked: Vec<&Statistic> =
            statistics.iter().zip(&checks).filter(|(_, ok)| ok.is_ok()).map(|(s, _)| s).collect();
        let found = self.find(&scans, &asked);
        for (scan, found) in scans.iter().zip(found) {
            for (domain, member) in scan.members.iter().enumerate() {
                let mut found = asked.iter().zip(&found);
                let judge = |check: &Result<(), NotEstimable>| {
                    check.clone()?;
                    let (statistic, found) = found.next().ok_or(NotEstimable::BadLevel(confidence.level))?;
                    if let Some(calibration) = &self.calibration {
                        return self.judge_residuals(calibration, scan, statistic, found, confidence);
                    }
                    judge(scan, domain, statistic, found, confidence)
                };
                if let Some(row) = rows.get_mut(member.place) {
                    *row = checks.iter().map(judge).collect();
                }
            }
        }
        rows
    }

    /// The estimate of one statistic in the one domain of a scan, by calibrated weights.
    fn judge_residuals(
        &self,
        calibration: &Calibration,
        scan: &Scan,
        asked: &Statistic,
        found: &Found,
        confidence: Confidence,
    ) -> Result<Estimate, NotEstimable> {
        let nothing = || NotEstimable::NoAnswers { statistic: asked.name.clone(), items: Vec::new() };
        let member = scan.members.first().ok_or_else(nothing)?;
        let point = found.points.first().ok_or_else(nothing)?.as_ref().map_err(Clone::clone)?;
        let lookup = Lookup::new(asked, &found.points, &self.n_slots);
        let residuals = Residuals::of(calibration, &lookup, &self.columns, scan);
        let (n_psus, blocks) = (self.design.n_psus(), self.index.blocks());
        let totals = linearise::residual_totals(&lookup, &self.columns, scan, blocks, n_psus, &residuals);
        let psus: Vec<u32> = (0..n_psus as u32).collect();
        let spread = Spread::of(&member.footing, &psus, &totals);
        Ok(verdict::estimate(asked.nature(), point, &spread, &member.footing, confidence))
    }

    /// Sums of weights of one column by domain of a scan, with weights of the rows' own or others.
    pub(super) fn domain_histogram(&self, columns: &Columns, column: usize, scan: &Scan) -> DomainHistogram {
        DomainHistogram::count(columns, column, self.n_slots.get(column).copied().unwrap_or_default(), scan)
    }
}

/// Gives shares whose spread was not seen an interval by the design effect of the largest domain they were asked in.
pub(super) fn borrow_design_effect(rows: &mut [Row], place: usize, range: Range, confidence: Confidence) {
    if range != Range::Share {
        return;
    }
    let found = || rows.iter().filter_map(|row| row.get(place)?.as_ref().ok());
    let above = found().max_by_key(|estimate| estimate.n).and_then(|estimate| estimate.deff);
    for estimate in rows.iter_mut().filter_map(|row| row.get_mut(place)?.as_mut().ok()) {
        if estimate.cautions.contains(&Caution::NoVariation) {
            verdict::give_interval(estimate, range, confidence, above);
        }
    }
}

/// The estimate of one statistic in one domain of a scan.
pub(super) fn judge(
    scan: &Scan,
    domain: usize,
    asked: &Statistic,
    found: &Found,
    confidence: Confidence,
) -> Result<Estimate, NotEstimable> {
    let nothing = || NotEstimable::NoAnswers { statistic: asked.name.clone(), items: Vec::new() };
    let member = scan.members.get(domain).ok_or_else(nothing)?;
    let point = found.points.get(domain).ok_or_else(nothing)?.as_ref().map_err(Clone::clone)?;
    let spread = found.spreads.get(domain).ok_or_else(nothing)?;
    Ok(verdict::estimate(asked.nature(), point, spread, &member.footing, confidence))
}

/// Rows of each PSU; `None` if a block names one that is not there.
fn rows_per_psu(blocks: &[Block], rows: &[u64], n_psus: usize) -> Option<Vec<u64>> {
    let mut of_psu = vec![0; n_psus];
    for (block, rows) in blocks.iter().zip(rows) {
        *of_psu.get_mut(block.psu as usize)? += rows;
    }
    Some(of_psu)
}

/// What is wrong with the rows themselves.
fn row_faults(columns: &Columns) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (n_malformed, n_coded) = (columns.n_malformed(), columns.n_coded());
    if n_malformed > 0 {
        let message = format!("{n_malformed} sheets do not have {n_coded} codes; was the questionnaire changed?");
        faults.push(Fault::of_whole("unequal-sheets", message));
    }
    let n_bad_weights = columns.n_bad_weights();
    if n_bad_weights > 0 {
        let message = format!("{n_bad_weights} answers have a weight that is not a positive number; mend or omit it");
        faults.push(Fault::of_whole("bad-weight", message));
    }
    faults
}

pub(super) fn check_level(level: f64) -> Result<(), NotEstimable> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(NotEstimable::BadLevel(level)) }
}
