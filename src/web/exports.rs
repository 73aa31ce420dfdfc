//! The door to exports: a round's answers and tables as files that stream. Tables of figures are public once the figures are; answers,
//! and figures that are ahead of what was published, are for the operator.
//!
//! Whoever downloads a file must see whether it came whole: only then does its body end as HTTP says, otherwise the
//! connection breaks off.

use super::figures;
use super::figures::{BY, ELEMENT, ITEM};
use super::openapi::{
    Access, Both, Content, FLAGGED, Gives, Group, Operation, Parameter, Place, ROUND, Takes, UNIT, shapes,
};
use super::problem::Problem;
use super::problem::catalogue::{
    FAULTY_QUERY, FIGURES_NOT_AVAILABLE, KEY_NEEDED, Kind, UNAVAILABLE, UNKNOWN_PUBLICATION, UNKNOWN_ROUND,
    UNKNOWN_UNIT,
};
use super::{Site, form, operator, publications};
use crate::domain::admission::Admission;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::publication::AsOf;
use crate::domain::quality::Answers;
use crate::export::format::Format;
use crate::export::manifest::Manifest;
use crate::service::Service;
use crate::service::export::{self, ExportRefusal, Request, TableName};
use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{Stream, stream};
use std::io::{self, Write};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

/// How long a reader may take nothing: it holds a view of the database, whose log grows meanwhile.
const STALL_LIMIT: Duration = Duration::from_secs(30);
/// How long a download may take. A million answers are 150 MB, which an office's line of 2 Mbit/s has in ten minutes.
const TIME_LIMIT: Duration = Duration::from_secs(900);
/// Bytes handed on at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Chunks that may wait for the network.
const MAX_WAITING: usize = 4;

/// What of a round is exported, and how: the query of both addresses.
const ASKED: [Parameter; 10] = [
    ROUND,
    Parameter {
        name: "format",
        place: Place::QueryAlways,
        schema: || shapes::words(&Format::ALL.map(Format::code)),
        what: Both { vi: "Định dạng tệp", en: "The file's format" },
        example: Some("csv"),
    },
    Parameter {
        name: "table",
        place: Place::Query,
        schema: || shapes::words(&TableName::ALL.map(TableName::code)),
        what: Both {
            vi: "Bảng; mặc định là responses, luôn cần khóa của người phụ trách",
            en: "The table; responses by default, which is for the operator always",
        },
        example: Some("breakdown"),
    },
    Parameter { example: None, ..UNIT },
    BY,
    ITEM,
    ELEMENT,
    FLAGGED,
    Parameter { example: None, ..figures::ADMISSION },
    Parameter { example: None, ..figures::AS_OF },
];

/// The files that there are.
const FILES: [Content; 9] = [
    Content::text("text/csv"),
    Content::file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Content::file("application/x-ndjson"),
    Content::file("application/vnd.apache.parquet"),
    Content::file("application/x-spss-sav"),
    Content::file("application/x-stata-dta"),
    Content::text("text/x-r-source"),
    Content::file("application/xml"),
    Content::PAGE,
];

/// Why there is none.
const REFUSED: [&Kind; 7] = [
    &FAULTY_QUERY,
    &KEY_NEEDED,
    &UNKNOWN_ROUND,
    &UNKNOWN_UNIT,
    &UNKNOWN_PUBLICATION,
    &FIGURES_NOT_AVAILABLE,
    &UNAVAILABLE,
];

/// `GET /v1/rounds/{round}/export`
pub const FILE: Operation = Operation {
    id: "getExport",
    group: Group::Programs,
    does: Both {
        vi: "Tải phiếu trả lời hoặc một bảng về thành tệp", en: "Answers or a table of figures as a file"
    },
    access: Access::Published,
    parameters: &ASKED,
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both {
            vi: "Tệp; đứt giữa chừng thì không kết thúc như HTTP quy định",
            en: "The file; one that broke off does not end as HTTP says",
        },
        content: &FILES,
    }],
    refuses: &REFUSED,
};

/// `GET /v1/rounds/{round}/export/manifest`
pub const MANIFEST: Operation = Operation {
    id: "getManifest",
    group: Group::Programs,
    does: Both {
        vi: "Nội dung, kích thước và SHA-256 của tệp đó", en: "What is in that file, its size and SHA-256"
    },
    access: Access::Published,
    parameters: &ASKED,
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Bản kê", en: "The manifest" },
        content: &[Content::json::<Manifest>()],
    }],
    refuses: &REFUSED,
};

