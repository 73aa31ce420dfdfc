//! Plain sockets, because a well-behaved client cannot send what is sent here.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sipas::web::problem::catalogue::ALL;
use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than the server waits for anything; a reply that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// The status of a reply and the slug of its problem; empty where the connection itself was refused, before anything
/// could be asked.
pub(super) type Refusal = (u16, String);

/// A way to the server that counts what goes through.
pub(super) struct Wire {
    address: SocketAddr,
    n: Cell<usize>,
}

impl Wire {
    pub(super) fn to(address: SocketAddr) -> Self {
        Self { address, n: Cell::new(0) }
    }

    /// Another way to the same server, with a count of its own.
    pub(super) fn again(&self) -> Self {
        Self::to(self.address)
    }

    pub(super) fn count(&self) -> usize {
        self.n.get()
    }

    pub(super) fn add(&self, n: usize) {
        self.n.set(self.n.get() + n);
    }

    /// Sends bytes as they are, and reads how they were refused.
    pub(super) fn send(&self, bytes: &[u8]) -> Result<Refusal, String> {
        self.add(1);
        let mut stream = TcpStream::connect(self.address).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
        // The server may have refused and gone before it has taken everything.
        let _ = stream.write_all(bytes);
        let mut reply = Vec::new();
        match stream.read_to_end(&mut reply) {
            Ok(_) => refusal(&reply),
            Err(_) if !reply.is_empty() => refusal(&reply),
            Err(error) => Err(format!("no reply: {error}")),
        }
    }

    /// Sends bytes and demands one of some statuses.
    pub(super) fn refuses(&self, bytes: &[u8], statuses: &[u16]) {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
        match self.send(bytes) {
            Ok((status, _)) if statuses.contains(&status) => {}
            other => panic!("{other:?}, not {statuses:?}, for\n{shown}"),
        }
    }

    /// Sends `n` generated requests, the same ones in every run, and demands one of some statuses for each. A case that
    /// fails is made smaller before it is shown.
    pub(super) fn refuses_all<S: Strategy>(
        &self,
        n: u32,
        cases: &S,
        request: impl Fn(&S::Value) -> Vec<u8>,
        statuses: &[u16],
    ) {
        let config = Config { cases: n, failure_persistence: None, ..Config::default() };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let outcome = TestRunner::new_with_rng(config, rng).run(cases, |case| {
            let bytes = request(&case);
            match self.send(&bytes) {
                Ok((status, _)) if statuses.contains(&status) => Ok(()),
                other => Err(TestCaseError::fail(format!(
                    "{other:?}, not {statuses:?}, for\n{}",
                    String::from_utf8_lossy(&bytes)
                ))),
            }
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// Reads a reply: a refusal that is complete and in the form it should have.
fn refusal(reply: &[u8]) -> Result<Refusal, String> {
    let text = String::from_utf8_lossy(reply);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| format!("no reply: {text:?}"))?;
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
    if !(400..500).contains(&status) {
        return Err(format!("{status} with {body}"));
    }
    let head = head.to_ascii_lowercase();
    if head.contains("content-type: application/problem+json") {
        let problem: serde_json::Value = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))?;
        let slug = problem["type"].as_str().and_then(|kind| kind.strip_prefix("/problems/")).unwrap_or_default();
        let known = ALL.iter().any(|kind| kind.slug == slug && kind.status == status);
        return if known { Ok((status, slug.to_owned())) } else { Err(format!("{status} is no {problem}")) };
    }
    let is_page = head.contains("content-type: text/html") && body.contains("</html>");
    if is_page || body.is_empty() { Ok((status, String::new())) } else { Err(format!("{status} without form: {body}")) }
}

/// A request with a body, complete and in order as far as HTTP goes.
pub(super) fn post(target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {target} HTTP/1.1\r\nhost: sipas\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A response as JSON to the right door.
pub(super) fn post_json(body: &[u8]) -> Vec<u8> {
    post("/v1/rounds/R2025/responses", "content-type: application/json\r\n", body)
}

/// A form to the right door, from a program that does not read pages.
pub(super) fn post_form(body: &[u8]) -> Vec<u8> {
    post("/s/K1", "content-type: application/x-www-form-urlencoded\r\n", body)
}

/// A request without a body.
pub(super) fn ask(method: &str, target: &str) -> Vec<u8> {
    format!("{method} {target} HTTP/1.1\r\nhost: sipas\r\nconnection: close\r\n\r\n").into_bytes()
}
