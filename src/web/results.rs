//! Result pages. Everybody sees what was published, byte by byte as it was frozen; what is not published yet, the operator only,
//! as a preview. To anybody else a round that is not published looks like one that does not exist.

use super::openapi::{Access, Both, Gives, Group, LANG, NOTHING, Operation, Parameter, Place, ROUND, Takes, shapes};
use super::problem::Problem;
use super::problem::catalogue::{FIGURES_NOT_AVAILABLE, NOT_PUBLISHED, UNAVAILABLE};
use super::publications::FILES;
use super::{Site, figures, form, guard, operator, pages, publications};
use crate::domain::comment::Standing;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::publication::PackedFile;
use crate::domain::round::AnyRound;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::UnitReport;
use crate::report::page::{self, Edition};
use crate::report::unit_report::json::UnitReportDocument;
use crate::service::exercise::AnalyseRefusal;
use crate::service::publish::paths::{self, Form};
use crate::service::publish::{self, PublishRefusal};
use crate::service::rounds::{self, RoundRefusal};
use crate::service::{comments, unit_report};
use actix_web::http::header::{self, CacheDirective, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a preview is shown before its figures are computed again, at least.
const PREVIEW_FOR: Duration = Duration::from_secs(10);
/// And how many times as long as they took to compute: whoever looks through the pages of a large round waits once.
const PREVIEW_TIMES: u32 = 10;
/// How long a published page is shown before it is asked whether there is a newer revision.
const SURE_FOR: Duration = Duration::from_secs(2);
/// Published files that are kept; one more, and all are fetched anew.
const MOST_KEPT: usize = 2_000;

/// Something that is shown until a moment.
type Until<T> = (Instant, Arc<T>);

/// Pages that were shown, and the figures that previews are drawn from.
#[derive(Default)]
pub struct Drawn {
    /// By round and path; shown without asking.
    published: Mutex<HashMap<(RoundCode, String), Until<Frozen>>>,
    previews: Mutex<HashMap<RoundCode, Until<Preview>>>,
}

/// A file of a publication, with the policy that a page is shown under.
struct Frozen {
    file: PackedFile,
    policy: Option<String>,
}

/// What a round's pages would say if it were published now.
struct Preview {
    reports: Vec<UnitReport>,
    comments: BTreeMap<AreaCode, Vec<String>>,
}

/// `GET /r/{round}`
pub const ROUND_PAGE: Operation = Operation {
    id: "showResults",
    group: Group::Everybody,
    does: Both { vi: "Kết quả của cả địa bàn", en: "Leads to the results of the round's whole area" },
    access: Access::Published,
    parameters: &[ROUND, LANG],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 303,
        what: Both { vi: "Sang trang của địa bàn", en: "On to the area's page" },
        content: NOTHING,
    }],
    refuses: &[&NOT_PUBLISHED, &UNAVAILABLE],
};

/// `GET /r/{round}/{file}`
pub const FILE: Operation = Operation {
    id: "showResult",
    group: Group::Everybody,
    does: Both {
        vi: "Trang kết quả của một địa bàn, hoặc tệp PDF, JSON, CSV",
        en: "The page of an area, or its PDF, JSON or CSV",
    },
    access: Access::Published,
    parameters: &[
        ROUND,
        Parameter {
            name: "file",
            place: Place::Path,
            schema: shapes::text,
            what: Both {
                vi: "Mã địa bàn, có thể kèm .pdf, .json, .csv, .en.html",
                en: "An area's code, alone or with .pdf, .json, .csv, .en.html",
            },
            example: Some("MH01"),
        },
        LANG,
    ],
    takes: Takes::Nothing,
    gives: &[
        Gives { status: 200, what: Both { vi: "Trang hoặc tệp", en: "The page or file" }, content: &FILES },
        operator::ENTERED,
        Gives { status: 304, what: Both { vi: "Không đổi", en: "It has not changed" }, content: NOTHING },
    ],
    refuses: &[&NOT_PUBLISHED, &FIGURES_NOT_AVAILABLE, &UNAVAILABLE],
};

/// `GET /r/{round}`: leads to the page of the round's whole area.
///
/// # Errors
/// `not-published`, to anybody but the operator.
pub async fn round(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let round = parsed(&round)?;
    let (named, tongue) = (round.clone(), tongue(&request));
    let found = publications::looked_up(&site, move |service| Ok(rounds::find(service.store(), &named)?));
    let found = found.await.map_err(|_| Problem::of(&NOT_PUBLISHED))?;
    if !matches!(found, AnyRound::Published(_))
        && let Some(entered) = let_in(&request, &site).await?
    {
        return Ok(entered);
    }
    let area = &found.plan().area;
    let place = format!("/r/{round}/{}", page::file_name(area.as_str(), tongue));
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish())
}

