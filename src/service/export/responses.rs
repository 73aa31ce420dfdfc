//! A round's answers as a file: one row a sheet, with the design it was collected under.
//!
//! How much a row weighs and what is withheld of it is known when all are counted. So the round is read once, and the rows wait
//! in a [`spool`](super::spool) meanwhile: memory does not grow with them.

use super::super::exercise::{AnalyseRefusal, questionnaire_of, scheme_of};
use super::super::sample::{SampleRefusal, design_of};
use super::super::{areas, rounds};
use super::keys::{Cover, Key, Person, Tally};
use super::questions::{Question, questions};
use super::spool::{Sheet, Spool};
use super::{ExportRefusal, Prepared, Sink, Task, analysis, tables};
use crate::domain::area::AreaTree;
use crate::domain::frame::Frame;
use crate::domain::ids::AreaCode;
use crate::domain::index::table::Source;
use crate::domain::packing;
use crate::domain::quality::{Answers, Reason};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::round::AnyRound;
use crate::export::Table;
use crate::export::variable::Names;
use crate::statistics::DesignColumns;
use blocks::Blocks;
use columns::Layout;
use counting::{Counted, Judging};
use std::collections::BTreeSet;
use std::sync::Arc;

mod blocks;
mod columns;
mod counting;

/// Everything that was settled before the answers are read.
struct Plan<'a> {
    task: &'a Task<'a>,
    round: AnyRound,
    questionnaire: Arc<Questionnaire>,
    tree: AreaTree,
    /// The area whose rows are exported.
    unit: AreaCode,
}

/// Exports a round's answers.
pub(super) fn export(task: &Task, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
    let Task { catalogue, store, request, .. } = *task;
    let round = rounds::find(store, &request.round)?;
    let questionnaire = Arc::clone(questionnaire_of(catalogue, store, round.plan())?);
    scheme_of(catalogue, store, round.plan())?;
    let tree = areas::tree(store)?;
    let root = &round.plan().area;
    let unit = request.unit.as_ref().unwrap_or(root);
    if !tree.is_within(unit, root) {
        return Err(AnalyseRefusal::UnknownUnit(unit.clone()).into());
    }
    let unit = unit.clone();
    Plan { task, round, questionnaire, tree, unit }.export(sink)
}

impl Plan<'_> {
    fn export(&self, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
        let Task { catalogue, request, .. } = *self.task;
        let mut names = Names::default();
        let layout = Layout::begin(&self.tree, &self.round.plan().area, &mut names);
        let questions = questions(catalogue, &self.questionnaire, &mut names);
        let keys = Key::all(catalogue, &self.questionnaire, &questions);
        let judging = Judging { rules: catalogue.quality(), questionnaire: &self.questionnaire, questions: &questions };
        let counted = counting::count(self.task, &judging, keys)?;
        self.task.check_answers(counted.cut)?;
        let places: BTreeSet<u32> = (0_u32..)
            .zip(counted.frame.iter())
            .filter(|(_, desk)| self.tree.is_within(&desk.desk, &self.unit))
            .map(|(place, _)| place)
            .collect();
        let (desks, per_stratum) = design_of(&counted.frame);
        let inference = self.round.plan().mode.into();
        let design = DesignColumns::of_round(desks, &per_stratum, counted.n_rows.clone(), inference, &places);
        let round = || request.round.clone();
        let design = design.map_err(|fault| SampleRefusal::Design { round: round(), fault })?;
        let n_rows = counted.n_rows.iter().zip(&design.desks).filter(|(_, desk)| desk.is_some()).map(|(n, _)| n).sum();
        let layout = layout.of_desks(&self.tree, &counted.frame, &design);
        let table = Table {
            name: request.table.to_string(),
            title: format!("Phiếu trả lời đợt {}: {}", request.round, self.title()),
            variables: layout.variables(&questions),
            notes: [tables::notes_of_answers(&design, request.answers), self.task.notes()].concat(),
            n_rows,
        };
        let source = self.source(&counted);
        sink.begin(Prepared {
            analysis: Some(analysis::of(catalogue, &self.questionnaire, &questions, &design, source.cut)),
            from: tables::provenance(catalogue, self.round.plan(), request, vec![source]),
            table,
        })?;
        if !sink.wants_rows() {
            return Ok(());
        }
        let Counted { tally, spool, excess, .. } = counted;
        let width = packing::sheet_width(&self.questionnaire);
        self.write(spool, &excess, Blocks::new(&layout, &questions, tally.decide(), width), sink)
    }

    /// How the questionnaire is headed.
    fn title(&self) -> &str {
        let reference = &self.questionnaire.reference;
        let first = self.questionnaire.languages.first();
        first.and_then(|first| self.task.catalogue.texts(reference, first)).map_or("", |texts| &texts.title)
    }

    fn source(&self, counted: &Counted) -> Source {
        let (plan, questionnaire) = (self.round.plan(), &self.questionnaire);
        Source {
            round: plan.code.clone(),
            mode: plan.mode,
            state: self.round.state_code(),
            questionnaire: questionnaire.reference.clone(),
            questionnaire_digest: questionnaire.digest,
            questionnaire_status: questionnaire.status,
            n_responses: counted.n_rows.iter().sum(),
            n_flagged: counted.n_flagged,
            answers: self.task.request.answers,
            cut: counted.cut,
        }
    }

    /// Writes what was read.
    fn write(
        &self,
        spool: Spool,
        excess: &[bool],
        mut blocks: Blocks,
        sink: &mut dyn Sink,
    ) -> Result<(), ExportRefusal> {
        let mut sheets = spool.turn()?;
        while let Some(mut sheet) = sheets.next()? {
            let is_excess = excess.get(sheet.desk as usize).copied().unwrap_or_default();
            sheet.reasons = sheet.reasons.with(Reason::MoreThanTransactions, is_excess);
            let is_left_out = self.task.request.answers == Answers::Unflagged && !sheet.reasons.is_empty();
            if blocks.row(&sheet, is_left_out) {
                let (block, n_withheld) = blocks.take();
                sink.rows(block, n_withheld)?;
            }
        }
        let (block, n_withheld) = blocks.take();
        sink.rows(block, n_withheld)
    }
}
