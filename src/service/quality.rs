//! Flagged answers: how many there are and why, and what the figures would be without them.

use super::catalogue::Catalogue;
use super::exercise::{AnalyseRefusal, Exercise};
use super::results;
use crate::domain::disclosure::NoFigure;
use crate::domain::frame::Frame;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::packing::{self, NO_ANSWER};
pub use crate::domain::quality::Answers;
use crate::domain::quality::{FlagCount, Quality, QualityRules, Reason, Reasons};
use crate::domain::questionnaire::{ItemKind, Part, Questionnaire};
use crate::store::Store;
use std::collections::BTreeMap;

/// Judges stored answers: what was told when they came in, and what only all answers together can tell.
pub(super) struct Sieve<'a> {
    rules: Option<&'a QualityRules>,
    /// Bytes of the five-point satisfaction items.
    scale: Vec<usize>,
    /// By place of the desk in the frame: whether it has more answers than transactions.
    excess: Vec<bool>,
    /// By place of the desk in the frame: its flags.
    pub(super) counts: Vec<FlagCount>,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(rules: Option<&'a QualityRules>, questionnaire: &Questionnaire) -> Self {
        let items = questionnaire.items.iter().zip(packing::layout(questionnaire));
        let is_scale = |part, kind: &ItemKind| part == Part::Satisfaction && *kind == ItemKind::FivePoint;
        let scale = items.filter(|(item, _)| is_scale(item.part, &item.kind)).map(|(_, (offset, _))| offset).collect();
        Self { rules, scale, excess: Vec::new(), counts: Vec::new() }
    }

    /// Tells the desks of a round and how many answers each has.
    pub(super) fn know(&mut self, frame: &Frame, n_by_desk: &BTreeMap<AreaCode, u64>) {
        for desk in frame.iter() {
            let n = n_by_desk.get(&desk.desk).copied().unwrap_or_default();
            let is_excess = desk.transactions.is_some_and(|transactions| n > u64::from(transactions));
            self.excess.push(is_excess);
            self.counts.push(FlagCount::default());
        }
    }

    /// Judges an answer of the desk at a place in the frame, and counts it; whether it is flagged.
    pub(super) fn flags(&mut self, desk: usize, packed: &[u8], told: Reasons) -> bool {
        let reasons = self.judge(desk, packed, told);
        if let Some(count) = self.counts.get_mut(desk).filter(|_| self.rules.is_some()) {
            count.add(reasons);
        }
        !reasons.is_empty()
    }

    /// Why an answer of the desk at a place in the frame is flagged.
    pub(super) fn judge(&self, desk: usize, packed: &[u8], told: Reasons) -> Reasons {
        let Some(rules) = self.rules else { return Reasons::NONE };
        let codes = self.scale.iter().map(|offset| packed.get(*offset).copied().unwrap_or(NO_ANSWER));
        told.with(Reason::StraightLine, rules.is_straight_line(codes))
            .with(Reason::MoreThanTransactions, self.excess.get(desk).copied().unwrap_or_default())
    }
}

/// Counts the flags of a round.
///
/// # Errors
/// When the round is unknown or cannot be analysed.
pub fn report(catalogue: &Catalogue, store: &Store, round: &RoundCode) -> Result<Quality, AnalyseRefusal> {
    let exercise = Exercise::of_round(catalogue, store, round, Answers::All)?;
    let survey = exercise.named(round)?;
    let mut whole = FlagCount::default();
    survey.sample.flags.values().for_each(|count| whole.add_all(count));
    let mut desks: Vec<(AreaCode, String, FlagCount)> = Vec::new();
    for (desk, count) in survey.sample.flags.iter().filter(|(_, count)| count.n_flagged > 0) {
        let name = exercise.tree.get(desk).map(|area| area.name.clone()).unwrap_or_default();
        desks.push((desk.clone(), name, *count));
    }
    desks.sort_by(|(_, _, a), (_, _, b)| b.share().total_cmp(&a.share()));
    let overall = |answers| {
        let found = results::results(catalogue, store, round, (None, answers), None)?;
        let first = found.rows.into_iter().next();
        Ok::<_, AnalyseRefusal>(
            first
                .map_or_else(|| Err(NoFigure::None("no figure".to_owned())), |row| row.satisfied.unwrap_or(row.figure)),
        )
    };
    Ok(Quality {
        round: round.clone(),
        notice: catalogue.notice_of_quality(),
        whole,
        desks,
        overall: [overall(Answers::All)?, overall(Answers::Unflagged)?],
    })
}
