//! An HTTP client that never follows, never retries and never takes a refusal for an error. Whatever it is answered has to
//! be as the address is described.

use super::described;
use crate::harness::door::Door;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use ureq::Agent;
use ureq::http::Request;

pub(crate) struct Client {
    base: String,
    agent: Agent,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// As text; what is none is told as well as it goes.
    pub(crate) body: String,
    /// As it came.
    pub(crate) bytes: Vec<u8>,
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub(crate) const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

impl Client {
    pub(crate) fn of(door: &Door) -> Self {
        Self::to(&door.base)
    }

    /// A client of the server at `http://127.0.0.1:41234`.
    pub(crate) fn to(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .proxy(None);
        Self { base: base.to_owned(), agent: config.build().new_agent() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[BROWSER], b"")
    }

    pub(crate) fn post_json(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[JSON], body.as_bytes())
    }

    pub(crate) fn post_form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[BROWSER, FORM], body.as_bytes())
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = if body.is_empty() && method != "POST" {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        let mut answer = sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let bytes = answer.body_mut().read_to_vec().unwrap();
        let answer = Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes };
        described::hold(method, path, &answer);
        answer
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The slug of a problem; panics if this is not a well-formed one.
    pub(crate) fn slug(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert!(problem["title"].is_string(), "{self:?}");
        problem["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }

    /// `(pointer, code)` of every fault of a problem.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let faults = problem["faults"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
    }
}

/// Asks for a page without a client that would undo what the server did to it. Gives the bytes as Latin-1 text.
pub(crate) fn raw_get(door: &Door, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(door.address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer.into_iter().map(char::from).collect()
}
