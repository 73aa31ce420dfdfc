//! A document as PDF: tagged after PDF/UA-1, fonts embedded, the same bytes for the same content.
//!
//! typst sets it from a template in `reports/pdf/`, which only shows: what stands in it comes as JSON, pictures in it as SVG.

use super::fonts;
use super::render::RenderFault;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports/pdf");

/// What a template reads its content from.
const CONTENT: &str = "content.json";

/// Why a document could not be set: a fault of a template or of what it was given, never of a reader.
#[derive(Debug, thiserror::Error)]
pub enum PdfFault {
    /// No such template.
    #[error("there is no template {0} in reports/pdf/")]
    NoTemplate(String),
    /// The words of it cannot be read.
    #[error(transparent)]
    Words(#[from] RenderFault),
    /// The content cannot be written as JSON.
    #[error("the content is no JSON: {0}")]
    Content(#[from] serde_json::Error),
    /// A template does not compile or does not keep to PDF/UA.
    #[error("{}", .0.join("; "))]
    Template(Vec<String>),
}

/// Sets a document from a template, for example `unit.typ`. The template reads what stands in the document as `content.json`.
/// `made` is when it was drawn up: equal content of equal time gives equal bytes.
///
/// # Errors
/// When the template does not exist, does not compile, or would make a PDF that a screen reader cannot read.
pub fn pdf(template: &str, content: &impl Serialize, made: DateTime<Utc>) -> Result<Vec<u8>, PdfFault> {
    let source = TEMPLATES.get_file(template).and_then(|file| file.contents_utf8());
    let source = source.ok_or_else(|| PdfFault::NoTemplate(template.to_owned()))?;
    let content = printable(&serde_json::to_string(content)?);
    let ident = format!("{template} {made} {content}");
    let desk = Desk::new(template, source, content)?;
    let told = |faults: &[SourceDiagnostic]| PdfFault::Template(faults.iter().map(|fault| desk.told(fault)).collect());
    let set = typst::compile(&desk).output.map_err(|faults| told(&faults));
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]);
    let standards = standards.map_err(|fault| PdfFault::Template(vec![fault.message().to_string()]))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some(format!("sipas {}", env!("CARGO_PKG_VERSION")))),
        timestamp: instant(made).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let written = set.and_then(|set| typst_pdf::pdf(&set, &options).map_err(|faults| told(&faults)));
    // typst keeps what it worked out for a next time that never comes: every document has another content.
    typst::comemo::evict(0);
    written
}

/// What the letters cannot show is marked instead: people write comments with whatever their phones have, and a report must not
/// fail for it.
fn printable(content: &str) -> String {
    let is_known = |c: char| c.is_ascii() || FONTS.1.iter().all(|font| font.info().coverage.contains(u32::from(c)));
    let shown = |c: char| match c {
        known if is_known(known) => known,
        '→' => '›',
        _ => '?',
    };
    content.chars().map(shown).collect()
}

fn instant(made: DateTime<Utc>) -> Option<Datetime> {
    let part = |value: u32| u8::try_from(value).ok();
    let date = (made.year(), part(made.month())?, part(made.day())?);
    Datetime::from_ymd_hms(date.0, date.1, date.2, part(made.hour())?, part(made.minute())?, part(made.second())?)
}

/// The faces, read once.
static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts: Vec<Font> = fonts::FACES.iter().flat_map(|face| Font::iter(Bytes::new(*face))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

/// What typst commands beside its markup.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// All that a document may see: its template and its content. No disk, no network, no clock.
struct Desk {
    main: Source,
    content: (FileId, Bytes),
}

impl Desk {
    fn new(template: &str, source: &str, content: String) -> Result<Self, PdfFault> {
        let named = |name: &str| {
            let path = VirtualPath::new(name).map_err(|_| PdfFault::NoTemplate(name.to_owned()))?;
            Ok::<_, PdfFault>(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let main = Source::new(named(template)?, source.to_owned());
        Ok(Self { main, content: (named(CONTENT)?, Bytes::from_string(content)) })
    }

    /// A fault with its line in the template.
    fn told(&self, fault: &SourceDiagnostic) -> String {
        let name = self.main.id().get().vpath().get_without_slash().to_owned();
        let range = fault.span.id().filter(|id| *id == self.main.id()).and_then(|_| self.range(fault.span));
        let line = range.and_then(|range| self.main.lines().byte_to_line(range.start));
        match line {
            Some(line) => format!("{name}:{}: {}", line + 1, fault.message),
            None => format!("{name}: {}", fault.message),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (known, content) = &self.content;
        if id == *known {
            Ok(content.clone())
        } else {
            Err(FileError::NotFound(id.get().vpath().get_without_slash().into()))
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sheet(title: &str) -> serde_json::Value {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 210 297\"><path d=\"M0 0h9v9z\"/></svg>";
        json!({ "title": title, "sheets": [{ "svg": svg, "alt": "một góc" }] })
    }

    #[test]
    fn the_same_content_gives_the_same_bytes() {
        let set = |title: &str| pdf("sheets.typ", &sheet(title), DateTime::UNIX_EPOCH).unwrap();
        let once = set("Huyện Hồng Ngự");
        assert!(once.starts_with(b"%PDF-1.7"));
        assert_eq!(once, set("Huyện Hồng Ngự"));
        assert_ne!(once, set("Huyện Tam Nông"));
    }

    #[test]
    fn what_the_letters_do_not_have_is_marked() {
        assert_eq!(printable("Phiếu: 80 → 140 😀 ‰ \"…\""), "Phiếu: 80 › 140 ? ‰ \"…\"");
        assert!(pdf("sheets.typ", &sheet("Tốt 👍🏽 → cảm ơn"), DateTime::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn a_document_that_cannot_be_set_says_where() {
        let fault = pdf("sheets.typ", &json!({}), DateTime::UNIX_EPOCH).unwrap_err().to_string();
        assert!(fault.starts_with("sheets.typ:3: ") && fault.contains("title"), "{fault}");
        let mut silent = sheet("x");
        silent["sheets"][0]["alt"] = json!(null);
        assert!(matches!(pdf("sheets.typ", &silent, DateTime::UNIX_EPOCH), Err(PdfFault::Template(_))));
        assert!(matches!(pdf("none.typ", &json!({}), DateTime::UNIX_EPOCH), Err(PdfFault::NoTemplate(_))));
    }
}
