//! Answers collected elsewhere: on paper, or by another system. The sheet's rows become submissions and take the same way
//! as any other answer: the same parser, the same rules, the same transaction.
//!
//! Columns: `desk`; `form` (the paper form's own number, unique in the round) or `id` (the response id another system
//! made); optionally `channel` (paper unless given), `weight`, `seconds`, `device` and `answered_at`, from which flags are
//! told, and `fault`, which is passed over so that a sheet of
//! rejects can be mended and given back as it is; every other column is an item of the questionnaire.

use super::Service;
use super::collect::{CollectRefusal, Collected, Outcomes, Submission, Weight};
use super::refusal::FileRefusal;
use super::rounds::{self, RoundRefusal};
use super::sheet::{Columns, Row, Sheet};
use crate::domain::answers::{AnswerFault, AnswerSheet, RawAnswers, RawValue};
use crate::domain::channel::Channel;
use crate::domain::fault::{Fault, Place};
use crate::domain::frame::Frame;
use crate::domain::ids::{AreaCode, Digest, ResponseId, RoundCode};
use crate::domain::paper::FormNumber;
use crate::domain::publication::LateFile;
use crate::domain::quality::{Circumstances, Device};
use crate::domain::questionnaire::Questionnaire;
use crate::store;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Columns that are no items.
const OWN_COLUMNS: [&str; 8] = ["id", "form", "channel", "weight", "seconds", "device", "answered_at", REJECT_COLUMN];
/// The column that a sheet of rejects has more than the sheet it came from.
pub const REJECT_COLUMN: &str = "fault";

/// What to do when some rows have faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFault {
    /// Take nothing.
    TakeNothing,
    /// Take the rows without faults and give the others back.
    TakeTheRest,
}

/// On what terms a file of answers is imported.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What to do when some rows have faults.
    pub on_fault: OnFault,
    /// The file, if it comes after its rounds were published. Then it goes into them, and into their next revision.
    pub late: Option<LateFile>,
}

/// What became of a sheet of answers.
#[derive(Debug, Default)]
pub struct Taken {
    /// Rows stored now.
    pub n_stored: usize,
    /// Rows that were stored before.
    pub n_repeated: usize,
    /// Faults of the rows that were not taken.
    pub faults: Vec<Fault>,
    /// The rows that were not taken, as a sheet with their faults in a column more; empty when all were taken.
    pub rejects: String,
}

/// A file that comes late, by its name and its bytes.
#[must_use]
pub fn late_file(name: &str, bytes: &[u8]) -> LateFile {
    LateFile { name: name.to_owned(), digest: Digest(Sha256::digest(bytes).into()) }
}

/// A row of the sheet on its way in: its number and what it brings.
type Entry = (usize, Submission);

/// Imports a sheet of answers into an open round, or, if it is late, into a published one. `told` hears now and then how many are done.
///
/// # Errors
/// Every fault with its row, unless the rest shall be taken; an unknown round; or the database failed. Then nothing is
/// stored.
pub fn take(
    service: &Service,
    round: &RoundCode,
    csv: &[u8],
    terms: &Terms,
    told: impl FnMut(usize),
) -> Result<Taken, FileRefusal> {
    let plan = rounds::find(service.store(), round)?.plan().clone();
    let frame = service.store().with(|conn| store::rounds::frame(conn, round))?;
    let questionnaire = service.catalogue().questionnaire(&plan.questionnaire);
    let questionnaire = questionnaire.ok_or(RoundRefusal::UnknownQuestionnaire(plan.questionnaire))?;
    let items: Vec<&str> = questionnaire.items.iter().map(|item| item.id.as_str()).collect();
    let optional: Vec<&str> = OWN_COLUMNS.iter().chain(&items).copied().collect();
    let sheet = Sheet::read(csv, Columns { required: &["desk"], optional: &optional })?;
    let mut reader = Reader { round, questionnaire, frame: &frame, rows_of_ids: BTreeMap::new() };
    let (entries, faults) = sheet.parse(|row| reader.entry(row));
    let in_row = |row, refusal: &CollectRefusal| vec![Fault::in_row(row, "", "not-taken", refusal.to_string())];
    let mut taken = store_entries(service, (entries, faults), terms, in_row, told)?;
    if !taken.faults.is_empty() {
        taken.rejects = rejects(&sheet, &taken.faults);
    }
    Ok(taken)
}

