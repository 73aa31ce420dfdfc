//! How people answered, as strips of five parts from the worst answer to the best.

use super::canvas::{Anchor, Canvas, INK, LINE, Letters, Room, SOFT, WHITE};
use super::words;
use super::{Picture, ROOMY};
use crate::domain::disclosure::NoFigure;
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

const TALL: f64 = 22.0;
const NAME: Letters = Letters::of(13.0);
const PART: Letters = Letters::of(11.5);
const KEY: Letters = Letters::of(11.5);

/// Fill and slanted lines of each answer's part. Lightness alone tells neighbours apart, and the lines the bad half from the
/// good one.
const LOOKS: [(&str, Option<(&str, f64)>); 5] = [
    ("#b9503f", Some((WHITE, 4.0))),
    ("#efc3b4", Some(("#a3201a", 6.0))),
    ("#f4f6f6", None),
    ("#8fc4ca", None),
    ("#0a5a66", None),
];

/// Strips, one below the other.
#[derive(Debug, Clone)]
pub struct Likert {
    /// What they show.
    pub title: String,
    /// From top to bottom.
    pub rows: Vec<Strip>,
}

/// One strip.
#[derive(Debug, Clone)]
pub struct Strip {
    /// A short code for the table; may be empty.
    pub code: String,
    /// What was asked.
    pub name: String,
    /// What people answered, or why it is not shown.
    pub shown: Result<Parts, NoFigure>,
}

/// The parts of a strip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// Shares of the five answers from the worst, 0 to 1; they add up to 1.
    pub shares: [f64; 5],
    /// Answers.
    pub n: u64,
}

impl Parts {
    /// Shares of the dissatisfied and of the satisfied.
    fn sides(&self) -> (f64, f64) {
        let [very_bad, bad, _, good, very_good] = self.shares;
        (very_bad + bad, good + very_good)
    }
}

impl Picture for Likert {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let percent = |share: f64| format!("{}{}", Numbers(tongue).decimal(share * 100.0, 1), tongue.of(" %", "%"));
        let rows = self.rows.iter().filter_map(|row| Some((row, row.shown.as_ref().ok()?.sides())));
        let worst = rows.max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b));
        let Some((row, (bad, good))) = worst else {
            return tongue.of("Chưa có số liệu được hiển thị.", "No figures are shown.").to_owned();
        };
        let (bad, good) = (percent(bad), percent(good));
        tongue.of(
            format!("Tỷ lệ không hài lòng cao nhất: {}, {bad} không hoặc rất không hài lòng, {good} hài lòng hoặc rất hài lòng.", row.name),
            format!("Largest share dissatisfied: {}, {bad} dissatisfied or very dissatisfied, {good} satisfied or very satisfied.", row.name),
        )
    }

    fn table(&self, tongue: Tongue) -> Table {
        let heading = |words: &str| (words.to_owned(), Align::Left);
        let answers = words::answers(tongue).map(|answer| (format!("{answer} (%)"), Align::Right));
        let mut columns = vec![heading(tongue.of("Nội dung", "Subject")), heading(tongue.of("Mã", "Code"))];
        columns.extend(answers);
        columns.push((tongue.of("Số phiếu", "Answers").to_owned(), Align::Right));
        let mut table = Table::new(columns);
        for row in &self.rows {
            let mut cells = vec![row.name.clone(), row.code.clone()];
            match &row.shown {
                Ok(parts) => {
                    cells.extend(parts.shares.map(|share| Numbers(tongue).decimal(share * 100.0, 1)));
                    cells.push(Numbers(tongue).count(parts.n));
                }
                Err(why) => cells.extend([words::absent(tongue, why); 6].map(str::to_owned)),
            }
            table.row(cells);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let mut top = key(canvas, tongue) + 6.0;
        let (width, right) = (canvas.width(), canvas.width() - 4.0);
        let is_roomy = width >= ROOMY;
        let (names, left) = if is_roomy { (width * 0.42, width * 0.44) } else { (right, 4.0) };
        for row in &self.rows {
            let lines = NAME.wrapped(&row.name, names - 4.0);
            let below = canvas.lines((4.0, top), NAME, &lines);
            let strip_top = if is_roomy { top + ((below - top - TALL) / 2.0).max(0.0) } else { below + 2.0 };
            let room = Room { left, top: strip_top, wide: right - left, tall: TALL };
            match &row.shown {
                Ok(parts) => strip(canvas, tongue, parts, room),
                Err(why) => {
                    canvas.hollow(room);
                    let middle = (room.left + room.wide / 2.0, room.top + TALL / 2.0 + 4.0);
                    canvas.text(middle, PART.fill(SOFT).at(Anchor::Middle), words::absent(tongue, why));
                }
            }
            top = below.max(room.bottom()) + 8.0;
        }
    }
}

/// What the parts mean, in as many lines as they need; returns where they end.
fn key(canvas: &mut Canvas, tongue: Tongue) -> f64 {
    const SWATCH: f64 = 14.0;
    let (mut x, mut top) = (4.0, 4.0);
    for (answer, look) in words::answers(tongue).into_iter().zip(LOOKS) {
        let wide = SWATCH + 5.0 + KEY.width(answer) + 12.0;
        if x > 4.0 && x + wide > canvas.width() {
            (x, top) = (4.0, top + SWATCH + 6.0);
        }
        part(canvas, look, Room { left: x, top, wide: SWATCH, tall: SWATCH });
        canvas.text((x + SWATCH + 5.0, top + 11.0), KEY, answer);
        x += wide;
    }
    top + SWATCH + 4.0
}

fn strip(canvas: &mut Canvas, tongue: Tongue, parts: &Parts, room: Room) {
    let whole: f64 = parts.shares.iter().sum();
    let mut left = room.left;
    for (place, (share, look)) in parts.shares.iter().zip(LOOKS).enumerate() {
        let wide = if whole > 0.0 { share / whole * room.wide } else { 0.0 };
        let own = Room { left, wide, ..room };
        left += wide;
        if wide < 0.05 {
            continue;
        }
        part(canvas, look, own);
        let percent = Numbers(tongue).decimal(share * 100.0, 0);
        let letters = PART.bold().at(Anchor::Middle);
        let needed = letters.width(&percent) + 6.0;
        if needed > wide {
            continue;
        }
        let middle = own.left + wide / 2.0;
        if look.1.is_some() {
            let behind = Room { left: middle - needed / 2.0, top: own.top + 3.5, wide: needed, tall: TALL - 7.0 };
            canvas.rect(behind, WHITE, None);
        }
        let letters = if place == 4 { letters.fill(WHITE) } else { letters };
        canvas.text((middle, own.top + TALL / 2.0 + 4.2), letters, &percent);
    }
}

fn part(canvas: &mut Canvas, (fill, lines): (&'static str, Option<(&'static str, f64)>), room: Room) {
    let border = if fill == "#f4f6f6" { LINE } else { INK };
    canvas.rect(room, fill, None);
    if let Some((colour, step)) = lines {
        canvas.hatch(room, colour, step);
    }
    canvas.rect(room, "none", Some(border));
}
