//! What call-backs showed, as a table.

use super::number;
use super::table::{Align, Table};
use crate::domain::callback::{Agreement, CallbackReport, Contact};
use std::fmt::Write as _;

/// The report for a terminal.
#[must_use]
pub fn text(report: &CallbackReport) -> String {
    let mut out = String::new();
    for (contact, n) in Contact::ALL.into_iter().zip(report.contacts) {
        let _ = writeln!(out, "{:<34} {}", vietnamese(contact), number::count(n));
    }
    let _ = writeln!(out, "Có phỏng vấn / interview confirmed  {}", words(&report.took_place));
    let _ = writeln!(out, "Cả phiếu khớp / whole form agrees   {}", words(&report.whole_forms));
    let mut table = Table::new([("item", Align::Left), ("n", Align::Right), ("agree", Align::Right)]);
    for (item, agreement) in &report.items {
        table.row([item.clone(), number::count(agreement.n), words(agreement)]);
    }
    let _ = write!(out, "\n{table}");
    let level = number::decimal(report.level * 100.0, 0);
    let _ =
        writeln!(out, "Khoảng tin cậy {level} %, Clopper–Pearson / exact {level} % intervals; forms drawn at random");
    out
}

fn words(agreement: &Agreement) -> String {
    let Some(share) = agreement.share() else { return "–".to_owned() };
    let range = agreement.interval.map(|ends| format!(" ({})", number::interval(ends.scaled(0.0, 100.0), 1)));
    format!("{}{}", number::percent(share), range.unwrap_or_default())
}

fn vietnamese(contact: Contact) -> &'static str {
    match contact {
        Contact::Reached => "Gặp được / reached",
        Contact::NotReached => "Không gặp được / not reached",
        Contact::Denied => "Nói không được phỏng vấn / denied",
    }
}
