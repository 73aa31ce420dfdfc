//! From what was typed to an answer sheet, or to every fault in it.
//!
//! The three doors (JSON, form, CSV) bring answers here as [`RawAnswers`]; the rules are the same for all of them.
//! An answer to an item that was not asked, because its `show_if` does not hold, is cleared: a page without JavaScript
//! shows every item, and someone may tick one that turns out not to apply.

use super::ids::ItemId;
use super::packing::{self, NO, NO_ANSWER, NOT_APPLICABLE, YES};
use super::questionnaire::{Item, ItemKind, Questionnaire, ShowIf};
use std::collections::BTreeMap;

/// The word for "not applicable" in every door.
pub const NOT_APPLICABLE_WORD: &str = "na";

/// An answer as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Text: a word, a number as text, a comment. Empty means no answer.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Several texts. Empty means "none of the options".
    List(Vec<String>),
    /// Anything else, with its name for the message: `object`, `true`, `1.5`.
    Other(&'static str),
}

/// Answers by item id, as they came in. Items without an entry were not answered.
pub type RawAnswers = BTreeMap<String, RawValue>;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerProblem {
    /// A required item has no answer.
    #[error("needs an answer")]
    Missing,
    /// No such item.
    #[error("is not an item of this questionnaire")]
    UnknownItem,
    /// Not one of the answers this item has.
    #[error("does not have the answer {given:?}; choose one of {allowed}")]
    NotAnOption {
        /// What was given, shortened.
        given: String,
        /// What would be right.
        allowed: String,
    },
    /// The same option twice.
    #[error("has the option {option:?} twice")]
    Twice {
        /// The option.
        option: String,
    },
    /// Not a whole number in range.
    #[error("needs a whole number from {min} to {max}")]
    OutOfRange {
        /// Smallest allowed.
        min: i32,
        /// Largest allowed.
        max: i32,
    },
    /// "Not applicable" where it is no answer.
    #[error("cannot be answered \"not applicable\"")]
    CannotBeNotApplicable,
    /// A comment beyond the limit.
    #[error("has {n_chars} characters; at most {max_chars} are kept, please shorten it")]
    TooLong {
        /// What was typed.
        n_chars: usize,
        /// The limit.
        max_chars: u16,
    },
    /// Control characters in a comment.
    #[error("contains a control character; please remove it")]
    ControlCharacter,
    /// The wrong kind of value, for example an object.
    #[error("cannot be answered with {given}; {wanted}")]
    WrongKind {
        /// What was given.
        given: &'static str,
        /// What would be right.
        wanted: &'static str,
    },
}

impl AnswerProblem {
    /// A stable word for programs and for the page's own wording.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::UnknownItem => "unknown-item",
            Self::NotAnOption { .. } => "not-an-option",
            Self::Twice { .. } => "option-twice",
            Self::OutOfRange { .. } => "out-of-range",
            Self::CannotBeNotApplicable => "cannot-be-not-applicable",
            Self::TooLong { .. } => "too-long",
            Self::ControlCharacter => "control-character",
            Self::WrongKind { .. } => "wrong-kind",
        }
    }
}

/// A fault in the answers: the item as it was named, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    /// The item's id as given.
    pub item: String,
    /// What is wrong.
    pub problem: AnswerProblem,
}

/// Answers that fit their questionnaire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSheet {
    packed: Vec<u8>,
    comments: Vec<(ItemId, String)>,
}

impl AnswerSheet {
    /// Reads answers against a questionnaire.
    ///
    /// # Errors
    /// Every fault: unknown items by name, then the items in questionnaire order.
    pub fn parse(questionnaire: &Questionnaire, raw: &RawAnswers) -> Result<Self, Vec<AnswerFault>> {
        Self::parse_asking(questionnaire, raw, |item| item.required)
    }

    /// Reads answers that stand on paper: what was left blank there stays blank, since nobody is there to be asked.
    ///
    /// # Errors
    /// As [`AnswerSheet::parse`], missing answers apart.
    pub fn parse_paper(questionnaire: &Questionnaire, raw: &RawAnswers) -> Result<Self, Vec<AnswerFault>> {
        Self::parse_asking(questionnaire, raw, |_| false)
    }

