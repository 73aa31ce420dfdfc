//! The script that keeps the survey open without a network. It is served at the root, because a browser lets it see only
//! what lies below its own address.

use super::Site;
use super::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

const SCRIPT: &str = "worker.js";

/// `GET /worker.js`: the script, after two lines that say which version of the page it keeps, and which files that is. A
/// browser compares it byte by byte with the one it has, so a change of any file brings the new version.
///
/// # Errors
/// A server fault, when the page has no such script.
pub async fn script(site: Data<Site>) -> Result<HttpResponse, Problem> {
    let pages = &site.pages;
    let script = pages.assets().get(SCRIPT).ok_or_else(|| Problem::server_fault("the page has no worker.js"))?;
    let files: Vec<String> =
        pages.assets().addresses().into_iter().filter(|(name, _)| name != SCRIPT).map(|(_, file)| file).collect();
    let list = serde_json::to_string(&files).unwrap_or_default();
    let mut whole = format!("const VERSION = \"{}\";\nconst FILES = {list};\n", pages.version()).into_bytes();
    whole.extend_from_slice(script.content());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("Service-Worker-Allowed", "/"))
        .body(whole))
}
