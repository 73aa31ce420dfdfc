//! How a round stands: answers by desk and day, what is still needed, devices, receipts and flags, for the operator.

use super::Service;
use super::exercise::AnalyseRefusal;
use super::quality::Sieve;
use super::{areas, plan, rounds};
use crate::domain::area::Level;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::progress::{Progress, Tally};
use crate::domain::quality::FlagCount;
use crate::domain::round::RoundPlan;
use crate::statistics::Target;
use crate::store::{StoreError, devices, receipts, responses, rounds as stored_rounds};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The units that the needed answers are planned for.
const UNITS: Level = Level::District;
/// A year of days; whoever collects for longer sees the latest.
const MAX_DAYS: usize = 366;

/// How a round stands now.
///
/// # Errors
/// When there is no such round, or the database fails.
pub fn progress(service: &Service, round: &RoundCode) -> Result<Progress, AnalyseRefusal> {
    let (catalogue, store) = (service.catalogue(), service.store());
    let found = rounds::find(store, round)?;
    let planned = found.plan();
    let tree = areas::tree(store)?;
    let (by_day, receipts, devices) = store.with(|connection| {
        let by_day = responses::count_by_desk_and_day(connection, round)?;
        Ok((by_day, receipts::counts(connection, round)?, devices::all(connection)?))
    })?;
    let mut flags = flags(service, planned)?;
    let wanted = wanted_of_desks(service, round)?;
    let days = days(by_day.keys().map(|(_, day)| *day));
    let frame = store.with(|connection| stored_rounds::frame(connection, round))?;
    let drawn = frame.iter().filter(|desk| desk.drawn);
    let desks: Vec<(AreaCode, String, Tally)> = drawn
        .map(|line| {
            let desk = &line.desk;
            let on = |day: &NaiveDate| by_day.get(&(desk.clone(), *day)).copied().unwrap_or_default();
            let (issued, spent) = receipts.get(desk).copied().unwrap_or_default();
            let tally = Tally {
                transactions: line.transactions.map(u64::from),
                planned: wanted.get(desk).copied(),
                answers: by_day.iter().filter(|((at, _), _)| at == desk).map(|(_, n)| n).sum(),
                issued,
                spent,
                flags: flags.remove(desk).unwrap_or_default(),
                by_day: days.iter().map(on).collect(),
            };
            (desk.clone(), tree.get(desk).map(|area| area.name.clone()).unwrap_or_default(), tally)
        })
        .collect();
    let is_here = |at: &AreaCode| desks.iter().any(|(desk, _, _)| desk == at);
    let devices = devices.into_iter().map(|(device, _)| device).filter(|device| is_here(&device.desk)).collect();
    let (state, period, notice) = (found.state_code(), planned.period, catalogue.notice_of_quality());
    Ok(Progress { round: round.clone(), state, period, days, desks, devices, notice })
}

/// The desks of a round that were drawn, by code.
///
/// # Errors
/// When there is no such round, or the database fails.
pub fn drawn_desks(service: &Service, round: &RoundCode) -> Result<Vec<AreaCode>, AnalyseRefusal> {
    rounds::find(service.store(), round)?;
    let frame = service.store().with(|connection| stored_rounds::frame(connection, round))?;
    Ok(frame.iter().filter(|desk| desk.drawn).map(|desk| desk.desk.clone()).collect())
}

/// Flags by desk: those told when answers came in, and those that all answers together tell.
fn flags(service: &Service, plan: &RoundPlan) -> Result<BTreeMap<AreaCode, FlagCount>, AnalyseRefusal> {
    let Some(questionnaire) = service.catalogue().questionnaire(&plan.questionnaire) else {
        return Ok(BTreeMap::new());
    };
    let mut sieve = Sieve::new(service.catalogue().quality(), questionnaire);
    let desks = service.store().with(|connection| {
        let frame = stored_rounds::frame(connection, &plan.code)?;
        sieve.know(&frame, &responses::count_by_desk(connection, &plan.code, None)?);
        let places: BTreeMap<String, usize> =
            (0..).zip(frame.iter()).map(|(n, line)| (line.desk.to_string(), n)).collect();
        responses::rows(connection, (&plan.code, None), |row| {
            if let Some(place) = places.get(row.desk.as_str()) {
                sieve.flags(*place, row.packed, row.flags);
            }
            Ok::<_, StoreError>(())
        })?;
        Ok::<_, StoreError>(frame.iter().map(|line| line.desk.clone()).collect::<Vec<_>>())
    })?;
    Ok(desks.into_iter().zip(sieve.counts).collect())
}

/// Answers wanted of each desk, for the usual error of a district.
fn wanted_of_desks(service: &Service, round: &RoundCode) -> Result<BTreeMap<AreaCode, u64>, AnalyseRefusal> {
    let lines = plan::plan(service.store(), (round, None), UNITS, &Target::USUAL)?;
    Ok(lines.into_iter().filter_map(|line| Some((line.desk?, line.planned?))).collect())
}

/// From the first to the last day, every one of them; the latest year of them.
fn days(with_answers: impl Iterator<Item = NaiveDate> + Clone) -> Vec<NaiveDate> {
    let (Some(first), Some(last)) = (with_answers.clone().min(), with_answers.max()) else { return Vec::new() };
    let mut days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    days.drain(..days.len().saturating_sub(MAX_DAYS));
    days
}
