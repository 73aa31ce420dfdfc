//! Typing in paper forms: one key an item, each form twice, by two people, and compared.

mod keys;

use super::openapi::{Access, Both, Gives, Group, NOTHING, Operation, PAGE, Sent, Takes, shapes};
use super::pages::{self, Chrome, VIETNAMESE};
use super::problem::Problem;
use super::problem::catalogue::{DEVICE_UNKNOWN, MALFORMED_FORM, ROUND_NOT_OPEN, UNAVAILABLE};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{Site, credentials, form, guard};
use crate::domain::answers::AnswerFault;
use crate::domain::device::DeviceKind;
use crate::domain::ids::{AreaCode, ItemId};
use crate::domain::paper::FormNumber;
use crate::service::collect::{CollectRefusal, OpenDesk};
use crate::service::devices::KnownDevice;
use crate::service::paper::{Difference, Entered, Pass};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use keys::Keys;
use minijinja::{Value, context};
use schemars::{Schema, SchemaGenerator, json_schema};
use std::collections::BTreeMap;

/// Before an item's id in the name of its field.
const TYPED: &str = "typed.";

/// What the page has been given.
#[derive(Default)]
struct Sheet {
    desk: String,
    form: String,
    /// Items that differed when the entries met, on the page that asks to settle them.
    different: Option<u64>,
    typed: BTreeMap<String, String>,
}

