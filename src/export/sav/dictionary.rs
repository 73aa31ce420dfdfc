//! All that stands before the rows: the header, the variables, what their codes mean, and the records of later versions.

use super::compression::BIAS;
use super::layout::{Missing, Place, Width, missing, n_elements};
use super::records::{Extension, Records};
use crate::export::Table;
use crate::export::label;
use crate::export::variable::{Kind, Role, Variable};
use std::io;

/// Bytes of a variable's label, of a code's label, of the file's, of a line of notes.
const VARIABLE_LABEL: usize = 255;
const VALUE_LABEL: usize = 120;
const FILE_LABEL: usize = 64;
const NOTE_LINE: usize = 80;
/// Bytes of a name in a record.
const SHORT_NAME: usize = 8;

/// The dictionary of a table.
///
/// # Errors
/// When SPSS cannot say which codes are missing.
pub(super) fn dictionary(table: &Table, places: &[Place]) -> io::Result<Vec<u8>> {
    let mut records = Records::default();
    header(&mut records, table, places);
    for (variable, place) in table.variables.iter().zip(places) {
        variable_records(&mut records, variable, place)?;
    }
    for (variable, place) in table.variables.iter().zip(places) {
        value_labels(&mut records, variable, place);
    }
    notes(&mut records, table);
    extensions(&mut records, table, places);
    records.signed(999);
    records.signed(0);
    Ok(records.into_bytes())
}

fn header(records: &mut Records, table: &Table, places: &[Place]) {
    records.text("$FL2", 4);
    records.text(concat!("@(#) SPSS DATA FILE sipas ", env!("CARGO_PKG_VERSION")), 60);
    records.signed(2);
    records.whole(n_elements(places));
    records.signed(1);
    let is_weight =
        |(variable, place): &(&Variable, &Place)| variable.role == Role::Weight && place.width == Width::Number;
    let weight = table.variables.iter().zip(places).find(is_weight).map_or(0, |(_, place)| place.element);
    records.whole(weight);
    records.signed(i32::try_from(table.n_rows).unwrap_or(-1));
    records.float(f64::from(BIAS));
    records.text("01 Jan 70", 9);
    records.text("00:00:00", 8);
    records.text(&label::in_bytes(&table.title, FILE_LABEL), FILE_LABEL);
    records.text("\0\0\0", 3);
}

/// A record for each segment, and one for each further element of it.
fn variable_records(records: &mut Records, variable: &Variable, place: &Place) -> io::Result<()> {
    let label = label::in_bytes(&variable.label.vi, VARIABLE_LABEL);
    let codes = missing_codes(variable);
    let missing = match &variable.kind {
        Kind::Coded { categories, .. } => missing(&variable.name, &codes, categories)?,
        Kind::Number { .. } | Kind::Text { .. } => Missing::Values(&[]),
    };
    let n_missing = match missing {
        Missing::Values(codes) => i32::try_from(codes.len()).unwrap_or_default(),
        Missing::Range { beside: None, .. } => -2,
        Missing::Range { beside: Some(_), .. } => -3,
    };
    for (name, width) in place.short_names.iter().zip(place.width.record_widths()) {
        let format = format(variable, width);
        records.signed(2);
        records.whole(width);
        records.signed(i32::from(!label.is_empty()));
        records.signed(n_missing);
        records.signed(format);
        records.signed(format);
        records.text(name, SHORT_NAME);
        if !label.is_empty() {
            records.whole(label.len());
            records.text(&label, label.len().next_multiple_of(4));
        }
        match missing {
            Missing::Values(codes) => codes.iter().for_each(|code| records.float(f64::from(*code))),
            Missing::Range { low, high, beside } => {
                [Some(low), Some(high), beside].into_iter().flatten().for_each(|code| records.float(f64::from(code)));
            }
        }
        for _ in 1..width.div_ceil(8) {
            records.signed(2);
            records.signed(-1);
            (0..4).for_each(|_| records.signed(0));
            records.text("", SHORT_NAME);
        }
    }
    Ok(())
}

/// Rising.
fn missing_codes(variable: &Variable) -> Vec<i16> {
    let Kind::Coded { categories, .. } = &variable.kind else { return Vec::new() };
    let mut codes: Vec<i16> = categories.iter().filter(|code| code.is_missing).map(|code| code.code).collect();
    codes.sort_unstable();
    codes
}

