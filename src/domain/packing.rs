//! How a sheet's closed answers are kept: a few bytes per item in questionnaire order, so that a million sheets load as
//! columns without parsing.
//!
//! | kind | bytes | meaning |
//! |---|---|---|
//! | five-point | 1 | 1-5 |
//! | percents, single | 1 | option, from 1 |
//! | yes/no | 1 | 1 yes, 2 no |
//! | multiple | 1 per option | 1 ticked, 2 not ticked |
//! | number | 5 | 1, then the value as little-endian `i32` |
//! | comment | 0 | kept in a table of its own |
//!
//! In the first byte of any item, 0 is "no answer" and 255 is "not applicable". In copies for export 254 is "withheld"; no sheet
//! is stored with it.

use super::questionnaire::{Item, ItemKind, Questionnaire};

/// Not answered, or not asked.
pub const NO_ANSWER: u8 = 0;
/// The respondent said that the item does not apply.
pub const NOT_APPLICABLE: u8 = 255;
/// Withheld from whoever reads a copy.
pub const WITHHELD: u8 = 254;
/// The highest number of an option.
pub const MAX_OPTION: u8 = 253;
/// "Yes", and "ticked".
pub const YES: u8 = 1;
/// "No", and "not ticked".
pub const NO: u8 = 2;

/// Bytes an item takes.
#[must_use]
pub fn width(item: &Item) -> usize {
    match &item.kind {
        ItemKind::FivePoint | ItemKind::Percents(_) | ItemKind::Single(_) | ItemKind::YesNo => 1,
        ItemKind::Multiple(options) => options.len(),
        ItemKind::Number { .. } => 5,
        ItemKind::Comment { .. } => 0,
    }
}

/// Where each item's bytes stand: `(offset, width)` per item, in questionnaire order.
#[must_use]
pub fn layout(questionnaire: &Questionnaire) -> Vec<(usize, usize)> {
    let mut offset = 0;
    questionnaire
        .items
        .iter()
        .map(|item| {
            let place = (offset, width(item));
            offset += place.1;
            place
        })
        .collect()
}

/// Bytes a whole sheet takes.
#[must_use]
pub fn sheet_width(questionnaire: &Questionnaire) -> usize {
    questionnaire.items.iter().map(width).sum()
}
