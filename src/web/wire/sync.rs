//! What a device says and hears when it is in touch.

use super::{MAX_SHORT_CHARS, faulty, member, misfit, object, short_text, text, whole};
use crate::domain::device::Numbers;
use crate::web::openapi::shapes;
use crate::web::problem::Problem;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// What a device says of itself: `{"assigned":120,"waiting":3,"aside":0,"version":"1f0c2a526f1e"}`.
#[derive(Debug)]
pub struct SentReport {
    /// The highest number it has given to an answer.
    pub assigned: u64,
    /// Answers in its outbox.
    pub waiting: u64,
    /// Answers that were refused for good.
    pub aside: u64,
    /// The version of the page it runs.
    pub version: String,
}

impl SentReport {
    const MEMBERS: [&str; 4] = ["assigned", "waiting", "aside", "version"];

    /// Reads the body of a request.
    ///
    /// # Errors
    /// That it is not JSON, or every fault of the shape.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let (members, mut faults) = object(body, &Self::MEMBERS)?;
        let mut number = |name: &'static str| {
            if member(&members, name).is_none() {
                faults.push(misfit(name, None, "a whole number"));
            }
            whole(&members, name, 0..=Numbers::MAX, &mut faults)
        };
        let (assigned, waiting, aside) = (number("assigned"), number("waiting"), number("aside"));
        match (assigned, waiting, aside, text(&members, "version", &mut faults, short_text)) {
            (Some(assigned), Some(waiting), Some(aside), Some(version)) if faults.is_empty() => {
                Ok(Self { assigned, waiting, aside, version })
            }
            _ => Err(faulty(faults)),
        }
    }
}

impl JsonSchema for SentReport {
    fn schema_name() -> Cow<'static, str> {
        "SentReport".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let number = |what: &str| shapes::said(shapes::whole(0..=Numbers::MAX), what);
        json_schema!({
            "type": "object",
            "description": "What a device says of itself",
            "required": Self::MEMBERS,
            "additionalProperties": false,
            "properties": {
                "assigned": number("The highest number it has given to an answer"),
                "waiting": number("Answers in its outbox"),
                "aside": number("Answers that were refused for good"),
                "version": shapes::said(shapes::short_text(MAX_SHORT_CHARS), "The version of the page it runs"),
            },
        })
    }
}

/// What a device hears: who it is, what its desk asks, and the numbers of its answers that never came.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SyncBody<'a> {
    /// Its name.
    pub device: &'a str,
    /// Where it stands.
    pub desk: &'a str,
    /// The desk's name as shown to people.
    pub desk_name: &'a str,
    /// What it is for.
    pub kind: &'a str,
    /// The round that is open at the desk, if one is.
    pub round: Option<&'a str>,
    /// What is asked there.
    pub questionnaire: Option<String>,
    /// Seconds without a touch after which an unfinished sitting is forgotten.
    pub idle_seconds: u32,
    /// The highest number it is known to have given: a device that has lost its memory goes on above it.
    pub highest: u64,
    /// First and last of each run of missing numbers.
    pub missing: Vec<[u64; 2]>,
}
