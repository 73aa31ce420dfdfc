//! `sipas plan`: sizes that add up, for one unit and for a round.

use super::{office, refused};
use crate::harness::office::{Office, ROUND};
use crate::harness::on_both_urls;
use serde_json::Value;

#[test]
fn one_unit_is_calculated_without_a_database() {
    let (office, _database) = office();
    let said = office.run(&["plan", "--transactions", "100000000", "--deff", "3"]);
    assert!(said.contains("cần 1153 phiếu nếu hệ số thiết kế là 3 (385 nếu"), "{said}");
    assert!(said.contains("needs 1153 answers") && said.contains("Slovin's formula: 400"), "{said}");
    let said = office.run(&["plan", "--transactions", "2000", "--rho", "0.05", "--per-desk", "1"]);
    assert!(said.contains("needs 323 answers if the design effect is 1 (323 under"), "{said}");
}

#[test]
fn slips_are_told_all_at_once() {
    let (office, _database) = office();
    let said = refused(office.try_run(&["plan", "--transactions", "100", "--error", "5", "--p", "1.5"]));
    assert!(said.contains("the error 5 is not") && said.contains("the expected share 1.5 is not"), "{said}");
}

#[test]
fn a_round_is_planned_desk_by_desk() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let said = office.run(&["plan", "--round", ROUND, "--deff", "2", "--format", "json"]);
        let lines: Vec<Value> = serde_json::from_str(&said).unwrap();
        let of_unit = |unit: &str| lines.iter().filter(|line| line["unit"] == unit).cloned().collect::<Vec<_>>();
        let [unit, desks @ ..] = &of_unit("T1")[..] else { panic!("{said}") };
        // 768.29 / (1 + 768.29 / 2500), by hand; 1200 and 800 transactions share it out.
        assert_eq!(
            (&unit["transactions"], &unit["planned"], &unit["slovin"]),
            (&2500.into(), &588.into(), &345.into())
        );
        let planned: Vec<u64> = desks.iter().map(|desk| desk["planned"].as_u64().unwrap()).collect();
        assert_eq!(planned.iter().sum::<u64>(), 588, "{planned:?}");
        assert!(planned[0] > planned[1] && desks.len() == 2, "{planned:?}");
        assert_eq!(
            (&unit["collected"], &unit["still_needed"], &unit["error_reached"]),
            (&0.into(), &588.into(), &Value::Null)
        );
        let said = refused(office.try_run(&["plan", "--round", ROUND, "--from", ROUND]));
        assert!(said.contains("shows no design effect"), "{said}");
    });
}