    fn parse_asking(
        questionnaire: &Questionnaire,
        raw: &RawAnswers,
        is_required: impl Fn(&Item) -> bool,
    ) -> Result<Self, Vec<AnswerFault>> {
        let mut faults: Vec<AnswerFault> = raw
            .keys()
            .filter(|id| questionnaire.item(id).is_none())
            .map(|id| AnswerFault { item: shortened(id), problem: AnswerProblem::UnknownItem })
            .collect();
        let mut sheet = Self { packed: Vec::with_capacity(packing::sheet_width(questionnaire)), comments: Vec::new() };
        let mut given: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for item in &questionnaire.items {
            let asked = item.show_if.as_ref().is_none_or(|rule| holds(rule, questionnaire, &given));
            let value = raw.get(item.id.as_str()).filter(|value| asked && !is_empty(value));
            match value.map(|value| read(item, value)) {
                None if asked && is_required(item) => {
                    faults.push(AnswerFault { item: item.id.to_string(), problem: AnswerProblem::Missing });
                }
                None => sheet.packed.resize(sheet.packed.len() + packing::width(item), NO_ANSWER),
                Some(Ok(Answer::Comment(text))) => sheet.comments.push((item.id.clone(), text)),
                Some(Ok(Answer::Packed(bytes))) => {
                    sheet.packed.extend_from_slice(&bytes);
                    given.insert(item.id.as_str(), bytes);
                }
                Some(Err(problem)) => faults.push(AnswerFault { item: item.id.to_string(), problem }),
            }
        }
        if faults.is_empty() { Ok(sheet) } else { Err(faults) }
    }

    /// The closed answers, laid out as [`packing`] says.
    #[must_use]
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// The comments, by item.
    #[must_use]
    pub fn comments(&self) -> &[(ItemId, String)] {
        &self.comments
    }
}

enum Answer {
    Packed(Vec<u8>),
    Comment(String),
}

fn is_empty(value: &RawValue) -> bool {
    matches!(value, RawValue::Text(text) if text.trim().is_empty())
}

/// Whether one of the earlier items was answered as a `show_if` wants it.
fn holds(rule: &ShowIf, questionnaire: &Questionnaire, given: &BTreeMap<&str, Vec<u8>>) -> bool {
    rule.items.iter().any(|id| {
        let (Some(item), Some(bytes)) = (questionnaire.item(id.as_str()), given.get(id.as_str())) else {
            return false;
        };
        rule.is_one_of.iter().any(|word| match &item.kind {
            ItemKind::Multiple(options) => {
                options.iter().zip(bytes).any(|(option, byte)| option.as_str() == word && *byte == YES)
            }
            _ => code_of(item, word).is_some_and(|code| bytes.first() == Some(&code)),
        })
    })
}

/// The packed code of a one-byte answer written as a word.
fn code_of(item: &Item, word: &str) -> Option<u8> {
    let position = |found: Option<usize>| found.and_then(|index| u8::try_from(index + 1).ok());
    match &item.kind {
        // One digit: "+4" and "04" are numbers, but no answers.
        ItemKind::FivePoint => word.parse().ok().filter(|score| word.len() == 1 && (1..=5).contains(score)),
        ItemKind::YesNo => [("yes", YES), ("no", NO)].iter().find(|(known, _)| *known == word).map(|(_, code)| *code),
        ItemKind::Single(options) => position(options.iter().position(|option| option.as_str() == word)),
        ItemKind::Percents(options) => position(options.iter().position(|option| option.id.as_str() == word)),
        ItemKind::Multiple(_) | ItemKind::Number { .. } | ItemKind::Comment { .. } => None,
    }
}

/// The answers a closed item has, as a reader of the message would type them.
fn allowed(item: &Item) -> String {
    let mut words: Vec<&str> = match &item.kind {
        ItemKind::FivePoint => vec!["1", "2", "3", "4", "5"],
        ItemKind::YesNo => vec!["yes", "no"],
        ItemKind::Single(options) | ItemKind::Multiple(options) => options.iter().map(|o| o.as_str()).collect(),
        ItemKind::Percents(options) => options.iter().map(|o| o.id.as_str()).collect(),
        ItemKind::Number { .. } | ItemKind::Comment { .. } => Vec::new(),
    };
    if item.not_applicable {
        words.push(NOT_APPLICABLE_WORD);
    }
    words.join(", ")
}

