//! Reads `schemes/<id>.toml`.

use super::questionnaire::Read;
use super::reader::{Marked, Table};
use super::source::File;
use super::sums::{Parts, Share};
use super::value;
use crate::domain::area::Level;
use crate::domain::ids::{CriterionCode, QuestionnaireId, QuestionnaireRef, SchemeId};
use crate::domain::points::Points;
use crate::domain::questionnaire::Status;
use crate::domain::scheme::{Band, Criterion, Declared, Detail, Domain, DomainOutline, Scheme, SubCriterion, TieRule};
use std::collections::{BTreeMap, BTreeSet};

mod leaf;

/// Most decimals an index is published with.
const MAX_DECIMALS: u8 = 4;

/// The questionnaires that a scheme may name.
pub(super) struct Surveys<'s> {
    /// Those that were read.
    pub(super) read: &'s BTreeMap<QuestionnaireRef, Read>,
    /// Those with faults of their own; what is said about them cannot be checked yet.
    pub(super) faulty: &'s BTreeSet<QuestionnaireId>,
}

/// What the checks of the whole scheme need from all its levels.
#[derive(Default)]
struct Tally {
    codes: Vec<Marked<CriterionCode>>,
    survey: Parts,
    n_criteria: usize,
    n_sub_criteria: usize,
}

/// The totals as declared, each with its line.
struct Totals {
    total: Option<Marked<Points>>,
    survey: Option<Marked<Points>>,
    n_domains: Option<Marked<u16>>,
    n_criteria: Option<Marked<u16>>,
    n_sub_criteria: Option<Marked<u16>>,
}

/// Reads the file.
pub(super) fn read(mut table: Table<'_>, file: &File, surveys: &Surveys<'_>) -> Option<Scheme> {
    let id = table.required("id", value::code(SchemeId::parse));
    if let Some(id) = id.as_ref().filter(|id| id.value.as_str() != file.stem()) {
        let message = format!("this file says {0}; name it {0}.toml, or correct the id", id.value);
        table.note("id", "file-name", message);
    }
    let title = table.required("title", value::text);
    let status = table.required("status", value::word(Status::ALL, Status::code));
    let source = table.required("source", value::text);
    let rates = table.required("rates", value::word(Level::ALL, Level::code));
    let decimals = table.required("decimals", value::whole(0, MAX_DECIMALS));
    let ties = table.required("ties", value::word([TieRule::Competition, TieRule::Dense], TieRule::code));
    let bands = read_bands(&mut table);
    let totals = read_totals(&mut table);

    let mut tally = Tally::default();
    let blocks = table.optional_tables("block");
    let detail = if blocks.is_empty() {
        read_full(&mut table, surveys, &totals, &mut tally)
    } else {
        read_blocks(&mut table, blocks, surveys, &totals, &mut tally)
    };
    table.findings().refuse_repeats("code", "duplicate-code", &tally.codes);
    if let Some(declared) = &totals.survey {
        tally.survey.check(table.findings(), "the declared survey total", declared);
    }
    Some(Scheme {
        id: id?.value,
        title: title?.value,
        status: status?.value,
        source: source?.value,
        rates: rates?.value,
        declared: totals.declared()?,
        decimals: decimals?.value,
        bands,
        ties: ties?.value,
        detail,
        digest: file.digest,
    })
}

fn read_bands(table: &mut Table<'_>) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let mut labels = Vec::new();
    for mut entry in table.optional_tables("bands") {
        let label = entry.required("label", value::text);
        let at_least = entry.required("at_least", value::decimal(0.0, 100.0));
        labels.extend(label.clone());
        let (Some(label), Some(at_least)) = (label, at_least) else { continue };
        if let Some(higher) = bands.last().filter(|higher| higher.at_least <= at_least.value) {
            let message = format!(
                "{} is not below {} of {}; order the bands from the highest",
                at_least.value, higher.at_least, higher.label
            );
            entry.note("at_least", "band-order", message);
        }
        bands.push(Band { label: label.value, at_least: at_least.value });
    }
    table.findings().refuse_repeats("band", "duplicate-band", &labels);
    bands
}

