//! Replicate weights that a file brings: the spread of an estimate is how it moves from one set of weights to the next.
//!
//! `V = Σ c_r (θ_r − θ̄)²` around the mean of the replicates, as the `survey` package for R does by default; a jackknife that
//! leaves out one PSU of a stratum weighs it by `(n_h − 1)/n_h`. Sources: Wolter (2007), "Introduction to Variance
//! Estimation"; Rust and Rao (1996).

use super::point;
use super::rows::Columns;
use super::sample::Sample;
use super::scan::{self, Domain, Scan};
use super::statistic::{NotEstimable, Statistic};
use super::verdict::{self, Confidence};
use super::waves;
use crate::domain::estimate::{Estimate, Method};
use crate::domain::word::words;
use std::collections::BTreeMap;

words! {
    /// How replicate weights were made.
    ReplicateKind {
        /// Each leaves out one PSU of an unstratified sample.
        Jk1 = "jk1",
        /// Each leaves out one PSU of a stratum.
        Jkn = "jkn",
        /// Balanced half-samples.
        Brr = "brr",
        /// Resampled PSUs.
        Bootstrap = "bootstrap",
    }
}

/// Replicate weights of a sample.
#[derive(Debug, Clone)]
pub struct Replicates {
    /// The columns of quantities that hold them.
    columns: Vec<usize>,
    /// What each squared difference counts.
    scales: Vec<f64>,
    df: f64,
}

impl Replicates {
    /// Takes the columns of `sample` that hold replicate weights.
    ///
    /// # Errors
    /// Why a jackknife by strata cannot be read off them: a replicate that leaves out rows of no or several strata.
    pub fn new(sample: &Sample, columns: Vec<usize>, kind: ReplicateKind) -> Result<Self, String> {
        let n = columns.len() as f64;
        // Where the file tells its design, that says more about the freedom than the number of replicates does.
        let footing = sample.design.footing(None);
        let of_design = if footing.rows_are_psus { n - 1.0 } else { sample.design_df().min(n - 1.0) };
        let of_halves = if footing.layers.len() > 1 { footing.layers.len() as f64 } else { n - 1.0 };
        let (scales, df) = match kind {
            ReplicateKind::Jk1 => (vec![(n - 1.0) / n; columns.len()], n - 1.0),
            ReplicateKind::Brr => (vec![1.0 / n; columns.len()], of_halves),
            ReplicateKind::Bootstrap => (vec![1.0 / (n - 1.0); columns.len()], of_design),
            ReplicateKind::Jkn => {
                let strata: Vec<usize> =
                    columns.iter().map(|column| left_out(sample, *column)).collect::<Result<_, _>>()?;
                let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
                strata.iter().for_each(|stratum| *counts.entry(*stratum).or_default() += 1.0);
                let scale = |stratum: &usize| counts.get(stratum).map_or(0.0, |n| (n - 1.0) / n);
                (strata.iter().map(scale).collect(), n - counts.len() as f64)
            }
        };
        Ok(Self { columns, scales, df })
    }
}

/// The one stratum of which a replicate leaves out rows.
fn left_out(sample: &Sample, column: usize) -> Result<usize, String> {
    let footing = sample.design.footing(None);
    let mut stratum = None;
    for part in sample.columns.parts() {
        for (weight, block) in part.quantities(column).iter().zip(&part.block) {
            let psu = sample.index.blocks().get(*block as usize).map_or(usize::MAX, |block| block.psu as usize);
            let Some(psu) = footing.psus.get(psu).copied().flatten().filter(|_| *weight == 0.0) else { continue };
            if *stratum.get_or_insert(psu.layer) != psu.layer {
                return Err("a replicate leaves out rows of several strata, so this is no jkn; is it brr?".to_owned());
            }
        }
    }
    stratum.ok_or_else(|| "a replicate leaves out nobody, so this is no jkn; is it a bootstrap?".to_owned())
}

impl Sample {
    /// As [`Sample::estimate`], with the spread of replicate weights.
    #[must_use]
    pub fn estimate_replicated(
        &self,
        replicates: &Replicates,
        domains: &[Domain],
        statistics: &[Statistic],
        confidence: impl Into<Confidence>,
    ) -> Vec<Vec<Result<Estimate, NotEstimable>>> {
        let confidence = confidence.into();
        let mut rows = self.estimate(domains, statistics, confidence);
        let whole: Vec<(usize, &Domain)> = domains.iter().enumerate().collect();
        let scans = scan::lay_out(&self.index, &self.design, &whole);
        let weighted = waves::map(&replicates.columns, |column| {
            let columns = self.columns.weighted_by(*column);
            statistics
                .iter()
                .map(|statistic| self.values(&columns, &scans, statistic, domains.len()))
                .collect::<Vec<_>>()
        });
        for (domain, row) in rows.iter_mut().enumerate() {
            for (place, (statistic, outcome)) in statistics.iter().zip(row).enumerate() {
                let Ok(estimate) = outcome else { continue };
                let values: Option<Vec<f64>> =
                    weighted.iter().map(|replicate| replicate.get(place)?.get(domain).copied().flatten()).collect();
                let df = replicates.df.min((f64::from(estimate.n_psu) - 1.0).max(0.0));
                match values {
                    Some(values) => {
                        respread(estimate, statistic, variance(&values, &replicates.scales), df, confidence)
                    }
                    None => {
                        *outcome =
                            Err(NotEstimable::NoAnswers { statistic: statistic.name.clone(), items: Vec::new() });
                    }
                }
            }
        }
        rows
    }

    /// A statistic in every domain, by other weights.
    fn values(&self, columns: &Columns, scans: &[Scan], statistic: &Statistic, n_domains: usize) -> Vec<Option<f64>> {
        let mut values = vec![None; n_domains];
        if statistic.check(columns).is_err() {
            return values;
        }
        for scan in scans {
            let by_column: BTreeMap<usize, _> = statistic
                .columns()
                .into_iter()
                .map(|column| (column, self.domain_histogram(columns, column, scan)))
                .collect();
            let points = point::points(statistic, columns, scan, |column| by_column.get(&column));
            for (member, point) in scan.members.iter().zip(points) {
                if let Some(value) = values.get_mut(member.place) {
                    *value = point.ok().map(|point| point.value);
                }
            }
        }
        values
    }
}

/// `Σ c_r (θ_r − θ̄)²`.
fn variance(values: &[f64], scales: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().zip(scales).map(|(value, scale)| scale * (value - mean).powi(2)).sum()
}

/// Gives an estimate another spread.
fn respread(estimate: &mut Estimate, statistic: &Statistic, variance: f64, df: f64, confidence: Confidence) {
    let simple = estimate.se.zip(estimate.deff).map(|(se, deff)| se * se / deff);
    estimate.se = Some(variance.sqrt()).filter(|se| *se > 0.0);
    estimate.deff = simple.map(|simple| variance / simple).filter(|deff| deff.is_finite());
    estimate.df = df;
    estimate.method = Method::Replicates;
    verdict::give_interval(estimate, statistic.range, confidence, None);
}
