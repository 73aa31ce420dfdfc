//! The sections of a file, and the map that says where each begins.

use super::labels;
use super::values::Storage;
use crate::export::fit::fault;
use crate::export::variable::Kind;
use crate::export::{Table, field, label};
use std::io;

/// What stands between the rows and the long texts.
pub(super) const BETWEEN: &[u8] = b"</data><strls>";
/// Most variables, and most rows of Stata/SE.
const MAX_VARIABLES: usize = 32_767;
const MAX_ROWS: u64 = 2_147_483_647;
/// Characters of a variable's label and of the file's, and bytes of a label's field.
const MAX_LABEL: usize = 80;
const LABEL: usize = 321;
/// Bytes of the fields of a name and of a format.
const NAME: usize = 129;
const FORMAT: usize = 57;
/// Bytes of the map: its tags, and fourteen places.
const MAP: u64 = 5 + 14 * 8 + 6;
/// Most bytes of a note.
const MAX_NOTE: usize = 67_000;

/// All sections but the rows and the long texts.
pub(super) struct Sections {
    header: Vec<u8>,
    /// From the types to the characteristics, in the order of the file.
    variables: Vec<Vec<u8>>,
    value_labels: Vec<u8>,
    n_row_bytes: u64,
}

impl Sections {
    /// # Errors
    /// When there are more variables or rows than Stata takes.
    pub(super) fn new(table: &Table, storage: &[Storage]) -> io::Result<Self> {
        let n_variables = u16::try_from(table.variables.len()).unwrap_or(u16::MAX);
        if usize::from(n_variables) > MAX_VARIABLES || table.n_rows > MAX_ROWS {
            return Err(fault(format!(
                "Stata takes {MAX_VARIABLES} variables and {MAX_ROWS} rows at most; this table has {} and {}",
                table.variables.len(),
                table.n_rows
            )));
        }
        let mut value_labels = labels::value_labels(&table.variables, storage);
        value_labels.splice(0..0, *b"</strls><value_labels>");
        value_labels.extend_from_slice(b"</value_labels></stata_dta>");
        let n_row_bytes = storage.iter().map(Storage::n_bytes).sum::<u64>() * table.n_rows;
        Ok(Self { header: header(table, n_variables), variables: variables(table, storage), value_labels, n_row_bytes })
    }

    /// The file up to the first row; long texts will take so many bytes.
    pub(super) fn before_rows(&self, n_long_bytes: u64) -> Vec<u8> {
        let length = |bytes: &[u8]| bytes.len() as u64;
        let mut places = vec![0, length(&self.header)];
        let mut place = length(&self.header) + MAP;
        for section in &self.variables {
            places.push(place);
            place += length(section);
        }
        // The rows, the long texts, the value labels, the last tag, the end.
        places.push(place);
        place += length(b"<data></data>") + self.n_row_bytes;
        places.push(place);
        place += length(b"<strls></strls>") + n_long_bytes;
        places.push(place);
        place += length(&self.value_labels) - length(b"</strls>") - length(b"</stata_dta>");
        places.push(place);
        places.push(place + length(b"</stata_dta>"));
        let map: Vec<u8> = places.into_iter().flat_map(u64::to_le_bytes).collect();
        [&self.header[..], b"<map>", &map, b"</map>", &self.variables.concat(), b"<data>"].concat()
    }

    /// The file from the last long text on.
    pub(super) fn after_long_texts(&self) -> &[u8] {
        &self.value_labels
    }
}

/// Equal tables make equal bytes, so the file bears no time.
fn header(table: &Table, n_variables: u16) -> Vec<u8> {
    let title = label::in_characters(&table.title, MAX_LABEL);
    let n_title_bytes = u16::try_from(title.len()).unwrap_or_default();
    [
        &b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>"[..],
        &n_variables.to_le_bytes(),
        b"</K><N>",
        &table.n_rows.to_le_bytes(),
        b"</N><label>",
        &n_title_bytes.to_le_bytes(),
        title.as_bytes(),
        b"</label><timestamp>\0</timestamp></header>",
    ]
    .concat()
}

fn variables(table: &Table, storage: &[Storage]) -> Vec<Vec<u8>> {
    let variables = &table.variables;
    let fields = |tag: &str, width: usize, texts: Vec<String>| {
        let mut content = Vec::new();
        texts.iter().for_each(|text| field::push(&mut content, text, width, 0));
        section(tag, &content)
    };
    let label_set = |kind: &Kind, name: &String| match kind {
        Kind::Coded { .. } => name.clone(),
        Kind::Number { .. } | Kind::Text { .. } => String::new(),
    };
    let types: Vec<u8> = storage.iter().flat_map(|storage| storage.type_number().to_le_bytes()).collect();
    // Not sorted by any variable.
    let sorted_by = vec![0; 2 * (variables.len() + 1)];
    vec![
        section("variable_types", &types),
        fields("varnames", NAME, variables.iter().map(|variable| variable.name.clone()).collect()),
        section("sortlist", &sorted_by),
        fields("formats", FORMAT, storage.iter().map(Storage::format).collect()),
        fields("value_label_names", NAME, variables.iter().map(|v| label_set(&v.kind, &v.name)).collect()),
        fields(
            "variable_labels",
            LABEL,
            variables.iter().map(|variable| label::in_characters(&variable.label.vi, MAX_LABEL)).collect(),
        ),
        section("characteristics", &notes(table)),
    ]
}

fn section(tag: &str, content: &[u8]) -> Vec<u8> {
    [format!("<{tag}>").as_bytes(), content, format!("</{tag}>").as_bytes()].concat()
}

/// The table's notes and the labels that had to be cut, as Stata's `notes` shows them.
fn notes(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut of = |name: &str, notes: Vec<String>| {
        if !notes.is_empty() {
            bytes.extend_from_slice(&characteristic(name, "note0", &notes.len().to_string()));
        }
        for (number, note) in (1..).zip(notes) {
            bytes.extend_from_slice(&characteristic(name, &format!("note{number}"), &note));
        }
    };
    of("_dta", table.notes.iter().flat_map(|note| [note.vi.clone(), note.en.clone()]).collect());
    for variable in &table.variables {
        let whole = &variable.label.vi;
        let is_cut = label::in_characters(whole, MAX_LABEL) != *whole;
        of(&variable.name, is_cut.then(|| whole.clone()).into_iter().collect());
    }
    bytes
}

fn characteristic(variable: &str, name: &str, text: &str) -> Vec<u8> {
    let mut content = Vec::new();
    field::push(&mut content, variable, NAME, 0);
    field::push(&mut content, name, NAME, 0);
    content.extend_from_slice(label::in_bytes(text, MAX_NOTE).as_bytes());
    content.push(0);
    let length = u32::try_from(content.len()).unwrap_or_default().to_le_bytes();
    [b"<ch>", &length[..], &content, b"</ch>"].concat()
}
