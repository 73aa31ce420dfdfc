//! Units as tiles, where there is no map of them. A tile says how its unit stands to the mean: that, unlike a shade of the
//! value, shows no difference that may be chance.

use super::canvas::{ACCENT, Canvas, INK, Letters, Room, SOFT, Stroke, WHITE, tenth};
use super::words;
use super::{Mark, Picture, Unit};
use crate::domain::disclosure::NoFigure;
use crate::domain::rank::ThanMean;
use crate::domain::tongue::Tongue;
use crate::report::number::Numbers;
use crate::report::table::{Align, Table};

const GAP: f64 = 6.0;
const TALL: f64 = 78.0;
/// Tiles are at least so wide.
const LEAST: f64 = 104.0;
const NAME: Letters = Letters::of(12.0);
const VALUE: Letters = Letters::of(15.0).bold();
const KEY: Letters = Letters::of(11.5);

/// Tiles, row by row.
#[derive(Debug, Clone)]
pub struct Grid {
    /// What they show.
    pub title: String,
    /// What the values are.
    pub unit: Unit,
    /// Level of the intervals, for example 0.95.
    pub level: f64,
    /// In the order of the units' codes, which is about that of the map.
    pub tiles: Vec<Tile>,
}

/// A unit.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// Its figure, or why it is not shown.
    pub shown: Result<Mark, NoFigure>,
    /// How it stands to the mean; none where that is not known.
    pub than_mean: Option<ThanMean>,
}

impl Picture for Grid {
    fn title(&self, _: Tongue) -> String {
        self.title.clone()
    }

    fn finding(&self, tongue: Tongue) -> String {
        let of = |wanted: ThanMean| {
            let names =
                self.tiles.iter().filter(move |tile| tile.than_mean == Some(wanted)).map(|tile| tile.name.as_str());
            names.collect::<Vec<&str>>()
        };
        let listed = |names: &[&str]| {
            if names.is_empty() { tongue.of("không có", "none").to_owned() } else { names.join(", ") }
        };
        let (above, below) = (of(ThanMean::Above), of(ThanMean::Below));
        let n_open = of(ThanMean::NotDistinguishable).len();
        tongue.of(
            format!(
                "Trên trung bình: {}. Dưới trung bình: {}. Chưa phân biệt được với trung bình: {n_open} đơn vị.",
                listed(&above),
                listed(&below)
            ),
            format!(
                "Above the mean: {}. Below the mean: {}. Not distinguishable from the mean: {n_open}.",
                listed(&above),
                listed(&below)
            ),
        )
    }

    fn table(&self, tongue: Tongue) -> Table {
        let decimals = self.unit.decimals();
        let mut table = Table::new([
            (tongue.of("Đơn vị", "Unit").to_owned(), Align::Left),
            (self.unit.heading(tongue), Align::Right),
            (words::interval_heading(tongue, self.level), Align::Right),
            (tongue.of("So với trung bình", "Against the mean").to_owned(), Align::Left),
        ]);
        for tile in &self.tiles {
            let [value, interval] = match &tile.shown {
                Ok(mark) => {
                    [Numbers(tongue).decimal(mark.value, decimals), words::interval(tongue, mark.interval, decimals)]
                }
                Err(why) => [words::absent(tongue, why); 2].map(str::to_owned),
            };
            table.row([tile.name.clone(), value, interval, than_mean(tongue, tile.than_mean)]);
        }
        table
    }

    fn draw(&self, tongue: Tongue, canvas: &mut Canvas) {
        let width = canvas.width() - 8.0;
        let n_columns = ((width + GAP) / (LEAST + GAP)).floor().max(1.0);
        let wide = (width - GAP * (n_columns - 1.0)) / n_columns;
        let mut top = key(canvas, tongue) + 4.0;
        for row in self.tiles.chunks(n_columns as usize) {
            for (place, tile) in row.iter().enumerate() {
                let left = 4.0 + place as f64 * (wide + GAP);
                self.tile(canvas, tongue, tile, Room { left, top, wide, tall: TALL });
            }
            top += TALL + GAP;
        }
    }
}

