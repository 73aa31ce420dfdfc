//! What a request shows to be let in: the key of a device, in its cookie or its header, or the key of a program.

use super::Site;
use super::problem::Problem;
use super::problem::catalogue::{DEVICE_UNKNOWN, KEY_NEEDED, UNAVAILABLE};
use super::responses::RETRY_AFTER_FAULT_S;
use crate::domain::access::{Key, Scope};
use crate::domain::ids::AreaCode;
use crate::service::devices::KnownDevice;
use actix_web::HttpRequest;
use actix_web::http::header;

/// The cookie that a device keeps its key in.
pub const DEVICE_COOKIE: &str = "sipas_device";

/// The most days a browser keeps a cookie.
const COOKIE_DAYS: u32 = 400;

/// The device that sends the request, if it shows a key.
///
/// # Errors
/// `device-unknown` when the key is of no device that may send: the answer is not taken as anybody's, because the device
/// would believe that its number had come.
pub async fn device(request: &HttpRequest, site: &Site) -> Result<Option<KnownDevice>, Problem> {
    let Some(text) = bearer(request).or_else(|| cookie_named(request, DEVICE_COOKIE)) else { return Ok(None) };
    let Some(key) = Key::parse(text) else { return Err(Problem::of(&DEVICE_UNKNOWN)) };
    let found = site.service.device(&key).await.map_err(|_| unavailable())?;
    found.map(Some).ok_or_else(|| Problem::of(&DEVICE_UNKNOWN))
}

/// Lets a request pass that shows a key of a scope in its header, good for an area if one is asked for.
///
/// # Errors
/// `key-needed` when it shows none that fits.
pub async fn require(request: &HttpRequest, site: &Site, scope: Scope, area: Option<&AreaCode>) -> Result<(), Problem> {
    let key = bearer(request).and_then(Key::parse).ok_or_else(|| Problem::of(&KEY_NEEDED))?;
    open(site, &key, scope, area).await
}

/// As [`require`], anywhere, and a browser may show the key in a cookie.
///
/// # Errors
/// `key-needed` when it shows none that fits.
pub async fn require_in(request: &HttpRequest, site: &Site, cookie: &str, scope: Scope) -> Result<(), Problem> {
    let shown = bearer(request).or_else(|| cookie_named(request, cookie));
    let key = shown.and_then(Key::parse).ok_or_else(|| Problem::of(&KEY_NEEDED))?;
    open(site, &key, scope, None).await
}

/// Whether a key opens a scope.
///
/// # Errors
/// `key-needed` when it does not.
pub async fn open(site: &Site, key: &Key, scope: Scope, area: Option<&AreaCode>) -> Result<(), Problem> {
    match site.service.opens(key, scope, area).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::of(&KEY_NEEDED)),
        Err(_) => Err(unavailable()),
    }
}

/// A cookie with a key, as a header's value. Only this server's own pages send it, and no script can read it.
#[must_use]
pub fn cookie(name: &str, key: &Key, is_https: bool) -> String {
    let (max_age_s, secure) = (COOKIE_DAYS * 24 * 60 * 60, if is_https { "; Secure" } else { "" });
    format!("{name}={}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}", key.reveal())
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

fn cookie_named<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn unavailable() -> Problem {
    Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
}
