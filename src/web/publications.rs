//! The doors to what was made public of a round: the list, each file, and the figures of a published round, which are these files.
//!
//! A file never changes under its revision, so it may be kept for a year there. It lies packed, and goes out as it lies to
//! whoever takes gzip.

use super::openapi::{Access, Both, Content, Gives, Group, NOTHING, Operation, Parameter, Place, ROUND, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FIGURES_NOT_AVAILABLE, NOT_FOUND, UNAVAILABLE, UNKNOWN_PUBLICATION, UNKNOWN_ROUND,
};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{Site, assets};
use crate::domain::ids::RoundCode;
use crate::domain::publication::{AsOf, PackedFile, Publication};
use crate::domain::round::RoundPlan;
use crate::report::publications::PublicationsDocument;
use crate::service::Service;
use crate::service::publish::{self, PublishRefusal};
use crate::service::rounds::RoundRefusal;
use actix_web::http::header::{self, CacheControl, CacheDirective, EntityTag, IfNoneMatch};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};

const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// `GET /v1/rounds/{round}/publications`
pub const LIST: Operation = Operation {
    id: "listPublications",
    group: Group::Programs,
    does: Both {
        vi: "Các lần công bố của đợt", en: "Every revision that was made public, with its digests and files"
    },
    access: Access::Anyone,
    parameters: &[ROUND],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Danh sách", en: "The list" },
        content: &[Content::json::<PublicationsDocument>()],
    }],
    refuses: &[&UNKNOWN_ROUND, &FIGURES_NOT_AVAILABLE, &UNAVAILABLE],
};

/// `GET /v1/rounds/{round}/publications`: every revision with its digests and files.
///
/// # Errors
/// An unknown round.
pub async fn list(site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let round = code(&round)?;
    let name = round.to_string();
    let all = looked_up(&site, move |service| publish::list_with_files(service.store(), &round)).await?;
    let keep = CacheControl(vec![CacheDirective::NoCache]);
    Ok(HttpResponse::Ok().insert_header(keep).json(PublicationsDocument::new(&name, &all)))
}

/// `GET /v1/rounds/{round}/publications/{revision}/{file}`
pub const FILE: Operation = Operation {
    id: "getPublished",
    group: Group::Programs,
    does: Both { vi: "Một tệp đã công bố, đúng từng byte", en: "A file that was published, to the byte" },
    access: Access::Anyone,
    parameters: &[
        Parameter { example: Some("demo-2024"), ..ROUND },
        Parameter {
            name: "revision",
            place: Place::Path,
            schema: shapes::text,
            what: Both { vi: "Số thứ tự lần công bố, từ 1", en: "The revision, from 1" },
            example: Some("1"),
        },
        Parameter {
            name: "file",
            place: Place::Path,
            schema: shapes::text,
            what: Both { vi: "Đường dẫn trong danh sách tệp", en: "A path of the list of files" },
            example: Some("index.json"),
        },
    ],
    takes: Takes::Nothing,
    gives: &[
        Gives { status: 200, what: Both { vi: "Tệp", en: "The file" }, content: &FILES },
        Gives { status: 304, what: Both { vi: "Không đổi", en: "It has not changed" }, content: NOTHING },
    ],
    refuses: &[&NOT_FOUND, &UNKNOWN_ROUND, &UNKNOWN_PUBLICATION, &FIGURES_NOT_AVAILABLE, &UNAVAILABLE],
};

/// As what files of a publication are sent.
pub(super) const FILES: [Content; 5] = [
    Content::PAGE,
    Content::file("application/json"),
    Content::file("application/pdf"),
    Content::text("text/csv"),
    Content::text("text/plain"),
];

/// `GET /v1/rounds/{round}/publications/{revision}/{file}`: one file, to the byte.
///
/// # Errors
/// An unknown round, revision or file.
pub async fn file(
    request: HttpRequest,
    site: Data<Site>,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (round, revision, file) = path.into_inner();
    let revision = revision.parse().map_err(|_| Problem::of(&UNKNOWN_PUBLICATION))?;
    let as_of = Some(AsOf::Revision(revision));
    let found = found(&site, code(&round)?, as_of, move |_| Some(file)).await?;
    let (_, file) = found.ok_or_else(|| Problem::of(&UNKNOWN_PUBLICATION))?;
    let immutable = CacheDirective::Extension("immutable".to_owned(), None);
    respond(&request, file, vec![CacheDirective::Public, CacheDirective::MaxAge(KEPT_S), immutable])
}

