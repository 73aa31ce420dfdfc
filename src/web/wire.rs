//! The shapes that clients see, in and out. Only these are ever serialised.

mod exported;
mod issue;
mod sync;

pub use exported::{ExportedLine, in_body};
pub use issue::{IssuedBody, SentIssue};
pub use sync::{SentReport, SyncBody};

use super::json::Json;
use super::problem::Problem;
use super::problem::catalogue::{FAULTY_RESPONSE, Kind};
use crate::domain::answers::{AnswerFault, RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::device::Numbers;
use crate::domain::fault::{Fault, Place};
use crate::domain::ids::{AreaCode, ResponseId};
use crate::domain::quality::{Circumstances, Device};
use crate::domain::receipt::ReceiptCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// A response as a client sends it, each part in order:
/// `{"id":"7f0c2a52-…","desk":"D01-001","channel":"kiosk","answers":{"Q01":4,"sex":"female","told":["tv"],"Q02":"na"}}`.
#[derive(Debug)]
pub struct SentResponse {
    /// The id the client made.
    pub id: ResponseId,
    /// The desk asked about.
    pub desk: AreaCode,
    /// How it was answered.
    pub channel: Channel,
    /// The answers, not yet read against the questionnaire.
    pub answers: RawAnswers,
    /// How they were given: the optional members `seconds`, `device`, `answered_at` and `trap`.
    pub circumstances: Circumstances,
    /// The receipt code, if there is a `receipt`.
    pub receipt: Option<ReceiptCode>,
    /// The answer's number on its device, if there is a `sequence`.
    pub sequence: Option<u64>,
    /// What the page computed to show that it took trouble, if there is a `proof`.
    pub proof: Option<String>,
}

/// Why a body is no response.
#[derive(Debug)]
pub enum Misread {
    /// It is not JSON at all.
    NotJson(Problem),
    /// It has faults of shape; all of them.
    Faulty {
        /// The faults.
        faults: Vec<Fault>,
        /// The answers, where they could be read: they may have faults of their own, which belong in the same reply.
        answers: Option<RawAnswers>,
    },
}

impl SentResponse {
    const MEMBERS: [&str; 11] = [
        "id",
        "desk",
        "channel",
        "answers",
        "seconds",
        "device",
        "answered_at",
        "trap",
        "receipt",
        "sequence",
        "proof",
    ];

    /// Reads the body of a request.
    ///
    /// # Errors
    /// That it is not JSON, or every fault of the shape.
    pub fn read(body: &[u8]) -> Result<Self, Misread> {
        Self::of(&Json::read(body).map_err(Misread::NotJson)?)
    }

    fn of(document: &Json) -> Result<Self, Misread> {
        let Json::Object(members) = document else {
            let fault = fault("", "wrong-kind", "send an object with id, desk, channel and answers");
            return Err(Misread::Faulty { faults: vec![fault], answers: None });
        };
        let mut faults = names(members, &Self::MEMBERS);
        let id = text(members, "id", &mut faults, ResponseId::parse);
        let desk = text(members, "desk", &mut faults, AreaCode::parse);
        let channel = text(members, "channel", &mut faults, read_channel);
        let circumstances = circumstances(members, &mut faults);
        let receipt = optional(members, "receipt", &mut faults, ReceiptCode::parse);
        let sequence = whole(members, "sequence", 1..=Numbers::MAX, &mut faults);
        let proof = optional(members, "proof", &mut faults, short_text);
        let answers = match member(members, "answers") {
            Some(Json::Object(answers)) => {
                faults.extend(repeated(answers, "/answers"));
                Some(answers.iter().map(|(item, value)| (item.clone(), raw(value))).collect())
            }
            other => {
                faults.push(misfit("answers", other, "an object with an answer per item"));
                None
            }
        };
        match (id, desk, channel, answers) {
            (Some(id), Some(desk), Some(channel), Some(answers)) if faults.is_empty() => {
                Ok(Self { id, desk, channel, answers, circumstances, receipt, sequence, proof })
            }
            (_, _, _, answers) => Err(Misread::Faulty { faults, answers }),
        }
    }
}

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

fn read_channel(word: &str) -> Result<Channel, String> {
    Channel::parse(word).ok_or_else(|| format!("is not a channel; choose one of {}", Channel::listed()))
}

/// The optional members that say how the answers were given.
fn circumstances(members: &[(String, Json)], faults: &mut Vec<Fault>) -> Circumstances {
    let time = |text: &str| {
        text.parse::<DateTime<Utc>>().map_err(|_| "is no time with its zone, such as 2026-11-24T09:30:00+07:00")
    };
    let seconds = whole(members, "seconds", 0..=u64::from(Circumstances::MAX_SECONDS), faults);
    Circumstances {
        seconds: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        device: optional(members, "device", faults, Device::parse),
        answered: optional(members, "answered_at", faults, time),
        is_trapped: optional(members, "trap", faults, short_text).is_some_and(|text| !text.is_empty()),
    }
}

fn short_text(text: &str) -> Result<String, &'static str> {
    const MAX_BYTES: usize = 256;
    match text.len() <= MAX_BYTES {
        true if text.chars().any(char::is_control) => Err("contains a control character"),
        true => Ok(text.to_owned()),
        false => Err("is longer than 256 bytes"),
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

fn raw(value: &Json) -> RawValue {
    match value {
        Json::Text(text) => RawValue::Text(text.clone()),
        Json::Whole(number) => RawValue::Whole(*number),
        Json::List(values) => {
            let texts: Option<Vec<String>> = values
                .iter()
                .map(|value| if let Json::Text(text) = value { Some(text.clone()) } else { None })
                .collect();
            texts.map_or(RawValue::Other("a list of other things than texts"), RawValue::List)
        }
        other => RawValue::Other(other.kind()),
    }
}

/// The address of a problem's page, which is its type.
#[must_use]
pub fn problem_type(slug: &str) -> String {
    format!("/problems/{slug}")
}

/// `{"id":"7f0c2a52-…","status":"stored"}`
#[derive(Debug, Serialize)]
pub struct ReceiptBody {
    /// The id as it was sent.
    pub id: String,
    /// `stored` or `already-stored`.
    pub status: &'static str,
}

/// A problem (RFC 9457).
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
pub struct KindsBody {
    /// Its rows.
    pub problems: Vec<KindBody>,
}

/// A row of the catalogue of problems.
#[derive(Debug, Serialize)]
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
