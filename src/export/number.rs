//! Numbers as text that every program reads back to the last bit: a point before the decimals, no exponent, nothing between
//! thousands.

use std::io::{self, Write as _};

/// Writes a finite number.
pub(super) fn write(value: f64, out: &mut Vec<u8>) -> io::Result<()> {
    match whole(value) {
        Some(whole) => write!(out, "{whole}"),
        None => write!(out, "{value}"),
    }
}

/// Writes a code: most have one digit.
pub(super) fn write_code(code: i16, out: &mut Vec<u8>) -> io::Result<()> {
    match u8::try_from(code) {
        Ok(digit @ 0..=9) => out.push(b'0' + digit),
        _ => write!(out, "{code}")?,
    }
    Ok(())
}

/// Whole numbers are written faster as such.
fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9e15;
    (value.fract() == 0.0 && value.abs() < EXACT).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        for value in [0.0, -0.5, 0.1, 1.0 / 3.0, 1e-7, 123_456_789.125, 1e300, -4.0, 9.007e15] {
            let mut out = Vec::new();
            write(value, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.parse::<f64>().unwrap(), value, "{text}");
            assert!(!text.contains('e') && !text.contains(','), "{text}");
        }
    }

    #[test]
    fn codes_may_be_below_zero() {
        let mut out = Vec::new();
        for code in [-2, 0, 9, 10] {
            write_code(code, &mut out).unwrap();
            out.push(b' ');
        }
        assert_eq!(out, b"-2 0 9 10 ");
    }
}
