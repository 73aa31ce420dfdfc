//! Items by how satisfied people are with them and by how closely they go with satisfaction as a whole: what is weak and goes
//! closely with it is to be mended first.

use super::canvas::{Anchor, Canvas, INK, Letters, Room, SOFT, Scale, Stroke, WHITE, WRONG, tenth};
use super::words;
use super::{Mark, Picture, Unit};
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

const CODE: Letters = Letters::of(11.5);
const QUARTER: Letters = Letters::of(11.5).fill(SOFT);
const LISTED: Letters = Letters::of(12.5);
const AXIS: Letters = Letters::of(11.5).fill(SOFT);
const DOT: f64 = 4.2;
const DECIMALS: u8 = 2;

/// The plot.
#[derive(Debug, Clone)]
pub struct Importance {
    /// What it shows.
    pub title: String,
    /// Level of the intervals, for example 0.95.
    pub level: f64,
    /// The items.
    pub items: Vec<Weighed>,
}

/// An item.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Its code, short enough to stand beside a dot.
    pub code: String,
    /// What it asks.
    pub name: String,
    /// Percent satisfied.
    pub satisfaction: Mark,
    /// How closely it goes with satisfaction with all other items: a correlation, −1 to 1.
    pub importance: Mark,
}

/// Where an item lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quarter {
    /// Weak and important.
    FixFirst,
    /// Weak and less important.
    FixLater,
    /// Strong and important.
    KeepUp,
    /// Strong and less important.
    Maintain,
}

impl Quarter {
    const ALL: [Self; 4] = [Self::FixFirst, Self::KeepUp, Self::FixLater, Self::Maintain];

    fn name(self, tongue: Tongue) -> &'static str {
        match self {
            Self::FixFirst => tongue.of("Ưu tiên khắc phục", "Fix first"),
            Self::FixLater => tongue.of("Khắc phục sau", "Fix later"),
            Self::KeepUp => tongue.of("Giữ vững", "Keep up"),
            Self::Maintain => tongue.of("Duy trì", "Maintain"),
        }
    }
}

impl Importance {
    /// The means of all items, which part the plot: satisfaction and importance.
    #[must_use]
    pub fn means(&self) -> (f64, f64) {
        let n = self.items.len().max(1) as f64;
        let sum = |of: fn(&Weighed) -> f64| self.items.iter().map(of).sum::<f64>() / n;
        (sum(|item| item.satisfaction.value), sum(|item| item.importance.value))
    }

    /// Where an item lies.
    #[must_use]
    pub fn quarter(&self, item: &Weighed) -> Quarter {
        let (satisfaction, importance) = self.means();
        match (item.satisfaction.value < satisfaction, item.importance.value >= importance) {
            (true, true) => Quarter::FixFirst,
            (true, false) => Quarter::FixLater,
            (false, true) => Quarter::KeepUp,
            (false, false) => Quarter::Maintain,
        }
    }

    /// Whether both intervals of an item stay on its side of the means.
    #[must_use]
    pub fn is_sure(&self, item: &Weighed) -> bool {
        let (satisfaction, importance) = self.means();
        let beside = |mark: &Mark, mean: f64| mark.interval.is_some_and(|ends| ends.high < mean || ends.low > mean);
        beside(&item.satisfaction, satisfaction) && beside(&item.importance, importance)
    }

    /// What to mend first, the weakest before the others.
    #[must_use]
    pub fn first(&self) -> Vec<&Weighed> {
        let mut first: Vec<&Weighed> =
            self.items.iter().filter(|item| self.quarter(item) == Quarter::FixFirst).collect();
        first.sort_by(|a, b| a.satisfaction.value.total_cmp(&b.satisfaction.value));
        first
    }
}

