//! Paper forms typed in twice: what the two entries agree in, and how often they do not.

use super::answers::AnswerSheet;
use super::ids::ItemId;
use super::packing;
use super::questionnaire::{Item, Questionnaire};
use std::fmt;

/// The longest number of a form, in characters.
const MAX_FORM_CHARS: usize = 64;

/// Why a text is no number of a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// Nothing was given.
    #[error("is empty; give the number that stands on the form")]
    Empty,
    /// Too long.
    #[error("has {0} characters; at most {MAX_FORM_CHARS} are allowed")]
    TooLong(usize),
    /// Something that nobody can print on a form.
    #[error("contains a line break or another control character")]
    Control,
}

/// The number of a paper form, as the office printed it: digits, or whatever else it uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormNumber(String);

impl FormNumber {
    /// Takes a number as typed, without blanks around it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, FormFault> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(FormFault::Empty),
            n_chars if n_chars > MAX_FORM_CHARS => Err(FormFault::TooLong(n_chars)),
            _ if text.chars().any(char::is_control) => Err(FormFault::Control),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FormNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The items in which two readings of one form differ, comments too.
#[must_use]
pub fn differences<'q>(questionnaire: &'q Questionnaire, first: &AnswerSheet, second: &AnswerSheet) -> Vec<&'q Item> {
    let places = questionnaire.items.iter().zip(packing::layout(questionnaire));
    let bytes = |sheet: &AnswerSheet, (offset, width): (usize, usize)| {
        sheet.packed().get(offset..offset + width).map(<[u8]>::to_vec)
    };
    // Blanks at the ends and between words are nobody's meaning.
    let words = |sheet: &AnswerSheet, item: &ItemId| {
        let comment = sheet.comments().iter().find(|(of, _)| of == item);
        comment.map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let differ = |item: &Item, place| {
        bytes(first, place) != bytes(second, place) || words(first, &item.id) != words(second, &item.id)
    };
    places.filter(|(item, place)| differ(item, *place)).map(|(item, _)| item).collect()
}

/// What comparing entries has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaperChecks {
    /// Forms typed in twice.
    pub forms: u64,
    /// Items compared.
    pub items: u64,
    /// Items that differed.
    pub different: u64,
}

impl PaperChecks {
    /// The share of items typed differently; none before anything was compared.
    #[must_use]
    pub fn error_rate(&self) -> Option<f64> {
        (self.items > 0).then(|| self.different as f64 / self.items as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forms_number_is_what_can_be_printed() {
        assert_eq!(FormNumber::parse(" TP/17-b ").unwrap().as_str(), "TP/17-b");
        assert_eq!(FormNumber::parse(" \t"), Err(FormFault::Empty));
        assert_eq!(FormNumber::parse(&"7".repeat(65)), Err(FormFault::TooLong(65)));
        assert!(FormNumber::parse(&"ữ".repeat(64)).is_ok());
        for odd in ["1\u{0}", "1\n2", "\u{85}x\u{1}"] {
            assert_eq!(FormNumber::parse(odd), Err(FormFault::Control), "{odd:?}");
        }
    }
}
