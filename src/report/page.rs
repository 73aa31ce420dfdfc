//! The page of one area: everything its report says, as one HTML file that needs no other file.
//!
//! A page is drawn from the report alone, so that the web, a static export and a publication have the same bytes. Links lead
//! to pages beside it by file name: `D01.html`, `D01.en.html` for English, `D01.json` and `D01.csv` for the figures.

mod csv;
mod method;
mod pictures;
mod shape;
mod summary;

use super::change::Measure;
use super::pdf::PdfFault;
use super::render::{Content, RenderFault, Words, render};
use super::table::{Align, Table};
use super::told::{self, Written};
use super::words::{Wording, warning};
use crate::domain::index::UnitIndex;
use crate::domain::publication::Publication;
use crate::domain::rank::ThanMean;
use crate::domain::results::Grain;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Extreme, IndexPart, Role, Row, UnitReport};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
pub use csv::csv;
pub use shape::PageShape;
use shape::{FigureShape, LinkShape, ListShape, SectionShape, TableShape};

/// What a page says of its own standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edition {
    /// Shown to the office before anything is published.
    Preview,
    /// Published, and not changed any more.
    Published {
        /// The day, in Việt Nam.
        on: NaiveDate,
        /// 1, or more where figures were revised.
        revision: u32,
        /// What the operator wrote about it.
        note: Option<String>,
        /// What became different from the revision before: each in Vietnamese and in English.
        changes: Vec<Wording>,
    },
}

impl Edition {
    /// How a publication is told: what the operator wrote, and what became different from the revision before.
    #[must_use]
    pub fn of(publication: &Publication) -> Self {
        // Việt Nam has been seven hours ahead, without summer time, since before there were rounds.
        let on = (publication.published + TimeDelta::hours(7)).date_naive();
        let note = Some(publication.note.trim().to_owned()).filter(|note| !note.is_empty());
        let lines: Vec<&str> = publication.changes.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let both = |pair: &[&str]| match pair {
            [vi, en] => Some(Wording { vi: (*vi).to_owned(), en: (*en).to_owned() }),
            _ => None,
        };
        let changes = lines.chunks(2).filter_map(both).collect();
        Self::Published { on, revision: publication.revision, note, changes }
    }
}

/// The file name of an area's page in a language.
#[must_use]
pub fn file_name(area: &str, tongue: Tongue) -> String {
    tongue.of(format!("{area}.html"), format!("{area}.en.html"))
}

/// The file name of an area's PDF in a language.
#[must_use]
pub fn pdf_name(area: &str, tongue: Tongue) -> String {
    tongue.of(format!("{area}.pdf"), format!("{area}.en.pdf"))
}

/// What is said of an area, worded: what its page and its PDF show.
///
/// # Errors
/// When the words cannot be read.
pub fn content(
    report: &UnitReport,
    comments: &[String],
    edition: &Edition,
    tongue: Tongue,
) -> Result<Content<PageShape>, RenderFault> {
    let page = Page { report, tongue, words: Words::of(tongue)? };
    Content::new(tongue, page.shape(comments, edition))
}

/// Draws the page of an area.
///
/// # Errors
/// When its template is wrong.
pub fn page(
    report: &UnitReport,
    comments: &[String],
    edition: &Edition,
    tongue: Tongue,
) -> Result<String, RenderFault> {
    render("unit.html", &content(report, comments, edition, tongue)?)
}

/// Sets the same for paper, as a PDF that was drawn up when the figures were.
///
/// # Errors
/// When its template is wrong.
pub fn pdf(
    report: &UnitReport,
    comments: &[String],
    edition: &Edition,
    tongue: Tongue,
    made: DateTime<Utc>,
) -> Result<Vec<u8>, PdfFault> {
    super::pdf::pdf("unit.typ", &content(report, comments, edition, tongue)?, made)
}

/// Whether an area has a PDF beside its page: units are handed out on paper, desks are looked up.
#[must_use]
pub fn has_pdf(report: &UnitReport) -> bool {
    report.subject.role != Role::Desk
}

/// A report in a language.
struct Page<'a> {
    report: &'a UnitReport,
    tongue: Tongue,
    words: &'static Words,
}

