//! The whole server, as a process of its own: no request is its fault, none makes it grow, none is given back as markup.

use super::documents::{MARKUP, Pairs, quoted};
use super::requests::{InOrder, Line, Reply, Request, any_request};
use super::{n_cases, try_all};
use crate::harness::Database;
use crate::harness::office::{DESK, Office, ROUND, Served, one_stop_items};
use proptest::prelude::*;
use sipas::web::problem::catalogue::ALL;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Connections at the same time.
const N_LANES: u32 = 4;
/// What the server may keep after it has seen a fifth of the cases: allocators and databases keep some for next time.
const MAX_GROWTH_KIB: u64 = 64 * 1024;
/// No reply is longer than this; the longest is a list of all faults of a body full of them.
const MAX_REPLY: usize = 1024 * 1024;

/// How often each status was seen.
type Seen = BTreeMap<u16, usize>;

fn in_order(keys: Vec<String>) -> InOrder {
    let scored = |name: fn(String) -> String| -> Pairs {
        one_stop_items().into_iter().map(|item| (name(item), "4".to_owned())).collect()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let desk = quoted(DESK);
    let mut fields = scored(|item| format!("answer.{item}"));
    fields.extend([pair("response_id", ""), pair("round", ROUND), pair("answer.comment", "Cảm ơn")]);
    let mut typed = scored(|item| format!("typed.{item}"));
    typed.extend([pair("desk", DESK), pair("form", "17")]);
    let report = vec![pair("assigned", "5"), pair("waiting", "1"), pair("aside", "0"), pair("version", "\"1f0c2a\"")];
    let issue = vec![pair("round", &quoted(ROUND)), pair("desk", &desk), pair("count", "2")];
    InOrder {
        round: ROUND.to_owned(),
        desk: DESK.to_owned(),
        members: vec![pair("id", ""), pair("desk", &desk), pair("channel", "\"web\""), pair("answers", "")],
        answers: scored(|item| item),
        fields,
        others: BTreeMap::from([
            ("/entry", typed),
            ("/kiosk/pair", vec![pair("code", "3A4C-6D7G")]),
            ("/v1/devices/sync", report),
            ("/v1/receipts", issue),
        ]),
        keys,
    }
}

/// A device of each kind and a key of each scope, so that what lies behind them is tried as well.
fn keys(office: &Office, served: &Served) -> Vec<String> {
    let mut keys = Vec::new();
    for kind in ["kiosk", "interviewer", "entry"] {
        let body = format!("code={}", office.enrol(DESK, kind));
        let paired = Line::to(address(served)).send(&Request::form("/kiosk/pair", &body)).unwrap();
        let cookie = paired.header("set-cookie").and_then(|value| value.split(';').next()).expect("a key");
        let (_, key) = cookie.split_once('=').unwrap();
        keys.extend([format!("cookie: {cookie}\r\n"), format!("authorization: Bearer {key}\r\n")]);
    }
    for scope in ["receipts", "operator"] {
        let key = office.run(&["key", "create", "--name", scope, "--scope", scope]);
        keys.push(format!("authorization: Bearer {}\r\n", key.trim()));
    }
    keys
}

fn address(served: &Served) -> SocketAddr {
    served.base.trim_start_matches("http://").parse().unwrap()
}

#[test]
fn whatever_comes_the_server_answers_and_stays_as_it_is() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    let known = in_order(keys(&office, &served));
    let n = n_cases(6_000) / N_LANES;
    let mut seen = Seen::new();
    let memory: Vec<u64> = ["first", "second", "third", "fourth", "last"]
        .map(|fifth| {
            for (status, n) in in_lanes(&served, &known, (fifth, n / 5)) {
                *seen.entry(status).or_default() += n;
            }
            memory_kib(&served)
        })
        .into();
    let (before, after) = (memory[0], memory[4]);
    println!("statuses {seen:?}; the server has {memory:?} KiB after each fifth of the cases");
    let n = |status| seen.get(&status).copied().unwrap_or_default();
    // A form that is sent twice is thanked for twice.
    assert!((n(201)..=n(201) + n(303)).contains(&office.n_stored()), "{} are stored", office.n_stored());
    for status in [200, 201, 303, 400, 404, 405, 415, 422] {
        assert!(seen.contains_key(&status), "no case led to {status}: {seen:?}");
    }
    assert!(after < before + MAX_GROWTH_KIB, "the server grew from {before} to {after} KiB");
    assert!(served.stop(), "the server did not stop well");
}

/// Tries cases over several connections at once.
fn in_lanes(served: &Served, known: &InOrder, (name, n): (&str, u32)) -> Seen {
    let address = address(served);
    let mut seen = Seen::new();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..N_LANES)
            .map(|lane| {
                scope.spawn(move || {
                    let (line, seen) = (RefCell::new(Line::to(address)), RefCell::new(Seen::new()));
                    try_all(&format!("{name} {lane}"), n, &any_request(known), |request| {
                        let reply = line.borrow_mut().send(&request).map_err(TestCaseError::fail)?;
                        *seen.borrow_mut().entry(reply.status).or_default() += 1;
                        in_form(&request, &reply)
                    });
                    seen.into_inner()
                })
            })
            .collect();
        for lane in lanes {
            for (status, n) in lane.join().unwrap() {
                *seen.entry(status).or_default() += n;
            }
        }
    });
    seen
}

/// A reply is never our fault, never too long, a problem of the catalogue where it is one, and never what was typed as
/// markup.
fn in_form(request: &Request, reply: &Reply) -> Result<(), TestCaseError> {
    prop_assert!((200..500).contains(&reply.status), "{:?}", reply);
    prop_assert!(reply.body.len() < MAX_REPLY, "a reply of {} bytes", reply.body.len());
    if reply.header("content-encoding").is_some() || request.method == "HEAD" {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&reply.body);
    match reply.header("content-type").unwrap_or_default() {
        "application/problem+json" => {
            let problem: serde_json::Value =
                serde_json::from_str(&body).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let slug = problem["type"].as_str().and_then(|kind| kind.strip_prefix("/problems/")).unwrap_or_default();
            let known = ALL.iter().any(|kind| kind.slug == slug && kind.status == reply.status);
            prop_assert!(known, "{} is no {}", reply.status, problem);
        }
        kind if kind.starts_with("text/html") => {
            prop_assert!(body.contains("</html>"), "a page without an end: {}", body);
            prop_assert!(!body.contains(MARKUP) && !body.contains("<svg/onload"), "what was typed is markup: {}", body);
        }
        _ => {}
    }
    Ok(())
}

/// Memory of the server's process.
fn memory_kib(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
