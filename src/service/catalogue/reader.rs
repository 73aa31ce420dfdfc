//! Reading one TOML file with every fault in it.
//!
//! A [`Table`] hands out values by key and notes what is wrong with them. When it is dropped, every key that nobody asked
//! for is a fault; so a reader is the list of the keys it knows, and cannot forget to refuse the others. A reader asks for
//! all its keys first and gives up (`?`) only then.
//!
//! A value that was misread is noted and left out, and the reader goes on: a file with any fault is refused as a whole
//! ([`read`]), so what was made from the rest of it is only used to find more faults.

use super::near;
use super::source::File;
use super::value::Misread;
use crate::domain::fault::{Fault, Place};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Where something was written, in bytes from the start of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(usize);

impl Mark {
    /// The first character of the file.
    pub(super) const START: Self = Self(0);

    fn of<T>(value: &Spanned<T>) -> Self {
        Self(value.span().start)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Marked<T> {
    /// The value.
    pub(super) value: T,
    /// Where.
    pub(super) mark: Mark,
}

/// What was found wrong in one file. All tables of the file note their faults here.
#[derive(Debug)]
pub(super) struct Findings<'t> {
    shown: &'t str,
    text: &'t str,
    faults: RefCell<Vec<Fault>>,
}

impl Findings<'_> {
    /// Notes a fault.
    pub(super) fn note(&self, mark: Mark, code: &'static str, message: impl Into<String>) {
        let (line, column) = self.line_and_column(mark);
        let place = Place::Line { file: self.shown.to_owned(), line, column };
        self.faults.borrow_mut().push(Fault { place, code, message: message.into() });
    }

    /// Notes every value that stands a second time in its list. `what` names one of them: `item`.
    pub(super) fn refuse_repeats<'v, T: Ord + Display + 'v>(
        &self,
        what: &str,
        code: &'static str,
        values: impl IntoIterator<Item = &'v Marked<T>>,
    ) {
        let mut first = BTreeMap::new();
        for Marked { value, mark } in values {
            if let Some(earlier) = first.get(value) {
                let (line, _) = self.line_and_column(*earlier);
                self.note(*mark, code, format!("{what} {value} is there already, in line {line}; each needs its own"));
            } else {
                first.insert(value, *mark);
            }
        }
    }

    /// Line and column in characters, both from 1.
    fn line_and_column(&self, mark: Mark) -> (usize, usize) {
        let before = self.text.get(..mark.0).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |start| start.chars().count()) + 1;
        (line, column)
    }
}

/// Reads a file. Its faults are added to `faults`, and then there is no value: a file is either right or not used.
pub(super) fn read<T>(file: &File, faults: &mut Vec<Fault>, reader: impl FnOnce(Table<'_>) -> Option<T>) -> Option<T> {
    let text = match std::str::from_utf8(&file.bytes) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("is not UTF-8 from byte {} on; save it as UTF-8", error.valid_up_to());
            faults.push(file.fault("not-utf8", message));
            return None;
        }
    };
    let findings = Findings { shown: &file.shown, text, faults: RefCell::default() };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let mark = Mark(error.span().map_or(0, |span| span.start));
        findings.note(mark, "syntax", format!("is not TOML here: {}", error.message()));
    }
    let value = if errors.is_empty() { reader(Table::new(&findings, root.get_ref(), Mark::START)) } else { None };
    let found = findings.faults.into_inner();
    let value = value.filter(|_| found.is_empty());
    faults.extend(found);
    value
}

/// A table being read.
#[derive(Debug)]
pub(super) struct Table<'t> {
    findings: &'t Findings<'t>,
    entries: &'t DeTable<'t>,
    mark: Mark,
    asked: BTreeSet<String>,
}

impl<'t> Table<'t> {
    fn new(findings: &'t Findings<'t>, entries: &'t DeTable<'t>, mark: Mark) -> Self {
        Self { findings, entries, mark, asked: BTreeSet::new() }
    }

    /// Where the file's faults are noted.
    pub(super) fn findings(&self) -> &'t Findings<'t> {
        self.findings
    }

