//! Several figures at once, with the covariance between them: what comparisons, contrasts, tests of tables and ranks are
//! made of.
//!
//! The covariance of two linearised figures is their variance with products in place of squares; the sources are those of
//! `variance` and `linearise`.

use super::calibration::Residuals;
use super::design::{Design, Footing, Lonely, Units};
use super::lookup::Lookup;
use super::rows::Rows;
use super::sample::{Sample, check_level, judge};
use super::scan::{self, Domain, Scan};
use super::statistic::{NotEstimable, Statistic};
use super::verdict::Confidence;
use crate::domain::estimate::Estimate;
use crate::domain::word::words;
use std::collections::BTreeSet;

words! {
    /// What a comparison is about.
    Population {
        /// Whether things differ beyond the people who came: no finite-population correction (Graubard and Korn 2002).
        Analytic = "analytic",
        /// What this year's users said: with the corrections of the design.
        Descriptive = "descriptive",
    }
}

/// Figures and their covariance.
#[derive(Debug, Clone)]
pub struct Joint {
    /// The figures, as asked.
    pub estimates: Vec<Estimate>,
    /// Row by row; `estimates.len()` squared. Not a number where a lonely PSU stands in the way.
    covariance: Vec<f64>,
    /// By PSU, then figure: rows that answered.
    answered: Vec<Vec<u64>>,
    /// By PSU, then pair of figures: rows that answered both; only where rows vary within PSUs.
    answered_both: Vec<Vec<u64>>,
    footing: Footing,
}

/// Sums of one PSU.
#[derive(Clone)]
struct PsuSums {
    z: Vec<f64>,
    products: Vec<f64>,
    answered: Vec<u64>,
    both: Vec<u64>,
}

impl Sample {
    /// Estimates figures together. Their spread is that of the whole design, for single desks too.
    ///
    /// # Errors
    /// Why one of them cannot be estimated: unknown PSUs, a statistic that does not fit, nobody answered.
    pub fn joint(
        &self,
        figures: &[(Domain, Statistic)],
        confidence: impl Into<Confidence>,
        population: Population,
    ) -> Result<Joint, NotEstimable> {
        let confidence = confidence.into();
        check_level(confidence.level)?;
        let mut scans: Vec<Scan> = Vec::with_capacity(figures.len());
        for (domain, statistic) in figures {
            domain.check(self.design.n_psus())?;
            statistic.check(&self.columns)?;
            scans.extend(scan::lay_out(&self.index, &self.design, &[(0, domain)]));
        }
        let (mut estimates, mut lookups) = (Vec::new(), Vec::new());
        for (scan, (_, statistic)) in scans.iter().zip(figures) {
            let found = self.find(std::slice::from_ref(scan), &[statistic]);
            let nothing = || NotEstimable::NoAnswers { statistic: statistic.name.clone(), items: Vec::new() };
            let found = found.into_iter().flatten().next().ok_or_else(nothing)?;
            estimates.push(judge(scan, 0, statistic, &found, confidence)?);
            lookups.push(Lookup::new(statistic, &found.points, &self.n_slots));
        }
        let footing = footing_for(&self.design, population);
        let sums = self.psu_sums(&scans, &lookups, footing.needs_products());
        let covariance = covariance(&footing, &sums, figures.len());
        let (answered, answered_both) = sums.into_iter().map(|sums| (sums.answered, sums.both)).unzip();
        Ok(Joint { estimates, covariance, answered, answered_both, footing })
    }

    /// Whether domains rest on different strata, so that nothing joins their figures: these do not vary together, and no row
    /// need be read to know it.
    #[must_use]
    pub fn are_apart<'a>(&self, domains: impl IntoIterator<Item = &'a Domain>) -> bool {
        let footing = self.design.footing(None);
        let mut domain_of: Vec<Option<usize>> = vec![None; footing.layers.len()];
        let layer = |block: &u32| {
            let psu = self.index.blocks().get(*block as usize)?.psu;
            Some(footing.psus.get(psu as usize)?.as_ref()?.layer)
        };
        let has_to_itself = |(place, domain): (usize, &Domain)| {
            let blocks = self.index.of(domain);
            let mut layers = blocks
                .iter()
                .filter_map(layer)
                .filter_map(|layer| domain_of.get_mut(layer).map(|of| *of.get_or_insert(place)));
            layers.all(|owner| owner == place)
        };
        self.calibration.is_none() && domains.into_iter().enumerate().all(has_to_itself)
    }

    fn psu_sums(&self, scans: &[Scan], lookups: &[Lookup], with_products: bool) -> Vec<PsuSums> {
        let k = lookups.len();
        let n_products = if with_products { k * k } else { 0 };
        let empty = PsuSums {
            z: vec![0.0; k],
            products: vec![0.0; n_products],
            answered: vec![0; k],
            both: vec![0; n_products],
        };
        let mut sums = vec![empty; self.design.n_psus()];
        let residuals: Vec<Option<Residuals>> = scans
            .iter()
            .zip(lookups)
            .map(|(scan, lookup)| Some(Residuals::of(self.calibration.as_ref()?, lookup, &self.columns, scan)))
            .collect();
        for (place, part) in self.columns.parts().iter().enumerate() {
            let fitted = residuals.iter().map(Option::as_ref);
            let figures = scans.iter().zip(lookups).zip(fitted);
            let values: Vec<Values> =
                figures.map(|((scan, lookup), residuals)| Values::of((place, part), scan, lookup, residuals)).collect();
            for (row, &block) in part.block.iter().enumerate() {
                let psu = self.index.blocks().get(block as usize).map_or(usize::MAX, |block| block.psu as usize);
                let Some(sums) = sums.get_mut(psu) else { continue };
                let of_row = || values.iter().map(|values| values.at(row));
                for (((u, answered), z), n) in of_row().zip(&mut sums.z).zip(&mut sums.answered) {
                    *z += u;
                    *n += u64::from(answered);
                }
                if with_products {
                    let pairs = of_row().flat_map(|(a, one)| of_row().map(move |(b, other)| (a * b, one && other)));
                    for (((product, both), sum), n) in pairs.zip(&mut sums.products).zip(&mut sums.both) {
                        *sum += product;
                        *n += u64::from(both);
                    }
                }
            }
        }
        sums
    }
}

