//! Letters as they would be sent, for the operator to look at.

use super::Site;
use super::openapi::{Access, Both, Content, Gives, Group, Operation, Parameter, Place, ROUND, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FIGURES_NOT_AVAILABLE, KEY_NEEDED, NOT_FOUND, UNAVAILABLE, UNKNOWN_PUBLICATION, UNKNOWN_ROUND,
    UNKNOWN_UNIT,
};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{figures, form, operator, pages, publications};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::letter::Letter;
use crate::domain::outbox::Edition;
use crate::domain::tongue::Tongue;
use crate::report::letter::Letterhead;
use crate::service::letters::{self, LetterKey, LetterRefusal};
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// A letter brings its own styles, as mail programs want them, and nothing that runs.
const OF_A_LETTER: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";
/// What stands for the office in a letter that is only looked at.
const CONTACT: &str = "[…]";

/// `GET /operator/{round}/mail/{unit}`
pub const SHOW: Operation = Operation {
    id: "showLetter",
    group: Group::Office,
    does: Both {
        vi: "Xem trước thư gửi lãnh đạo một đơn vị",
        en: "The letter to a unit's chair, as it would be sent, or a picture in it",
    },
    access: Access::Operator,
    parameters: &[
        ROUND,
        Parameter {
            name: "unit",
            place: Place::Path,
            schema: shapes::code,
            what: Both { vi: "Mã đơn vị", en: "The unit's code" },
            example: Some("MH01"),
        },
        Parameter {
            name: "language",
            place: Place::Query,
            schema: || shapes::words(&["vi", "en"]),
            what: Both { vi: "Ngôn ngữ", en: "The language" },
            example: None,
        },
        Parameter {
            name: "edition",
            place: Place::Query,
            schema: shapes::text,
            what: Both { vi: "Kỳ gửi, chẳng hạn r1", en: "The edition, such as r1" },
            example: None,
        },
        Parameter {
            name: "part",
            place: Place::Query,
            schema: shapes::text,
            what: Both { vi: "Tên hình trong thư", en: "The name of a picture in it" },
            example: None,
        },
    ],
    takes: Takes::Nothing,
    gives: &[
        Gives {
            status: 200,
            what: Both { vi: "Thư hoặc hình", en: "The letter or the picture" },
            content: &[Content::PAGE, Content::file("image/png")],
        },
        operator::ENTERED,
    ],
    refuses: &[
        &FAULTY_QUERY,
        &KEY_NEEDED,
        &NOT_FOUND,
        &UNKNOWN_ROUND,
        &UNKNOWN_UNIT,
        &UNKNOWN_PUBLICATION,
        &FIGURES_NOT_AVAILABLE,
        &UNAVAILABLE,
    ],
};

/// `GET /operator/{round}/mail/{unit}[?language=en&edition=r2&part=NAME]`: a letter as HTML, or a picture in it.
///
/// # Errors
/// `key-needed`, an unknown round or unit, a query it does not have, or figures that cannot be shown.
pub async fn show(
    request: HttpRequest,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    if let Some(entered) = operator::enter(&request, &site).await? {
        return Ok(entered);
    }
    let round = RoundCode::parse(&path.0).map_err(|_| Problem::of(&UNKNOWN_ROUND))?;
    let unit = AreaCode::parse(&path.1).map_err(|_| Problem::of(&UNKNOWN_UNIT))?;
    let asked = Asked::read(request.query_string())?;
    let key = LetterKey { round, edition: asked.edition, unit, language: asked.language, with_pdf: false };
    let public_url = site.counter.public_url.clone();
    let letterhead = Letterhead { public_url, contact: CONTACT.to_owned() };
    let found = figures::computed(&site, move |service| {
        Ok(letters::preview(service.catalogue(), service.store(), &letterhead, &key))
    });
    let letter = found.await?.map_err(refused)?;
    match asked.part {
        Some(name) => part(letter, &name),
        None => Ok(html(request.path(), &asked, &letter)?),
    }
}

fn html(path: &str, asked: &Asked, letter: &Letter) -> Result<HttpResponse, Problem> {
    let parts = format!("{path}?language={}&amp;edition={}&amp;part=", asked.language, asked.edition);
    let page = letter.html.replace("cid:", &parts);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, OF_A_LETTER));
    pages::html(response, page)
}

fn part(letter: Letter, name: &str) -> Result<HttpResponse, Problem> {
    let part = letter.parts.into_iter().find(|part| part.name == name).ok_or_else(|| Problem::of(&NOT_FOUND))?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, part.media)).body(part.content))
}

/// What the query asks for.
struct Asked {
    language: Tongue,
    edition: Edition,
    part: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let faulty = || Problem::of(&FAULTY_QUERY).saying("There are only language=vi|en, edition=r1 and part=NAME");
        let mut asked = Self { language: Tongue::Vietnamese, edition: Edition::Revision(1), part: None };
        for (key, value) in form::read(query.as_bytes()).map_err(|_| faulty())? {
            match key.as_str() {
                "language" => asked.language = Tongue::parse(&value).ok_or_else(faulty)?,
                "edition" => asked.edition = Edition::parse(&value).ok_or_else(faulty)?,
                "part" => asked.part = Some(value),
                _ => return Err(faulty()),
            }
        }
        Ok(asked)
    }
}

fn refused(refusal: LetterRefusal) -> Problem {
    match refusal {
        LetterRefusal::NoFigures(_) => Problem::of(&UNKNOWN_UNIT),
        LetterRefusal::Refused(refusal) => figures::refused(refusal),
        LetterRefusal::Unread(refusal) => publications::refused(refusal),
        // A preview goes to nobody, so it waits for nothing.
        LetterRefusal::FewSince { .. } => Problem::of(&FIGURES_NOT_AVAILABLE).saying(refusal.to_string()),
        LetterRefusal::Template(_) | LetterRefusal::Report(_) | LetterRefusal::Pdf(_) => Problem::server_fault(refusal),
        LetterRefusal::Store(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a letter could not be read");
            Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
        }
    }
}
