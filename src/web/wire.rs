//! The shapes that clients see, in and out. Only these are ever serialised.

mod exported;
mod issue;
mod response;
mod sync;

pub use exported::{ExportedLine, in_body};
pub use issue::{IssuedBody, SentIssue};
pub use response::{Misread, SentResponse};
pub use sync::{SentReport, SyncBody};

use super::json::Json;
use super::problem::Problem;
use super::problem::catalogue::{FAULTY_RESPONSE, Kind};
use crate::domain::answers::AnswerFault;
use crate::domain::fault::{Fault, Place};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// The problem of a response with faults.
#[must_use]
pub fn faulty(faults: Vec<Fault>) -> Problem {
    Problem::of(&FAULTY_RESPONSE).saying(format!("{} to mend", faults.len())).with_faults(faults)
}

/// The faults of answers that do not fit the questionnaire, each at its place in the document.
pub fn in_answers(faults: &[AnswerFault]) -> impl Iterator<Item = Fault> {
    let place = |item: &str| format!("/answers/{}", escaped(item));
    faults.iter().map(move |found| fault(&place(&found.item), found.problem.code(), found.problem.to_string()))
}

/// A fault at a JSON pointer.
#[must_use]
pub fn fault(pointer: &str, code: &'static str, message: impl Into<String>) -> Fault {
    Fault { place: Place::Pointer(pointer.to_owned()), code, message: message.into() }
}

/// The members of an object, as they came.
type Members = Vec<(String, Json)>;

/// The members of a body that has to be an object, and the faults of their names.
fn object(body: &[u8], known: &[&str]) -> Result<(Members, Vec<Fault>), Problem> {
    let Json::Object(members) = Json::read(body)? else {
        return Err(faulty(vec![fault("", "wrong-kind", format!("send an object with {}", known.join(", ")))]));
    };
    let faults = names(&members, known);
    Ok((members, faults))
}

/// The faults of members' names: those that are not known, and those that come twice.
fn names(members: &[(String, Json)], known: &[&str]) -> Vec<Fault> {
    let mut faults = unexpected(members, known);
    faults.extend(repeated(members, ""));
    faults
}

/// Characters of a text that programs make.
const MAX_SHORT_CHARS: usize = 256;

fn short_text(text: &str) -> Result<String, &'static str> {
    match text.chars().count() <= MAX_SHORT_CHARS {
        true if text.chars().any(char::is_control) => Err("contains a control character"),
        true => Ok(text.to_owned()),
        false => Err("is longer than 256 characters"),
    }
}

/// A member that may be left out.
fn optional<T, E: Display>(
    members: &[(String, Json)],
    name: &'static str,
    faults: &mut Vec<Fault>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    member(members, name)?;
    text(members, name, faults, parse)
}

/// A whole number that may be left out.
fn whole(
    members: &[(String, Json)],
    name: &'static str,
    range: RangeInclusive<u64>,
    faults: &mut Vec<Fault>,
) -> Option<u64> {
    let found = member(members, name)?;
    let Json::Whole(number) = found else {
        faults.push(misfit(name, Some(found), "a whole number"));
        return None;
    };
    let read = u64::try_from(*number).ok().filter(|number| range.contains(number));
    if read.is_none() {
        let message = format!("is out of range; give a whole number from {} to {}", range.start(), range.end());
        faults.push(fault(&format!("/{name}"), "not-valid", message));
    }
    read
}

fn member<'a>(members: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A member that is a text of its own kind, or a fault.
fn text<T, E: Display>(
    members: &[(String, Json)],
    name: &'static str,
    faults: &mut Vec<Fault>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    match member(members, name) {
        Some(Json::Text(text)) => match parse(text) {
            Ok(value) => return Some(value),
            Err(error) => faults.push(fault(&format!("/{name}"), "not-valid", error.to_string())),
        },
        other => faults.push(misfit(name, other, "a text")),
    }
    None
}

fn misfit(name: &str, found: Option<&Json>, wanted: &str) -> Fault {
    let place = format!("/{name}");
    match found {
        None => fault(&place, "missing", format!("is missing; give {wanted}")),
        Some(found) => fault(&place, "wrong-kind", format!("is {}; give {wanted}", found.kind())),
    }
}

fn unexpected(members: &[(String, Json)], known: &[&str]) -> Vec<Fault> {
    let strange = members.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    let listed = known.join(", ");
    strange
        .map(|(key, _)| {
            fault(&format!("/{}", escaped(key)), "unknown-member", format!("is not known here; there are {listed}"))
        })
        .collect()
}

/// A fault for every key that comes more than once: which of the two was meant cannot be known.
fn repeated(members: &[(String, Json)], parent: &str) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<&str> = members.iter().map(|(key, _)| key.as_str()).filter(|key| !seen.insert(*key)).collect();
    twice
        .into_iter()
        .map(|key| {
            fault(&format!("{parent}/{}", escaped(key)), "duplicate-key", "is given more than once; give it once")
        })
        .collect()
}

/// A key as a part of a JSON pointer, never longer than a line.
fn escaped(key: &str) -> String {
    const MAX_CHARS: usize = 80;
    key.chars().take(MAX_CHARS).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// The address of a problem's page, which is its type.
#[must_use]
pub fn problem_type(slug: &str) -> String {
    format!("/problems/{slug}")
}

/// `{"id":"7f0c2a52-…","status":"stored"}`
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReceiptBody {
    /// The id as it was sent.
    pub id: String,
    /// `stored` or `already-stored`.
    #[schemars(extend("enum" = ["stored", "already-stored"]))]
    pub status: &'static str,
}

/// A problem (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemBody<'a> {
    /// `/problems/{slug}`
    pub r#type: String,
    /// What happened, the same every time.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What is special to this request; never for a fault of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// What to name when reporting a fault of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// Every fault found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultBody<'a>>,
}

/// One fault of a problem.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FaultBody<'a> {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: &'a str,
}

impl<'a> FaultBody<'a> {
    /// The fault as it is sent.
    #[must_use]
    pub fn of(fault: &'a Fault) -> Self {
        let pointer = if let Place::Pointer(pointer) = &fault.place { pointer.clone() } else { String::new() };
        Self { pointer, code: fault.code, detail: &fault.message }
    }
}

/// The catalogue of problems.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KindsBody {
    /// Its rows.
    pub problems: Vec<KindBody>,
}

/// A row of the catalogue of problems.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KindBody {
    /// `/problems/{slug}`
    pub r#type: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened.
    pub title: &'static str,
    /// What to do.
    pub help: &'static str,
}

impl KindBody {
    /// The row as it is sent.
    #[must_use]
    pub fn of(kind: &Kind) -> Self {
        Self { r#type: problem_type(kind.slug), status: kind.status, title: kind.title, help: kind.help }
    }
}
