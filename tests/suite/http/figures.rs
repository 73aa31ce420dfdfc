//! Figures over HTTP: whole documents, kind refusals, and nothing that points at single people.

use super::browser::{Form, new_id};
use super::client::Client;
use crate::harness::Database;
use crate::harness::door::{DESK, Door};
use serde_json::Value;

const RESULTS: &str = "/v1/rounds/R2025/results";

/// Sends complete responses from the desk.
fn answer(client: &Client, n: usize) {
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    for _ in 0..n {
        let reply = client.post_json("/v1/rounds/R2025/responses", &form.as_json(&new_id(), DESK).to_string());
        assert_eq!(reply.status, 201);
    }
}

fn rows(client: &Client) -> Vec<Value> {
    let reply = client.get(RESULTS);
    assert_eq!(reply.status, 200);
    reply.json()["rows"].as_array().unwrap().clone()
}

on_both!(figures_of_fewer_than_five_people_are_not_shown);

fn figures_of_fewer_than_five_people_are_not_shown(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&client, 4);
    for row in rows(&client) {
        for figure in ["figure", "satisfied", "mean"] {
            let missing = row[figure]["missing"].as_str().unwrap_or_default();
            assert!(missing.contains("fewer than 5 answers"), "{row}");
            assert_eq!(row[figure]["value"], Value::Null, "{row}");
        }
    }
    answer(&client, 1);
    for row in rows(&client) {
        assert_eq!((&row["figure"]["n"], row["figure"]["value"].is_f64()), (&Value::from(5), true), "{row}");
    }
}

#[test]
fn what_is_not_there_is_said_so() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    for (path, status, slug) in [
        ("/v1/rounds/NONE/index", 404, "unknown-round"),
        ("/v1/rounds/NONE/results", 404, "unknown-round"),
        ("/v1/rounds/R2025/index?unit=NONE", 404, "unknown-unit"),
        ("/v1/rounds/R2025/results?unit=NONE", 404, "unknown-unit"),
        ("/v1/rounds/R2025/results?unit=a/b", 404, "unknown-unit"),
        ("/v1/rounds/R2025/index?units=D1", 400, "faulty-query"),
    ] {
        let reply = client.send("GET", path, &[("accept", "application/json")], b"");
        assert_eq!((reply.status, reply.slug().as_str()), (status, slug), "{path}");
    }
    let one = client.get("/v1/rounds/R2025/index?unit=D1").json();
    assert_eq!(one["units"].as_array().unwrap().len(), 1, "{one}");
}
