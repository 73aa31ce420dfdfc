//! Receipt codes: what the one-stop desk prints on a citizen's receipt, so that a result can be told from a passer-by's
//! opinion. Eight characters, of which the last checks the others.

use chrono::{Datelike, NaiveDate};
use std::fmt;

/// Letters and digits that are not taken for one another in print, in writing or over the phone: none of 0 O, 1 I L, 2 Z,
/// 5 S, 8 B, U V. Their number is a prime, so the check character finds every single slip and every swap of two neighbours.
const ALPHABET: &[u8; 23] = b"34679ACDEFGHJKMNPQRTWXY";

/// Characters of a code, with the check character.
pub const CODE_CHARS: usize = 8;

/// How many codes there are: 23⁷, about 3.4 thousand million.
pub const N_CODES: u32 = 3_404_825_447;

const BASE: u32 = 23;

/// A code that was typed without a slip. Whether it was ever issued is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptCode(u32);

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// Too short or too long.
    #[error("has {0} characters; a code has {CODE_CHARS}, such as {EXAMPLE}")]
    Length(usize),
    /// A character that no code has.
    #[error("contains {0:?}, which no code has; look at the receipt again")]
    Character(char),
    /// The check character does not fit the others.
    #[error("has a slip in it: one character is wrong or two are swapped; look at the receipt again")]
    Check,
}

/// What a code looks like.
pub const EXAMPLE: &str = "3A4C-6D7G";

impl ReceiptCode {
    /// The rule as a regular expression, without the check character's own, which no such expression can tell.
    pub const PATTERN: &str = "^[ .-]*([34679ACDEFGHJKMNPQRTWXYacdefghjkmnpqrtwxy][ .-]*){8}$";

    /// The code with a number.
    #[must_use]
    pub fn of_number(number: u32) -> Option<Self> {
        (number < N_CODES).then_some(Self(number))
    }

    /// Its number, below [`N_CODES`].
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// Reads what was typed; case, blanks, hyphens and dots do not matter.
    ///
    /// # Errors
    /// Which rule of a code it breaks.
    pub fn parse(text: &str) -> Result<Self, ReceiptFault> {
        let typed =
            || text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '-' | '.'))).map(|c| c.to_ascii_uppercase());
        let n_chars = typed().count();
        if n_chars != CODE_CHARS {
            return Err(ReceiptFault::Length(n_chars));
        }
        let mut digits = [0; CODE_CHARS];
        for (digit, typed) in digits.iter_mut().zip(typed()) {
            let found = (0..).zip(ALPHABET).find(|(_, letter)| char::from(**letter) == typed);
            *digit = found.ok_or(ReceiptFault::Character(typed))?.0;
        }
        let [payload @ .., last] = digits;
        if last != check(payload) {
            return Err(ReceiptFault::Check);
        }
        // Seven digits to the base 23 are below 23⁷.
        Ok(Self(payload.iter().fold(0, |number, digit| number * BASE + digit)))
    }

    fn digits(self) -> [u32; CODE_CHARS] {
        let mut payload = [0; CODE_CHARS - 1];
        let mut rest = self.0;
        for digit in payload.iter_mut().rev() {
            *digit = rest % BASE;
            rest /= BASE;
        }
        let mut digits = [check(payload); CODE_CHARS];
        for (place, digit) in digits.iter_mut().zip(payload) {
            *place = digit;
        }
        digits
    }
}

/// The weighted sum modulo 23 (as ISBN-10 does it modulo 11): weights 2 to 8 are different and never 0, so one wrong
/// character or two neighbours swapped always change it.
fn check(payload: [u32; CODE_CHARS - 1]) -> u32 {
    (2..).zip(payload).map(|(weight, digit)| weight * digit).sum::<u32>() % BASE
}

/// In two groups of four, as it is printed.
impl fmt::Display for ReceiptCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.digits().into_iter().enumerate() {
            let letter = ALPHABET.get(digit as usize).copied().unwrap_or(b'?');
            let hyphen = if place == CODE_CHARS / 2 { "-" } else { "" };
            write!(f, "{hyphen}{}", char::from(letter))?;
        }
        Ok(())
    }
}

/// The month a code was issued in, which is its period: it is taken in that month and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptMonth {
    year: i32,
    month: u32,
}

