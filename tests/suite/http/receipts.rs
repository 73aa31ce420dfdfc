//! Receipt codes at the door: one admits one answer, whoever sends it and how often.

use super::browser::{Form, new_id};
use super::client::{Client, JSON};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{area_code, random_id, round_code};
use sipas::domain::device::DeviceKind;
use sipas::domain::receipt::ReceiptCode;
use std::sync::Barrier;

on_both!(
    a_code_sent_from_twenty_connections_at_once_admits_one_answer,
    a_code_is_spent_by_an_answer_and_by_nothing_else,
    a_device_numbers_its_answers_and_a_gap_is_seen,
    a_form_with_a_code_that_does_not_serve_comes_back_and_can_go_without,
);

/// The address that answers are sent to.
fn target() -> String {
    format!("/v1/rounds/{ROUND}/responses")
}

/// A response in order under a new id, with more members.
fn body(door: &Door, more: &str) -> String {
    format!(r#"{{"id":"{}","desk":"{DESK}","channel":"kiosk","answers":{}{more}}}"#, random_id(), door.answers())
}

fn a_code_sent_from_twenty_connections_at_once_admits_one_answer(database: &Database) {
    let door = Door::on(database);
    let issued = door.service().issue_receipts(&round_code(ROUND), &area_code(DESK), 3).unwrap();
    for code in issued.codes {
        let before = door.n_stored();
        let bodies: Vec<String> = (0..20).map(|_| body(&door, &format!(r#","receipt":"{code}""#))).collect();
        let start = Barrier::new(bodies.len());
        let replies: Vec<(u16, String)> = std::thread::scope(|scope| {
            let senders: Vec<_> = bodies
                .iter()
                .map(|body| {
                    scope.spawn(|| {
                        let client = Client::of(&door);
                        start.wait();
                        let reply = client.send("POST", &target(), &[JSON], body.as_bytes());
                        let slug = if reply.status < 300 { String::new() } else { reply.slug() };
                        (reply.status, slug)
                    })
                })
                .collect();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect()
        });
        let admitted = replies.iter().filter(|(status, _)| *status == 201).count();
        let refused = replies.iter().filter(|reply| **reply == (409, "receipt-spent".to_owned())).count();
        assert_eq!((admitted, refused), (1, 19), "{replies:?}");
        assert_eq!(door.n_stored(), before + 1);
        let winner = bodies.iter().zip(&replies).find(|(_, (status, _))| *status == 201).unwrap().0;
        let again = Client::of(&door).send("POST", &target(), &[JSON], winner.as_bytes());
        assert_eq!(again.status, 200, "the answer that spent the code is recognised");
    }
    assert_eq!(door.receipts_spent(), 3);
}

fn a_code_is_spent_by_an_answer_and_by_nothing_else(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let issued = door.service().issue_receipts(&round_code(ROUND), &area_code(DESK), 5_000).unwrap();
    assert_eq!(issued.codes.len(), 5_000, "more than one block");
    let code = issued.codes[4_999];
    let send = |body: &str| client.send("POST", &target(), &[JSON], body.as_bytes());

    let faulty = body(&door, &format!(r#","receipt":"{code}""#)).replace("\"kiosk\"", "\"radio\"");
    assert_eq!(send(&faulty).status, 422);
    let never_issued = (0..).filter_map(ReceiptCode::of_number).find(|code| !issued.codes.contains(code)).unwrap();
    let wrong = send(&body(&door, &format!(r#","receipt":"{never_issued}""#)));
    assert_eq!((wrong.status, wrong.slug().as_str()), (422, "receipt-wrong"));
    let slip = send(&body(&door, r#","receipt":"AAAA-AAA3""#));
    assert_eq!((slip.status, slip.slug().as_str()), (422, "faulty-response"));
    assert!(slip.body.contains("/receipt"), "{}", slip.body);
    assert_eq!((door.n_stored(), door.receipts_spent()), (0, 0));

    let loose = code.to_string().to_lowercase().replace('-', " ");
    let with_code = body(&door, &format!(r#","receipt":"{loose}""#));
    assert_eq!(send(&with_code).status, 201);
    assert_eq!(door.receipts_spent(), 1);
    assert_eq!(send(&body(&door, &format!(r#","receipt":"{code}""#))).slug(), "receipt-spent");
    assert_eq!(send(&body(&door, "")).status, 201, "a walk-in needs no code");
    assert_eq!((door.n_stored(), door.receipts_spent()), (2, 1));
}

fn a_device_numbers_its_answers_and_a_gap_is_seen(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let enrolment = door.service().enrol_device(&area_code(DESK), DeviceKind::Kiosk, "Quầy 1").unwrap();
    let pair = || at_once(door.service().pair_device(enrolment.pairing)).unwrap();
    let (key, device) = pair().expect("the one-time code is taken once");
    assert!(pair().is_none(), "and only once");
    assert_eq!(device.code, enrolment.code);
    let bearer = format!("Bearer {}", key.reveal());
    let send = |number: u32, key: &str| {
        let body = body(&door, &format!(r#","sequence":{number}"#));
        client.send("POST", &target(), &[JSON, ("authorization", key)], body.as_bytes())
    };
    for number in [1, 2, 5, 4] {
        assert_eq!(send(number, &bearer).status, 201);
    }
    let devices = door.service().devices().unwrap();
    assert_eq!(devices[0].arrived.to_string(), "1-2 4-5");
    assert_eq!(sipas::domain::device::ranges_text(&devices[0].missing()), "3");

    let unknown = send(6, &format!("Bearer {}", "0".repeat(64)));
    assert_eq!((unknown.status, unknown.slug().as_str()), (401, "device-unknown"));
    let no_key = client.send("POST", &target(), &[JSON], body(&door, r#","sequence":6"#).as_bytes());
    assert_eq!(no_key.status, 401);
    door.service().revoke_device(&device.code).unwrap();
    assert!(at_once(door.service().database_answers()), "which also looks anew");
    assert_eq!(at_once(door.service().device(&key)), Ok(None), "a revoked device is nobody");
    assert_eq!(door.n_stored(), 4);
}

/// Drives one future to its end on this thread.
fn at_once<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn a_form_with_a_code_that_does_not_serve_comes_back_and_can_go_without(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let issued = door.service().issue_receipts(&round_code(ROUND), &area_code(DESK), 1).unwrap();
    let code = issued.codes[0];
    let page = format!("/s/{DESK}?c={code}");
    let mut form = Form::in_page(&client.get(&page));
    form.fill_all();
    assert_eq!(form.send(&client).status, 303);
    assert_eq!((door.n_stored(), door.receipts_spent()), (1, 1));
    assert_eq!(form.send(&client).status, 303, "the same form again is the same answer");

    form.fill("response_id", &new_id());
    let never_issued = (0..).filter_map(ReceiptCode::of_number).find(|other| *other != code).unwrap().to_string();
    let refusals = [
        (code.to_string(), 409, "Mã này đã được dùng"),
        (never_issued, 422, "Mã này không đúng"),
        ("AAAA-AAA3".to_owned(), 422, "Mã chưa đúng"),
    ];
    for (typed, status, words) in refusals {
        form.fill("receipt", &typed);
        let again = client.post_form(&form.action, &form.encoded());
        assert_eq!(again.status, status, "{typed}");
        assert_eq!(Form::in_page(&again).filled, form.filled, "nothing is lost, not even the id");
        let summary = again.body.split_once("role=\"alert\"").unwrap().1.split_once("</section>").unwrap().0;
        assert!(summary.contains(words) && summary.contains("href=\"#receipt\""), "{summary}");
        let field = again.body.split_once(" id=\"receipt\"").unwrap().1.split_once('>').unwrap().0;
        assert!(field.contains("aria-describedby=\"fault:receipt hint:receipt\" aria-invalid=\"true\""), "{field}");
        let (_, buttons) = again.body.split_once("<button type=\"submit\">").unwrap();
        assert!(buttons.contains(" name=\"without_receipt\""), "behind the one that Enter stands for");
    }
    let question = form.five_point()[0].clone();
    let chosen = form.filled.remove(&question).unwrap();
    let both = client.post_form(&form.action, &form.encoded());
    assert_eq!(both.body.matches("class=\"fault\"").count(), 2, "the code and the question are told together");
    form.filled.insert(question, chosen);

    form.fill("without_receipt", "1");
    assert_eq!(form.send(&client).status, 303);
    assert_eq!((door.n_stored(), door.receipts_spent()), (2, 1));
}
