//! The page a citizen answers on: plain HTML, whole without JavaScript.
//!
//! A page view makes the response's id and hides it in the form, so a form sent twice is stored once. Whatever the
//! service refuses, the form comes back with everything that was typed, and says what to do.

mod blank;
mod length;
mod typed;
mod view;

use super::openapi::{
    Access, Both, DESK, Gives, Group, LANG, NOTHING, Operation, PAGE, Parameter, Place, Sent, Takes, shapes,
};
use super::pages::{self, Chrome, VIETNAMESE};
use super::problem::Problem;
use super::problem::catalogue::{DESK_NOT_OPEN, MALFORMED_FORM, ROUND_NOT_OPEN, UNAVAILABLE, UNKNOWN_DESK};
use super::responses::RETRY_AFTER_FAULT_S;
use super::{Site, effort, form, guard, kiosk, rate};
use crate::domain::answers::AnswerFault;
use crate::domain::ids::AreaCode;
use crate::domain::questionnaire::Questionnaire;
use crate::service::collect::{CollectRefusal, OpenDesk};
use actix_web::http::header;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
pub use blank::Blanks;
use minijinja::{Value, context};
use schemars::SchemaGenerator;
use std::sync::Arc;
use typed::Typed;

/// Why a form is shown, which is what stands above it.
enum Above {
    /// It is new.
    Introduction,
    /// It was sent with faults.
    Faults(Faults),
    /// It could not be stored for the moment; in so many seconds it may be.
    TryAgain(u32),
}

/// What has to be put right: in the answers, and with the code of the receipt.
#[derive(Default)]
struct Faults {
    answers: Vec<AnswerFault>,
    /// What the page's words call it.
    code: Option<&'static str>,
}

/// `GET /s/{desk}`
pub const SHOW: Operation = Operation {
    id: "showSurvey",
    group: Group::Citizens,
    does: Both { vi: "Phiếu khảo sát của điểm tiếp nhận", en: "The survey of the desk's open round" },
    access: Access::Anyone,
    parameters: &[DESK, LANG, RECEIPT],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Phiếu chưa trả lời", en: "The form, nothing selected" },
        content: PAGE,
    }],
    refuses: &[&UNKNOWN_DESK, &DESK_NOT_OPEN, &UNAVAILABLE],
};

/// `GET /s/{desk}`: the questionnaire of the desk's open round, with nothing selected.
///
/// # Errors
/// `unknown-desk`, or `desk-not-open` when no round is open at the desk.
pub async fn show(request: HttpRequest, site: Data<Site>, desk: Path<String>) -> Result<HttpResponse, Problem> {
    let open = open_desk(&site, &code(&desk)?).await?;
    let chrome = chrome(&site, &request, Some(&open.questionnaire))?;
    let typed = Typed::nothing(&open, asked(&request, "c").unwrap_or_default());
    if !typed.receipt.is_empty() {
        return survey_page(HttpResponse::Ok(), &site, chrome, &open, &typed, &Above::Introduction);
    }
    let language = chrome.language().clone();
    let form = site.blanks.form(&open.questionnaire.reference, &language, |gaps| {
        draw(&site, chrome, (&open, gaps), &typed, &Above::Introduction)
    })?;
    pages::html(HttpResponse::Ok(), form.filled(&Names::of(&open, &typed)))
}

/// What differs from one new form to the next.
struct Names {
    desk: String,
    desk_name: String,
    round: String,
    id: String,
    begun: String,
}

impl Names {
    fn of(open: &OpenDesk, typed: &Typed) -> Self {
        Self {
            desk: open.desk.to_string(),
            desk_name: open.desk_name.clone(),
            round: open.round.to_string(),
            id: typed.id.to_string(),
            begun: typed.begun.map(|begun| begun.timestamp().to_string()).unwrap_or_default(),
        }
    }
}

/// `?c=`
const RECEIPT: Parameter = Parameter {
    name: "c",
    place: Place::Query,
    schema: shapes::text,
    what: Both {
        vi: "Mã trên giấy hẹn, điền sẵn vào phiếu", en: "The code of a receipt, filled into the form"
    },
    example: None,
};

