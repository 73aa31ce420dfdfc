//! The columns of a file of answers, and what they hold for all rows of a desk.

use super::super::words::{self, label};
use super::Question;
use crate::domain::area::{AreaTree, Level};
use crate::domain::channel::Channel;
use crate::domain::frame::Frame;
use crate::domain::ids::AreaCode;
use crate::domain::quality::Reason;
use crate::export::texts::List;
use crate::export::variable::{Kind, Label, Names, Role, Variable};
use crate::statistics::{DesignColumns, RowDesign};
use std::sync::Arc;

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
pub(super) struct DeskColumns {
    pub(super) design: RowDesign,
    pub(super) psu: Arc<str>,
    /// Code and name by level.
    areas: Vec<Option<(Arc<str>, Arc<str>)>>,
}

/// Texts by the place of a desk in the frame.
pub(super) struct Lists {
    pub(super) stratum: List,
    /// None if the PSU of some rows is the row itself.
    pub(super) psu: Option<List>,
    /// Code and name of each level.
    pub(super) areas: Vec<List>,
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
            Some(DeskColumns { psu: text(desk.desk.as_str()), areas: self.areas.iter().map(area).collect(), design })
        };
        let desks = frame.iter().zip(&design.desks).map(desk).collect();
        self.desks = desks;
        self
    }

    /// What is the same for all rows of a desk, by its place in the frame; none of one that is left out.
    pub(super) fn desk(&self, place: u32) -> Option<&DeskColumns> {
        self.desks.get(place as usize)?.as_ref()
    }

    /// The reasons that have a column, in order.
    pub(super) fn reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons.iter().map(|(reason, _)| *reason)
    }

    /// Texts that are the same for all rows of a desk, column by column.
    pub(super) fn lists(&self) -> Lists {
        let list = |read: &dyn Fn(&DeskColumns) -> Option<Arc<str>>| -> List {
            self.desks.iter().map(|desk| desk.as_ref().and_then(read)).collect()
        };
        let are_rows = self.desks.iter().flatten().any(|desk| desk.design.rows_are_psus);
        let area = |place: usize| {
            let code = list(&|desk| desk.areas.get(place)?.as_ref().map(|(code, _)| Arc::clone(code)));
            let name = list(&|desk| desk.areas.get(place)?.as_ref().map(|(_, name)| Arc::clone(name)));
            [code, name]
        };
        Lists {
            stratum: list(&|desk| Some(desk.design.stratum.as_str().into())),
            psu: (!are_rows).then(|| list(&|desk| Some(Arc::clone(&desk.psu)))),
            areas: (0..self.areas.len()).flat_map(area).collect(),
        }
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
                longest(&mut desks().map(|desk| desk.design.stratum.len())),
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
        let channels =
            Channel::ALL.map(|channel| words::category(i16::from(channel_code(channel)), words::channel(channel)));
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
pub(super) fn channel_code(channel: Channel) -> u8 {
    channel as u8 + 1
}
