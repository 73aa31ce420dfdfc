//! The operator's pages: how each round stands. They show counts, never an answer.
//!
//! Whoever sits at the server itself is let in; anybody else shows a key of the scope `operator`, once in the address, and
//! a cookie remembers it.

use super::openapi::{Access, Both, Gives, Group, NOTHING, Operation, PAGE, Parameter, Place, ROUND, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::{FIGURES_NOT_AVAILABLE, KEY_NEEDED, UNAVAILABLE, UNKNOWN_ROUND};
use super::{Site, credentials, figures, form, pages, publications};
use crate::domain::access::{Key, Scope};
use crate::domain::ids::RoundCode;
use crate::domain::outbox::office_time;
use crate::domain::publication::Publication;
use crate::export::format::Format;
use crate::report::progress::ProgressDocument;
use crate::service::export::TableName;
use crate::service::{progress, publish, rounds};
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::net::IpAddr;

/// The cookie that a browser keeps the key in.
pub const OPERATOR_COOKIE: &str = "sipas_operator";

/// Headers that a proxy adds: a request that has one comes from somewhere else, whatever its peer.
const OF_PROXIES: [HeaderName; 4] = [header::FORWARDED, header::X_FORWARDED_FOR, header::X_FORWARDED_HOST, header::VIA];

/// What [`enter`] answers to a key.
pub(super) const ENTERED: Gives = Gives {
    status: 303,
    what: Both { vi: "Khóa đã vào cookie", en: "The key has moved into a cookie" },
    content: NOTHING,
};

/// `GET /operator`
pub const ROUNDS: Operation = Operation {
    id: "listRounds",
    group: Group::Office,
    does: Both { vi: "Mọi đợt khảo sát", en: "Every round" },
    access: Access::Operator,
    parameters: &[KEY],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE }, ENTERED],
    refuses: &[&KEY_NEEDED, &FIGURES_NOT_AVAILABLE, &UNAVAILABLE],
};

/// `?key=`
const KEY: Parameter = Parameter {
    name: "key",
    place: Place::Query,
    schema: shapes::key,
    what: Both { vi: "Khóa, chỉ lần đầu", en: "The key, the first time only" },
    example: None,
};

/// `GET /operator[?key=K]`: every round.
///
/// # Errors
/// `key-needed`, or the database does not answer.
pub async fn rounds(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    if let Some(entered) = enter(&request, &site).await? {
        return Ok(entered);
    }
    let all = figures::computed(&site, |service| Ok(rounds::all(service.store())?)).await?;
    let shown: Vec<Value> = all
        .iter()
        .map(|round| {
            let plan = round.plan();
            context! {
                code => plan.code.as_str(), area => plan.area.as_str(), year => plan.year.get(), state => round.state_code(),
            }
        })
        .collect();
    let page = site.pages.render("rounds.html", context! { lang => pages::VIETNAMESE, rounds => shown })?;
    pages::html(HttpResponse::Ok(), page)
}

/// `GET /operator/{round}`
pub const SHOW: Operation = Operation {
    id: "showRound",
    group: Group::Office,
    does: Both {
        vi: "Một đợt: phiếu theo điểm và ngày, còn thiếu, thiết bị, dấu hiệu bất thường",
        en: "A round: answers by desk and day, what is needed, devices and flags",
    },
    access: Access::Operator,
    parameters: &[ROUND, KEY],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE }, ENTERED],
    refuses: &[&KEY_NEEDED, &UNKNOWN_ROUND, &FIGURES_NOT_AVAILABLE, &UNAVAILABLE],
};