/// The linearised values of a part's rows in one figure.
struct Values {
    u: Vec<f64>,
    answered: Vec<bool>,
}

impl Values {
    fn of((place, part): (usize, &Rows), scan: &Scan, lookup: &Lookup, residuals: Option<&Residuals>) -> Self {
        let height = part.block.len();
        let mut values = Self { u: vec![0.0; height], answered: vec![false; height] };
        if let Some(residuals) = residuals {
            for (row, (u, weight)) in values.u.iter_mut().zip(&part.weight).enumerate() {
                *u = -weight * residuals.fitted(place, row);
            }
        }
        lookup.rows(part, scan, |row, _, e, weight| {
            if let (Some(value), Some(answered)) = (values.u.get_mut(row), values.answered.get_mut(row)) {
                *value += weight * e;
                *answered = true;
            }
        });
        values
    }

    fn at(&self, row: usize) -> (f64, bool) {
        let u = self.u.get(row).copied().unwrap_or_default();
        (u, self.answered.get(row).copied().unwrap_or_default())
    }
}

/// The whole design, with or without its corrections.
fn footing_for(design: &Design, population: Population) -> Footing {
    let mut footing = design.footing(None).as_ref().clone();
    if population == Population::Descriptive {
        return footing;
    }
    for layer in &mut footing.layers {
        layer.units = match layer.units {
            // The one PSU of a stratum was not drawn from others, so only its rows can vary.
            Units::Psus { n_sampled: 1, .. } | Units::Rows => Units::Rows,
            Units::Psus { n_sampled, .. } => Units::Psus { n_sampled, fraction: 0.0 },
            Units::Lonely { .. } => Units::Lonely { fraction: 0.0 },
        };
    }
    footing.psus.iter_mut().flatten().for_each(|psu| psu.fraction = 0.0);
    footing
}

impl Footing {
    /// Whether rows vary within PSUs anywhere.
    fn needs_products(&self) -> bool {
        let within = |units: Units| match units {
            Units::Rows => true,
            Units::Psus { fraction, .. } | Units::Lonely { fraction } => fraction > 0.0,
        };
        self.layers.iter().any(|layer| within(layer.units)) && self.psus.iter().flatten().any(|psu| psu.fraction < 1.0)
    }
}

fn covariance(footing: &Footing, sums: &[PsuSums], k: usize) -> Vec<f64> {
    let mut matrix = vec![0.0; k * k];
    for (place, layer) in footing.layers.iter().enumerate() {
        let members: Vec<_> = footing
            .psus
            .iter()
            .zip(sums)
            .filter_map(|(psu, sums)| psu.filter(|psu| psu.layer == place).map(|psu| (psu, sums)))
            .collect();
        if members.iter().all(|(_, sums)| sums.answered.iter().all(|n| *n == 0)) {
            continue;
        }
        let fraction = match layer.units {
            Units::Rows => 1.0,
            Units::Psus { n_sampled, fraction } => {
                let n = n_sampled as f64;
                let mut mean = vec![0.0; k];
                members.iter().for_each(|(_, sums)| add(&mut mean, &sums.z, 1.0 / n));
                if n > 1.0 {
                    let factor = (1.0 - fraction) * n / (n - 1.0);
                    members.iter().for_each(|(_, sums)| add_outer(&mut matrix, &sums.z, factor));
                    add_outer(&mut matrix, &mean, -factor * n);
                }
                fraction
            }
            Units::Lonely { fraction } => {
                match footing.lonely {
                    Lonely::Fail => mark_unknown(&mut matrix, &members),
                    Lonely::Adjust => {
                        members.iter().for_each(|(_, sums)| add_outer(&mut matrix, &sums.z, 1.0 - fraction));
                    }
                    Lonely::Average | Lonely::Remove | Lonely::Certainty => {}
                }
                fraction
            }
        };
        for (psu, sums) in members.iter().filter(|(psu, _)| psu.n_rows > 1 && psu.fraction < 1.0 && fraction > 0.0) {
            let m = psu.n_rows as f64;
            let factor = fraction * (1.0 - psu.fraction) * m / (m - 1.0);
            add(&mut matrix, &sums.products, factor);
            add_outer(&mut matrix, &sums.z, -factor / m);
        }
    }
    if footing.lonely == Lonely::Average {
        let seen = footing.layers.iter().filter(|layer| !matches!(layer.units, Units::Lonely { .. })).count();
        matrix.iter_mut().for_each(|v| *v *= footing.layers.len() as f64 / seen.max(1) as f64);
    }
    matrix
}

