//! The tablet at a desk: pairing it, its start screen, and the page between two persons.
//!
//! The start screen leads to the survey page of the desk, which anybody else sees too. Without scripts these are plain
//! pages one after another; with scripts the start screen stays and takes the form into itself (`surveys/page/kiosk.js`).

use super::credentials::DEVICE_COOKIE;
use super::openapi::{
    Access, Both, Gives, Group, LANG, NOTHING, Operation, PAGE, Parameter, Place, Sent, Takes, shapes,
};
use super::pages::{self, Chrome, VIETNAMESE};
use super::problem::Problem;
use super::problem::catalogue::{DEVICE_UNKNOWN, MALFORMED_FORM, UNAVAILABLE};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{Site, credentials, form, guard, survey};
use crate::domain::channel::Channel;
use crate::domain::device::DeviceKind;
use crate::domain::ids::AreaCode;
use crate::domain::receipt::ReceiptCode;
use crate::service::collect::{CollectRefusal, OpenDesk};
use crate::service::devices::KnownDevice;
use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use minijinja::{Value, context};
use schemars::{Schema, SchemaGenerator, json_schema};
use std::sync::Arc;

/// `GET /kiosk`
pub const SHOW: Operation = Operation {
    id: "showKiosk",
    group: Group::Citizens,
    does: Both {
        vi: "Màn hình đầu của máy tính bảng tại quầy",
        en: "The start screen of a desk's tablet, or the page that pairs it",
    },
    access: Access::AnyoneOrDevice,
    parameters: &[PAIRING_CODE],
    takes: Takes::Nothing,
    gives: &[
        Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE },
        Gives {
            status: 303,
            what: Both {
                vi: "Thiết bị loại khác: sang trang của nó", en: "A device of another kind: on to its page"
            },
            content: NOTHING,
        },
    ],
    refuses: &[&UNAVAILABLE],
};

/// `?code=`
const PAIRING_CODE: Parameter = Parameter {
    name: "code",
    place: Place::Query,
    schema: shapes::text,
    what: Both { vi: "Mã ghép một lần, điền sẵn", en: "The one-time code, filled in" },
    example: None,
};

/// `GET /kiosk`: the start screen of the desk, or the page that takes a one-time code.
///
/// # Errors
/// When it is not known whether the device is one of ours.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    match credentials::device(&request, &site).await {
        Ok(Some(device)) if device.kind == DeviceKind::Kiosk => start_page(&site, &device).await,
        Ok(Some(device)) => Ok(lead_to(page_of(device.kind))),
        Err(problem) if problem.kind() != &DEVICE_UNKNOWN => Err(problem),
        // A stranger, or a device that was revoked: either may be paired.
        _ => pair_page(HttpResponse::Ok(), &site, &typed_code(request.query_string().as_bytes()), false),
    }
}

/// `GET /interview`
pub const INTERVIEW: Operation = Operation {
    id: "showInterview",
    group: Group::Citizens,
    does: Both { vi: "Màn hình đầu của điều tra viên", en: "The start screen of an interviewer's device" },
    access: Access::Device(&[DeviceKind::Interviewer]),
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[
        Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE },
        Gives {
            status: 303,
            what: Both {
                vi: "Không phải thiết bị của điều tra viên: sang trang ghép",
                en: "No such device: on to pairing",
            },
            content: NOTHING,
        },
    ],
    refuses: &[&UNAVAILABLE],
};

/// `GET /interview`: the start screen of an interviewer's device.
///
/// # Errors
/// As [`show`].
pub async fn interview(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    match credentials::device(&request, &site).await {
        Ok(Some(device)) if device.kind == DeviceKind::Interviewer => start_page(&site, &device).await,
        Err(problem) if problem.kind() != &DEVICE_UNKNOWN => Err(problem),
        _ => Ok(lead_to("/kiosk")),
    }
}

/// `POST /kiosk/pair`
pub const PAIR: Operation = Operation {
    id: "pairDevice",
    group: Group::Citizens,
    does: Both { vi: "Ghép thiết bị bằng mã một lần", en: "Pairs a device by its one-time code" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Form(Sent { schema: pairing_form, example: r#"{"code":"3A4C-6D7G"}"# }),
    gives: &[
        Gives {
            status: 303,
            what: Both {
                vi: "Đã ghép; khóa nằm trong cookie sipas_device",
                en: "Paired; the key is in the cookie sipas_device",
            },
            content: NOTHING,
        },
        Gives {
            status: 422,
            what: Both { vi: "Mã sai, đã dùng hoặc hết hạn", en: "The code is wrong, used or out of date" },
            content: PAGE,
        },
    ],
    refuses: &[&MALFORMED_FORM, &UNAVAILABLE],
};

/// Whatever else a form brings is passed over.
fn pairing_form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "properties": { "code": shapes::text() } })
}

