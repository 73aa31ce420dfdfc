//! Elements and items as bars, each with its interval.

use super::canvas::{ACCENT, Anchor, Canvas, INK, LINE, Letters, PALE, Room, SOFT, Scale, Stroke, tenth};
use super::words::{self, sentence};
use super::{Mark, Picture, ROOMY, Unit};
use crate::domain::disclosure::NoFigure;
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

/// Height of a bar.
const TALL: f64 = 15.0;
const NAME: Letters = Letters::of(13.0);
const VALUE: Letters = Letters::of(12.5);
const TICK: Letters = Letters::of(11.0).fill(SOFT);

/// Bars, one below the other.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// What their values are.
    pub unit: Unit,
    /// Level of the intervals, for example 0.95.
    pub level: f64,
    /// From top to bottom.
    pub rows: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// A short code for the table; may be empty.
    pub code: String,
    /// What it stands for.
    pub name: String,
    /// Whether the bars after it are parts of it: an element above its items.
    pub is_heading: bool,
    /// Its value, or why there is none.
    pub shown: Result<Mark, NoFigure>,
}

impl Picture for Bars {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let rows = || self.rows.iter().filter_map(|row| Some((row, row.shown.as_ref().ok()?)));
        // Items are compared with items; where there are only headings, these.
        let has_items = rows().any(|(row, _)| !row.is_heading);
        let compared = || rows().filter(|(row, _)| row.is_heading != has_items);
        let best = compared().max_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
        let worst = compared().min_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
        let said = |(row, mark): (&Bar, &Mark)| format!("{}, {}", row.name, self.unit.with_interval(tongue, mark));
        match (best, worst) {
            (Some(best), Some(worst)) if best.0.name != worst.0.name => {
                let (high, low) = tongue.of(("Cao nhất: ", "Thấp nhất: "), ("Highest: ", "Lowest: "));
                format!("{high}{}. {low}{}.", said(best), said(worst))
            }
            (Some(only), _) => sentence(&said(only)),
            _ => tongue.of("Chưa có số liệu được hiển thị.", "No figures are shown.").to_owned(),
        }
    }

    fn table(&self, tongue: Tongue) -> Table {
        let decimals = self.unit.decimals();
        let mut table = Table::new([
            (tongue.of("Nội dung", "Subject").to_owned(), Align::Left),
            (tongue.of("Mã", "Code").to_owned(), Align::Left),
            (self.unit.heading(tongue), Align::Right),
            (words::interval_heading(tongue, self.level), Align::Right),
            (tongue.of("Số phiếu", "Answers").to_owned(), Align::Right),
        ]);
        for row in &self.rows {
            let [value, interval, n] = match &row.shown {
                Ok(mark) => [
                    Numbers(tongue).decimal(mark.value, decimals),
                    words::interval(tongue, mark.interval, decimals),
                    // What officials assess has no answers.
                    if mark.n == 0 { "–".to_owned() } else { Numbers(tongue).count(mark.n) },
                ],
                Err(why) => [words::absent(tongue, why); 3].map(str::to_owned),
            };
            table.row([row.name.clone(), row.code.clone(), value, interval, n]);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let plan = Plan::of(self, tongue, canvas.width());
        let mut top = 6.0;
        for row in &self.rows {
            top = plan.row(canvas, row, top);
        }
        plan.axis(canvas, tongue, top);
    }
}

/// Where things stand.
struct Plan<'a> {
    bars: &'a Bars,
    tongue: Tongue,
    is_roomy: bool,
    /// From the left edge of names to their right one.
    names: (f64, f64),
    scale: Scale,
    /// The right edge of values.
    right: f64,
}

impl<'a> Plan<'a> {
    fn of(bars: &'a Bars, tongue: Tongue, width: f64) -> Self {
        let is_roomy = width >= ROOMY;
        let value = |row: &Bar| value(bars.unit, tongue, row);
        let widest =
            bars.rows.iter().map(value).map(|[value, interval]| VALUE.bold().width(&value) + VALUE.width(&interval));
        let values = widest.fold(60.0, f64::max) + 14.0;
        let right = width - 4.0;
        let names = if is_roomy { (4.0, width * 0.42) } else { (4.0, right) };
        let start = if is_roomy { width * 0.44 } else { 10.0 };
        let scale = Scale { values: (0.0, bars.unit.end()), places: (start, right - values) };
        Self { bars, tongue, is_roomy, names, scale, right }
    }

