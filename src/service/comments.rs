//! Comments: reading them, letting them be shown, and where they are shown then.

use super::exercise::AnalyseRefusal;
use super::{areas, rounds};
use crate::domain::comment::{CommentRef, Standing};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::unit_report::{Role, UnitReport};
use crate::store::comments::{Moderated, moderated, settle as settle_rows};
use crate::store::{self, Store, StoreError};
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
    /// The words.
    pub text: String,
}

/// A page of comments for whoever decides.
#[derive(Debug)]
pub struct Page {
    /// How many comments of the round have each standing; those that none has are left out.
    pub counts: BTreeMap<Standing, u64>,
    /// The comments of the page.
    pub comments: Vec<ToRead>,
    /// Whether there are more behind them.
    pub has_more: bool,
}

/// The first so many comments of a round with a standing, behind one of them if it is named, with the names of their desks; in an
/// order that tells nothing of when they came.
///
/// # Errors
/// When the round is unknown, or the database does not answer.
pub fn page(
    store: &Store,
    round: &RoundCode,
    (standing, after): (Standing, Option<&CommentRef>),
    n: u32,
) -> Result<Page, AnalyseRefusal> {
    rounds::find(store, round)?;
    let tree = areas::tree(store)?;
    let (counts, mut rows) = store.with(|connection| {
        // One more than is shown says whether there are more.
        let rows = store::comments::page(connection, round, (standing, after), n + 1)?;
        Ok((store::comments::counts(connection, round)?, rows))
    })?;
    let has_more = rows.len() > n as usize;
    rows.truncate(n as usize);
    let to_read = |Moderated { comment, desk, .. }: Moderated| ToRead {
        reference: CommentRef { response: comment.response, item: comment.item },
        desk_name: tree.get(&desk).map(|area| area.name.clone()).unwrap_or_default(),
        desk,
        text: comment.text,
    };
    Ok(Page { counts, comments: rows.into_iter().map(to_read).collect(), has_more })
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
