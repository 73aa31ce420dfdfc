//! Requests that are whole as far as HTTP goes, to addresses that exist or nearly do, and the line they go over.

use super::documents::{Pairs, almost_a_form, almost_a_response, any_json, any_name, any_text, damaged, escaped};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than the server takes for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an answer looks like when nothing is wrong with it.
#[derive(Clone)]
pub(super) struct InOrder {
    pub(super) round: String,
    pub(super) desk: String,
    pub(super) members: Pairs,
    pub(super) answers: Pairs,
    pub(super) fields: Pairs,
    /// Bodies that other addresses take: the members of an object below `/v1`, the fields of a form elsewhere.
    pub(super) others: BTreeMap<&'static str, Pairs>,
    /// Header lines that open what is closed: keys of devices and of programs.
    pub(super) keys: Vec<String>,
}

/// A request, shown as it is sent.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: &'static str,
    head: String,
    body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}\n{}", self.method, self.head, String::from_utf8_lossy(&self.body))
    }
}

impl Request {
    /// A form that nothing is wrong with.
    pub(super) fn form(path: &str, body: &str) -> Self {
        let head = format!("{path} HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n");
        Self { method: "POST", head, body: body.as_bytes().to_vec() }
    }

    fn bytes(&self) -> Vec<u8> {
        let (method, head, length) = (self.method, &self.head, self.body.len());
        let head = format!("{method} {head}host: sipas\r\ncontent-length: {length}\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// Any request of those that are worth trying.
pub(super) fn any_request(in_order: &InOrder) -> BoxedStrategy<Request> {
    let table = sipas::web::table();
    let paths = |posts: bool| -> Vec<&'static str> {
        let rows = table.iter().filter(|row| !posts || row.allow().contains("POST"));
        rows.map(sipas::web::address::Address::path).collect()
    };
    let sent = Union::new(paths(true).into_iter().map(|path| post(path, in_order)));
    let asked = Union::new_weighted(paths(false).into_iter().map(|path| (share(path), ask(path, in_order))).collect());
    prop_oneof![3 => sent, 1 => asked].boxed()
}

/// How often an address is asked for. Figures read the whole round, which grows with the cases, and would be all that a
/// long run does.
fn share(path: &str) -> u32 {
    if path.starts_with("/v1/rounds/{round}/") { 1 } else { 30 }
}

fn ask(path: &'static str, known: &InOrder) -> impl Strategy<Value = Request> + use<> {
    let others = select(&["HEAD", "OPTIONS", "PUT", "DELETE"][..]);
    let method = prop_oneof![6 => Just("GET"), 4 => others];
    (method, target(path, known), headers(known)).prop_map(|(method, target, headers)| Request {
        method,
        head: format!("{target} HTTP/1.1\r\n{headers}"),
        body: Vec::new(),
    })
}

fn post(path: &'static str, known: &InOrder) -> impl Strategy<Value = Request> + use<> {
    // What fits the address comes most often, so that most cases get past the first look.
    let other = known.others.get(path).cloned();
    let (fitting, kind) = if path.starts_with("/v1") {
        let (members, answers) = other.map_or((known.members.clone(), known.answers.clone()), |it| (it, Pairs::new()));
        (almost_a_response(members, answers).boxed(), "application/json")
    } else {
        (almost_a_form(other.unwrap_or(known.fields.clone())).boxed(), "application/x-www-form-urlencoded")
    };
    let body = prop_oneof![
        8 => fitting.clone().prop_map(String::into_bytes),
        3 => damaged(fitting),
        1 => any_json().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..200),
    ];
    let other = select(&["application/json", "application/x-www-form-urlencoded", "text/plain", "*/*", ""][..]);
    let kind = prop_oneof![9 => Just(kind), 1 => other];
    (target(path, known), kind, headers(known), body).prop_map(|(target, kind, headers, body)| Request {
        method: "POST",
        head: format!("{target} HTTP/1.1\r\ncontent-type: {kind}\r\n{headers}"),
        body,
    })
}

/// An address of the table with its places filled in, mostly well.
fn target(path: &'static str, known: &InOrder) -> impl Strategy<Value = String> + use<> {
    let known = known.clone();
    let odd = prop_oneof![
        any_text().prop_map(|text| escaped(&text)),
        "[!-~]{1,30}".prop_map(|text| text.replace(['?', '#'], "/"))
    ];
    let query = prop_oneof![
        6 => Just(String::new()),
        1 => Just("?lang=en".to_owned()),
        1 => (any_name(), any_text()).prop_map(|(name, value)| format!("?{}={}", escaped(&name), escaped(&value))),
        1 => "[!-~]{0,60}".prop_map(|text| format!("?{}", text.replace('#', "&"))),
    ];
    (prop::option::weighted(0.1, odd), query).prop_map(move |(odd, query)| {
        let filled = path.replace("{desk}", &known.desk).replace("{round}", &known.round).replace("{slug}", "busy");
        match odd {
            Some(odd) => format!("{}/{odd}{query}", filled.rsplit_once('/').map_or("", |(front, _)| front)),
            None => format!("{filled}{query}"),
        }
    })
}

/// Headers that browsers, proxies and liars send, behind a key that is good or without. Those that say how long the body is
/// stay as they should.
fn headers(known: &InOrder) -> impl Strategy<Value = String> + use<> {
    const KNOWN: &[&str] = &[
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cookie",
        "forwarded",
        "if-none-match",
        "origin",
        "range",
        "referer",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-request-id",
        "x-http-method-override",
    ];
    const VALUES: &[&str] = &[
        "text/html",
        "*/*",
        "gzip",
        "identity",
        "br, gzip;q=0.5",
        "vi",
        "Bearer KQ7M2XYZ",
        "Bearer ",
        "Basic YTpi",
        "sipas_device=KQ7M2XYZ",
        "sipas_device=",
        "a=b; sipas_device=\"x\"; =",
        "http://example.org",
        "null",
        "127.0.0.1, ::1",
        "bytes=0-1",
        "\"x\"",
        "*",
        "",
    ];
    let value = prop_oneof![4 => select(VALUES).prop_map(str::to_owned), 1 => "[ -~]{0,80}"];
    let key = prop::option::of(select(known.keys.clone()));
    (key, vec((select(KNOWN), value), 0..4)).prop_map(|(key, headers)| {
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        key.into_iter().chain(lines).collect()
    })
}

/// A reply, as far as it is looked at.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
    }
}

