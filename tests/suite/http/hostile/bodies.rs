//! Hostile JSON: what is not JSON, what is JSON but no response, and what is almost a response.

use super::InOrder;
use super::wire::{Wire, post_json};
use crate::fuzz::documents::any_json;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Whole bodies that are not a response.
const DOCUMENTS: &[(&str, u16)] = &[
    ("", 400),
    (" ", 400),
    ("\n\n\n", 400),
    ("\u{feff}{}", 400),
    ("null", 422),
    ("true", 422),
    ("false", 422),
    ("0", 422),
    ("-1", 422),
    ("1e5", 422),
    ("1e400", 400),
    ("-1e400", 400),
    ("\"text\"", 422),
    ("[]", 422),
    ("[{}]", 422),
    ("{}", 422),
    ("{}{}", 400),
    ("{},{}", 400),
    ("{} x", 400),
    ("{", 400),
    ("}", 400),
    ("[", 400),
    ("]", 400),
    ("{]", 400),
    ("[}", 400),
    ("\"", 400),
    ("\"\\\"", 400),
    ("\"\\x41\"", 400),
    ("\"\\u12\"", 400),
    ("\"\\ud800\"", 400),
    ("\"\\udc00\\ud800\"", 400),
    ("\"\u{1}\"", 400),
    ("\"\n\"", 400),
    ("'text'", 400),
    ("{'id':1}", 400),
    ("{id:1}", 400),
    ("{\"id\"}", 400),
    ("{\"id\":}", 400),
    ("{\"id\":1,}", 400),
    ("{,}", 400),
    ("{\"a\":1 \"b\":2}", 400),
    ("{\"a\" 1}", 400),
    ("[1,]", 400),
    ("[,1]", 400),
    ("[1 2]", 400),
    ("01", 400),
    ("+1", 400),
    (".5", 400),
    ("1.", 400),
    ("1e", 400),
    ("0x10", 400),
    ("NaN", 400),
    ("Infinity", 400),
    ("-Infinity", 400),
    ("undefined", 400),
    ("nul", 400),
    ("True", 400),
    ("None", 400),
    ("// comment\n{}", 400),
    ("/* comment */{}", 400),
    ("{} // comment", 400),
    ("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", 400),
    ("id=1&desk=K1", 400),
    ("--- !!python/object/apply:os.system ['true']", 400),
    ("a: 1", 400),
    ("${jndi:ldap://127.0.0.1/a}", 400),
    ("{\"__proto__\":{\"admin\":true}}", 422),
    ("{\"$where\":\"1\"}", 422),
    ("{\"id\":null,\"desk\":null,\"channel\":null,\"answers\":null}", 422),
    ("{\"ID\":1,\"Desk\":1}", 422),
    ("{\"\":1}", 422),
    ("{\"\\u0000\":1}", 422),
    ("{\"a\":1,\"a\":1}", 422),
    ("\u{0}", 400),
    ("{\"id\":\"x\"}\u{0}", 400),
];

/// Values that fit nowhere in a response: not as its id, desk, channel or answers, nor as the answer to a required item.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "6",
    "4.0",
    "4.5",
    "0.1e1",
    "1e3",
    "40e-1",
    "1e308",
    "99999999999999999999",
    "-9223372036854775809",
    "9223372036854775807",
    "18446744073709551615",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"4\\u0000\"",
    "\"4.0\"",
    "\"+4\"",
    "\"4e0\"",
    "\"0x4\"",
    "\"\u{ff14}\"",
    "\"\u{664}\"",
    "\"bốn\"",
    "\"four\"",
    "\"na \\u0000\"",
    "\"NA\"",
    "\"N/A\"",
    "\"' OR '1'='1\"",
    "\"'; DROP TABLE responses; --\"",
    "\"1; SELECT pg_sleep(9)\"",
    "\"$(reboot)\"",
    "\"`id`\"",
    "\"../../../../etc/passwd\"",
    "\"..\\\\..\\\\windows\"",
    "\"%s%s%s%n\"",
    "\"{{7*7}}\"",
    "\"<script>alert(1)</script>\"",
    "\"\\ud83d\\ude00\"",
    "\"\u{202e}4\"",
    "\"\u{200b}4\u{200b}\"",
    "\"4\\n4\"",
    "\"\\r\\nset-cookie: a=b\"",
    "[]",
    "[4]",
    "[\"4\"]",
    "[\"4\",\"5\"]",
    "[null]",
    "[[[[]]]]",
    "[[\"4\"]]",
    "{}",
    "{\"value\":4}",
    "{\"$ne\":null}",
    "{\"$gt\":\"\"}",
];

