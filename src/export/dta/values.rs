//! How the values of a variable are kept in a row.

use crate::export::cell::Cell;
use crate::export::field;
use crate::export::fit::fault;
use crate::export::variable::{Category, Kind, Variable};
use std::io;

/// Longest text that stands in its row.
const MAX_TEXT: usize = 2_045;
/// Reasons for a missing value that Stata knows: `.a` to `.z`.
const MAX_REASONS: usize = 26;

/// How a variable is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// Codes; those that are missing, rising.
    Coded { width: Whole, missing: Vec<i16> },
    /// Numbers, with so many decimals shown.
    Double { decimals: u8 },
    /// Texts of at most so many bytes, in the row.
    Text(usize),
    /// Texts that stand apart (`strL`).
    Long,
}

/// A kind of whole number. The largest of each are the missing values: first the plain one, then `.a` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// −127 to 100.
    Byte,
    /// −32,767 to 32,740.
    Int,
    /// More than a code can be.
    Long,
}

impl Storage {
    /// # Errors
    /// When more codes are missing than Stata knows reasons.
    pub(super) fn new(variable: &Variable) -> io::Result<Self> {
        Ok(match &variable.kind {
            Kind::Coded { categories, .. } => {
                let codes = |is_missing: bool| {
                    let mut codes: Vec<i16> =
                        categories.iter().filter(|code| code.is_missing == is_missing).map(|code| code.code).collect();
                    codes.sort_unstable();
                    codes
                };
                let (valid, missing) = (codes(false), codes(true));
                if missing.len() > MAX_REASONS {
                    let (name, n) = (&variable.name, missing.len());
                    return Err(fault(format!(
                        "{name}: Stata knows {MAX_REASONS} reasons for a missing value, here are {n}"
                    )));
                }
                Self::Coded { width: Whole::of(&valid), missing }
            }
            Kind::Number { decimals } => Self::Double { decimals: *decimals },
            Kind::Text { max_bytes } if *max_bytes > MAX_TEXT => Self::Long,
            Kind::Text { max_bytes } => Self::Text((*max_bytes).max(1)),
        })
    }

    pub(super) fn is_long(&self) -> bool {
        *self == Self::Long
    }

    /// Bytes in a row.
    pub(super) fn n_bytes(&self) -> u64 {
        match self {
            Self::Coded { width: Whole::Byte, .. } => 1,
            Self::Coded { width: Whole::Int, .. } => 2,
            Self::Coded { width: Whole::Long, .. } => 4,
            Self::Double { .. } | Self::Long => 8,
            Self::Text(width) => *width as u64,
        }
    }

    /// The number by which the file names it.
    pub(super) fn type_number(&self) -> u16 {
        match self {
            Self::Coded { width: Whole::Byte, .. } => 65_530,
            Self::Coded { width: Whole::Int, .. } => 65_529,
            Self::Coded { width: Whole::Long, .. } => 65_528,
            Self::Double { .. } => 65_526,
            Self::Long => 32_768,
            Self::Text(width) => u16::try_from(*width).unwrap_or(32_768),
        }
    }

    /// How values are shown.
    pub(super) fn format(&self) -> String {
        match self {
            Self::Coded { .. } => "%8.0g".to_owned(),
            Self::Double { decimals } => format!("%{}.{decimals}f", 10 + decimals),
            Self::Text(width) => format!("%{}s", (*width).clamp(9, 244)),
            Self::Long => "%9s".to_owned(),
        }
    }
}

impl Whole {
    /// The smallest that holds the codes, given rising.
    fn of(codes: &[i16]) -> Self {
        let (low, high) = (codes.first().copied().unwrap_or(0), codes.last().copied().unwrap_or(0));
        match (low, high) {
            (-127.., ..=100) => Self::Byte,
            (-32_767.., ..=32_740) => Self::Int,
            _ => Self::Long,
        }
    }

