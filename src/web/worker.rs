//! The script that keeps the survey open without a network. It is served at the root, because a browser lets it see only
//! what lies below its own address.

use super::Site;
use super::openapi::{Access, Both, Content, Gives, Group, Operation, Takes};
use super::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

const FILE: &str = "worker.js";

/// `GET /worker.js`
pub const SCRIPT: Operation = Operation {
    id: "getWorker",
    group: Group::Citizens,
    does: Both {
        vi: "Chương trình giữ phiếu chạy khi mất mạng",
        en: "The script that keeps the survey open without a network",
    },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Chương trình", en: "The script" },
        content: &[Content::text("text/javascript")],
    }],
    refuses: &[],
};

/// `GET /worker.js`: the script, after two lines that say which version of the page it keeps, and which files that is. A
/// browser compares it byte by byte with the one it has, so a change of any file brings the new version.
///
/// # Errors
/// A server fault, when the page has no such script.
pub async fn script(site: Data<Site>) -> Result<HttpResponse, Problem> {
    let pages = &site.pages;
    let script = pages.assets().get(FILE).ok_or_else(|| Problem::server_fault("the page has no worker.js"))?;
    let files: Vec<String> =
        pages.assets().addresses().into_iter().filter(|(name, _)| name != FILE).map(|(_, file)| file).collect();
    let list = serde_json::to_string(&files).unwrap_or_default();
    let mut whole = format!("const VERSION = \"{}\";\nconst FILES = {list};\n", pages.version()).into_bytes();
    whole.extend_from_slice(script.content());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("Service-Worker-Allowed", "/"))
        .body(whole))
}
