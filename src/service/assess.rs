//! Reads self-assessments from a sheet: `unit,sub_criterion,self_score,appraised_score,not_applicable,note`, one row per
//! unit and sub-criterion.

use super::catalogue::Catalogue;
use super::refusal::FileRefusal;
use super::rounds::{self, RoundRefusal};
use super::sheet::{Columns, Row, Sheet};
use crate::domain::area::AreaTree;
use crate::domain::assessment::{Assessment, Entry, Score, ScoreFault, Side};
use crate::domain::fault::Fault;
use crate::domain::ids::{AreaCode, CriterionCode, RoundCode};
use crate::domain::period::Year;
use crate::domain::points::Points;
use crate::domain::publication::{LateArrival, LateFile, LateKind};
use crate::domain::round::{AnyRound, RoundPlan};
use crate::domain::scheme::Scheme;
use crate::store::assessments::AssessmentRow;
use crate::store::{self, Store};
use chrono::Utc;
use std::collections::BTreeMap;

const COLUMNS: Columns<'_> = Columns {
    required: &["unit", "sub_criterion", "self_score"],
    optional: &["appraised_score", "not_applicable", "note"],
};

/// Reads the assessments of any number of units, by unit.
///
/// # Errors
/// Every fault of every row: units that the scheme does not rate or that do not exist in the year, sub-criteria that are
/// not in the scheme or that a survey scores, points beyond the maximum or between two steps, points for something that
/// is not applicable, and scores given twice.
pub fn read(bytes: &[u8], scheme: &Scheme, tree: &AreaTree, year: Year) -> Result<Vec<Assessment>, Vec<Fault>> {
    let sheet = Sheet::read(bytes, COLUMNS)?;
    let mut assessments: BTreeMap<AreaCode, Assessment> = BTreeMap::new();
    let (_, faults) = sheet.parse(|row| {
        let (unit, code, entry) = entry(row, scheme, tree, year)?;
        let assessment = assessments.entry(unit.clone()).or_insert_with(|| Assessment::new(unit));
        let in_row = |faults: Vec<ScoreFault>| faults.iter().map(|fault| fault_in(row, fault)).collect();
        assessment.enter(scheme, code, entry).map_err::<Vec<Fault>, _>(in_row)
    });
    if faults.is_empty() { Ok(assessments.into_values().collect()) } else { Err(faults) }
}

/// Imports a sheet of scores for the exercise of a round; returns how many units it covers. A `late` file corrects scores
/// of a published round, and that it came is noted with them.
///
/// # Errors
/// Every fault of the sheet with its row; an unknown round, or an exercise that is published; or the database
/// failed. Then nothing is changed.
pub fn take(
    catalogue: &Catalogue,
    store: &Store,
    round: &RoundCode,
    csv: &[u8],
    late: Option<&LateFile>,
) -> Result<usize, FileRefusal> {
    let plan = rounds::find(store, round)?.plan().clone();
    match late {
        Some(_) => rounds::refuse_unpublished(store, std::iter::once(round))?,
        None => refuse_after_publication(store, &plan)?,
    }
    let scheme = catalogue.scheme(&plan.scheme).ok_or_else(|| RoundRefusal::UnknownScheme(plan.scheme.clone()))?;
    let assessments = read(csv, scheme, &super::areas::tree(store)?, plan.year)?;
    let rows: Vec<AssessmentRow> = assessments.iter().flat_map(rows_of).collect();
    let n = assessments.len();
    store.with(|connection| {
        connection.transact(|connection| {
            store::assessments::replace(connection, &plan.scheme, plan.year, &rows)?;
            late.map_or(Ok(()), |file| {
                let (file, arrived) = (file.clone(), Utc::now());
                let arrival = LateArrival { kind: LateKind::Scores, file, n: n as u64, arrived };
                store::publications::note_arrival(connection, round, &arrival)
            })
        })
    })?;
    Ok(n)
}

