//! Survey files as Parquet, read row group by row group: only the columns that are needed, and no more of them in memory
//! at once than one group.

use super::assemble::Assembly;
use super::coder::{KeyCoder, MISSING, NO_KEY, UNMET, VariableCoder};
use super::row::Row;
use super::{Found, Roles};
use crate::domain::fault::Fault;
use polars::prelude::{
    ChunkedArray, Column, DataFrame, DataType, ParallelStrategy, ParquetReader, PolarsError, PolarsNumericType,
    SerReader, StringChunked,
};
use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

/// Rows decoded at once, where a row group has more.
const ROWS_PER_PART: usize = 1 << 18;

/// Reads a file into an assembly.
pub(super) fn read(
    path: &Path,
    roles: &Roles,
    assembly: &mut Assembly,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Vec<Fault>> {
    let unreadable = |error: PolarsError| vec![of_error(path, &error.to_string())];
    let open = || File::open(path).map_err(|error| vec![of_error(path, &error.to_string())]);
    let mut reader = ParquetReader::new(open()?);
    let metadata = reader.get_metadata().map_err(unreadable)?.clone();
    let schema = reader.schema().map_err(unreadable)?;
    let header: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    let found = Found::among(&header, roles)?;
    assembly.name_replicates(found.replicates.len());
    let wanted = Wanted::new(&header, &found);
    let n_rows = metadata.num_rows as u64;
    let mut scratch = Scratch::default();
    let mut first = 0;
    for group in metadata.row_groups.iter() {
        let end = first + group.num_rows();
        while first < end {
            let n = (end - first).min(ROWS_PER_PART);
            let mut reader = ParquetReader::new(open()?)
                .with_columns(Some(wanted.names.clone()))
                .with_slice(Some((first, n)))
                .read_parallel(ParallelStrategy::Columns);
            reader.set_metadata(metadata.clone());
            let frame = reader.finish().map_err(unreadable)?;
            take(&frame, &wanted, roles, first, (assembly, &mut scratch))?;
            first += n;
            progress(first as u64, Some(n_rows));
            if assembly.is_hopeless() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The names of the columns to read, by what they are for.
struct Wanted {
    names: Vec<String>,
    keys: Vec<String>,
    variables: Vec<String>,
    replicates: Vec<String>,
}

impl Wanted {
    fn new(header: &[String], found: &Found) -> Self {
        let named = |places: &[usize]| -> Vec<String> {
            places.iter().filter_map(|place| header.get(*place)).cloned().collect()
        };
        let single: Vec<usize> = [found.weight, found.fpc1, found.fpc2].into_iter().flatten().collect();
        let all = [&found.keys, &single, &found.variables, &found.replicates];
        let mut places: Vec<usize> = all.into_iter().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        // A file of which nothing is read but that it has rows still needs a column to count them by.
        let places = if places.is_empty() { vec![0] } else { places };
        Self {
            names: named(&places),
            keys: named(&found.keys),
            variables: named(&found.variables),
            replicates: named(&found.replicates),
        }
    }
}

/// What is read of a part beside the variables; its memory serves part after part.
#[derive(Default)]
struct Scratch {
    keys: Vec<Vec<u32>>,
    weight: Vec<f64>,
    fpc1: Vec<f64>,
    fpc2: Vec<f64>,
}

/// Takes a part of the rows; `before` rows came earlier.
fn take(
    frame: &DataFrame,
    wanted: &Wanted,
    roles: &Roles,
    before: usize,
    (assembly, scratch): (&mut Assembly, &mut Scratch),
) -> Result<(), Vec<Fault>> {
    let column = |name: &String| match frame.column(name) {
        Ok(column) => readable(column),
        Err(error) => Err(vec![of_column(name, &error.to_string())]),
    };
    // The header is row 1, as in a text file.
    let first_line = before + 2;
    let Scratch { keys, weight, fpc1, fpc2 } = scratch;
    keys.resize_with(wanted.keys.len(), Vec::new);
    let (key_coders, variable_coders) = assembly.coders();
    for ((name, coder), keys) in wanted.keys.iter().zip(key_coders).zip(keys.iter_mut()) {
        keys.clear();
        keys_of(&*column(name)?, coder, keys)?;
    }
    for (name, coder) in wanted.variables.iter().zip(variable_coders) {
        code(&*column(name)?, coder, first_line)?;
    }
    for (name, replicate) in wanted.replicates.iter().zip(0_usize..) {
        let weights = numbers(&*column(name)?)?;
        if let Some(part) = assembly.replicates().get_mut(replicate) {
            part.extend(weights);
        }
    }
    for (name, numbers) in [(&roles.weight, &mut *weight), (&roles.fpc1, fpc1), (&roles.fpc2, fpc2)] {
        numbers.clear();
        if let Some(name) = name {
            add_numbers(&*column(name)?, numbers)?;
        }
    }
    let at = |numbers: &[f64], row: usize| numbers.get(row).copied();
    let row =
        |row: usize| Row { line: first_line + row, weight: at(weight, row), fpc1: at(fpc1, row), fpc2: at(fpc2, row) };
    assembly.take_rows(keys, (0..frame.height()).map(row));
    assembly.end_part();
    Ok(())
}

/// A column of numbers or texts; categories, factors and days become texts.
fn readable(column: &Column) -> Result<Cow<'_, Column>, Vec<Fault>> {
    let kind = column.dtype();
    if kind.is_primitive_numeric() || matches!(kind, DataType::String | DataType::Boolean | DataType::Null) {
        return Ok(Cow::Borrowed(column));
    }
    let refused = |_| vec![of_column(column.name(), &format!("it holds {kind}, neither numbers nor texts"))];
    column.cast(&DataType::String).map(Cow::Owned).map_err(refused)
}

/// A column as numbers; missing is not a number.
fn numbers(column: &Column) -> Result<Vec<f64>, Vec<Fault>> {
    let mut numbers = Vec::with_capacity(column.len());
    add_numbers(column, &mut numbers)?;
    Ok(numbers)
}

fn add_numbers(column: &Column, list: &mut Vec<f64>) -> Result<(), Vec<Fault>> {
    if !(column.dtype().is_primitive_numeric() || column.dtype().is_bool() || column.dtype().is_null()) {
        let message = format!("it holds {}, but numbers are needed", column.dtype());
        return Err(vec![of_column(column.name(), &message)]);
    }
    let refused = |error: PolarsError| vec![of_column(column.name(), &error.to_string())];
    let cast = column.cast(&DataType::Float64).map_err(refused)?;
    let numbers = cast.f64().map_err(refused)?;
    // A file may hold infinities; none of the quantities here can be one.
    let finite = |number: f64| if number.is_finite() { number } else { f64::NAN };
    match numbers.cont_slice() {
        Ok(numbers) => list.extend(numbers.iter().map(|number| finite(*number))),
        Err(_) => list.extend(numbers.iter().map(|number| number.map_or(f64::NAN, finite))),
    }
    Ok(())
}

/// A column as keys.
fn keys_of(column: &Column, coder: &mut KeyCoder, keys: &mut Vec<u32>) -> Result<(), Vec<Fault>> {
    let refused = |error: PolarsError| vec![of_column(column.name(), &error.to_string())];
    if let DataType::String = column.dtype() {
        keys_of_texts(column.str().map_err(refused)?, coder, keys);
        return Ok(());
    }
    // Numbers become text only when they change from one row to the next.
    let numbers = numbers(column)?;
    let mut last = None;
    let key = |number: f64| match last {
        Some((known, key)) if known == number => key,
        _ => {
            let label = if number.is_nan() { String::new() } else { number.to_string() };
            let key = coder.key_of(&label);
            last = Some((number, key));
            key
        }
    };
    keys.extend(numbers.into_iter().map(key));
    Ok(())
}

/// Views remembered with their keys; a power of two.
const N_SEEN: usize = 64;

/// Keys of texts. A text of up to twelve bytes lies in its view whole, and of a longer one the view says where it lies, so
/// within a chunk the same view is the same text, and most texts need not be looked at.
fn keys_of_texts(texts: &StringChunked, coder: &mut KeyCoder, keys: &mut Vec<u32>) {
    keys.reserve(texts.len());
    for chunk in texts.downcast_iter() {
        let before = keys.len();
        // The view of all zeros is the empty text, which is missing.
        let mut seen = [(0_u128, NO_KEY); N_SEEN];
        keys.extend(chunk.views().iter().enumerate().map(|(row, view)| {
            let bits = view.as_u128();
            let mixed = ((bits >> 64) as u64 ^ bits as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let Some(place) = seen.get_mut((mixed >> 32) as usize % N_SEEN) else { return NO_KEY };
            if place.0 != bits {
                let Some(text) = chunk.get(row) else { return NO_KEY };
                *place = (bits, coder.key_of(text));
            }
            place.1
        }));
        // The view of a missing text may be that of another one.
        if texts.null_count() > 0 {
            let texts = keys.iter_mut().skip(before).zip(chunk.iter());
            texts.filter(|(_, text)| text.is_none()).for_each(|(key, _)| *key = NO_KEY);
        }
    }
}

/// Codes a variable.
fn code(column: &Column, coder: &mut VariableCoder, first_line: usize) -> Result<(), Vec<Fault>> {
    let refused = |error: PolarsError| vec![of_column(column.name(), &error.to_string())];
    let is_coded = match column.dtype() {
        DataType::Int8 => {
            let bytes = (|value: i8| value as u8, |byte: u8| f64::from(byte as i8));
            by_table(column.i8().map_err(refused)?, bytes, coder, first_line)
        }
        DataType::UInt8 => by_table(column.u8().map_err(refused)?, (|value| value, f64::from), coder, first_line),
        DataType::String => {
            for (line, text) in (first_line..).zip(column.str().map_err(refused)?.iter()) {
                coder.push_text(text.unwrap_or_default(), line);
            }
            true
        }
        _ => false,
    };
    if !is_coded {
        for (line, number) in (first_line..).zip(numbers(column)?) {
            coder.push_number(number, line);
        }
    }
    Ok(())
}

/// Codes bytes through a table of all 256 of them, filled as they are met; false if there are too many values for codes,
/// and then nothing was added. `byte` makes values bytes, `number` bytes numbers.
fn by_table<T>(
    bytes: &ChunkedArray<T>,
    (byte, number): (impl Fn(T::Native) -> u8, impl Fn(u8) -> f64),
    coder: &mut VariableCoder,
    first_line: usize,
) -> bool
where
    T: PolarsNumericType,
{
    if coder.has_quantities() {
        return false;
    }
    let mut table = [UNMET; 256];
    for (code, byte) in table.iter_mut().zip(0..=u8::MAX) {
        *code = coder.known_code(number(byte)).unwrap_or(UNMET);
    }
    let mut codes = Vec::with_capacity(bytes.len());
    for chunk in bytes.downcast_iter() {
        let before = codes.len();
        let values = chunk.values().as_slice();
        codes.extend(values.iter().map(|value| table.get(usize::from(byte(*value))).copied().unwrap_or(UNMET)));
        let coded = codes.get_mut(before..).unwrap_or_default();
        // What stands in the place of a missing value is nobody's answer.
        for missing in chunk.validity().iter().flat_map(|validity| (!*validity).true_idx_iter().collect::<Vec<_>>()) {
            if let Some(code) = coded.get_mut(missing) {
                *code = MISSING;
            }
        }
        while coded.contains(&UNMET) {
            let Some(place) = coded.iter().position(|code| *code == UNMET) else { break };
            let Some(value) = values.get(place).copied() else { break };
            let Some(new) = coder.code_of(number(byte(value)), first_line + before + place) else { return false };
            if let Some(entry) = table.get_mut(usize::from(byte(value))) {
                *entry = new;
            }
            let rest = coded.iter_mut().zip(values).skip(place);
            rest.filter(|(code, other)| **code == UNMET && byte(**other) == byte(value))
                .for_each(|(code, _)| *code = new);
        }
    }
    coder.push_codes(codes);
    true
}

fn of_error(path: &Path, error: &str) -> Fault {
    Fault::of_whole("unreadable", format!("{} cannot be read as Parquet: {error}", path.display()))
}

fn of_column(name: &str, message: &str) -> Fault {
    Fault::in_row(1, name, "unusable-column", message.to_owned())
}
