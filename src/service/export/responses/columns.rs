//! The columns of a file of answers, and their way into blocks.

use super::super::questions::Answer;
use super::super::words::{self, WITHHELD, label};
use super::{Cover, Key, Question, Sheet};
use crate::domain::area::{AreaTree, Level};
use crate::domain::channel::Channel;
use crate::domain::disclosure::local::Withheld;
use crate::domain::frame::Frame;
use crate::domain::ids::AreaCode;
use crate::domain::quality::Reason;
use crate::export::variable::{Kind, Label, Names, Role, Variable};
use crate::export::{Block, Column};
use crate::statistics::{DesignColumns, RowDesign};
use std::sync::Arc;

/// Rows of a block: enough to make the change between reading and writing cheap.
const ROWS_PER_BLOCK: usize = 8_192;

/// The columns that do not come from the questionnaire, with what they hold for each desk.
pub(in crate::service::export) struct Layout {
    row: String,
    design: [String; 5],
    areas: Vec<AreaColumns>,
    channel: String,
    admission: String,
    reasons: Vec<(Reason, String)>,
    desks: Vec<Option<DeskColumns>>,
}

struct AreaColumns {
    level: Level,
    code: String,
    name: String,
}

/// What is the same for all rows of a desk.
struct DeskColumns {
    design: RowDesign,
    stratum: Arc<str>,
    psu: Arc<str>,
    /// Code and name by level.
    areas: Vec<Option<(Arc<str>, Arc<str>)>>,
}

impl Layout {
    /// Gives the names, before those of the questionnaire.
    pub(super) fn begin(tree: &AreaTree, root: &AreaCode, names: &mut Names) -> Self {
        let mut give = |called: &str| names.give(called);
        let row = give("row");
        let design = ["stratum", "psu", "weight", "fpc1", "fpc2"].map(&mut give);
        let is_there = |level: &Level| tree.at_level(*level, root).next().is_some();
        let levels = Level::ALL.into_iter().filter(is_there);
        let areas = levels
            .map(|level| AreaColumns { level, code: give(level.code()), name: give(&format!("{}_name", level.code())) })
            .collect();
        let (channel, admission) = (give("channel"), give("admission"));
        let reasons = Reason::ALL.map(|reason| (reason, give(&format!("flag_{reason}")))).into();
        Self { row, design, areas, channel, admission, reasons, desks: Vec::new() }
    }

    /// Looks up what is the same for all rows of a desk.
    pub(super) fn of_desks(mut self, tree: &AreaTree, frame: &Frame, design: &DesignColumns) -> Self {
        let text = |text: &str| Arc::<str>::from(text);
        let desk = |(desk, design): (&crate::domain::frame::FrameDesk, &Option<RowDesign>)| {
            let design = design.clone()?;
            let area = |columns: &AreaColumns| {
                let area = tree.lineage(&desk.desk).find(|area| area.level == columns.level)?;
                Some((text(area.code.as_str()), text(&area.name)))
            };
            Some(DeskColumns {
                stratum: text(&design.stratum),
                psu: text(desk.desk.as_str()),
                areas: self.areas.iter().map(area).collect(),
                design,
            })
        };
        let desks = frame.iter().zip(&design.desks).map(desk).collect();
        self.desks = desks;
        self
    }