/// `POST /kiosk/pair`: takes a one-time code, once, and gives the device its key.
///
/// # Errors
/// When the form cannot be read, or the database does not answer.
pub async fn pair(request: HttpRequest, payload: Payload, site: Data<Site>) -> Result<HttpResponse, Problem> {
    let body = guard::body(&request, payload, "application/x-www-form-urlencoded", &site.limits).await?;
    form::read(&body).map_err(|detail| Problem::of(&MALFORMED_FORM).saying(detail))?;
    let typed = typed_code(&body);
    let paired = match ReceiptCode::parse(&typed) {
        Ok(code) => site.service.pair_device(code).await.map_err(|_| unavailable())?,
        Err(_) => None,
    };
    let Some((key, device)) = paired else {
        return pair_page(HttpResponse::UnprocessableEntity(), &site, &typed, true);
    };
    let mut response = lead_to(page_of(device.kind));
    if let Ok(cookie) =
        header::HeaderValue::from_str(&credentials::cookie(DEVICE_COOKIE, &key, site.counter.is_https()))
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /kiosk/next`
pub const NEXT: Operation = Operation {
    id: "showNext",
    group: Group::Citizens,
    does: Both {
        vi: "Lời cảm ơn trên máy tính bảng, rồi về màn hình đầu",
        en: "Thanks on a tablet, then back to the start",
    },
    access: Access::Anyone,
    parameters: &[LANG],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang", en: "The page" }, content: PAGE }],
    refuses: &[],
};

/// `GET /kiosk/next`: thanks, for a tablet without scripts; it leads back to the start screen by itself.
///
/// # Errors
/// When the page cannot be rendered.
pub async fn next(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    let chrome = survey::chrome(&site, &request, None)?;
    let context = context! { lang => chrome.tag() };
    let context = context! { w => words(chrome), ..context };
    pages::html(HttpResponse::Ok(), site.pages.render("next.html", context)?)
}

/// The channel of what a device sends.
pub(super) fn channel_of(kind: DeviceKind) -> Channel {
    match kind {
        DeviceKind::Kiosk => Channel::Kiosk,
        DeviceKind::Interviewer => Channel::Interviewer,
        DeviceKind::Entry => Channel::Paper,
    }
}

/// The desk's own tablet, or an interviewer's, if that is what sends the request. Whatever else is wrong with a key, a form is taken as anybody's.
///
/// # Errors
/// `unavailable`.
pub(super) async fn at(request: &HttpRequest, site: &Site, desk: &AreaCode) -> Result<Option<KnownDevice>, Problem> {
    match credentials::device(request, site).await {
        Ok(device) => Ok(device.filter(|device| device.kind != DeviceKind::Entry && device.desk == *desk)),
        Err(problem) if problem.kind() == &DEVICE_UNKNOWN => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// What is open at a device's desk; none when nothing is.
///
/// # Errors
/// `unavailable`.
pub(super) async fn open_at(site: &Site, desk: &AreaCode) -> Result<Option<OpenDesk>, Problem> {
    match site.service.desk(desk).await {
        Ok(open) => Ok(Some(open)),
        Err(CollectRefusal::Unavailable) => Err(unavailable()),
        Err(_) => Ok(None),
    }
}

async fn start_page(site: &Site, device: &KnownDevice) -> Result<HttpResponse, Problem> {
    let open = open_at(site, &device.desk).await?;
    let languages: Vec<Value> = open.iter().flat_map(|open| languages(site, open)).collect();
    let context = context! {
        lang => VIETNAMESE, w => words(vietnamese(site)?), languages,
        device => device.code.as_str(), channel => channel_of(device.kind).code(), desk => device.desk.as_str(),
        desk_name => open.as_ref().map_or(device.desk.as_str(), |open| open.desk_name.as_str()),
        round => open.as_ref().map_or("", |open| open.round.as_str()),
        questionnaire => open.as_ref().map_or_else(String::new, |open| open.questionnaire.reference.to_string()),
        idle_seconds => site.counter.idle_seconds, version => site.pages.version(),
    };
    pages::html(HttpResponse::Ok(), site.pages.render("kiosk.html", context)?)
}

/// The questionnaire's languages, each with its own words on the start screen.
fn languages(site: &Site, open: &OpenDesk) -> Vec<Value> {
    let catalogue = site.service.catalogue();
    let tags = catalogue.languages(&open.questionnaire).into_iter();
    tags.filter_map(|language| {
        let texts = catalogue.texts(&open.questionnaire.reference, language)?;
        let chrome = Chrome::in_language(&site.service, language.as_str())?;
        let (tag, query) = (chrome.tag().to_owned(), survey::query(&chrome));
        Some(context! { tag, query, title => texts.title.as_str(), intro => texts.intro.as_str(), w => words(chrome) })
    })
    .collect()
}

fn pair_page(response: HttpResponseBuilder, site: &Site, code: &str, wrong: bool) -> Result<HttpResponse, Problem> {
    let context = context! { lang => VIETNAMESE, w => words(vietnamese(site)?), code, wrong };
    pages::html(response, site.pages.render("pair.html", context)?)
}

/// The field `code` of a query or a form, as it was typed.
fn typed_code(fields: &[u8]) -> String {
    let fields = form::read(fields).unwrap_or_default();
    fields.into_iter().find(|(name, _)| name == "code").map(|(_, code)| code).unwrap_or_default()
}

/// Where a device of a kind does its work.
fn page_of(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "/kiosk",
        DeviceKind::Interviewer => "/interview",
        DeviceKind::Entry => "/entry",
    }
}

fn lead_to(page: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish()
}

fn vietnamese(site: &Site) -> Result<Chrome, Problem> {
    let chrome = Chrome::in_language(&site.service, VIETNAMESE);
    chrome.ok_or_else(|| Problem::server_fault("the page has no words in Vietnamese"))
}

fn words(chrome: Chrome) -> Value {
    Value::from_dyn_object(Arc::new(chrome))
}

fn unavailable() -> Problem {
    Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
}
