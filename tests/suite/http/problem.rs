//! The catalogue of problems: complete, used, explained, in words for people too.

use super::client::Client;
use crate::harness::Database;
use crate::harness::door::Door;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::web::problem::catalogue::ALL;
use std::path::Path;

#[test]
fn the_catalogue() {
    let rows: Vec<String> = ALL.iter().map(|kind| format!("{} {}", kind.status, kind.slug)).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    400 malformed-request
    400 malformed-json
    400 malformed-form
    400 faulty-query
    401 device-unknown
    401 key-needed
    403 foreign-page
    404 not-found
    404 unknown-desk
    404 desk-not-open
    404 unknown-comment
    404 unknown-publication
    404 unknown-round
    404 unknown-unit
    404 not-published
    405 method-not-allowed
    406 not-acceptable
    408 too-slow
    409 round-not-open
    409 response-conflict
    409 receipt-spent
    409 receipt-expired
    409 figures-not-available
    413 body-too-large
    414 address-too-long
    415 unsupported-media-type
    422 faulty-response
    422 receipt-wrong
    428 proof-missing
    429 too-many
    431 headers-too-large
    500 server-fault
    503 busy
    503 unavailable
    ");
}

#[test]
fn every_problem_is_reported_somewhere() {
    let mut source = String::new();
    read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut source);
    for kind in ALL {
        let name = kind.slug.to_uppercase().replace('-', "_");
        let used = [format!("&{name})"), format!("&{name},")].iter().any(|use_of| source.contains(use_of));
        assert!(used, "{name} is in the catalogue, but nothing reports it");
    }
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if !path.ends_with("catalogue.rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_catalogue_is_served_to_programs_and_people() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let list = client.send("GET", "/problems", &[], b"").json();
    assert_eq!(list["problems"].as_array().unwrap().len(), ALL.len());
    for kind in ALL {
        let one = client.send("GET", &format!("/problems/{}", kind.slug), &[], b"").json();
        assert_eq!(one["problems"][0]["status"], kind.status);
        assert!(client.get("/problems").body.contains(kind.slug));
        assert!(client.get(&format!("/problems/{}", kind.slug)).body.contains(kind.title));
    }
    assert_eq!(client.send("GET", "/problems/no-such", &[], b"").slug(), "not-found");
}

#[test]
fn a_person_gets_words_vietnamese_first() {
    let door = Door::on(&Database::sqlite());
    let page = Client::of(&door).get("/nothing/here");
    assert_eq!(page.status, 404);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let (vietnamese, english) = (page.body.find("Không có trang này"), page.body.find("There is no such page"));
    assert!(vietnamese.is_some() && vietnamese < english, "{}", page.body);
}

#[test]
fn every_word_that_the_page_uses_exists_in_each_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut templates = String::new();
    for entry in std::fs::read_dir(root.join("surveys/page")).unwrap() {
        templates.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let word_end = |text: &str| text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let mut keys: Vec<String> = templates.split(" w.").skip(1).map(|rest| rest[..word_end(rest)].to_owned()).collect();
    keys.extend(ALL.iter().flat_map(|kind| [format!("{}_title", kind.words), format!("{}_text", kind.words)]));
    let mut source = String::new();
    read_all(&root.join("src/web"), &mut source);
    for asked in [".word(\"", ".fill(\""] {
        keys.extend(source.split(asked).skip(1).map(|rest| rest[..word_end(rest)].to_owned()));
    }
    assert!(keys.len() > 40, "{}", keys.len());
    keys.extend(["thanks", "conflict"].iter().flat_map(|about| [format!("{about}_title"), format!("{about}_text")]));
    keys.extend(["page_title", "page_title_error"].map(str::to_owned));
    for words in Catalogue::load(&Source::Embedded).unwrap().all_page_words() {
        for key in &keys {
            assert!(words.get(key).is_some(), "{key} has no word in {}", words.language);
        }
    }
}
