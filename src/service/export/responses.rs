//! A round's answers as a file: one row a sheet, with the design it was collected under.
//!
//! The round is read twice in one view of the database: once to count (rows, weights, what is withheld), once to write. Nothing
//! is kept of a row in between.

use super::super::catalogue::Catalogue;
use super::super::exercise::{AnalyseRefusal, questionnaire_of, scheme_of};
use super::super::quality::Sieve;
use super::super::sample::{SampleRefusal, design_of};
use super::super::{areas, rounds};
use super::keys::{Cover, Key, Person, Tally};
use super::questions::{Question, questions};
use super::{ExportRefusal, Prepared, Request, Sink, analysis, tables};
use crate::domain::area::AreaTree;
use crate::domain::frame::Frame;
use crate::domain::ids::AreaCode;
use crate::domain::index::table::Source;
use crate::domain::quality::{Answers, QualityRules};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::round::AnyRound;
use crate::export::Table;
use crate::export::variable::Names;
use crate::statistics::DesignColumns;
use crate::store::{self, Connection, Store};
use columns::{Layout, Writing};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

mod columns;

/// Everything that was settled before the answers are read.
struct Plan<'a> {
    catalogue: &'a Catalogue,
    request: &'a Request,
    round: AnyRound,
    questionnaire: Arc<Questionnaire>,
    tree: AreaTree,
    /// The area whose rows are exported.
    unit: AreaCode,
}

/// What the first reading finds.
struct Counted {
    frame: Frame,
    /// All sheets by desk.
    n_by_desk: BTreeMap<AreaCode, u64>,
    /// Those that count, by place of the desk in the frame.
    n_rows: Vec<u64>,
    n_flagged: u64,
    tally: Tally,
    cut: crate::domain::ids::Digest,
}

/// Exports a round's answers.
pub(super) fn export(
    catalogue: &Catalogue,
    store: &Store,
    request: &Request,
    sink: &mut dyn Sink,
) -> Result<(), ExportRefusal> {
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
    let plan = Plan { catalogue, request, round, questionnaire, tree, unit };
    // A refusal is no failure of the database, and neither is an output that cannot be written.
    store.with(|connection| Ok(connection.snapshot(|connection| plan.export(connection, sink))))?
}