/// A connection that is kept for the next request, as long as the server keeps it.
pub(super) struct Line {
    address: SocketAddr,
    kept: Option<TcpStream>,
}

impl Line {
    pub(super) fn to(address: SocketAddr) -> Self {
        Self { address, kept: None }
    }

    /// Sends a request and reads the whole reply. A connection that the server had already given up is replaced.
    pub(super) fn send(&mut self, request: &Request) -> Result<Reply, String> {
        if let Some(kept) = self.kept.take()
            && let Ok(reply) = self.over(kept, request)
        {
            return Ok(reply);
        }
        let fresh = TcpStream::connect(self.address).map_err(|error| error.to_string())?;
        fresh
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| fresh.set_nodelay(true))
            .map_err(|error| error.to_string())?;
        self.over(fresh, request)
    }

    fn over(&mut self, mut stream: TcpStream, request: &Request) -> Result<Reply, String> {
        stream.write_all(&request.bytes()).map_err(|error| error.to_string())?;
        let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1024]);
        loop {
            let n = stream.read(&mut part).map_err(|error| error.to_string())?;
            bytes.extend_from_slice(&part[..n]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                if n == 0 {
                    return Err(format!("no reply, but {:?}", String::from_utf8_lossy(&bytes)));
                }
                continue;
            };
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let status =
                head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(|| format!("no status: {head}"))?;
            let mut reply = Reply { status, head, body: bytes[end + 4..].to_vec() };
            let whole = match reply.header("content-length").map(str::parse::<usize>) {
                _ if request.method == "HEAD" || matches!(status, 204 | 304) => true,
                Some(Ok(length)) => reply.body.len() >= length,
                Some(Err(error)) => return Err(error.to_string()),
                None => reply.body.ends_with(b"\r\n0\r\n\r\n"),
            };
            if whole {
                if !reply.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
                    self.kept = Some(stream);
                }
                reply.head.make_ascii_lowercase();
                return Ok(reply);
            }
            if n == 0 {
                return Err(format!("the reply broke off: {reply:?}"));
            }
        }
    }
}
