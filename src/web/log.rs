//! One line per request, readable alone: which request, what was asked, how it ended, how long it took.
//!
//! A line names the row of the address table, never the address itself: no desk, no query, no body, no visitor.

use super::Site;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use std::fmt;
use std::time::Instant;
use tracing::Instrument as _;

/// The response header that carries the request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request in the log and to whoever asked. It is made here: a client's own could carry anything.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(uuid::Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The middleware around all others: counts, times and logs each request.
///
/// # Errors
/// None of its own.
pub async fn observe(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let id = RequestId(uuid::Uuid::new_v4());
    request.extensions_mut().insert(id);
    let method = known_method(request.method().as_str());
    let site = request.app_data::<web::Data<Site>>().cloned();
    let _under_way = site.as_ref().map(|site| site.metrics.under_way());
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.call(request).instrument(span).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let (status, elapsed) = (response.status().as_u16(), began.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let ms = elapsed.as_secs_f64() * 1000.0;
    if status >= 500 {
        tracing::warn!(request_id = %id, method, route, status, ms, "request");
    } else {
        tracing::info!(request_id = %id, method, route, status, ms, "request");
    }
    if let Some(site) = site {
        site.metrics.record(route, method, status, elapsed);
    }
    Ok(response)
}

/// The method, if it is one that the table could have; a client may invent any other.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 4] = ["GET", "HEAD", "POST", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}