fn read(item: &Item, value: &RawValue) -> Result<Answer, AnswerProblem> {
    if let RawValue::Other(given) = value {
        return Err(AnswerProblem::WrongKind { given, wanted: "give a word, a whole number or a list of words" });
    }
    if let (ItemKind::Comment { max_chars }, RawValue::Text(text)) = (&item.kind, value) {
        return read_comment(text, *max_chars).map(Answer::Comment);
    }
    if matches!(value, RawValue::Text(text) if text.trim() == NOT_APPLICABLE_WORD) {
        if !item.not_applicable {
            return Err(AnswerProblem::CannotBeNotApplicable);
        }
        let mut bytes = vec![NO_ANSWER; packing::width(item)];
        if let Some(first) = bytes.first_mut() {
            *first = NOT_APPLICABLE;
        }
        return Ok(Answer::Packed(bytes));
    }
    match &item.kind {
        ItemKind::Number { min, max } => read_number(value, *min, *max).map(Answer::Packed),
        ItemKind::Multiple(_) => read_multiple(item, value).map(Answer::Packed),
        ItemKind::Comment { .. } => Err(AnswerProblem::WrongKind { given: kind_of(value), wanted: "give a text" }),
        _ => read_choice(item, value).map(Answer::Packed),
    }
}

fn kind_of(value: &RawValue) -> &'static str {
    match value {
        RawValue::Text(_) => "a text",
        RawValue::Whole(_) => "a number",
        RawValue::List(_) => "a list",
        RawValue::Other(given) => given,
    }
}

fn read_choice(item: &Item, value: &RawValue) -> Result<Vec<u8>, AnswerProblem> {
    let word = match value {
        RawValue::Text(text) => text.trim().to_owned(),
        RawValue::Whole(number) => number.to_string(),
        RawValue::List(_) | RawValue::Other(_) => {
            return Err(AnswerProblem::WrongKind { given: kind_of(value), wanted: "give exactly one answer" });
        }
    };
    let refuse = || AnswerProblem::NotAnOption { given: shortened(&word), allowed: allowed(item) };
    code_of(item, &word).map(|code| vec![code]).ok_or_else(refuse)
}

fn read_multiple(item: &Item, value: &RawValue) -> Result<Vec<u8>, AnswerProblem> {
    let ItemKind::Multiple(options) = &item.kind else { return Ok(Vec::new()) };
    let words: Vec<&str> = match value {
        RawValue::List(words) => words.iter().map(|word| word.trim()).collect(),
        RawValue::Text(text) => text.split(';').map(str::trim).collect(),
        RawValue::Whole(_) | RawValue::Other(_) => {
            return Err(AnswerProblem::WrongKind { given: kind_of(value), wanted: "give a list of options" });
        }
    };
    let mut bytes = vec![NO; options.len()];
    for word in words {
        let slot = options.iter().zip(bytes.iter_mut()).find(|(option, _)| option.as_str() == word);
        match slot {
            Some((option, byte)) if *byte == YES => {
                return Err(AnswerProblem::Twice { option: option.to_string() });
            }
            Some((_, byte)) => *byte = YES,
            None => return Err(AnswerProblem::NotAnOption { given: shortened(word), allowed: allowed(item) }),
        }
    }
    Ok(bytes)
}

fn read_number(value: &RawValue, min: i32, max: i32) -> Result<Vec<u8>, AnswerProblem> {
    let number = match value {
        RawValue::Whole(number) => Some(*number),
        RawValue::Text(text) => text.trim().parse().ok(),
        RawValue::List(_) | RawValue::Other(_) => None,
    };
    let fits = number.and_then(|n| i32::try_from(n).ok()).filter(|n| (min..=max).contains(n));
    let number = fits.ok_or(AnswerProblem::OutOfRange { min, max })?;
    Ok(std::iter::once(1).chain(number.to_le_bytes()).collect())
}

fn read_comment(text: &str, max_chars: u16) -> Result<String, AnswerProblem> {
    let text = text.trim().replace("\r\n", "\n");
    let n_chars = text.chars().count();
    if n_chars > usize::from(max_chars) {
        return Err(AnswerProblem::TooLong { n_chars, max_chars });
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(AnswerProblem::ControlCharacter);
    }
    Ok(text)
}

/// A given text as a message may repeat it: never longer than a line.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
