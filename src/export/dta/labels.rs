//! Sets of value labels, one a coded variable, named after it.

use super::values::{Storage, labelled_value};
use crate::export::variable::{Category, Kind, Variable};
use crate::export::{field, label};

/// Bytes of a name's field.
const NAME: usize = 129;
/// Most bytes of a label.
const MAX_LABEL: usize = 32_000;

/// The section's content.
pub(super) fn value_labels(variables: &[Variable], storage: &[Storage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (variable, storage) in variables.iter().zip(storage) {
        if let (Kind::Coded { categories, .. }, Storage::Coded { missing, .. }) = (&variable.kind, storage) {
            let set = set(categories, missing);
            bytes.extend_from_slice(b"<lbl>");
            bytes.extend_from_slice(&length(set.len()));
            field::push(&mut bytes, &variable.name, NAME, 0);
            bytes.extend_from_slice(&[0; 3]);
            bytes.extend_from_slice(&set);
            bytes.extend_from_slice(b"</lbl>");
        }
    }
    bytes
}

/// Numbers of labels and of bytes, where each label begins, the values (rising), the labels.
fn set(categories: &[Category], missing: &[i16]) -> Vec<u8> {
    let of = |category: &Category| (labelled_value(category, missing), label::in_bytes(&category.label.vi, MAX_LABEL));
    let mut labels: Vec<(i32, String)> = categories.iter().map(of).collect();
    labels.sort_unstable();
    let (mut places, mut texts) = (Vec::new(), Vec::new());
    for (_, text) in &labels {
        places.extend_from_slice(&length(texts.len()));
        texts.extend_from_slice(text.as_bytes());
        texts.push(0);
    }
    let values: Vec<u8> = labels.iter().flat_map(|(value, _)| value.to_le_bytes()).collect();
    [&length(labels.len())[..], &length(texts.len()), &places, &values, &texts].concat()
}

/// A length in its field. Labels of all the codes there can be take less than 2³¹ bytes.
fn length(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::variable::Label;

    #[test]
    fn a_set_rises_by_value_and_missing_codes_come_last() {
        let category = |code, vi: &str| Category {
            code,
            label: Label { vi: vi.to_owned(), en: String::new() },
            is_missing: code == -1,
        };
        let set = set(&[category(-1, "bỏ"), category(2, "có"), category(1, "a")], &[-1]);
        let whole = |at: usize| i32::from_le_bytes(set[at..at + 4].try_into().unwrap());
        let numbers: Vec<i32> = (0..8).map(|n| whole(n * 4)).collect();
        assert_eq!(numbers, [3, 11, 0, 2, 6, 1, 2, 2_147_483_622]);
        assert_eq!(&set[32..], "a\0có\0bỏ\0".as_bytes());
    }
}
