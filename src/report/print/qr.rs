//! QR codes: drawn as one path, or as text for a terminal.

use qrcode::{EcLevel, QrCode};

/// Light modules that have to surround a code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The text is too long to be a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is too long for a QR code")]
pub struct NoQr;

/// The modules of a code, row by row: its width and which of them are dark. A quarter of the code may be damaged.
fn modules(text: &str) -> Result<(usize, Vec<bool>), NoQr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|_| NoQr)?;
    let dark = code.to_colors().iter().map(|colour| *colour == qrcode::Color::Dark).collect();
    Ok((code.width(), dark))
}

/// The code as an SVG path in a square of `size` at a place, its quiet zone within.
pub(super) fn path(text: &str, (left, top): (f64, f64), size: f64) -> Result<String, NoQr> {
    let (width, dark) = modules(text)?;
    let step = size / (width + 2 * QUIET) as f64;
    let mut commands = String::new();
    for (row, line) in dark.chunks(width).enumerate() {
        let mut column = 0;
        for run in line.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                let (column, row, length) = (column + QUIET, row + QUIET, run.len());
                commands.push_str(&format!("M{column} {row}h{length}v1h-{length}z"));
            }
            column += run.len();
        }
    }
    Ok(format!(
        "<path class=\"qr\" transform=\"translate({left} {top}) scale({step:.5})\" shape-rendering=\"crispEdges\" d=\"{commands}\"/>"
    ))
}

/// The code for a dark or light terminal: two rows of modules to a line of text.
///
/// # Errors
/// [`NoQr`].
pub fn for_terminal(text: &str) -> Result<String, NoQr> {
    let (width, dark) = modules(text)?;
    let is_dark = |row: isize, column: isize| {
        let inside = |n: isize| usize::try_from(n).ok().filter(|n| *n < width);
        inside(row).zip(inside(column)).is_some_and(|(row, column)| dark.get(row * width + column) == Some(&true))
    };
    let (quiet, width) = (QUIET as isize, width as isize);
    let mut lines = String::new();
    for row in (-quiet..width + quiet).step_by(2) {
        for column in -quiet..width + quiet {
            // Light modules are drawn, so that the code is dark on light in a terminal of light letters on dark.
            lines.push(match (is_dark(row, column), is_dark(row + 1, column)) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        lines.push('\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_every_dark_module_and_no_other() {
        let text = "https://khaosat.example.vn/s/D01-001?c=3A4C-6D7G";
        let (width, dark) = modules(text).unwrap();
        let path = path(text, (0.0, 0.0), 40.0).unwrap();
        let commands = path.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut drawn = vec![false; width * width];
        for part in commands.split('M').skip(1) {
            let (place, run) = part.split_once('h').unwrap();
            let (column, row) = place.split_once(' ').unwrap();
            let length: usize = run.split_once('v').unwrap().0.parse().unwrap();
            let (column, row): (usize, usize) = (column.parse().unwrap(), row.parse().unwrap());
            assert!(run.ends_with(&format!("v1h-{length}z")), "{part}");
            (0..length).for_each(|n| drawn[(row - QUIET) * width + column - QUIET + n] = true);
        }
        assert_eq!(drawn, dark);
        assert_eq!(for_terminal(text).unwrap().lines().count(), (width + 2 * QUIET).div_ceil(2));
        assert_eq!(modules(&"x".repeat(5_000)), Err(NoQr));
    }
}
