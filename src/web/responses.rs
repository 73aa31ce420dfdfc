//! The door for programs: one response as JSON.

use super::openapi::{Access, Both, Content, Gives, Group, Operation, ROUND, Sent, Takes};
use super::problem::Problem;
use super::problem::catalogue::{
    BUSY, DEVICE_UNKNOWN, FAULTY_QUERY, FAULTY_RESPONSE, MALFORMED_JSON, PROOF_MISSING, RECEIPT_EXPIRED, RECEIPT_SPENT,
    RECEIPT_WRONG, RESPONSE_CONFLICT, ROUND_NOT_OPEN, TOO_MANY, UNAVAILABLE, UNKNOWN_ROUND,
};
use super::wire::{self, Misread, ReceiptBody, SentResponse};
use super::{Site, credentials, effort, guard, rate};
use crate::domain::device::Arrival;
use crate::domain::ids::RoundCode;
use crate::service::collect::{CollectRefusal, Collected, Submission};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use schemars::SchemaGenerator;

/// When to try again after the database did not answer, in seconds.
pub const RETRY_AFTER_FAULT_S: u32 = 5;

/// `POST /v1/rounds/{round}/responses`
pub const SUBMIT: Operation = Operation {
    id: "submitResponse",
    group: Group::Programs,
    does: Both { vi: "Gửi một phiếu", en: "Sends a response; sent twice, it is stored once" },
    access: Access::AnyoneOrDevice,
    parameters: &[ROUND],
    takes: Takes::Json(Sent { schema: SchemaGenerator::subschema_for::<SentResponse>, example: SENT }),
    gives: &[
        Gives {
            status: 201,
            what: Both { vi: "Đã lưu", en: "It is stored for good" },
            content: &[Content::json::<ReceiptBody>()],
        },
        Gives {
            status: 200,
            what: Both { vi: "Đã lưu từ trước", en: "It was stored before" },
            content: &[Content::json::<ReceiptBody>()],
        },
    ],
    refuses: &[
        &FAULTY_QUERY,
        &MALFORMED_JSON,
        &DEVICE_UNKNOWN,
        &UNKNOWN_ROUND,
        &ROUND_NOT_OPEN,
        &RESPONSE_CONFLICT,
        &RECEIPT_SPENT,
        &RECEIPT_EXPIRED,
        &FAULTY_RESPONSE,
        &RECEIPT_WRONG,
        &PROOF_MISSING,
        &TOO_MANY,
        &BUSY,
        &UNAVAILABLE,
    ],
};

/// A response in order.
const SENT: &str = r#"{"id":"7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11","desk":"MH01-00","channel":"web","answers":{"TC1":4,"TC2":4,"TC3":4,"TC4":4,"TT1":4,"TT2":4,"TT3":4,"TT4":4,"CC1":4,"CC2":4,"CC3":4,"CC4":4,"CC5":4,"KQ1":4,"KQ2":4,"KQ3":4,"PA1":4,"PA2":4,"PA3":4}}"#;

/// `POST /v1/rounds/{round}/responses`: 201 once the response is stored for good, 200 when it was stored before.
///
/// # Errors
/// Every refusal, as a problem.
pub async fn submit(
    request: HttpRequest,
    payload: Payload,
    site: Data<Site>,
    round: Path<String>,
) -> Result<HttpResponse, Problem> {
    guard::without_query(&request)?;
    let body = guard::body(&request, payload, "application/json", &site.limits).await?;
    let round = RoundCode::parse(&round).map_err(|_| Problem::of(&UNKNOWN_ROUND))?;
    let sent = match SentResponse::read(&body) {
        Ok(sent) => sent,
        Err(Misread::NotJson(problem)) => return Err(problem),
        Err(Misread::Faulty { mut faults, answers }) => {
            let answers = answers.map(|answers| site.service.answer_faults(&round, &answers)).unwrap_or_default();
            faults.extend(wire::in_answers(&answers));
            return Err(wire::faulty(faults));
        }
    };
    let device = credentials::device(&request, &site).await?;
    let SentResponse { id, desk, channel, answers, circumstances, receipt, sequence, proof } = sent;
    rate::admit(&request, &site, device.as_ref())?;
    effort::ask(effort::asked(&request, &site, device.is_some(), receipt.is_some()), &id, proof.as_deref())?;
    let arrival = match (device, sequence) {
        (Some(device), Some(number)) => Some(Arrival { device: device.code, number }),
        (None, Some(_)) => return Err(Problem::of(&DEVICE_UNKNOWN)),
        (_, None) => None,
    };
    let submission =
        Submission { round, id, desk, channel, answers, weight: None, circumstances, is_live: true, receipt, arrival };
    let outcome = site.service.collect(submission).await;
    if outcome == Err(CollectRefusal::ReceiptUnknown) {
        rate::note_wrong_code(&request, &site);
    }
    let (mut response, status) = match outcome.map_err(refused)? {
        Collected::Stored => (HttpResponse::Created(), "stored"),
        Collected::AlreadyStored => (HttpResponse::Ok(), "already-stored"),
    };
    Ok(response.json(ReceiptBody { id: id.to_string(), status }))
}

/// A refusal as a problem.
fn refused(refusal: CollectRefusal) -> Problem {
    let at_desk = |code, message: &str| wire::faulty(vec![wire::fault("/desk", code, message)]);
    match refusal {
        CollectRefusal::UnknownRound => Problem::of(&UNKNOWN_ROUND),
        CollectRefusal::RoundNotOpen { state } => Problem::of(&ROUND_NOT_OPEN).saying(format!("The round is {state}")),
        CollectRefusal::UnknownDesk => at_desk("unknown-desk", "is not a desk; check the code on the counter's sign"),
        CollectRefusal::DeskNotInRound => at_desk("desk-not-in-round", "does not take part in this round"),
        CollectRefusal::Faulty(faults) => wire::faulty(wire::in_answers(&faults).collect()),
        CollectRefusal::Conflict => Problem::of(&RESPONSE_CONFLICT),
        CollectRefusal::ReceiptUnknown => Problem::of(&RECEIPT_WRONG),
        CollectRefusal::ReceiptSpent => Problem::of(&RECEIPT_SPENT),
        CollectRefusal::ReceiptExpired => Problem::of(&RECEIPT_EXPIRED),
        CollectRefusal::Busy { retry_after_s } => Problem::of(&BUSY).retry_after(retry_after_s),
        CollectRefusal::Unavailable => Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError as _;

    #[test]
    fn each_refusal_has_its_status() {
        let refusals = [
            (CollectRefusal::UnknownRound, 404),
            (CollectRefusal::RoundNotOpen { state: "closed" }, 409),
            (CollectRefusal::UnknownDesk, 422),
            (CollectRefusal::DeskNotInRound, 422),
            (CollectRefusal::Faulty(Vec::new()), 422),
            (CollectRefusal::Conflict, 409),
            (CollectRefusal::ReceiptUnknown, 422),
            (CollectRefusal::ReceiptSpent, 409),
            (CollectRefusal::ReceiptExpired, 409),
            (CollectRefusal::Busy { retry_after_s: 3 }, 503),
            (CollectRefusal::Unavailable, 503),
        ];
        for (refusal, status) in refusals {
            assert_eq!(refused(refusal).status_code().as_u16(), status);
        }
    }
}
