//! The file that a device exports when it cannot send. Its answers take the way of every other answer, so importing it twice, or
//! after all was sent, does no harm. A device that was revoked, or broke, is the reason why there is a file.

use crate::cli::failure::Failure;
use crate::domain::answers::RawAnswers;
use crate::domain::device::Arrival;
use crate::domain::fault::{Fault, Place};
use crate::domain::ids::RoundCode;
use crate::domain::quality::Device;
use crate::service::Service;
use crate::service::collect::{CollectRefusal, Submission};
use crate::service::import::{self, Taken, Terms};
use crate::web::wire::{self, ExportedLine};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How a line begins that tells the faults of the next one. A file of rejects is mended and given back with these in it.
const FAULTS: &str = "{\"faults\":";

/// Imports the file.
pub(super) fn take(
    service: &Service,
    (name, file): (&str, &[u8]),
    terms: &Terms,
    told: impl FnMut(usize),
) -> Result<Taken, Failure> {
    let text = std::str::from_utf8(file).map_err(|_| Failure::message("the file is not UTF-8; export it anew"))?;
    let known: BTreeSet<Device> = service.devices()?.into_iter().map(|device| device.code).collect();
    let is_answer = |line: &str| !line.trim().is_empty() && !line.starts_with(FAULTS);
    let lines: BTreeMap<usize, &str> = (1..).zip(text.lines()).filter(|(_, line)| is_answer(line)).collect();
    let (mut entries, mut faults) = (Vec::with_capacity(lines.len()), Vec::new());
    for (number, line) in &lines {
        match read(service, line, &known) {
            Ok(submission) => entries.push((*number, submission)),
            Err(found) => faults.extend(found.into_iter().map(|fault| in_line(name, *number, fault))),
        }
    }
    let faults_of =
        |line, refusal: &CollectRefusal| refused(refusal).into_iter().map(|fault| in_line(name, line, fault)).collect();
    let mut taken = import::store_entries(service, (entries, faults), terms, faults_of, told)?;
    taken.rejects = rejects(&lines, &taken.faults);
    Ok(taken)
}

fn read(service: &Service, line: &str, known: &BTreeSet<Device>) -> Result<Submission, Vec<Fault>> {
    let answer_faults = |round: &RoundCode, answers: &RawAnswers| {
        wire::in_answers(&service.answer_faults(round, answers)).collect::<Vec<_>>()
    };
    let ExportedLine { round, device, response } = ExportedLine::read(line.as_bytes(), answer_faults)?;
    if let Some(stranger) = device.as_ref().filter(|device| !known.contains(device)) {
        let message = format!("{stranger} is no device that was enrolled here; sipas device list has them all");
        return Err(vec![wire::fault("/device", "unknown-device", message)]);
    }
    let arrival = device.zip(response.sequence).map(|(device, number)| Arrival { device, number });
    Ok(Submission {
        round,
        id: response.id,
        desk: response.desk,
        channel: response.channel,
        answers: response.answers,
        weight: None,
        circumstances: response.circumstances,
        is_live: false,
        receipt: response.receipt,
        arrival,
    })
}

/// What a refusal means in a line.
fn refused(refusal: &CollectRefusal) -> Vec<Fault> {
    let place = match refusal {
        CollectRefusal::Faulty(faults) => return wire::in_answers(faults).map(wire::in_body).collect(),
        CollectRefusal::UnknownRound | CollectRefusal::RoundNotOpen { .. } => "/round",
        CollectRefusal::UnknownDesk | CollectRefusal::DeskNotInRound => "/body/desk",
        CollectRefusal::Conflict => "/body/id",
        CollectRefusal::ReceiptUnknown | CollectRefusal::ReceiptSpent | CollectRefusal::ReceiptExpired => {
            "/body/receipt"
        }
        CollectRefusal::Busy { .. } | CollectRefusal::Unavailable => "",
    };
    vec![wire::fault(place, "not-taken", refusal.to_string())]
}

fn in_line(file: &str, line: usize, fault: Fault) -> Fault {
    let pointer = if let Place::Pointer(pointer) = fault.place { pointer } else { String::new() };
    Fault { place: Place::InLine { file: file.to_owned(), line, pointer }, ..fault }
}

/// The lines that were not taken, to the letter, each below a line with its faults.
fn rejects(lines: &BTreeMap<usize, &str>, faults: &[Fault]) -> String {
    let mut by_line: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for fault in faults {
        if let Place::InLine { line, .. } = fault.place {
            by_line.entry(line).or_default().push(fault.to_string());
        }
    }
    let reject = |(number, faults): (usize, Vec<String>)| {
        Some(format!("{}\n{}\n", json!({ "faults": faults }), lines.get(&number)?))
    };
    by_line.into_iter().filter_map(reject).collect()
}
