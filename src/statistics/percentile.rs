//! Quantiles with intervals: the distribution function at the quantile is a share with a known spread, and its interval is
//! carried back to the values.
//!
//! Source: Woodruff (1952), "Confidence intervals for medians and other position measures"; Francisco and Fuller (1991).

use super::quantile::student_t;
use super::sample::{Sample, check_level};
use super::scan::{self, Domain, NONE};
use super::statistic::{NotEstimable, Ratio, Reading, Statistic, Worth};
use crate::domain::estimate::{Ends, Estimate, Interval};

impl Sample {
    /// The value that a part `p` of the domain stays at or below: the smallest one whose share is at least `p`.
    ///
    /// # Errors
    /// Why there is none: nobody answered, an unknown PSU, a level or `p` outside 0 to 1.
    pub fn quantile(
        &self,
        domain: &Domain,
        name: &str,
        reading: &Reading,
        p: f64,
        level: f64,
    ) -> Result<Estimate, NotEstimable> {
        check_level(level)?;
        check_level(p)?;
        domain.check(self.design.n_psus())?;
        let values = self.distribution(domain, reading);
        let nobody = || NotEstimable::NoAnswers { statistic: name.to_owned(), items: vec![reading.column()] };
        let quantile = at(&values, p).ok_or_else(nobody)?;
        let statistic = Statistic::ratio(name, Ratio::Mean(vec![at_most(reading, quantile)]));
        let below =
            self.estimate(std::slice::from_ref(domain), &[statistic], level).pop().and_then(|mut row| row.pop());
        let below = below.ok_or_else(nobody)??;
        let t = student_t(0.5 + 0.5 * level, below.df);
        let interval = below.se.zip(t).and_then(|(se, t)| {
            let end = |p: f64| at(&values, p.clamp(0.0, 1.0));
            Some(Interval { low: end(p - t * se)?, high: end(p + t * se)? })
        });
        let se = interval.zip(t).map(|(ends, t)| (ends.high - ends.low) / (2.0 * t)).filter(|se| *se > 0.0);
        Ok(Estimate { value: quantile, se, interval, deff: None, ends: Ends::Woodruff, ..below })
    }

    /// The values of a domain in order, each with the sum of the weights up to it.
    fn distribution(&self, domain: &Domain, reading: &Reading) -> Vec<(f64, f64)> {
        let scans = scan::lay_out(&self.index, &self.design, &[(0, domain)]);
        let Some(scan) = scans.first() else { return Vec::new() };
        let mut values = Vec::new();
        for part in self.columns.parts() {
            for (row, (&block, weight)) in part.block.iter().zip(part.weights(&scan.weight_of)).enumerate() {
                let block = block as usize;
                if scan.domain_of.get(block).is_none_or(|domain| *domain == NONE) {
                    continue;
                }
                let value = reading.value(part, row);
                if !value.is_nan() {
                    values.push((value, weight));
                }
            }
        }
        values.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut sum = 0.0;
        values.iter_mut().for_each(|(_, weight)| {
            sum += *weight;
            *weight = sum;
        });
        values
    }
}

/// The smallest value whose share is at least `p`.
fn at(values: &[(f64, f64)], p: f64) -> Option<f64> {
    let (_, whole) = values.last()?;
    let place = values.partition_point(|(_, sum)| *sum < p * whole);
    values.get(place.min(values.len() - 1)).map(|(value, _)| *value)
}

/// 1 where the reading is at most `bound`.
fn at_most(reading: &Reading, bound: f64) -> Reading {
    match reading {
        Reading::Coded { column, worth } => {
            let below = |code| worth.of(code).map(|value| f64::from(u8::from(value <= bound)));
            Reading::Coded { column: *column, worth: Worth::new(below) }
        }
        Reading::Real { column } | Reading::Between { column, .. } => {
            Reading::Between { column: *column, low: f64::NEG_INFINITY, high: bound }
        }
    }
}
