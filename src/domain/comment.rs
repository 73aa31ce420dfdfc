//! What citizens write in their own words, and whether it may be shown. A comment may name somebody, so it is hidden until a
//! person has read it.

use super::ids::{ItemId, ResponseId};
use super::word::words;
use std::fmt;

words! {
    /// Whether a comment may be shown.
    Standing {
        /// Nobody has read it yet.
        Waiting = "waiting",
        /// It may be shown.
        Approved = "approved",
        /// It may not.
        Rejected = "rejected",
    }
}

words! {
    /// What in a comment may lead to a person. Names are not found; whoever reads it sees them.
    Sign {
        /// A telephone number.
        Phone = "phone",
        /// An address for mail.
        Email = "email",
        /// The number of an identity card, or another long number.
        Number = "number",
    }
}

/// Which comment is meant: `RESPONSE/ITEM`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommentRef {
    /// The response it was written in.
    pub response: ResponseId,
    /// The item it answers.
    pub item: ItemId,
}

impl CommentRef {
    /// Reads `7f0c2a52-6f1e-4a62-9a3a-000000000001/comment`.
    ///
    /// # Errors
    /// When the text is no such pair.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no comment; write it as `sipas comments list` shows it, RESPONSE/ITEM");
        let (response, item) = text.trim().split_once('/').ok_or_else(wrong)?;
        let response = ResponseId::parse(response).map_err(|_| wrong())?;
        Ok(Self { response, item: ItemId::parse(item).map_err(|_| wrong())? })
    }
}

impl fmt::Display for CommentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.response, self.item)
    }
}

/// What in a text may lead to a person, each kind once.
#[must_use]
pub fn signs(text: &str) -> Vec<Sign> {
    let numbers = long_numbers(text);
    let is_phone = |digits: &String| {
        let national = digits.strip_prefix("84").unwrap_or(digits.strip_prefix('0').unwrap_or(""));
        (9..=10).contains(&national.len()) && !national.starts_with('0')
    };
    let found = [
        (Sign::Phone, numbers.iter().any(is_phone)),
        (Sign::Email, text.split_whitespace().any(is_email)),
        (Sign::Number, numbers.iter().any(|digits| !is_phone(digits))),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(sign, _)| sign).collect()
}

/// Runs of nine digits and more, which may have a blank, a point or a dash between them.
fn long_numbers(text: &str) -> Vec<String> {
    const SHORTEST: usize = 9;
    let mut numbers = vec![String::new()];
    let mut n_between = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => {
                n_between = 0;
                numbers.iter_mut().last().into_iter().for_each(|number| number.push(letter));
            }
            ' ' | '.' | '-' | '\u{a0}' if n_between == 0 => n_between = 1,
            _ => {
                n_between = 0;
                if numbers.last().is_some_and(|number| !number.is_empty()) {
                    numbers.push(String::new());
                }
            }
        }
    }
    numbers.retain(|number| number.len() >= SHORTEST);
    numbers
}

fn is_email(word: &str) -> bool {
    let edge = |letter: char| !letter.is_alphanumeric();
    word.trim_matches(edge).split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.trim_matches(edge).split_once('.').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_lead_to_a_person_is_seen() {
        let cases: [(&str, &[Sign]); 10] = [
            ("Cán bộ nhiệt tình, chờ 30 phút, ngày 12/11/2026", &[]),
            ("Gọi tôi 0912 345 678", &[Sign::Phone]),
            ("gọi +84 912.345.678 nhé", &[Sign::Phone]),
            ("máy bàn 028-3829-7611", &[Sign::Phone]),
            ("CCCD 079185001234", &[Sign::Number]),
            ("cmnd 123456789", &[Sign::Number]),
            ("viết cho a.b@example.vn.", &[Sign::Email]),
            ("(a@b.c) 0912345678", &[Sign::Phone, Sign::Email]),
            ("giá 1.500.000 đồng, hồ sơ số 25", &[]),
            ("a @ b, @nguoidung", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(signs(text), expected, "{text}");
        }
    }

    #[test]
    fn a_reference_reads_back() {
        let text = "7f0c2a52-6f1e-4a62-9a3a-000000000001/comment";
        assert_eq!(CommentRef::parse(text).unwrap().to_string(), text);
        for wrong in ["", "comment", "7f0c2a52/comment", "7f0c2a52-6f1e-4a62-9a3a-000000000001/"] {
            assert!(CommentRef::parse(wrong).is_err(), "{wrong}");
        }
    }
}