/// `GET /r/{round}/{file}`: the page of an area (`D01`, `D01.html`, `D01.en.html`) or its figures (`D01.json`, `D01.csv`), or what is for
/// paper (`D01.pdf`, `D01.en.pdf`).
///
/// # Errors
/// `not-published`, to anybody but the operator, and for what a publication does not have; figures that cannot be computed.
pub async fn file(
    request: HttpRequest,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (round, name) = path.into_inner();
    let round = parsed(&round)?;
    let wanted = Wanted::of(&name, tongue(&request)).ok_or_else(|| Problem::of(&NOT_PUBLISHED))?;
    if let Some(frozen) = site.results.published(&site, &round, wanted.path()).await? {
        return frozen.respond(&request);
    }
    if let Some(entered) = let_in(&request, &site).await? {
        return Ok(entered);
    }
    let preview = site.results.preview(&site, &round).await?;
    preview.draw(&wanted)
}

/// A file of a publication.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    area: AreaCode,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Page(Tongue),
    Pdf(Tongue),
    Json,
    Csv,
}

impl Wanted {
    /// Reads a file's name; the query's language is for names that have none.
    fn of(name: &str, asked: Tongue) -> Option<Self> {
        let ends = [
            (".en.html", Kind::Page(Tongue::English)),
            (".html", Kind::Page(asked)),
            (".en.pdf", Kind::Pdf(Tongue::English)),
            (".pdf", Kind::Pdf(Tongue::Vietnamese)),
            (".json", Kind::Json),
            (".csv", Kind::Csv),
            ("", Kind::Page(asked)),
        ];
        let found = ends.into_iter().find_map(|(end, kind)| Some((name.strip_suffix(end)?, kind)));
        found.and_then(|(area, kind)| Some(Self { area: AreaCode::parse(area).ok()?, kind }))
    }

    /// Where it lies in a publication.
    fn path(&self) -> String {
        match self.kind {
            Kind::Page(tongue) => paths::page(&self.area, tongue),
            Kind::Pdf(tongue) => paths::pdf(&self.area, tongue),
            Kind::Json => paths::report(&self.area),
            Kind::Csv => paths::rows(&self.area),
        }
    }
}

impl Frozen {
    fn new(file: PackedFile) -> Result<Self, PublishRefusal> {
        let is_page = file.file.media == pages::HTML;
        let policy = if is_page { policy_of(&publish::unpacked(&file)?) } else { None };
        Ok(Self { file, policy })
    }

    fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let mut response = publications::respond(request, self.file.clone(), vec![CacheDirective::NoCache])?;
        if let Some(policy) = self.policy.as_ref().and_then(|policy| HeaderValue::from_str(policy).ok()) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    }
}

impl Drawn {
    /// A file of a round's latest publication; none where nothing of the round was published.
    async fn published(
        &self,
        site: &Data<Site>,
        round: &RoundCode,
        path: String,
    ) -> Result<Option<Arc<Frozen>>, Problem> {
        let key = (round.clone(), path);
        let sure = |(until, frozen): &Until<Frozen>| (Instant::now() < *until).then(|| Arc::clone(frozen));
        if let Some(frozen) = locked(&self.published).get(&key).and_then(sure) {
            return Ok(Some(frozen));
        }
        let (named, path) = key.clone();
        let found = publications::looked_up(site, move |service| {
            match publish::answering(service.store(), &named, None, |_| Some(path)) {
                Err(PublishRefusal::NotFrozen { .. } | PublishRefusal::Round(RoundRefusal::Unknown(_))) => Ok(Err(())),
                Err(other) => Err(other),
                Ok(found) => Ok(Ok(found.map(|(_, file)| Frozen::new(file)).transpose()?)),
            }
        });
        let found = found.await?.map_err(|()| Problem::of(&NOT_PUBLISHED))?.map(Arc::new);
        if let Some(frozen) = &found {
            let mut published = locked(&self.published);
            if published.len() >= MOST_KEPT {
                published.clear();
            }
            published.insert(key, (Instant::now() + SURE_FOR, Arc::clone(frozen)));
        }
        Ok(found)
    }

