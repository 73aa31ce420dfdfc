//! Call-backs: drawing whom to ask again, and holding what they say against what is stored.

use super::Service;
use super::exercise::AnalyseRefusal;
use super::import;
use super::refusal::FileRefusal;
use super::rounds::{self, RoundRefusal};
use super::sheet::{Columns, Row, Sheet};
use crate::domain::answers::{AnswerSheet, RawAnswers, RawValue};
use crate::domain::callback::{Agreement, CallbackReport, Contact};
use crate::domain::fault::Fault;
use crate::domain::ids::{ResponseId, RoundCode};
use crate::domain::packing;
use crate::domain::paper::FormNumber;
use crate::domain::questionnaire::Questionnaire;
use crate::service::analyse::LEVEL;
use crate::statistics::binomial_interval;
use crate::store::{StoreError, interviews, responses};
use rand::SeedableRng as _;
use rand::seq::index;
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;

/// Draws forms at random: a share of all interviews of a round, at least one. The same seed draws the same.
///
/// # Errors
/// When there is no such round, or the database fails.
pub fn draw(service: &Service, round: &RoundCode, share: f64, seed: u64) -> Result<Vec<String>, AnalyseRefusal> {
    rounds::find(service.store(), round)?;
    let all = service.store().with(|connection| interviews::all(connection, round))?;
    let n = ((all.len() as f64 * share).ceil() as usize).min(all.len());
    let mut drawn: Vec<usize> = index::sample(&mut ChaCha20Rng::seed_from_u64(seed), all.len(), n).into_vec();
    drawn.sort_unstable();
    let form = |place: usize| all.get(place).map(|(device, number, _)| form_number(device.as_str(), *number));
    Ok(drawn.into_iter().filter_map(form).collect())
}

/// The number that an interviewer's device shows after a sitting.
fn form_number(device: &str, number: u64) -> String {
    format!("{device}-{number:04}")
}

/// Holds a sheet of call-backs against the stored answers. Columns: `form`, `contact` (reached, not-reached or denied), and an
/// item each for what was asked again.
///
/// # Errors
/// Every fault with its row, an unknown round, or the database fails.
pub fn compare(service: &Service, round: &RoundCode, csv: &[u8]) -> Result<CallbackReport, FileRefusal> {
    let plan = rounds::find(service.store(), round)?.plan().clone();
    let questionnaire = service.catalogue().questionnaire(&plan.questionnaire);
    let questionnaire = questionnaire.ok_or(RoundRefusal::UnknownQuestionnaire(plan.questionnaire))?;
    let items: Vec<&str> = questionnaire.items.iter().map(|item| item.id.as_str()).collect();
    let sheet = Sheet::read(csv, Columns { required: &["form", "contact"], optional: &items })?;
    let stored = Stored::of(service, round)?;
    let (again, faults) = sheet.parse(|row| read(row, questionnaire, &stored));
    if !faults.is_empty() {
        return Err(FileRefusal::Faulty(faults));
    }
    Ok(report(questionnaire, &again))
}

/// One call-back: what became of it, and the items asked again with whether each agrees.
struct Again {
    contact: Contact,
    items: Vec<(usize, bool)>,
}

/// Where the answers of a form are found.
struct Stored<'a> {
    service: &'a Service,
    round: &'a RoundCode,
    interviews: BTreeMap<String, ResponseId>,
}

impl<'a> Stored<'a> {
    fn of(service: &'a Service, round: &'a RoundCode) -> Result<Self, StoreError> {
        let all = service.store().with(|connection| interviews::all(connection, round))?;
        let numbered = all.into_iter().map(|(device, number, id)| (form_number(device.as_str(), number), id));
        Ok(Self { service, round, interviews: numbered.collect() })
    }

    /// The packed answers of an interview or, if there is none of that number, of a paper form.
    fn answers(&self, form: &FormNumber) -> Result<Option<Vec<u8>>, StoreError> {
        let of_paper = || import::id_of_form(self.round, form);
        let id = self.interviews.get(form.as_str()).copied().unwrap_or_else(of_paper);
        self.service.store().with(|connection| responses::find(connection, self.round, id))
    }
}

