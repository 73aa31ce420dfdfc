//! A province that does not exist: twelve districts, some two hundred and fifty desks, two years. It is made from one
//! seed, so every run of the demo makes the same one, and it speaks in the files that a real province would import.

use crate::domain::points::Points;
use crate::domain::scheme::{Scheme, Scoring, SubCriterion};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;

/// The seed of everything synthetic here.
const SEED: u64 = 2025;
/// Shares of the desks of a district that are drawn.
const DRAWN_SHARE: f64 = 0.6;
/// Officials who rate each district.
pub(super) const OFFICIALS_PER_DISTRICT: usize = 30;

/// The first year of the demo.
pub(super) const FIRST_YEAR: u16 = 2024;
/// The last year of the demo, which keeps taking answers.
pub(super) const LAST_YEAR: u16 = 2025;
/// All its years.
pub(super) const YEARS: std::ops::RangeInclusive<u16> = FIRST_YEAR..=LAST_YEAR;

/// Districts of the province.
pub(super) const N_DISTRICTS: usize = 12;

const DISTRICTS: [(&str, &str, u32); N_DISTRICTS] = [
    ("Thành phố", "Hoa Sen", 26),
    ("Thị xã", "Hoa Mai", 22),
    ("Huyện", "Hoa Đào", 24),
    ("Huyện", "Hoa Cúc", 17),
    ("Huyện", "Hoa Lan", 27),
    ("Huyện", "Hoa Hồng", 19),
    ("Huyện", "Hoa Huệ", 23),
    ("Huyện", "Hoa Nhài", 18),
    ("Huyện", "Hoa Súng", 25),
    ("Huyện", "Hoa Ban", 16),
    ("Huyện", "Hoa Gạo", 21),
    ("Huyện", "Hoa Phượng", 14),
];

/// A desk of the synthetic province.
pub(super) struct Desk {
    /// Its code.
    pub(super) code: String,
    /// Its district, from 0.
    pub(super) district: usize,
    /// Transactions in a year.
    pub(super) transactions: u32,
    /// Whether it was drawn into the sample.
    pub(super) drawn: bool,
    /// How much better or worse than the province it serves people, in units of the five-point scale.
    pub(super) quality: f64,
}

/// The synthetic province.
pub(super) struct Province {
    /// Its desks.
    pub(super) desks: Vec<Desk>,
}

/// The code of the province.
pub(super) const CODE: &str = "MH";

/// The code of a district, from 0.
pub(super) fn district_code(district: usize) -> String {
    format!("{CODE}{:02}", district + 1)
}

/// The code of a round: the citizens' or the officials'.
pub(super) fn round_code(year: u16, officials: bool) -> String {
    format!("demo-{year}{}", if officials { "-officials" } else { "" })
}

/// A stream of chance of its own for each use, so that a change in one leaves the others as they were.
pub(super) fn chance(stream: u64) -> ChaCha8Rng {
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    chance.set_stream(stream);
    chance
}

