//! A client that sends whole responses.

use crate::harness::office::{DESK, ROUND};

/// A complete response; `score` turns the wheel of its answers.
pub(super) fn body(items: &[String], id: &str, score: usize) -> String {
    let answer = |(place, item): (usize, &String)| format!("\"{item}\":{}", (score + place) % 5 + 1);
    let answers: Vec<String> = items.iter().enumerate().map(answer).collect();
    let answers = answers.join(",");
    format!("{{\"id\":\"{id}\",\"desk\":\"{DESK}\",\"channel\":\"kiosk\",\"answers\":{{{answers}}}}}")
}

/// The status of a POST, or none when no reply came.
pub(super) fn post(agent: &ureq::Agent, base: &str, body: &str) -> Option<u16> {
    let address = format!("{base}/v1/rounds/{ROUND}/responses");
    let reply = agent.post(&address).header("content-type", "application/json").send(body);
    reply.ok().map(|reply| reply.status().as_u16())
}

/// A client that takes every status for a reply.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}