impl Plan<'_> {
    fn export(&self, connection: &mut Connection, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
        let mut names = Names::default();
        let layout = Layout::begin(&self.tree, &self.round.plan().area, &mut names);
        let questions = questions(self.catalogue, &self.questionnaire, &mut names);
        let keys = Key::all(self.catalogue, &self.questionnaire, &questions);
        let counted = self.count(connection, &questions, Tally::new(keys))?;
        let places: BTreeSet<u32> = (0_u32..)
            .zip(counted.frame.iter())
            .filter(|(_, desk)| self.tree.is_within(&desk.desk, &self.unit))
            .map(|(place, _)| place)
            .collect();
        let (desks, per_stratum) = design_of(&counted.frame);
        let inference = self.round.plan().mode.into();
        let design = DesignColumns::of_round(desks, &per_stratum, counted.n_rows.clone(), inference, &places);
        let round = || self.request.round.clone();
        let design = design.map_err(|fault| SampleRefusal::Design { round: round(), fault })?;
        let n_rows = counted.n_rows.iter().zip(&design.desks).filter(|(_, desk)| desk.is_some()).map(|(n, _)| n).sum();
        let layout = layout.of_desks(&self.tree, &counted.frame, &design);
        let table = Table {
            name: self.request.table.to_string(),
            title: format!("Phiếu trả lời đợt {}: {}", self.request.round, self.title()),
            variables: layout.variables(&questions),
            notes: tables::notes_of_answers(&design, self.request.answers),
            n_rows,
        };
        let source = self.source(&counted);
        sink.begin(Prepared {
            analysis: Some(analysis::of(self.catalogue, &self.questionnaire, &questions, &design, source.cut)),
            from: tables::provenance(self.catalogue, self.round.plan(), self.request, vec![source]),
            table,
        })?;
        if !sink.wants_rows() {
            return Ok(());
        }
        let mut sieve = self.sieve();
        sieve.know(&counted.frame, &counted.n_by_desk);
        let cover = counted.tally.decide();
        self.write(connection, &counted.frame, &sieve, Writing::new(&layout, &questions, cover), sink)
    }

    /// How the questionnaire is headed.
    fn title(&self) -> &str {
        let reference = &self.questionnaire.reference;
        let first = self.questionnaire.languages.first();
        first.and_then(|first| self.catalogue.texts(reference, first)).map_or("", |texts| &texts.title)
    }

    fn rules(&self) -> Option<&QualityRules> {
        self.catalogue.quality()
    }

    fn sieve(&self) -> Sieve<'_> {
        Sieve::new(self.rules(), &self.questionnaire)
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
            answers: self.request.answers,
            cut: counted.cut,
        }
    }

    /// The first reading.
    fn count(
        &self,
        connection: &mut Connection,
        questions: &[Question],
        mut tally: Tally,
    ) -> Result<Counted, ExportRefusal> {
        let frame = store::rounds::frame(connection, &self.request.round)?;
        let places = places(&frame);
        let mut sieve = self.sieve();
        // Whether a desk has more answers than transactions is known when all are counted.
        sieve.know(&frame, &BTreeMap::new());
        let mut n_all = vec![0_u64; places.len()];
        let mut n_flagged = n_all.clone();
        let cut = store::responses::rows(connection, &self.request.round, |row| {
            let Some(&desk) = places.get(row.desk) else { return Ok::<_, ExportRefusal>(()) };
            let reasons = sieve.judge(desk as usize, row.packed, row.flags);
            let (channel, has_receipt) = (row.channel, row.has_receipt);
            tally.add(desk, &Person { packed: row.packed, channel, has_receipt, reasons }, questions);
            for (counts, holds) in [(&mut n_all, true), (&mut n_flagged, !reasons.is_empty())] {
                if let Some(n) = counts.get_mut(desk as usize).filter(|_| holds) {
                    *n += 1;
                }
            }
            Ok(())
        })?;
        let has_rules = self.rules().is_some();
        for ((desk, n), flagged) in frame.iter().zip(&n_all).zip(&mut n_flagged) {
            if has_rules && desk.transactions.is_some_and(|transactions| *n > u64::from(transactions)) {
                *flagged = *n;
            }
        }
        let n_by_desk = frame.iter().map(|desk| desk.desk.clone()).zip(n_all.iter().copied()).collect();
        let n_rows = match self.request.answers {
            Answers::All => n_all,
            Answers::Unflagged => n_all.iter().zip(&n_flagged).map(|(n, flagged)| n - flagged).collect(),
        };
        drop(places);
        Ok(Counted { n_flagged: n_flagged.iter().sum(), frame, n_by_desk, n_rows, tally, cut })
    }

    /// The second reading.
    fn write(
        &self,
        connection: &mut Connection,
        frame: &Frame,
        sieve: &Sieve,
        mut writing: Writing,
        sink: &mut dyn Sink,
    ) -> Result<(), ExportRefusal> {
        let places = places(frame);
        store::responses::rows(connection, &self.request.round, |row| {
            let Some(&desk) = places.get(row.desk) else { return Ok(()) };
            let reasons = sieve.judge(desk as usize, row.packed, row.flags);
            let (channel, has_receipt) = (row.channel, row.has_receipt);
            let person = Person { packed: row.packed, channel, has_receipt, reasons };
            let is_left_out = self.request.answers == Answers::Unflagged && !reasons.is_empty();
            if writing.row(desk, &person, row.weight, is_left_out) {
                let (block, n_withheld) = writing.take();
                sink.rows(block, n_withheld)?;
            }
            Ok::<_, ExportRefusal>(())
        })?;
        let (block, n_withheld) = writing.take();
        sink.rows(block, n_withheld)
    }
}

/// The place of each desk in the frame.
fn places(frame: &Frame) -> HashMap<&AreaCode, u32, foldhash::fast::RandomState> {
    frame.iter().map(|desk| &desk.desk).zip(0..).collect()
}
