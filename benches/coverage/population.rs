//! Everybody who came to the desks of a province in a year, and samples of them.
//!
//! Districts, desks and transactions are those of the reference data, and so is the plan of the sample: how many desks of a
//! district, and how many visitors of a desk.

use crate::frame::Frame;
use rand::RngExt as _;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use sipas::statistics::{Block, Blocks, Columns, Lonely, Rows, Sample, SurveyDesign, SurveyPsu, SurveyStratum};

/// How satisfied the province is with each of the items that are estimated as shares.
pub(crate) const SHARES: [f64; 6] = [0.5, 0.7, 0.87, 0.92, 0.95, 0.98];
/// Five-point items.
pub(crate) const ITEMS: usize = 5;
/// The design effect of every share in the whole province, unless told otherwise. Shares of satisfied people have 2.7 to 3.4
/// where desks differ little; unequal weights alone make 2.95 of it. The 22 items of the reference data have 4.7 to 6.8.
pub(crate) const DESIGN_EFFECT: f64 = 3.2;
/// How far desks differ in five-point items, where people of one desk differ by 1; an intraclass correlation of 0.04, as the
/// reference data have.
const BETWEEN_DESKS: f64 = 0.2;

/// The province.
pub(crate) struct Population {
    frame: Frame,
    /// By desk: its visitors' answers, column by column.
    answers: Vec<Vec<Vec<u8>>>,
}

/// A roughly normal number, good enough to make people.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

impl Population {
    pub(crate) fn make(frame: Frame, deff: f64, random: &mut ChaCha8Rng) -> Self {
        let moods: Vec<f64> = frame.desks.iter().map(|_| normal(random)).collect();
        let satisfied: Vec<Vec<f64>> = SHARES.iter().map(|share| by_desk(&frame, &moods, *share, deff)).collect();
        let mut answers = Vec::new();
        for (place, desk) in frame.desks.iter().enumerate() {
            let mut columns = vec![Vec::with_capacity(desk.visitors); SHARES.len() + ITEMS];
            for _ in 0..desk.visitors {
                for (column, satisfied) in columns.iter_mut().zip(&satisfied) {
                    column.push(u8::from(random.random::<f64>() < satisfied[place]));
                }
                let person = BETWEEN_DESKS * moods[place] + 0.8 * normal(random);
                for column in columns.iter_mut().skip(SHARES.len()) {
                    let score = 4.2 + 0.9 * (person + 0.6 * normal(random));
                    column.push(score.round().clamp(1.0, 5.0) as u8);
                }
            }
            answers.push(columns);
        }
        Self { frame, answers }
    }

    /// Everybody: the truth.
    pub(crate) fn all(&self) -> Sample {
        let everybody = self.frame.desks.iter().map(|desk| (0..desk.visitors).collect());
        self.survey(&everybody.enumerate().collect::<Vec<_>>(), |district| district.desks.len())
    }

    /// A two-stage sample without replacement: desks of each district, then visitors of each desk.
    pub(crate) fn sample(&self, random: &mut ChaCha8Rng) -> Sample {
        let mut chosen = Vec::new();
        for district in &self.frame.districts {
            for place in index::sample(random, district.desks.len(), district.n_sampled) {
                let desk = district.desks[place];
                let visitors = index::sample(random, self.frame.desks[desk].visitors, self.frame.desks[desk].n_sampled);
                chosen.push((desk, visitors.into_vec()));
            }
        }
        self.survey(&chosen, |district| district.n_sampled)
    }

    /// The chosen visitors with design weights and population sizes at both stages.
    fn survey(&self, chosen: &[(usize, Vec<usize>)], n_desks: impl Fn(&crate::frame::District) -> usize) -> Sample {
        let mut blocks = Blocks::default();
        let mut psus = Vec::new();
        let mut rows = Rows { coded: vec![Vec::new(); SHARES.len() + ITEMS], ..Rows::default() };
        for (psu, (place, visitors)) in (0..).zip(chosen) {
            let desk = &self.frame.desks[*place];
            let district = &self.frame.districts[desk.district];
            let (population, sampled) = (desk.visitors as f64, visitors.len() as f64);
            let (stratum, n_units) = (desk.district as u32, Some(population));
            psus.push(SurveyPsu { name: psu.to_string(), stratum, n_units, weight: 1.0 });
            let block = blocks.index(Block { psu, cell: desk.district as u32 });
            let weight = district.desks.len() as f64 / n_desks(district) as f64 * population / sampled;
            for visitor in visitors {
                rows.block.push(block);
                rows.weight.push(weight);
                let columns = rows.coded.iter_mut().zip(&self.answers[*place]);
                columns.for_each(|(column, answers)| column.push(answers[*visitor]));
            }
        }
        let strata = self
            .frame
            .districts
            .iter()
            .map(|district| SurveyStratum { name: district.name.clone(), n_psus: Some(district.desks.len() as f64) });
        let design = SurveyDesign {
            strata: strata.collect(),
            psus,
            rows_are_psus: false,
            lonely: Lonely::Fail,
            collapse: Vec::new(),
        };
        let mut columns = Columns::new(SHARES.len() + ITEMS, 0);
        columns.append(rows);
        Sample::of_survey(&design, blocks, columns).expect("a sound design")
    }
}

/// How likely a visitor of each desk is satisfied, on a logistic scale that desks differ on just as far as makes the wanted
/// design effect, with a middle that makes the wanted share.
fn by_desk(frame: &Frame, moods: &[f64], share: f64, deff: f64) -> Vec<f64> {
    let at = |spread: f64| {
        let desks = |middle: f64| -> Vec<f64> {
            moods.iter().map(|mood| 1.0 / (1.0 + (-(middle + spread * mood)).exp())).collect()
        };
        desks(bisect(-20.0, 20.0, |middle| frame.mean(&desks(middle)) - share))
    };
    at(bisect(0.0, 3.0, |spread| frame.design_effect(&at(spread)) - deff))
}

/// Where a growing function is 0, or the nearer end.
fn bisect(mut low: f64, mut high: f64, value: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if value(middle) < 0.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}
