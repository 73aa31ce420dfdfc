//! What this door takes and gives, told in OpenAPI 3.1 and on a page. Nothing of it is written twice: every row of the
//! address table brings its [`Operation`], answers have the schemas of the very types that are serialised, and problems are
//! rows of their catalogue.

mod content;
mod document;
mod example;
mod operation;
mod parameter;
pub mod shapes;
mod viewer;

pub use content::{Content, Gives, NOTHING, PAGE, SchemaOf, Sent, Takes};
pub use operation::{Access, Both, Group, Operation};
pub use parameter::{DESK, FLAGGED, LANG, Parameter, Place, ROUND, UNIT};

use super::address::Address;
use super::problem::Problem;
use super::{Site, pages};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use serde_json::Value;
use std::sync::OnceLock;

/// The description, written once.
#[derive(Debug)]
pub struct Description {
    document: Value,
    json: Bytes,
    /// The page, drawn when somebody first asks for it.
    page: OnceLock<String>,
}

impl Description {
    /// Describes a table.
    #[must_use]
    pub fn of(table: &[Address]) -> Self {
        let document = document::document(table);
        let json = serde_json::to_vec(&document).unwrap_or_default().into();
        Self { document, json, page: OnceLock::new() }
    }

    /// The OpenAPI document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }
}

/// `GET /openapi.json`
pub const DOCUMENT: Operation = Operation {
    id: "openapi",
    group: Group::Programs,
    does: Both { vi: "Mô tả này, theo OpenAPI 3.1", en: "This description, as OpenAPI 3.1" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Bản mô tả", en: "The document" },
        content: &[Content::json::<Value>()],
    }],
    refuses: &[],
};

/// `GET /openapi.json`: the description for programs.
pub async fn document(site: Data<Site>) -> HttpResponse {
    let media_type = (header::CONTENT_TYPE, "application/json");
    HttpResponse::Ok().insert_header(media_type).body(site.description.json.clone())
}

/// `GET /api`
pub const VIEWER: Operation = Operation {
    id: "api",
    group: Group::Programs,
    does: Both { vi: "Mô tả này, cho người đọc", en: "This description, for people" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang mô tả", en: "The page" }, content: PAGE }],
    refuses: &[],
};

/// `GET /api`: the description for people, on one page that needs no script and nothing from anywhere else.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn viewer(site: Data<Site>) -> Result<HttpResponse, Problem> {
    let page = match site.description.page.get() {
        Some(page) => page.clone(),
        None => {
            let drawn = site.pages.render("api.html", viewer::context(&super::table(), site.description.document()))?;
            site.description.page.get_or_init(|| drawn).clone()
        }
    };
    pages::html(HttpResponse::Ok(), page)
}
