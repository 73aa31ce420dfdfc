//! The doors to figures: a round's index table and its results, as JSON.

use super::openapi::{
    Access, Both, Content, FLAGGED, Gives, Group, NOTHING, Operation, Parameter, Place, ROUND, Takes, UNIT, shapes,
};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FIGURES_NOT_AVAILABLE, KEY_NEEDED, Kind, NOT_FOUND, UNAVAILABLE, UNKNOWN_PUBLICATION, UNKNOWN_ROUND,
    UNKNOWN_UNIT,
};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{Site, operator, publications};
use crate::domain::admission::Admission;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::publication::AsOf;
use crate::domain::quality::Answers;
use crate::domain::round::RoundPlan;
use crate::report::breakdown::BreakdownDocument;
use crate::report::index::json::IndexDocument;
use crate::report::results::ResultsDocument;
use crate::service::Service;
use crate::service::breakdown::{self, BreakdownRefusal, Wanted};
use crate::service::exercise::AnalyseRefusal;
use crate::service::publish::paths::{self, Form};
use crate::service::rounds::RoundRefusal;
use crate::service::{analyse, results};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// `GET /v1/rounds/{round}/index`
pub const INDEX: Operation = Operation {
    id: "getIndex",
    group: Group::Programs,
    does: Both {
        vi: "Bảng chỉ số của cả kỳ đánh giá, hoặc một đơn vị",
        en: "The index table of the round's exercise, or one unit of it",
    },
    access: Access::Published,
    parameters: &[ROUND, UNIT, FLAGGED, AS_OF],
    takes: Takes::Nothing,
    gives: &[
        Gives {
            status: 200,
            what: Both { vi: "Bảng chỉ số", en: "The table" },
            content: &[Content::json::<IndexDocument>()],
        },
        UNCHANGED,
    ],
    refuses: &REFUSED,
};

/// `GET /v1/rounds/{round}/index[?unit=U&flagged=without&as-of=1]`: the index table of the round's exercise, or one unit of it. Of a
/// published round it is the table that was published.
///
/// # Errors
/// An unknown round or unit, a query it does not have, or figures that cannot be computed.
pub async fn index(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let (round, Asked { unit, answers, admission, as_of }) = (code(&round)?, Asked::by(&request)?);
    if admission.is_some() {
        return Err(Problem::of(&FAULTY_QUERY).saying("The index is that of everybody; results have an admission"));
    }
    let of_unit = unit.clone();
    let path = move |_: &_| Some(paths::index(of_unit.as_ref(), answers, Form::Json));
    let asked = (round.clone(), as_of);
    if let Some(frozen) = frozen(&request, &site, asked, (path, Problem::of(&UNKNOWN_UNIT))).await? {
        return Ok(frozen);
    }
    let table =
        computed(&site, move |service| analyse::index_table(service.catalogue(), service.store(), &round, answers));
    let table = table.await?;
    let shown = match unit {
        Some(unit) => table.only(&unit).ok_or_else(|| Problem::of(&UNKNOWN_UNIT))?,
        None => table,
    };
    Ok(HttpResponse::Ok().json(IndexDocument::from(&shown)))
}

/// `GET /v1/rounds/{round}/results`
pub const RESULTS: Operation = Operation {
    id: "getResults",
    group: Group::Programs,
    does: Both {
        vi: "Kết quả theo nội dung, cả địa bàn hoặc một đơn vị",
        en: "Every item, element and the overall figure, for the round's area or one within it",
    },
    access: Access::Published,
    parameters: &[ROUND, UNIT, FLAGGED, ADMISSION, AS_OF],
    takes: Takes::Nothing,
    gives: &[
        Gives {
            status: 200,
            what: Both { vi: "Kết quả", en: "The results" },
            content: &[Content::json::<ResultsDocument>()],
        },
        UNCHANGED,
    ],
    refuses: &REFUSED,
};

/// `GET /v1/rounds/{round}/results[?unit=U&flagged=without&admission=receipt]`: every item, element and the overall figure, for the round's area or one
/// area within it.
///
/// # Errors
/// As [`index`].
pub async fn results(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let (round, Asked { unit, answers, admission, as_of }) = (code(&round)?, Asked::by(&request)?);
    let of_unit = unit.clone();
    let path = move |plan: &RoundPlan| {
        Some(paths::results((of_unit.as_ref().unwrap_or(&plan.area), answers, admission), Form::Json))
    };
    let missing = match admission {
        None => Problem::of(&UNKNOWN_UNIT),
        Some(_) => Problem::of(&FAULTY_QUERY).saying("No figures of this unit by admission were published"),
    };
    if let Some(frozen) = frozen(&request, &site, (round.clone(), as_of), (path, missing)).await? {
        return Ok(frozen);
    }
    let found = computed(&site, move |service| {
        results::results(service.catalogue(), service.store(), &round, (unit.as_ref(), answers), admission)
    });
    Ok(HttpResponse::Ok().json(ResultsDocument::from(&found.await?)))
}

