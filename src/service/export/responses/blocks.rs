//! Answer sheets on their way into blocks. Their answers stay the rows of bytes that they are packed as; what is withheld is
//! written over.

use super::super::questions::{Legends, Place};
use super::super::words::WITHHELD;
use super::columns::{Layout, Lists, channel_code};
use super::{Cover, Key, Question, Sheet};
use crate::domain::disclosure::local::Withheld;
use crate::domain::packing::{self, NO_ANSWER};
use crate::domain::quality::Reason;
use crate::export::codes::{Codes, Legend};
use crate::export::texts::{List, Texts};
use crate::export::{Block, Column};
use std::sync::Arc;

/// Rows of a block: enough to make the change between reading and writing cheap, and few enough for the cache of a processor.
const ROWS_PER_BLOCK: usize = 1_024;

/// Rows on their way into blocks.
pub(super) struct Blocks<'a> {
    layout: &'a Layout,
    lists: Lists,
    questions: Vec<Place>,
    legends: Legends,
    /// Those that need more than their own byte to be understood.
    spelled_out: Vec<Place>,
    /// Questions that are keys, with their places among the keys.
    keyed: Vec<(Place, usize)>,
    reasons: Vec<Reason>,
    /// By byte of a flag, the place among the keys.
    keyed_flags: Vec<Option<usize>>,
    flag_legend: Arc<Legend>,
    cover: Cover,
    /// Bytes of a packed sheet.
    width: usize,
    rows: Vec<Row>,
    /// How the sheets came, a byte a flag, one sheet behind the other.
    flags: Vec<u8>,
    /// Their answers, likewise.
    packed: Vec<u8>,
    n_withheld: u64,
    /// Rows of earlier blocks.
    n_before: u64,
}

/// A row, but for its codes.
struct Row {
    desk: u32,
    weight: Option<f64>,
}

impl<'a> Blocks<'a> {
    /// Before the first sheet. Sheets have `width` bytes.
    pub(super) fn new(layout: &'a Layout, questions: &'a [Question], cover: Cover, width: usize) -> Self {
        let width = width.max(1);
        let find = |key: Key| cover.keys().iter().position(|known| *known == key);
        let reasons: Vec<Reason> = layout.reasons().collect();
        let flags = [Key::Channel, Key::Admission].into_iter().chain(reasons.iter().copied().map(Key::Reason));
        let key_of = |(n, question): (usize, &Question)| Some((question.place, find(Key::Question(n))?));
        let mut flag_legend = [None; 256];
        flag_legend.iter_mut().zip(0..).for_each(|(slot, byte)| *slot = Some(byte));
        if let Some(slot) = flag_legend.get_mut(usize::from(packing::WITHHELD)) {
            *slot = Some(WITHHELD);
        }
        Self {
            lists: layout.lists(),
            questions: questions.iter().map(|question| question.place).collect(),
            legends: Legends::new(),
            spelled_out: questions.iter().map(|question| question.place).filter(|place| place.needs_others()).collect(),
            keyed: questions.iter().enumerate().filter_map(key_of).collect(),
            keyed_flags: flags.map(find).collect(),
            flag_legend: Arc::new(flag_legend),
            reasons,
            layout,
            cover,
            width,
            rows: Vec::new(),
            flags: Vec::new(),
            packed: Vec::new(),
            n_withheld: 0,
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
        self.rows.push(Row { desk: sheet.desk, weight: sheet.weight });
        self.n_withheld += withheld.count(self.cover.keys().len());
        self.flag(sheet, withheld);
        let start = self.packed.len();
        self.packed.extend_from_slice(sheet.packed.get(..self.width).unwrap_or(sheet.packed));
        self.packed.resize(start + self.width, NO_ANSWER);
        let packed = self.packed.get_mut(start..).unwrap_or_default();
        self.spelled_out.iter().for_each(|place| place.spell_out(packed));
        for (place, _) in self.keyed.iter().filter(|(_, key)| withheld.has(*key)) {
            place.withhold(packed);
        }
        self.rows.len() == ROWS_PER_BLOCK
    }

    /// Says how a sheet came.
    fn flag(&mut self, sheet: &Sheet, withheld: Withheld) {
        let start = self.flags.len();
        self.flags.extend([channel_code(sheet.channel), u8::from(sheet.has_receipt)]);
        self.flags.extend(self.reasons.iter().map(|reason| u8::from(sheet.reasons.has(*reason))));
        for (flag, key) in self.flags.iter_mut().skip(start).zip(&self.keyed_flags) {
            if key.is_some_and(|key| withheld.has(key)) {
                *flag = packing::WITHHELD;
            }
        }
    }

    /// The rows since the last time, and how many of their values are withheld.
    pub(super) fn take(&mut self) -> (Block, u64) {
        let desks = Arc::new(self.rows.iter().map(|row| row.desk).collect::<Vec<u32>>());
        let texts = |list: &List| Column::Texts(Texts::listed(Arc::clone(list), Arc::clone(&desks)));
        let mut columns = vec![self.numbers(), texts(&self.lists.stratum)];
        columns.push(self.lists.psu.as_ref().map_or_else(|| self.psus(), texts));
        columns.extend(self.design());
        columns.extend(self.lists.areas.iter().map(texts));
        columns.extend(self.codes());
        self.n_before += self.rows.len() as u64;
        self.rows.clear();
        (Block { columns }, std::mem::take(&mut self.n_withheld))
    }

    /// How the answers came, and what they are.
    fn codes(&mut self) -> Vec<Column> {
        let take = |bytes: &mut Vec<u8>| {
            let room = Vec::with_capacity(bytes.len());
            Arc::new(std::mem::replace(bytes, room))
        };
        let (flags, packed) = (take(&mut self.flags), take(&mut self.packed));
        let n_flags = self.keyed_flags.len();
        let flag = |place| Codes::laid(Arc::clone(&self.flag_legend), Arc::clone(&flags), n_flags, place);
        let flags = (0..n_flags).map(|place| Column::Codes(flag(place)));
        flags.chain(self.questions.iter().map(|place| place.column(&packed, self.width, &self.legends))).collect()
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
}