impl Picture for Importance {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let said = |item: &&Weighed| {
            let doubt = if self.is_sure(item) { "" } else { tongue.of(", chưa chắc", ", not certain") };
            format!("{} ({}{doubt})", item.name, Unit::Percent.said(tongue, item.satisfaction.value))
        };
        let first: Vec<String> = self.first().iter().map(said).collect();
        if first.is_empty() {
            return tongue
                .of("Không có mục nào vừa yếu vừa quan trọng.", "No item is both weak and important.")
                .to_owned();
        }
        format!("{}: {}.", Quarter::FixFirst.name(tongue), first.join("; "))
    }

    fn table(&self, tongue: Tongue) -> Table {
        let interval = words::interval_heading(tongue, self.level);
        let mut table = Table::new([
            (tongue.of("Nội dung", "Subject").to_owned(), Align::Left),
            (tongue.of("Mã", "Code").to_owned(), Align::Left),
            (tongue.of("Hài lòng (%)", "Satisfied (%)").to_owned(), Align::Right),
            (interval.clone(), Align::Right),
            (
                tongue.of("Tương quan với hài lòng chung", "Correlation with satisfaction as a whole").to_owned(),
                Align::Right,
            ),
            (interval, Align::Right),
            (tongue.of("Nhóm", "Group").to_owned(), Align::Left),
        ]);
        for item in &self.items {
            let doubt = if self.is_sure(item) { "" } else { tongue.of(" (chưa chắc)", " (not certain)") };
            table.row([
                item.name.clone(),
                item.code.clone(),
                Numbers(tongue).decimal(item.satisfaction.value, 1),
                words::interval(tongue, item.satisfaction.interval, 1),
                Numbers(tongue).decimal(item.importance.value, DECIMALS),
                words::interval(tongue, item.importance.interval, DECIMALS),
                format!("{}{doubt}", self.quarter(item).name(tongue)),
            ]);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let wide = canvas.width() - 8.0;
        let plot = Room { left: 4.0, top: 24.0, wide, tall: (wide * 0.75).min(400.0) };
        let x = scale(self.items.iter().map(|item| item.satisfaction.value), (plot.left + 16.0, plot.right() - 16.0));
        let y = scale(self.items.iter().map(|item| item.importance.value), (plot.bottom() - 30.0, plot.top + 30.0));
        canvas.shape("M8.5 5l3.5 9h-7z", SOFT, SOFT);
        canvas.text((18.0, 14.0), AXIS, tongue.of("quan trọng hơn", "more important"));
        self.quarters(canvas, tongue, &plot, (x, y));
        let mut taken: Vec<Room> = self.items.iter().map(|item| around(at(item, x, y), DOT + 1.0)).collect();
        let (middle, level) = (x.at(self.means().0), y.at(self.means().1));
        taken.push(Room { left: middle - 1.0, wide: 2.0, ..plot });
        taken.push(Room { top: level - 1.0, tall: 2.0, ..plot });
        taken.extend(self.first().into_iter().flat_map(|item| crossed(item, (x, y))));
        for item in &self.items {
            self.mark(canvas, item, (x, y));
        }
        for item in &self.items {
            label(canvas, item, at(item, x, y), &plot, &mut taken);
        }
        let (right, base) = (tenth(plot.right()), tenth(plot.bottom() + 15.0));
        canvas.shape(&format!("M{right} {}l-9 -3.5v7z", base - 4.0), SOFT, SOFT);
        canvas.text((right - 13.0, base), AXIS.at(Anchor::End), tongue.of("hài lòng hơn", "more satisfied"));
        self.list(canvas, tongue, plot.bottom() + 24.0);
    }
}

impl Importance {
    /// The quarters with their names in the corners, where no dot comes.
    fn quarters(&self, canvas: &mut Canvas, tongue: Tongue, plot: &Room, (x, y): (Scale, Scale)) {
        let (satisfaction, importance) = self.means();
        let (middle, level) = (x.at(satisfaction), y.at(importance));
        canvas.rect(Room { wide: middle - plot.left, tall: level - plot.top, ..*plot }, "#fbe9e4", None);
        canvas.rect(*plot, "none", Some(SOFT));
        let cross = format!(
            "M{} {}V{}M{} {}H{}",
            tenth(middle),
            plot.top,
            tenth(plot.bottom()),
            plot.left,
            tenth(level),
            tenth(plot.right())
        );
        canvas.path(&cross, &Stroke { dashes: Some("4 3"), ..Stroke::of(SOFT, 1.0) });
        for quarter in Quarter::ALL {
            let is_left = matches!(quarter, Quarter::FixFirst | Quarter::FixLater);
            let is_upper = matches!(quarter, Quarter::FixFirst | Quarter::KeepUp);
            let base = if is_upper { plot.top + 16.0 } else { plot.bottom() - 7.0 };
            let letters = if quarter == Quarter::FixFirst { QUARTER.bold().fill(WRONG) } else { QUARTER };
            let name = letters.fitted(quarter.name(tongue), plot.wide / 2.0 - 12.0);
            match is_left {
                true => canvas.text((plot.left + 6.0, base), letters, &name),
                false => canvas.text((plot.right() - 6.0, base), letters.at(Anchor::End), &name),
            }
        }
    }

