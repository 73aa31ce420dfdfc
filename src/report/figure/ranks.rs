//! Units in the order of their ranks, each with the ranks that the sampling error leaves open.

use super::canvas::{ACCENT, Anchor, Canvas, INK, LINE, Letters, Room, SOFT, Scale, Stroke, WHITE, tenth};
use super::{Picture, ROOMY};
use crate::domain::rank::{RankRange, Standing};
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

const NAME: Letters = Letters::of(13.0);
const TICK: Letters = Letters::of(11.0).fill(SOFT);
const LINE_TALL: f64 = 12.0;

/// Units, best first.
#[derive(Debug, Clone)]
pub struct Ranks {
    /// What they are ranked by.
    pub title: String,
    /// Level that the ranges hold for together, for example 0.95.
    pub level: f64,
    /// Decimals of the figures.
    pub decimals: u8,
    /// From the best.
    pub rows: Vec<Ranked>,
}

/// A ranked unit.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Its name.
    pub name: String,
    /// What it is ranked by.
    pub value: f64,
    /// Where it stands.
    pub standing: Standing,
    /// Whether the picture is about it.
    pub is_meant: bool,
}

impl Ranks {
    fn of(&self) -> u32 {
        self.rows.iter().map(|row| row.standing.of).max().unwrap_or(1).max(1)
    }
}

impl Picture for Ranks {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let meant = self.rows.iter().find(|row| row.is_meant).or(self.rows.first());
        let Some(row) = meant else { return tongue.of("Chưa xếp hạng.", "Nothing is ranked.").to_owned() };
        let Standing { rank, of, range, .. } = row.standing;
        let place = tongue.of(format!("{}: hạng {rank}/{of}", row.name), format!("{}: rank {rank} of {of}", row.name));
        let said = match range {
            RankRange { caution: Some(_), .. } => {
                tongue.of("chưa xét được khoảng hạng".to_owned(), "its range of ranks is not known".to_owned())
            }
            RankRange { best, worst, .. } if best == worst => tongue.of(
                "sai số chọn mẫu không để ngỏ hạng nào khác".to_owned(),
                "sampling error leaves no other rank open".to_owned(),
            ),
            RankRange { best, worst, .. } => tongue.of(
                format!("sai số chọn mẫu để ngỏ các hạng từ {best} đến {worst}"),
                format!("sampling error leaves ranks {best} to {worst} open"),
            ),
        };
        format!("{place}; {said}.")
    }

    fn table(&self, tongue: Tongue) -> Table {
        let mut table = Table::new([
            (tongue.of("Hạng", "Rank"), Align::Right),
            (tongue.of("Đơn vị", "Unit"), Align::Left),
            (tongue.of("Chỉ số", "Index"), Align::Right),
            (tongue.of("Khoảng hạng", "Range of ranks"), Align::Right),
        ]);
        for row in &self.rows {
            let value = Numbers(tongue).decimal(row.value, self.decimals);
            table.row([row.standing.rank.to_string(), row.name.clone(), value, range(row)]);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let (width, is_roomy) = (canvas.width(), canvas.width() >= ROOMY);
        let widest = self.rows.iter().map(|row| NAME.width(&beside(row))).fold(40.0, f64::max);
        let (names, start) = if is_roomy { (width * 0.38, width * 0.4) } else { (width - 4.0, 14.0) };
        let right = width - 4.0;
        let scale = Scale { values: (1.0, f64::from(self.of().max(2))), places: (start, right - widest - 16.0) };
        let mut top = 4.0;
        for row in &self.rows {
            let letters = if row.is_meant { NAME.bold() } else { NAME };
            let lines = letters.wrapped(&row.name, names - 6.0);
            let from = top;
            let below = top + lines.len().max(1) as f64 * letters.line();
            let middle = if is_roomy { (top + below) / 2.0 } else { below + LINE_TALL / 2.0 };
            let bottom = if is_roomy { below } else { below + LINE_TALL };
            if row.is_meant {
                let room = Room { left: 1.0, top: from - 3.0, wide: width - 2.0, tall: bottom - from + 6.0 };
                canvas.rect(room, "#e2f0f0", Some(ACCENT));
            }
            canvas.lines((6.0, top), letters, &lines);
            ranks(canvas, row, scale, middle);
            canvas.text((right - 2.0, middle + 4.5), letters.at(Anchor::End), &beside(row));
            top = bottom + 7.0;
        }
        axis(canvas, tongue, scale, (top, self.of(), right));
    }
}

/// The rank as a dot on the line of open ranks; a dotted line where they are not known.
fn ranks(canvas: &mut Canvas, row: &Ranked, scale: Scale, middle: f64) {
    let middle = tenth(middle);
    let (start, end) = scale.places;
    canvas.path(&format!("M{} {middle}H{}", tenth(start), tenth(end)), &Stroke::of(LINE, 1.0));
    let RankRange { best, worst, caution } = row.standing.range;
    let line = format!("M{} {middle}H{}", tenth(scale.at(f64::from(best))), tenth(scale.at(f64::from(worst))));
    let stroke = match caution {
        Some(_) => Stroke { dashes: Some("2 4"), ..Stroke::of(SOFT, 2.5) },
        None => Stroke::of(INK, 4.0),
    };
    canvas.path(&line, &stroke);
    let fill = if row.is_meant { ACCENT } else { WHITE };
    canvas.dot((scale.at(f64::from(row.standing.rank)), middle), 4.6, fill);
}

fn axis(canvas: &mut Canvas, tongue: Tongue, scale: Scale, (top, of, right): (f64, u32, f64)) {
    let (start, end) = scale.places;
    let mut marks = format!("M{} {}H{}", tenth(start), tenth(top), tenth(end));
    let mut free_from = f64::NEG_INFINITY;
    // The last rank stands at its place, so the others leave it room.
    let last = scale.at(f64::from(of)) - TICK.width(&of.to_string());
    for rank in 1..=of {
        let (x, half) = (scale.at(f64::from(rank)), TICK.width(&rank.to_string()) / 2.0);
        if x - half < free_from || (rank != of && x + half + 4.0 > last) {
            continue;
        }
        free_from = x + half + 8.0;
        marks.push_str(&format!("M{} {}v4", tenth(x), tenth(top)));
        canvas.text((x, top + 16.0), TICK.at(Anchor::Middle), &rank.to_string());
    }
    canvas.path(&marks, &Stroke::of(INK, 1.0));
    let said = TICK.fitted(tongue.of("hạng", "rank"), right - end - 14.0);
    canvas.text((right, top + 16.0), TICK.at(Anchor::End), &said);
}

/// Rank and range in short: `2 (1–4)`.
fn beside(row: &Ranked) -> String {
    format!("{} ({})", row.standing.rank, range(row))
}

fn range(row: &Ranked) -> String {
    match row.standing.range {
        RankRange { caution: Some(_), .. } => "?".to_owned(),
        RankRange { best, worst, .. } if best == worst => best.to_string(),
        RankRange { best, worst, .. } => format!("{best}–{worst}"),
    }
}
