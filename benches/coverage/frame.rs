//! The desks of the reference data's province, and how many of them and of their visitors are sampled.

use std::collections::HashMap;
use std::path::Path;

/// One desk.
pub(crate) struct Desk {
    pub(crate) district: usize,
    pub(crate) visitors: usize,
    /// Visitors asked, if the desk is drawn.
    pub(crate) n_sampled: usize,
}

/// One district: a stratum.
pub(crate) struct District {
    pub(crate) name: String,
    /// Places of its desks.
    pub(crate) desks: Vec<usize>,
    /// Desks drawn.
    pub(crate) n_sampled: usize,
}

/// All desks.
pub(crate) struct Frame {
    pub(crate) desks: Vec<Desk>,
    pub(crate) districts: Vec<District>,
}

impl Frame {
    /// Reads the frame, and the plan from the sample that was drawn. A desk that was not in it takes over the number of
    /// visitors of one that was, in turn.
    pub(crate) fn read() -> Self {
        let frame = records("synth_frame_2025.csv", ["district", "desk", "N_desk"]);
        let mut asked: HashMap<String, usize> = HashMap::new();
        let mut asked_in: HashMap<String, Vec<usize>> = HashMap::new();
        for [district, desk, n] in records("synth_s1_2025.csv", ["district", "desk", "n_desk"]) {
            if asked.insert(desk, number(&n)).is_none() {
                asked_in.entry(district).or_default().push(number(&n));
            }
        }
        let (mut desks, mut districts): (Vec<Desk>, Vec<District>) = (Vec::new(), Vec::new());
        let mut turn = HashMap::new();
        for [name, desk, visitors] in frame {
            let plan = &asked_in[&name];
            let district = districts.iter().position(|known| known.name == name).unwrap_or_else(|| {
                districts.push(District { name: name.clone(), desks: Vec::new(), n_sampled: plan.len() });
                districts.len() - 1
            });
            let n_sampled = asked.get(&desk).copied().unwrap_or_else(|| {
                let turn: &mut usize = turn.entry(name).or_default();
                *turn += 1;
                plan[(*turn - 1) % plan.len()]
            });
            districts[district].desks.push(desks.len());
            let visitors = number(&visitors);
            desks.push(Desk { district, visitors, n_sampled: n_sampled.min(visitors) });
        }
        Self { desks, districts }
    }

    /// The mean of a property by desk over all visitors.
    pub(crate) fn mean(&self, by_desk: &[f64]) -> f64 {
        let visitors = || self.desks.iter().map(|desk| desk.visitors as f64);
        visitors().zip(by_desk).map(|(n, share)| n * share).sum::<f64>() / visitors().sum::<f64>()
    }

    /// The design effect that the plan gives a share: the variance of its linearised estimate under two-stage sampling
    /// without replacement (Cochran 1977, 11.8) over that of as many answers drawn at random.
    pub(crate) fn design_effect(&self, by_desk: &[f64]) -> f64 {
        let share = self.mean(by_desk);
        let (mut variance, mut n_answers) = (0.0, 0.0);
        for district in &self.districts {
            let (all, drawn) = (district.desks.len() as f64, district.n_sampled as f64);
            let of = |place: &usize| (self.desks[*place].visitors as f64, by_desk[*place]);
            let totals: Vec<f64> = district.desks.iter().map(of).map(|(n, p)| n * (p - share)).collect();
            let mean = totals.iter().sum::<f64>() / all;
            let between = totals.iter().map(|total| (total - mean).powi(2)).sum::<f64>() / (all - 1.0);
            variance += all * (all - drawn) / drawn * between;
            for place in &district.desks {
                let ((n, p), asked) = (of(place), self.desks[*place].n_sampled as f64);
                variance += all / drawn * n * (n - asked) / asked * p * (1.0 - p);
                n_answers += drawn / all * asked;
            }
        }
        let visitors = self.desks.iter().map(|desk| desk.visitors as f64).sum::<f64>();
        variance / visitors.powi(2) / (share * (1.0 - share) / n_answers)
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("the reference data hold numbers here")
}

/// The named columns of a file of the reference data.
fn records(file: &str, columns: [&str; 3]) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/data").join(file);
    let mut reader = csv::Reader::from_path(path).expect("the reference data are there");
    let header = reader.headers().expect("a header").clone();
    let place = |name| header.iter().position(|column| column == name).expect("the column is there");
    let places = columns.map(place);
    reader.records().map(|record| record.expect("a row")).map(|record| places.map(|at| record[at].to_owned())).collect()
}
