//! How much, how long and of what kind a request may be: every limit of the door, in one place.

use super::problem::Problem;
use super::problem::catalogue::{
    ADDRESS_TOO_LONG, BODY_TOO_LARGE, FAULTY_QUERY, FOREIGN_PAGE, HEADERS_TOO_LARGE, MALFORMED_REQUEST, TOO_SLOW,
    UNSUPPORTED_MEDIA_TYPE,
};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{Error, HttpRequest};
use futures_util::StreamExt as _;
use std::time::Duration;

/// A full response with the longest comments is below 40 KiB as a form, where a Vietnamese letter takes nine bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The longest address of the table with the longest codes has less than 200 bytes.
pub const MAX_ADDRESS_BYTES: usize = 2 * 1024;
/// What browsers and proxies send stays below 4 KiB; the framework itself would take 128.
pub const MAX_HEADERS_BYTES: usize = 16 * 1024;
/// A phone at the edge of a network sends its headers within a second or not at all.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// 64 KiB in ten seconds is 52 kbit/s: slower than any network a phone still calls one.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Long enough for a page, its style sheet and the next tap; short enough that idle phones do not hold connections.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long requests under way may go on after the server was asked to stop.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Nothing but this server's own files and doors: no frame, no third party, and no script or style inside a page, so
/// that text which slipped through as markup could still do nothing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
     connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The limits in force. The defaults are the constants of this module.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest body, in bytes.
    pub max_body_bytes: usize,
    /// Longest address with its query, in bytes.
    pub max_address_bytes: usize,
    /// All header names and values together, in bytes.
    pub max_headers_bytes: usize,
    /// How long the headers may take to arrive.
    pub head_timeout: Duration,
    /// How long the body may take to arrive.
    pub body_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long requests under way may go on after a stop.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: MAX_BODY_BYTES,
            max_address_bytes: MAX_ADDRESS_BYTES,
            max_headers_bytes: MAX_HEADERS_BYTES,
            head_timeout: HEAD_TIMEOUT,
            body_timeout: BODY_TIMEOUT,
            keep_alive: KEEP_ALIVE,
            stop_timeout: STOP_TIMEOUT,
        }
    }
}

/// The middleware that refuses an over-long address or headers before anything reads them.
///
/// # Errors
/// None of its own; a refusal is a response.
pub async fn bounds(
    limits: Limits,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let n_address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let n_headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let broken = if n_address > limits.max_address_bytes {
        Some(&ADDRESS_TOO_LONG)
    } else if n_headers > limits.max_headers_bytes {
        Some(&HEADERS_TOO_LARGE)
    } else {
        None
    };
    match broken {
        Some(kind) => Ok(request.error_response(Problem::of(kind)).map_into_right_body()),
        None => next.call(request).await.map(ServiceResponse::map_into_left_body),
    }
}

/// The same for a page that brings its style sheet itself: that one, known by its digest, and no other.
#[must_use]
pub fn policy_for_style(digest: &str) -> String {
    CONTENT_SECURITY_POLICY.replace("style-src 'self'", &format!("style-src 'sha256-{digest}'"))
}

/// Headers that every response carries unless it says otherwise.
#[must_use]
pub fn seal() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
}

/// Refuses a form that a browser sends from a page of another site, with the rights of whoever sits before it. Browsers say where a
/// form is from, and programs send none.
///
/// # Errors
/// `foreign-page`.
pub fn own_page(request: &HttpRequest, public_url: Option<&str>) -> Result<(), Problem> {
    let said = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let host_of = |url: &str| url.split_once("://").map(|(_, host)| host.trim_end_matches('/').to_owned());
    let is_own = match (said("sec-fetch-site"), said("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => host_of(origin).is_some_and(|host| {
            let is_of = |own: &str| own.eq_ignore_ascii_case(&host);
            is_of(request.connection_info().host()) || public_url.and_then(host_of).as_deref().is_some_and(is_of)
        }),
        (None, None) => true,
    };
    if is_own { Ok(()) } else { Err(Problem::of(&FOREIGN_PAGE)) }
}

/// Whether the client reads pages: it names HTML among what it accepts, as every browser does.
#[must_use]
pub fn wants_html(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let html = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("text/html"));
        let refused = parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        html && !refused
    })
}

/// Refuses a query where the address has none.
///
/// # Errors
/// When there is one.
pub fn without_query(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    Err(Problem::of(&FAULTY_QUERY).saying("This address takes no parameters"))
}

