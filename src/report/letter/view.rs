//! What the templates of a letter show: every number worded.

use super::{Facts, Letterhead, PICTURE_NAME, PICTURE_WIDTH, RESULT_PAGES, Words, said};
use crate::domain::disclosure::NoFigure;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{ChangeVerdict, Extreme, IndexPart, PartLine, RankedIndex, Row, UnitReport};
use crate::report::change::{Measure, change};
use crate::report::number::Numbers;
use crate::report::page::file_name;
use crate::report::sentences;
use crate::report::told::{self, Written};
use crate::report::words;
use serde::Serialize;

/// Desks that a letter names; the page has all of them.
const MAX_DESKS: usize = 8;
/// Decimals of points of the survey.
const POINTS: u8 = 2;

/// A letter, ready to be shown.
#[derive(Debug, Serialize)]
pub(super) struct View {
    lang: &'static str,
    w: Words,
    pub(super) subject: String,
    heading: String,
    greeting: String,
    summary: String,
    notices: Vec<String>,
    changed: Vec<String>,
    facts: Vec<Fact>,
    picture: Option<Picture>,
    strongest: Vec<Item>,
    weakest: Vec<Item>,
    short: Vec<[String; 3]>,
    more_short: Option<String>,
    focus: Vec<[String; 4]>,
    link: Option<String>,
    is_attached: bool,
    footer: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: String,
    value: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Item {
    title: String,
    value: String,
    interval: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Picture {
    name: &'static str,
    width: u32,
    alt: String,
}

/// The words with their blanks filled.
struct Wording<'a>(&'a Words);

impl Wording<'_> {
    fn of(&self, key: &str, blank: &str, value: &str) -> String {
        self.plain(key).replace(&format!("{{{blank}}}"), value)
    }

    fn plain(&self, key: &str) -> String {
        self.0.get(key).cloned().unwrap_or_default()
    }
}

impl View {
    /// The letter without its picture and attachment.
    pub(super) fn of(facts: &Facts<'_>, tongue: Tongue, letterhead: &Letterhead, words: &Words) -> Self {
        let (report, wording) = (facts.report, Wording(words));
        let name = &report.subject.area.name;
        let (summary, year) = (summary(report, tongue), report.occasion.year);
        let heading = tongue.of(format!("CCHC {year}: {name}"), format!("PAR {year}: {name}"));
        let short = report.short_desks();
        let n_more = short.len().saturating_sub(MAX_DESKS);
        let (link, page) = (letterhead.public_url.as_ref(), file_name(report.subject.area.code.as_str(), tongue));
        Self {
            lang: tongue.code(),
            w: words.clone(),
            subject: format!("{}{heading}: {summary}", kind(facts, tongue)),
            greeting: wording.of("greeting", "unit", name),
            notices: notices(facts, tongue, &wording),
            changed: changed(facts, tongue, &wording),
            facts: main_facts(report, tongue, &wording),
            picture: None,
            strongest: report.strongest().iter().map(|extreme| item(extreme, tongue)).collect(),
            weakest: report.weakest().iter().map(|extreme| item(extreme, tongue)).collect(),
            short: short
                .iter()
                .take(MAX_DESKS)
                .map(|desk| {
                    let count = |n: Option<u64>| n.map(|n| Numbers(tongue).count(n)).unwrap_or_default();
                    [desk.name.clone(), count(desk.answers), count(desk.needed())]
                })
                .collect(),
            more_short: (n_more > 0).then(|| wording.of("more_short", "n", &n_more.to_string())),
            focus: report.focus_units().map(|part| focus(part, report.occasion.decimals, tongue)).collect(),
            link: link.map(|url| format!("{url}{RESULT_PAGES}{}/{page}", report.occasion.round)),
            is_attached: false,
            footer: vec![wording.of("why", "unit", name), wording.of("stop", "contact", &letterhead.contact)],
            summary,
            heading,
        }
    }

    /// Adds the picture, with what is to be seen in it, and tells of what is attached.
    pub(super) fn show(&mut self, seen: Option<String>, is_attached: bool) {
        self.picture = seen.map(|alt| Picture { name: PICTURE_NAME, width: PICTURE_WIDTH, alt });
        self.is_attached = is_attached;
    }
}

