//! An example of a request as a line for the command line. What it asks for is there in `sipas demo`.

use super::operation::{Access, Operation};
use super::parameter::Place;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// Where `sipas demo` and `sipas serve` listen by default.
const BASE: &str = "http://127.0.0.1:8080";

/// The request as `curl` makes it. Keys stand for themselves: `$KEY`.
pub(super) fn curl(method: &str, path: &str, operation: &Operation) -> String {
    let mut line = "curl".to_owned();
    let key = match operation.access {
        Access::Anyone | Access::AnyoneOrDevice | Access::Operator | Access::Published => "",
        Access::Device(_) | Access::Program(_) => " -H \"Authorization: Bearer $KEY\"",
    };
    line.push_str(key);
    if let Some((media_type, sent)) = operation.takes.sent() {
        let example = serde_json::from_str(sent.example).unwrap_or_default();
        let body = match example {
            Value::Object(fields) if media_type != "application/json" => form(&fields),
            example => example.to_string(),
        };
        // Writing to a string cannot fail.
        let _ = write!(line, " -H 'Content-Type: {media_type}' -d '{}'", body.replace('\'', "'\\''"));
    } else if method != "GET" {
        let _ = write!(line, " -X {method}");
    }
    let _ = write!(line, " '{BASE}{}'", address(path, operation));
    line
}

/// The address with the examples of its parameters.
fn address(path: &str, operation: &Operation) -> String {
    let given = operation.parameters.iter().filter_map(|parameter| Some((parameter, parameter.example?)));
    let (mut whole, mut query) = (path.to_owned(), Vec::new());
    for (parameter, example) in given {
        match parameter.place {
            Place::Path => whole = whole.replace(&format!("{{{}}}", parameter.name), example),
            Place::Query | Place::QueryAlways => query.push(format!("{}={}", parameter.name, escaped(example))),
        }
    }
    if query.is_empty() { whole } else { format!("{whole}?{}", query.join("&")) }
}

fn form(fields: &Map<String, Value>) -> String {
    let pair = |(name, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}={}", escaped(name), escaped(&value))
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