    /// The variables of the file, in order.
    pub(super) fn variables(&self, questions: &[Question]) -> Vec<Variable> {
        let number = |name: &String, label: Label, role, decimals| {
            words::variable(name.clone(), label, role, Kind::Number { decimals })
        };
        let desks = || self.desks.iter().flatten();
        let longest =
            |texts: &mut dyn Iterator<Item = usize>| Kind::Text { max_bytes: texts.max().unwrap_or(1).max(1) };
        let text = |name: &String, label: Label, role, kind| words::variable(name.clone(), label, role, kind);
        let [stratum, psu, weight, fpc1, fpc2] = &self.design;
        // Behind the desk stand a colon and a number of up to 20 digits where rows are the PSUs.
        let psu_kind =
            longest(&mut desks().map(|desk| desk.psu.len() + if desk.design.rows_are_psus { 21 } else { 0 }));
        let mut variables = vec![
            number(
                &self.row,
                label("Số thứ tự trong tệp; thứ tự ngẫu nhiên", "Number in this file; in random order"),
                Role::Key,
                0,
            ),
            text(
                stratum,
                label("Tầng", "Stratum"),
                Role::Stratum,
                longest(&mut desks().map(|desk| desk.stratum.len())),
            ),
            text(psu, label("Đơn vị chọn mẫu bậc một", "Primary sampling unit"), Role::Psu, psu_kind),
            number(weight, label("Quyền số", "Design weight"), Role::Weight, 6),
            number(
                fpc1,
                label("Số đơn vị bậc một của tầng trong tổng thể", "PSUs of the stratum in the population"),
                Role::FirstStageSize,
                0,
            ),
            number(
                fpc2,
                label(
                    "Số lượt giao dịch của đơn vị bậc một trong tổng thể",
                    "Transactions of the PSU in the population",
                ),
                Role::SecondStageSize,
                0,
            ),
        ];
        for (place, columns) in self.areas.iter().enumerate() {
            let called = words::level(columns.level);
            let texts = || desks().filter_map(|desk| desk.areas.get(place)?.as_ref());
            let code = label(format!("{}: mã", called.vi), format!("{}: code", called.en));
            variables.push(text(&columns.code, code, Role::Key, longest(&mut texts().map(|(code, _)| code.len()))));
            let name = label(format!("{}: tên", called.vi), format!("{}: name", called.en));
            variables.push(text(&columns.name, name, Role::Key, longest(&mut texts().map(|(_, name)| name.len()))));
        }
        variables.extend(self.flags());
        variables.extend(questions.iter().map(|question| question.variable.clone()));
        variables
    }

    /// The variables that say how an answer came.
    fn flags(&self) -> Vec<Variable> {
        let coded = |name: &String, label, mut categories: Vec<_>| {
            categories.push(words::withheld());
            words::variable(name.clone(), label, Role::Flag, Kind::Coded { categories, is_ordered: false })
        };
        let channels = Channel::ALL.map(|channel| words::category(channel_code(channel), words::channel(channel)));
        let admissions = [label("không có mã phiếu hẹn", "walk-in"), label("có mã phiếu hẹn", "with a receipt code")];
        let admissions = (0..).zip(admissions).map(|(code, label)| words::category(code, label));
        let mut variables = vec![
            coded(&self.channel, label("Kênh trả lời", "Channel"), channels.into()),
            coded(&self.admission, label("Hình thức vào", "Admission"), admissions.collect()),
        ];
        variables
            .extend(self.reasons.iter().map(|(reason, name)| coded(name, words::reason(*reason), words::no_and_yes())));
        variables
    }
}

/// Channels keep their codes, which begin with 1.
fn channel_code(channel: Channel) -> i16 {
    channel as i16 + 1
}

/// Rows on their way into blocks.
pub(in crate::service::export) struct Writing<'a> {
    layout: &'a Layout,
    questions: &'a [Question],
    cover: Cover,
    columns: Vec<Column>,
    n_rows: u64,
    n_in_block: usize,
    n_withheld: u64,
    /// By question: its place among the keys, if it is one.
    key_of_question: Vec<Option<usize>>,
    key_of_channel: Option<usize>,
    key_of_admission: Option<usize>,
    keys_of_reasons: Vec<Option<usize>>,
    n_keys: usize,
}

impl<'a> Writing<'a> {
    pub(super) fn new(layout: &'a Layout, questions: &'a [Question], cover: Cover) -> Self {
        let keys = cover.keys();
        let find = |key: Key| keys.iter().position(|known| *known == key);
        Self {
            key_of_question: (0..questions.len()).map(|place| find(Key::Question(place))).collect(),
            key_of_channel: find(Key::Channel),
            key_of_admission: find(Key::Admission),
            keys_of_reasons: layout.reasons.iter().map(|(reason, _)| find(Key::Reason(*reason))).collect(),
            n_keys: keys.len(),
            layout,
            questions,
            cover,
            columns: Vec::new(),
            n_rows: 0,
            n_in_block: 0,
            n_withheld: 0,
        }
    }