    /// Draws a bar with its name from `top` down, and says where it ends.
    fn row(&self, canvas: &mut Canvas, row: &Bar, top: f64) -> f64 {
        let letters = if row.is_heading { NAME.bold() } else { NAME };
        let left = self.names.0 + if row.is_heading { 0.0 } else { 8.0 };
        let lines = letters.wrapped(&row.name, self.names.1 - left);
        // An element stands apart from what is above it.
        let top = if row.is_heading { top + 6.0 } else { top };
        let below = canvas.lines((left, top), letters, &lines);
        let (bar_top, bottom) = if self.is_roomy {
            let tall = (below - top).max(TALL + 2.0);
            (top + (tall - TALL) / 2.0, top + tall)
        } else {
            (below + 2.0, below + 2.0 + TALL)
        };
        self.bar(canvas, row, bar_top);
        bottom + if self.is_roomy { 6.0 } else { 8.0 }
    }

    fn bar(&self, canvas: &mut Canvas, row: &Bar, top: f64) {
        let (start, end) = self.scale.places;
        let room = |to: f64| Room { left: start, top, wide: to - start, tall: TALL };
        let middle = top + TALL / 2.0;
        match &row.shown {
            Ok(mark) => {
                let line = format!("M{} {}H{}", tenth(start), tenth(middle), tenth(end));
                canvas.path(&line, &Stroke::of(LINE, 1.0));
                let fill = if row.is_heading { ACCENT } else { PALE };
                canvas.rect(room(self.scale.at(mark.value)), fill, Some(ACCENT));
                if let Some(ends) = mark.interval {
                    canvas.whisker((self.scale.at(ends.low), self.scale.at(ends.high)), tenth(middle));
                }
            }
            Err(NoFigure::Hidden) => canvas.hollow(room(end)),
            Err(NoFigure::None(_)) => {}
        }
        let [value, interval] = value(self.bars.unit, self.tongue, row);
        let base = middle + VALUE.size * 0.36;
        canvas.text((self.right, base), VALUE.fill(SOFT).at(Anchor::End), &interval);
        let beside = self.right - VALUE.width(&interval);
        canvas.text((beside, base), VALUE.bold().at(Anchor::End), &value);
    }

    fn axis(&self, canvas: &mut Canvas, tongue: Tongue, top: f64) {
        let (start, end) = self.scale.places;
        let mut marks = format!("M{} {}H{}", tenth(start), tenth(top), tenth(end));
        for quarter in 0..=4 {
            let value = self.bars.unit.end() * f64::from(quarter) / 4.0;
            let x = tenth(self.scale.at(value));
            marks.push_str(&format!("M{x} {}v4", tenth(top)));
            let whole = u8::from(value.fract() != 0.0);
            canvas.text((x, top + 16.0), TICK.at(Anchor::Middle), &Numbers(tongue).decimal(value, whole));
        }
        canvas.path(&marks, &Stroke::of(INK, 1.0));
        let has_interval = |row: &Bar| row.shown.as_ref().is_ok_and(|mark| mark.interval.is_some());
        if !self.bars.rows.iter().any(has_interval) {
            return;
        }
        let heading = lower(&words::interval_heading(tongue, self.bars.level));
        let note =
            tongue.of(format!("Vạch đen có hai đầu: {heading}."), format!("Black line with two ends: {heading}."));
        let lines = TICK.wrapped(&note, self.right - 4.0);
        canvas.lines((4.0, top + 22.0), TICK, &lines);
    }
}

/// The first letter small, for words within a sentence.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect()
}

/// Value and interval beside a bar.
fn value(unit: Unit, tongue: Tongue, row: &Bar) -> [String; 2] {
    match &row.shown {
        Ok(mark) => {
            let (number, decimals) = (Numbers(tongue), unit.decimals());
            let interval =
                mark.interval.map_or_else(String::new, |ends| format!(" ({})", number.interval(ends, decimals)));
            [number.decimal(mark.value, decimals), interval]
        }
        Err(why) => [words::absent(tongue, why).to_owned(), String::new()],
    }
}
