//! Reads a sheet of published figures, in one of the two forms they come in, and compares them with each other.

use super::sheet::{self, Columns, Row, Sheet};
use crate::domain::fault::Fault;
use crate::domain::period::Year;
use crate::domain::points::Points;
use crate::domain::reconcile::{Claim, Published, Reconciled, reconcile};

/// The four parts of the published table of the provinces, in its order.
const FOUR_BLOCKS: [&str; 4] = ["appraised", "sipas", "officials_survey", "socio_economic"];

/// A table of parts and totals: one row per province.
const PARTS: Columns<'_> = Columns {
    required: &["province", "appraised", "sipas", "officials_survey", "socio_economic", "published"],
    optional: &[],
};

/// A list of single figures with what was printed about them. `consistent` is the remark of whoever collected the cases;
/// it is kept out of the comparison.
const CASES: Columns<'_> = Columns {
    required: &["case", "unit", "year", "figure", "value", "previous_value", "rank", "of", "previous_rank", "printed"],
    optional: &["consistent"],
};

/// Reads published figures and reconciles each row.
///
/// # Errors
/// Every cell that cannot be read; or, when the header is of neither form, what the two forms are.
pub fn read(bytes: &[u8]) -> Result<Vec<Reconciled>, Vec<Fault>> {
    let header = sheet::header(bytes)?;
    let has = |column: &str| header.iter().any(|name| name == column);
    let (rows, faults) = match (has("province"), has("case")) {
        (true, false) => Sheet::read(bytes, PARTS)?.parse(|row| of_parts(row).map(reconcile)),
        (false, true) => Sheet::read(bytes, CASES)?.parse(|row| of_case(row).map(reconcile)),
        _ => return Err(vec![unknown_form()]),
    };
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

fn unknown_form() -> Fault {
    let message = format!(
        "is in neither of the known forms; parts and totals have the columns {}; single cases have the columns {}, [{}]",
        PARTS.required.join(", "),
        CASES.required.join(", "),
        CASES.optional.join("], [")
    );
    Fault::in_row(1, "", "unknown-form", message)
}

fn of_parts(row: Row<'_>) -> Result<Published, Vec<Fault>> {
    let mut faults = Vec::new();
    let unit = row.read("province", "empty-name", named, &mut faults);
    let parts: Vec<Points> =
        FOUR_BLOCKS.iter().filter_map(|part| row.read(part, "bad-points", Points::parse, &mut faults)).collect();
    let value = row.read("published", "bad-points", Points::parse, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Published {
        row: row.number(),
        unit: unit.unwrap_or_default(),
        figure: "par_index".to_owned(),
        value,
        printed: vec![Claim::Parts(parts)],
        ..Published::default()
    })
}

fn of_case(row: Row<'_>) -> Result<Published, Vec<Fault>> {
    let mut faults = Vec::new();
    let published = Published {
        row: row.number(),
        unit: row.read("unit", "empty-name", named, &mut faults).unwrap_or_default(),
        year: row.read_optional("year", "bad-year", Year::parse, &mut faults),
        figure: row.cell("figure").to_owned(),
        value: row.read_optional("value", "bad-points", Points::parse, &mut faults),
        previous_value: row.read_optional("previous_value", "bad-points", Points::parse, &mut faults),
        rank: row.read_optional("rank", "bad-rank", rank, &mut faults),
        of: row.read_optional("of", "bad-rank", rank, &mut faults),
        previous_rank: row.read_optional("previous_rank", "bad-rank", rank, &mut faults),
        printed: Claim::read(row.cell("printed")),
    };
    if faults.is_empty() { Ok(published) } else { Err(faults) }
}

fn named(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("is empty; say whose figure it is") } else { Ok(text.to_owned()) }
}

fn rank(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text:?} is not a whole number such as 5"))
}
