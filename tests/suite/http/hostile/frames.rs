//! Hostile HTTP: headers, lengths, chunks, patience, and bytes that are no HTTP at all.

use super::InOrder;
use super::wire::{Wire, ask, post};
use proptest::collection::vec;
use proptest::prelude::*;

const DOOR: &str = "/v1/rounds/R2025/responses";
const JSON: &str = "content-type: application/json\r\n";

/// Content types that are not JSON in UTF-8.
const FOREIGN_TYPES: &[&str] = &[
    "",
    "text/plain",
    "text/json",
    "application/jsonp",
    "application/json5",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
    "application/json; charset=utf-16",
    "application/json; charset=iso-8859-1",
    "application/json; charset=\"\"",
    "application/json, application/json",
    "application/json,text/html",
    "application/problem+json",
    "application/*",
    "*/*",
    "json",
    "application",
    "/",
    ";",
    "application json",
    "\"application/json\"",
];

/// Sends a body that is in order under headers that are not.
pub(super) fn headers(wire: &Wire, in_order: &InOrder) {
    let body = in_order.json.as_bytes();
    for content_type in FOREIGN_TYPES {
        wire.refuses(&post(DOOR, &format!("content-type: {content_type}\r\n"), body), &[415]);
    }
    wire.refuses(&post(DOOR, "", body), &[415]);
    wire.refuses(&post(DOOR, &format!("{JSON}{JSON}"), body), &[415]);
    wire.refuses(&post("/s/K1", JSON, in_order.form.encoded().as_bytes()), &[415]);
    for encoding in ["gzip", "deflate", "br", "zstd", "compress", "x", "gzip, gzip", "identity, gzip", "*"] {
        wire.refuses(&post(DOOR, &format!("{JSON}content-encoding: {encoding}\r\n"), body), &[415]);
    }
    for accepted in ["identity;q=0", "*;q=0", "identity;q=0, *;q=0", "br, identity;q=0"] {
        wire.refuses(&post(DOOR, &format!("{JSON}accept-encoding: {accepted}\r\n"), body), &[406]);
    }
    for n_bytes in [17_000, 40_000, 100_000, 300_000] {
        wire.refuses(&post(DOOR, &format!("{JSON}x-long: {}\r\n", "a".repeat(n_bytes)), body), &[431]);
    }
    let many: String = (0..90).map(|n| format!("x-{n}: {}\r\n", "a".repeat(300))).collect();
    wire.refuses(&post(DOOR, &format!("{JSON}{many}"), body), &[431]);
    let many: String = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    wire.refuses(&post(DOOR, &format!("{JSON}{many}"), body), &[431]);
    for broken in
        ["no colon\r\n", ": no name\r\n", "na me: a\r\n", "x: a\u{0}b\r\n", "x: a\rb\r\n", " folded: a\r\n", "é: a\r\n"]
    {
        wire.refuses(&post(DOOR, &format!("{JSON}{broken}"), body), &[400]);
    }
    let header = |(name, value): &(String, String)| post(DOOR, &format!("{JSON}{name}: {value}\r\n"), b"{}");
    let names = prop_oneof![
        Just("accept".to_owned()),
        Just("accept-language".to_owned()),
        Just("cookie".to_owned()),
        Just("origin".to_owned()),
        Just("authorization".to_owned()),
        Just("x-forwarded-for".to_owned()),
        Just("if-none-match".to_owned()),
        Just("x-request-id".to_owned()),
        "[a-z][a-z0-9-]{0,20}".prop_map(|name| format!("x-{name}")),
    ];
    wire.refuses_all(120, &(names, "[ -~]{0,200}"), header, &[400, 422]);
}