    /// The preview of a round, computed anew where the last one is old.
    async fn preview(&self, site: &Data<Site>, round: &RoundCode) -> Result<Arc<Preview>, Problem> {
        let recent = |(until, preview): &Until<Preview>| (Instant::now() < *until).then(|| Arc::clone(preview));
        if let Some(preview) = locked(&self.previews).get(round).and_then(recent) {
            return Ok(preview);
        }
        let begun = Instant::now();
        let named = round.clone();
        let found = figures::computed(site, move |service| {
            let (catalogue, store) = (service.catalogue(), service.store());
            let reports = unit_report::of_round(catalogue, store, &named)?;
            let approved =
                comments::of_round(store, &named, Some(Standing::Approved)).map_err(AnalyseRefusal::Store)?;
            let comments = comments::shown(&reports, &approved);
            Ok(Preview { reports, comments })
        });
        let preview = Arc::new(found.await?);
        let until = Instant::now() + PREVIEW_FOR.max(begun.elapsed() * PREVIEW_TIMES);
        let mut previews = locked(&self.previews);
        previews.retain(|_, (until, _)| Instant::now() < *until);
        previews.insert(round.clone(), (until, Arc::clone(&preview)));
        Ok(preview)
    }
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Preview {
    fn draw(&self, wanted: &Wanted) -> Result<HttpResponse, Problem> {
        let found = self.reports.iter().find(|report| report.subject.area.code == wanted.area);
        let report = found.ok_or_else(|| Problem::of(&NOT_PUBLISHED))?;
        let comments = self.comments.get(&wanted.area).map(Vec::as_slice).unwrap_or_default();
        let mut response = HttpResponse::Ok();
        match wanted.kind {
            Kind::Page(tongue) => {
                let page = page::page(report, comments, &Edition::Preview, tongue).map_err(Problem::server_fault)?;
                if let Some(policy) = policy_of(page.as_bytes()) {
                    response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
                }
                pages::html(response, page)
            }
            Kind::Pdf(_) if !page::has_pdf(report) => Err(Problem::of(&NOT_PUBLISHED)),
            Kind::Pdf(tongue) => {
                let pdf = page::pdf(report, comments, &Edition::Preview, tongue, Utc::now());
                Ok(response.content_type("application/pdf").body(pdf.map_err(Problem::server_fault)?))
            }
            Kind::Json => Ok(response.json(UnitReportDocument::from(report))),
            Kind::Csv => {
                let media = (header::CONTENT_TYPE, Form::Csv.media());
                Ok(response.insert_header(media).body(page::csv(report)))
            }
        }
    }
}

/// The policy that allows a page the style sheet it brings.
fn policy_of(page: &[u8]) -> Option<String> {
    Some(guard::policy_for_style(&base64(&Sha256::digest(style_of(page)?))))
}

/// The style sheet within a page.
fn style_of(page: &[u8]) -> Option<&[u8]> {
    let page = std::str::from_utf8(page).ok()?;
    let (_, rest) = page.split_once("<style>")?;
    Some(rest.split_once("</style>")?.0.as_bytes())
}

/// Bytes in the letters of RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let whole = (0..3).fold(0_u32, |whole, place| whole << 8 | u32::from(three.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = LETTERS.get((whole >> (18 - 6 * place) & 63) as usize).copied().map(char::from);
            text.push(letter.filter(|_| place <= three.len()).unwrap_or('='));
        }
    }
    text
}

fn parsed(round: &str) -> Result<RoundCode, Problem> {
    RoundCode::parse(round).map_err(|_| Problem::of(&NOT_PUBLISHED))
}

/// The language that the query asks for.
fn tongue(request: &HttpRequest) -> Tongue {
    let query = form::read(request.query_string().as_bytes()).unwrap_or_default();
    let asked = query.iter().find(|(name, _)| name == "lang").and_then(|(_, code)| Tongue::parse(code));
    asked.unwrap_or(Tongue::Vietnamese)
}

/// Lets the operator in; anybody else is told what is told of a round that does not exist.
async fn let_in(request: &HttpRequest, site: &Site) -> Result<Option<HttpResponse>, Problem> {
    operator::enter(request, site).await.map_err(|_| Problem::of(&NOT_PUBLISHED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_standard() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        cases.iter().for_each(|(bytes, text)| assert_eq!(base64(bytes.as_bytes()), *text));
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn a_file_is_named_by_area_kind_and_language() {
        let wanted = |name| Wanted::of(name, Tongue::Vietnamese).map(|wanted| (wanted.area.to_string(), wanted.kind));
        let page = |area: &str, tongue| Some((area.to_owned(), Kind::Page(tongue)));
        assert_eq!(wanted("D01"), page("D01", Tongue::Vietnamese));
        assert_eq!(wanted("D01.html"), page("D01", Tongue::Vietnamese));
        assert_eq!(wanted("D01-001.en.html"), page("D01-001", Tongue::English));
        assert_eq!(wanted("D01.en.pdf"), Some(("D01".to_owned(), Kind::Pdf(Tongue::English))));
        assert_eq!(wanted("D01.csv"), Some(("D01".to_owned(), Kind::Csv)));
        assert_eq!(Wanted::of("D01", Tongue::English).map(|wanted| wanted.kind), Some(Kind::Page(Tongue::English)));
        assert_eq!((wanted(".html"), wanted("../x")), (None, None));
    }
}
