//! Numbers in Vietnamese text: a comma before the decimals, a point between thousands. In English text it is the other way
//! round.

use crate::domain::estimate::Interval;
use crate::domain::points::{Points, round_half_up};
use crate::domain::tongue::Tongue;

/// Numbers as a language writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers(pub Tongue);

impl Numbers {
    /// A figure with a fixed number of decimals.
    #[must_use]
    pub fn decimal(self, value: f64, decimals: u8) -> String {
        // Adding zero turns a rounded −0 into 0.
        let rounded = round_half_up(value, decimals) + 0.0;
        let text = format!("{rounded:.*}", usize::from(decimals));
        self.0.of(text.replace('.', ","), text.clone())
    }

    /// Both ends of an interval.
    #[must_use]
    pub fn interval(self, interval: Interval, decimals: u8) -> String {
        format!("{}–{}", self.decimal(interval.low, decimals), self.decimal(interval.high, decimals))
    }

    /// A count, in groups of three.
    #[must_use]
    pub fn count(self, n: u64) -> String {
        let digits = n.to_string();
        let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.0.of('.', ','));
            }
            text.push(digit);
        }
        text
    }
}

/// A figure with a fixed number of decimals: `86,02`.
#[must_use]
pub fn decimal(value: f64, decimals: u8) -> String {
    Numbers(Tongue::Vietnamese).decimal(value, decimals)
}

/// Points with all the decimals they have: `30,5`.
#[must_use]
pub fn points(points: Points) -> String {
    points.to_string().replace('.', ",")
}

/// Points with at least two decimals, as reports print them: `84,00`, `10,055`.
#[must_use]
pub fn printed(points: Points) -> String {
    let text = points.to_string();
    let n_decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if n_decimals > 2 { self::points(points) } else { decimal(points.to_f64(), 2) }
}

/// Both ends of an interval: `24,10–26,16`.
#[must_use]
pub fn interval(interval: Interval, decimals: u8) -> String {
    Numbers(Tongue::Vietnamese).interval(interval, decimals)
}

/// A share as percent: `12,5 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", decimal(share * 100.0, 1))
}

/// A count, in groups of three: `20.000`.
#[must_use]
pub fn count(n: u64) -> String {
    Numbers(Tongue::Vietnamese).count(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_the_vietnamese_way() {
        assert_eq!(decimal(86.015, 2), "86,02");
        assert_eq!(decimal(-0.001, 2), "0,00");
        assert_eq!(points(Points::from_ten_thousandths(305_000)), "30,5");
        assert_eq!(printed(Points::whole(84)), "84,00");
        assert_eq!(printed(Points::from_ten_thousandths(100_550)), "10,055");
        assert_eq!(interval(Interval { low: 24.1, high: 26.157 }, 2), "24,10–26,16");
        assert_eq!(percent(0.125), "12,5 %");
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1.000", "1.234.567"]);
        let english = Numbers(Tongue::English);
        assert_eq!((english.decimal(86.015, 2), english.count(1_234_567)), ("86.02".into(), "1,234,567".into()));
    }
}