/// How values are shown: `F8.2`, `A12`, packed as type, width and decimals.
fn format(variable: &Variable, record_width: usize) -> i32 {
    const TEXT: i32 = 1;
    const NUMBER: i32 = 5;
    let (kind, decimals) = match variable.kind {
        Kind::Text { .. } => (TEXT, 0),
        Kind::Number { decimals } => (NUMBER, i32::from(decimals.min(16))),
        Kind::Coded { .. } => (NUMBER, 0),
    };
    let width = match variable.kind {
        Kind::Text { .. } => i32::try_from(record_width).unwrap_or_default(),
        Kind::Number { .. } => 10 + decimals,
        Kind::Coded { .. } => 8,
    };
    (kind << 16) | (width << 8) | decimals
}

fn value_labels(records: &mut Records, variable: &Variable, place: &Place) {
    let Kind::Coded { categories, .. } = &variable.kind else { return };
    if categories.is_empty() {
        return;
    }
    records.signed(3);
    records.whole(categories.len());
    for category in categories {
        records.float(f64::from(category.code));
        records.value_label(&label::in_bytes(&category.label.vi, VALUE_LABEL));
    }
    records.signed(4);
    records.signed(1);
    records.whole(place.element);
}

fn notes(records: &mut Records, table: &Table) {
    let texts = table.notes.iter().flat_map(|note| [&note.vi, &note.en]);
    let lines: Vec<String> = texts.flat_map(|text| label::lines(text, NOTE_LINE)).collect();
    if lines.is_empty() {
        return;
    }
    records.signed(6);
    records.whole(lines.len());
    lines.iter().for_each(|line| records.text(line, NOTE_LINE));
}

fn extensions(records: &mut Records, table: &Table, places: &[Place]) {
    // Version, machine (unknown), IEEE 754, compressed, little-endian, UTF-8.
    let integers = [1, 0, 0, -1, 1, 1, 2, 65_001];
    records.extension(Extension::Integers, 4, &integers.map(i32::to_le_bytes).concat());
    // What a missing number would be, and the ends of "HIGHEST" and "LOWEST".
    let floats = [f64::MIN, f64::MAX, f64::MIN.next_up()];
    records.extension(Extension::Floats, 8, &floats.map(f64::to_le_bytes).concat());
    let both = || table.variables.iter().zip(places);
    let display = both().flat_map(|(variable, place)| vec![display(variable); place.short_names.len()]);
    let display: Vec<u8> = display.flatten().flat_map(i32::to_le_bytes).collect();
    records.extension(Extension::Display, 4, &display);
    let first = |place: &Place| place.short_names.first().cloned().unwrap_or_default();
    let names: Vec<String> = both().map(|(variable, place)| format!("{}={}", first(place), variable.name)).collect();
    records.extension(Extension::LongNames, 1, names.join("\t").as_bytes());
    let long = places.iter().filter_map(|place| Some((first(place), place.width.long()?)));
    let long: String = long.map(|(name, width)| format!("{name}={width:05}\0\t")).collect();
    if !long.is_empty() {
        records.extension(Extension::LongTexts, 1, long.as_bytes());
    }
    let n_cases = [1, table.n_rows].map(u64::to_le_bytes).concat();
    records.extension(Extension::NumberOfCases, 8, &n_cases);
    records.extension(Extension::Encoding, 1, b"UTF-8");
}

/// Level of measurement, width on the screen, side.
fn display(variable: &Variable) -> [i32; 3] {
    const NOMINAL: i32 = 1;
    const ORDINAL: i32 = 2;
    const SCALE: i32 = 3;
    const LEFT: i32 = 0;
    const RIGHT: i32 = 1;
    match variable.kind {
        // A row's number measures nothing.
        Kind::Number { .. } if variable.role == Role::Key => [NOMINAL, 12, RIGHT],
        Kind::Coded { is_ordered: true, .. } => [ORDINAL, 8, RIGHT],
        Kind::Coded { is_ordered: false, .. } => [NOMINAL, 8, RIGHT],
        Kind::Number { .. } => [SCALE, 12, RIGHT],
        Kind::Text { max_bytes } => [NOMINAL, i32::try_from(max_bytes.clamp(4, 40)).unwrap_or(40), LEFT],
    }
}
