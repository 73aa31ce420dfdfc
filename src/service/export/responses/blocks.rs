//! Answer sheets on their way into blocks. A block is filled column by column: what a column has to decide is decided once for all
//! its rows.

use super::super::questions::Answer;
use super::super::words::WITHHELD;
use super::columns::{Layout, Lists, channel_code};
use super::{Cover, Key, Question, Sheet};
use crate::domain::channel::Channel;
use crate::domain::disclosure::local::Withheld;
use crate::domain::packing::NO_ANSWER;
use crate::domain::quality::{Reason, Reasons};
use crate::export::texts::{List, Texts};
use crate::export::variable::Kind;
use crate::export::{Block, Column};
use std::sync::Arc;

/// Rows of a block: enough to make the change between reading and writing cheap, and few enough for the cache of a processor.
const ROWS_PER_BLOCK: usize = 1_024;

/// Rows on their way into blocks.
pub(super) struct Blocks<'a> {
    layout: &'a Layout,
    lists: Lists,
    /// Each with its place among the keys, if it is one.
    questions: Vec<(&'a Question, Option<usize>)>,
    reasons: Vec<(Reason, Option<usize>)>,
    key_of_channel: Option<usize>,
    key_of_admission: Option<usize>,
    cover: Cover,
    /// Bytes of a packed sheet.
    width: usize,
    rows: Vec<Row>,
    /// Their answers, one sheet behind the other.
    packed: Vec<u8>,
    /// Rows of earlier blocks.
    n_before: u64,
}

/// A row, but for its answers.
struct Row {
    desk: u32,
    weight: Option<f64>,
    channel: Channel,
    has_receipt: bool,
    reasons: Reasons,
    withheld: Withheld,
}

impl<'a> Blocks<'a> {
    /// Before the first sheet. Sheets have `width` bytes.
    pub(super) fn new(layout: &'a Layout, questions: &'a [Question], cover: Cover, width: usize) -> Self {
        let width = width.max(1);
        let find = |key: Key| cover.keys().iter().position(|known| *known == key);
        Self {
            lists: layout.lists(),
            questions: questions.iter().enumerate().map(|(n, question)| (question, find(Key::Question(n)))).collect(),
            reasons: layout.reasons().map(|reason| (reason, find(Key::Reason(reason)))).collect(),
            key_of_channel: find(Key::Channel),
            key_of_admission: find(Key::Admission),
            layout,
            cover,
            width,
            rows: Vec::with_capacity(ROWS_PER_BLOCK),
            packed: Vec::with_capacity(ROWS_PER_BLOCK * width),
            n_before: 0,
        }
    }

    /// Takes a sheet and says whether the block is full. What is withheld does not depend on what is left out.
    pub(super) fn row(&mut self, sheet: &Sheet, is_left_out: bool) -> bool {
        if self.layout.desk(sheet.desk).is_none() {
            return false;
        }
        let withheld = self.cover.next(sheet.group);
        if is_left_out {
            return false;
        }
        let Sheet { desk, weight, channel, has_receipt, reasons, packed, .. } = *sheet;
        self.rows.push(Row { desk, weight, channel, has_receipt, reasons, withheld });
        self.packed.extend_from_slice(packed.get(..self.width).unwrap_or(packed));
        self.packed.resize(self.rows.len() * self.width, NO_ANSWER);
        self.rows.len() == ROWS_PER_BLOCK
    }

    /// The rows since the last time, and how many of their values are withheld.
    pub(super) fn take(&mut self) -> (Block, u64) {
        let desks = Arc::new(self.rows.iter().map(|row| row.desk).collect::<Vec<u32>>());
        let texts = |list: &List| Column::Texts(Texts::listed(Arc::clone(list), Arc::clone(&desks)));
        let mut columns = vec![self.numbers(), texts(&self.lists.stratum)];
        columns.push(self.lists.psu.as_ref().map_or_else(|| self.psus(), texts));
        columns.extend(self.design());
        columns.extend(self.lists.areas.iter().map(texts));
        columns.extend(self.flags());
        columns.extend(self.questions.iter().map(|(question, key)| self.answers(question, *key)));
        let n_keys = self.cover.keys().len();
        let n_withheld = self.rows.iter().map(|row| row.withheld.count(n_keys)).sum();
        self.n_before += self.rows.len() as u64;
        self.rows.clear();
        self.packed.clear();
        (Block { columns }, n_withheld)
    }

    /// Each row with its number in the file, from 1.
    fn numbered(&self) -> impl Iterator<Item = (u64, &Row)> {
        (self.n_before + 1..).zip(&self.rows)
    }

    fn numbers(&self) -> Column {
        Column::Numbers(self.numbered().map(|(number, _)| Some(number as f64)).collect())
    }

    /// The PSU of each row, where it may be the row itself.
    fn psus(&self) -> Column {
        let psu = |(number, row): (u64, &Row)| {
            let desk = self.layout.desk(row.desk)?;
            Some(if desk.design.rows_are_psus {
                format!("{}:{number}", desk.psu).into()
            } else {
                Arc::clone(&desk.psu)
            })
        };
        Column::Texts(self.numbered().map(psu).collect())
    }

    /// Weight and sizes of the stages.
    fn design(&self) -> [Column; 3] {
        let designs = || self.rows.iter().map(|row| (row, self.layout.desk(row.desk).map(|desk| &desk.design)));
        let weight = designs().map(|(row, design)| row.weight.or(design.map(|design| design.weight)));
        let (weight, first, second) = (
            weight.collect(),
            designs().map(|(_, design)| design?.first_stage_size).collect(),
            designs().map(|(_, design)| design?.second_stage_size).collect(),
        );
        [weight, first, second].map(Column::Numbers)
    }

    /// How an answer came.
    fn flags(&self) -> Vec<Column> {
        let channels = self.keyed(self.key_of_channel, |row| channel_code(row.channel));
        let admissions = self.keyed(self.key_of_admission, |row| i16::from(row.has_receipt));
        let reason = |(reason, key): &(Reason, Option<usize>)| {
            let reason = *reason;
            self.keyed(*key, move |row| i16::from(row.reasons.has(reason)))
        };
        [channels, admissions].into_iter().chain(self.reasons.iter().map(reason)).collect()
    }

    fn keyed(&self, key: Option<usize>, code: impl Fn(&Row) -> i16) -> Column {
        let shown = |row: &Row| if is_withheld(row, key) { WITHHELD } else { code(row) };
        Column::Codes(self.rows.iter().map(|row| Some(shown(row))).collect())
    }

    fn answers(&self, question: &Question, key: Option<usize>) -> Column {
        let sheets = || self.rows.iter().zip(self.packed.chunks_exact(self.width));
        if let Kind::Number { .. } = question.variable.kind {
            let number = |(row, packed): (&Row, &[u8])| match question.answer(packed) {
                Answer::Number(number) => number.filter(|_| !is_withheld(row, key)).map(f64::from),
                Answer::Code(_) => None,
            };
            return Column::Numbers(sheets().map(number).collect());
        }
        let code = |packed: &[u8]| match question.answer(packed) {
            Answer::Code(code) => code,
            Answer::Number(_) => None,
        };
        Column::Codes(match key {
            // Nearly all of a file is answers, which are never withheld.
            None => sheets().map(|(_, packed)| code(packed)).collect(),
            Some(_) => sheets()
                .map(|(row, packed)| if is_withheld(row, key) { Some(WITHHELD) } else { code(packed) })
                .collect(),
        })
    }
}

fn is_withheld(row: &Row, key: Option<usize>) -> bool {
    key.is_some_and(|key| row.withheld.has(key))
}