/// `GET /v1/rounds/{round}/export?format=csv[&table=results&unit=U&flagged=without&by=sex*age&item=Q01&element=E1&admission=receipt&as-of=1]`: the file. The
/// table is `responses` unless named.
///
/// # Errors
/// `key-needed` for answers; a query it does not have, an unknown round or unit, figures that cannot be computed.
pub async fn file(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let (asked, format) = asked(&request, &site, &round).await?;
    let revision = match asked.as_of {
        Some(AsOf::Revision(revision)) => format!("-r{revision}"),
        _ => String::new(),
    };
    let name = format!("{}-{}{revision}.{}", asked.round, asked.table, format.ending());
    let (parts, mut received) = mpsc::channel(MAX_WAITING);
    let (refuse, outcome) = oneshot::channel();
    let running = site.exports.clone().acquire_owned().await.map_err(Problem::server_fault)?;
    let turn = site.figures.acquire().await.map_err(Problem::server_fault)?;
    let service = site.service.clone();
    let out = Chunks { parts: parts.clone(), runtime: Handle::current(), ends: Instant::now() + TIME_LIMIT };
    actix_web::rt::task::spawn_blocking(move || {
        let _running = running;
        match write(&service, (&asked, format), Box::new(out)) {
            // Whoever does not listen any more need not hear that this is all.
            Ok(_) => _ = parts.blocking_send(Part::End),
            Err(refusal) => _ = refuse.send(refusal),
        }
    });
    // Nothing is answered until there is something to send, so that what is refused can still be told.
    let Some(first) = received.recv().await else {
        return Err(outcome.await.map_or_else(Problem::server_fault, problem));
    };
    drop(turn);
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(body(first, received)))
}

