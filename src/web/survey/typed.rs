//! What stands in a form: as it was typed, so that it can be shown again unchanged.

use crate::domain::answers::{RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::ids::{AreaCode, ResponseId, RoundCode};
use crate::domain::quality::Circumstances;
use crate::domain::receipt::{ReceiptCode, ReceiptFault};
use crate::service::collect::{OpenDesk, Submission};
use crate::service::devices::KnownDevice;
use crate::web::form;
use crate::web::kiosk::channel_of;
use crate::web::openapi::shapes;
use crate::web::problem::Problem;
use crate::web::problem::catalogue::MALFORMED_FORM;
use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Before an item's id in the name of its field, so that no item can be mistaken for a field of the form's own.
pub(super) const ANSWER: &str = "answer.";
const RESPONSE_ID: &str = "response_id";
const ROUND: &str = "round";
const BEGUN: &str = "begun";
const RECEIPT: &str = "receipt";
/// The button that sends the form without the code that stands in it.
const WITHOUT_RECEIPT: &str = "without_receipt";
/// A field that people do not see; whoever fills it in is a program.
const TRAP: &str = "website";

/// The fields of the form that are no answers; each may stand there once.
const OWN_FIELDS: [&str; 6] = [RESPONSE_ID, ROUND, BEGUN, RECEIPT, WITHOUT_RECEIPT, TRAP];

/// A form's content.
pub(super) struct Typed {
    /// The response's id, from the page view on.
    pub(super) id: ResponseId,
    /// The round the page was made for.
    pub(super) round: RoundCode,
    /// When the page was first shown, if the form says so.
    pub(super) begun: Option<DateTime<Utc>>,
    /// The code of a receipt, as typed or as the address brought it.
    pub(super) receipt: String,
    /// What stands in the field that nobody sees.
    pub(super) trap: String,
    answers: BTreeMap<String, Vec<String>>,
}

impl JsonSchema for Typed {
    fn schema_name() -> Cow<'static, str> {
        "SurveyForm".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let typed =
            json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] });
        json_schema!({
            "type": "object",
            "description": "The fields of the survey page",
            "required": [RESPONSE_ID, ROUND],
            "additionalProperties": false,
            "properties": {
                RESPONSE_ID: shapes::said(shapes::response_id(), "The id of this sitting, from the page"),
                ROUND: shapes::said(shapes::code(), "The round the page was made for"),
                BEGUN: shapes::said(json_schema!({ "type": "string", "pattern": "^[0-9]{1,10}$" }), "When the page was shown, in seconds"),
                RECEIPT: shapes::said(shapes::text(), "The code of a receipt"),
                WITHOUT_RECEIPT: shapes::said(shapes::text(), "The button that sends the form without that code"),
                TRAP: shapes::said(shapes::text(), "A field that people do not see"),
            },
            "patternProperties": {
                format!("^{}", ANSWER.replace('.', "\\.")): shapes::said(typed, "An answer; several values are several ticks"),
            },
        })
    }
}

impl Typed {
    /// A new form, under a new random id, with the code that the address brought.
    pub(super) fn nothing(open: &OpenDesk, receipt: String) -> Self {
        let id = ResponseId::from_bytes(uuid::Uuid::new_v4().into_bytes());
        Self {
            id,
            round: open.round.clone(),
            begun: Some(Utc::now()),
            receipt,
            trap: String::new(),
            answers: BTreeMap::new(),
        }
    }

    /// Reads a form that was sent.
    ///
    /// # Errors
    /// `malformed-form`, when it cannot come from a page of ours.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::of(&MALFORMED_FORM).saying(detail);
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut own: BTreeMap<&'static str, String> = BTreeMap::new();
        for (name, value) in form::read(body).map_err(refuse)? {
            if let Some(item) = name.strip_prefix(ANSWER) {
                answers.entry(item.to_owned()).or_default().push(value);
                continue;
            }
            let Some(field) = OWN_FIELDS.into_iter().find(|field| *field == name) else {
                return Err(refuse("There is a field that the survey page does not have".to_owned()));
            };
            if own.insert(field, value).is_some() {
                return Err(refuse(format!("There must be at most one {field}")));
            }
        }
        let needed = |field| own.get(field).ok_or_else(|| refuse(format!("There must be exactly one {field}")));
        let (id, round) = (needed(RESPONSE_ID)?, needed(ROUND)?);
        let id = ResponseId::parse(id).map_err(|fault| refuse(format!("{RESPONSE_ID} {fault}")))?;
        let round = RoundCode::parse(round).map_err(|fault| refuse(format!("{ROUND} {fault}")))?;
        let time = |text: &String| DateTime::from_timestamp(text.parse().ok()?, 0);
        let begun = own.get(BEGUN).map(|text| time(text).ok_or_else(|| refuse(format!("{BEGUN} is no time"))));
        let begun = begun.transpose()?;
        let wants_no_receipt = own.contains_key(WITHOUT_RECEIPT);
        let receipt = own.remove(RECEIPT).filter(|_| !wants_no_receipt).unwrap_or_default();
        let trap = own.remove(TRAP).unwrap_or_default();
        Ok(Self { id, round, begun, receipt, trap, answers })
    }

    /// The receipt's code, if there is one.
    ///
    /// # Errors
    /// When what was typed is no code.
    pub(super) fn code(&self) -> Result<Option<ReceiptCode>, ReceiptFault> {
        if self.receipt.trim().is_empty() { Ok(None) } else { ReceiptCode::parse(&self.receipt).map(Some) }
    }

    /// The answers as they were typed.
    pub(super) fn answers(&self) -> RawAnswers {
        // A text field is sent even when it is empty, beside a tick for "not applicable".
        let raw = |values: &Vec<String>| match values.iter().filter(|value| !value.is_empty()).collect::<Vec<_>>()[..] {
            [] => RawValue::Text(String::new()),
            [one] => RawValue::Text(one.clone()),
            _ => RawValue::List(values.clone()),
        };
        self.answers.iter().map(|(item, values)| (item.clone(), raw(values))).collect()
    }

    /// The same for the service; from the desk's own tablet if one sent it.
    pub(super) fn submission(
        &self,
        desk: AreaCode,
        kiosk: Option<&KnownDevice>,
        receipt: Option<ReceiptCode>,
    ) -> Submission {
        // A page that was left open for longer than a day says nothing about how fast its questions were read.
        let seconds = self.begun.and_then(|begun| u32::try_from((Utc::now() - begun).num_seconds()).ok());
        let seconds = seconds.filter(|seconds| *seconds <= Circumstances::MAX_SECONDS);
        Submission {
            round: self.round.clone(),
            id: self.id,
            desk,
            channel: kiosk.map_or(Channel::Web, |device| channel_of(device.kind)),
            answers: self.answers(),
            weight: None,
            circumstances: Circumstances {
                seconds,
                device: kiosk.map(|kiosk| kiosk.code.clone()),
                is_trapped: !self.trap.trim().is_empty(),
                ..Circumstances::default()
            },
            is_live: true,
            receipt,
            arrival: None,
        }
    }

    /// What was typed or ticked for an item.
    pub(super) fn values(&self, item: &str) -> &[String] {
        self.answers.get(item).map_or(&[], Vec::as_slice)
    }
}
