//! The files a page asks for beside itself: style sheet and scripts. Each is kept in memory under its name.
//!
//! Its address carries its digest, so what is under one address never changes and may be kept for a year.

use super::Site;
use super::openapi::{Access, Both, Content, Gives, Group, NOTHING, Operation, Parameter, Place, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::NOT_FOUND;
use actix_web::http::header::{self, CacheControl, CacheDirective, EntityTag, IfNoneMatch};
use actix_web::web::{Bytes, Data, Header, Path};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// The ends of names that are assets, and as what each is sent. Whatever else the page folder holds is a template.
const MEDIA_TYPES: [(&str, &str); 4] = [
    (".css", "text/css; charset=utf-8"),
    (".js", "text/javascript; charset=utf-8"),
    (".svg", "image/svg+xml"),
    (".webmanifest", "application/manifest+json"),
];

/// Every asset by its name.
#[derive(Default)]
pub struct Assets(BTreeMap<String, Asset>);

/// One file.
pub struct Asset {
    content: Bytes,
    digest: String,
    media_type: &'static str,
}

impl Assets {
    /// Keeps a file if its name is that of an asset, or hands it back.
    ///
    /// # Errors
    /// The content, when the name is of another kind.
    pub fn keep(&mut self, name: &str, content: String) -> Result<(), String> {
        let Some((_, media_type)) = MEDIA_TYPES.iter().find(|(end, _)| name.ends_with(end)) else {
            return Err(content);
        };
        let digest = Sha256::digest(&content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        self.0.insert(name.to_owned(), Asset { content: Bytes::from(content), digest, media_type });
        Ok(())
    }

    /// The asset with a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Asset> {
        self.0.get(name)
    }

    /// The address of each asset by its name: what a template asks for as `assets["style.css"]`.
    #[must_use]
    pub fn addresses(&self) -> BTreeMap<String, String> {
        let address = |(name, asset): (&String, &Asset)| (name.clone(), format!("/page/{name}?v={}", asset.digest));
        self.0.iter().map(address).collect()
    }
}

impl Asset {
    /// What is in it.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The file as it is sent: kept under the address with its digest, asked for again under any other.
    #[must_use]
    pub fn respond(&self, query: &str, known: Option<IfNoneMatch>) -> HttpResponse {
        let tag = EntityTag::new_strong(self.digest.clone());
        let keep = if query == format!("v={}", self.digest) {
            let immutable = CacheDirective::Extension("immutable".to_owned(), None);
            vec![CacheDirective::Public, CacheDirective::MaxAge(KEPT_S), immutable]
        } else {
            vec![CacheDirective::NoCache]
        };
        let unchanged = is_known(&tag, known);
        let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header(CacheControl(keep)).insert_header((header::ETAG, tag));
        if unchanged {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.media_type)).body(self.content.clone())
    }
}

/// `GET /page/{file}`
pub const FILE: Operation = Operation {
    id: "getFile",
    group: Group::Citizens,
    does: Both { vi: "Một tệp của các trang", en: "A style sheet, script or picture of the pages" },
    access: Access::Anyone,
    parameters: &[NAME],
    takes: Takes::Nothing,
    gives: &[
        Gives {
            status: 200,
            what: Both {
                vi: "Tệp; dưới địa chỉ có mã băm thì không đổi",
                en: "The file; under the address with its digest it never changes",
            },
            content: &FORMS,
        },
        Gives { status: 304, what: Both { vi: "Không đổi", en: "It has not changed" }, content: NOTHING },
    ],
    refuses: &[&NOT_FOUND],
};

/// As what files are sent.
const FORMS: [Content; 4] = [
    Content::text("text/css"),
    Content::text("text/javascript"),
    Content::text("image/svg+xml"),
    Content::text("application/manifest+json"),
];

/// `{file}`
const NAME: Parameter = Parameter {
    name: "file",
    place: Place::Path,
    schema: shapes::text,
    what: Both { vi: "Tên tệp", en: "The file's name" },
    example: Some("style.css"),
};

/// Whether the client has what a tag stands for.
#[must_use]
pub fn is_known(tag: &EntityTag, known: Option<IfNoneMatch>) -> bool {
    match known {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        None => false,
    }
}

/// `GET /page/{file}`: one of the page's files.
///
/// # Errors
/// `not-found`, when the page has no such file.
pub async fn file(
    request: HttpRequest,
    site: Data<Site>,
    name: Path<String>,
    known: Option<Header<IfNoneMatch>>,
) -> Result<HttpResponse, Problem> {
    let asset = site.pages.assets().get(&name).ok_or_else(|| Problem::of(&NOT_FOUND))?;
    Ok(asset.respond(request.query_string(), known.map(Header::into_inner)))
}