/// `GET /operator/{round}[?key=K]`: answers by desk and day, what is still needed, devices, receipts and flags.
///
/// # Errors
/// `key-needed`, an unknown round, or the database does not answer.
pub async fn show(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    if let Some(entered) = enter(&request, &site).await? {
        return Ok(entered);
    }
    let round = RoundCode::parse(&round).map_err(|_| Problem::of(&UNKNOWN_ROUND))?;
    let code = round.clone();
    let found = figures::computed(&site, move |service| {
        Ok((progress::progress(service, &round)?, rounds::find(service.store(), &round)?.plan().area.clone()))
    });
    let (progress, area) = found.await?;
    let published = publications::looked_up(&site, move |service| publish::list(service.store(), &code)).await?;
    let revisions: Vec<Value> = published.iter().rev().map(revision).collect();
    let tables: Vec<Value> = TableName::ALL.into_iter().map(files).collect();
    let document = Value::from(Serde(ProgressDocument::at(&progress, Utc::now())));
    let context = context! { lang => pages::VIETNAMESE, p => document, area => area.as_str(), tables, revisions };
    pages::html(HttpResponse::Ok(), site.pages.render("operator.html", context)?)
}

/// A publication, of which there are files, too.
fn revision(publication: &Publication) -> Value {
    let published = publication.published.with_timezone(&office_time()).format("%d/%m/%Y %H:%M").to_string();
    context! { revision => publication.revision, published }
}

/// The files of a table, each with what people call its format.
fn files(table: TableName) -> Value {
    let (vi, en) = match table {
        TableName::Responses => ("Phiếu trả lời", "answers"),
        TableName::Results => ("Kết quả của mọi đơn vị", "results of every unit"),
        TableName::Breakdown => ("Kết quả chia nhóm", "breakdowns"),
        TableName::Index => ("Chỉ số", "the index"),
    };
    let called = |format: Format| match format {
        Format::Csv => "CSV",
        Format::ExcelCsv => "CSV cho Excel",
        Format::Xlsx => "Excel",
        Format::JsonLines => "JSON Lines",
        Format::Parquet => "Parquet",
        Format::Sav => "SPSS",
        Format::Dta => "Stata",
        Format::RScript => "R",
        Format::Ddi => "DDI",
        Format::Codebook => "Bảng mã",
    };
    let fits = |format: &Format| table == TableName::Responses || !format.needs_answers();
    let file = |format: Format| context! { format => format.code(), called => called(format) };
    let files: Vec<Value> = Format::ALL.into_iter().filter(fits).map(file).collect();
    context! { code => table.code(), vi, en, files }
}

/// Lets the operator in, or says why not. A key in the address is taken out of it, so that it stands in no history or
/// screenshot, and kept in a cookie.
pub(super) async fn enter(request: &HttpRequest, site: &Site) -> Result<Option<HttpResponse>, Problem> {
    let query = form::read(request.query_string().as_bytes()).unwrap_or_default();
    if let Some((_, text)) = query.into_iter().find(|(name, _)| name == "key") {
        let key = Key::parse(&text).ok_or_else(|| Problem::of(&KEY_NEEDED))?;
        credentials::open(site, &key, Scope::Operator, None).await?;
        let entered = HttpResponse::SeeOther()
            .insert_header((header::LOCATION, request.path().to_owned()))
            .insert_header((header::SET_COOKIE, credentials::cookie(OPERATOR_COOKIE, &key, site.counter.is_https())))
            .finish();
        return Ok(Some(entered));
    }
    admit(request, site).await?;
    Ok(None)
}

/// Lets a request pass that the operator makes: at the server itself, or with a key in its header or cookie.
///
/// # Errors
/// `key-needed`.
pub(super) async fn admit(request: &HttpRequest, site: &Site) -> Result<(), Problem> {
    if site.counter.is_public() || !is_at_the_server(request) {
        credentials::require_in(request, site, OPERATOR_COOKIE, Scope::Operator).await?;
    }
    Ok(())
}

/// Whether the request was made on the server's own machine, under a name that only such a request has: a page of somebody
/// else, open in a browser there, asks under its own.
fn is_at_the_server(request: &HttpRequest) -> bool {
    let is_forwarded = OF_PROXIES.iter().any(|name| request.headers().contains_key(name));
    let host = request.connection_info().host().to_owned();
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(&*host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_own_name = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_forwarded && is_own_name && request.peer_addr().is_some_and(|peer| peer.ip().is_loopback())
}
