//! The presentation standard for shares through the real program: figure, interval and flags of every cell of the reference.

use crate::harness::calculator::{Answers, Comparison, OF_BETA_INTERVAL, OF_ESTIMATE, expected};
use serde_json::Value;

const DESIGN: &str = "--strata district --psu desk --weight weight --fpc1 M_h --lonely adjust";
const BREAKDOWNS: &str = "--by district --by sex --by age_group --by channel --by district,age_group";
/// The items of the reference, in the order asked.
const ITEMS: [&str; 5] = ["Q01", "Q05", "Q20", "Q21", "Q22"];
/// An effective number below which a share is suppressed, and a width from which on it is, after Parker et al. (2017).
const FEW: f64 = 30.0;
const WIDE: f64 = 0.30;

/// The flags as the reference writes them: what is suppressed carries no other.
fn flags(figure: &Value) -> String {
    let printed: Vec<&str> = figure["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
    if ["few-effective-answers", "wide-interval", "wide-for-share"].iter().any(|flag| printed.contains(flag)) {
        return "Px".to_owned();
    }
    let kept = printed.iter().filter_map(|flag| match *flag {
        "wide-for-complement" => Some("Pc"),
        "few-degrees-of-freedom" => Some("Pdf"),
        "nobody-or-everybody" => Some("P0"),
        _ => None,
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// Rows of the reference by how they are compared.
#[derive(Debug, Default, PartialEq)]
struct Rows {
    varied: usize,
    everybody: usize,
    told_without_interval: usize,
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {row}"))
}

/// Everybody is satisfied: the effective number is that of the reference over the design effect of the same item in the whole
/// province, since answers from a few desks are no simple random sample. The rule for the lower end, α/2 to the power of one
/// over that number, is held against the reference's own end first.
fn compare_everybody(comparison: &mut Comparison, what: &str, figure: &Value, row: &Value, deff: f64) {
    let deff = deff.max(1.0);
    let low_at = |deff: f64| 0.025_f64.powf(deff / number(row, "neff_kg"));
    comparison.number(&format!("rule for {what}"), &Value::from(low_at(1.0)), number(row, "LL"), OF_BETA_INTERVAL);
    let low = low_at(deff);
    comparison.number(&format!("low of {what}"), &figure["ci_low"], low, OF_BETA_INTERVAL);
    comparison.number(&format!("high of {what}"), &figure["ci_high"], number(row, "UL"), OF_BETA_INTERVAL);
    let is_suppressed = number(row, "n denominator") / deff < FEW || 1.0 - low >= WIDE;
    let is_few = if number(row, "degf") < 8.0 { "Pdf P0" } else { "P0" };
    let told = if is_suppressed { "Px" } else { is_few };
    assert_eq!(flags(figure), told, "{what}: {figure}");
    comparison.n += 1;
}

/// The reference gives these cells an interval as if their answers were a simple random sample, or all of 0 to 1. Here a cell
/// of one desk, or of a stratum with one desk of several, has no spread that could be told, and where every desk of a stratum
/// was drawn and all its rows count as observed there is none to tell: neither gets an interval, and the flag says why.
fn compare_untold(comparison: &mut Comparison, what: &str, figure: &Value, row: &Value) {
    assert!(figure["ci_low"].is_null() && figure["ci_high"].is_null(), "{what}: {figure}");
    let printed = figure["flags"].as_array().unwrap();
    let says = |code: &str| printed.iter().any(|flag| flag == code);
    let is_of_one_desk = number(row, "degf") == 0.0;
    assert!(says("df-below-8"), "{what}: {figure}");
    assert_eq!(says("every-transaction-answered"), !is_of_one_desk, "{what}: {figure}");
    assert_eq!(row["flags"] == "Px", is_of_one_desk || number(row, "UL") - number(row, "LL") >= WIDE, "{what}");
    comparison.n += 1;
}

#[test]
fn every_cell_has_the_interval_and_the_flags_of_the_standard() {
    let asked: Vec<String> = ITEMS.iter().flat_map(|item| ["--share".to_owned(), format!("{item}>=4")]).collect();
    let (mut comparison, mut rows) = (Comparison::default(), Rows::default());
    for data in ["synth_s1_2025", "synth_s3_awkward"] {
        let answers = Answers::of(data, DESIGN, &asked, BREAKDOWNS);
        for row in expected("nchs_flags")[data].as_array().unwrap() {
            let (item, domain) = (row["item"].as_str().unwrap(), row["domain"].as_str().unwrap());
            let place = ITEMS.iter().position(|known| *known == item).unwrap();
            let (figure, what) = (answers.at(place, domain), format!("{item} of {domain} in {data}"));
            comparison.number(&what, &figure["estimate"], number(row, "Proportion"), OF_ESTIMATE);
            comparison.se(&what, figure, number(row, "SE"));
            comparison.number(&what, &figure["n"], number(row, "n denominator"), 0.0);
            comparison.number(&what, &figure["df"], number(row, "degf"), 0.0);
            let is_everybody = number(row, "Proportion") > 1.0 - 1e-12;
            if number(row, "SE") > 1e-12 {
                rows.varied += 1;
                comparison.number(&format!("low of {what}"), &figure["ci_low"], number(row, "LL"), OF_BETA_INTERVAL);
                comparison.number(&format!("high of {what}"), &figure["ci_high"], number(row, "UL"), OF_BETA_INTERVAL);
                assert_eq!(flags(figure), row["flags"].as_str().unwrap(), "{what}: {figure}");
                comparison.n += 1;
            } else if is_everybody && figure["flags"][0] == "no-variation-observed" {
                rows.everybody += 1;
                let deff = number(answers.at(place, "all"), "deff");
                compare_everybody(&mut comparison, &what, figure, row, deff);
            } else {
                rows.told_without_interval += 1;
                compare_untold(&mut comparison, &what, figure, row);
            }
        }
    }
    println!("compared: {} numbers and flags of the presentation standard, {rows:?}", comparison.n);
    assert_eq!(rows.varied + rows.everybody + rows.told_without_interval, 345 + 169);
}
