//! The readers at the door, one by one: whatever comes, they read it or say every place that is wrong.

use super::documents::{
    Pairs, almost_a_form, almost_a_response, any_json, any_name, any_text, damaged, escaped, quoted,
};
use super::{n_cases, try_all};
use crate::harness::office::one_stop_items;
use proptest::collection::vec;
use proptest::prelude::*;
use sipas::domain::answers::{AnswerSheet, RawAnswers, RawValue};
use sipas::domain::fault::{Fault, Place};
use sipas::domain::ids::{AreaCode, QuestionnaireRef, ResponseId, RoundCode};
use sipas::domain::receipt::ReceiptCode;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::web::form;
use sipas::web::wire::{ExportedLine, Misread, SentResponse};

#[test]
fn a_response_is_read_or_every_fault_has_its_place() {
    let text =
        |name: &str, value: &str| (name.to_owned(), if value.is_empty() { String::new() } else { quoted(value) });
    let members = vec![text("id", ""), text("desk", "K1"), text("channel", "web"), text("answers", "")];
    let answers: Pairs = one_stop_items().into_iter().map(|item| (item, "4".to_owned())).collect();
    let almost = || almost_a_response(members.clone(), answers.clone());
    let bytes = prop_oneof![
        4 => almost().prop_map(String::into_bytes),
        2 => damaged(almost()),
        2 => any_json().prop_map(String::into_bytes),
        1 => damaged(any_json()),
        1 => vec(any::<u8>(), 0..300),
    ];
    try_all("responses", n_cases(10_000), &bytes, |body| {
        match SentResponse::read(&body) {
            Ok(read) => {
                let shown = String::from_utf8(body).unwrap();
                prop_assert!(shown.contains("\"id\"") && shown.contains("\"answers\""));
                prop_assert_eq!(ResponseId::parse(&read.id.to_string()).unwrap(), read.id);
            }
            Err(Misread::NotJson(_)) => {}
            Err(Misread::Faulty { faults, .. }) => {
                prop_assert!(!faults.is_empty(), "it was refused without a reason");
                for fault in faults {
                    let Place::Pointer(pointer) = &fault.place else { panic!("{fault:?} has no place in JSON") };
                    prop_assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer} is no pointer");
                    prop_assert!(pointer.len() < 500 && fault.message.len() < 500, "{fault:?} is long");
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_line_of_an_exported_file_is_read_as_its_body_is_at_the_door() {
    let text =
        |name: &str, value: &str| (name.to_owned(), if value.is_empty() { String::new() } else { quoted(value) });
    let members = vec![text("id", ""), text("desk", "K1"), text("channel", "kiosk"), text("answers", "")];
    let answers: Pairs = one_stop_items().into_iter().map(|item| (item, "4".to_owned())).collect();
    let body = prop_oneof![4 => almost_a_response(members, answers), 1 => any_json()];
    try_all("exported lines", n_cases(5_000), &body, |body| {
        let line = format!("{{\"round\":\"R\",\"device\":null,\"body\":{body}}}");
        let places = |faults: Vec<Fault>, before: &str| -> Vec<String> {
            faults.iter().map(|fault| format!("{before}{}", fault.place)).collect()
        };
        match (SentResponse::read(body.as_bytes()), ExportedLine::read(line.as_bytes(), |_, _| Vec::new())) {
            (Ok(sent), Ok(exported)) => prop_assert_eq!(sent.id, exported.response.id),
            (Err(Misread::Faulty { faults, .. }), Err(in_line)) => {
                prop_assert_eq!(places(faults, "/body"), places(in_line, ""));
            }
            (Err(Misread::NotJson(_)), Err(_)) => {}
            (sent, exported) => prop_assert!(false, "{sent:?} at the door, {exported:?} in a file"),
        }
        Ok(())
    });
}

#[test]
fn a_form_is_read_as_it_was_typed_or_refused() {
    let pairs = vec((any_name(), any_text()), 0..20);
    try_all("forms, whole", n_cases(5_000), &pairs, |pairs| {
        let body: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        prop_assert_eq!(form::read(body.join("&").as_bytes()), Ok(pairs));
        Ok(())
    });
    let fields = vec![("response_id".to_owned(), String::new()), ("round".to_owned(), "R1".to_owned())];
    let bytes = prop_oneof![damaged(almost_a_form(fields)), vec(any::<u8>(), 0..300), damaged("[a-z.%&=+0-9]{0,200}")];
    try_all("forms, damaged", n_cases(10_000), &bytes, |body| {
        match form::read(&body) {
            Ok(fields) => prop_assert!(fields.len() <= form::MAX_FIELDS),
            Err(why) => prop_assert!(!why.is_empty() && why.len() < 500, "{}", why),
        }
        Ok(())
    });
}

#[test]
fn answers_are_a_sheet_or_have_faults() {
    let catalogue = Catalogue::load(&Source::Embedded).unwrap();
    let one_stop = QuestionnaireRef::parse("one-stop.v1").unwrap();
    let questionnaire = catalogue.questionnaire(&one_stop).unwrap();
    let items: Vec<String> = questionnaire.items.iter().map(|item| item.id.to_string()).collect();
    let value = prop_oneof![
        4 => any_text().prop_map(RawValue::Text),
        3 => (-1i64..8).prop_map(RawValue::Whole),
        1 => any::<i64>().prop_map(RawValue::Whole),
        2 => vec(any_text(), 0..5).prop_map(RawValue::List),
        1 => Just(RawValue::Other("an object")),
    ];
    let whole: RawAnswers = one_stop_items().into_iter().map(|item| (item, RawValue::Whole(4))).collect();
    let item = prop_oneof![6 => proptest::sample::select(items), 1 => any_name()];
    try_all("sheets", n_cases(10_000), &vec((item, value), 0..6), |changes| {
        let mut answers = whole.clone();
        answers.extend(changes);
        if let Err(faults) = AnswerSheet::parse(questionnaire, &answers) {
            prop_assert!(!faults.is_empty(), "it was refused without a reason");
        }
        Ok(())
    });
}

#[test]
fn codes_and_ids_are_read_as_they_are_shown() {
    // One last letter in twenty-three fits those before it, so a code that is in order comes up by itself.
    let receipt = "[34679ACDEFGHJKMNPQRTWXYa]{4}[ .-]?[34679ACDEFGHJKMNPQRTWXYa]{4}";
    try_all(
        "codes",
        n_cases(10_000),
        &prop_oneof![any_text(), "[A-Z0-9-]{0,40}", "[0-9a-f-]{30,40}", receipt],
        |text| {
            if let Ok(code) = AreaCode::parse(&text) {
                prop_assert_eq!(code.as_str(), text.trim());
            }
            if let Ok(code) = RoundCode::parse(&text) {
                prop_assert_eq!(code.as_str(), text.trim());
            }
            if let Ok(code) = ReceiptCode::parse(&text) {
                prop_assert_eq!(ReceiptCode::parse(&code.to_string()), Ok(code));
            }
            if let Ok(id) = ResponseId::parse(&text) {
                prop_assert_eq!(ResponseId::parse(&id.to_string()), Ok(id));
            }
            Ok(())
        },
    );
}