/// Stores what was read of a file: all of it, or, if it shall be so, what has no fault. `faults_of` says what a refusal means at
/// its place in the file. What is not taken is left to whoever knows the file.
///
/// # Errors
/// Every fault, of reading and of storing, unless the rest shall be taken; or the database failed. Then nothing is stored.
pub fn store_entries(
    service: &Service,
    (entries, mut faults): (Vec<Entry>, Vec<Fault>),
    terms: &Terms,
    faults_of: impl Fn(usize, &CollectRefusal) -> Vec<Fault>,
    told: impl FnMut(usize),
) -> Result<Taken, FileRefusal> {
    let (places, submissions): (Vec<usize>, Vec<Submission>) = entries.into_iter().unzip();
    if terms.late.is_some() {
        rounds::refuse_unpublished(service.store(), submissions.iter().map(|submission| &submission.round))?;
    }
    let takes_the_rest = terms.on_fault == OnFault::TakeTheRest;
    let is_sound = faults.is_empty();
    let is_wanted = |outcomes: &Outcomes| takes_the_rest || is_sound && outcomes.iter().all(Result::is_ok);
    let outcomes = service.store_many(submissions, terms.late.as_ref(), is_wanted, told);
    let outcomes = outcomes.map_err(|refusal| vec![Fault::of_whole("not-taken", refusal.to_string())])?;
    for (place, outcome) in places.into_iter().zip(&outcomes) {
        faults.extend(outcome.as_ref().err().map(|refusal| faults_of(place, refusal)).unwrap_or_default());
    }
    faults.sort();
    if !takes_the_rest && !faults.is_empty() {
        return Err(FileRefusal::Faulty(faults));
    }
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == Ok(wanted)).count();
    let (n_stored, n_repeated) = (count(Collected::Stored), count(Collected::AlreadyStored));
    Ok(Taken { n_stored, n_repeated, faults, rejects: String::new() })
}

/// Reads rows against the round they are for.
struct Reader<'a> {
    round: &'a RoundCode,
    questionnaire: &'a Questionnaire,
    frame: &'a Frame,
    /// The row that brought each id.
    rows_of_ids: BTreeMap<ResponseId, usize>,
}