/// Sends [`DOCUMENTS`], nesting of every depth, and texts of every length that is too much.
pub(super) fn documents(wire: &Wire, in_order: &InOrder) {
    for (body, status) in DOCUMENTS {
        wire.refuses(&post_json(body.as_bytes()), &[*status]);
    }
    for depth in [1, 2, 10, 64, 126, 127, 128, 129, 200, 1_000, 30_000] {
        let statuses: &[u16] = if depth < 127 { &[422] } else { &[400, 422] };
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let body = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            let statuses = if body.len() > 64 * 1024 { &[413] } else { statuses };
            wire.refuses(&post_json(body.as_bytes()), statuses);
            wire.refuses(&post_json(&body.as_bytes()[..body.len().min(60_000) / 2]), &[400]);
        }
    }
    for n_chars in [501, 502, 1_000, 10_000, 60_000] {
        for text in ["a".repeat(n_chars), "ữ".repeat(n_chars / 3 + 501)] {
            let body = with_member(&in_order.json, "/answers/comment", &format!("\"{text}\""));
            wire.refuses(&post_json(body.as_bytes()), if body.len() > 64 * 1024 { &[413] } else { &[422] });
        }
    }
    let members: String = (0..5_000).map(|n| format!("\"k{n}\":1,")).collect();
    wire.refuses(&post_json(format!("{{{members}\"z\":1}}").as_bytes()), &[422]);
    wire.refuses(&post_json(format!("[{}0]", "0,".repeat(30_000)).as_bytes()), &[422]);
    for bytes in
        [&b"\xff\xfe{\x00}\x00"[..], b"\"\xff\"", b"\"\xc0\x80\"", b"\"\xed\xa0\x80\"", b"{\"\xff\":1}", b"\xff"]
    {
        wire.refuses(&post_json(bytes), &[400]);
    }
}

/// Puts each of [`VALUES`] in each place of a response that is in order otherwise.
pub(super) fn values(wire: &Wire, in_order: &InOrder) {
    for place in ["/id", "/desk", "/channel", "/answers", "/answers/TC1", "/answers/PA3"] {
        for value in VALUES {
            let body = with_member(&in_order.json, place, value);
            wire.refuses(&post_json(body.as_bytes()), &[422]);
        }
    }
    for uuid in [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "018f3c2e-7b1a-7c3d-9d3f-0f6c1e9a7b11",
        "7f0c2a52-4f0e-1a3c-9d3f-0f6c1e9a7b11",
        "7f0c2a52-4f0e-4a3c-cd3f-0f6c1e9a7b11",
        "{7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11}",
        "urn:uuid:7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11",
        "7f0c2a524f0e4a3c9d3f0f6c1e9a7b11",
        "7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b1",
        "7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b1g",
    ] {
        wire.refuses(&post_json(with_member(&in_order.json, "/id", &format!("\"{uuid}\"")).as_bytes()), &[422]);
    }
    for key in ["id", "desk", "channel", "answers"] {
        let twice = in_order.json.replacen('{', &format!("{{\"{key}\":0,"), 1);
        wire.refuses(&post_json(twice.as_bytes()), &[422]);
        let strange = in_order.json.replacen(&format!("\"{key}\""), &format!("\"{key}s\""), 1);
        wire.refuses(&post_json(strange.as_bytes()), &[422]);
    }
    let twice = in_order.json.replacen("\"answers\":{", "\"answers\":{\"TC1\":4,", 1);
    wire.refuses(&post_json(twice.as_bytes()), &[422]);
}

/// What nobody thought of.
pub(super) fn generated(wire: &Wire, in_order: &InOrder) {
    wire.refuses_all(200, &vec(any::<u8>(), 0..400), |bytes| post_json(bytes), &[400, 422]);
    wire.refuses_all(100, &"\\PC{0,300}", |text| post_json(text.as_bytes()), &[400, 422]);
    wire.refuses_all(150, &any_json(), |text| post_json(text.as_bytes()), &[422]);
    let json = in_order.json.as_bytes();
    let cut = |at: &Index| post_json(&json[..at.index(json.len())]);
    wire.refuses_all(150, &any::<Index>(), cut, &[400]);
    // None of these bytes can stand anywhere in a document without backslashes: each breaks a text or the space between.
    let odd = prop::sample::select(&b"\x00\x01\x1f\x7f\x80\xc0\xff\""[..]);
    let spoilt = |(at, byte): &(Index, u8)| {
        let mut body = json.to_vec();
        body.insert(at.index(json.len()), if *byte == 0x7f { b'"' } else { *byte });
        post_json(&body)
    };
    wire.refuses_all(150, &(any::<Index>(), odd), spoilt, &[400]);
    let structural: Vec<usize> = (0..json.len()).filter(|at| b"{}\":,".contains(&json[*at])).collect();
    let gone = |at: &Index| {
        let mut body = json.to_vec();
        body.remove(*at.get(&structural));
        post_json(&body)
    };
    wire.refuses_all(120, &any::<Index>(), gone, &[400]);
}

/// A document with the value at a pointer replaced by raw JSON, which may be something that no writer would write.
fn with_member(json: &str, pointer: &str, raw: &str) -> String {
    const MARK: &str = "put-it-here";
    let mut document: serde_json::Value = serde_json::from_str(json).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = MARK.into();
    document.to_string().replace(&format!("\"{MARK}\""), raw)
}
