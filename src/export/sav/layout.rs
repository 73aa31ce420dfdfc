//! Where the variables lie: a case is a row of elements of 8 bytes, and a text takes several.

use crate::export::fit::fault;
use crate::export::variable::{Category, Kind, Variable};
use std::io;

/// Longest text of one record.
const MAX_SHORT: usize = 255;
/// Bytes by which the widths of a long text's segments count, for reasons lost in SPSS's past.
const SEGMENT: usize = 252;
/// Longest text of all.
const MAX_LONG: usize = 32_767;
/// Bytes of an element.
const ELEMENT: usize = 8;

/// Where a variable lies.
pub(super) struct Place {
    /// Its first element, counted from 1, as weights and value labels name it.
    pub(super) element: usize,
    /// Names of its records, at most 8 characters each. They begin with `@`, so they meet no variable's own name.
    pub(super) short_names: Vec<String>,
    /// How wide it is.
    pub(super) width: Width,
}

/// What a variable's elements hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One number.
    Number,
    /// A text, in one segment or several.
    Text(Vec<Segment>),
}

/// A part of a text, with a record of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The width its record tells.
    pub(super) width: usize,
    /// Bytes of text it holds; the others are blanks.
    pub(super) used: usize,
    /// Bytes it takes in a case, a multiple of 8.
    pub(super) allocated: usize,
}

impl Width {
    fn n_elements(&self) -> usize {
        match self {
            Self::Number => 1,
            Self::Text(segments) => segments.iter().map(|segment| segment.allocated / ELEMENT).sum(),
        }
    }

    /// The width of a text longer than one record holds.
    pub(super) fn long(&self) -> Option<usize> {
        match self {
            Self::Text(segments) if segments.len() > 1 => Some(segments.iter().map(|segment| segment.used).sum()),
            _ => None,
        }
    }

    /// One for each record.
    pub(super) fn record_widths(&self) -> Vec<usize> {
        match self {
            Self::Number => vec![0],
            Self::Text(segments) => segments.iter().map(|segment| segment.width).collect(),
        }
    }
}

/// Elements of one case.
pub(super) fn n_elements(places: &[Place]) -> usize {
    places.iter().map(|place| place.width.n_elements()).sum()
}

/// Places of all variables.
///
/// # Errors
/// When a text is longer than SPSS can hold.
pub(super) fn places(variables: &[Variable]) -> io::Result<Vec<Place>> {
    let (mut element, mut record) = (1, 0);
    let mut places = Vec::with_capacity(variables.len());
    for variable in variables {
        let width = match variable.kind {
            Kind::Text { max_bytes } if max_bytes > MAX_LONG => {
                let name = &variable.name;
                return Err(fault(format!(
                    "{name}: SPSS holds texts of at most {MAX_LONG} bytes, and this one may have {max_bytes}: take another format"
                )));
            }
            Kind::Text { max_bytes } => Width::Text(segments(max_bytes.max(1))),
            Kind::Coded { .. } | Kind::Number { .. } => Width::Number,
        };
        let records = width.record_widths().into_iter();
        let names = records.map(|_| {
            record += 1;
            format!("@{record}")
        });
        let place = Place { element, short_names: names.collect(), width };
        element += place.width.n_elements();
        places.push(place);
    }
    Ok(places)
}

/// A long text is kept in records of 255 bytes; their number and the width of the last follow from 252.
fn segments(width: usize) -> Vec<Segment> {
    let whole = |width: usize, used| Segment { width, used, allocated: width.next_multiple_of(ELEMENT) };
    if width <= MAX_SHORT {
        return vec![whole(width, width)];
    }
    let last = width.div_ceil(SEGMENT) - 1;
    let mut segments: Vec<Segment> =
        (0..last).map(|n| whole(MAX_SHORT, MAX_SHORT.min(width - MAX_SHORT * n))).collect();
    segments.push(whole(width - SEGMENT * last, width.saturating_sub(MAX_SHORT * last)));
    segments
}

/// Which codes are user-missing, as a record can say it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Missing<'a> {
    /// At most three.
    Values(&'a [i16]),
    /// All from one to another, and one more.
    Range { low: i16, high: i16, beside: Option<i16> },
}

/// Says which codes are missing; they are given rising.
///
/// # Errors
/// When they are more than three and a code with a value lies between them.
pub(super) fn missing<'a>(name: &str, missing: &'a [i16], categories: &[Category]) -> io::Result<Missing<'a>> {
    if missing.len() <= 3 {
        return Ok(Missing::Values(missing));
    }
    let range = |codes: &[i16], beside: Option<i16>| {
        let (low, high) = (*codes.first()?, *codes.last()?);
        let has_value = |category: &&Category| !category.is_missing && (low..=high).contains(&category.code);
        categories.iter().find(has_value).is_none().then_some(Missing::Range { low, high, beside })
    };
    let all = range(missing, None);
    let but_first = || missing.split_first().and_then(|(first, others)| range(others, Some(*first)));
    let but_last = || missing.split_last().and_then(|(last, others)| range(others, Some(*last)));
    all.or_else(but_first).or_else(but_last).ok_or_else(|| {
        fault(format!("{name}: SPSS takes three user-missing codes, or a range of codes and one beside it; here they are {missing:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::variable::Label;

    #[test]
    fn a_long_text_lies_in_segments() {
        let widths = |width| segments(width).iter().map(|s| (s.width, s.used, s.allocated)).collect::<Vec<_>>();
        assert_eq!(widths(1), [(1, 1, 8)]);
        assert_eq!(widths(255), [(255, 255, 256)]);
        assert_eq!(widths(256), [(255, 255, 256), (4, 1, 8)]);
        assert_eq!(widths(505), [(255, 255, 256), (255, 250, 256), (1, 0, 8)]);
        for width in 1..4_000 {
            assert_eq!(segments(width).iter().map(|s| s.used).sum::<usize>(), width, "all of it");
        }
    }

    #[test]
    fn missing_codes_are_three_or_a_range() {
        let label = || Label { vi: String::new(), en: String::new() };
        let category = |code| Category { code, label: label(), is_missing: !(0..=90).contains(&code) };
        let of = |codes: &[i16], valid: &[i16]| {
            let categories: Vec<_> = codes.iter().chain(valid).map(|code| category(*code)).collect();
            missing("q", codes, &categories).map(|missing| format!("{missing:?}")).map_err(|error| error.to_string())
        };
        assert_eq!(of(&[97, 98, 99], &[1]).unwrap(), "Values([97, 98, 99])");
        assert_eq!(of(&[96, 97, 98, 99], &[1]).unwrap(), "Range { low: 96, high: 99, beside: None }");
        assert_eq!(of(&[-1, 97, 98, 99], &[1]).unwrap(), "Range { low: 97, high: 99, beside: Some(-1) }");
        assert_eq!(of(&[-3, -2, -1, 99], &[1]).unwrap(), "Range { low: -3, high: -1, beside: Some(99) }");
        assert!(of(&[-2, -1, 98, 99], &[1]).unwrap_err().starts_with("q: SPSS takes three"));
    }
}