impl Reader<'_> {
    fn entry(&mut self, row: Row<'_>) -> Result<Entry, Vec<Fault>> {
        let mut faults = Vec::new();
        let id = self.id(row, &mut faults);
        let desk = row.read("desk", "desk-not-in-round", |text| self.desk(text), &mut faults);
        let channel = row.read_optional("channel", "unknown-channel", channel, &mut faults);
        let weight = row.read_optional("weight", "bad-weight", weight, &mut faults);
        let circumstances = Circumstances {
            seconds: row.read_optional("seconds", "bad-seconds", seconds, &mut faults),
            device: row.read_optional("device", "bad-device", Device::parse, &mut faults),
            answered: row.read_optional("answered_at", "bad-time", time, &mut faults),
            is_trapped: false,
        };
        let items = self.questionnaire.items.iter().map(|item| item.id.as_str());
        let answers: RawAnswers = items
            .filter(|item| !row.cell(item).is_empty())
            .map(|item| (item.to_owned(), RawValue::Text(row.cell(item).to_owned())))
            .collect();
        let is_paper = channel.is_none_or(|channel| channel == Channel::Paper);
        let parse = if is_paper { AnswerSheet::parse_paper } else { AnswerSheet::parse };
        if let Err(found) = parse(self.questionnaire, &answers) {
            let in_row = |fault: AnswerFault| row.fault(&fault.item, fault.problem.code(), fault.problem.to_string());
            faults.extend(found.into_iter().map(in_row));
        }
        match (id, desk) {
            (Some(id), Some(desk)) if faults.is_empty() => {
                let (round, channel) = (self.round.clone(), channel.unwrap_or(Channel::Paper));
                Ok((
                    row.number(),
                    Submission {
                        round,
                        id,
                        desk,
                        channel,
                        answers,
                        weight,
                        circumstances,
                        is_live: false,
                        receipt: None,
                        arrival: None,
                    },
                ))
            }
            _ => Err(faults),
        }
    }

    /// The response id: as given, or made from the form's number, so that a form imported again is recognised.
    fn id(&mut self, row: Row<'_>, faults: &mut Vec<Fault>) -> Option<ResponseId> {
        let id = match (row.cell("id"), row.cell("form")) {
            ("", "") => {
                let message = "needs an id (UUID v4) or the number of the paper form; else a repetition cannot be told";
                faults.push(row.fault("form", "no-id", message));
                None
            }
            (_, "") => row.read("id", "bad-id", ResponseId::parse, faults),
            ("", _) => {
                row.read("form", "bad-form", FormNumber::parse, faults).map(|form| id_of_form(self.round, &form))
            }
            _ => {
                faults.push(row.fault("id", "two-ids", "comes with a form number; keep one of the two"));
                None
            }
        }?;
        if let Some(first) = self.rows_of_ids.insert(id, row.number()) {
            let column = if row.cell("id").is_empty() { "form" } else { "id" };
            faults.push(row.fault(column, "id-twice", format!("is already in row {first}; each form has one row")));
        }
        Some(id)
    }

    fn desk(&self, text: &str) -> Result<AreaCode, String> {
        let code = AreaCode::parse(text).map_err(|fault| fault.to_string())?;
        let drawn = self.frame.get(&code).is_some_and(|desk| desk.drawn);
        if drawn { Ok(code) } else { Err(format!("{code} takes no part in round {}", self.round)) }
    }
}

/// The id of a paper form's answers. It follows from the form's number, so that a form typed in again is recognised and its
/// answers are found again for a call-back; a citizen's own answers have a random id.
#[must_use]
pub fn id_of_form(round: &RoundCode, form: &FormNumber) -> ResponseId {
    let digest = Sha256::digest(format!("paper form\n{round}\n{form}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
    ResponseId::from_bytes(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
}

fn channel(text: &str) -> Result<Channel, String> {
    Channel::parse(text).ok_or_else(|| format!("{text:?} is no channel; the channels are {}", Channel::listed()))
}

fn weight(text: &str) -> Result<Weight, String> {
    let weight = text.replace(',', ".").parse().ok().and_then(Weight::new);
    weight.ok_or_else(|| format!("{text:?} is no weight; give a number above 0, or leave it out"))
}

fn seconds(text: &str) -> Result<u32, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= Circumstances::MAX_SECONDS);
    seconds.ok_or_else(|| format!("{text:?} is no time in seconds, from 0 to {}", Circumstances::MAX_SECONDS))
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    text.parse().map_err(|_| format!("{text:?} is no time with its zone, such as 2026-11-24T09:30:00+07:00"))
}

fn row_of(fault: &Fault) -> Option<usize> {
    match &fault.place {
        Place::Row { row, .. } => Some(*row),
        _ => None,
    }
}

/// The rows with faults as a sheet, their faults in a column more.
fn rejects(sheet: &Sheet, faults: &[Fault]) -> String {
    let mut by_row: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for fault in faults {
        let text = match &fault.place {
            Place::Row { column, .. } => format!("{column}: {}", fault.message),
            _ => fault.message.clone(),
        };
        row_of(fault).into_iter().for_each(|row| by_row.entry(row).or_default().push(text.clone()));
    }
    let columns: Vec<&str> = sheet.header().iter().map(String::as_str).filter(|name| *name != REJECT_COLUMN).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = columns.iter().copied().chain([REJECT_COLUMN]);
    let mut written = writer.write_record(header);
    for row in sheet.rows().flatten() {
        if let Some(faults) = by_row.get(&row.number()) {
            let why = faults.join("; ");
            let cells = columns.iter().map(|column| row.cell(column)).chain([why.as_str()]);
            written = written.and_then(|()| writer.write_record(cells));
        }
    }
    // Writing to memory cannot fail, and the cells are text.
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