/// Scores belong to the exercise, so one published round of it fixes them for all.
fn refuse_after_publication(store: &Store, plan: &RoundPlan) -> Result<(), FileRefusal> {
    let published = store.with(store::rounds::all)?.into_iter().find(|round| {
        let other = round.plan();
        let same = (&other.scheme, &other.area, other.year) == (&plan.scheme, &plan.area, plan.year);
        same && matches!(round, AnyRound::Published(_))
    });
    match published {
        None => Ok(()),
        Some(round) => Err(RoundRefusal::Published(round.plan().code.clone()).into()),
    }
}

fn rows_of(assessment: &Assessment) -> impl Iterator<Item = AssessmentRow> {
    assessment.entries().map(|(sub_criterion, entry)| AssessmentRow {
        unit: assessment.unit().clone(),
        sub_criterion: sub_criterion.clone(),
        entry: entry.clone(),
    })
}

/// The assessments that stored rows make, by unit.
///
/// # Errors
/// Every row that does not fit the scheme any more, in one text.
pub fn from_rows(scheme: &Scheme, rows: Vec<AssessmentRow>) -> Result<BTreeMap<AreaCode, Assessment>, String> {
    let mut assessments: BTreeMap<AreaCode, Assessment> = BTreeMap::new();
    let mut faults = Vec::new();
    for AssessmentRow { unit, sub_criterion, entry } in rows {
        let assessment = assessments.entry(unit.clone()).or_insert_with(|| Assessment::new(unit.clone()));
        if let Err(found) = assessment.enter(scheme, sub_criterion, entry) {
            faults.extend(found.iter().map(|fault| format!("{unit}: {fault}")));
        }
    }
    if faults.is_empty() { Ok(assessments) } else { Err(faults.join("; ")) }
}

fn entry(
    row: Row<'_>,
    scheme: &Scheme,
    tree: &AreaTree,
    year: Year,
) -> Result<(AreaCode, CriterionCode, Entry), Vec<Fault>> {
    let mut faults = Vec::new();
    let unit = row.read("unit", "unknown-unit", |text| rated_unit(text, scheme, tree, year), &mut faults);
    let code = row.read("sub_criterion", "unknown-sub-criterion", CriterionCode::parse, &mut faults);
    let claimed = row.read_optional("self_score", "bad-points", Points::parse, &mut faults);
    let appraised = row.read_optional("appraised_score", "bad-points", Points::parse, &mut faults);
    let not_applicable = row.read_yes_no("not_applicable", false, &mut faults);
    let score = if faults.is_empty() {
        Score::new(not_applicable, claimed, appraised).map_err(|fault| faults.push(fault_in(row, &fault))).ok()
    } else {
        None
    };
    match (unit, code, score) {
        (Some(unit), Some(code), Some(score)) => Ok((unit, code, Entry { score, note: row.cell("note").to_owned() })),
        _ => Err(faults),
    }
}

fn rated_unit(text: &str, scheme: &Scheme, tree: &AreaTree, year: Year) -> Result<AreaCode, String> {
    let code = AreaCode::parse(text).map_err(|fault| fault.to_string())?;
    let area = tree.get(&code).ok_or_else(|| format!("{code} is not an area; import it first or correct the code"))?;
    if area.level != scheme.rates {
        return Err(format!("{code} is a {}, but {} rates units of level {}", area.level, scheme.id, scheme.rates));
    }
    if !area.validity.holds_in(year) {
        return Err(format!("{code} does not exist in {year}"));
    }
    Ok(code)
}

fn fault_in(row: Row<'_>, fault: &ScoreFault) -> Fault {
    let column = match (fault, fault.side()) {
        (ScoreFault::UnknownSubCriterion { .. } | ScoreFault::Twice { .. }, _) => "sub_criterion",
        (ScoreFault::PointsThoughNotApplicable, _) => "not_applicable",
        (_, Some(Side::Appraised)) => "appraised_score",
        (_, Some(Side::Claimed) | None) => "self_score",
    };
    row.fault(column, fault.code(), fault.to_string())
}
