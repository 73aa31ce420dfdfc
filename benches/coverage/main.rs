//! Do 95 % intervals hold the truth 95 times in a hundred? `cargo bench --bench coverage`
//!
//! The province of the reference data (12 districts, 298 desks, 563,413 transactions) is sampled again and again as its
//! survey was: 12 to 18 desks of a district, then visitors of each desk, without replacement at both stages, so that
//! districts have 11 to 17 degrees of freedom. Each time shares from a half to 98 %, a mean and a
//! composite are estimated with the default intervals, for the province and for every district, and compared with the
//! whole population. Arguments after `--` set the number of samples, another interval of shares and another design effect:
//! `cargo bench --bench coverage -- 200 wilson deff=5.5`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on stops, and says why"
)]

mod frame;
mod population;

use frame::Frame;
use population::{DESIGN_EFFECT, ITEMS, Population, SHARES};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use sipas::domain::estimate::{Estimate, ShareInterval};
use sipas::statistics::{Confidence, Domain, Range, Ratio, Reading, Statistic, Term, Worth};

/// Samples drawn, unless told otherwise.
const SAMPLES: usize = 1000;
/// What coverage shall lie between.
const WANTED: std::ops::RangeInclusive<f64> = 0.93..=0.97;

/// Intervals of one statistic at one level.
#[derive(Clone, Copy, Default)]
struct Count {
    n: u32,
    /// Those that held the truth.
    held: u32,
    /// Those that lay above it.
    above: u32,
    /// Design effects, where there was one.
    deffs: f64,
    n_deffs: u32,
}

impl Count {
    fn add(&mut self, found: &Estimate, truth: f64) {
        let ends = found.interval.expect("every interval can be given");
        self.n += 1;
        self.held += u32::from(ends.low <= truth && truth <= ends.high);
        self.above += u32::from(ends.low > truth);
        if let Some(deff) = found.deff {
            (self.deffs, self.n_deffs) = (self.deffs + deff, self.n_deffs + 1);
        }
    }

    fn coverage(&self) -> f64 {
        f64::from(self.held) / f64::from(self.n)
    }

    /// Of the coverage, by the chance of the simulation. Districts are sampled independently of each other.
    fn standard_error(&self) -> f64 {
        (self.coverage() * (1.0 - self.coverage()) / f64::from(self.n)).sqrt()
    }

    /// Coverage with its standard error, intervals above and below the truth, the mean design effect.
    fn line(&self) -> String {
        let percent = |n: u32| f64::from(n) / f64::from(self.n) * 100.0;
        format!(
            "{:>6.2} ±{:.2} {:>6.2} {:>6.2} {:>6.2}",
            percent(self.held),
            self.standard_error() * 100.0,
            percent(self.above),
            percent(self.n - self.held - self.above),
            self.deffs / f64::from(self.n_deffs),
        )
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let n_samples: usize = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(SAMPLES);
    let shares = arguments.iter().find_map(|argument| ShareInterval::parse(argument)).unwrap_or_default();
    let confidence = Confidence { level: 0.95, shares };
    let deff = arguments.iter().find_map(|argument| argument.strip_prefix("deff=")?.parse().ok());
    let deff: f64 = deff.unwrap_or(DESIGN_EFFECT);
    let mut random = ChaCha8Rng::seed_from_u64(2025);
    let frame = Frame::read();
    let names: Vec<String> = frame.districts.iter().map(|district| district.name.clone()).collect();
    let districts = 0..frame.districts.len() as u32;
    let population = Population::make(frame, deff, &mut random);
    let statistics = statistics();
    let domains: Vec<Domain> =
        std::iter::once(Domain::whole()).chain(districts.map(|district| Domain::of_cells([district]))).collect();
    let truth = population.all().estimate(&domains, &statistics, confidence);
    // By statistic and domain, the province first.
    let mut counts = vec![vec![Count::default(); domains.len()]; statistics.len()];
    for _ in 0..n_samples {
        let found = population.sample(&mut random).estimate(&domains, &statistics, confidence);
        for (domain, (found, truth)) in found.iter().zip(&truth).enumerate() {
            for ((found, truth), counts) in found.iter().zip(truth).zip(&mut counts) {
                let truth = truth.as_ref().expect("the population answers everything").value;
                counts[domain].add(found.as_ref().expect("every sample has answers"), truth);
            }
        }
    }
    println!(
        "{n_samples} samples; coverage of 95 % intervals (shares: {}) in %, wanted 93-97, ± its standard error;",
        shares.code()
    );
    print(&names, &statistics, &counts);
}

fn print(names: &[String], statistics: &[Statistic], counts: &[Vec<Count>]) {
    println!("intervals above and below the truth; mean design effect; districts with the least and the most coverage");
    let heading = "cover  s.e.  above  below   deff";
    println!(
        "{:<12} {:>34}  {:>34}  {:>13}",
        "",
        format!("province {heading}"),
        format!("district {heading}"),
        "least   most"
    );
    let mut n_outside = 0;
    for (statistic, counts) in statistics.iter().zip(counts) {
        let (province, districts) = counts.split_first().expect("the province comes first");
        let all = districts.iter().fold(Count::default(), |sum, more| Count {
            n: sum.n + more.n,
            held: sum.held + more.held,
            above: sum.above + more.above,
            deffs: sum.deffs + more.deffs,
            n_deffs: sum.n_deffs + more.n_deffs,
        });
        n_outside += [province, &all].iter().filter(|count| !WANTED.contains(&count.coverage())).count();
        let mut shares: Vec<(f64, &str)> =
            districts.iter().zip(names).map(|(count, name)| (count.coverage() * 100.0, name.as_str())).collect();
        shares.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ends = [shares.first(), shares.last()].map(|end| end.expect("there are districts"));
        let [(least, lowest), (most, highest)] = ends;
        let (province, all) = (province.line(), all.line());
        println!("{:<12} {province:>34}  {all:>34}  {least:>6.1} {lowest} {most:>6.1} {highest}", statistic.name);
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