/// Sends bodies whose length is a lie, a riddle or a flood.
pub(super) fn framing(wire: &Wire, in_order: &InOrder) {
    let body = &in_order.json;
    let head = format!("POST {DOOR} HTTP/1.1\r\nhost: sipas\r\nconnection: close\r\n{JSON}");
    let length = body.len();
    for framing in [
        format!("content-length: {length}\r\ncontent-length: {}\r\n", length + 1),
        format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
        "content-length: -1\r\n".to_owned(),
        "content-length: +5\r\n".to_owned(),
        "content-length: 0x10\r\n".to_owned(),
        "content-length: 1e3\r\n".to_owned(),
        "content-length: five\r\n".to_owned(),
        "content-length: 99999999999999999999999\r\n".to_owned(),
        "transfer-encoding: chunked, chunked\r\n".to_owned(),
        "transfer-encoding: gzip\r\n".to_owned(),
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n".to_owned(),
    ] {
        wire.refuses(format!("{head}{framing}\r\n{body}").as_bytes(), &[400]);
    }
    for n_bytes in [65_537_u64, 1_000_000, 10_000_000_000, u64::MAX] {
        wire.refuses(format!("{head}content-length: {n_bytes}\r\n\r\n{body}").as_bytes(), &[413]);
    }
    for chunks in [
        "zz\r\n",
        "-1\r\n",
        "fffffffffffffffff\r\n",
        "5\r\n{\"id\"X",
        "\r\n\r\n",
        "1;\u{0}\r\n{\r\n0\r\n\r\n",
        "0\r\n\r\n",
    ] {
        wire.refuses(format!("{head}transfer-encoding: chunked\r\n\r\n{chunks}").as_bytes(), &[400]);
    }
    let flood = format!("1000\r\n{}\r\n", " ".repeat(0x1000)).repeat(100);
    wire.refuses(format!("{head}transfer-encoding: chunked\r\n\r\n{flood}0\r\n\r\n").as_bytes(), &[413]);
    wire.refuses(&post(DOOR, JSON, &vec![b' '; 1_000_000]), &[413]);
    wire.refuses(&post("/s/K1", "content-type: application/x-www-form-urlencoded\r\n", &vec![b'a'; 1_000_000]), &[413]);
    // A second request inside the first one's body must not be answered as one of its own.
    let inner = "GET /healthz HTTP/1.1\r\nhost: sipas\r\n\r\n";
    wire.refuses(&post("/none", JSON, inner.as_bytes()), &[404]);
}

/// First lines that are no first lines.
const NOT_HTTP: &[&str] = &[
    "GET\r\n\r\n",
    "GET /\r\n\r\n",
    "GET / HTTP/0.9\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1.1\r\n\r\n",
    "GET / http/1.1\r\n\r\n",
    "GET  / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1 x\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "EHLO example.org\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
    "{\"id\":1}\r\n\r\n",
    "\u{0}\u{0}\u{0}\u{0}\r\n\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n",
];

/// Sends bytes that are no HTTP.
pub(super) fn garbage(wire: &Wire) {
    for line in NOT_HTTP {
        wire.refuses(line.as_bytes(), &[400]);
    }
    // The first byte is none that a method may have, so it is clear at once that this is no request.
    let bytes = vec(any::<u8>(), 0..300).prop_map(|rest| [&b"\xff"[..], &rest, b"\r\n\r\n"].concat());
    wire.refuses_all(200, &bytes, Clone::clone, &[400]);
    let lines = "[\\[\\]{}()<>@,;:\"/?=][ -~]{0,60}".prop_map(|line| format!("{line}\r\n\r\n").into_bytes());
    wire.refuses_all(100, &lines, Clone::clone, &[400]);
}

/// Sends requests that never end. Says how many.
pub(super) fn slow(wire: &Wire, in_order: &InOrder) -> usize {
    let whole = post(DOOR, JSON, in_order.json.as_bytes());
    let n_head = whole.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    let health = ask("GET", "/healthz");
    let unfinished: [&[u8]; 8] = [
        b"G",
        b"GET /healthz",
        &health[..health.len() - 2],
        &whole[..n_head - 1],
        &whole[..n_head],
        &whole[..n_head + 1],
        &whole[..whole.len() / 2],
        &whole[..whole.len() - 1],
    ];
    std::thread::scope(|scope| {
        let waiting: Vec<_> = unfinished
            .iter()
            .map(|bytes| {
                let way = wire.again();
                scope.spawn(move || way.refuses(bytes, &[408]))
            })
            .collect();
        waiting.into_iter().for_each(|one| one.join().unwrap());
    });
    unfinished.len()
}
