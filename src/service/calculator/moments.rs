//! Sums of parts of a survey, and estimates from what they add up to.

use super::ask::Ask;
use super::{Answer, Question, Wish, build, domains, in_order, open, sort_key};
use crate::domain::fault::Fault;
use crate::statistics::{Confidence, Counted, Domain, Lonely, Moments, Statistic};
use std::path::{Path, PathBuf};

/// What is asked of moments: everything about how they were counted is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedOfMoments {
    /// Statistics as they were typed when they were counted; none for all.
    pub texts: Vec<String>,
    /// Breakdowns: columns, or crossings of them.
    pub by: Vec<Vec<String>>,
    /// What to do with a stratum of which one PSU was drawn.
    pub lonely: Lonely,
    /// Strata to take together.
    pub collapse: Vec<(String, String)>,
    /// The level of the intervals, and their kind for shares.
    pub confidence: Confidence,
}

/// Counts the moments of everything a question asks of a file.
///
/// # Errors
/// Every fault of the file and of the question; statistics and weights that are no sums over rows.
pub fn moments(
    path: &Path,
    question: &Question,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Moments, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut not_sums = |what: &str| {
        let message =
            format!("{what} needs all rows at once, so it cannot be added up from parts; ask for it on the file");
        faults.push(Fault::of_whole("not-sums", message));
    };
    for Wish { text, ask } in &question.wishes {
        if matches!(ask, Ask::Quantile { .. }) {
            not_sums(&format!("the quantile {text}"));
        }
    }
    if question.calibrating.is_some() {
        not_sums("calibration");
    }
    if question.replicates.is_some() {
        not_sums("a set of replicate weights");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let (roles, file, _) = open(path, question, progress)?;
    let mut counted = Vec::new();
    for wish in &question.wishes {
        match build::statistics(std::slice::from_ref(wish), &roles.variables, &file.variables) {
            Ok(asked) => counted.extend(asked.statistics().map(|statistic| one(wish, statistic))),
            Err(more) => faults.extend(more),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Moments::of(&file, &roles.by, &counted)
}

fn one(wish: &Wish, statistic: &Statistic) -> Counted {
    let category = match wish.ask {
        Ask::Distribution(_) => statistic.name.strip_prefix(&wish.text).and_then(|rest| rest.strip_prefix('=')),
        _ => None,
    };
    Counted { asked: wish.text.clone(), category: category.map(str::to_owned), statistic: statistic.clone() }
}

/// Adds parts up and estimates from the sum: statistics in the order they were counted, all rows before the breakdowns.
///
/// # Errors
/// Every fault of the parts and of what is asked.
pub fn estimate_moments(parts: &[PathBuf], asked: &AskedOfMoments) -> Result<Vec<Answer>, Vec<Fault>> {
    let moments = Moments::read(parts)?;
    let mut faults = Vec::new();
    for column in asked.by.iter().flatten().filter(|column| !moments.by.contains(column)) {
        let known = if moments.by.is_empty() { "nothing".to_owned() } else { moments.by.join(", ") };
        let message = format!("the moments are not broken down by {column}; they are by {known}");
        faults.push(Fault::of_whole("unknown-column", message));
    }
    for text in &asked.texts {
        if !moments.forms.iter().any(|form| form.statistic == *text) {
            let mut known: Vec<&str> = moments.forms.iter().map(|form| form.statistic.as_str()).collect();
            known.dedup();
            let message = format!("there are no moments of {text}; there are {}", known.join(", "));
            faults.push(Fault::of_whole("unknown-statistic", message));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let domains = domains(&asked.by, &moments.by, &moments.cells, &moments.labels);
    let sets: Vec<Domain> = domains.iter().map(|(_, domain)| domain.clone()).collect();
    let rows = moments.estimate(&sets, (asked.lonely, &asked.collapse), asked.confidence)?;
    let order = wanted(&moments, &asked.texts);
    let rows = rows.into_iter().map(|row| order.iter().filter_map(|place| row.get(*place).cloned()).collect());
    let names: Vec<String> =
        order.iter().filter_map(|place| moments.forms.get(*place)).map(|form| form.name()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(in_order(&names, &domains, rows.collect()))
}

/// The places of the statistics that are asked for, categories in their order whichever part met them first.
fn wanted(moments: &Moments, texts: &[String]) -> Vec<usize> {
    let of_text = |form: &crate::statistics::Form| match texts.is_empty() {
        true => moments.forms.iter().position(|known| known.statistic == form.statistic),
        false => texts.iter().position(|text| *text == form.statistic),
    };
    let mut places: Vec<(usize, usize)> =
        moments.forms.iter().enumerate().filter_map(|(place, form)| Some((of_text(form)?, place))).collect();
    places.sort_by_cached_key(|(text, place)| {
        let category = moments.forms.get(*place).and_then(|form| form.category.as_deref()).map(sort_key);
        (*text, category, *place)
    });
    places.into_iter().map(|(_, place)| place).collect()
}