impl ReceiptMonth {
    /// Months after its own in which a code is still taken: whoever gets a result at the end of a month has a month to answer.
    pub const GRACE: u32 = 1;

    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { month: month - 1, ..self },
        }
    }

    /// The last day on which a code of this month is taken.
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        let months = chrono::Months::new(Self::GRACE + 1);
        NaiveDate::from_ymd_opt(self.year, self.month, 1)?.checked_add_months(months)?.pred_opt()
    }

    /// As a number such as 202611.
    #[must_use]
    pub fn number(self) -> i32 {
        self.year * 100 + self.month as i32
    }

    /// Months from another one to this; 0 if it is later.
    #[must_use]
    pub fn since(self, other: Self) -> u32 {
        let months = |of: Self| of.year * 12 + of.month as i32;
        u32::try_from(months(self) - months(other)).unwrap_or(0)
    }
}

impl fmt::Display for ReceiptMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Where a code stands among those of its round and desk: the month it was issued in and its serial number there, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptPlace {
    /// The month it was issued in.
    pub month: ReceiptMonth,
    /// Its serial number in that month.
    pub serial: u32,
}

/// Where a typed code may stand; hardly ever there is more than one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReceiptClaim {
    /// The places, the latest month first. Whether a code was issued there, only the database knows.
    pub places: Vec<ReceiptPlace>,
    /// The earliest month whose codes are still taken.
    pub taken_from: ReceiptMonth,
}

impl ReceiptPlace {
    /// Codes that a desk may issue in a month; far more than any counter serves.
    pub const MAX_SERIALS: u32 = 1 << 20;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn there_are_as_many_codes_as_seven_characters_make() {
        assert_eq!(u64::from(N_CODES), 23_u64.pow(7));
        assert!(ReceiptCode::of_number(N_CODES).is_none());
    }

    #[test]
    fn what_is_typed_is_read_kindly_and_judged_strictly() {
        let code = ReceiptCode::of_number(123_456_789).unwrap();
        let printed = code.to_string();
        let loose = format!(" {} ", printed.to_ascii_lowercase().replace('-', " . "));
        assert_eq!(ReceiptCode::parse(&loose), Ok(code));
        assert_eq!(ReceiptCode::parse("ACD"), Err(ReceiptFault::Length(3)));
        assert_eq!(ReceiptCode::parse("ACDEFGH0"), Err(ReceiptFault::Character('0')));
        assert_eq!(ReceiptCode::parse("ÂCDEFGHJ"), Err(ReceiptFault::Character('Â')));
    }

    #[test]
    fn months_count_across_the_new_year() {
        let month = |year, month| ReceiptMonth::of(NaiveDate::from_ymd_opt(year, month, 1).unwrap());
        assert_eq!(month(2026, 1).before(), month(2025, 12));
        assert_eq!((month(2026, 1).since(month(2025, 12)), month(2025, 12).since(month(2026, 1))), (1, 0));
        assert_eq!(month(2026, 12).last_day(), NaiveDate::from_ymd_opt(2027, 1, 31));
        assert_eq!((month(2026, 11).number(), month(2026, 11).to_string()), (202_611, "2026-11".to_owned()));
    }

    proptest! {
        #[test]
        fn a_code_reads_back_and_every_slip_is_found(number in 0..N_CODES, place in 0..8_usize, other in 0..22_usize) {
            let code = ReceiptCode::of_number(number).unwrap();
            let printed: Vec<char> = code.to_string().chars().filter(|c| *c != '-').collect();
            prop_assert_eq!(ReceiptCode::parse(&printed.iter().collect::<String>()), Ok(code));
            let mut slip = printed.clone();
            let letters: Vec<char> = ALPHABET.iter().map(|b| char::from(*b)).filter(|c| *c != printed[place]).collect();
            slip[place] = letters[other];
            prop_assert_eq!(ReceiptCode::parse(&slip.iter().collect::<String>()), Err(ReceiptFault::Check));
            let mut swapped = printed.clone();
            swapped.swap(place % 7, place % 7 + 1);
            if swapped != printed {
                prop_assert_eq!(ReceiptCode::parse(&swapped.iter().collect::<String>()), Err(ReceiptFault::Check));
            }
        }
    }
}