/// `POST /s/{desk}`
pub const ANSWER: Operation = Operation {
    id: "answerSurvey",
    group: Group::Citizens,
    does: Both { vi: "Gửi phiếu đã trả lời", en: "Sends the form; sent twice, it is stored once" },
    access: Access::AnyoneOrDevice,
    parameters: &[DESK, LANG],
    takes: Takes::Form(Sent { schema: SchemaGenerator::subschema_for::<Typed>, example: SENT }),
    gives: &[
        Gives {
            status: 303,
            what: Both { vi: "Đã lưu; sang trang cảm ơn", en: "It is stored; on to the thanks" },
            content: NOTHING,
        },
        Gives {
            status: 422,
            what: Both { vi: "Phiếu có chỗ cần sửa", en: "The form again, with what has to be mended" },
            content: PAGE,
        },
        Gives {
            status: 409,
            what: Both {
                vi: "Mã đã dùng, hết hạn, hoặc phiếu đã lưu khác",
                en: "The code is spent or out of date, or other answers are stored",
            },
            content: PAGE,
        },
        Gives {
            status: 503,
            what: Both {
                vi: "Chưa lưu được; gửi lại sau", en: "The form again; it may be stored in a moment"
            },
            content: PAGE,
        },
    ],
    refuses: &[&MALFORMED_FORM, &UNKNOWN_DESK, &DESK_NOT_OPEN, &ROUND_NOT_OPEN, &UNAVAILABLE],
};

/// A form in order.
const SENT: &str = r#"{"response_id":"3c9e7d52-1b0f-4c1e-8f35-2d9a6b7c8e01","round":"demo-2025","answer.TC1":"4","answer.TC2":"4","answer.TC3":"4","answer.TC4":"4","answer.TT1":"4","answer.TT2":"4","answer.TT3":"4","answer.TT4":"4","answer.CC1":"4","answer.CC2":"4","answer.CC3":"4","answer.CC4":"4","answer.CC5":"4","answer.KQ1":"4","answer.KQ2":"4","answer.KQ3":"4","answer.PA1":"4","answer.PA2":"4","answer.PA3":"4"}"#;

/// `POST /s/{desk}`: stores the answers and leads to the thanks, or shows the form again.
///
/// # Errors
/// When the form cannot be read, or no round is open at the desk any more.
pub async fn answer(
    request: HttpRequest,
    payload: Payload,
    site: Data<Site>,
    desk: Path<String>,
) -> Result<HttpResponse, Problem> {
    let body = guard::body(&request, payload, "application/x-www-form-urlencoded", &site.limits).await?;
    let desk = code(&desk)?;
    let typed = Typed::read(&body)?;
    let kiosk = kiosk::at(&request, &site, &desk).await?;
    let has_code = matches!(typed.code(), Ok(Some(_)));
    let outcome = match (effort::admit_form(&request, &site, kiosk.as_ref(), has_code), typed.code()) {
        (Err(retry_after_s), _) => Err(CollectRefusal::Busy { retry_after_s }),
        // What is no code is told together with what is wrong with the answers.
        (Ok(()), Err(_)) => Err(CollectRefusal::Faulty(site.service.answer_faults(&typed.round, &typed.answers()))),
        (Ok(()), Ok(code)) => site.service.collect(typed.submission(desk.clone(), kiosk.as_ref(), code)).await,
    };
    if outcome == Err(CollectRefusal::ReceiptUnknown) {
        rate::note_wrong_code(&request, &site);
    }
    let with_code = |code| Above::Faults(Faults { answers: Vec::new(), code: Some(code) });
    let (mut response, above) = match outcome {
        Ok(_) => return thank(&site, &request, &desk, kiosk.is_some()),
        Err(CollectRefusal::Faulty(answers)) => {
            let code = typed.code().is_err().then_some("receipt_unreadable");
            (HttpResponse::UnprocessableEntity(), Above::Faults(Faults { answers, code }))
        }
        Err(CollectRefusal::ReceiptUnknown) => (HttpResponse::UnprocessableEntity(), with_code("receipt_wrong")),
        Err(CollectRefusal::ReceiptSpent) => (HttpResponse::Conflict(), with_code("receipt_spent")),
        Err(CollectRefusal::ReceiptExpired) => (HttpResponse::Conflict(), with_code("receipt_expired")),
        Err(CollectRefusal::Busy { retry_after_s }) => try_again(retry_after_s),
        Err(CollectRefusal::Unavailable) => try_again(RETRY_AFTER_FAULT_S),
        Err(CollectRefusal::Conflict) => {
            return message(HttpResponse::Conflict(), &site, &request, &desk, "conflict");
        }
        Err(refusal) => return Err(refused(&refusal)),
    };
    let open = open_desk(&site, &desk).await?;
    if open.round != typed.round {
        return Err(Problem::of(&ROUND_NOT_OPEN));
    }
    let chrome = chrome(&site, &request, Some(&open.questionnaire))?;
    survey_page(response.take(), &site, chrome, &open, &typed, &above)
}

