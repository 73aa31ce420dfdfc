//! Plans of sample sizes.

use super::comparisons::Document;
use crate::domain::ids::AreaCode;
use crate::domain::plan::PlanLine;
use crate::statistics::{Target, slovin};
use serde_json::json;

/// The lines of a plan.
#[must_use]
pub fn document(lines: &[PlanLine]) -> Document {
    let members =
        ["unit", "desk", "name", "transactions", "planned", "slovin", "collected", "still_needed", "error_reached"];
    Document::new(
        &members,
        lines.iter().map(|line| {
            json!({
                "unit": line.unit.as_str(), "desk": line.desk.as_ref().map(AreaCode::as_str), "name": line.name, "transactions": line.transactions,
                "planned": line.planned, "slovin": line.slovin, "collected": line.collected,
                "still_needed": line.needed, "error_reached": line.reached,
            })
        }),
    )
}

/// What a target means for one population, in Vietnamese and English; without a population, for one without end.
#[must_use]
pub fn sentence(target: &Target, n_units: Option<f64>) -> String {
    let units = n_units.unwrap_or(f64::INFINITY);
    let needed = target.answers(units).ceil();
    let simple = Target { deff: 1.0, ..*target }.answers(units).ceil();
    let points = target.error * 100.0;
    let deff = (target.deff * 100.0).round() / 100.0;
    let by_slovin = n_units.map(|units| slovin(units, target.error).ceil());
    let (vi, en) = by_slovin
        .map_or_else(Default::default, |n| (format!("; công thức Slovin: {n}"), format!("; Slovin's formula: {n}")));
    format!(
        "Sai số ±{points} điểm phần trăm cần {needed} phiếu nếu hệ số thiết kế là {deff} ({simple} nếu chọn ngẫu nhiên đơn giản{vi}).\n\
         A margin of ±{points} points needs {needed} answers if the design effect is {deff} ({simple} under simple random sampling{en})."
    )
}