    /// Takes a sheet and says whether the block is full. What is withheld does not depend
    /// on what is left out.
    pub(super) fn row(&mut self, sheet: &Sheet, is_left_out: bool) -> bool {
        let Some(Some(of_desk)) = self.layout.desks.get(sheet.desk as usize) else { return false };
        let withheld = self.cover.next(sheet.desk, sheet.combination);
        if is_left_out {
            return false;
        }
        if self.n_in_block == 0 {
            self.columns = self.empty();
        }
        self.n_rows += 1;
        self.n_in_block += 1;
        self.n_withheld += withheld.count(self.n_keys);
        let mut columns = self.columns.iter_mut();
        let row = self.n_rows;
        let mut push = Push { columns: &mut columns };
        let design = &of_desk.design;
        push.number(Some(row as f64));
        push.text(Some(&of_desk.stratum));
        match design.rows_are_psus {
            true => push.text(Some(&format!("{}:{row}", of_desk.psu).into())),
            false => push.text(Some(&of_desk.psu)),
        }
        push.number(Some(sheet.weight.unwrap_or(design.weight)));
        push.number(design.first_stage_size);
        push.number(design.second_stage_size);
        for area in &of_desk.areas {
            push.text(area.as_ref().map(|(code, _)| code));
            push.text(area.as_ref().map(|(_, name)| name));
        }
        push.key(withheld, self.key_of_channel, channel_code(sheet.channel));
        push.key(withheld, self.key_of_admission, i16::from(sheet.has_receipt));
        for ((reason, _), key) in self.layout.reasons.iter().zip(&self.keys_of_reasons) {
            push.key(withheld, *key, i16::from(sheet.reasons.has(*reason)));
        }
        for (question, key) in self.questions.iter().zip(&self.key_of_question) {
            let is_withheld = key.is_some_and(|key| withheld.has(key));
            match question.answer(sheet.packed) {
                Answer::Code(_) if is_withheld => push.code(Some(WITHHELD)),
                Answer::Code(code) => push.code(code),
                Answer::Number(_) if is_withheld => push.number(None),
                Answer::Number(number) => push.number(number.map(f64::from)),
            }
        }
        self.n_in_block == ROWS_PER_BLOCK
    }

    /// The rows since the last time, and how many of their values are withheld.
    pub(super) fn take(&mut self) -> (Block, u64) {
        let columns = if self.n_in_block == 0 { self.empty() } else { std::mem::take(&mut self.columns) };
        self.n_in_block = 0;
        (Block { columns }, std::mem::take(&mut self.n_withheld))
    }

    fn empty(&self) -> Vec<Column> {
        let column = |variable: &Variable| match variable.kind {
            Kind::Coded { .. } => Column::Codes(Vec::with_capacity(ROWS_PER_BLOCK)),
            Kind::Number { .. } => Column::Numbers(Vec::with_capacity(ROWS_PER_BLOCK)),
            Kind::Text { .. } => Column::Texts(Vec::with_capacity(ROWS_PER_BLOCK)),
        };
        self.layout.variables(self.questions).iter().map(column).collect()
    }
}

/// Puts the values of a row behind those of the rows before.
struct Push<'c, 'v> {
    columns: &'c mut std::slice::IterMut<'v, Column>,
}

impl Push<'_, '_> {
    fn number(&mut self, value: Option<f64>) {
        if let Some(Column::Numbers(values)) = self.columns.next() {
            values.push(value);
        }
    }

    fn text(&mut self, value: Option<&Arc<str>>) {
        if let Some(Column::Texts(values)) = self.columns.next() {
            values.push(value.cloned());
        }
    }

    fn code(&mut self, value: Option<i16>) {
        if let Some(Column::Codes(values)) = self.columns.next() {
            values.push(value);
        }
    }

    fn key(&mut self, withheld: Withheld, key: Option<usize>, value: i16) {
        let is_withheld = key.is_some_and(|key| withheld.has(key));
        self.code(Some(if is_withheld { WITHHELD } else { value }));
    }
}