/// A draw from the standard normal distribution, by the sum of twelve uniform draws: good enough for a model population.
pub(super) fn normal(chance: &mut impl Rng) -> f64 {
    (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0
}

impl Province {
    /// The one province there is.
    pub(super) fn new() -> Self {
        let mut chance = chance(0);
        let mut desks = Vec::new();
        for (district, (_, _, n_desks)) in DISTRICTS.iter().enumerate() {
            let district_quality = 0.22 * normal(&mut chance);
            for desk in 0..*n_desks {
                desks.push(Desk {
                    code: format!("{}-{desk:02}", district_code(district)),
                    district,
                    transactions: 300 + chance.random_range(0..2700) / if desk == 0 { 1 } else { 2 },
                    drawn: f64::from(desk) < (f64::from(*n_desks) * DRAWN_SHARE).round(),
                    quality: district_quality + 0.3 * normal(&mut chance),
                });
            }
        }
        Self { desks }
    }

    /// The areas as a file: province, districts until 2025, communes, desks.
    pub(super) fn areas_csv(&self) -> String {
        let mut csv = String::from("code,name,level,parent,focus,valid_from,valid_to\n");
        let _ = writeln!(csv, "{CODE},Tỉnh Minh Họa,province,,,,");
        for (district, (kind, name, _)) in DISTRICTS.iter().enumerate() {
            let focus = if district % 5 == 3 { "2025" } else { "" };
            let _ = writeln!(csv, "{},{kind} {name},district,{CODE},{focus},,2025", district_code(district));
        }
        for desk in &self.desks {
            let Some((kind, name, _)) = DISTRICTS.get(desk.district) else { continue };
            let (district, number) = (district_code(desk.district), desk.code.rsplit('-').next().unwrap_or_default());
            if number == "00" {
                let _ = writeln!(csv, "{},Bộ phận Một cửa {kind} {name},desk,{district},,,", desk.code);
            } else {
                let _ = writeln!(csv, "{district}-X{number},Xã {name} {number},commune,{district},,,");
                let _ = writeln!(csv, "{},Bộ phận Một cửa xã {name} {number},desk,{district}-X{number},,,", desk.code);
            }
        }
        csv
    }

    /// The frame of a citizens' round as a file.
    pub(super) fn frame_csv(&self, year: u16) -> String {
        let mut csv = String::from("desk,transactions,stratum,drawn\n");
        for desk in &self.desks {
            let transactions = desk.transactions + 15 * u32::from(year % 100);
            let drawn = if desk.drawn { "yes" } else { "no" };
            let _ = writeln!(csv, "{},{transactions},{},{drawn}", desk.code, district_code(desk.district));
        }
        csv
    }

    /// The frame of an officials' round as a file: each rated district is its own point of collection.
    pub(super) fn officials_frame_csv() -> String {
        let mut csv = String::from("desk,transactions,stratum,drawn\n");
        for district in 0..N_DISTRICTS {
            let code = district_code(district);
            let _ = writeln!(csv, "{code},{},{code},yes", OFFICIALS_PER_DISTRICT * 2);
        }
        csv
    }

    /// The districts' self-assessments of a year as a file.
    pub(super) fn assessments_csv(scheme: &Scheme, year: u16) -> String {
        let mut chance = chance(10 + u64::from(year));
        let mut csv = String::from("unit,sub_criterion,self_score,appraised_score,not_applicable,note\n");
        for district in 0..N_DISTRICTS {
            let diligence = district_diligence(district) + 0.015 * normal(&mut chance);
            for leaf in scheme.leaves().filter(|leaf| !matches!(leaf.scoring, Scoring::Survey { .. })) {
                let claimed = steps_of(leaf, diligence + 0.2 * (chance.random::<f64>() - 0.4));
                let cut = if chance.random_bool(0.08) { leaf.step } else { Points::ZERO };
                let appraised = std::cmp::max(claimed - cut, Points::ZERO);
                let unit = district_code(district);
                let _ = match leaf.scoring {
                    Scoring::Outcome => writeln!(csv, "{unit},{},,{appraised},,", leaf.code),
                    _ => writeln!(csv, "{unit},{},{claimed},{appraised},,", leaf.code),
                };
            }
        }
        csv
    }
}

/// How much of its duties a district does, about the same every year.
fn district_diligence(district: usize) -> f64 {
    0.9 + 0.035 * normal(&mut chance(1000 + district as u64))
}

/// The share of a leaf's maximum, in whole steps and never above it.
fn steps_of(leaf: &SubCriterion, share: f64) -> Points {
    let step = if leaf.step == Points::ZERO { Points::from_ten_thousandths(100) } else { leaf.step };
    let n_steps = (leaf.max.to_f64() * share.clamp(0.0, 1.0) / step.to_f64()).round() as i64;
    Points::from_ten_thousandths(n_steps * step.ten_thousandths())
}
