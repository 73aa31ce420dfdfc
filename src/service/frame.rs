//! Reads the sampling frame of a round from a sheet: `desk,transactions[,stratum][,drawn]`.

use super::sheet::{Columns, Row, Sheet};
use crate::domain::area::{Area, AreaTree, Level};
use crate::domain::fault::Fault;
use crate::domain::frame::{Frame, FrameDesk};
use crate::domain::ids::AreaCode;
use crate::domain::period::Year;
use std::collections::BTreeMap;

const COLUMNS: Columns<'_> = Columns { required: &["desk", "transactions"], optional: &["stratum", "drawn"] };

/// Transactions a desk may have in a period: more than the busiest desk of the country has in a year. A larger number is
/// a phone number or two cells run together.
pub const MAX_TRANSACTIONS: u32 = 10_000_000;

/// What the frame has to fit.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// All areas.
    pub tree: &'a AreaTree,
    /// The area of the round; every desk lies within it.
    pub area: &'a AreaCode,
    /// The year of the round; every desk exists in it.
    pub year: Year,
    /// The level the scheme rates; a desk's ancestor of this level is its stratum, unless the sheet says otherwise.
    pub rates: Level,
}

/// Reads a frame. A desk that was not drawn still belongs in it: it counts in its stratum.
///
/// # Errors
/// Every fault of every row: unknown desks and strata, desks outside the round's area or year, desks that are there
/// twice, counts that cannot be, desks drawn though they had no transactions; and a frame in which no desk is drawn.
pub fn read(bytes: &[u8], scope: Scope<'_>) -> Result<Frame, Vec<Fault>> {
    let sheet = Sheet::read(bytes, COLUMNS)?;
    let mut rows: BTreeMap<AreaCode, usize> = BTreeMap::new();
    let (desks, mut faults) = sheet.parse(|row| frame_desk(row, scope, &mut rows));
    if faults.is_empty() && !desks.iter().any(|desk| desk.drawn) {
        faults.push(Fault::of_whole("nothing-drawn", "has no drawn desk; at least one has to take part"));
    }
    if faults.is_empty() { Ok(Frame::new(desks)) } else { Err(faults) }
}

fn frame_desk(row: Row<'_>, scope: Scope<'_>, rows: &mut BTreeMap<AreaCode, usize>) -> Result<FrameDesk, Vec<Fault>> {
    let mut faults = Vec::new();
    let desk = row.read("desk", "unknown-desk", |text| desk(text, scope), &mut faults);
    if let Some(desk) = desk
        && let Some(first) = rows.insert(desk.code.clone(), row.number())
    {
        let message = format!("{} is already in row {first}; each desk has one row", desk.code);
        faults.push(row.fault("desk", "duplicate-desk", message));
    }
    let n_faults = faults.len();
    let transactions = row.read_optional("transactions", "bad-count", transactions, &mut faults);
    let drawn = row.read_yes_no("drawn", true, &mut faults);
    if faults.len() == n_faults && drawn && transactions == Some(0) {
        let message = "was drawn but has no transactions; nobody can answer there, so set drawn to no";
        faults.push(row.fault("transactions", "drawn-without-transactions", message));
    }
    let stratum = row.read_optional("stratum", "unknown-stratum", |text| known(text, scope.tree), &mut faults);
    match desk {
        Some(desk) if faults.is_empty() => Ok(FrameDesk {
            desk: desk.code.clone(),
            stratum: stratum.map_or_else(|| default_stratum(desk, scope), |area| area.code.clone()),
            transactions,
            drawn,
        }),
        _ => Err(faults),
    }
}

fn known<'a>(text: &str, tree: &'a AreaTree) -> Result<&'a Area, String> {
    let code = AreaCode::parse(text).map_err(|fault| fault.to_string())?;
    tree.get(&code).ok_or_else(|| format!("{code} is not an area; import it first or correct the code"))
}

fn desk<'a>(text: &str, scope: Scope<'a>) -> Result<&'a Area, String> {
    let area = known(text, scope.tree)?;
    if !scope.tree.is_within(&area.code, scope.area) {
        return Err(format!("{} does not lie in {}, which the round surveys", area.code, scope.area));
    }
    if !area.validity.holds_in(scope.year) {
        return Err(format!("{} does not exist in {}, the year of the round", area.code, scope.year));
    }
    Ok(area)
}

fn transactions(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| *count <= MAX_TRANSACTIONS);
    count.ok_or_else(|| {
        format!("{text:?} is not a whole number from 0 to {MAX_TRANSACTIONS}; leave it empty if it is not known")
    })
}

/// The nearest area of the rated level, which for a rated unit is the unit itself; without one, the parent.
fn default_stratum(desk: &Area, scope: Scope<'_>) -> AreaCode {
    let rated = scope.tree.lineage(&desk.code).find(|area| area.level == scope.rates).map(|area| &area.code);
    rated.or(desk.parent.as_ref()).unwrap_or(&desk.code).clone()
}
