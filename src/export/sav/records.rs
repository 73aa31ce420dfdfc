//! Numbers and texts as the records of a dictionary hold them.

use crate::export::field;

/// The bytes of a dictionary, record by record.
#[derive(Debug, Default)]
pub(super) struct Records(Vec<u8>);

/// What an extension record is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extension {
    Integers = 3,
    Floats = 4,
    Display = 11,
    LongNames = 13,
    LongTexts = 14,
    NumberOfCases = 16,
    Encoding = 20,
}

impl Records {
    pub(super) fn whole(&mut self, number: usize) {
        // Nothing in a dictionary is as large as 2³¹: the widest case has 32,767 × 4,096 bytes.
        self.signed(i32::try_from(number).unwrap_or(i32::MAX));
    }

    pub(super) fn signed(&mut self, number: i32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn float(&mut self, number: f64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// A text in a field of blanks.
    pub(super) fn text(&mut self, text: &str, width: usize) {
        field::push(&mut self.0, text, width, b' ');
    }

    /// A value's label: its length in a byte, and blanks to the next multiple of eight.
    pub(super) fn value_label(&mut self, label: &str) {
        self.0.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
        self.text(label, (1 + label.len()).next_multiple_of(8) - 1);
    }

    /// A record of later versions: readers that do not know it pass over it.
    pub(super) fn extension(&mut self, about: Extension, size: usize, content: &[u8]) {
        self.signed(7);
        self.signed(about as i32);
        self.whole(size);
        self.whole(content.len() / size);
        self.0.extend_from_slice(content);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_laid_as_the_format_says() {
        let mut records = Records::default();
        records.value_label("ệ!");
        records.extension(Extension::Encoding, 1, b"UTF-8");
        let mut expected = vec![4];
        expected.extend_from_slice("ệ!   ".as_bytes());
        for number in [7_i32, 20, 1, 5] {
            expected.extend_from_slice(&number.to_le_bytes());
        }
        expected.extend_from_slice(b"UTF-8");
        assert_eq!(records.into_bytes(), expected);
    }
}