/// `GET /s/{desk}/thanks`
pub const THANKS: Operation = Operation {
    id: "thank",
    group: Group::Citizens,
    does: Both { vi: "Lời cảm ơn sau khi gửi", en: "Thanks, after sending" },
    access: Access::Anyone,
    parameters: &[DESK, LANG],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Trang cảm ơn", en: "The page" }, content: PAGE }],
    refuses: &[&UNKNOWN_DESK],
};

/// `GET /s/{desk}/thanks`: where a stored form leads. Loading it again sends nothing.
///
/// # Errors
/// `unknown-desk` when the address has no code of a desk.
pub async fn thanks(request: HttpRequest, site: Data<Site>, desk: Path<String>) -> Result<HttpResponse, Problem> {
    message(HttpResponse::Ok(), &site, &request, &code(&desk)?, "thanks")
}

fn thank(site: &Site, request: &HttpRequest, desk: &AreaCode, is_kiosk: bool) -> Result<HttpResponse, Problem> {
    let chrome = chrome(site, request, None)?;
    let page = if is_kiosk { "/kiosk/next".to_owned() } else { format!("/s/{desk}/thanks") };
    let place = format!("{page}{}", query(&chrome));
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish())
}

fn try_again(seconds: u32) -> (HttpResponseBuilder, Above) {
    let mut response = HttpResponse::ServiceUnavailable();
    response.insert_header((header::RETRY_AFTER, seconds));
    (response, Above::TryAgain(seconds))
}

/// A short page of kind words and a way to a new form: `{about}_title`, `{about}_text`.
fn message(
    response: HttpResponseBuilder,
    site: &Site,
    request: &HttpRequest,
    desk: &AreaCode,
    about: &str,
) -> Result<HttpResponse, Problem> {
    let chrome = chrome(site, request, None)?;
    let word = |part: &str| chrome.word(&format!("{about}_{part}"));
    let context = context! {
        lang => chrome.tag(), dir => chrome.word("direction"), about, title => word("title"), text => word("text"), next => chrome.word("next_form"),
        desk => desk.as_str(), query => query(&chrome),
    };
    pages::html(response, site.pages.render("message.html", context)?)
}

fn survey_page(
    response: HttpResponseBuilder,
    site: &Site,
    chrome: Chrome,
    open: &OpenDesk,
    typed: &Typed,
    above: &Above,
) -> Result<HttpResponse, Problem> {
    pages::html(response, draw(site, chrome, (open, &Names::of(open, typed)), typed, above)?)
}

fn draw(
    site: &Site,
    chrome: Chrome,
    (open, named): (&OpenDesk, &Names),
    typed: &Typed,
    above: &Above,
) -> Result<String, Problem> {
    let catalogue = site.service.catalogue();
    let questionnaire = &open.questionnaire;
    let texts = catalogue.texts(&questionnaire.reference, chrome.language()).ok_or_else(|| {
        Problem::server_fault(format!("{} has no texts in {}", questionnaire.reference, chrome.language()))
    })?;
    let none = Faults::default();
    let faults = if let Above::Faults(faults) = above { faults } else { &none };
    let view = view::View { questionnaire, texts, chrome: &chrome, typed, faults };
    let minutes = length::minutes(questionnaire, texts).to_string();
    let names = [("title", texts.title.as_str()), ("desk", named.desk_name.as_str())];
    let (kind, page_title, notice) = match above {
        Above::Introduction => ("introduction", "page_title", None),
        Above::Faults(_) => {
            let count = (faults.answers.len() + usize::from(faults.code.is_some())).to_string();
            ("faults", "page_title_error", Some(chrome.fill("problem_heading", &[("count", &count)])))
        }
        Above::TryAgain(seconds) => {
            let seconds = seconds.to_string();
            ("try-again", "page_title", Some(chrome.fill("busy_text", &[("seconds", &seconds)])))
        }
    };
    let context = context! {
        lang => chrome.tag(), dir => chrome.word("direction"),
        above => kind,
        notice,
        page_title => chrome.fill(page_title, &names),
        title => texts.title.as_str(),
        intro => texts.intro.as_str(),
        desk_name => named.desk_name.as_str(),
        desk => named.desk.as_str(),
        query => query(&chrome),
        response_id => named.id.as_str(), begun => named.begun.as_str(),
        round => named.round.as_str(),
        receipt => typed.receipt.as_str(), receipt_fault => view.code_fault(), trap => typed.trap.as_str(),
        minutes_note => chrome.fill("minutes_note", &[("minutes", &minutes)]),
        languages => languages(site, open, typed, above),
        groups => view.groups(),
        faults => view.faults(),
    };
    let context = context! { w => Value::from_dyn_object(Arc::new(chrome)), ..context };
    site.pages.render("survey.html", context)
}