fn read(row: Row<'_>, questionnaire: &Questionnaire, stored: &Stored<'_>) -> Result<Again, Vec<Fault>> {
    let mut faults = Vec::new();
    let contact = row.read("contact", "unknown-contact", contact, &mut faults);
    let form = row.read("form", "bad-form", FormNumber::parse, &mut faults);
    let packed = match form.map(|form| stored.answers(&form).map(|packed| packed.ok_or(form))).transpose() {
        Ok(Some(Ok(packed))) => packed,
        Ok(Some(Err(form))) => {
            let message = format!("no answer is stored for form {:?}", form.as_str());
            faults.push(row.fault("form", "unknown-form", message));
            Vec::new()
        }
        Ok(None) => Vec::new(),
        Err(error) => return Err(vec![row.fault("form", "not-read", error.to_string())]),
    };
    let asked: Vec<(usize, &str)> = (0..)
        .zip(&questionnaire.items)
        .map(|(place, item)| (place, item.id.as_str()))
        .filter(|(_, item)| !row.cell(item).is_empty())
        .collect();
    let raw: RawAnswers =
        asked.iter().map(|(_, item)| ((*item).to_owned(), RawValue::Text(row.cell(item).to_owned()))).collect();
    let said = match AnswerSheet::parse_paper(questionnaire, &raw) {
        Ok(sheet) => sheet,
        Err(found) => {
            faults.extend(
                found.into_iter().map(|fault| row.fault(&fault.item, fault.problem.code(), fault.problem.to_string())),
            );
            return Err(faults);
        }
    };
    let layout = packing::layout(questionnaire);
    let agrees = |place: usize| {
        let bytes = layout.get(place).map(|(offset, width)| *offset..offset + width);
        bytes.is_some_and(|bytes| said.packed().get(bytes.clone()) == packed.get(bytes))
    };
    match contact {
        Some(contact) if faults.is_empty() => {
            let items =
                asked.into_iter().filter(|_| contact == Contact::Reached).map(|(place, _)| (place, agrees(place)));
            Ok(Again { contact, items: items.collect() })
        }
        _ => Err(faults),
    }
}

fn contact(word: &str) -> Result<Contact, String> {
    Contact::parse(word).ok_or_else(|| format!("{word:?} is none of {}", Contact::listed()))
}

fn report(questionnaire: &Questionnaire, again: &[Again]) -> CallbackReport {
    let count = |contact: Contact| again.iter().filter(|one| one.contact == contact).count() as u64;
    let (reached, denied) = (count(Contact::Reached), count(Contact::Denied));
    let asked: Vec<&Again> = again.iter().filter(|one| !one.items.is_empty()).collect();
    let whole = asked.iter().filter(|one| one.items.iter().all(|(_, agrees)| *agrees)).count() as u64;
    let of_item = |place: usize| {
        let answers = asked.iter().flat_map(|one| &one.items).filter(|(of, _)| *of == place);
        let (agreeing, n) = answers.fold((0, 0), |(agreeing, n), (_, agrees)| (agreeing + u64::from(*agrees), n + 1));
        agreement(agreeing, n)
    };
    let items = (0..).zip(&questionnaire.items).map(|(place, item)| (item.id.to_string(), of_item(place)));
    CallbackReport {
        contacts: Contact::ALL.map(count),
        took_place: agreement(reached, reached + denied),
        whole_forms: agreement(whole, asked.len() as u64),
        items: items.filter(|(_, agreement)| agreement.n > 0).collect(),
        level: LEVEL,
    }
}

/// A share with the exact binomial interval: call-backs are drawn one by one.
fn agreement(agreeing: u64, n: u64) -> Agreement {
    let share = agreeing as f64 / n.max(1) as f64;
    let interval = if n > 0 { binomial_interval(share, n as f64, LEVEL) } else { None };
    Agreement { agreeing, n, interval }
}