fn read_totals(table: &mut Table<'_>) -> Totals {
    let Some(mut declared) = table.table("declared") else {
        return Totals { total: None, survey: None, n_domains: None, n_criteria: None, n_sub_criteria: None };
    };
    let count = || value::whole(0, u16::MAX);
    Totals {
        total: declared.required("total", value::points),
        survey: declared.required("survey", value::points),
        n_domains: declared.required("domains", count()),
        n_criteria: declared.required("criteria", count()),
        n_sub_criteria: declared.required("sub_criteria", count()),
    }
}

impl Totals {
    fn declared(&self) -> Option<Declared> {
        Some(Declared {
            total: self.total.as_ref()?.value,
            survey: self.survey.as_ref()?.value,
            n_domains: self.n_domains.as_ref()?.value,
            n_criteria: self.n_criteria.as_ref()?.value,
            n_sub_criteria: self.n_sub_criteria.as_ref()?.value,
        })
    }

    fn check_total(&self, table: &Table<'_>, parts: &Parts) {
        if let Some(total) = &self.total {
            parts.check(table.findings(), "the declared total", total);
        }
    }
}

fn check_count(table: &Table<'_>, what: &str, declared: Option<&Marked<u16>>, counted: usize) {
    if let Some(declared) = declared.filter(|declared| usize::from(declared.value) != counted) {
        let message = format!("declares {} {what}, but {counted} are listed; correct one of them", declared.value);
        table.findings().note(declared.mark, "count", message);
    }
}

/// Reads a scheme that is known to the last sub-criterion.
fn read_full(table: &mut Table<'_>, surveys: &Surveys<'_>, totals: &Totals, tally: &mut Tally) -> Detail {
    let mut parts = Parts::default();
    let entries = table.tables("domain");
    check_count(table, "domains", totals.n_domains.as_ref(), entries.len());
    let mut domains = Vec::new();
    for mut entry in entries {
        let (domain, share) = read_domain(&mut entry, surveys, tally);
        domains.extend(domain);
        parts.push(share);
    }
    check_count(table, "criteria", totals.n_criteria.as_ref(), tally.n_criteria);
    check_count(table, "sub_criteria", totals.n_sub_criteria.as_ref(), tally.n_sub_criteria);
    totals.check_total(table, &parts);
    Detail::Full(domains)
}

fn read_domain(entry: &mut Table<'_>, surveys: &Surveys<'_>, tally: &mut Tally) -> (Option<Domain>, Option<Share>) {
    let (code, title) = read_heading(entry, tally);
    let mut parts = Parts::default();
    let mut criteria = Vec::new();
    for mut inner in entry.tables("criterion") {
        tally.n_criteria += 1;
        let (criterion, share) = read_criterion(&mut inner, surveys, tally);
        criteria.extend(criterion);
        parts.push(share);
    }
    let share = read_group_share(entry, "domain", code.as_ref(), &parts);
    let domain = code.zip(title).map(|(code, title)| Domain { code, title, criteria });
    (domain, share)
}

fn read_criterion(
    entry: &mut Table<'_>,
    surveys: &Surveys<'_>,
    tally: &mut Tally,
) -> (Option<Criterion>, Option<Share>) {
    let (code, title) = read_heading(entry, tally);
    let appraiser = entry.optional("appraiser", value::text).map(|appraiser| appraiser.value);
    let mut parts = Parts::default();
    let mut sub_criteria = Vec::new();
    for mut inner in entry.tables("sub_criteria") {
        tally.n_sub_criteria += 1;
        let (leaf, share) = leaf::read(&mut inner, appraiser.as_deref(), surveys, tally);
        sub_criteria.extend(leaf);
        parts.push(share);
    }
    let share = read_group_share(entry, "criterion", code.as_ref(), &parts);
    let criterion = code.zip(title).map(|(code, title)| Criterion { code, title, sub_criteria });
    (criterion, share)
}

