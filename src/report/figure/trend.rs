//! A figure over the years, with a band for its interval. Where the way of measuring changed, the line breaks.

use super::canvas::{ACCENT, Anchor, Canvas, INK, LINE, Letters, PALE, Room, SOFT, Scale, Stroke, WRONG, tenth};
use super::words;
use super::{Mark, Picture, Unit};
use crate::domain::estimate::Interval;
use crate::domain::period::Year;
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

const TALL: f64 = 170.0;
const TICK: Letters = Letters::of(11.5).fill(SOFT);
const VALUE: Letters = Letters::of(12.0).bold();

/// Years in a row.
#[derive(Debug, Clone)]
pub struct Trend {
    /// What it shows.
    pub title: String,
    /// What the values are.
    pub unit: Unit,
    /// Level of the intervals, for example 0.95.
    pub level: f64,
    /// The figure of each year, from the earliest. A year without one is left out.
    pub years: Vec<(Year, Mark)>,
    /// Where figures cannot be held against each other, from the earliest.
    pub breaks: Vec<Break>,
}

/// A change in the way of measuring.
#[derive(Debug, Clone)]
pub struct Break {
    /// The first year of the new way.
    pub from: Year,
    /// What changed.
    pub why: String,
}

impl Trend {
    /// The years in runs that can be held against each other: next to each other, with no break between them.
    #[must_use]
    pub fn runs(&self) -> Vec<&[(Year, Mark)]> {
        let joined = |(a, _): &(Year, Mark), (b, _): &(Year, Mark)| {
            b.get() == a.get() + 1 && !self.breaks.iter().any(|one| one.from == *b)
        };
        self.years.chunk_by(joined).collect()
    }

    /// The lowest and the highest value drawn, with some room around them.
    fn span(&self) -> (f64, f64) {
        let ends = |(_, mark): &(Year, Mark)| {
            let ends = mark.interval.unwrap_or(Interval { low: mark.value, high: mark.value });
            [ends.low.min(mark.value), ends.high.max(mark.value)]
        };
        let all: Vec<f64> = self.years.iter().flat_map(ends).filter(|value| value.is_finite()).collect();
        let (low, high) = (all.iter().copied().fold(f64::INFINITY, f64::min), all.iter().copied().fold(0.0, f64::max));
        if all.is_empty() {
            return (0.0, self.unit.end());
        }
        let room = ((high - low) * 0.15).max(self.unit.end() * 0.01);
        ((low - room).max(0.0), (high + room).min(self.unit.end()).max(low + self.unit.end() * 0.01))
    }
}

impl Picture for Trend {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let runs = self.runs();
        let Some(run) = runs.last() else {
            return tongue.of("Chưa có số liệu.", "There are no figures.").to_owned();
        };
        let said = |(year, mark): &(Year, Mark)| format!("{year}: {}", self.unit.with_interval(tongue, mark));
        let mut text = match run {
            [first, .., last] => format!("{}; {}.", said(first), said(last)),
            _ => run.first().map(|only| format!("{}.", said(only))).unwrap_or_default(),
        };
        for one in &self.breaks {
            text.push_str(&format!(" {}", broken(tongue, one)));
        }
        text
    }

    fn table(&self, tongue: Tongue) -> Table {
        let decimals = self.unit.decimals();
        let mut table = Table::new([
            (tongue.of("Năm", "Year").to_owned(), Align::Left),
            (self.unit.heading(tongue), Align::Right),
            (words::interval_heading(tongue, self.level), Align::Right),
            (tongue.of("Số phiếu", "Answers").to_owned(), Align::Right),
            (tongue.of("Ghi chú", "Note").to_owned(), Align::Left),
        ]);
        for (year, mark) in &self.years {
            let note = self.breaks.iter().find(|one| one.from == *year).map(|one| broken(tongue, one));
            table.row([
                year.to_string(),
                Numbers(tongue).decimal(mark.value, decimals),
                words::interval(tongue, mark.interval, decimals),
                Numbers(tongue).count(mark.n),
                note.unwrap_or_default(),
            ]);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let (Some((first, _)), Some((last, _))) = (self.years.first(), self.years.last()) else { return };
        let span = self.span();
        let left = 8.0 + TICK.width(&Numbers(tongue).decimal(span.1, 1));
        let plot = Room { left, top: 24.0, wide: canvas.width() - left - 30.0, tall: TALL };
        let x = Scale {
            values: (f64::from(first.get()), f64::from(last.get().max(first.get() + 1))),
            places: (plot.left + 22.0, plot.right()),
        };
        let y = Scale { values: span, places: (plot.bottom(), plot.top) };
        let at = |year: &Year| x.at(f64::from(year.get()));
        levels(canvas, tongue, &plot, y);
        for run in self.runs() {
            draw_run(canvas, run, at, y);
        }
        for one in &self.breaks {
            // Halfway between the years on both sides.
            let middle = x.at(f64::from(one.from.get()) - 0.5);
            let dashed = Stroke { dashes: Some("5 3"), ..Stroke::of(WRONG, 1.6) };
            let (middle, top, bottom) = (tenth(middle), plot.top - 14.0, plot.bottom());
            canvas.path(&format!("M{middle} {top}V{bottom}"), &dashed);
            let slashes = format!("M{} {}l6 -8M{} {}l6 -8", middle - 5.0, bottom + 4.0, middle - 1.0, bottom + 4.0);
            canvas.path(&slashes, &Stroke::of(WRONG, 1.6));
        }
        self.name_values(canvas, tongue, at, y);
        let below = self.name_years(canvas, at, plot.bottom() + 18.0) + 4.0;
        let mut top = below;
        for one in &self.breaks {
            let note = Letters::of(11.5);
            let lines = note.wrapped(&format!("// {}", broken(tongue, one)), canvas.width() - 8.0);
            top = canvas.lines((4.0, top), note, &lines);
        }
    }
}