impl Grid {
    fn tile(&self, canvas: &mut Canvas, tongue: Tongue, tile: &Tile, room: Room) {
        let ink = ground(canvas, tile.than_mean, room);
        sign(canvas, tile.than_mean, (room.right() - 12.0, room.bottom() - 27.0));
        let inner = room.wide - 14.0;
        let mut lines = NAME.wrapped(&tile.name, inner);
        if lines.len() > 2 {
            let rest = lines.split_off(1).join(" ");
            lines.push(NAME.fitted(&rest, inner));
        }
        canvas.lines((room.left + 7.0, room.top + 5.0), NAME.fill(ink), &lines);
        let base = (room.left + 7.0, room.bottom() - 22.0);
        match &tile.shown {
            Ok(mark) => {
                let value = Numbers(tongue).decimal(mark.value, self.unit.decimals());
                canvas.text(base, VALUE.fill(ink), &VALUE.fitted(&value, inner - 12.0));
                let interval = words::interval(tongue, mark.interval, self.unit.decimals());
                canvas.text((base.0, room.bottom() - 7.0), KEY.fill(ink), &KEY.fitted(&interval, inner));
            }
            Err(why) => canvas.text(base, VALUE.fill(ink), words::absent(tongue, why)),
        }
    }
}

/// The ground of a tile; returns the colour of words on it.
fn ground(canvas: &mut Canvas, than_mean: Option<ThanMean>, room: Room) -> &'static str {
    match than_mean {
        Some(ThanMean::Above) => {
            canvas.rect(room, ACCENT, Some(INK));
            WHITE
        }
        Some(ThanMean::NotDistinguishable) => {
            canvas.rect(room, WHITE, Some(SOFT));
            INK
        }
        Some(ThanMean::Below) => {
            canvas.rect(room, "#fbe9e4", Some(INK));
            INK
        }
        None => {
            canvas.hollow(room);
            INK
        }
    }
}

/// The sign that says the same as the ground, around a place. No plus or minus, which would make another number of a value.
fn sign(canvas: &mut Canvas, than_mean: Option<ThanMean>, (x, y): (f64, f64)) {
    let at = |x: f64, y: f64| format!("{} {}", tenth(x), tenth(y));
    match than_mean {
        Some(ThanMean::Above) => canvas.shape(&format!("M{}l5 9h-10z", at(x, y - 4.5)), WHITE, WHITE),
        Some(ThanMean::Below) => canvas.shape(&format!("M{}l5 -9h-10z", at(x, y + 4.5)), INK, INK),
        Some(ThanMean::NotDistinguishable) => {
            let lines = format!("M{}h9M{}h9", at(x - 4.5, y - 2.0), at(x - 4.5, y + 2.0));
            canvas.path(&lines, &Stroke::of(INK, 1.6));
        }
        None => {}
    }
}

/// What the grounds mean, in as many lines as they need; returns where they end.
fn key(canvas: &mut Canvas, tongue: Tongue) -> f64 {
    const SWATCH: f64 = 16.0;
    let (mut x, mut top) = (4.0, 4.0);
    for one in ThanMean::ALL {
        let name = than_mean(tongue, Some(one));
        let wide = SWATCH + 5.0 + KEY.width(&name) + 12.0;
        if x > 4.0 && x + wide > canvas.width() {
            (x, top) = (4.0, top + SWATCH + 6.0);
        }
        ground(canvas, Some(one), Room { left: x, top, wide: SWATCH, tall: SWATCH });
        sign(canvas, Some(one), (x + SWATCH / 2.0, top + SWATCH / 2.0));
        canvas.text((x + SWATCH + 5.0, top + 12.0), KEY, &name);
        x += wide;
    }
    top + SWATCH + 4.0
}

fn than_mean(tongue: Tongue, than_mean: Option<ThanMean>) -> String {
    let unknown = || tongue.of("chưa xét được", "not known").to_owned();
    than_mean.map_or_else(unknown, |one| crate::report::words::than_mean(one).told(tongue))
}
