//! The file that a device exports when it cannot send: a line of JSON for each answer, with its round, its device and the body
//! that it would have sent. It takes the way of every other answer, so importing it twice, or after all was sent, does no harm.

use crate::cli::failure::Failure;
use crate::domain::device::Arrival;
use crate::domain::fault::{Fault, Place};
use crate::domain::ids::RoundCode;
use crate::domain::quality::Device;
use crate::service::Service;
use crate::service::collect::Submission;
use crate::service::import::{self, OnFault, Taken};
use crate::web::wire::{Misread, SentResponse};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Imports the file; what is not taken comes back as it was.
pub(super) fn take(service: &Service, file: &[u8], on_fault: OnFault) -> Result<Taken, Failure> {
    let text = std::str::from_utf8(file).map_err(|_| Failure::message("the file is not UTF-8; export it anew"))?;
    // A device that was revoked, or broke, is the reason why there is a file.
    let known: BTreeSet<Device> = service.devices()?.into_iter().map(|device| device.code).collect();
    let lines: BTreeMap<usize, &str> = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).collect();
    let (mut entries, mut faults) = (Vec::with_capacity(lines.len()), Vec::new());
    for (number, line) in &lines {
        match read(line, &known) {
            Ok(submission) => entries.push((*number, submission)),
            Err(found) => faults
                .extend(found.into_iter().map(|(place, code, message)| Fault::in_row(*number, &place, code, message))),
        }
    }
    if on_fault == OnFault::TakeNothing && !faults.is_empty() {
        return Err(Failure::faults("the file was not taken; nothing was changed", faults));
    }
    let mut taken = import::take_submissions(service, entries, on_fault)?;
    taken.faults.extend(faults);
    taken.faults.sort();
    let refused =
        taken.faults.iter().filter_map(|fault| if let Place::Row { row, .. } = fault.place { Some(row) } else { None });
    let refused: BTreeSet<usize> = refused.collect();
    taken.rejects =
        lines.iter().filter(|(number, _)| refused.contains(number)).map(|(_, line)| format!("{line}\n")).collect();
    Ok(taken)
}

/// Where in a line something is wrong, as a JSON pointer; a code; and what.
type InLine = (String, &'static str, String);

fn read(line: &str, known: &BTreeSet<Device>) -> Result<Submission, Vec<InLine>> {
    let one = |place: &str, code, message: String| vec![(place.to_owned(), code, message)];
    let whole: Value =
        serde_json::from_str(line).map_err(|error| one("", "not-json", format!("is not JSON: {error}")))?;
    let member = |name: &str| whole.get(name).unwrap_or(&Value::Null);
    let round = member("round").as_str().unwrap_or_default();
    let round = RoundCode::parse(round).map_err(|fault| one("/round", "not-valid", fault.to_string()))?;
    let device = match member("device") {
        Value::Null => None,
        named => {
            let device = named.as_str().and_then(|name| Device::parse(name).ok()).filter(|name| known.contains(name));
            Some(device.ok_or_else(|| {
                one("/device", "unknown-device", format!("{named} is no device that was enrolled here"))
            })?)
        }
    };
    let sent = SentResponse::read(member("body").to_string().as_bytes()).map_err(|misread| match misread {
        Misread::NotJson(problem) => one("/body", "not-json", problem.to_string()),
        Misread::Faulty { faults, .. } => faults.into_iter().map(in_body).collect(),
    })?;
    let arrival = device.zip(sent.sequence).map(|(device, number)| Arrival { device, number });
    Ok(Submission {
        round,
        id: sent.id,
        desk: sent.desk,
        channel: sent.channel,
        answers: sent.answers,
        weight: None,
        circumstances: sent.circumstances,
        is_live: false,
        receipt: sent.receipt,
        arrival,
    })
}

fn in_body(fault: Fault) -> InLine {
    let pointer = if let Place::Pointer(pointer) = &fault.place { pointer.as_str() } else { "" };
    (format!("/body{pointer}"), fault.code, fault.message)
}