/// The frozen file that answers for a round, if its figures are frozen or an earlier publication is asked for; see
/// [`publish::answering`]. `missing` is the problem where no such figure was kept.
///
/// # Errors
/// An unknown round, publication or file.
pub(super) async fn frozen(
    request: &HttpRequest,
    site: &Data<Site>,
    (round, as_of): (RoundCode, Option<AsOf>),
    (path, missing): (impl FnOnce(&RoundPlan) -> Option<String> + Send + 'static, Problem),
) -> Result<Option<HttpResponse>, Problem> {
    let found = found(site, round, as_of, path).await;
    let found = found.map_err(|problem| if *problem.kind() == NOT_FOUND { missing } else { problem })?;
    let answer = |(publication, file): (Publication, PackedFile)| {
        let Publication { round, revision, .. } = publication;
        let place = format!("/v1/rounds/{round}/publications/{revision}/{}", file.file.path);
        let mut response = respond(request, file, vec![CacheDirective::NoCache])?;
        if let Ok(place) = header::HeaderValue::from_str(&place) {
            response.headers_mut().insert(header::CONTENT_LOCATION, place);
        }
        Ok(response)
    };
    found.map(answer).transpose()
}

/// Reads what `as-of` names.
///
/// # Errors
/// A text that names no publication.
pub(super) fn as_of(text: &str) -> Result<AsOf, Problem> {
    AsOf::parse(text).map_err(|fault| Problem::of(&FAULTY_QUERY).saying(format!("as-of: {fault}")))
}

async fn found(
    site: &Data<Site>,
    round: RoundCode,
    as_of: Option<AsOf>,
    path: impl FnOnce(&RoundPlan) -> Option<String> + Send + 'static,
) -> Result<Option<(Publication, PackedFile)>, Problem> {
    looked_up(site, move |service| publish::answering(service.store(), &round, as_of, path)).await
}

/// A file as it is sent.
pub(super) fn respond(
    request: &HttpRequest,
    file: PackedFile,
    keep: Vec<CacheDirective>,
) -> Result<HttpResponse, Problem> {
    let takes_gzip = takes_gzip(request);
    let packing = if takes_gzip { "-gz" } else { "" };
    let tag = EntityTag::new_strong(format!("{}{packing}", file.file.digest));
    let is_known = assets::is_known(&tag, request.get_header::<IfNoneMatch>());
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(CacheControl(keep)).insert_header((header::ETAG, tag));
    response.insert_header((header::VARY, header::ACCEPT_ENCODING.as_str()));
    if is_known {
        return Ok(response.finish());
    }
    response.insert_header((header::CONTENT_TYPE, file.file.media.clone()));
    if takes_gzip {
        return Ok(response.insert_header((header::CONTENT_ENCODING, "gzip")).body(file.packed));
    }
    Ok(response.body(publish::unpacked(&file).map_err(refused)?))
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let is_gzip = |part: &str| {
        let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
        coding.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    };
    accepted.is_some_and(|accepted| accepted.split(',').any(is_gzip))
}

pub(super) async fn looked_up<T: Send + 'static>(
    site: &Data<Site>,
    look_up: impl FnOnce(&Service) -> Result<T, PublishRefusal> + Send + 'static,
) -> Result<T, Problem> {
    let service = site.service.clone();
    web::block(move || look_up(&service)).await.map_err(Problem::server_fault)?.map_err(refused)
}

fn code(round: &str) -> Result<RoundCode, Problem> {
    RoundCode::parse(round).map_err(|_| Problem::of(&UNKNOWN_ROUND))
}

/// A refusal as a problem.
pub(super) fn refused(refusal: PublishRefusal) -> Problem {
    match refusal {
        PublishRefusal::Round(RoundRefusal::Unknown(_)) => Problem::of(&UNKNOWN_ROUND),
        PublishRefusal::NoSuchPublication(_) => Problem::of(&UNKNOWN_PUBLICATION),
        PublishRefusal::NotFrozen { .. } => Problem::of(&NOT_FOUND),
        PublishRefusal::NotTogether => Problem::of(&FAULTY_QUERY).saying(refusal.to_string()),
        PublishRefusal::Store(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a publication could not be read");
            Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
        }
        other => {
            tracing::error!(error = &other as &dyn std::error::Error, "a publication could not be shown");
            Problem::of(&FIGURES_NOT_AVAILABLE)
        }
    }
}
