//! Bytecode compression: eight commands of a byte each, then the elements that these did not say themselves.

use super::layout::Segment;

/// What is added to a small whole number to make it a command.
pub(super) const BIAS: i8 = 100;
/// Numbers that fit into a command.
const SMALL: std::ops::RangeInclusive<f64> = -99.0..=151.0;
/// The element follows.
const RAW: u8 = 253;
/// Eight blanks.
const BLANKS: u8 = 254;
/// A missing number.
const MISSING: u8 = 255;
/// No element; fills the last eight commands.
const NOTHING: u8 = 0;
/// Bytes of an element, and commands of a group.
const EIGHT: usize = 8;

/// Elements on their way to the file.
#[derive(Debug, Default)]
pub(super) struct Compressor {
    /// Groups whose eight commands are known.
    whole: Vec<u8>,
    commands: Vec<u8>,
    elements: Vec<u8>,
}

impl Compressor {
    pub(super) fn number(&mut self, number: f64) {
        if number.fract() == 0.0 && SMALL.contains(&number) {
            self.command((number + f64::from(BIAS)) as u8);
        } else {
            self.elements.extend_from_slice(&number.to_le_bytes());
            self.command(RAW);
        }
    }

    pub(super) fn no_number(&mut self) {
        self.command(MISSING);
    }

    /// A text in the segments it is kept in, blanks behind it.
    pub(super) fn text(&mut self, text: &str, segments: &[Segment]) {
        let mut text = text.as_bytes();
        for segment in segments {
            let (mut here, after) = text.split_at(segment.used.min(text.len()));
            text = after;
            for _ in 0..segment.allocated / EIGHT {
                let (element, rest) = here.split_at(EIGHT.min(here.len()));
                here = rest;
                if element.iter().all(|byte| *byte == b' ') {
                    self.command(BLANKS);
                } else {
                    self.elements.extend_from_slice(element);
                    self.elements.extend(std::iter::repeat_n(b' ', EIGHT - element.len()));
                    self.command(RAW);
                }
            }
        }
    }

    fn command(&mut self, command: u8) {
        self.commands.push(command);
        if self.commands.len() == EIGHT {
            self.whole.append(&mut self.commands);
            self.whole.append(&mut self.elements);
        }
    }

    /// The groups that are done.
    pub(super) fn whole(&self) -> &[u8] {
        &self.whole
    }

    /// After they were written.
    pub(super) fn forget_whole(&mut self) {
        self.whole.clear();
    }

    /// Fills the last group and gives what was not written yet.
    pub(super) fn end(&mut self) -> &[u8] {
        while !self.commands.is_empty() {
            self.command(NOTHING);
        }
        &self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(used: usize, allocated: usize) -> Segment {
        Segment { width: used, used, allocated }
    }

    #[test]
    fn small_whole_numbers_are_one_byte() {
        let mut data = Compressor::default();
        for number in [1.0, -99.0, 151.0, 0.0] {
            data.number(number);
        }
        data.no_number();
        data.number(0.5);
        data.text("  ", &[segment(8, 8)]);
        data.text("ệ", &[segment(5, 8)]);
        let mut expected = vec![101, 1, 251, 100, 255, 253, 254, 253];
        expected.extend_from_slice(&0.5_f64.to_le_bytes());
        expected.extend_from_slice("ệ     ".as_bytes());
        assert_eq!(data.whole(), expected);
        data.forget_whole();
        assert!(data.end().is_empty(), "no group was begun");
        data.number(-100.0);
        let mut expected = vec![253, 0, 0, 0, 0, 0, 0, 0];
        expected.extend_from_slice(&(-100.0_f64).to_le_bytes());
        assert_eq!(data.end(), expected);
    }

    #[test]
    fn a_text_goes_on_in_the_next_segment() {
        let mut data = Compressor::default();
        data.text("abcdefghij", &[segment(7, 8), segment(3, 8)]);
        assert_eq!(&data.end()[8..], b"abcdefg hij     ");
    }
}
