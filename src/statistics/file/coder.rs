//! Text and numbers become codes as they come by.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// The code of a missing value.
pub(super) const MISSING: u8 = u8::MAX;
/// The key of a missing label.
pub(super) const NO_KEY: u32 = u32::MAX;
/// No code: of a value that was not met before.
pub(super) const UNMET: u8 = u8::MAX - 1;
/// Different values a coded column can have; with more it is a column of quantities.
const MAX_VALUES: usize = 250;

/// A value found in a coded column.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// As it was written.
    pub label: String,
    /// The number it is, if it is one.
    pub number: Option<f64>,
    /// The first row it stands in; the header is row 1.
    pub first_row: usize,
}

/// Whether a cell of a text file says that nothing is known.
pub(super) fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA")
}

/// A cell as a number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A variable on its way into codes, or into quantities once it has too many values.
#[derive(Debug, Default)]
pub(super) struct VariableCoder {
    values: Vec<Value>,
    by_label: HashMap<String, u8>,
    by_bits: HashMap<u64, u8>,
    /// The codes of the current part.
    codes: Vec<u8>,
    /// The quantities of the current part, once there are too many values.
    quantities: Option<Vec<f64>>,
    /// The first row with a value that is no number, where only numbers fit.
    not_a_number: Option<(usize, String)>,
}

/// A part of a variable.
#[derive(Debug)]
pub(super) enum VariablePart {
    Codes(Vec<u8>),
    Quantities(Vec<f64>),
}

impl VariableCoder {
    /// Adds a cell of a text file.
    pub(super) fn push_text(&mut self, text: &str, row: usize) {
        if is_missing(text) {
            return self.push_missing();
        }
        if self.quantities.is_none()
            && let Some(&code) = self.by_label.get(text)
        {
            return self.codes.push(code);
        }
        self.push_new(text, number(text), row);
    }

    /// Adds a number of a typed file; not a number is missing.
    pub(super) fn push_number(&mut self, number: f64, row: usize) {
        if number.is_nan() {
            return self.push_missing();
        }
        if let Some(quantities) = &mut self.quantities {
            return quantities.push(number);
        }
        // Adding zero makes one value of 0 and −0.
        let bits = (number + 0.0).to_bits();
        match self.by_bits.get(&bits) {
            Some(&code) => self.codes.push(code),
            None => {
                self.push_new(&number.to_string(), Some(number), row);
                if self.quantities.is_none()
                    && let Some(&code) = self.codes.last()
                {
                    self.by_bits.insert(bits, code);
                }
            }
        }
    }

    /// The code of a number that was met before.
    pub(super) fn known_code(&self, number: f64) -> Option<u8> {
        self.by_bits.get(&(number + 0.0).to_bits()).copied()
    }

    /// The code of a number, for readers that look codes up in tables; `None` where there are too many values for codes.
    pub(super) fn code_of(&mut self, number: f64, row: usize) -> Option<u8> {
        let bits = (number + 0.0).to_bits();
        if self.quantities.is_some() || (self.values.len() == MAX_VALUES && !self.by_bits.contains_key(&bits)) {
            return None;
        }
        self.push_number(number, row);
        self.codes.pop()
    }

    /// Adds codes that [`Self::code_of`] gave.
    pub(super) fn push_codes(&mut self, codes: Vec<u8>) {
        if self.codes.is_empty() {
            self.codes = codes;
        } else {
            self.codes.extend(codes);
        }
    }

    pub(super) fn push_missing(&mut self) {
        match &mut self.quantities {
            Some(quantities) => quantities.push(f64::NAN),
            None => self.codes.push(MISSING),
        }
    }

    fn push_new(&mut self, label: &str, number: Option<f64>, row: usize) {
        if self.quantities.is_none() && self.values.len() == MAX_VALUES {
            self.turn_into_quantities();
        }
        if let Some(quantities) = &mut self.quantities {
            if number.is_none() {
                self.not_a_number.get_or_insert_with(|| (row, label.to_owned()));
            }
            return quantities.push(number.unwrap_or(f64::NAN));
        }
        let code = self.values.len() as u8;
        self.values.push(Value { label: label.to_owned(), number, first_row: row });
        self.by_label.insert(label.to_owned(), code);
        self.codes.push(code);
    }

