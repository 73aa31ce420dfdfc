//! Imports areas from a sheet: `code,name,level,parent,focus,valid_from,valid_to`. What is already there is updated by
//! its code and never doubled; the tree is checked as a whole, with what was there before.

use super::refusal::FileRefusal;
use super::sheet::{Columns, Row, Sheet};
use crate::domain::area::{Area, AreaTree, Focus, Level, TreeFault, Validity};
use crate::domain::fault::Fault;
use crate::domain::ids::AreaCode;
use crate::domain::period::Year;
use crate::store::{self, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: Columns<'_> =
    Columns { required: &["code", "name", "level", "parent"], optional: &["focus", "valid_from", "valid_to"] };

/// Characters a name may have; the longest official names stay far below.
pub const MAX_NAME_CHARS: usize = 200;

/// A sheet of areas merged with those that were there before.
#[derive(Debug, Clone, Default)]
pub struct AreaImport {
    /// The tree as it will be.
    pub tree: AreaTree,
    /// Areas that were not there before, in the sheet's order.
    pub new: Vec<Area>,
    /// Areas that were there and change, in the sheet's order.
    pub changed: Vec<Area>,
    /// Areas of the sheet that were there just so.
    pub n_unchanged: usize,
}

impl AreaImport {
    /// What has to be stored.
    pub fn to_store(&self) -> impl Iterator<Item = &Area> {
        self.new.iter().chain(&self.changed)
    }
}

/// Reads a sheet of areas and merges it with `existing`. Nothing is ever removed: an area that has ended gets a
/// `valid_to`.
///
/// # Errors
/// Every fault of every row: what cannot be read, codes that are there twice, unknown parents, circles (also by way of
/// existing areas), and desks with something below them.
pub fn import(bytes: &[u8], existing: &[Area]) -> Result<AreaImport, Vec<Fault>> {
    let sheet = Sheet::read(bytes, COLUMNS)?;
    // A row with a fault still names its code, so that its children are not accused of an unknown parent.
    let named: BTreeSet<String> = sheet.rows().flatten().map(|row| row.cell("code").to_owned()).collect();
    let (read, mut faults) = sheet.parse(|row| area(row).map(|area| (row.number(), area)));
    let mut first_rows: BTreeMap<AreaCode, usize> = BTreeMap::new();
    let mut imported = Vec::new();
    for (row, area) in read {
        if let Some(first) = first_rows.get(&area.code) {
            let message = format!("code {} is already in row {first}; each area has one row", area.code);
            faults.push(Fault::in_row(row, "code", "duplicate-code", message));
        } else {
            first_rows.insert(area.code.clone(), row);
            imported.push(area);
        }
    }
    let untouched = existing.iter().filter(|area| !first_rows.contains_key(&area.code));
    let merged: Vec<Area> = imported.iter().chain(untouched).cloned().collect();
    let tree = AreaTree::build(merged.clone()).unwrap_or_else(|found| {
        faults.extend(found.iter().filter_map(|fault| in_the_sheet(fault, &merged, &first_rows, &named)));
        AreaTree::default()
    });
    if !faults.is_empty() {
        faults.sort();
        faults.dedup();
        return Err(faults);
    }
    let before: BTreeMap<&AreaCode, &Area> = existing.iter().map(|area| (&area.code, area)).collect();
    let mut import = AreaImport { tree, ..AreaImport::default() };
    for area in imported {
        match before.get(&area.code) {
            None => import.new.push(area),
            Some(same) if **same == area => import.n_unchanged += 1,
            Some(_) => import.changed.push(area),
        }
    }
    Ok(import)
}

/// Imports a sheet of areas into the database.
///
/// # Errors
/// Every fault of the sheet with its row; or the database failed. Then nothing is changed.
pub fn take(store: &Store, csv: &[u8]) -> Result<AreaImport, FileRefusal> {
    let existing = store.with(store::areas::all)?;
    let taken = import(csv, &existing)?;
    let areas: Vec<Area> = taken.to_store().cloned().collect();
    store.with(|conn| store::areas::upsert(conn, &areas))?;
    Ok(taken)
}

/// The tree of all areas as stored.
///
/// # Errors
/// When the database fails, or its areas form no tree.
pub fn tree(store: &Store) -> Result<AreaTree, StoreError> {
    let areas = store.with(store::areas::all)?;
    AreaTree::build(areas).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        StoreError::corrupt("tree of areas", faults.join("; "))
    })
}

/// Where in the sheet a fault of the tree was made. A circle is reported at each of its members in the sheet, and it has
/// at least one, because the areas that were there before formed a tree.
fn in_the_sheet(
    fault: &TreeFault,
    merged: &[Area],
    rows: &BTreeMap<AreaCode, usize>,
    named: &BTreeSet<String>,
) -> Option<Fault> {
    let area = merged.get(fault.index())?;
    let row = rows.get(&area.code);
    match (fault, row) {
        (TreeFault::UnknownParent { parent, .. }, _) if named.contains(parent.as_str()) => None,
        (TreeFault::BelowDesk { parent, .. }, None) => {
            let message = format!("{} lies below it, so it cannot be a desk; move {} first", area.code, area.code);
            Some(Fault::in_row(*rows.get(parent)?, "level", fault.code(), message))
        }
        (_, Some(row)) => Some(Fault::in_row(*row, "parent", fault.code(), fault.to_string())),
        (_, None) => None,
    }
}

fn area(row: Row<'_>) -> Result<Area, Vec<Fault>> {
    let mut faults = Vec::new();
    let code = row.read("code", "bad-code", AreaCode::parse, &mut faults);
    let name = row.read("name", "bad-name", name, &mut faults);
    let level = row.read("level", "unknown-level", level, &mut faults);
    let parent = row.read_optional("parent", "bad-code", AreaCode::parse, &mut faults);
    let focus = row.read("focus", "bad-focus", Focus::parse, &mut faults);
    let from = row.read_optional("valid_from", "bad-year", Year::parse, &mut faults);
    let to = row.read_optional("valid_to", "bad-year", Year::parse, &mut faults);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        let message = format!("the area would end in {to}, before it begins in {from}");
        faults.push(row.fault("valid_to", "ends-before-it-begins", message));
    }
    match (code, name, level, focus) {
        (Some(code), Some(name), Some(level), Some(focus)) if faults.is_empty() => {
            Ok(Area { code, name, level, parent, focus, validity: Validity { from, to } })
        }
        _ => Err(faults),
    }
}

fn name(text: &str) -> Result<String, String> {
    let n_chars = text.chars().count();
    match n_chars {
        0 => Err("is empty; give the name that people know".to_owned()),
        n if n > MAX_NAME_CHARS => Err(format!("has {n} characters; at most {MAX_NAME_CHARS} fit on a page")),
        _ if text.chars().any(char::is_control) => Err("contains a line break or another control character".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

fn level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| format!("{text:?} is not a level; the levels are {}", Level::listed()))
}
