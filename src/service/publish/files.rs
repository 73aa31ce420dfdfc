//! What is frozen of a round when it is published.

use super::paths::{self, Form};
use super::scene::{Scene, Side};
use super::{PublishRefusal, Step, Tell};
use crate::domain::breakdown::{Breakdown, BreakdownCell, Breakdowns};
use crate::domain::ids::{AreaCode, Digest};
use crate::domain::publication::{FrozenFile, PackedFile, Publication};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::UnitReport;
use crate::report;
use crate::report::breakdown::BreakdownDocument;
use crate::report::index::json::IndexDocument;
use crate::report::page::{self, Edition};
use crate::report::results::ResultsDocument;
use crate::report::unit_report::json::UnitReportDocument;
use crate::service::breakdown::Wanted;
use crate::statistics::waves;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The media type of pages.
const HTML: &str = "text/html; charset=utf-8";
/// The media type of what is set for paper.
const PDF: &str = "application/pdf";

/// A file before it is packed.
pub(super) struct NewFile {
    path: String,
    media: &'static str,
    bytes: Vec<u8>,
}

impl NewFile {
    pub(super) fn new(path: String, media: &'static str, bytes: Vec<u8>) -> Self {
        Self { path, media, bytes }
    }

    fn json(path: String, document: &impl Serialize) -> Result<Self, PublishRefusal> {
        let bytes = serde_json::to_vec(document).map_err(|error| PublishRefusal::broken(&path, error))?;
        Ok(Self::new(path, Form::Json.media(), bytes))
    }

    fn text(path: String, form: Form, text: String) -> Self {
        Self::new(path, form.media(), text.into_bytes())
    }
}

/// Every file but the pages, in order of their paths. One more kind of file is one more line here.
pub(super) fn all(scene: &Scene) -> Result<Vec<PackedFile>, PublishRefusal> {
    let mut files = reports(&scene.reports)?;
    files.push(NewFile::json(paths::COMMENTS.to_owned(), &scene.comments)?);
    for side in &scene.sides {
        files.extend(index(side)?);
        files.extend(results(side)?);
        files.extend(breakdowns(side)?);
    }
    let mut packed = packed_all(&files)?;
    packed.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    Ok(packed)
}

/// The digest of files in order of their paths.
pub(super) fn digest(files: &[PackedFile]) -> Digest {
    let mut whole = Sha256::new();
    for PackedFile { file, .. } in files {
        whole.update(format!("{} {}\n", file.digest, file.path));
    }
    Digest(whole.finalize().into())
}

fn packed_all(files: &[NewFile]) -> Result<Vec<PackedFile>, PublishRefusal> {
    waves::map(files, packed).into_iter().collect()
}

fn packed(NewFile { path, media, bytes }: &NewFile) -> Result<PackedFile, PublishRefusal> {
    let broken = |error| PublishRefusal::broken(path, error);
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::default());
    encoder.write_all(bytes).map_err(broken)?;
    let packed = encoder.finish().map_err(broken)?;
    let (size, digest) = (bytes.len() as u64, Digest(Sha256::digest(bytes).into()));
    let file = FrozenFile { path: path.clone(), media: (*media).to_owned(), size, digest };
    Ok(PackedFile { file, packed })
}

/// What is said of each area, and its rows as a table.
fn reports(reports: &[UnitReport]) -> Result<Vec<NewFile>, PublishRefusal> {
    let mut files = Vec::with_capacity(2 * reports.len());
    for report in reports {
        let area = &report.subject.area.code;
        files.push(NewFile::json(paths::report(area), &UnitReportDocument::from(report))?);
        files.push(NewFile::text(paths::rows(area), Form::Csv, page::csv(report)));
    }
    Ok(files)
}

/// What pages are drawn from.
pub(super) struct Drawing<'a> {
    pub(super) reports: &'a [UnitReport],
    /// By the area's code.
    pub(super) comments: &'a BTreeMap<String, Vec<String>>,
    pub(super) edition: Edition,
    pub(super) made: DateTime<Utc>,
}

impl<'a> Drawing<'a> {
    /// Of a publication.
    pub(super) fn of(scene: &'a Scene, publication: &Publication) -> Self {
        let (edition, made) = (Edition::of(publication), publication.published);
        Self { reports: &scene.reports, comments: &scene.comments, edition, made }
    }