/// `GET /v1/rounds/{round}/breakdown`
pub const BREAKDOWN: Operation = Operation {
    id: "getBreakdown",
    group: Group::Programs,
    does: Both {
        vi: "Kết quả chia nhóm, ô nhỏ được giữ kín", en: "Declared breakdowns, with small cells hidden"
    },
    access: Access::Published,
    parameters: &[ROUND, BY, ITEM, ELEMENT, FLAGGED, AS_OF],
    takes: Takes::Nothing,
    gives: &[
        Gives {
            status: 200,
            what: Both { vi: "Kết quả chia nhóm", en: "The breakdowns" },
            content: &[Content::json::<BreakdownDocument>()],
        },
        UNCHANGED,
    ],
    refuses: &REFUSED,
};

/// Why there are none.
const REFUSED: [&Kind; 8] = [
    &FAULTY_QUERY,
    &KEY_NEEDED,
    &NOT_FOUND,
    &UNKNOWN_ROUND,
    &UNKNOWN_UNIT,
    &UNKNOWN_PUBLICATION,
    &FIGURES_NOT_AVAILABLE,
    &UNAVAILABLE,
];

/// A published round's figures are files, which a client may have already.
const UNCHANGED: Gives = Gives {
    status: 304,
    what: Both { vi: "Không đổi, nếu đã công bố", en: "It has not changed; of what is published" },
    content: NOTHING,
};

/// `?as-of=`
pub(super) const AS_OF: Parameter = Parameter {
    name: "as-of",
    place: Place::Query,
    schema: shapes::text,
    what: Both {
        vi: "Lần công bố: số thứ tự, ngày hoặc thời điểm",
        en: "A publication: its revision, or a day or instant at which it was public",
    },
    example: None,
};

/// `?admission=`
pub(super) const ADMISSION: Parameter = Parameter {
    name: "admission",
    place: Place::Query,
    schema: || shapes::words(&Admission::ALL.map(Admission::code)),
    what: Both {
        vi: "Chỉ phiếu có mã biên nhận, hoặc chỉ phiếu không có mã, nếu đợt có dùng mã",
        en: "Only people with a receipt code, or only those without, in a round that used codes",
    },
    example: None,
};

/// `?by=`
pub(super) const BY: Parameter = Parameter {
    name: "by",
    place: Place::Query,
    schema: || shapes::several(&shapes::text()),
    what: Both {
        vi: "Cách chia đã khai báo, chẳng hạn sex hay sex*age",
        en: "A declared breakdown, such as sex or sex*age",
    },
    example: Some("sex"),
};

/// `?item=`
pub(super) const ITEM: Parameter = Parameter {
    name: "item",
    place: Place::Query,
    schema: || shapes::several(&shapes::code()),
    what: Both { vi: "Mã câu hỏi", en: "An item" },
    example: Some("TC1"),
};

/// `?element=`
pub(super) const ELEMENT: Parameter = Parameter {
    name: "element",
    place: Place::Query,
    schema: || shapes::several(&shapes::code()),
    what: Both { vi: "Mã nhóm nội dung", en: "An element" },
    example: None,
};

/// `GET /v1/rounds/{round}/breakdown[?by=sex*age&item=Q01&element=E1&flagged=without]`: declared breakdowns with small cells hidden.
///
/// # Errors
/// As [`index`]; a breakdown that is not declared, an item or element without a figure.
pub async fn breakdown(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let (round, (wanted, as_of)) = (code(&round)?, wanted(&request)?);
    let path = {
        let wanted = wanted.clone();
        move |_: &_| paths::breakdown(&wanted, Form::Json)
    };
    let asked = (round.clone(), as_of);
    if let Some(frozen) = frozen(&request, &site, asked, (path, Problem::of(&FAULTY_QUERY))).await? {
        return Ok(frozen);
    }
    let found = computed(&site, move |service| {
        match breakdown::breakdowns(service.catalogue(), service.store(), &round, &wanted) {
            Ok(found) => Ok(Ok(found)),
            Err(BreakdownRefusal::Analyse(refusal)) => Err(refusal),
            Err(other) => Ok(Err(Problem::of(&FAULTY_QUERY).saying(other.to_string()))),
        }
    });
    Ok(HttpResponse::Ok().json(BreakdownDocument::from(&found.await??)))
}