/// What the page says above the form.
enum Said {
    Nothing,
    /// A word of the page about the form that was just taken.
    Done(&'static str, String),
    Faults(Vec<AnswerFault>),
    Differs(Vec<Difference>),
    /// A word of the page about the desk or the form's number.
    Wrong(&'static str),
}

/// `GET /entry`
pub const SHOW: Operation = Operation {
    id: "showEntry",
    group: Group::Office,
    does: Both { vi: "Trang nhập phiếu giấy", en: "The page where paper forms are typed in" },
    access: Access::Device(&[DeviceKind::Entry]),
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[
        Gives { status: 200, what: Both { vi: "Phiếu trống", en: "An empty form" }, content: PAGE },
        Gives {
            status: 303,
            what: Both {
                vi: "Không phải thiết bị nhập phiếu: sang trang ghép", en: "No such device: on to pairing"
            },
            content: NOTHING,
        },
    ],
    refuses: &[&DEVICE_UNKNOWN, &UNAVAILABLE],
};

/// `GET /entry`: an empty form, for a device that was enrolled for it.
///
/// # Errors
/// When the database does not answer.
pub async fn show(request: HttpRequest, site: Data<Site>) -> Result<HttpResponse, Problem> {
    let Some(device) = clerk(&request, &site).await? else { return Ok(to_pairing()) };
    let sheet = Sheet { desk: device.desk.to_string(), ..Sheet::default() };
    page(&site, &sheet, &Said::Nothing).await
}

/// `POST /entry`
pub const ENTER: Operation = Operation {
    id: "enterPaper",
    group: Group::Office,
    does: Both {
        vi: "Nhập một phiếu giấy", en: "Takes a form that was typed in; each is typed twice and compared"
    },
    access: Access::Device(&[DeviceKind::Entry]),
    parameters: &[],
    takes: Takes::Form(Sent { schema: form_schema, example: r#"{"desk":"MH01-00","form":"1","typed.TC1":"4"}"# }),
    gives: &[
        Gives { status: 200, what: Both { vi: "Đã nhận", en: "It is taken" }, content: PAGE },
        Gives {
            status: 303,
            what: Both {
                vi: "Không phải thiết bị nhập phiếu: sang trang ghép", en: "No such device: on to pairing"
            },
            content: NOTHING,
        },
        Gives {
            status: 409, what: Both { vi: "Hai lần nhập khác nhau", en: "The two entries differ" }, content: PAGE
        },
        Gives {
            status: 422, what: Both { vi: "Có chỗ cần sửa", en: "There is something to mend" }, content: PAGE
        },
    ],
    refuses: &[&MALFORMED_FORM, &DEVICE_UNKNOWN, &ROUND_NOT_OPEN, &UNAVAILABLE],
};

/// `POST /entry`: takes a form that was typed in.
///
/// # Errors
/// When the request cannot be read, or the database does not answer.
pub async fn enter(request: HttpRequest, payload: Payload, site: Data<Site>) -> Result<HttpResponse, Problem> {
    let Some(device) = clerk(&request, &site).await? else { return Ok(to_pairing()) };
    let body = guard::body(&request, payload, "application/x-www-form-urlencoded", &site.limits).await?;
    let sheet = Sheet::read(&body)?;
    let Ok(desk) = AreaCode::parse(&sheet.desk) else {
        return page(&site, &sheet, &Said::Wrong("entry_wrong_desk")).await;
    };
    let Ok(open) = site.service.desk(&desk).await else {
        return page(&site, &sheet, &Said::Wrong("entry_wrong_desk")).await;
    };
    let Ok(form) = FormNumber::parse(&sheet.form) else {
        return page(&site, &sheet, &Said::Wrong("entry_wrong_form")).await;
    };
    let answers = Keys::of(&open.questionnaire).answers(&sheet.typed);
    let pass = match sheet.different {
        _ if site.counter.is_single_entry => Pass::Only,
        Some(different) => Pass::Settled { different },
        None => Pass::OneOfTwo,
    };
    let next = || Sheet { desk: sheet.desk.clone(), ..Sheet::default() };
    match site.service.enter_form(&device, &open, (&form, answers), pass).await {
        Ok(Entered::First) => page(&site, &next(), &Said::Done("entry_first", sheet.form.clone())).await,
        Ok(Entered::Stored) => page(&site, &next(), &Said::Done("entry_stored", sheet.form.clone())).await,
        Ok(Entered::AlreadyStored) => page(&site, &next(), &Said::Done("entry_already", sheet.form.clone())).await,
        Ok(Entered::Differs(items)) => {
            let sheet = Sheet { different: Some(items.len() as u64), ..sheet };
            page(&site, &sheet, &Said::Differs(items)).await
        }
        Err(CollectRefusal::Faulty(faults)) => page(&site, &sheet, &Said::Faults(faults)).await,
        Err(CollectRefusal::Conflict) => page(&site, &sheet, &Said::Wrong("entry_conflict")).await,
        Err(CollectRefusal::RoundNotOpen { .. }) => Err(Problem::of(&ROUND_NOT_OPEN)),
        Err(_) => Err(Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)),
    }
}

/// The device, if it was enrolled for paper.
async fn clerk(request: &HttpRequest, site: &Site) -> Result<Option<KnownDevice>, Problem> {
    let device = credentials::device(request, site).await?;
    Ok(device.filter(|device| device.kind == DeviceKind::Entry))
}

/// Any other device is sent to the page that pairs it.
fn to_pairing() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/kiosk")).finish()
}

/// The fields of the page.
fn form_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "desk": shapes::said(shapes::text(), "The code of the desk"),
            "form": shapes::said(shapes::text(), "The number on the paper"),
            "different": shapes::said(shapes::text(), "How many items differed, when they are settled"),
        },
        "patternProperties": { format!("^{}", TYPED.replace('.', "\\.")): shapes::said(shapes::text(), "The keys of an item") },
    })
}

impl Sheet {
    fn read(body: &[u8]) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::of(&MALFORMED_FORM).saying(detail);
        let mut sheet = Self::default();
        for (name, value) in form::read(body).map_err(refuse)? {
            match (name.as_str(), name.strip_prefix(TYPED)) {
                (_, Some(item)) => drop(sheet.typed.insert(item.to_owned(), value)),
                ("desk", _) => sheet.desk = value.trim().to_owned(),
                ("form", _) => sheet.form = value.trim().to_owned(),
                ("different", _) => {
                    sheet.different = Some(value.parse().map_err(|_| refuse("different is no number".to_owned()))?);
                }
                _ => return Err(refuse("There is a field that the page does not have".to_owned())),
            }
        }
        Ok(sheet)
    }
}

