//! The catalogue, shown: the list of all problems, one problem explained, and the page a person sees who meets one.

use super::Problem;
use super::catalogue::{ALL, Kind, NOT_FOUND};
use crate::web::openapi::{Access, Both, Content, Gives, Group, Operation, Parameter, Place, Takes, shapes};
use crate::web::pages::{self, Chrome, ENGLISH, VIETNAMESE};
use crate::web::{Site, guard, wire};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use minijinja::{Value, context};

/// Whatever is not in the address table.
///
/// # Errors
/// Always: there is nothing here.
pub async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::of(&NOT_FOUND))
}

/// `GET /problems`
pub const LIST: Operation = Operation {
    id: "listProblems",
    group: Group::Programs,
    does: Both { vi: "Mọi lỗi mà máy chủ có thể báo", en: "Every problem that this server reports" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Danh mục", en: "The catalogue" },
        content: &[Content::json::<wire::KindsBody>(), Content::PAGE],
    }],
    refuses: &[],
};

/// `GET /problems`: the whole catalogue.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn list(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    show(&request, &site, ALL)
}

/// `GET /problems/{slug}`
pub const EXPLAIN: Operation = Operation {
    id: "explainProblem",
    group: Group::Programs,
    does: Both { vi: "Giải thích một lỗi", en: "One problem explained" },
    access: Access::Anyone,
    parameters: &[SLUG],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Lời giải thích", en: "The explanation" },
        content: &[Content::json::<wire::KindsBody>(), Content::PAGE],
    }],
    refuses: &[&NOT_FOUND],
};

/// `{slug}`
const SLUG: Parameter = Parameter {
    name: "slug",
    place: Place::Path,
    schema: shapes::text,
    what: Both { vi: "Tên lỗi", en: "The problem's name" },
    example: Some("not-found"),
};

/// `GET /problems/{slug}`: one problem explained.
///
/// # Errors
/// When there is no such problem, or the page cannot be rendered.
pub async fn explain(request: HttpRequest, site: Data<Site>, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let known = ALL.iter().position(|kind| kind.slug == slug.as_str());
    let kind = known.and_then(|index| ALL.get(index..=index)).ok_or_else(|| Problem::of(&NOT_FOUND))?;
    show(&request, &site, kind)
}

fn show(request: &HttpRequest, site: &Site, kinds: &[&'static Kind]) -> Result<HttpResponse, Problem> {
    if !guard::wants_html(request.headers()) {
        let problems = kinds.iter().map(|kind| wire::KindBody::of(kind)).collect();
        return Ok(HttpResponse::Ok().json(wire::KindsBody { problems }));
    }
    let rows: Vec<Value> = kinds
        .iter()
        .map(|kind| context! { slug => kind.slug, status => kind.status, title => kind.title, help => kind.help })
        .collect();
    pages::html(HttpResponse::Ok(), site.pages.render("problems.html", context! { lang => "en", problems => rows })?)
}

/// What a person sees who meets a problem: kind words, Vietnamese first.
pub(super) fn notice(site: &Site, kind: &Kind, request_id: Option<&str>) -> Result<String, Problem> {
    let sections: Vec<Value> = [VIETNAMESE, ENGLISH]
        .into_iter()
        .filter_map(|tag| Chrome::in_language(&site.service, tag))
        .map(|chrome| {
            let word = |part: &str| chrome.word(&format!("{}_{part}", kind.words));
            context! { lang => chrome.tag(), title => word("title"), text => word("text") }
        })
        .collect();
    let context =
        context! { lang => VIETNAMESE, sections, slug => kind.slug, status => kind.status, request_id => request_id };
    site.pages.render("problem.html", context)
}
