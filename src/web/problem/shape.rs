//! Writes problems out: RFC 9457 for programs, a page for people.

use super::Problem;
use super::catalogue::{
    ALL, Kind, MALFORMED_REQUEST, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, NOT_FOUND, SERVER_FAULT, TOO_SLOW,
    UNSUPPORTED_MEDIA_TYPE,
};
use crate::web::log::RequestId;
use crate::web::{Site, guard, pages, wire};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, HttpResponseBuilder, web};

/// The media type of a problem.
const PROBLEM_JSON: &str = "application/problem+json";

/// The middleware that gives every refusal its form, whoever made it.
///
/// # Errors
/// None of its own.
pub async fn shape(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let for_people = guard::wants_html(request.headers());
    let site = request.app_data::<web::Data<Site>>().cloned();
    let request_id = request.extensions().get::<RequestId>().copied();
    let response = next.call(request).await?;
    if response.status().as_u16() < 400 || is_shaped(&response) {
        return Ok(response.map_into_boxed_body());
    }
    let (request, refused) = response.into_parts();
    let ours = refused.error().and_then(|error| error.as_error::<Problem>());
    let theirs = Problem::of(of_framework(refused.status()));
    let problem = ours.unwrap_or(&theirs);
    let request_id = request_id.map(|id| id.to_string());
    let shaped = match (for_people, site) {
        (true, Some(site)) => as_page(&site, problem, request_id.as_deref()),
        _ => as_json(problem, request_id.as_deref()),
    };
    Ok(ServiceResponse::new(request, shaped))
}

/// Whether a handler answered with an error status on purpose and with a body of its own, as the survey page does when
/// it shows a form again.
fn is_shaped<B>(response: &ServiceResponse<B>) -> bool {
    response.response().extensions().contains::<pages::Written>()
}

/// The row for a refusal that the framework made itself.
fn of_framework(status: StatusCode) -> &'static Kind {
    match status {
        StatusCode::NOT_FOUND => &NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => &METHOD_NOT_ALLOWED,
        StatusCode::NOT_ACCEPTABLE => &NOT_ACCEPTABLE,
        StatusCode::REQUEST_TIMEOUT => &TOO_SLOW,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &UNSUPPORTED_MEDIA_TYPE,
        status if status.is_client_error() => {
            ALL.iter().find(|kind| kind.status == status.as_u16()).copied().unwrap_or(&MALFORMED_REQUEST)
        }
        _ => &SERVER_FAULT,
    }
}

fn start(problem: &Problem) -> HttpResponseBuilder {
    let status = StatusCode::from_u16(problem.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if let Some(allow) = &problem.allow {
        response.insert_header((header::ALLOW, allow.as_str()));
    }
    if let Some(seconds) = problem.retry_after_s {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    response
}

fn as_json(problem: &Problem, request_id: Option<&str>) -> HttpResponse {
    let ours = problem.kind.status >= 500;
    let body = wire::ProblemBody {
        r#type: wire::problem_type(problem.kind.slug),
        title: problem.kind.title,
        status: problem.kind.status,
        detail: problem.detail.as_deref().filter(|_| !ours),
        request_id: request_id.filter(|_| ours),
        faults: problem.faults.iter().map(wire::FaultBody::of).collect(),
    };
    let body = serde_json::to_string(&body).unwrap_or_default();
    start(problem).insert_header((header::CONTENT_TYPE, PROBLEM_JSON)).body(body)
}

fn as_page(site: &Site, problem: &Problem, request_id: Option<&str>) -> HttpResponse {
    let ours = problem.kind.status >= 500;
    match super::pages::notice(site, problem.kind, request_id.filter(|_| ours)) {
        Ok(html) => start(problem).insert_header((header::CONTENT_TYPE, pages::HTML)).body(html),
        Err(_) => as_json(problem, request_id),
    }
}
