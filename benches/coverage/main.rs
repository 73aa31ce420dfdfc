//! Do 95 % intervals hold the truth 95 times in a hundred? `cargo bench --bench coverage`
//!
//! A made-up province of 12 districts with 25 desks each is sampled again and again, as SIPAS does it: 15 desks of a district,
//! then visitors of each desk, without replacement at both stages. Each time shares from a half to 98 %, a mean and a
//! composite are estimated with the default intervals, for the province and for every district, and compared with the
//! whole population. Arguments after `--` set the number of samples: `cargo bench --bench coverage -- 200`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on stops, and says why"
)]

mod population;

use population::{ITEMS, N_DISTRICTS, Population, SHARES};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use sipas::statistics::{Domain, Range, Ratio, Reading, Statistic, Term, Worth};

/// Samples drawn, unless told otherwise.
const SAMPLES: usize = 1000;
/// What coverage shall lie between.
const WANTED: std::ops::RangeInclusive<f64> = 0.93..=0.97;

fn main() {
    let argument = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let n_samples: usize = argument.unwrap_or(SAMPLES);
    let mut random = ChaCha8Rng::seed_from_u64(2025);
    let population = Population::make(&mut random);
    let statistics = statistics();
    let domains: Vec<Domain> = std::iter::once(Domain::whole())
        .chain((0..N_DISTRICTS as u32).map(|district| Domain::of_cells([district])))
        .collect();
    let truth = population.all().estimate(&domains, &statistics, 0.95);
    // By statistic: intervals at the province's level and those of districts, each with how many held the truth.
    let mut counts = vec![[(0_u32, 0_u32); 2]; statistics.len()];
    for _ in 0..n_samples {
        let found = population.sample(&mut random).estimate(&domains, &statistics, 0.95);
        for (domain, (found, truth)) in found.iter().zip(&truth).enumerate() {
            for ((found, truth), counts) in found.iter().zip(truth).zip(&mut counts) {
                let truth = truth.as_ref().expect("the population answers everything").value;
                let interval = found.as_ref().expect("every sample has answers").interval;
                let held = interval.is_some_and(|ends| ends.low <= truth && truth <= ends.high);
                let counts = &mut counts[usize::from(domain > 0)];
                *counts = (counts.0 + 1, counts.1 + u32::from(held));
            }
        }
    }
    println!("{n_samples} samples; coverage of default 95 % intervals, wanted 93-97 %");
    println!("{:<14} {:>9} {:>9}", "statistic", "province", "district");
    let mut n_outside = 0;
    for (statistic, counts) in statistics.iter().zip(&counts) {
        let shares = counts.map(|(n, held)| f64::from(held) / f64::from(n));
        n_outside += shares.iter().filter(|share| !WANTED.contains(share)).count();
        println!("{:<14} {:>8.1}% {:>8.1}%", statistic.name, shares[0] * 100.0, shares[1] * 100.0);
    }
    println!("{n_outside} of {} outside", 2 * statistics.len());
}

fn coded(column: usize, worth: impl Fn(u8) -> f64) -> Ratio {
    Ratio::Mean(vec![Reading::Coded { column, worth: Worth::new(|code| Some(worth(code))) }])
}

fn statistics() -> Vec<Statistic> {
    let share = |(column, p): (usize, &f64)| {
        Statistic::ratio(format!("share {p}"), coded(column, f64::from)).within(Range::Share)
    };
    let mut statistics: Vec<Statistic> = SHARES.iter().enumerate().map(share).collect();
    let first = SHARES.len();
    statistics.push(Statistic::ratio("mean", coded(first, f64::from)).within(Range::Within { low: 1.0, high: 5.0 }));
    let points = |item: usize| Term { factor: 2.0, ratio: coded(first + item, |code| (f64::from(code) - 1.0) / 4.0) };
    let high = 2.0 * ITEMS as f64;
    statistics
        .push(Statistic::sum("composite", (0..ITEMS).map(points).collect()).within(Range::Within { low: 0.0, high }));
    statistics
}
