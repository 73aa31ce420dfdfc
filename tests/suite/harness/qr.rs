//! Reads QR codes back from what the program drew, with a decoder that shares nothing with the encoder.

use super::pdf::Picture;
use rqrr::PreparedImage;
use std::ops::Range;

/// Pixels along the edge of a module.
const PIXELS: usize = 4;
/// Light modules that are drawn around a code where its picture does not bring them.
const QUIET: usize = 4;

/// What the QR codes of an SVG page say, in the order they were drawn.
pub(crate) fn on_page(svg: &str) -> Vec<String> {
    svg.split("class=\"qr\"").skip(1).map(in_path).collect()
}

/// What the only QR code in a part of a drawn page says.
pub(crate) fn in_picture(picture: &Picture, part: (Range<f64>, Range<f64>)) -> String {
    let within = |range: &Range<f64>, n: usize| (range.start * n as f64) as usize..(range.end * n as f64) as usize;
    let (columns, rows) = (within(&part.0, picture.width), within(&part.1, picture.dots.len() / picture.width));
    let is_dark = |x: usize, y: usize| picture.dots[(rows.start + y) * picture.width + columns.start + x] < 128;
    let mut image = PreparedImage::prepare_from_bitmap(columns.len(), rows.len(), is_dark);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code is found");
    grids[0].decode().expect("a code that can be read").1
}

/// What the QR code between other lines of a terminal says. Light modules are letters, dark ones the terminal's ground.
pub(crate) fn in_terminal(said: &str) -> String {
    let lines = said.lines().filter(|line| line.starts_with('█'));
    let rows: Vec<Vec<bool>> = lines
        .flat_map(|line| [['▄', ' '], ['▀', ' ']].map(|dark| line.chars().map(|c| dark.contains(&c)).collect()))
        .collect();
    read(&rows)
}

fn in_path(path: &str) -> String {
    let commands = path.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
    let runs: Vec<(usize, usize, usize)> = commands.split('M').skip(1).map(run).collect();
    let edge = runs.iter().map(|(row, column, length)| (row + 1).max(column + length)).max().unwrap() + QUIET;
    let mut rows = vec![vec![false; edge]; edge];
    for (row, column, length) in runs {
        rows[row][column..column + length].fill(true);
    }
    read(&rows)
}

/// Row, column and length of `3 0h7v1h-7z`.
fn run(command: &str) -> (usize, usize, usize) {
    let (place, run) = command.split_once('h').unwrap();
    let (column, row) = place.split_once(' ').unwrap();
    let length = run.split_once('v').unwrap().0;
    assert_eq!(run, format!("{length}v1h-{length}z"), "one module high");
    (row.parse().unwrap(), column.parse().unwrap(), length.parse().unwrap())
}

fn read(rows: &[Vec<bool>]) -> String {
    let (width, height) = (rows[0].len() + 2 * QUIET, rows.len() + 2 * QUIET);
    let is_dark = |x: usize, y: usize| {
        let inside = |pixel: usize| (pixel / PIXELS).checked_sub(QUIET);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| rows.get(y).and_then(|row| row.get(x)) == Some(&true))
    };
    let mut image = PreparedImage::prepare_from_bitmap(width * PIXELS, height * PIXELS, is_dark);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code is found");
    grids[0].decode().expect("a code that can be read").1
}