/// Reads a whole body of one media type, within the limits of size and time.
///
/// # Errors
/// When it is of another type or encoded, too large, too slow, or ends too early.
pub async fn body(
    request: &HttpRequest,
    payload: Payload,
    media_type: &'static str,
    limits: &Limits,
) -> Result<Bytes, Problem> {
    check_type(request.headers(), media_type)?;
    let too_large = || Problem::of(&BODY_TOO_LARGE).saying(format!("At most {} bytes", limits.max_body_bytes));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|n| n > limits.max_body_bytes as u64) {
        return Err(too_large());
    }
    let read = actix_web::rt::time::timeout(limits.body_timeout, read(payload, limits.max_body_bytes)).await;
    match read {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(PayloadError::Overflow)) => Err(too_large()),
        Ok(Err(broken)) => Err(Problem::of(&MALFORMED_REQUEST).saying(format!("The body broke off: {broken}"))),
        Err(_) => Err(Problem::of(&TOO_SLOW).saying(format!("The body took over {} s", limits.body_timeout.as_secs()))),
    }
}

async fn read(mut payload: Payload, max_bytes: usize) -> Result<Bytes, PayloadError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > max_bytes {
            return Err(PayloadError::Overflow);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// One content type, the right one, in UTF-8 and not compressed: what is not decompressed cannot be a bomb.
fn check_type(headers: &HeaderMap, media_type: &'static str) -> Result<(), Problem> {
    let refuse = || {
        let wanted = format!("Send {media_type} in UTF-8, without a content encoding");
        Err(Problem::of(&UNSUPPORTED_MEDIA_TYPE).saying(wanted))
    };
    let Ok(given) = only(headers, header::CONTENT_TYPE) else { return refuse() };
    let mut parts = given.split(';').map(str::trim);
    if !parts.next().is_some_and(|given| given.eq_ignore_ascii_case(media_type)) {
        return refuse();
    }
    let foreign = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.eq_ignore_ascii_case("charset") && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    let encoded = headers.contains_key(header::CONTENT_ENCODING)
        && !only(headers, header::CONTENT_ENCODING).is_ok_and(|encoding| encoding.eq_ignore_ascii_case("identity"));
    if encoded || parts.any(foreign) { refuse() } else { Ok(()) }
}

/// The value of a header that must be there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Result<&str, ()> {
    let mut values = headers.get_all(name);
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) => Ok(value.trim()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    fn accepting(accept: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        headers
    }

    #[test]
    fn browsers_get_pages_and_programs_get_json() {
        assert!(wants_html(&accepting("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
        assert!(!wants_html(&accepting("*/*")));
        assert!(!wants_html(&accepting("application/json, text/html;q=0")));
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn a_form_is_taken_from_the_own_pages_and_from_programs() {
        let is_own = |headers: &[(&'static str, &'static str)]| {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
            own_page(&request.to_http_request(), Some("https://khaosat.example.vn/")).is_ok()
        };
        assert!(is_own(&[]) && is_own(&[("host", "10.0.0.5:8080")]), "programs say nothing");
        assert!(is_own(&[("host", "10.0.0.5:8080"), ("origin", "http://10.0.0.5:8080")]));
        assert!(!is_own(&[("host", "10.0.0.5:8080"), ("origin", "http://10.0.0.5:9090")]), "another server there");
        assert!(is_own(&[("host", "inside:8080"), ("origin", "https://KhaoSat.example.vn")]), "behind a proxy");
        assert!(!is_own(&[("host", "inside:8080"), ("origin", "https://khaosat.example.vn.elsewhere.example")]));
        assert!(!is_own(&[("host", "localhost:8080"), ("origin", "null")]));
        assert!(is_own(&[("host", "a"), ("origin", "https://b"), ("sec-fetch-site", "same-origin")]));
        assert!(!is_own(&[("host", "a"), ("origin", "https://a"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn one_plain_content_type_is_taken() {
        let typed = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            headers
        };
        assert!(check_type(&typed("application/json"), "application/json").is_ok());
        assert!(check_type(&typed("Application/JSON; charset=UTF-8"), "application/json").is_ok());
        assert!(check_type(&typed("application/json; charset=latin1"), "application/json").is_err());
        assert!(check_type(&typed("application/json, text/plain"), "application/json").is_err());
        assert!(check_type(&HeaderMap::new(), "application/json").is_err());
        let mut zipped = typed("application/json");
        zipped.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(check_type(&zipped, "application/json").is_err());
    }
}