/// Reads the code and title that every level has.
fn read_heading(entry: &mut Table<'_>, tally: &mut Tally) -> (Option<CriterionCode>, Option<String>) {
    let code = entry.required("code", value::code(CriterionCode::parse));
    tally.codes.extend(code.clone());
    let title = entry.required("title", value::text);
    (code.map(|code| code.value), title.map(|title| title.value))
}

/// What a domain or criterion adds to the level above: its declared `max`, which its parts must add up to, or their sum.
fn read_group_share(entry: &mut Table<'_>, level: &str, code: Option<&CriterionCode>, parts: &Parts) -> Option<Share> {
    let code = code.map(ToString::to_string).unwrap_or_default();
    let Some(max) = entry.optional("max", value::points) else {
        let points = parts.sum().filter(|_| !entry.has("max"))?;
        return Some(Share { code, points, mark: entry.mark() });
    };
    parts.check(entry.findings(), &format!("the max of {level} {code}"), &max);
    Some(Share { code, points: max.value, mark: max.mark })
}

/// Reads a scheme of which only blocks of the score are known.
fn read_blocks(
    table: &mut Table<'_>,
    entries: Vec<Table<'_>>,
    surveys: &Surveys<'_>,
    totals: &Totals,
    tally: &mut Tally,
) -> Detail {
    let mut parts = Parts::default();
    let mut blocks: Vec<SubCriterion> = Vec::new();
    for mut entry in entries {
        let (block, share) = leaf::read(&mut entry, None, surveys, tally);
        blocks.extend(block);
        parts.push(share);
    }
    totals.check_total(table, &parts);
    Detail::Blocks { blocks, outline: read_outline(table, totals, tally) }
}

/// Reads what is published of the domains; what is given for all of them must add up to the declared totals.
fn read_outline(table: &mut Table<'_>, totals: &Totals, tally: &mut Tally) -> Vec<DomainOutline> {
    let count = || value::whole(0, u16::MAX);
    let (mut n_criteria, mut n_sub_criteria): (Option<usize>, Option<usize>) = (Some(0), Some(0));
    let mut parts = Parts::default();
    let mut outline = Vec::new();
    let entries = table.optional_tables("outline");
    if entries.is_empty() {
        return outline;
    }
    check_count(table, "domains", totals.n_domains.as_ref(), entries.len());
    for mut entry in entries {
        let (code, title) = read_heading(&mut entry, tally);
        let max = entry.optional("max", value::points);
        let criteria = entry.optional("criteria", count()).map(|count| count.value);
        let sub_criteria = entry.optional("sub_criteria", count()).map(|count| count.value);
        n_criteria = n_criteria.zip(criteria).map(|(sum, count)| sum + usize::from(count));
        n_sub_criteria = n_sub_criteria.zip(sub_criteria).map(|(sum, count)| sum + usize::from(count));
        let share = max.as_ref().map(|max| (code.as_ref().map(ToString::to_string).unwrap_or_default(), max));
        parts.push(share.map(|(code, max)| Share { code, points: max.value, mark: max.mark }));
        let max = max.map(|max| max.value);
        outline.extend(code.zip(title).map(|(code, title)| DomainOutline {
            code,
            title,
            max,
            n_criteria: criteria,
            n_sub_criteria: sub_criteria,
        }));
    }
    if let Some(counted) = n_criteria {
        check_count(table, "criteria", totals.n_criteria.as_ref(), counted);
    }
    if let Some(counted) = n_sub_criteria {
        check_count(table, "sub_criteria", totals.n_sub_criteria.as_ref(), counted);
    }
    totals.check_total(table, &parts);
    outline
}