/// The page in Vietnamese: the office types in what stands on its own forms.
async fn page(site: &Site, sheet: &Sheet, said: &Said) -> Result<HttpResponse, Problem> {
    let chrome = Chrome::in_language(&site.service, VIETNAMESE);
    let chrome = chrome.ok_or_else(|| Problem::server_fault("the page has no words in Vietnamese"))?;
    let open = match AreaCode::parse(&sheet.desk) {
        Ok(desk) => site.service.desk(&desk).await.ok(),
        Err(_) => None,
    };
    let items = open.as_ref().map(|open| items(site, &chrome, open, sheet, said)).unwrap_or_default();
    let faults: Vec<Value> = match said {
        Said::Faults(faults) => faults
            .iter()
            .map(|fault| context! { href => format!("#{}", fault.item), text => fault.problem.to_string() })
            .collect(),
        Said::Differs(items) => items
            .iter()
            .map(|found| context! { href => format!("#{}", found.item), text => found.item.as_str() })
            .collect(),
        _ => Vec::new(),
    };
    let (kind, notice) = match said {
        Said::Nothing => ("nothing", String::new()),
        Said::Done(word, form) => ("done", chrome.fill(word, &[("form", form)])),
        Said::Faults(found) => ("faults", chrome.fill("entry_faults", &[("count", &found.len().to_string())])),
        Said::Differs(found) => ("differs", chrome.fill("entry_differs", &[("count", &found.len().to_string())])),
        Said::Wrong(word) => ("wrong", chrome.word(word)),
    };
    let context = context! {
        lang => VIETNAMESE, title => chrome.word("entry_title"), intro => chrome.word("entry_text"), kind, notice, faults, items,
        desk_label => chrome.word("desk_label"), form_label => chrome.word("entry_form_label"), save => chrome.word("entry_save"),
        first_label => chrome.word("entry_first_label"), desk => sheet.desk.as_str(), form => sheet.form.as_str(),
        desk_name => open.as_ref().map(|open| open.desk_name.as_str()), different => sheet.different,
        no_round => open.is_none().then(|| chrome.word("no_round_text")),
    };
    pages::html(HttpResponse::build(status(said)), site.pages.render("entry.html", context)?)
}

fn status(said: &Said) -> StatusCode {
    match said {
        Said::Nothing | Said::Done(..) => StatusCode::OK,
        Said::Differs(_) => StatusCode::CONFLICT,
        Said::Faults(_) | Said::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The items, each with the keys that answer it and what was typed.
fn items(site: &Site, chrome: &Chrome, open: &OpenDesk, sheet: &Sheet, said: &Said) -> Vec<Value> {
    let keys = Keys::of(&open.questionnaire);
    let texts = site.service.catalogue().texts(&open.questionnaire.reference, chrome.language());
    let first = |id: &ItemId| match said {
        Said::Differs(found) => {
            found.iter().find(|found| found.item == *id).map(|found| keys.typed(id, found.first.as_ref()))
        }
        _ => None,
    };
    let fault = |id: &ItemId| match said {
        Said::Faults(found) => {
            found.iter().find(|fault| fault.item == id.as_str()).map(|fault| fault.problem.to_string())
        }
        _ => None,
    };
    (1..)
        .zip(&open.questionnaire.items)
        .map(|(number, item)| {
            let labels = texts.map(|texts| texts.choices(item)).unwrap_or_default();
            let shown: Vec<Value> = keys
                .of_item(&item.id)
                .into_iter()
                .map(|(key, word)| {
                    let label = labels.iter().find(|choice| choice.value == word).map_or(word, |choice| choice.label);
                    context! { key, label }
                })
                .collect();
            context! {
                number, id => item.id.as_str(), field => format!("{TYPED}{}", item.id),
                text => texts.map_or(item.id.as_str(), |texts| texts.item(&item.id)), keys => shown,
                is_one_key => keys.is_one_key(&item.id), value => sheet.typed.get(item.id.as_str()),
                first => first(&item.id), fault => fault(&item.id),
            }
        })
        .collect()
}