    fn turn_into_quantities(&mut self) {
        if let Some(value) = self.values.iter().find(|value| value.number.is_none()) {
            self.not_a_number = Some((value.first_row, value.label.clone()));
        }
        let codes = std::mem::take(&mut self.codes);
        self.quantities = Some(codes.into_iter().map(|code| self.quantity(code)).collect());
    }

    /// The number that a code stands for.
    pub(super) fn quantity(&self, code: u8) -> f64 {
        self.values.get(usize::from(code)).and_then(|value| value.number).unwrap_or(f64::NAN)
    }

    /// The part that was added since the last one was taken.
    pub(super) fn take(&mut self) -> VariablePart {
        match &mut self.quantities {
            Some(quantities) => VariablePart::Quantities(std::mem::take(quantities)),
            None => VariablePart::Codes(std::mem::take(&mut self.codes)),
        }
    }

    /// Whether there are quantities by now.
    pub(super) fn has_quantities(&self) -> bool {
        self.quantities.is_some()
    }

    /// A value that is no number among too many values to be labels, with its row.
    pub(super) fn not_a_number(&self) -> Option<&(usize, String)> {
        self.not_a_number.as_ref()
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// Labels of a stratum, PSU or breakdown on their way into numbers.
#[derive(Debug, Default)]
pub(super) struct KeyCoder {
    labels: Vec<String>,
    by_label: HashMap<String, u32, RandomState>,
    last: Option<u32>,
}

impl KeyCoder {
    /// The key of a label; an empty one or `NA` is missing. Rows mostly come desk by desk, so the last label is tried
    /// first.
    pub(super) fn key_of(&mut self, label: &str) -> u32 {
        if let Some(last) = self.last
            && self.labels.get(last as usize).is_some_and(|known| known == label)
        {
            return last;
        }
        if is_missing(label) {
            return NO_KEY;
        }
        let key = self.by_label.get(label).copied().unwrap_or_else(|| {
            let key = self.labels.len() as u32;
            self.labels.push(label.to_owned());
            self.by_label.insert(label.to_owned(), key);
            key
        });
        self.last = Some(key);
        key
    }

    /// Labels so far.
    pub(super) fn n_labels(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn label(&self, key: u32) -> &str {
        self.labels.get(key as usize).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn into_labels(self) -> Vec<String> {
        self.labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_codes_until_there_are_too_many() {
        let mut coder = VariableCoder::default();
        for text in ["4", "", "NA", "5", "4", "x"] {
            coder.push_text(text, 2);
        }
        let VariablePart::Codes(codes) = coder.take() else { panic!("few values are codes") };
        assert_eq!(codes, [0, MISSING, MISSING, 1, 0, 2]);
        assert_eq!(
            (coder.quantity(1), coder.quantity(2).is_nan(), coder.quantity(MISSING).is_nan()),
            (5.0, true, true)
        );
        (0..300).for_each(|i| coder.push_number(f64::from(i) + 0.5, i as usize));
        assert!(coder.has_quantities());
        let VariablePart::Quantities(quantities) = coder.take() else { panic!("many values are quantities") };
        assert_eq!((quantities.len(), quantities[299]), (300, 299.5));
        assert_eq!(coder.not_a_number(), Some(&(2, "x".to_owned())));
    }

    #[test]
    fn zero_has_one_code() {
        let mut coder = VariableCoder::default();
        [0.0, -0.0, 1.0].into_iter().for_each(|number| coder.push_number(number, 2));
        assert_eq!(coder.into_values().len(), 2);
    }

    #[test]
    fn labels_get_keys() {
        let mut keys = KeyCoder::default();
        assert_eq!(["b", "a", "a", "", "b"].map(|label| keys.key_of(label)), [0, 1, 1, NO_KEY, 0]);
        assert_eq!(keys.label(1), "a");
    }
}
