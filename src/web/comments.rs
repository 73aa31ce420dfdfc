//! Comments, for the operator to read before anybody else sees them.

use super::openapi::{Access, Both, Gives, Group, Operation, PAGE, Parameter, Place, ROUND, Sent, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FOREIGN_PAGE, KEY_NEEDED, MALFORMED_FORM, UNAVAILABLE, UNKNOWN_COMMENT, UNKNOWN_ROUND,
};
use super::{Site, figures, form, guard, operator, pages};
use crate::domain::comment::{CommentRef, Sign, Standing, signs};
use crate::domain::ids::RoundCode;
use crate::service::Service;
use crate::service::comments::{self, SettleRefusal};
use actix_web::http::header;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use minijinja::{Value, context};
use schemars::{Schema, SchemaGenerator, json_schema};

/// Comments of a page.
const PER_PAGE: u32 = 50;
/// Before a comment's name in the name of its field.
const SETTLED: &str = "settled.";

/// What a standing is called on the page, in both languages.
fn called(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Waiting => ("Chờ đọc", "waiting"),
        Standing::Approved => ("Cho hiện", "shown"),
        Standing::Rejected => ("Không hiện", "not shown"),
    }
}

/// What may lead to a person, in both languages.
fn named(sign: Sign) -> Value {
    let (vi, en) = match sign {
        Sign::Phone => ("số điện thoại", "telephone number"),
        Sign::Email => ("địa chỉ thư điện tử", "mail address"),
        Sign::Number => ("số giấy tờ hoặc một dãy số dài", "number of a document, or another long one"),
    };
    context! { vi, en }
}

/// `?standing=` and `?after=`
const ASKED: [Parameter; 3] = [
    ROUND,
    Parameter {
        name: "standing",
        place: Place::Query,
        schema: || shapes::words(&Standing::ALL.map(Standing::code)),
        what: Both {
            vi: "Tình trạng; mặc định là chờ đọc", en: "The standing; those that are waiting by default"
        },
        example: None,
    },
    Parameter {
        name: "after",
        place: Place::Query,
        schema: shapes::text,
        what: Both {
            vi: "Chỉ những ý kiến đứng sau ý kiến này", en: "Only those that follow this comment"
        },
        example: None,
    },
];

/// `GET /operator/{round}/comments`
pub const LIST: Operation = Operation {
    id: "listComments",
    group: Group::Office,
    does: Both {
        vi: "Ý kiến của người dân, để đọc trước khi cho hiện",
        en: "Comments, to be read before they are shown",
    },
    access: Access::Operator,
    parameters: &ASKED,
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE }, operator::ENTERED],
    refuses: &[&FAULTY_QUERY, &KEY_NEEDED, &UNKNOWN_ROUND, &UNAVAILABLE],
};

/// `POST /operator/{round}/comments`
pub const SETTLE: Operation = Operation {
    id: "settleComments",
    group: Group::Office,
    does: Both { vi: "Cho hiện hoặc không cho hiện ý kiến", en: "Lets comments be shown, or not" },
    access: Access::Operator,
    parameters: &ASKED,
    takes: Takes::Form(Sent {
        schema: form_schema,
        example: r#"{"settled.00000000-0000-4000-8000-000000000000/comment":""}"#,
    }),
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Đã lưu; những ý kiến tiếp theo", en: "Stored; the next ones" },
        content: PAGE,
    }],
    refuses: &[
        &FAULTY_QUERY,
        &MALFORMED_FORM,
        &KEY_NEEDED,
        &FOREIGN_PAGE,
        &UNKNOWN_ROUND,
        &UNKNOWN_COMMENT,
        &UNAVAILABLE,
    ],
};

/// `GET /operator/{round}/comments[?standing=S&after=RESPONSE/ITEM]`: comments with what in them may lead to a person.
///
/// # Errors
/// `key-needed`, an unknown round, a query it does not have, or the database does not answer.
pub async fn list(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    if let Some(entered) = operator::enter(&request, &site).await? {
        return Ok(entered);
    }
    page(&site, Asked::read(&round, request.query_string())?, None).await
}