    /// A code, or the missing value that stands for it.
    pub(super) fn code(self, row: &mut Vec<u8>, code: i16, missing: &[i16]) {
        match missing.binary_search(&code) {
            Ok(reason) => self.push(row, self.plain_missing() + 1 + i32::try_from(reason).unwrap_or_default()),
            Err(_) => self.push(row, i32::from(code)),
        }
    }

    /// No value, and no reason.
    pub(super) fn missing(self, row: &mut Vec<u8>) {
        self.push(row, self.plain_missing());
    }

    fn plain_missing(self) -> i32 {
        match self {
            Self::Byte => 101,
            Self::Int => 32_741,
            Self::Long => LONG_MISSING,
        }
    }

    fn push(self, row: &mut Vec<u8>, value: i32) {
        let width = match self {
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long => 4,
        };
        row.extend(value.to_le_bytes().into_iter().take(width));
    }
}

/// The plain missing value of the widest whole number, which value labels are told in.
const LONG_MISSING: i32 = 2_147_483_621;

/// A code as value labels name it.
pub(super) fn labelled_value(category: &Category, missing: &[i16]) -> i32 {
    let reason = missing.binary_search(&category.code).ok().filter(|_| category.is_missing);
    let reason = reason.and_then(|reason| i32::try_from(reason).ok());
    reason.map_or(i32::from(category.code), |reason| LONG_MISSING + 1 + reason)
}

/// A missing number: the smallest one that Stata does not count as a number, 2¹⁰²³.
pub(super) fn missing_double(row: &mut Vec<u8>) {
    row.extend_from_slice(&0x7fe0_0000_0000_0000_u64.to_le_bytes());
}

/// A text in its field, or an empty one.
pub(super) fn text(row: &mut Vec<u8>, cell: Cell<'_>, width: usize) {
    let text = if let Cell::Text(text) = cell { text } else { "" };
    field::push(row, text, width, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::variable::{Label, Role};

    fn coded(valid: &[i16], missing: &[i16]) -> io::Result<Storage> {
        let label = || Label { vi: String::new(), en: String::new() };
        let category = |is_missing| move |code: &i16| Category { code: *code, label: label(), is_missing };
        let categories = valid.iter().map(category(false)).chain(missing.iter().map(category(true))).collect();
        let kind = Kind::Coded { categories, is_ordered: false };
        Storage::new(&Variable { name: "q".to_owned(), label: label(), role: Role::Answer, kind })
    }

    fn bytes(storage: &Storage, code: Option<i16>) -> Vec<u8> {
        let Storage::Coded { width, missing } = storage else { panic!("coded") };
        let mut row = Vec::new();
        match code {
            Some(code) => width.code(&mut row, code, missing),
            None => width.missing(&mut row),
        }
        row
    }

    #[test]
    fn codes_take_the_room_they_need_and_missing_ones_none_of_it() {
        let byte = coded(&[-127, 100], &[999, 998]).unwrap();
        assert_eq!(byte.type_number(), 65_530);
        let values = [Some(-127), Some(100), None, Some(998), Some(999)].map(|code| bytes(&byte, code));
        assert_eq!(values, [[129], [100], [101], [102], [103]]);
        let int = coded(&[101], &[0]).unwrap();
        assert_eq!((int.type_number(), int.n_bytes()), (65_529, 2));
        assert_eq!(bytes(&int, Some(0)), 32_742_i16.to_le_bytes());
        let long = coded(&[i16::MAX, i16::MIN], &[5]).unwrap();
        assert_eq!(bytes(&long, Some(i16::MIN)), (-32_768_i32).to_le_bytes());
        assert_eq!(bytes(&long, Some(5)), 2_147_483_622_i32.to_le_bytes());
        let codes: Vec<i16> = (1..=27).collect();
        assert!(coded(&[], &codes).unwrap_err().to_string().contains("26 reasons"));
    }
}