    /// A square for what is to be mended first, filled where that is sure; a dot for the others.
    fn mark(&self, canvas: &mut Canvas, item: &Weighed, (x, y): (Scale, Scale)) {
        let (left, top) = at(item, x, y);
        if self.quarter(item) != Quarter::FixFirst {
            canvas.dot((left, top), DOT, WHITE);
            return;
        }
        for line in crossed(item, (x, y)) {
            canvas.rect(line, WRONG, None);
        }
        let side = 2.0 * DOT;
        let room = Room { left: left - DOT, top: top - DOT, wide: side, tall: side };
        canvas.rect(room, if self.is_sure(item) { WRONG } else { WHITE }, Some(WRONG));
    }

    /// What the marks mean, and in words what to mend first.
    fn list(&self, canvas: &mut Canvas, tongue: Tongue, top: f64) {
        let room = canvas.width() - 8.0;
        let key = tongue.of(
            "Ô vuông: ưu tiên khắc phục; tô đặc là chắc, để trống là khoảng còn chạm mức trung bình. Đường đứt: trung bình các mục.",
            "Squares: fix first; filled where certain, hollow where an interval still meets the mean. Broken lines: means of all items.",
        );
        let mut top = canvas.lines((4.0, top), AXIS, &AXIS.wrapped(key, room)) + 4.0;
        for item in self.first() {
            let said = format!("{}: {}", item.code, item.name);
            top = canvas.lines((4.0, top), LISTED, &LISTED.wrapped(&said, room));
        }
    }
}

fn at(item: &Weighed, x: Scale, y: Scale) -> (f64, f64) {
    (x.at(item.satisfaction.value), y.at(item.importance.value))
}

/// The lines of an item's intervals, across and up.
fn crossed(item: &Weighed, (x, y): (Scale, Scale)) -> Vec<Room> {
    let (left, top) = at(item, x, y);
    let across = item.satisfaction.interval.map(|ends| {
        let (low, high) = (x.at(ends.low), x.at(ends.high));
        Room { left: low, top: top - 0.5, wide: high - low, tall: 1.0 }
    });
    let up = item.importance.interval.map(|ends| {
        let (low, high) = (y.at(ends.low), y.at(ends.high));
        Room { left: left - 0.5, top: high, wide: 1.0, tall: low - high }
    });
    across.into_iter().chain(up).collect()
}

fn around((x, y): (f64, f64), half: f64) -> Room {
    Room { left: x - half, top: y - half, wide: 2.0 * half, tall: 2.0 * half }
}

/// From the least to the largest of some values; a single value lies in the middle.
fn scale(values: impl Iterator<Item = f64> + Clone, places: (f64, f64)) -> Scale {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = (finite.clone().fold(f64::INFINITY, f64::min), finite.fold(f64::NEG_INFINITY, f64::max));
    let values = if low < high { (low, high) } else { (low - 1.0, low + 1.0) };
    Scale { values, places }
}

/// Writes an item's code beside its dot, where nothing else stands: near it if that can be, otherwise farther away with a line
/// to it. Where a plot is too full, the code stands in the table only.
fn label(canvas: &mut Canvas, item: &Weighed, (x, y): (f64, f64), plot: &Room, taken: &mut Vec<Room>) {
    /// Right, left, above, below, and the corners.
    const SIDES: [(f64, f64); 8] =
        [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let (wide, tall) = (CODE.width(&item.code) + 2.0, CODE.size);
    for distance in [DOT + 2.0, 14.0, 24.0, 36.0] {
        for (across, down) in SIDES {
            let middle = (x + across * (distance + wide / 2.0), y + down * (distance + tall / 2.0));
            let room = Room { left: middle.0 - wide / 2.0, top: middle.1 - tall / 2.0, wide, tall };
            let is_inside = room.left >= plot.left + 2.0
                && room.right() <= plot.right() - 2.0
                && room.top >= plot.top + 20.0
                && room.bottom() <= plot.bottom() - 20.0;
            if !is_inside || taken.iter().any(|other| other.meets(&room)) {
                continue;
            }
            if distance > DOT + 2.0 {
                let end = (x + across * (DOT + distance), y + down * (DOT + distance));
                let line = format!("M{} {}L{} {}", tenth(x), tenth(y), tenth(end.0), tenth(end.1));
                canvas.path(&line, &Stroke::of(SOFT, 0.8));
            }
            canvas.text((middle.0, room.top + tall - 1.5), CODE.fill(INK).at(Anchor::Middle), &item.code);
            taken.push(room);
            return;
        }
    }
}
