//! The door for programs.

use super::browser::{Form, new_id};
use super::client::{Client, JSON};
use crate::harness::Database;
use crate::harness::door::{CLOSED_ROUND, DESK, Door, IDLE_DESK};
use crate::harness::office::one_stop_items;
use serde_json::json;

on_both!(
    stored_once_however_often_it_is_sent,
    a_number_and_its_word_are_the_same_answer,
    rounds_and_desks_that_do_not_fit_are_refused,
    a_full_queue_says_when_to_come_back,
);

/// The address for responses to [`ROUND`](crate::harness::door::ROUND).
const DOOR: &str = "/v1/rounds/R2025/responses";

/// A response that fits the desk's questionnaire, under a new id.
fn valid(client: &Client) -> serde_json::Value {
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    form.as_json(&new_id(), DESK)
}

fn stored_once_however_often_it_is_sent(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut body = valid(&client);
    let first = client.post_json(DOOR, &body.to_string());
    assert_eq!((first.status, &first.json()), (201, &json!({ "id": body["id"], "status": "stored" })));
    let again = client.post_json(DOOR, &body.to_string());
    assert_eq!((again.status, &again.json()), (200, &json!({ "id": body["id"], "status": "already-stored" })));
    let question = body["answers"].as_object().unwrap().keys().next().unwrap().clone();
    body["answers"][&question] = json!(1);
    let other = client.post_json(DOOR, &body.to_string());
    assert_eq!((other.status, other.slug().as_str()), (409, "response-conflict"));
    assert_eq!(door.n_stored(), 1);
}

fn a_number_and_its_word_are_the_same_answer(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut body = valid(&client);
    assert_eq!(client.post_json(DOOR, &body.to_string()).status, 201);
    for answer in body["answers"].as_object_mut().unwrap().values_mut() {
        if let Some(score) = answer.as_str().and_then(|text| text.parse::<u8>().ok()) {
            *answer = json!(score);
        }
    }
    assert_eq!(client.post_json(DOOR, &body.to_string()).status, 200);
}

#[test]
fn every_fault_of_the_shape_and_of_the_answers_is_named_at_once() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let body = r#"{"id":7,"desk":"a/b","desk":"x","answers":{"Q01":1,"Q01":2,"a/b~c":{}},"extra":1}"#;
    let refused = client.post_json(DOOR, body);
    assert_eq!((refused.status, refused.slug().as_str()), (422, "faulty-response"));
    let faults = refused.faults();
    for (pointer, code) in [
        ("/id", "wrong-kind"),
        ("/desk", "duplicate-key"),
        ("/desk", "not-valid"),
        ("/channel", "missing"),
        ("/extra", "unknown-member"),
        ("/answers/Q01", "duplicate-key"),
        ("/answers/Q01", "unknown-item"),
        ("/answers/a~1b~0c", "unknown-item"),
        ("/answers/TC1", "missing"),
    ] {
        assert!(faults.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} in {faults:?}");
    }
    assert_eq!(faults.len(), 8 + one_stop_items().len(), "{faults:?}");
}

#[test]
fn every_fault_of_the_answers_is_named_at_once() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    let questions: Vec<String> = form.five_point().iter().map(|name| name.replace("answer.", "")).collect();
    let mut body = valid(&client);
    let answers = body["answers"].as_object_mut().unwrap();
    answers.remove(&questions[0]);
    answers.insert(questions[1].clone(), json!(4.0));
    answers.insert(questions[2].clone(), json!(6));
    answers.insert("a/b~c".to_owned(), json!("x"));
    let refused = client.post_json(DOOR, &body.to_string());
    assert_eq!((refused.status, refused.slug().as_str()), (422, "faulty-response"));
    let expected = [
        ("/answers/a~1b~0c".to_owned(), "unknown-item"),
        (format!("/answers/{}", questions[0]), "missing"),
        (format!("/answers/{}", questions[1]), "wrong-kind"),
        (format!("/answers/{}", questions[2]), "not-an-option"),
    ];
    assert_eq!(refused.faults(), expected.map(|(pointer, code)| (pointer, code.to_owned())));
    assert_eq!(door.n_stored(), 0);
}

fn rounds_and_desks_that_do_not_fit_are_refused(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let body = valid(&client);
    let unknown = client.post_json("/v1/rounds/NO-SUCH-ROUND/responses", &body.to_string());
    assert_eq!((unknown.status, unknown.slug().as_str()), (404, "unknown-round"));
    let closed = client.post_json(&format!("/v1/rounds/{CLOSED_ROUND}/responses"), &body.to_string());
    assert_eq!((closed.status, closed.slug().as_str()), (409, "round-not-open"));
    for (desk, code) in [("NO-SUCH-DESK", "unknown-desk"), (IDLE_DESK, "desk-not-in-round")] {
        let mut body = body.clone();
        body["desk"] = json!(desk);
        let refused = client.post_json(DOOR, &body.to_string());
        assert_eq!(refused.status, 422);
        assert_eq!(refused.faults(), [("/desk".to_owned(), code.to_owned())]);
    }
    assert_eq!(door.n_stored(), 0);
}

fn a_full_queue_says_when_to_come_back(database: &Database) {
    Door::while_full(database, |door| {
        let client = Client::of(door);
        let busy = client.post_json(DOOR, &valid(&client).to_string());
        assert_eq!((busy.status, busy.slug().as_str(), busy.header("retry-after")), (503, "busy", Some("1")));
        assert_eq!(door.n_stored(), 0);
    });
}

#[test]
fn what_cannot_be_read_is_refused_before_it_is_judged() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let body = valid(&client).to_string();
    let send = |headers: &[(&str, &str)], body: &[u8]| {
        let answer = client.send("POST", DOOR, headers, body);
        (answer.status, answer.slug())
    };
    let expect = |status: u16, slug: &str| (status, slug.to_owned());
    assert_eq!(send(&[], body.as_bytes()), expect(415, "unsupported-media-type"));
    assert_eq!(send(&[("content-type", "text/plain")], body.as_bytes()), expect(415, "unsupported-media-type"));
    assert_eq!(send(&[JSON, ("content-encoding", "gzip")], body.as_bytes()), expect(415, "unsupported-media-type"));
    assert_eq!(send(&[JSON], b""), expect(400, "malformed-json"));
    assert_eq!(send(&[JSON], &vec![b' '; 64 * 1024 + 1]), expect(413, "body-too-large"));
    let query = client.post_json(&format!("{DOOR}?a=1"), &body);
    assert_eq!((query.status, query.slug().as_str()), (400, "faulty-query"));
    let syntax = client.post_json(DOOR, "{\n  \"id\": ,\n}");
    assert_eq!(syntax.slug(), "malformed-json");
    assert!(syntax.json()["detail"].as_str().unwrap().contains("line 2 column"), "{}", syntax.body);
    assert_eq!(door.n_stored(), 0);
}
