//! Typing in paper: each form twice, by two people at two devices, and compared. What agrees is stored; what does not is shown
//! to the second, who looks at the paper and decides.

use super::Service;
use super::collect::{CollectRefusal, Collected, OpenDesk, Submission};
use super::devices::KnownDevice;
use super::import;
use crate::domain::answers::{AnswerSheet, RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::ids::{AreaCode, ItemId, RoundCode};
use crate::domain::paper::{FormNumber, PaperChecks, differences};
use crate::domain::quality::Circumstances;
use crate::store::paper::FirstEntry;
use crate::store::{StoreError, paper};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How a form is typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// As the first or second of two, whichever it turns out to be.
    OneOfTwo,
    /// As the second, after looking at the paper where the two differed, in so many items.
    Settled {
        /// Items that differed when the entries met; by now they may have been mended.
        different: u64,
    },
    /// As the only one.
    Only,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Entered {
    /// It was the first, and is kept until somebody else types the form in again.
    First,
    /// It differs from the first in these items; nothing is stored.
    Differs(Vec<Difference>),
    /// The form's answers are stored.
    Stored,
    /// They were stored before, and are the same.
    AlreadyStored,
}

/// An item that was typed in differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The item.
    pub item: ItemId,
    /// What the first entry has.
    pub first: Option<RawValue>,
}

impl Service {
    /// Takes what was typed in for a form.
    ///
    /// # Errors
    /// Any [`CollectRefusal`], with all faults of the answers at once.
    pub async fn enter_form(
        &self,
        device: &KnownDevice,
        open: &OpenDesk,
        (form, answers): (&FormNumber, RawAnswers),
        pass: Pass,
    ) -> Result<Entered, CollectRefusal> {
        let sheet = AnswerSheet::parse_paper(&open.questionnaire, &answers).map_err(CollectRefusal::Faulty)?;
        let (round, number) = (open.round.clone(), form.clone());
        let earlier = self.store.run(move |connection| paper::find(connection, &round, &number)).await;
        let earlier = earlier.map_err(unavailable)?;
        let Some(first) = earlier.filter(|first| first.device != device.code && pass != Pass::Only) else {
            return match pass {
                Pass::OneOfTwo => self.keep_first(device, open, form, &answers).await,
                Pass::Settled { .. } | Pass::Only => self.store_form(open, form, answers).await,
            };
        };
        let before = read(&first.typed);
        let read_before = AnswerSheet::parse_paper(&open.questionnaire, &before).map_err(CollectRefusal::Faulty)?;
        let differing = differences(&open.questionnaire, &read_before, &sheet);
        if pass == Pass::OneOfTwo && !differing.is_empty() {
            let shown = |id: &ItemId| Difference { item: id.clone(), first: before.get(id.as_str()).cloned() };
            return Ok(Entered::Differs(differing.into_iter().map(|item| shown(&item.id)).collect()));
        }
        let items = open.questionnaire.items.len() as u64;
        let different = if let Pass::Settled { different } = pass { different.min(items) } else { 0 };
        let found = PaperChecks { forms: 1, items, different };
        let entered = self.store_form(open, form, answers).await?;
        let round = open.round.clone();
        let settled = self.store.run(move |connection| paper::settle(connection, &round, &first, found)).await;
        settled.map_err(unavailable)?;
        Ok(entered)
    }

    async fn keep_first(
        &self,
        device: &KnownDevice,
        open: &OpenDesk,
        form: &FormNumber,
        answers: &RawAnswers,
    ) -> Result<Entered, CollectRefusal> {
        if self.is_stored(open, form).await? {
            return self.store_form(open, form, answers.clone()).await;
        }
        let (desk, device) = (open.desk.clone(), device.code.clone());
        let entry = FirstEntry { form: form.clone(), desk, device, typed: write(answers) };
        let round = open.round.clone();
        match self.store.run(move |connection| paper::keep(connection, &round, &entry)).await {
            Ok(()) => Ok(Entered::First),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn is_stored(&self, open: &OpenDesk, form: &FormNumber) -> Result<bool, CollectRefusal> {
        let (round, id) = (open.round.clone(), import::id_of_form(&open.round, form));
        let found = self.store.run(move |connection| crate::store::responses::find(connection, &round, id)).await;
        Ok(found.map_err(unavailable)?.is_some())
    }

    async fn store_form(
        &self,
        open: &OpenDesk,
        form: &FormNumber,
        answers: RawAnswers,
    ) -> Result<Entered, CollectRefusal> {
        let submission = Submission {
            round: open.round.clone(),
            id: import::id_of_form(&open.round, form),
            desk: open.desk.clone(),
            channel: Channel::Paper,
            answers,
            weight: None,
            circumstances: Circumstances::default(),
            is_live: false,
            receipt: None,
            arrival: None,
        };
        match self.collect(submission).await? {
            Collected::Stored => Ok(Entered::Stored),
            Collected::AlreadyStored => Ok(Entered::AlreadyStored),
        }
    }

    /// Forms of a round that wait for their second entry with their desks, and what comparing has shown by desk. Blocks while
    /// the database works.
    ///
    /// # Errors
    /// When there is no such round, or the database does not answer.
    pub fn paper(&self, round: &RoundCode) -> Result<PaperReport, StoreError> {
        self.store.with(|connection| {
            Ok(PaperReport { waiting: paper::waiting(connection, round)?, checks: paper::checks(connection, round)? })
        })
    }
}

/// How typing in paper stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperReport {
    /// Numbers of the forms that were typed in once, with their desks.
    pub waiting: Vec<(FormNumber, AreaCode)>,
    /// What comparing has shown.
    pub checks: BTreeMap<AreaCode, PaperChecks>,
}

/// Answers as they are kept until the second entry.
fn write(answers: &RawAnswers) -> String {
    let value = |value: &RawValue| match value {
        RawValue::Text(text) => Value::from(text.as_str()),
        RawValue::Whole(number) => Value::from(*number),
        RawValue::List(texts) => Value::from(texts.clone()),
        RawValue::Other(_) => Value::Null,
    };
    Value::Object(answers.iter().map(|(item, raw)| (item.clone(), value(raw))).collect::<Map<_, _>>()).to_string()
}

/// Reads what [`write()`] wrote.
fn read(typed: &str) -> RawAnswers {
    let members: Map<String, Value> = serde_json::from_str(typed).unwrap_or_default();
    let raw = |value: Value| match value {
        Value::String(text) => Some(RawValue::Text(text)),
        Value::Number(number) => number.as_i64().map(RawValue::Whole),
        Value::Array(texts) => {
            Some(RawValue::List(texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()))
        }
        _ => None,
    };
    members.into_iter().filter_map(|(item, value)| Some((item, raw(value)?))).collect()
}

fn unavailable(error: StoreError) -> CollectRefusal {
    if !matches!(error, StoreError::Moved) {
        tracing::error!(error = &error as &dyn std::error::Error, "a paper form could not be kept");
    }
    CollectRefusal::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back() {
        let answers: RawAnswers = [
            ("a", RawValue::Whole(5)),
            ("b", RawValue::Text("na".to_owned())),
            ("c", RawValue::List(vec!["x".to_owned(), "y".to_owned()])),
        ]
        .map(|(item, value)| (item.to_owned(), value))
        .into();
        assert_eq!(read(&write(&answers)), answers);
        assert!(read("no JSON").is_empty());
    }
}
