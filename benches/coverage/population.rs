//! Everybody who came to the desks of a province in a year, and samples of them.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use sipas::statistics::{Block, Blocks, Columns, Lonely, Rows, Sample, SurveyDesign, SurveyPsu, SurveyStratum};

pub(crate) const N_DISTRICTS: usize = 12;
const DESKS: usize = 25;
const SAMPLED_DESKS: usize = 15;
/// How satisfied the province is with each of the items that are estimated as shares.
pub(crate) const SHARES: [f64; 6] = [0.5, 0.7, 0.87, 0.92, 0.95, 0.98];
/// Five-point items.
pub(crate) const ITEMS: usize = 5;
/// How far desks differ, and how far people do, on the scale on which answers are made.
const BETWEEN_DESKS: f64 = 0.25;
const BETWEEN_PEOPLE: f64 = 0.6;

/// One desk: its visitors' answers, column by column.
struct Desk {
    district: usize,
    answers: Vec<Vec<u8>>,
}

/// The province.
pub(crate) struct Population {
    desks: Vec<Desk>,
}

/// A roughly normal number, good enough to make people.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

impl Population {
    pub(crate) fn make(random: &mut ChaCha8Rng) -> Self {
        let mut desks = Vec::new();
        for district in 0..N_DISTRICTS {
            for _ in 0..DESKS {
                let n = random.random_range(200..900);
                let mood = BETWEEN_DESKS * normal(random);
                let mut answers = vec![Vec::with_capacity(n); SHARES.len() + ITEMS];
                for _ in 0..n {
                    let person = mood + BETWEEN_PEOPLE * normal(random);
                    for (column, p) in answers.iter_mut().zip(SHARES) {
                        let score = (p / (1.0 - p)).ln() + person;
                        column.push(u8::from(random.random::<f64>() < 1.0 / (1.0 + (-score).exp())));
                    }
                    for column in answers.iter_mut().skip(SHARES.len()) {
                        let score = 4.0 + 0.8 * person + 0.6 * normal(random);
                        column.push(score.round().clamp(1.0, 5.0) as u8);
                    }
                }
                desks.push(Desk { district, answers });
            }
        }
        Self { desks }
    }

    /// Everybody: the truth.
    pub(crate) fn all(&self) -> Sample {
        let chosen: Vec<(usize, Vec<usize>)> =
            self.desks.iter().enumerate().map(|(place, desk)| (place, (0..desk.answers[0].len()).collect())).collect();
        self.survey(&chosen, DESKS)
    }

    /// A two-stage sample without replacement: 15 desks of each district, then a tenth to a half of a desk's visitors.
    pub(crate) fn sample(&self, random: &mut ChaCha8Rng) -> Sample {
        let mut chosen = Vec::new();
        for district in 0..N_DISTRICTS {
            let desks: Vec<usize> = (district * DESKS..(district + 1) * DESKS).collect();
            for desk in draw(desks, SAMPLED_DESKS, random) {
                let visitors: Vec<usize> = (0..self.desks[desk].answers[0].len()).collect();
                let n = 60 + desk % 80;
                chosen.push((desk, draw(visitors, n, random)));
            }
        }
        self.survey(&chosen, SAMPLED_DESKS)
    }

    /// The chosen visitors with design weights and population sizes at both stages.
    fn survey(&self, chosen: &[(usize, Vec<usize>)], desks_drawn: usize) -> Sample {
        let mut blocks = Blocks::default();
        let mut psus = Vec::new();
        let mut rows = Rows { coded: vec![Vec::new(); SHARES.len() + ITEMS], ..Rows::default() };
        for (psu, (desk, visitors)) in (0..).zip(chosen) {
            let desk = &self.desks[*desk];
            let (population, sampled) = (desk.answers[0].len() as f64, visitors.len() as f64);
            let name = psu.to_string();
            psus.push(SurveyPsu { name, stratum: desk.district as u32, n_units: Some(population), weight: 1.0 });
            let block = blocks.index(Block { psu, cell: desk.district as u32 });
            let weight = DESKS as f64 / desks_drawn as f64 * population / sampled;
            for visitor in visitors {
                rows.block.push(block);
                rows.weight.push(weight);
                rows.coded.iter_mut().zip(&desk.answers).for_each(|(column, answers)| column.push(answers[*visitor]));
            }
        }
        let stratum = |district: usize| SurveyStratum { name: format!("D{district}"), n_psus: Some(DESKS as f64) };
        let strata = (0..N_DISTRICTS).map(stratum).collect();
        let design = SurveyDesign { strata, psus, rows_are_psus: false, lonely: Lonely::Fail, collapse: Vec::new() };
        let mut columns = Columns::new(SHARES.len() + ITEMS, 0);
        columns.append(rows);
        Sample::of_survey(&design, blocks, columns).expect("a sound design")
    }
}

/// Draws `n` of a list without replacement.
fn draw(mut list: Vec<usize>, n: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    for place in 0..n.min(list.len()) {
        let other = random.random_range(place..list.len());
        list.swap(place, other);
    }
    list.truncate(n);
    list
}
