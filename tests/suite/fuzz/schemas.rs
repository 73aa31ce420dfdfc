//! The schemas of bodies against their readers: a body is read exactly if the document says so.

use super::documents::{Pairs, almost_a_response, any_json, quoted};
use super::{n_cases, try_all};
use crate::harness::office::one_stop_items;
use crate::harness::tools;
use proptest::prelude::*;
use serde_json::json;
use sipas::domain::answers::RawValue;
use sipas::domain::fault::Fault;
use sipas::domain::receipt::ReceiptCode;
use sipas::web::json::Json;
use sipas::web::openapi::Description;
use sipas::web::wire::{Misread, SentIssue, SentReport, SentResponse};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_schemas_of_bodies_take_what_the_readers_take() {
    let cases = RefCell::new(String::new());
    let note = |shape: &str, body: &str, is_read: bool| {
        *cases.borrow_mut() += &format!("{}\n", json!([shape, body, is_read]));
    };
    let text = |name: &str, value: &str| (name.to_owned(), quoted(value));
    let number = |name: &str| (name.to_owned(), "3".to_owned());
    let members = vec![
        ("id".to_owned(), String::new()),
        text("desk", "K1"),
        text("channel", "web"),
        ("answers".to_owned(), String::new()),
        number("seconds"),
        text("device", "K-1_a"),
        text("answered_at", "2026-11-24T09:30:00+07:00"),
        text("trap", "Đ"),
        text("receipt", &ReceiptCode::of_number(123_456_789).unwrap().to_string()),
        number("sequence"),
        text("proof", ""),
    ];
    let answers: Pairs = one_stop_items().into_iter().map(|item| (item, "4".to_owned())).collect();
    // More than this makes the list long and says nothing new.
    let n = |usual| n_cases(usual).min(50_000);
    let bodies = prop_oneof![6 => almost_a_response(members, answers), 1 => any_json()];
    try_all("schemas, responses", n(4_000), &bodies, |body| {
        if let Some(is_read) = response_is_read(&body) {
            note("SentResponse", &body, is_read);
        }
        Ok(())
    });
    let issue = vec![text("round", "R1"), text("desk", "K1"), number("count")];
    try_all("schemas, issues", n(1_000), &almost_a_response(issue, Pairs::new()), |body| {
        if is_json(&body) {
            note("SentIssue", &body, SentIssue::read(body.as_bytes()).is_ok());
        }
        Ok(())
    });
    let report = vec![number("assigned"), number("waiting"), number("aside"), text("version", "1f0c")];
    try_all("schemas, reports", n(1_000), &almost_a_response(report, Pairs::new()), |body| {
        if is_json(&body) {
            note("SentReport", &body, SentReport::read(body.as_bytes()).is_ok());
        }
        Ok(())
    });
    let folder = tempfile::tempdir().unwrap();
    let [document, listed] = ["openapi.json", "cases.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&document, Description::of(&sipas::web::table()).document().to_string()).unwrap();
    std::fs::write(&listed, cases.into_inner()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/openapi/agree.py");
    println!("{}", tools::run(tools::python(), &[script.as_os_str(), document.as_os_str(), listed.as_os_str()]));
}

/// Whether a response is read, and its answers are values of kinds that answers have; none where a schema has no say.
fn response_is_read(body: &str) -> Option<bool> {
    let is_slip = |fault: &Fault| fault.place.to_string() == "/receipt" && fault.message.contains("slip");
    match SentResponse::read(body.as_bytes()) {
        _ if !is_json(body) => None,
        Ok(sent) => Some(!sent.answers.values().any(|value| matches!(value, RawValue::Other(_)))),
        // The check character of a code is beyond a schema.
        Err(Misread::Faulty { faults, .. }) if faults.iter().all(is_slip) => None,
        Err(_) => Some(false),
    }
}

/// Whether a body is JSON in which no key comes twice, which a schema would not see.
fn is_json(body: &str) -> bool {
    fn is_plain(json: &Json) -> bool {
        match json {
            Json::Object(members) => {
                let mut seen = BTreeSet::new();
                members.iter().all(|(key, value)| seen.insert(key) && is_plain(value))
            }
            Json::List(values) => values.iter().all(is_plain),
            _ => true,
        }
    }
    Json::read(body.as_bytes()).is_ok_and(|json| is_plain(&json))
}
