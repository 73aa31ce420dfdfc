//! What a program asks for and gets when it issues receipt codes.

use super::{faulty, member, misfit, object, text, whole};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::service::receipts::MAX_ISSUED_AT_ONCE;
use crate::web::openapi::shapes;
use crate::web::problem::Problem;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// What is asked for: `{"round":"dt-2026","desk":"D01-001","count":1}`.
#[derive(Debug)]
pub struct SentIssue {
    /// The round the codes admit to.
    pub round: RoundCode,
    /// The desk that hands them out.
    pub desk: AreaCode,
    /// How many.
    pub count: u32,
}

impl SentIssue {
    const MEMBERS: [&str; 3] = ["round", "desk", "count"];

    /// Reads the body of a request.
    ///
    /// # Errors
    /// That it is not JSON, or every fault of the shape.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let (members, mut faults) = object(body, &Self::MEMBERS)?;
        let round = text(&members, "round", &mut faults, RoundCode::parse);
        let desk = text(&members, "desk", &mut faults, AreaCode::parse);
        if member(&members, "count").is_none() {
            faults.push(misfit("count", None, "a whole number"));
        }
        let count = whole(&members, "count", 1..=u64::from(MAX_ISSUED_AT_ONCE), &mut faults);
        match (round, desk, count.and_then(|count| u32::try_from(count).ok())) {
            (Some(round), Some(desk), Some(count)) if faults.is_empty() => Ok(Self { round, desk, count }),
            _ => Err(faulty(faults)),
        }
    }
}

impl JsonSchema for SentIssue {
    fn schema_name() -> Cow<'static, str> {
        "SentIssue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Codes that are wanted",
            "required": Self::MEMBERS,
            "additionalProperties": false,
            "properties": {
                "round": shapes::said(shapes::code(), "The round the codes admit to"),
                "desk": shapes::said(shapes::code(), "The desk that hands them out"),
                "count": shapes::said(shapes::whole(1..=u64::from(MAX_ISSUED_AT_ONCE)), "How many"),
            },
        })
    }
}

/// What is issued: `{"codes":["3A4C-6D7G"],"valid_to":"2026-12-31","addresses":["https://…/s/D01-001?c=3A4C-6D7G"]}`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IssuedBody {
    /// The codes, as they are printed.
    pub codes: Vec<String>,
    /// The last day on which they are taken.
    pub valid_to: String,
    /// What a QR on the receipt leads to; none where the server was not told its public address.
    pub addresses: Vec<String>,
}