/// `GET /v1/rounds/{round}/export/manifest?…`, with the same query: what is in the file, its size and SHA-256.
///
/// # Errors
/// As [`file()`].
pub async fn manifest(request: HttpRequest, site: Data<Site>, round: Path<String>) -> Result<HttpResponse, Problem> {
    let (asked, format) = asked(&request, &site, &round).await?;
    let _turn = site.figures.acquire().await.map_err(Problem::server_fault)?;
    let service = site.service.clone();
    let written = web::block(move || write(&service, (&asked, format), Box::new(io::sink()))).await;
    let manifest = written.map_err(Problem::server_fault)?.map_err(problem)?;
    let text = manifest.to_json().map_err(Problem::server_fault)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

fn write(service: &Service, asked: (&Request, Format), out: Box<dyn Write + Send>) -> Result<Manifest, ExportRefusal> {
    export::export(service.catalogue(), service.store(), asked, |_| Ok(out), |_, _| {})
}

/// What the query asks for, if whoever asks may have it.
async fn asked(request: &HttpRequest, site: &Data<Site>, round: &str) -> Result<(Request, Format), Problem> {
    let round = RoundCode::parse(round).map_err(|_| Problem::of(&UNKNOWN_ROUND))?;
    let (asked, format) = read(request.query_string(), round)?;
    asked.check(format).map_err(problem)?;
    // Figures are not public before they are published, nor what came after that before its revision is.
    let wanted = asked.clone();
    let is_public = figures::computed(site, move |service| export::is_public(service.store(), &wanted)).await?;
    if !is_public {
        operator::admit(request, site).await?;
    }
    Ok((asked, format))
}

/// Reads a query.
fn read(query: &str, round: RoundCode) -> Result<(Request, Format), Problem> {
    let faulty = |detail: String| Problem::of(&FAULTY_QUERY).saying(detail);
    let mut format = None;
    let (unit, answers, by, figures) = (None, Answers::All, Vec::new(), Vec::new());
    let (table, admission, as_of) = (TableName::Responses, None, None);
    let mut asked = Request { round, table, unit, answers, admission, by, figures, as_of };
    for (key, value) in form::read(query.as_bytes()).map_err(faulty)? {
        match key.as_str() {
            "format" => format = Format::parse(&value),
            "table" => {
                let known = || faulty(format!("There are the tables {}", TableName::listed()));
                asked.table = TableName::parse(&value).ok_or_else(known)?;
            }
            "unit" => asked.unit = Some(AreaCode::parse(&value).map_err(|_| Problem::of(&UNKNOWN_UNIT))?),
            "by" => asked.by.push(value.split(['*', ',']).map(|name| name.trim().to_owned()).collect()),
            "item" | "element" => asked.figures.push(value),
            "flagged" if value == "without" => asked.answers = Answers::Unflagged,
            "admission" => {
                let known = || faulty(format!("Results have an admission: {}", Admission::listed()));
                asked.admission = Some(Admission::parse(&value).ok_or_else(known)?);
            }
            "as-of" => asked.as_of = Some(publications::as_of(&value)?),
            _ => {
                let known = "There are only format, table, unit=CODE, by=NAME*NAME, item=ID, element=ID, flagged=without, \
                             as-of=REVISION and, of results, admission";
                return Err(faulty(known.to_owned()));
            }
        }
    }
    let format = format.ok_or_else(|| faulty(format!("Give format=, one of {}", Format::listed())))?;
    Ok((asked, format))
}

fn problem(refusal: ExportRefusal) -> Problem {
    match refusal {
        ExportRefusal::Analyse(refusal) => figures::refused(refusal),
        ExportRefusal::Publish(refusal) => publications::refused(refusal),
        ExportRefusal::Others { .. } => Problem::of(&FIGURES_NOT_AVAILABLE).saying(refusal.to_string()),
        ExportRefusal::Write(error) if error.kind() != io::ErrorKind::InvalidData => Problem::server_fault(error),
        other => Problem::of(&FAULTY_QUERY).saying(other.to_string()),
    }
}

/// A part of a file on its way.
enum Part {
    Bytes(Bytes),
    /// The file is whole.
    End,
}

/// The body of a response. It ends well only after [`Part::End`].
fn body(first: Part, received: mpsc::Receiver<Part>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((Some(first), Some(received)), |(first, received)| async move {
        let mut received = received?;
        let part = match first {
            Some(first) => Some(first),
            None => received.recv().await,
        };
        match part {
            Some(Part::Bytes(bytes)) => Some((Ok(bytes), (None, Some(received)))),
            Some(Part::End) => None,
            None => Some((Err(io::Error::other("the export broke off")), (None, None))),
        }
    })
}

/// Hands bytes to the network, and waits for it within limits.
struct Chunks {
    parts: mpsc::Sender<Part>,
    runtime: Handle,
    ends: Instant,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        let part = Part::Bytes(Bytes::copy_from_slice(bytes));
        let patience = STALL_LIMIT.min(self.ends.saturating_duration_since(Instant::now()));
        let sent = self.runtime.block_on(async { tokio::time::timeout(patience, self.parts.send(part)).await });
        match sent {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads any more")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader is too slow")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_is_wanted() {
        let read = |query: &str| read(query, RoundCode::parse("r").unwrap());
        let (asked, format) = read("format=excel-csv&table=breakdown&by=sex*age&item=Q1&flagged=without").unwrap();
        assert_eq!((asked.table, format, asked.answers), (TableName::Breakdown, Format::ExcelCsv, Answers::Unflagged));
        assert_eq!((asked.by, asked.figures), (vec![vec!["sex".to_owned(), "age".to_owned()]], vec!["Q1".to_owned()]));
        assert_eq!(read("format=csv&unit=D01").unwrap().0.unit, AreaCode::parse("D01").ok());
        for wrong in ["", "format=doc", "format=csv&table=comments", "format=csv&flagged=with", "format=csv&x=1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_format_is_described() {
        for format in Format::ALL {
            let media_type = format.media_type().split(';').next().unwrap();
            assert!(FILES.iter().any(|content| content.media_type == media_type), "{format}");
        }
    }

    #[actix_web::test]
    async fn a_body_ends_well_only_if_it_is_whole() {
        use futures_util::StreamExt as _;
        for is_whole in [true, false] {
            let (parts, received) = mpsc::channel(2);
            parts.send(Part::Bytes(Bytes::from_static(b"b"))).await.ok();
            if is_whole {
                parts.send(Part::End).await.ok();
            }
            drop(parts);
            let found: Vec<io::Result<Bytes>> = body(Part::Bytes(Bytes::from_static(b"a")), received).collect().await;
            assert_eq!(found.len(), if is_whole { 2 } else { 3 });
            assert_eq!(found.iter().all(Result::is_ok), is_whole);
        }
    }
}