/// The published file that answers. None where the round is not published: its figures are the operator's to compute, and
/// nobody else may.
///
/// # Errors
/// As [`publications::frozen`]; `key-needed` of what is not published.
async fn frozen(
    request: &HttpRequest,
    site: &Data<Site>,
    asked: (RoundCode, Option<AsOf>),
    file: (impl FnOnce(&RoundPlan) -> Option<String> + Send + 'static, Problem),
) -> Result<Option<HttpResponse>, Problem> {
    let found = publications::frozen(request, site, asked, file).await?;
    if found.is_none() {
        operator::admit(request, site).await?;
    }
    Ok(found)
}

/// What the query of a breakdown asks for.
fn wanted(request: &HttpRequest) -> Result<(Wanted, Option<AsOf>), Problem> {
    let faulty = || {
        Problem::of(&FAULTY_QUERY)
            .saying("There are only by=NAME*NAME, item=ID, element=ID, flagged=without and as-of=REVISION")
    };
    let pairs: Vec<(String, String)> =
        web::Query::from_query(request.query_string()).map(web::Query::into_inner).map_err(|_| faulty())?;
    let (mut wanted, mut as_of) = (Wanted::default(), None);
    for (key, value) in pairs {
        match key.as_str() {
            "by" => wanted.by.push(value.split(['*', ',']).map(|name| name.trim().to_owned()).collect()),
            "item" | "element" => wanted.figures.push(value),
            "flagged" if value == "without" => wanted.answers = Answers::Unflagged,
            "as-of" => as_of = Some(publications::as_of(&value)?),
            _ => return Err(faulty()),
        }
    }
    Ok((wanted, as_of))
}

/// Computes figures off the threads that answer requests, one at a time: they read a whole round, and visitors who ask
/// for them shall not take the processors from citizens who answer.
///
/// # Errors
/// What cannot be computed, as a problem.
pub(super) async fn computed<T: Send + 'static>(
    site: &Data<Site>,
    compute: impl FnOnce(&Service) -> Result<T, AnalyseRefusal> + Send + 'static,
) -> Result<T, Problem> {
    let _turn = site.figures.acquire().await.map_err(Problem::server_fault)?;
    let service = site.service.clone();
    let found = web::block(move || compute(&service)).await.map_err(Problem::server_fault)?;
    found.map_err(refused)
}

fn code(round: &str) -> Result<RoundCode, Problem> {
    RoundCode::parse(round).map_err(|_| Problem::of(&UNKNOWN_ROUND))
}

/// What the query of an index table or of results asks for.
#[derive(Default)]
struct Asked {
    unit: Option<AreaCode>,
    answers: Answers,
    admission: Option<Admission>,
    as_of: Option<AsOf>,
}

impl Asked {
    fn by(request: &HttpRequest) -> Result<Self, Problem> {
        let faulty = || {
            let admissions = Admission::listed();
            Problem::of(&FAULTY_QUERY).saying(format!(
                "There are only unit=CODE, flagged=without, as-of=REVISION and, of results, admission= {admissions}"
            ))
        };
        let pairs: Vec<(String, String)> =
            web::Query::from_query(request.query_string()).map(web::Query::into_inner).map_err(|_| faulty())?;
        let mut asked = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "unit" if asked.unit.is_none() => {
                    asked.unit = Some(AreaCode::parse(&value).map_err(|_| Problem::of(&UNKNOWN_UNIT))?);
                }
                "flagged" if value == "without" => asked.answers = Answers::Unflagged,
                "admission" if asked.admission.is_none() => {
                    asked.admission = Some(Admission::parse(&value).ok_or_else(faulty)?);
                }
                "as-of" if asked.as_of.is_none() => asked.as_of = Some(publications::as_of(&value)?),
                _ => return Err(faulty()),
            }
        }
        Ok(asked)
    }
}

/// A refusal as a problem.
pub(super) fn refused(refusal: AnalyseRefusal) -> Problem {
    match refusal {
        AnalyseRefusal::Round(RoundRefusal::Unknown(_)) => Problem::of(&UNKNOWN_ROUND),
        AnalyseRefusal::NoCodes(_) | AnalyseRefusal::NotByAdmission { .. } => {
            Problem::of(&FAULTY_QUERY).saying(refusal.to_string())
        }
        AnalyseRefusal::UnknownUnit(_) => Problem::of(&UNKNOWN_UNIT),
        AnalyseRefusal::Store(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "figures could not be read");
            Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
        }
        other => {
            tracing::warn!(error = &other as &dyn std::error::Error, "figures could not be computed");
            Problem::of(&FIGURES_NOT_AVAILABLE)
        }
    }
}