    /// The pages of all areas, in order.
    fn pages(&self, tell: Tell) -> Result<Vec<NewFile>, PublishRefusal> {
        let (n_drawn, n_areas) = (AtomicUsize::new(0), self.reports.len());
        let drawn = waves::map(self.reports, |report| {
            let files = self.pages_of(report);
            tell(Step::Drawing { n_done: n_drawn.fetch_add(1, Ordering::Relaxed) + 1, n_areas });
            files
        });
        Ok(drawn.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The page of an area in each language, and its PDF if it has one. Pages tell which revision they are of, so they are no part
    /// of what a revision is held against.
    fn pages_of(&self, report: &UnitReport) -> Result<Vec<NewFile>, PublishRefusal> {
        let area = &report.subject.area.code;
        let comments = self.comments.get(area.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut files = Vec::new();
        for tongue in Tongue::ALL {
            let path = paths::page(area, tongue);
            let html = page::page(report, comments, &self.edition, tongue);
            let html = html.map_err(|fault| PublishRefusal::broken(&path, fault))?;
            files.push(NewFile::new(path, HTML, html.into_bytes()));
            if page::has_pdf(report) {
                let path = paths::pdf(area, tongue);
                let pdf = page::pdf(report, comments, &self.edition, tongue, self.made);
                files.push(NewFile::new(path.clone(), PDF, pdf.map_err(|fault| PublishRefusal::broken(&path, fault))?));
            }
        }
        Ok(files)
    }

    /// The pages, packed.
    pub(super) fn packed(&self, tell: Tell) -> Result<Vec<PackedFile>, PublishRefusal> {
        packed_all(&self.pages(tell)?)
    }

    /// The pages with the figures that they lead to, by the names they have for each other.
    pub(super) fn beside_each_other(&self, tell: Tell) -> Result<Vec<(String, Vec<u8>)>, PublishRefusal> {
        let files = reports(self.reports)?.into_iter().chain(self.pages(tell)?);
        Ok(files.filter_map(|file| Some((paths::beside_pages(&file.path)?.to_owned(), file.bytes))).collect())
    }
}

/// The index table, and each unit of it.
fn index(Side { table, answers, .. }: &Side) -> Result<Vec<NewFile>, PublishRefusal> {
    let units = table.units.iter().map(|unit| &unit.index.unit);
    let units: Vec<&AreaCode> = units.chain(table.unranked.iter().map(|unranked| &unranked.unit.code)).collect();
    let mut files = Vec::new();
    for unit in std::iter::once(None).chain(units.into_iter().map(Some)) {
        let shown = unit.and_then(|unit| table.only(unit));
        let shown = shown.as_ref().unwrap_or(table);
        let path = |form| paths::index(unit, *answers, form);
        let csv = report::index::csv::write(shown).map_err(|error| PublishRefusal::broken(&path(Form::Csv), error))?;
        let text = match unit {
            Some(unit) => report::index::unit_text(shown, unit).unwrap_or_default(),
            None => report::index::text(shown),
        };
        files.push(NewFile::json(path(Form::Json), &IndexDocument::from(shown))?);
        files.push(NewFile::text(path(Form::Csv), Form::Csv, csv));
        files.push(NewFile::text(path(Form::Text), Form::Text, text));
    }
    Ok(files)
}

/// What people said in each area that has desks, and those admitted in each way where that is declared.
fn results(side: &Side) -> Result<Vec<NewFile>, PublishRefusal> {
    let mut files = Vec::new();
    for found in side.results.iter().chain(&side.by_admission) {
        let path = |form| paths::results((&found.area, side.answers, found.admission), form);
        files.push(NewFile::json(path(Form::Json), &ResultsDocument::from(found))?);
        files.push(NewFile::text(path(Form::Text), Form::Text, report::results::text(found)));
    }
    Ok(files)
}

/// Every figure, broken down in all declared ways and in each.
fn breakdowns(Side { answers, breakdowns: all, .. }: &Side) -> Result<Vec<NewFile>, PublishRefusal> {
    let ways: Vec<Vec<String>> =
        all.declared.iter().map(|names| names.split('*').map(str::to_owned).collect()).collect();
    let mut files = Vec::new();
    for figure in &all.figures {
        for way in std::iter::once(None).chain(ways.iter().map(Some)) {
            let wanted = Wanted {
                by: way.cloned().into_iter().collect(),
                figures: Some(figure.code.clone()).filter(|code| !code.is_empty()).into_iter().collect(),
                answers: *answers,
            };
            let one = Breakdowns { figures: vec![one_way(figure, way)], ..without_figures(all) };
            let path = |form| paths::breakdown(&wanted, form).unwrap_or_default();
            files.push(NewFile::json(path(Form::Json), &BreakdownDocument::from(&one))?);
            files.push(NewFile::text(path(Form::Csv), Form::Csv, report::breakdown::csv(&one)));
            files.push(NewFile::text(path(Form::Text), Form::Text, report::breakdown::text(&one)));
        }
    }
    Ok(files)
}

fn without_figures(all: &Breakdowns) -> Breakdowns {
    let Breakdowns { source, declared, notice, min_n, .. } = all;
    Breakdowns {
        source: source.clone(),
        declared: declared.clone(),
        notice: notice.clone(),
        min_n: *min_n,
        figures: Vec::new(),
    }
}

/// The cells of one way to break a figure down, and that of all people; all cells, if no way is named.
fn one_way(figure: &Breakdown, way: Option<&Vec<String>>) -> Breakdown {
    let is_in = |cell: &&BreakdownCell| {
        let is_of = |way: &Vec<String>| {
            cell.domain.is_empty()
                || cell.domain.len() == way.len() && cell.domain.iter().all(|label| way.contains(&label.by))
        };
        way.is_none_or(is_of)
    };
    Breakdown { code: figure.code.clone(), cells: figure.cells.iter().filter(is_in).cloned().collect() }
}