/// What kind of letter it is, before its subject.
fn kind(facts: &Facts<'_>, tongue: Tongue) -> &'static str {
    if facts.edition.is_correction() {
        tongue.of("Đính chính: ", "Correction: ")
    } else if facts.edition.is_provisional() {
        tongue.of("Tạm tính: ", "Provisional: ")
    } else {
        ""
    }
}

fn ranked(report: &UnitReport) -> Option<&RankedIndex> {
    report.index.as_ref().and_then(IndexPart::ranked)
}

/// The letter in one line: the index with its change and rank, or the share of satisfied people where there is no index.
fn summary(report: &UnitReport, tongue: Tongue) -> String {
    if let Some((ranked, told)) = ranked(report).zip(sentences::of_report(report)) {
        let index = Written::index(tongue, report.occasion.decimals).value(tongue, ranked.index.published);
        return format!("{index}, {}", told.sentence.told(tongue));
    }
    let Some(row) = report.overall() else {
        return tongue.of("chưa có số liệu", "no figures yet").to_owned();
    };
    let share = told::figure(tongue, row.main(), Written::percent(tongue));
    let satisfied = tongue.of(format!("hài lòng {share}"), format!("{share} satisfied"));
    if row.main().is_err() || row.change.verdict == ChangeVerdict::NoEarlierYear {
        return satisfied;
    }
    format!("{satisfied}, {}", change(&row.change, Measure::Share).told(tongue))
}

fn notices(facts: &Facts<'_>, tongue: Tongue, wording: &Wording<'_>) -> Vec<String> {
    let edition = said::edition(facts.edition, tongue);
    let mut notices = Vec::new();
    if facts.edition.is_provisional() {
        notices.push(wording.of("provisional", "edition", &edition));
    }
    notices.extend(facts.report.warnings().iter().map(|warning| words::warning(warning).told(tongue)));
    let impossible = sentences::of_report(facts.report).map(|told| told.impossible).unwrap_or_default();
    notices.extend(impossible.into_iter().map(|figure| figure.told(tongue)));
    if facts.edition.is_correction() {
        notices.push(wording.of("correction", "edition", &edition));
    }
    notices
}

/// What a correction changes: each of the main facts that reads differently now.
fn changed(facts: &Facts<'_>, tongue: Tongue, wording: &Wording<'_>) -> Vec<String> {
    if !facts.edition.is_correction() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some(before) = facts.before {
        let (before, now) = (main_facts(before, tongue, wording), main_facts(facts.report, tongue, wording));
        for fact in &now {
            let same_name = before.iter().find(|other| other.name == fact.name);
            let value = same_name.map_or("–", |other| other.value.as_str());
            if value != fact.value {
                lines.push(format!("{}: {value} → {}", fact.name, fact.value));
            }
        }
    }
    if lines.is_empty() {
        lines.push(wording.plain("unchanged"));
    }
    lines.extend((!facts.note.is_empty()).then(|| facts.note.to_owned()));
    lines
}

fn main_facts(report: &UnitReport, tongue: Tongue, wording: &Wording<'_>) -> Vec<Fact> {
    let decimals = report.occasion.decimals;
    let fact = |key: &str, value: String, note: String| Fact { name: wording.plain(key), value, note };
    let mut facts = Vec::new();
    if let Some(ranked) = ranked(report) {
        let note = ranked.index.estimate.as_ref().map(|e| said::sureness(e, Written::plain(decimals), tongue));
        let index = Written::index(tongue, decimals).value(tongue, ranked.index.published);
        facts.push(fact("index", index, note.unwrap_or_default()));
        let place = told::rank(tongue, &ranked.standing);
        facts.push(fact("rank", place, told::open_ranks(tongue, &ranked.standing.range)));
        let change = change(&ranked.change, Measure::Points(decimals)).told(tongue);
        facts.push(fact("change", change, String::new()));
    } else if let Some(IndexPart::Unranked(faults)) = &report.index {
        let why: Vec<String> = faults.iter().map(|fault| words::index_fault(fault).told(tongue)).collect();
        facts.push(fact("index", "–".to_owned(), why.join("; ")));
    }
    if let Some(component) = &report.component
        && let Ok(points) = &component.points
    {
        let of = Numbers(tongue).decimal(component.max.to_f64(), POINTS);
        let value = Numbers(tongue).decimal(points.value, POINTS);
        facts.push(fact("component", format!("{value}/{of}"), said::sureness(points, Written::plain(POINTS), tongue)));
    }
    if let Some(row) = report.overall() {
        facts.push(fact(
            "satisfied",
            told::figure(tongue, row.main(), Written::percent(tongue)),
            overall_note(row, tongue),
        ));
    }
    let hidden = || tongue.of(words::HIDDEN, "(hidden)").to_owned();
    let answers = report.coverage.answers.map_or_else(hidden, |n| Numbers(tongue).count(n));
    facts.push(fact("answers", answers, said::coverage(&report.coverage, tongue)));
    facts
}

fn overall_note(row: &Row, tongue: Tongue) -> String {
    let estimate = match row.main() {
        Ok(estimate) => estimate,
        Err(NoFigure::Hidden) => return words_of_hidden(tongue),
        Err(NoFigure::None(_)) => return tongue.of("chưa có câu trả lời", "no answers yet").to_owned(),
    };
    let sureness = said::sureness(estimate, Written::percent(tongue).bare(), tongue);
    format!("{sureness}; {}", change(&row.change, Measure::Share).told(tongue))
}

fn words_of_hidden(tongue: Tongue) -> String {
    tongue.of(words::hidden(), "few answers, or a cell that protects others".to_owned())
}

fn item(extreme: &Extreme<'_>, tongue: Tongue) -> Item {
    let row = extreme.row;
    let change = row.change.is_real().then(|| change(&row.change, Measure::Share).told(tongue));
    let than = said::than_overall(extreme.than_overall, tongue);
    Item {
        title: said::title(row, tongue).to_owned(),
        value: told::figure(tongue, row.main(), Written::percent(tongue)),
        interval: said::interval(row.main().as_ref().ok(), Written::percent(tongue), tongue),
        note: change.map_or_else(|| than.to_owned(), |change| format!("{than}; {change}")),
    }
}

fn focus(part: &PartLine, decimals: u8, tongue: Tongue) -> [String; 4] {
    let ranked = part.index.as_ref().and_then(IndexPart::ranked);
    let index = ranked.map(|ranked| said::sure_index(&ranked.index, decimals, tongue));
    let rank = ranked.map(|ranked| told::rank(tongue, &ranked.standing));
    let satisfied = part.satisfied.as_ref().map(|figure| said::sure_share(figure, tongue));
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    [part.area.name.clone(), or_none(index), or_none(rank), or_none(satisfied)]
}
