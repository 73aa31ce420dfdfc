//! Receipt codes for the software that handles a desk's cases: it prints one on each receipt.

use super::openapi::{Access, Both, Content, Gives, Group, Operation, Sent, Takes};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FAULTY_RESPONSE, KEY_NEEDED, MALFORMED_JSON, UNAVAILABLE, UNKNOWN_ROUND,
};
use super::responses::RETRY_AFTER_FAULT_S;
use super::wire::{self, IssuedBody, SentIssue};
use super::{Site, credentials, guard};
use crate::domain::access::Scope;
use crate::service::receipts::IssueRefusal;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use schemars::SchemaGenerator;
use std::sync::Arc;

/// `POST /v1/receipts`
pub const ISSUE: Operation = Operation {
    id: "issueReceipts",
    group: Group::Programs,
    does: Both { vi: "Cấp mã để in trên giấy hẹn", en: "Issues codes, to be printed on receipts" },
    access: Access::Program(Scope::Receipts),
    parameters: &[],
    takes: Takes::Json(Sent {
        schema: SchemaGenerator::subschema_for::<SentIssue>,
        example: r#"{"round":"demo-2025","desk":"MH01-00","count":2}"#,
    }),
    gives: &[Gives {
        status: 201,
        what: Both { vi: "Các mã", en: "The codes" },
        content: &[Content::json::<IssuedBody>()],
    }],
    refuses: &[&FAULTY_QUERY, &MALFORMED_JSON, &KEY_NEEDED, &UNKNOWN_ROUND, &FAULTY_RESPONSE, &UNAVAILABLE],
};

/// `POST /v1/receipts` with `{"round":"R","desk":"D01-001","count":1}`: 201 and the codes.
///
/// # Errors
/// `key-needed`, every fault of the body, or a round and desk that take no answers.
pub async fn issue(request: HttpRequest, payload: Payload, site: Data<Site>) -> Result<HttpResponse, Problem> {
    guard::without_query(&request)?;
    credentials::require(&request, &site, Scope::Receipts, None).await?;
    let body = guard::body(&request, payload, "application/json", &site.limits).await?;
    let SentIssue { round, desk, count } = SentIssue::read(&body)?;
    credentials::require(&request, &site, Scope::Receipts, Some(&desk)).await?;
    let issued = Arc::clone(&site.service).issue_receipts_at_once(round, desk.clone(), count).await.map_err(refused)?;
    let codes: Vec<String> = issued.codes.iter().map(ToString::to_string).collect();
    let address = |base: &String| codes.iter().map(|code| format!("{base}/s/{desk}?c={code}")).collect();
    let addresses = site.counter.public_url.as_ref().map(address).unwrap_or_default();
    let body = IssuedBody { addresses, valid_to: issued.valid_to.to_string(), codes };
    Ok(HttpResponse::Created().json(body))
}

fn refused(refusal: IssueRefusal) -> Problem {
    match refusal {
        IssueRefusal::NotThere { .. } => Problem::of(&UNKNOWN_ROUND).saying(refusal.to_string()),
        IssueRefusal::Count => wire::faulty(vec![wire::fault("/count", "not-valid", refusal.to_string())]),
        IssueRefusal::Store(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "receipt codes could not be issued");
            Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
        }
    }
}
