//! The file that a device exports when it cannot send: a line of JSON for each answer, with its round, its device and the body
//! that it would have sent.

use super::{Misread, SentResponse, fault, member, misfit, names, text};
use crate::domain::answers::RawAnswers;
use crate::domain::fault::{Fault, Place};
use crate::domain::ids::RoundCode;
use crate::domain::quality::Device;
use crate::web::json::Json;

/// A line: `{"round":"dt-2025","device":"KQ7M2","body":{"id":"7f0c2a52-…",…}}`. A phone that is nobody's device says `null`.
#[derive(Debug)]
pub struct ExportedLine {
    /// The round the answer belongs to.
    pub round: RoundCode,
    /// The device it was given on.
    pub device: Option<Device>,
    /// What would have been sent.
    pub response: SentResponse,
}

impl ExportedLine {
    const MEMBERS: [&str; 3] = ["round", "device", "body"];

    /// Reads a line, with the reader that the door for programs has. `answer_faults` tells what is wrong with answers that stand
    /// in a body with other faults.
    ///
    /// # Errors
    /// Every fault, at its JSON pointer in the line.
    pub fn read(
        line: &[u8],
        answer_faults: impl Fn(&RoundCode, &RawAnswers) -> Vec<Fault>,
    ) -> Result<Self, Vec<Fault>> {
        let whole = |code, message: String| vec![fault("", code, message)];
        let document = Json::read(line).map_err(|problem| whole("not-json", problem.to_string()))?;
        let Json::Object(members) = document else {
            return Err(whole("wrong-kind", "is no object with round, device and body".to_owned()));
        };
        let mut faults = names(&members, &Self::MEMBERS);
        let round = text(&members, "round", &mut faults, RoundCode::parse);
        let device = match member(&members, "device") {
            Some(Json::Null) => None,
            _ => text(&members, "device", &mut faults, Device::parse),
        };
        let body = member(&members, "body").map(SentResponse::of);
        let response = match body {
            Some(Ok(response)) => Some(response),
            Some(Err(Misread::Faulty { faults: mut found, answers })) => {
                found.extend(round.iter().zip(&answers).flat_map(|(round, answers)| answer_faults(round, answers)));
                faults.extend(found.into_iter().map(in_body));
                None
            }
            Some(Err(Misread::NotJson(_))) | None => {
                faults.push(misfit("body", None, "what the device would have sent"));
                None
            }
        };
        match (round, response) {
            (Some(round), Some(response)) if faults.is_empty() => Ok(Self { round, device, response }),
            _ => Err(faults),
        }
    }
}

/// A fault of a body, in the line that holds it.
#[must_use]
pub fn in_body(found: Fault) -> Fault {
    match found.place {
        Place::Pointer(pointer) => Fault { place: Place::Pointer(format!("/body{pointer}")), ..found },
        _ => found,
    }
}
