//! Result pages. Everybody sees what was published, byte by byte as it was frozen; what is not published yet, the operator only,
//! as a preview. To anybody else a round that is not published looks like one that does not exist.

use super::problem::Problem;
use super::problem::catalogue::NOT_PUBLISHED;
use super::{Site, assets, figures, form, guard, operator, pages};
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::UnitReport;
use crate::report::page::{self, Edition};
use crate::service::exercise::AnalyseRefusal;
use crate::service::{comments, rounds, unit_report};
use actix_web::http::header::{self, CacheControl, CacheDirective, EntityTag, IfNoneMatch};
use actix_web::web::{Bytes, Data, Header, Path};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a preview is shown before its figures are computed again.
const PREVIEW_FOR: Duration = Duration::from_secs(10);

/// Pages that were drawn, and the figures they were drawn from.
#[derive(Default)]
pub struct Drawn {
    previews: Mutex<HashMap<RoundCode, (Instant, Arc<Preview>)>>,
}

/// What a round's pages would say if it were published now.
struct Preview {
    reports: Vec<UnitReport>,
    comments: BTreeMap<AreaCode, Vec<String>>,
}

/// A file as it is sent.
pub struct SentFile {
    content: Bytes,
    media_type: &'static str,
    tag: EntityTag,
    /// The policy of a page, which brings its own style sheet.
    policy: Option<String>,
}

/// `GET /r/{round}`: leads to the page of the round's whole area.
///
/// # Errors
/// `not-published`, to anybody but the operator.
pub async fn round(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let round = parsed(&round)?;
    let tongue = tongue(&request);
    if let Some(entered) = let_in(&request, &site).await? {
        return Ok(entered);
    }
    let named = round.clone();
    let area = figures::computed(&site, move |service| Ok(rounds::find(service.store(), &named)?.plan().area.clone()));
    let area = area.await.map_err(|_| Problem::of(&NOT_PUBLISHED))?;
    let place = format!("/r/{round}/{}", page::file_name(area.as_str(), tongue));
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish())
}

/// `GET /r/{round}/{file}`: the page of an area (`D01`, `D01.html`, `D01.en.html`) or its figures (`D01.json`, `D01.csv`).
///
/// # Errors
/// `not-published`, to anybody but the operator, and for what a publication does not have; figures that cannot be computed.
pub async fn file(
    request: HttpRequest,
    site: Data<Site>,
    path: Path<(String, String)>,
    known: Option<Header<IfNoneMatch>>,
) -> Result<HttpResponse, Problem> {
    let (round, name) = path.into_inner();
    let round = parsed(&round)?;
    let wanted = Wanted::of(&name, tongue(&request)).ok_or_else(|| Problem::of(&NOT_PUBLISHED))?;
    if let Some(entered) = let_in(&request, &site).await? {
        return Ok(entered);
    }
    let preview = site.results.preview(&site, &round).await?;
    let file = preview.draw(&wanted)?;
    Ok(file.respond(known.map(Header::into_inner), &[CacheDirective::NoStore]))
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
    Csv,
}

impl Wanted {
    /// Reads a file's name; the query's language is for names that have none.
    fn of(name: &str, asked: Tongue) -> Option<Self> {
        let ends = [
            (".en.html", Kind::Page(Tongue::English)),
            (".html", Kind::Page(asked)),
            (".csv", Kind::Csv),
            ("", Kind::Page(asked)),
        ];
        let found = ends.into_iter().find_map(|(end, kind)| Some((name.strip_suffix(end)?, kind)));
        found.and_then(|(area, kind)| Some(Self { area: AreaCode::parse(area).ok()?, kind }))
    }
}

impl Drawn {
    /// The preview of a round, computed anew where the last one is old.
    async fn preview(&self, site: &Data<Site>, round: &RoundCode) -> Result<Arc<Preview>, Problem> {
        let recent =
            |(at, preview): &(Instant, Arc<Preview>)| (at.elapsed() < PREVIEW_FOR).then(|| Arc::clone(preview));
        if let Some(preview) = self.locked().get(round).and_then(recent) {
            return Ok(preview);
        }
        let named = round.clone();
        let found = figures::computed(site, move |service| {
            let (catalogue, store) = (service.catalogue(), service.store());
            let reports = unit_report::of_round(catalogue, store, &named)?;
            let approved = comments::of_round(store, &named, None).map_err(AnalyseRefusal::Store)?;
            let comments = comments::shown(&reports, &approved);
            Ok(Preview { reports, comments })
        });
        let preview = Arc::new(found.await?);
        let mut previews = self.locked();
        previews.retain(|_, (at, _)| at.elapsed() < PREVIEW_FOR);
        previews.insert(round.clone(), (Instant::now(), Arc::clone(&preview)));
        Ok(preview)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<RoundCode, (Instant, Arc<Preview>)>> {
        self.previews.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Preview {
    fn draw(&self, wanted: &Wanted) -> Result<SentFile, Problem> {
        let found = self.reports.iter().find(|report| report.subject.area.code == wanted.area);
        let report = found.ok_or_else(|| Problem::of(&NOT_PUBLISHED))?;
        let comments = self.comments.get(&wanted.area).map(Vec::as_slice).unwrap_or_default();
        match wanted.kind {
            Kind::Page(tongue) => {
                let page = page::page(report, comments, &Edition::Preview, tongue).map_err(Problem::server_fault)?;
                Ok(SentFile::new(page.into(), pages::HTML))
            }
            Kind::Csv => Ok(SentFile::new(page::csv(report).into(), "text/csv; charset=utf-8")),
        }
    }
}

impl SentFile {
    /// A file with its tag, and the policy it is shown under.
    #[must_use]
    pub fn new(content: Bytes, media_type: &'static str) -> Self {
        let digest: String = Sha256::digest(&content).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let is_page = media_type == pages::HTML;
        let policy = is_page
            .then(|| style_of(&content))
            .flatten()
            .map(|style| guard::policy_for_style(&base64(&Sha256::digest(style))));
        Self { content, media_type, tag: EntityTag::new_strong(digest), policy }
    }

    /// The file, or that the client has it.
    #[must_use]
    pub fn respond(&self, known: Option<IfNoneMatch>, keep: &[CacheDirective]) -> HttpResponse {
        let is_known = assets::is_known(&self.tag, known);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header(CacheControl(keep.to_vec())).insert_header((header::ETAG, self.tag.clone()));
        if let Some(policy) = &self.policy {
            response.insert_header((header::CONTENT_SECURITY_POLICY, policy.clone()));
        }
        if is_known {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.media_type)).body(self.content.clone())
    }
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
        assert_eq!(wanted("D01.csv"), Some(("D01".to_owned(), Kind::Csv)));
        assert_eq!(Wanted::of("D01", Tongue::English).map(|wanted| wanted.kind), Some(Kind::Page(Tongue::English)));
        assert_eq!((wanted(".html"), wanted("../x")), (None, None));
    }
}
