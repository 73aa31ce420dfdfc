//! What was made public, over HTTP: a published round's figures are frozen bytes, whatever comes afterwards.

use super::browser::{Form, new_id};
use super::client::Client;
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::round_code;
use sha2::{Digest as _, Sha256};
use sipas::domain::access::Scope;
use sipas::service::{publish, rounds};

on_both!(a_published_round_answers_from_frozen_bytes, figures_are_the_operators_until_they_are_published);

const INDEX: &str = "/v1/rounds/R2025/index";
const ALL: &str = "/v1/rounds/R2025/publications";

/// A server whose round was answered.
fn answered(database: &Database) -> Door {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    for _ in 0..6 {
        assert_eq!(
            client.post_json("/v1/rounds/R2025/responses", &form.as_json(&new_id(), DESK).to_string()).status,
            201
        );
    }
    assert_eq!(client.get(ALL).json()["publications"], serde_json::json!([]));
    assert_eq!(client.get(INDEX).header("etag"), None, "what is computed has none");
    door
}

/// Closes and publishes the round.
fn publish(door: &Door) {
    rounds::close(&door.store, &round_code(ROUND)).unwrap();
    publish::publish(door.service().catalogue(), &door.store, &round_code(ROUND), "Đợt thử", &|_| ()).unwrap();
}

fn published(database: &Database) -> Door {
    let door = answered(database);
    publish(&door);
    door
}

fn a_published_round_answers_from_frozen_bytes(database: &Database) {
    let door = published(database);
    let client = Client::of(&door);
    let plain = |path: &str| client.send("GET", path, &[("accept-encoding", "identity")], b"");
    let index = plain(INDEX);
    let tag = index.header("etag").expect("frozen bytes have a tag").to_owned();
    assert_eq!(index.header("content-location"), Some("/v1/rounds/R2025/publications/1/index.json"));
    assert_eq!(index.json()["provenance"]["sources"][0]["state"], "published");
    let again = client.send("GET", INDEX, &[("accept-encoding", "identity"), ("if-none-match", &tag)], b"");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(client.get(INDEX).body, index.body, "the same whether packed or not");
    assert_eq!(plain(&format!("{INDEX}?as-of=1")).body, index.body);
    assert_eq!(plain(&format!("{INDEX}?as-of=2099-01-01")).body, index.body);
    let unit = plain(&format!("{INDEX}?unit=D1")).json();
    assert_eq!(unit["units"].as_array().unwrap().len() + unit["unranked"].as_array().unwrap().len(), 1, "{unit}");
    let item = format!("breakdown?item={}&flagged=without", door.five_point_items()[0]);
    for path in ["results", "results?unit=K1", "breakdown?by=sex", "breakdown?by=age*sex", &item] {
        let answer = plain(&format!("/v1/rounds/R2025/{path}"));
        assert!(answer.status == 200 && answer.header("etag").is_some(), "{path}: {answer:?}");
    }

    let list = plain(ALL).json();
    let publication = &list["publications"][0];
    assert_eq!((&publication["revision"], &publication["note"]), (&1.into(), &"Đợt thử".into()));
    let files = publication["files"].as_array().unwrap();
    assert!(files.len() > 50, "{} files", files.len());
    for file in files {
        let answer = plain(&format!("{ALL}/1/{}", file["path"].as_str().unwrap()));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-type"), file["media_type"].as_str());
        let digest: String = Sha256::digest(&answer.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (file["sha256"].as_str(), file["size"].as_u64()),
            (Some(digest.as_str()), Some(answer.bytes.len() as u64))
        );
    }
}

fn figures_are_the_operators_until_they_are_published(database: &Database) {
    let door = answered(database);
    let client = Client::of(&door);
    // What a reverse proxy adds: the request does not come from this machine.
    let forwarded = ("x-forwarded-for", "203.0.113.7");
    let key = door.service().create_key("office", Scope::Operator, None).unwrap();
    let bearer = format!("Bearer {}", key.reveal());
    let paths =
        ["index", "index?unit=D1", "results", "breakdown?by=sex"].map(|path| format!("/v1/rounds/R2025/{path}"));
    for path in &paths {
        let get = |headers: &[(&str, &str)]| client.send("GET", path, headers, b"");
        let stranger = get(&[forwarded, ("accept", "application/json")]);
        assert_eq!((stranger.status, stranger.slug().as_str()), (401, "key-needed"), "{path}");
        assert_eq!((get(&[forwarded, ("authorization", &bearer)]).status, get(&[]).status), (200, 200), "{path}");
    }
    publish(&door);
    for path in &paths {
        assert_eq!(client.send("GET", path, &[forwarded], b"").status, 200, "{path}");
    }
}

#[test]
fn what_was_not_published_is_said_so() {
    let door = published(&Database::sqlite());
    let client = Client::of(&door);
    for (path, status, slug) in [
        ("/v1/rounds/NONE/publications", 404, "unknown-round"),
        ("/v1/rounds/R2025/publications/2/index.json", 404, "unknown-publication"),
        ("/v1/rounds/R2025/publications/x/index.json", 404, "unknown-publication"),
        ("/v1/rounds/R2025/publications/1/nothing.json", 404, "not-found"),
        ("/v1/rounds/R2025/publications/1/../../../index", 404, "not-found"),
        ("/v1/rounds/R2025/index?as-of=2", 404, "unknown-publication"),
        ("/v1/rounds/R2025/index?as-of=2020-01-01", 404, "unknown-publication"),
        ("/v1/rounds/R2025/index?as-of=yesterday", 400, "faulty-query"),
        ("/v1/rounds/R2025/index?unit=NONE", 404, "unknown-unit"),
        ("/v1/rounds/R2025/results?unit=NONE", 404, "unknown-unit"),
        ("/v1/rounds/R2025/breakdown?item=Q01&item=Q02", 400, "faulty-query"),
        ("/v1/rounds/R2024/index?as-of=1", 404, "unknown-publication"),
    ] {
        let reply = client.send("GET", path, &[("accept", "application/json")], b"");
        assert_eq!((reply.status, reply.slug().as_str()), (status, slug), "{path}");
    }
}
