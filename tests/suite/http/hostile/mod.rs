//! Two thousand malformed, hostile and boundary requests: every one is refused as it should be, none is our fault, none
//! leaves anything behind.

mod bodies;
mod forms;
mod frames;
mod targets;
mod wire;

use super::browser::Form;
use super::client::Client;
use crate::harness::Database;
use crate::harness::door::{DESK, Door};
use wire::Wire;

on_both!(two_thousand_requests_leave_nothing_behind);

/// What a form without JavaScript and the JSON of a program look like when nothing is wrong with them.
struct InOrder {
    form: Form,
    json: String,
}

fn two_thousand_requests_leave_nothing_behind(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    let json = form.as_json("7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11", DESK).to_string();
    let in_order = InOrder { form, json };

    let wire = Wire::to(door.address);
    std::thread::scope(|scope| {
        // The slow ones wait for the server's patience to end, so they wait together and beside the others.
        let slow = scope.spawn(|| frames::slow(&Wire::to(door.address), &in_order));
        bodies::documents(&wire, &in_order);
        bodies::values(&wire, &in_order);
        bodies::generated(&wire, &in_order);
        forms::written(&wire, &in_order);
        forms::generated(&wire, &in_order);
        targets::methods(&wire);
        targets::addresses(&wire, &in_order);
        frames::headers(&wire, &in_order);
        frames::framing(&wire, &in_order);
        frames::garbage(&wire);
        wire.add(slow.join().unwrap());
    });

    println!("{} hostile requests refused", wire.count());
    assert!(wire.count() >= 2_000, "only {} requests were sent", wire.count());
    assert_eq!(door.n_stored(), 0, "something was stored");
    assert_eq!(client.get("/readyz").status, 200, "the server is still well");
    let figures = client.get("/metrics").body;
    assert!(!figures.contains("status=\"5xx\""), "{figures}");
    assert_eq!(client.post_json("/v1/rounds/R2025/responses", &in_order.json).status, 201, "and this was in order");
}