/// `POST /operator/{round}/comments`: settles what was chosen, all of it or nothing.
///
/// # Errors
/// As [`list()`]; a form that is not of this server's page, or names a comment that is not there.
pub async fn settle(
    request: HttpRequest,
    payload: Payload,
    site: Data<Site>,
    round: Path<String>,
) -> Result<HttpResponse, Problem> {
    operator::admit(&request, &site).await?;
    guard::own_page(&request, site.counter.public_url.as_deref())?;
    let asked = Asked::read(&round, request.query_string())?;
    let body = guard::body(&request, payload, "application/x-www-form-urlencoded", &site.limits).await?;
    let chosen = chosen(&body)?;
    let (round, n_settled) = (asked.round.clone(), chosen.len());
    let settled =
        figures::computed(&site, move |service| Ok(comments::settle(service.store(), &round, &chosen))).await?;
    match settled {
        Ok(()) => page(&site, asked, Some(n_settled)).await,
        Err(SettleRefusal::Analyse(refusal)) => Err(figures::refused(refusal)),
        Err(unknown @ SettleRefusal::Unknown(_)) => Err(Problem::of(&UNKNOWN_COMMENT).saying(unknown.to_string())),
    }
}

/// What is asked for.
struct Asked {
    round: RoundCode,
    standing: Standing,
    after: Option<CommentRef>,
}

impl Asked {
    fn read(round: &str, query: &str) -> Result<Self, Problem> {
        let faulty = || {
            let standings = Standing::listed();
            Problem::of(&FAULTY_QUERY).saying(format!("There are only standing= {standings} and after=RESPONSE/ITEM"))
        };
        let round = RoundCode::parse(round).map_err(|_| Problem::of(&UNKNOWN_ROUND))?;
        let mut asked = Self { round, standing: Standing::Waiting, after: None };
        for (key, value) in form::read(query.as_bytes()).map_err(|_| faulty())? {
            match key.as_str() {
                "standing" => asked.standing = Standing::parse(&value).ok_or_else(faulty)?,
                "after" => asked.after = Some(CommentRef::parse(&value).map_err(|_| faulty())?),
                _ => return Err(faulty()),
            }
        }
        Ok(asked)
    }
}

/// The comments that were chosen for a standing; a field that is left empty chooses none.
fn chosen(body: &[u8]) -> Result<Vec<(CommentRef, Standing)>, Problem> {
    let refuse = |detail: String| Problem::of(&MALFORMED_FORM).saying(detail);
    let mut chosen = Vec::new();
    for (name, value) in form::read(body).map_err(refuse)? {
        let unknown = || refuse("There is a field that the page does not have".to_owned());
        let comment = CommentRef::parse(name.strip_prefix(SETTLED).ok_or_else(unknown)?).map_err(refuse)?;
        let wrong = || refuse(format!("{comment}: a standing is one of {}", Standing::listed()));
        let standing = if value.is_empty() { None } else { Some(Standing::parse(&value).ok_or_else(wrong)?) };
        chosen.extend(standing.map(|standing| (comment, standing)));
    }
    Ok(chosen)
}

/// The fields of the page.
fn form_schema(_: &mut SchemaGenerator) -> Schema {
    let [waiting, approved, rejected] = Standing::ALL.map(Standing::code);
    let standings = shapes::words(&["", waiting, approved, rejected]);
    json_schema!({
        "type": "object",
        "additionalProperties": false,
        "patternProperties": {
            format!("^{}", SETTLED.replace('.', "\\.")): shapes::said(standings, "What becomes of the comment RESPONSE/ITEM; nothing if empty"),
        },
    })
}

async fn page(site: &Data<Site>, asked: Asked, n_settled: Option<usize>) -> Result<HttpResponse, Problem> {
    let Asked { round, standing, after } = asked;
    let code = round.clone();
    let read = move |service: &Service| comments::page(service.store(), &round, (standing, after.as_ref()), PER_PAGE);
    let found = figures::computed(site, read).await?;
    let tabs: Vec<Value> = Standing::ALL
        .into_iter()
        .map(|one| {
            let n = found.counts.get(&one).copied().unwrap_or_default();
            let (vi, en) = called(one);
            context! { code => one.code(), vi, en, n, is_here => one == standing }
        })
        .collect();
    let next = found.comments.last().filter(|_| found.has_more).map(|last| last.reference.to_string());
    let comments: Vec<Value> = found
        .comments
        .iter()
        .map(|one| {
            let signs: Vec<Value> = signs(&one.text).into_iter().map(named).collect();
            let field = format!("{SETTLED}{}", one.reference);
            context! { field, desk => one.desk.as_str(), name => one.desk_name.as_str(), signs, text => one.text.as_str() }
        })
        .collect();
    let (vi, en) = called(standing);
    let context = context! {
        lang => pages::VIETNAMESE, round => code.as_str(), standing => standing.code(), called => vi, called_en => en, tabs,
        comments, next, n_settled,
    };
    let mut response = HttpResponse::Ok();
    // Its form says where it was sent from, by which it is told apart from forms of other sites.
    response.insert_header((header::REFERRER_POLICY, "same-origin"));
    pages::html(response, site.pages.render("comments.html", context)?)
}
