//! An answer as programs and devices send it.

use super::{MAX_SHORT_CHARS, fault, member, misfit, names, optional, repeated, short_text, text, whole};
use crate::domain::answers::{RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::device::Numbers;
use crate::domain::fault::Fault;
use crate::domain::ids::{AreaCode, ResponseId};
use crate::domain::quality::{Circumstances, Device};
use crate::domain::receipt::ReceiptCode;
use crate::web::json::Json;
use crate::web::openapi::shapes;
use crate::web::problem::Problem;
use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

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

    pub(super) fn of(document: &Json) -> Result<Self, Misread> {
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

impl JsonSchema for SentResponse {
    fn schema_name() -> Cow<'static, str> {
        "SentResponse".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let told = |schema: Schema, what: &str| shapes::said(schema, what);
        let channels = shapes::words(&Channel::ALL.map(Channel::code));
        let answer = json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }, { "type": "array", "items": { "type": "string" } }],
        });
        let answers = json_schema!({ "type": "object", "additionalProperties": answer });
        json_schema!({
            "type": "object",
            "description": "An answer to a round's questionnaire",
            "required": ["id", "desk", "channel", "answers"],
            "additionalProperties": false,
            "properties": {
                "id": told(shapes::response_id(), "A random UUID that the client made; the same when it sends again"),
                "desk": told(shapes::code(), "The desk asked about"),
                "channel": told(channels, "How it was answered"),
                "answers": told(answers, "An answer for each item: a point, a word, a text, several words, or \"na\" where it does not apply"),
                "seconds": told(shapes::whole(0..=u64::from(Circumstances::MAX_SECONDS)), "From the first question to the last"),
                "device": told(shapes::device(), "A name that the device gave itself"),
                "answered_at": told(shapes::time(), "When it was given, if not just now"),
                "trap": told(shapes::short_text(MAX_SHORT_CHARS), "What stands in the field that people do not see"),
                "receipt": told(shapes::receipt(), "The code of a receipt; the last character checks the others"),
                "sequence": told(shapes::whole(1..=Numbers::MAX), "The answer's number on an enrolled device"),
                "proof": told(shapes::short_text(MAX_SHORT_CHARS), "The proof of work, where one is asked for"),
            },
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_tells_the_members_that_are_read() {
        let schema = SentResponse::json_schema(&mut SchemaGenerator::default());
        let told: Vec<&String> = schema.get("properties").unwrap().as_object().unwrap().keys().collect();
        let mut read = SentResponse::MEMBERS;
        read.sort_unstable();
        assert_eq!(told, read);
    }
}