fn add(sum: &mut [f64], values: &[f64], factor: f64) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

/// Adds `factor · z z'`.
fn add_outer(matrix: &mut [f64], z: &[f64], factor: f64) {
    for (row, a) in matrix.chunks_exact_mut(z.len().max(1)).zip(z) {
        row.iter_mut().zip(z).for_each(|(sum, b)| *sum += factor * a * b);
    }
}

/// What has answers in a stratum whose spread cannot be told has no covariance with anything.
fn mark_unknown(matrix: &mut [f64], members: &[(super::design::LayerPsu, &PsuSums)]) {
    let Some(k) = members.first().map(|(_, sums)| sums.z.len()) else { return };
    let unknown = |figure: usize| members.iter().any(|(_, sums)| sums.answered.get(figure).is_some_and(|n| *n > 0));
    for (a, row) in matrix.chunks_exact_mut(k.max(1)).enumerate() {
        for (b, sum) in row.iter_mut().enumerate() {
            if unknown(a) || unknown(b) {
                *sum = f64::NAN;
            }
        }
    }
}

impl Joint {
    /// The covariance of two figures; not a number where it cannot be told.
    #[must_use]
    pub fn covariance(&self, a: usize, b: usize) -> f64 {
        let k = self.estimates.len();
        self.covariance.get(a * k + b).copied().filter(|_| a < k && b < k).unwrap_or(f64::NAN)
    }

    /// The covariance matrix, row by row.
    #[must_use]
    pub fn matrix(&self) -> &[f64] {
        &self.covariance
    }

    /// The value and variance of `Σ coefficient × figure`. With the derivatives of a smooth function as coefficients it is
    /// the variance of that function (the delta method).
    #[must_use]
    pub fn contrast(&self, coefficients: &[(usize, f64)]) -> (f64, f64) {
        let value = |figure: usize| self.estimates.get(figure).map_or(f64::NAN, |estimate| estimate.value);
        let sum = coefficients.iter().map(|(figure, c)| c * value(*figure)).sum();
        let terms = coefficients.iter().flat_map(|(a, ca)| coefficients.iter().map(move |(b, cb)| (a, b, ca * cb)));
        (sum, terms.map(|(a, b, c)| c * self.covariance(*a, *b)).sum())
    }

    /// Whether two figures rest on different strata, so that nothing joins them: no stratum has answers to both, and they do
    /// not vary together.
    #[must_use]
    pub fn are_independent(&self, a: usize, b: usize) -> bool {
        let layers = |figure: usize| -> BTreeSet<usize> {
            let psus = self.footing.psus.iter().zip(&self.answered);
            let answering = psus.filter(|(_, answered)| answered.get(figure).is_some_and(|n| *n > 0));
            answering.filter_map(|(psu, _)| Some(psu.as_ref()?.layer)).collect()
        };
        // Calibrated weights join strata that share a margin; what is not known is not shown to be joined.
        layers(a).is_disjoint(&layers(b)) && (self.covariance(a, b) == 0.0 || self.covariance(a, b).is_nan())
    }

    /// The variance of a figure and the degrees of freedom of its own domain.
    pub(super) fn spread(&self, figure: usize) -> (f64, f64) {
        (self.covariance(figure, figure), self.df(&[figure]))
    }

    /// Degrees of freedom over the union of the figures' domains: PSUs with answers to any of them minus strata with such.
    #[must_use]
    pub fn df(&self, figures: &[usize]) -> f64 {
        let mut units = 0;
        let mut layers = BTreeSet::new();
        for ((psu, answered), both) in self.footing.psus.iter().zip(&self.answered).zip(&self.answered_both) {
            let Some(psu) = psu else { continue };
            let n = |figure: &usize| answered.get(*figure).copied().unwrap_or_default();
            if figures.iter().all(|figure| n(figure) == 0) {
                continue;
            }
            layers.insert(psu.layer);
            let vary = self.footing.layers.get(psu.layer).map(|layer| layer.units);
            units += match (vary, figures) {
                (Some(Units::Rows), [a, b]) => {
                    n(a) + n(b) - both.get(a * self.estimates.len() + b).copied().unwrap_or_default()
                }
                (Some(Units::Rows), _) => figures.iter().map(n).max().unwrap_or_default(),
                _ => 1,
            };
        }
        units.saturating_sub(layers.len() as u64) as f64
    }
}