/// The languages to choose from, each with the code that the address brought. A form that was sent stays in its language:
/// the choice is a link, and a link would lose what was typed.
fn languages(site: &Site, open: &OpenDesk, typed: &Typed, above: &Above) -> Vec<Value> {
    if !matches!(above, Above::Introduction) {
        return Vec::new();
    }
    // A code has no sign that would have to be escaped in an address; whatever has is no code.
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let code = Some(typed.receipt.as_str()).filter(|code| is_plain(code)).map(|code| format!("c={code}"));
    let tags = site.service.catalogue().languages(&open.questionnaire);
    tags.into_iter()
        .filter_map(|language| Chrome::in_language(&site.service, language.as_str()))
        .map(|chrome| {
            let query = [language_query(&chrome), code.clone()].into_iter().flatten().collect::<Vec<_>>().join("&");
            let query = if query.is_empty() { query } else { format!("?{query}") };
            context! { tag => chrome.tag(), name => chrome.word("language_name"), query }
        })
        .collect()
}

/// A parameter of the address, if it is there.
fn asked(request: &HttpRequest, name: &str) -> Option<String> {
    let query = form::read(request.query_string().as_bytes()).unwrap_or_default();
    query.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The language asked for by `?lang=`, if the page and the questionnaire have it, or else the default.
pub(super) fn chrome(
    site: &Site,
    request: &HttpRequest,
    questionnaire: Option<&Questionnaire>,
) -> Result<Chrome, Problem> {
    let tags = questionnaire.map(|questionnaire| site.service.catalogue().languages(questionnaire));
    let default = tags.as_ref().and_then(|tags| tags.first()).map_or(VIETNAMESE, |language| language.as_str());
    let fits = |tag: &str| tags.as_ref().is_none_or(|tags| tags.iter().any(|language| language.as_str() == tag));
    asked(request, "lang")
        .map(|tag| tag.to_ascii_lowercase())
        .filter(|tag| fits(tag))
        .and_then(|tag| Chrome::in_language(&site.service, &tag))
        .or_else(|| Chrome::in_language(&site.service, default))
        .ok_or_else(|| Problem::server_fault(format!("the page has no words in {default}")))
}

/// What keeps the language from one page to the next; the default needs nothing.
pub(super) fn query(chrome: &Chrome) -> String {
    language_query(chrome).map_or_else(String::new, |query| format!("?{query}"))
}

fn language_query(chrome: &Chrome) -> Option<String> {
    (chrome.tag() != VIETNAMESE).then(|| format!("lang={}", chrome.tag()))
}

fn code(desk: &str) -> Result<AreaCode, Problem> {
    AreaCode::parse(desk).map_err(|_| Problem::of(&UNKNOWN_DESK))
}

async fn open_desk(site: &Site, desk: &AreaCode) -> Result<OpenDesk, Problem> {
    match site.service.desk(desk).await {
        // Whoever only wants to see the page has sent nothing, so nothing was refused.
        Err(CollectRefusal::RoundNotOpen { .. }) => Err(Problem::of(&DESK_NOT_OPEN)),
        outcome => outcome.map_err(|refusal| refused(&refusal)),
    }
}

fn refused(refusal: &CollectRefusal) -> Problem {
    match refusal {
        CollectRefusal::UnknownDesk => Problem::of(&UNKNOWN_DESK),
        CollectRefusal::RoundNotOpen { .. } => Problem::of(&ROUND_NOT_OPEN),
        CollectRefusal::Unavailable | CollectRefusal::Busy { .. } => {
            Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S)
        }
        _ => Problem::of(&DESK_NOT_OPEN),
    }
}
