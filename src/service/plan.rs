//! Planning: how many answers each unit and desk of a round should bring, and how many it still needs.

use super::catalogue::Catalogue;
use super::exercise::{AnalyseRefusal, Exercise};
use super::rounds;
use crate::domain::area::Level;
use crate::domain::frame::FrameDesk;
use crate::domain::ids::RoundCode;
use crate::domain::plan::PlanLine;
use crate::domain::quality::Answers;
use crate::service::analyse::LEVEL;
use crate::statistics::{Statistic, Target, allocate, slovin};
use crate::store::{self, Store};
use chrono::{DateTime, Utc};

/// Answers below which a desk's own figure says nothing worth printing.
pub const LEAST_PER_DESK: u64 = 30;

/// Plans a round: units at a level, and the drawn desks of each, with the answers that are there, or were at an instant.
///
/// # Errors
/// When the round is unknown or the database fails.
pub fn plan(
    store: &Store,
    (round, as_of): (&RoundCode, Option<DateTime<Utc>>),
    level: Level,
    target: &Target,
) -> Result<Vec<PlanLine>, AnalyseRefusal> {
    let plan = rounds::find(store, round)?.plan().clone();
    let tree = super::areas::tree(store)?;
    let (frame, counts) = store.with(|conn| {
        let frame = store::rounds::frame(conn, round)?;
        Ok::<_, store::StoreError>((frame, store::responses::count_by_desk(conn, round, as_of)?))
    })?;
    let mut lines = Vec::new();
    for unit in tree.at_level(level, &plan.area) {
        let desks: Vec<&FrameDesk> =
            frame.iter().filter(|desk| desk.drawn && tree.is_within(&desk.desk, &unit.code)).collect();
        if desks.is_empty() {
            continue;
        }
        let collected = |desk: &FrameDesk| counts.get(&desk.desk).copied().unwrap_or_default();
        let known: Option<Vec<u64>> = desks.iter().map(|desk| desk.transactions.map(u64::from)).collect();
        // The unit's people are also those of desks that were not drawn.
        let all = frame.iter().filter(|desk| tree.is_within(&desk.desk, &unit.code));
        let total: Option<u64> = all.map(|desk| desk.transactions.map(u64::from)).sum();
        let wanted = total.map(|total| target.answers(total as f64).ceil() as u64);
        let parts = known.as_ref().zip(wanted).map(|(known, wanted)| allocate(wanted, known, LEAST_PER_DESK));
        let planned = parts.as_ref().map(|parts| parts.iter().sum::<u64>());
        let there: u64 = desks.iter().map(|desk| collected(desk)).sum();
        let needed_of = |desks: &[u64]| -> u64 { desks.iter().sum() };
        let missing: Option<Vec<u64>> = parts
            .as_ref()
            .map(|parts| parts.iter().zip(&desks).map(|(part, desk)| part.saturating_sub(collected(desk))).collect());
        lines.push(PlanLine {
            unit: unit.code.clone(),
            name: unit.name.clone(),
            desk: None,
            transactions: total,
            planned,
            slovin: total.map(|total| slovin(total as f64, target.error).ceil() as u64),
            collected: there,
            needed: missing.as_deref().map(needed_of),
            reached: total.filter(|_| there > 0).map(|total| target.reached(there as f64, total as f64)),
        });
        for (place, desk) in desks.iter().enumerate() {
            let of = |list: &Option<Vec<u64>>| list.as_ref().and_then(|list| list.get(place)).copied();
            lines.push(PlanLine {
                unit: unit.code.clone(),
                name: tree.get(&desk.desk).map(|area| area.name.clone()).unwrap_or_default(),
                desk: Some(desk.desk.clone()),
                transactions: desk.transactions.map(u64::from),
                planned: of(&parts),
                slovin: None,
                collected: collected(desk),
                needed: of(&missing),
                reached: None,
            });
        }
    }
    Ok(lines)
}

/// The design effect that the overall figure of a round had.
///
/// # Errors
/// When the round cannot be analysed; a sentence where its answers show no design effect.
pub fn observed_design_effect(catalogue: &Catalogue, store: &Store, round: &RoundCode) -> Result<f64, String> {
    let exercise = Exercise::of_round(catalogue, store, round, Answers::All).map_err(|refusal| refusal.to_string())?;
    let survey = exercise.surveys.iter().find(|survey| survey.source.round == *round);
    let found = survey.and_then(|survey| {
        let sample = &survey.sample;
        let terms = sample.overall(sample.questionnaire().rule)?;
        let whole = sample.domains(&exercise.tree, std::slice::from_ref(&exercise.plan.area));
        sample.estimate(&whole, &[Statistic::sum("overall", terms)], LEVEL).pop()?.pop()?.ok()?.deff
    });
    found.ok_or_else(|| format!("round {round} shows no design effect: it has too few answers; give one with --deff"))
}
