//! Paper forms typed in twice: what the two entries agree in, and how often they do not.

use super::answers::AnswerSheet;
use super::ids::ItemId;
use super::packing;
use super::questionnaire::{Item, Questionnaire};

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
