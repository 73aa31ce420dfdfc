//! Numbers as text that every program reads back to the last bit: a point before the decimals, no exponent, nothing between
//! thousands.

use std::io::{self, Write as _};

/// Writes finite numbers. Of many rows a few hundred weights are all there are, so texts are kept: each at a place that follows
/// from the number, until another takes it.
pub(super) struct Numbers {
    kept: Vec<(u64, Vec<u8>)>,
}

impl Default for Numbers {
    fn default() -> Self {
        // The text of the number whose bits are 0.
        Self { kept: vec![(0, b"0".to_vec()); 1 << PLACE_BITS] }
    }
}

/// Places of kept numbers, as a power of 2.
const PLACE_BITS: u32 = 12;

impl Numbers {
    /// Writes one.
    pub(super) fn write(&mut self, value: f64, out: &mut Vec<u8>) -> io::Result<()> {
        // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4) spreads numbers that differ in a few bits.
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let bits = value.to_bits();
        let place = bits.wrapping_mul(GOLDEN) >> (u64::BITS - PLACE_BITS);
        let Some((kept, text)) = self.kept.get_mut(place as usize) else { return write(value, out) };
        if *kept != bits {
            text.clear();
            write(value, text)?;
            *kept = bits;
        }
        out.extend_from_slice(text);
        Ok(())
    }
}

fn write(value: f64, out: &mut Vec<u8>) -> io::Result<()> {
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
        let mut numbers = Numbers::default();
        for value in [0.0, 0.1, 0.1, -0.0, -0.5, 0.1, 1.0 / 3.0, 1e-7, 123_456_789.125, 1e300, -4.0, 9.007e15] {
            let mut out = Vec::new();
            numbers.write(value, &mut out).unwrap();
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
