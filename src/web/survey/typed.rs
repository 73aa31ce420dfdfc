//! What stands in a form: as it was typed, so that it can be shown again unchanged.

use crate::domain::answers::{RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::ids::{AreaCode, ResponseId, RoundCode};
use crate::domain::quality::Circumstances;
use crate::service::collect::{OpenDesk, Submission};
use crate::service::devices::KnownDevice;
use crate::web::form;
use crate::web::problem::Problem;
use crate::web::problem::catalogue::MALFORMED_FORM;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Before an item's id in the name of its field, so that no item can be mistaken for a field of the form's own.
pub(super) const ANSWER: &str = "answer.";
const RESPONSE_ID: &str = "response_id";
const ROUND: &str = "round";
const BEGUN: &str = "begun";

/// A form's content.
pub(super) struct Typed {
    /// The response's id, from the page view on.
    pub(super) id: ResponseId,
    /// The round the page was made for.
    pub(super) round: RoundCode,
    /// When the page was first shown, if the form says so.
    pub(super) begun: Option<DateTime<Utc>>,
    answers: BTreeMap<String, Vec<String>>,
}

impl Typed {
    /// A new form, under a new random id.
    pub(super) fn nothing(open: &OpenDesk) -> Self {
        let id = ResponseId::from_bytes(uuid::Uuid::new_v4().into_bytes());
        Self { id, round: open.round.clone(), begun: Some(Utc::now()), answers: BTreeMap::new() }
    }

    /// Reads a form that was sent.
    ///
    /// # Errors
    /// `malformed-form`, when it cannot come from a page of ours.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::of(&MALFORMED_FORM).saying(detail);
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let (mut ids, mut rounds, mut begun) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in form::read(body).map_err(refuse)? {
            match (name.as_str(), name.strip_prefix(ANSWER)) {
                (_, Some(item)) => answers.entry(item.to_owned()).or_default().push(value),
                (RESPONSE_ID, None) => ids.push(value),
                (ROUND, None) => rounds.push(value),
                (BEGUN, None) => begun.push(value),
                _ => return Err(refuse("There is a field that the survey page does not have".to_owned())),
            }
        }
        let ([id], [round]) = (ids.as_slice(), rounds.as_slice()) else {
            return Err(refuse(format!("There must be exactly one {RESPONSE_ID} and one {ROUND}")));
        };
        let id = ResponseId::parse(id).map_err(|fault| refuse(format!("{RESPONSE_ID} {fault}")))?;
        let round = RoundCode::parse(round).map_err(|fault| refuse(format!("{ROUND} {fault}")))?;
        let time = |text: &String| DateTime::from_timestamp(text.parse().ok()?, 0);
        let begun = match begun.as_slice() {
            [] => None,
            [one] => Some(time(one).ok_or_else(|| refuse(format!("{BEGUN} is no time")))?),
            _ => return Err(refuse(format!("There must be at most one {BEGUN}"))),
        };
        Ok(Self { id, round, begun, answers })
    }

    /// The same for the service; from the desk's own tablet if one sent it.
    pub(super) fn submission(&self, desk: AreaCode, kiosk: Option<&KnownDevice>) -> Submission {
        // A text field is sent even when it is empty, beside a tick for "not applicable".
        let raw = |values: &Vec<String>| match values.iter().filter(|value| !value.is_empty()).collect::<Vec<_>>()[..] {
            [] => RawValue::Text(String::new()),
            [one] => RawValue::Text(one.clone()),
            _ => RawValue::List(values.clone()),
        };
        let answers: RawAnswers = self.answers.iter().map(|(item, values)| (item.clone(), raw(values))).collect();
        // A page that was left open for longer than a day says nothing about how fast its questions were read.
        let seconds = self.begun.and_then(|begun| u32::try_from((Utc::now() - begun).num_seconds()).ok());
        let seconds = seconds.filter(|seconds| *seconds <= Circumstances::MAX_SECONDS);
        Submission {
            round: self.round.clone(),
            id: self.id,
            desk,
            channel: if kiosk.is_some() { Channel::Kiosk } else { Channel::Web },
            answers,
            weight: None,
            circumstances: Circumstances {
                seconds,
                device: kiosk.map(|kiosk| kiosk.code.clone()),
                ..Circumstances::default()
            },
            is_live: true,
        }
    }

    /// What was typed or ticked for an item.
    pub(super) fn values(&self, item: &str) -> &[String] {
        self.answers.get(item).map_or(&[], Vec::as_slice)
    }
}