    /// Where the table stands: its header or its opening brace.
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// Where the key's value stands; without it, the table.
    pub(super) fn mark_of(&self, key: &str) -> Mark {
        self.entries.get(key).map_or(self.mark, Mark::of)
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Notes a fault at the key's value; without it, at the table.
    pub(super) fn note(&self, key: &str, code: &'static str, message: impl Display) {
        self.findings.note(self.mark_of(key), code, format!("{key}: {message}"));
    }

    /// Counts keys as asked for, so that they are not refused as unknown.
    pub(super) fn forgive(&mut self, keys: &[&str]) {
        self.asked.extend(keys.iter().map(|key| (*key).to_owned()));
    }

    /// Counts every key as asked for.
    pub(super) fn forgive_all(&mut self) {
        self.asked.extend(self.keys().into_iter().map(|key| key.value));
    }

    fn ask(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.insert(key.to_owned());
        self.entries.get(key)
    }

    fn ask_required(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.ask(key);
        if value.is_none() {
            self.note(key, "missing-key", "is missing; add it");
        }
        value
    }

    /// What `reader` makes of a value; a misread one is noted.
    fn take<T>(
        &self,
        key: &str,
        value: &'t Spanned<DeValue<'t>>,
        reader: &impl Fn(&DeValue<'_>) -> Result<T, Misread>,
    ) -> Option<Marked<T>> {
        let mark = Mark::of(value);
        let refuse = |misread: Misread| self.findings.note(mark, misread.code, format!("{key}: {}", misread.message));
        reader(value.get_ref()).map_err(refuse).ok().map(|value| Marked { value, mark })
    }

    /// The value of a key that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        reader: impl Fn(&DeValue<'_>) -> Result<T, Misread>,
    ) -> Option<Marked<T>> {
        let value = self.ask_required(key)?;
        self.take(key, value, &reader)
    }

    /// The value of a key that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        reader: impl Fn(&DeValue<'_>) -> Result<T, Misread>,
    ) -> Option<Marked<T>> {
        let value = self.ask(key)?;
        self.take(key, value, &reader)
    }

    /// The values of a list that must be there.
    pub(super) fn list<T>(&mut self, key: &str, reader: impl Fn(&DeValue<'_>) -> Result<T, Misread>) -> Vec<Marked<T>> {
        let found = self.ask_required(key).map(|value| self.members(key, value)).unwrap_or_default();
        found.into_iter().filter_map(|value| self.take(key, value, &reader)).collect()
    }

    /// The tables of a list that must be there.
    pub(super) fn tables(&mut self, key: &str) -> Vec<Self> {
        let found = self.ask_required(key).map(|value| self.members(key, value)).unwrap_or_default();
        found.into_iter().filter_map(|value| self.table_of(key, value)).collect()
    }

    /// The tables of a list that may be left out.
    pub(super) fn optional_tables(&mut self, key: &str) -> Vec<Self> {
        if self.ask(key).is_some() { self.tables(key) } else { Vec::new() }
    }

    /// The table of a key that must be there.
    pub(super) fn table(&mut self, key: &str) -> Option<Self> {
        let value = self.ask_required(key)?;
        self.table_of(key, value)
    }

    /// The table of a key that may be left out.
    pub(super) fn optional_table(&mut self, key: &str) -> Option<Self> {
        if self.ask(key).is_some() { self.table(key) } else { None }
    }

    /// The table of a key that may instead be a plain value.
    pub(super) fn table_if_one(&mut self, key: &str) -> Option<Self> {
        let is_table = self.entries.get(key).is_some_and(|value| value.get_ref().is_table());
        if is_table { self.table(key) } else { None }
    }

    /// Whether the key's list, if it is one, starts with a table.
    pub(super) fn lists_tables(&self, key: &str) -> bool {
        let first = self.entries.get(key).and_then(|value| value.get_ref().as_array()?.first());
        first.is_some_and(|value| value.get_ref().is_table())
    }

    /// Every key, in the order of the file.
    pub(super) fn keys(&self) -> Vec<Marked<String>> {
        let marked =
            |key: &Spanned<DeString<'_>>| Marked { value: key.get_ref().clone().into_owned(), mark: Mark::of(key) };
        let mut keys: Vec<_> = self.entries.keys().map(marked).collect();
        keys.sort_by_key(|key| key.mark);
        keys
    }

    fn members(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Vec<&'t Spanned<DeValue<'t>>> {
        let Some(members) = value.get_ref().as_array() else {
            let misread = Misread::wrong_type("a list", value.get_ref());
            self.note(key, misread.code, misread.message);
            return Vec::new();
        };
        members.iter().collect()
    }

    fn table_of(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Option<Self> {
        let Some(entries) = value.get_ref().as_table() else {
            let misread = Misread::wrong_type("a table", value.get_ref());
            self.findings.note(Mark::of(value), misread.code, format!("{key}: {}", misread.message));
            return None;
        };
        Some(Self::new(self.findings, entries, Mark::of(value)))
    }
}

impl Drop for Table<'_> {
    /// Refuses the keys that nobody asked for.
    fn drop(&mut self) {
        for Marked { value: key, mark } in self.keys() {
            if !self.asked.contains(&key) {
                let missing = self.asked.iter().map(String::as_str).filter(|known| !self.has(known));
                let hint = near::hint(&key, missing);
                let message = format!("{key}: is not a key that is known here{hint}; correct or remove it");
                self.findings.note(mark, "unknown-key", message);
            }
        }
    }
}
