//! Points of a scheme, kept exactly: maxima, steps and self-assessed scores are decimals, and their sums are compared
//! with declared totals to the last digit.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// A number of points in steps of one ten-thousandth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

/// Ten-thousandths in one point.
const UNIT: i64 = 10_000;
/// Digits after the decimal sign that [`Points`] keeps.
const DECIMALS: usize = 4;
/// No scheme has anything near a million points; the limit keeps every sum far from overflow.
const LIMIT: i64 = 1_000_000 * UNIT;

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// Whole points.
    #[must_use]
    pub const fn whole(points: u16) -> Self {
        Self(points as i64 * UNIT)
    }

    /// From stored ten-thousandths.
    #[must_use]
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }

    /// The ten-thousandths to store.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Reads a decimal with a point or, as Vietnamese text writes it, a comma: `9.5`, `9,5`, `-1`.
    ///
    /// # Errors
    /// When the text is no decimal, has more than four decimals, or is out of any sensible range.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a number of points such as 9.5");
        let text = text.trim();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with(['.', ',']) {
            return Err(wrong());
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > DECIMALS {
            return Err(format!("{text} has more than {DECIMALS} decimals"));
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let fraction: i64 = format!("{fraction:0<DECIMALS$}").parse().map_err(|_| wrong())?;
        let value = whole.checked_mul(UNIT).and_then(|w| w.checked_add(fraction)).filter(|v| *v <= LIMIT);
        let value = value.ok_or_else(|| format!("{text} is out of range"))?;
        Ok(Self(if negative { -value } else { value }))
    }

    /// As a floating-point number of points.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / UNIT as f64
    }

    /// Whether the points are a whole number of `step`s. A step of zero allows any value.
    #[must_use]
    pub fn is_multiple_of(self, step: Self) -> bool {
        step.0 == 0 || self.0 % step.0 == 0
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.abs() / UNIT, self.0.abs() % UNIT);
        let fraction = format!("{fraction:0DECIMALS$}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            kept => write!(f, "{sign}{whole}.{kept}"),
        }
    }
}

/// Rounds to `decimals` places, halves away from zero for positive numbers ("half up"), once, at the end of a sum.
///
/// A decimal such as 86.985 has no exact binary form and may sit a hair below its half; a relative guard of 1e-12, far
/// below any published digit, puts it back on the half.
#[must_use]
pub fn round_half_up(value: f64, decimals: u8) -> f64 {
    let scale = 10f64.powi(i32::from(decimals));
    let scaled = value * scale;
    (scaled + scaled.abs() * 1e-12 + 0.5).floor() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_exact_and_print_shortest() {
        let sum: Points = ["20.5", "10", "10", "6", "10,5", "6", "14", "9", "14"]
            .iter()
            .filter_map(|text| Points::parse(text).ok())
            .sum();
        assert_eq!(sum, Points::whole(100));
        assert_eq!(Points::parse("10.05").map(|p| p.to_string()), Ok("10.05".to_owned()));
        assert_eq!(Points::parse("-0.5").map(|p| p.to_string()), Ok("-0.5".to_owned()));
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for text in ["", "-", ".5", "5.", "1e3", "1.23456", "99999999999", "1 000", "NaN", "+1", "1.-5"] {
            assert!(Points::parse(text).is_err(), "{text:?} was read");
        }
    }

    #[test]
    fn halves_go_up_once() {
        assert_eq!(round_half_up(86.985, 2), 86.99);
        assert_eq!(round_half_up(86.984_999, 2), 86.98);
        assert_eq!(round_half_up(1.005, 2), 1.01);
    }
}
