//! Comments: reading them, letting them be shown, and where they are shown then.

use super::exercise::AnalyseRefusal;
use super::{areas, rounds};
use crate::domain::comment::{CommentRef, Standing};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::unit_report::{Role, UnitReport};
use crate::store::comments::{Moderated, moderated, settle as settle_rows};
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// The comments of a round with a standing, or all of them; in an order that tells nothing of when they came.
///
/// # Errors
/// When the round is unknown, or the database does not answer.
pub fn of_round(store: &Store, round: &RoundCode, wanted: Option<Standing>) -> Result<Vec<Moderated>, StoreError> {
    let mut all = store.with(|connection| moderated(connection, round))?;
    all.retain(|one| wanted.is_none_or(|wanted| one.standing == wanted));
    Ok(all)
}

/// A comment for whoever decides whether it may be shown.
#[derive(Debug)]
pub struct ToRead {
    /// Which it is.
    pub reference: CommentRef,
    /// The desk it was written at.
    pub desk: AreaCode,
    /// The desk's name.
    pub desk_name: String,
    /// Whether it may be shown.
    pub standing: Standing,
    /// The words.
    pub text: String,
}

/// The comments of a round with the names of their desks, in the order of their references.
///
/// # Errors
/// When the round is unknown, or the database does not answer.
pub fn to_read(store: &Store, round: &RoundCode) -> Result<Vec<ToRead>, AnalyseRefusal> {
    rounds::find(store, round)?;
    let (tree, all) = (areas::tree(store)?, of_round(store, round, None)?);
    let to_read = |Moderated { comment, desk, standing }: Moderated| ToRead {
        reference: CommentRef { response: comment.response, item: comment.item },
        desk_name: tree.get(&desk).map(|area| area.name.clone()).unwrap_or_default(),
        desk,
        standing,
        text: comment.text,
    };
    let mut all: Vec<ToRead> = all.into_iter().map(to_read).collect();
    all.sort_by(|a, b| a.reference.cmp(&b.reference));
    Ok(all)
}

/// Why no comment was settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleRefusal {
    /// One of them is not there.
    #[error("there is no {0}")]
    Unknown(String),
    /// The round is unknown, or the database does not answer.
    #[error(transparent)]
    Analyse(#[from] AnalyseRefusal),
}

/// Lets comments be shown, or not: all that are named, or none where one of them is not there.
///
/// # Errors
/// When the round or a comment is unknown, or the database does not answer.
pub fn settle(store: &Store, round: &RoundCode, meant: &[(CommentRef, Standing)]) -> Result<(), SettleRefusal> {
    rounds::find(store, round).map_err(AnalyseRefusal::from)?;
    store.with(|connection| settle_rows(connection, round, meant)).map_err(|error| match error {
        StoreError::Unknown(what) => SettleRefusal::Unknown(what),
        other => AnalyseRefusal::from(other).into(),
    })
}

/// The comments that each area's page shows, in alphabetical order, from the approved ones of a round.
///
/// A desk's comments are shown where its number of answers is, there and in the areas it lies in: a comment that stood on the
/// page of a unit only would be known to come from the desk whose page leaves it out.
#[must_use]
pub fn shown(reports: &[UnitReport], comments: &[Moderated]) -> BTreeMap<AreaCode, Vec<String>> {
    let is_shown = |report: &&UnitReport| report.coverage.answers.is_some();
    let areas: BTreeSet<&AreaCode> = reports.iter().filter(is_shown).map(|report| &report.subject.area.code).collect();
    let mut shown: BTreeMap<AreaCode, Vec<String>> = BTreeMap::new();
    for report in reports.iter().filter(is_shown).filter(|report| report.subject.role == Role::Desk) {
        let desk = &report.subject.area.code;
        let own = comments.iter().filter(|one| one.standing == Standing::Approved && one.desk == *desk);
        let texts: Vec<&String> = own.map(|one| &one.comment.text).collect();
        let above = report.subject.within.iter().map(|area| &area.code).filter(|area| areas.contains(area));
        for area in std::iter::once(desk).chain(above) {
            shown.entry(area.clone()).or_default().extend(texts.iter().map(|text| (*text).clone()));
        }
    }
    shown.values_mut().for_each(|texts| texts.sort());
    shown
}