impl Trend {
    /// Writes values beside their points, the last and the first before the others, where no other word stands.
    fn name_values(&self, canvas: &mut Canvas, tongue: Tongue, at: impl Fn(&Year) -> f64, y: Scale) {
        let n = self.years.len();
        let order = [n.saturating_sub(1), 0].into_iter().chain(1..n.saturating_sub(1));
        let mut taken: Vec<Room> = Vec::new();
        for (year, mark) in order.filter_map(|place| self.years.get(place)).take(n) {
            let said = Numbers(tongue).decimal(mark.value, self.unit.decimals());
            let (middle, wide) = (at(year), VALUE.width(&said));
            let ends = mark.interval.unwrap_or(Interval { low: mark.value, high: mark.value });
            let tops = [y.at(ends.high) - VALUE.size - 7.0, y.at(ends.low) + 6.0];
            let rooms =
                tops.map(|top| Room { left: middle - wide / 2.0 - 2.0, top, wide: wide + 4.0, tall: VALUE.size + 2.0 });
            if let Some(room) = rooms.into_iter().find(|room| !taken.iter().any(|other| other.meets(room))) {
                canvas.text((middle, room.top + VALUE.size), VALUE.at(Anchor::Middle), &said);
                taken.push(room);
            }
        }
    }

    /// Writes years below, the last one for certain and the others where there is room. Returns where they end.
    fn name_years(&self, canvas: &mut Canvas, at: impl Fn(&Year) -> f64, base: f64) -> f64 {
        let mut free_to = f64::INFINITY;
        for (year, _) in self.years.iter().rev() {
            let (middle, half) = (at(year), TICK.width(&year.to_string()) / 2.0);
            if middle + half + 4.0 <= free_to {
                canvas.text((middle, base), TICK.at(Anchor::Middle), &year.to_string());
                free_to = middle - half;
            }
        }
        base + 4.0
    }
}

/// Lines at round values, with the values beside them.
fn levels(canvas: &mut Canvas, tongue: Tongue, plot: &Room, y: Scale) {
    let (low, high) = y.values;
    let step = round_step((high - low) / 5.0);
    let mut value = (low / step).ceil() * step;
    while value <= high + step * 1e-6 {
        let place = tenth(y.at(value));
        canvas.path(&format!("M{} {place}H{}", tenth(plot.left), tenth(plot.right())), &Stroke::of(LINE, 1.0));
        let decimals = if step >= 1.0 { 0 } else { 1 + u8::from(step < 0.1) };
        let said = Numbers(tongue).decimal(value, decimals);
        canvas.text((plot.left - 4.0, place + 4.0), TICK.at(Anchor::End), &said);
        value += step;
    }
    canvas.reach(plot.bottom());
}

/// 1, 2 or 5 times a power of ten, at least as large as asked.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-6).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

/// The band, the line and the points of one run.
fn draw_run(canvas: &mut Canvas, run: &[(Year, Mark)], at: impl Fn(&Year) -> f64, y: Scale) {
    let place = |year: &Year, value: f64| format!("{} {}", tenth(at(year)), tenth(y.at(value)));
    let with_ends = |(year, mark): &(Year, Mark)| Some((*year, mark.interval?));
    let ends: Option<Vec<(Year, Interval)>> = run.iter().map(with_ends).collect();
    if let (Some(ends), true) = (&ends, run.len() > 1) {
        let upper = ends.iter().map(|(year, ends)| place(year, ends.high));
        let lower = ends.iter().rev().map(|(year, ends)| place(year, ends.low));
        let outline: Vec<String> = upper.chain(lower).collect();
        canvas.shape(&format!("M{}z", outline.join("L")), PALE, PALE);
    }
    let line: Vec<String> = run.iter().map(|(year, mark)| place(year, mark.value)).collect();
    canvas.path(&format!("M{}", line.join("L")), &Stroke::of(ACCENT, 2.2));
    for (year, mark) in run {
        if let Some(ends) = mark.interval {
            let (x, low, high) = (tenth(at(year)), tenth(y.at(ends.low)), tenth(y.at(ends.high)));
            let (left, right) = (tenth(x - 3.0), tenth(x + 3.0));
            canvas
                .path(&format!("M{x} {low}V{high}M{left} {low}H{right}M{left} {high}H{right}"), &Stroke::of(INK, 1.3));
        }
        canvas.dot((at(year), y.at(mark.value)), 3.6, ACCENT);
    }
}

fn broken(tongue: Tongue, one: &Break) -> String {
    let Break { from, why } = one;
    let why = why.trim_end_matches('.');
    tongue.of(
        format!("Từ {from}: {why}; không so được với các năm trước."),
        format!("From {from}: {why}; not comparable with the years before."),
    )
}