impl Page<'_> {
    fn shape(&self, comments: &[String], edition: &Edition) -> PageShape {
        let subject = &self.report.subject;
        let other = self.tongue.of(Tongue::English, Tongue::Vietnamese);
        let above = subject.within.iter().rev().map(|area| LinkShape {
            href: file_name(area.code.as_str(), self.tongue),
            words: area.name.clone(),
            lang: None,
        });
        let area = subject.area.code.as_str();
        let pdf = has_pdf(self.report).then(|| ("data-pdf", pdf_name(area, self.tongue)));
        let data = [("data-json", format!("{area}.json")), ("data-csv", format!("{area}.csv"))];
        let link = |(key, href)| LinkShape { href, words: self.words.get(key), lang: None };
        let sections = [
            self.domains(),
            self.said(),
            self.extremes(),
            self.first(),
            self.change(),
            self.parts(),
            self.comments(comments),
            Some(self.method()),
        ];
        PageShape {
            title: subject.area.name.clone(),
            subtitle: self.subtitle(),
            trail: above.collect(),
            other_language: LinkShape {
                href: file_name(area, other),
                words: self.words.get("other-language"),
                lang: Some(other.code()),
            },
            standing: self.standing(edition),
            is_preview: *edition == Edition::Preview,
            warnings: self.report.warnings().iter().map(|one| warning(one).told(self.tongue)).collect(),
            facts: self.facts(),
            sections: sections.into_iter().flatten().collect(),
            data: pdf.into_iter().chain(data).map(link).collect(),
        }
    }

    fn subtitle(&self) -> Vec<String> {
        let occasion = &self.report.occasion;
        let date = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
        let role = match self.report.subject.role {
            Role::Whole => "whole",
            Role::Unit => "unit",
            Role::Desk => "desk",
        };
        let focus = self.report.subject.is_focus.then(|| format!(", {}", self.words.get("focus")));
        let (round, year) = (occasion.round.as_str(), occasion.year.to_string());
        let (from, to) = (date(occasion.period.from()), date(occasion.period.to()));
        vec![
            format!("{}{}", self.words.get(role), focus.unwrap_or_default()),
            self.words.fill("round", &[("round", round), ("year", &year)]),
            self.words.fill("period", &[("from", &from), ("to", &to)]),
        ]
    }

    fn standing(&self, edition: &Edition) -> Vec<String> {
        match edition {
            Edition::Preview => vec![self.words.get("preview")],
            Edition::Published { on, revision, note, changes } => {
                let (date, number) = (on.format("%d/%m/%Y").to_string(), revision.to_string());
                let mut lines = vec![self.words.fill("published", &[("date", &date), ("revision", &number)])];
                lines.extend(note.as_ref().map(|note| self.words.fill("noted", &[("note", note)])));
                let changes: Vec<String> = changes.iter().map(|one| one.clone().told(self.tongue)).collect();
                if !changes.is_empty() {
                    lines.push(self.words.fill("revised", &[("changes", &changes.join(" "))]));
                }
                lines
            }
        }
    }

    /// A section without content yet.
    fn section(&self, id: &'static str, heading: &str) -> SectionShape {
        SectionShape { id, heading: self.words.get(heading), ..SectionShape::default() }
    }

    fn figure(&self, picture: &dyn super::figure::Picture, note: &str) -> FigureShape {
        let note = if note.is_empty() { String::new() } else { self.words.get(note) };
        FigureShape::of(picture, self.tongue, note)
    }

    fn domains(&self) -> Option<SectionShape> {
        let index = &self.report.index.as_ref()?.ranked()?.index;
        let bars = pictures::domains(index, pictures::level(self.report), self.words);
        Some(SectionShape {
            figures: vec![self.figure(&bars, "domains-note")],
            tables: vec![TableShape::of(self.words.get("domains-table"), &self.domain_table(index))],
            ..self.section("domains", "domains")
        })
    }

    fn domain_table(&self, index: &UnitIndex) -> Table {
        let heading = |key: &str, align| (self.words.get(key), align);
        let mut table = Table::new([
            heading("code", Align::Left),
            heading("domain", Align::Left),
            heading("assessed", Align::Right),
            heading("survey", Align::Right),
            heading("points", Align::Right),
            heading("max", Align::Right),
        ]);
        let points = |points: f64| Written::plain(2).value(self.tongue, points);
        let hidden = || self.words.get("hidden-figure");
        for row in &index.domains {
            let survey = match row.survey {
                _ if row.is_hidden => hidden(),
                Some(survey) => points(survey),
                None => "–".to_owned(),
            };
            table.row([
                row.code.to_string(),
                row.title.clone(),
                points(row.assessed.to_f64()),
                survey,
                row.points().map_or_else(hidden, points),
                points(row.max.to_f64()),
            ]);
        }
        table
    }

    fn said(&self) -> Option<SectionShape> {
        let bars = pictures::bars(self.report, self.tongue, self.words)?;
        let is_share = self.report.overall().is_some_and(|row| row.satisfied.is_some());
        let mut figures = vec![self.figure(&bars, if is_share { "said-note" } else { "said-rule-note" })];
        let likert = pictures::likert(self.report, self.tongue, self.words);
        figures.extend(likert.map(|likert| self.figure(&likert, "")));
        Some(SectionShape { figures, ..self.section("said", "said") })
    }

    fn extremes(&self) -> Option<SectionShape> {
        let (strongest, weakest) = (self.report.strongest(), self.report.weakest());
        let list = |heading: &str, extremes: Vec<Extreme>| ListShape {
            heading: self.words.get(heading),
            points: extremes.iter().map(|extreme| self.extreme(extreme)).collect(),
        };
        (!weakest.is_empty()).then(|| SectionShape {
            lists: vec![list("weakest", weakest), list("strongest", strongest)],
            ..self.section("extremes", "extremes")
        })
    }

    fn extreme(&self, extreme: &Extreme) -> String {
        let than = self.words.get(match extreme.than_overall {
            ThanMean::Above => "above",
            ThanMean::Below => "below",
            ThanMean::NotDistinguishable => "not-distinguishable",
        });
        let value = told::figure(self.tongue, extreme.row.main(), Written::percent(self.tongue));
        format!("{}: {value}, {than}", pictures::title(extreme.row, self.tongue, self.words))
    }

    fn first(&self) -> Option<SectionShape> {
        let importance = pictures::importance(self.report, self.tongue, self.words)?;
        Some(SectionShape { figures: vec![self.figure(&importance, "first-note")], ..self.section("first", "first") })
    }

    fn change(&self) -> Option<SectionShape> {
        self.report.earlier.first()?;
        let told = |row: &Row| {
            let title = pictures::title(row, self.tongue, self.words);
            format!("{title}: {}", self.told(&row.change, Measure::Share))
        };
        let mut section = self.section("change", "change");
        section.notes.extend(self.report.overall().map(told));
        let (real, others): (Vec<&Row>, Vec<&Row>) =
            self.report.rows_of(Grain::Item).partition(|row| row.change.is_real());
        let n_open = others.iter().filter(|row| row.change.difference.is_some()).count().to_string();
        match (real.is_empty(), n_open.as_str()) {
            (true, "0") => {}
            (true, _) => section.notes.push(self.words.get("no-changed-items")),
            (false, _) => {
                let mut points: Vec<String> = real.into_iter().map(told).collect();
                if n_open != "0" {
                    points.push(self.words.fill("unchanged-items", &[("n", &n_open)]));
                }
                section.lists.push(ListShape { heading: self.words.get("changed-items"), points });
            }
        }
        let trend = pictures::trend(self.report, self.tongue, self.words);
        section.figures.extend(trend.map(|trend| self.figure(&trend, "")));
        Some(section)
    }

    fn parts(&self) -> Option<SectionShape> {
        self.report.parts.first()?;
        let has_units = self.report.parts.iter().any(|part| part.index.is_some());
        let mut section = self.section("parts", if has_units { "parts-units" } else { "parts-desks" });
        let ranks = pictures::ranks(self.report, self.words);
        section.figures.extend(ranks.map(|ranks| self.figure(&ranks, "ranks-note")));
        let grid = pictures::grid(self.report, self.words);
        section.figures.extend(grid.map(|grid| self.figure(&grid, "")));
        let desks = pictures::desks(self.report, self.words);
        section.figures.extend(desks.map(|desks| self.figure(&desks, "")));
        let hrefs = self.report.parts.iter().map(|part| file_name(part.area.code.as_str(), self.tongue));
        section.tables.push(TableShape::of(section.heading.clone(), &self.part_table(has_units)).linked(hrefs));
        Some(section)
    }

    fn part_table(&self, has_units: bool) -> Table {
        let heading = |key: &str, align| (self.words.get(key), align);
        let mut columns = vec![heading("area", Align::Left)];
        if has_units {
            columns.extend([heading("index", Align::Right), heading("rank", Align::Right)]);
        }
        columns.push(heading("satisfied", Align::Right));
        let mut table = Table::new(columns);
        for part in &self.report.parts {
            let focus = if part.is_focus { format!(" ({})", self.words.get("focus")) } else { String::new() };
            let mut cells = vec![format!("{}{focus}", part.area.name)];
            if has_units {
                let ranked = part.index.as_ref().and_then(IndexPart::ranked);
                let decimals = self.report.occasion.decimals;
                cells.extend(match ranked {
                    Some(ranked) => [
                        Written::plain(decimals).value(self.tongue, ranked.index.published),
                        told::rank(self.tongue, &ranked.standing),
                    ],
                    None => ["–".to_owned(), "–".to_owned()],
                });
            }
            let satisfied = part.satisfied.as_ref();
            cells.push(satisfied.map_or_else(
                || "–".to_owned(),
                |figure| told::figure(self.tongue, figure, Written::percent(self.tongue)),
            ));
            table.row(cells);
        }
        table
    }

    fn comments(&self, comments: &[String]) -> Option<SectionShape> {
        (!comments.is_empty()).then(|| SectionShape {
            notes: vec![self.words.get("comments-note")],
            quotes: comments.to_vec(),
            ..self.section("comments", "comments")
        })
    }
}
