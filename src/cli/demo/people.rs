//! People who answer: citizens at the drawn desks and officials who rate their district. Each sitting is a request body
//! as a browser would send it. Ids come from the seed, so a demo that was interrupted and is started again sends what is
//! there already, and nothing is doubled.

use super::province::{self, Desk, OFFICIALS_PER_DISTRICT, Province};
use crate::domain::questionnaire::{Item, ItemKind, Part, Questionnaire};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use serde_json::{Map, Value, json};

/// Answers a drawn desk gives in a year, about; it varies with its transactions.
const ANSWERS_PER_DESK: f64 = 68.0;
/// Where the five-point scale is cut: a mood below the first is a 1, above the last a 5.
const CUTS: [f64; 4] = [-2.3, -1.55, -0.75, 0.55];
const REMARKS: [&str; 5] = [
    "Cán bộ hướng dẫn nhiệt tình.",
    "Phải chờ hơi lâu, mong có thêm quầy.",
    "Nên niêm yết phí rõ hơn.",
    "Trả kết quả đúng hẹn, xin cảm ơn.",
    "Nhà vệ sinh cần sạch hơn.",
];

/// One person's answers on their way to the server.
pub(super) struct Sitting {
    /// The round they go to.
    pub(super) round: String,
    /// The request body.
    pub(super) body: String,
}

/// Everyone who answers the citizens' round of a year.
pub(super) fn citizens(province: &Province, questionnaire: &Questionnaire, year: u16) -> Vec<Sitting> {
    let mut chance = province::chance(100 + u64::from(year));
    let round = province::round_code(year, false);
    let better_year = 0.12 * f64::from(year.saturating_sub(province::FIRST_YEAR));
    let mut sittings = Vec::new();
    for desk in province.desks.iter().filter(|desk| desk.drawn) {
        let n = (ANSWERS_PER_DESK * f64::from(desk.transactions) / 1000.0).clamp(40.0, 110.0).round() as usize;
        // A desk does not serve people equally well in both years.
        let quality = desk.quality + better_year + 0.12 * province::normal(&mut chance);
        sittings.extend((0..n).map(|_| citizen(&mut chance, desk, quality, questionnaire, &round)));
    }
    sittings
}

/// Every official who rates a district in a year.
pub(super) fn officials(questionnaire: &Questionnaire, year: u16) -> Vec<Sitting> {
    let mut chance = province::chance(200 + u64::from(year));
    let round = province::round_code(year, true);
    let mut sittings = Vec::new();
    for district in 0..province::N_DISTRICTS {
        let esteem = 0.35 * province::normal(&mut chance);
        for _ in 0..OFFICIALS_PER_DISTRICT {
            let mood = esteem + 0.6 * province::normal(&mut chance);
            let code = province::district_code(district);
            sittings.push(sitting(&mut chance, &round, &code, "web", mood, questionnaire));
        }
    }
    sittings
}

fn citizen(chance: &mut impl Rng, desk: &Desk, quality: f64, questionnaire: &Questionnaire, round: &str) -> Sitting {
    let mood = quality + 0.8 * province::normal(chance);
    let channel = ["kiosk", "kiosk", "kiosk", "phone"].choose(chance).copied().unwrap_or("kiosk");
    sitting(chance, round, &desk.code, channel, mood, questionnaire)
}

fn sitting(
    chance: &mut impl Rng,
    round: &str,
    desk: &str,
    channel: &str,
    mood: f64,
    questionnaire: &Questionnaire,
) -> Sitting {
    let id = uuid::Builder::from_random_bytes(chance.random()).into_uuid();
    let answers: Map<String, Value> = questionnaire
        .items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| Some((item.id.to_string(), answer(chance, index, item, mood)?)))
        .collect();
    // When and how fast comes from the id, so that the answers stay the same draw of chance: within the opening hours of a
    // Tuesday, in one to four minutes, and now and then by somebody in a hurry.
    let [hurry, minute, minutes, ..] = id.into_bytes();
    let (hour, minute) = (8 + minutes % 8, minute % 60);
    let seconds = if hurry == 0 { 4 } else { 60 + u32::from(hurry) % 180 };
    let body = json!({
        "id": id.to_string(), "desk": desk, "channel": channel, "answers": answers, "seconds": seconds,
        "answered_at": format!("2025-06-10T{hour:02}:{minute:02}:00+07:00"),
    });
    Sitting { round: round.to_owned(), body: body.to_string() }
}

/// An answer, or none: people skip what they need not answer, and few write a remark.
fn answer(chance: &mut impl Rng, index: usize, item: &Item, mood: f64) -> Option<Value> {
    let skipped = match (item.part, item.required) {
        (_, true) => 0.0,
        (Part::Satisfaction, false) => 0.03,
        (_, false) => 0.08,
    };
    if chance.random_bool(skipped) {
        return None;
    }
    if item.not_applicable && chance.random_bool(0.05) {
        return Some(json!("na"));
    }
    // Some items please less than others, everywhere.
    let ease = 0.25 * ((index * 7 % 11) as f64 / 5.0 - 1.0);
    let felt = mood + ease + 0.6 * province::normal(chance);
    match &item.kind {
        ItemKind::FivePoint => Some(json!(1 + CUTS.iter().filter(|cut| felt > **cut).count())),
        ItemKind::Percents(options) => {
            let place = [0.0, -1.0, -1.9].iter().filter(|cut| felt < **cut).count();
            options.get(place.min(options.len().saturating_sub(1))).map(|option| json!(option.id.as_str()))
        }
        ItemKind::Single(options) => options.choose(chance).map(|option| json!(option.as_str())),
        ItemKind::Multiple(options) => {
            let ticked: Vec<&str> =
                options.iter().filter(|_| chance.random_bool(0.3)).map(|option| option.as_str()).collect();
            Some(json!(ticked))
        }
        ItemKind::YesNo => Some(json!(if chance.random_bool(0.8) { "yes" } else { "no" })),
        ItemKind::Number { min, max } => Some(json!(chance.random_range(*min..=*max))),
        ItemKind::Comment { .. } if chance.random_bool(0.04) => REMARKS.choose(chance).map(|text| json!(text)),
        ItemKind::Comment { .. } => None,
    }
}
