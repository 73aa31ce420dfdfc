//! Pictures of figures, as SVG: one file a kind, each a function of plain numbers.
//!
//! The same picture stands in a page, in a mail (as PNG) and in a PDF, so it carries its colours and letters itself and needs
//! no style sheet, no script and no file. It is read in black and white and on a phone: what a colour says, a pattern, a
//! shape or a word says too, and a picture is laid out for the width it gets instead of being shrunk to it. Whoever cannot
//! see it reads its finding, and the table behind it.

pub mod bars;
mod canvas;
pub mod grid;
pub mod importance;
pub mod likert;
pub mod ranks;
pub mod trend;
mod words;

use super::number::Numbers;
use super::table::Table;
use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::{Estimate, Interval};
use crate::domain::tongue::Tongue;
use canvas::Canvas;

/// Width of a picture on a phone, in CSS pixels.
pub const NARROW: f64 = 340.0;
/// Width of a picture on a larger screen, in a mail or on paper.
pub const WIDE: f64 = 680.0;
/// Pictures from this width on have words beside what they name; narrower ones have them above.
const ROOMY: f64 = 560.0;

/// Something that can be drawn, said and put in a table.
pub trait Picture {
    /// What it shows.
    fn title(&self, tongue: Tongue) -> String;

    /// What is to be seen in it, for those who do not see it.
    fn finding(&self, tongue: Tongue) -> String;

    /// The numbers behind it.
    fn table(&self, tongue: Tongue) -> Table;

    /// Draws it on an empty canvas.
    fn draw(&self, tongue: Tongue, canvas: &mut Canvas);

    /// The picture for a width in CSS pixels; at least that of a phone.
    fn svg(&self, tongue: Tongue, width: f64) -> String {
        let mut canvas = Canvas::new(width.max(NARROW));
        self.draw(tongue, &mut canvas);
        canvas.into_svg(&self.title(tongue), &self.finding(tongue))
    }
}

/// A figure as pictures show it, in the unit of the picture. Its numbers are numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    value: f64,
    interval: Option<Interval>,
    n: u64,
}

impl Mark {
    /// A value, where the true one lies as far as the survey can tell, and the answers behind it.
    ///
    /// # Errors
    /// When the value is not a number. An interval without two ends counts as none.
    pub fn new(value: f64, interval: Option<Interval>, n: u64) -> Result<Self, NoFigure> {
        if !value.is_finite() {
            return Err(NoFigure::None("not a number".to_owned()));
        }
        let interval = interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite());
        Ok(Self { value, interval, n })
    }

    /// An estimate, times a factor: 100 makes a share a percentage.
    ///
    /// # Errors
    /// When its value is not a number.
    pub fn of(estimate: &Estimate, factor: f64) -> Result<Self, NoFigure> {
        let interval = estimate.interval.map(|ends| ends.scaled(0.0, factor));
        Self::new(estimate.value * factor, interval, estimate.n)
    }
}

/// What the values of a picture are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit {
    /// 0 to 100.
    Percent,
    /// 0 to a maximum.
    Points(f64),
}

impl Unit {
    /// The largest value there can be; always above 0.
    fn end(self) -> f64 {
        match self {
            Self::Percent => 100.0,
            Self::Points(max) => max.max(f64::MIN_POSITIVE),
        }
    }

    fn decimals(self) -> u8 {
        match self {
            Self::Percent => 1,
            Self::Points(_) => 2,
        }
    }

    /// A value with its unit: `86,0 %`, `25,13 điểm`.
    fn said(self, tongue: Tongue, value: f64) -> String {
        let number = Numbers(tongue).decimal(value, self.decimals());
        match self {
            Self::Percent => format!("{number}{}", tongue.of(" %", "%")),
            Self::Points(_) => format!("{number} {}", tongue.of("điểm", "points")),
        }
    }

    /// A value with its interval: `86,0 % (83,1–88,5)`.
    fn with_interval(self, tongue: Tongue, mark: &Mark) -> String {
        let value = self.said(tongue, mark.value);
        mark.interval
            .map_or(value.clone(), |ends| format!("{value} ({})", Numbers(tongue).interval(ends, self.decimals())))
    }

    /// The heading of a column of such values.
    fn heading(self, tongue: Tongue) -> String {
        match self {
            Self::Percent => tongue.of("Tỷ lệ (%)", "Share (%)").to_owned(),
            Self::Points(max) => {
                let max = Numbers(tongue).decimal(max, 2);
                tongue.of(format!("Điểm (tối đa {max})"), format!("Points (of {max})"))
            }
        }
    }
}
