//! What a report says of single items beside their figures: how the answers spread, and how closely each item goes with the
//! others.

use super::super::analyse::LEVEL;
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::quality::Answers;
use crate::domain::questionnaire::{ItemKind, Part};
use crate::domain::unit_report::Distribution;
use crate::service::disclosure::{Linked, Visible};
use crate::service::sample::RoundSample;
use crate::statistics::{Domain, Range, Statistic};
use std::collections::BTreeMap;

/// The five answers.
const ANSWERS: std::ops::RangeInclusive<u8> = 1..=5;

/// What is told of an item in one area.
pub(super) struct Told {
    pub(super) distribution: Option<Distribution>,
    pub(super) importance: Result<Estimate, NoFigure>,
}

/// An item with the shares of its answers, and what may be shown of them.
struct Asked<'a> {
    place: usize,
    shares: Vec<Statistic>,
    visible: Visible<'a>,
}

/// What is told of each five-point satisfaction item by its id, in each domain. An item's spread is shown where its figure is;
/// how closely it goes with the others, where those who answered any of them may be shown too.
pub(super) fn tell(sample: &RoundSample, linked: &Linked, domains: &[Domain]) -> Vec<BTreeMap<String, Told>> {
    let items = sample.questionnaire().items.iter().enumerate();
    let asked = items.filter(|(_, item)| item.part == Part::Satisfaction && item.kind == ItemKind::FivePoint);
    let asked = asked.filter_map(|(place, _)| {
        let shares = shares(sample, place);
        let visible = linked.statistic(shares.first()?);
        Some(Asked { place, shares, visible })
    });
    let asked: Vec<Asked> = asked.collect();
    let statistics: Vec<Statistic> = asked.iter().flat_map(|item| item.shares.iter().cloned()).collect();
    let places: Vec<usize> = asked.iter().map(|item| item.place).collect();
    let found = sample.estimate(domains, &statistics, LEVEL);
    let closeness = sample.correlations_with_rest(domains, &places, LEVEL);
    let people = linked.people();
    let of_domain = |((domain, found), closeness): ((&Domain, Vec<_>), Vec<_>)| {
        let spot = linked.spot(domain, Answers::All);
        let mut found = found.into_iter();
        let told = |(item, closeness): (&Asked, _)| {
            let Asked { place, shares, visible } = item;
            let values: Vec<f64> =
                found.by_ref().take(shares.len()).filter_map(Result::ok).map(|share: Estimate| share.value).collect();
            let is_whole = visible.shows(spot) && values.len() == shares.len();
            let named = ANSWERS.zip(values).map(|(answer, share)| (answer.to_string(), share));
            let importance = match people.shows(spot) {
                true => visible.figure(spot, closeness),
                false => Err(NoFigure::Hidden),
            };
            let told = Told { distribution: is_whole.then(|| Distribution { shares: named.collect() }), importance };
            Some((sample.questionnaire().items.get(*place)?.id.to_string(), told))
        };
        asked.iter().zip(closeness).filter_map(told).collect()
    };
    domains.iter().zip(found).zip(closeness).map(of_domain).collect()
}

/// The share of each answer.
fn shares(sample: &RoundSample, place: usize) -> Vec<Statistic> {
    let share = |answer: u8| {
        let worth = |code: u8| ANSWERS.contains(&code).then(|| f64::from(u8::from(code == answer)));
        let term = sample.item_term(place, |_, code| worth(code))?;
        Some(Statistic::sum(format!("answer {answer}"), vec![term]).within(Range::Share))
    };
    ANSWERS.filter_map(share).collect()
}
