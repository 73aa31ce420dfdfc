//! The statistician's calculator: estimates from any survey file, ours or not.

mod ask;
mod build;
mod compare;
mod imputations;
mod items;
mod margins;
mod moments;

pub use ask::{Ask, Comparison, Items, Kind, Rule, Test, Together};
pub use imputations::estimate_imputed;
pub use items::read_items;
pub use margins::{MarginKind, MarginSheet, read_margins};
pub use moments::{AskedOfMoments, estimate_moments, moments};

use crate::domain::estimate::Estimate;
use crate::domain::fault::Fault;
use crate::statistics::{
    Bounds, CalibrationMethod, CalibrationReport, Confidence, Domain, NotEstimable, Population, Range, ReplicateKind,
    Replicates, Roles, SurveyFile,
};
pub use compare::{Compared, Comparing, Pair, Pairs, Ranked, compare, independence, ranks};
use std::collections::BTreeMap;
use std::path::Path;

/// A statistic as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// The text, which names it in the answer.
    pub text: String,
    /// What it means.
    pub ask: Ask,
}

/// Everything asked of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which column is what; its breakdowns and variables are filled in by the calculator.
    pub roles: Roles,
    /// The statistics.
    pub wishes: Vec<Wish>,
    /// Breakdowns: columns, or crossings of them.
    pub by: Vec<Vec<String>>,
    /// Totals that the weights shall agree with.
    pub calibrating: Option<Calibrating>,
    /// How the file's replicate weights were made, if its columns hold some.
    pub replicates: Option<ReplicateKind>,
    /// The level of the intervals, and their kind for shares.
    pub confidence: Confidence,
}

/// How weights are made to agree with known totals.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrating {
    /// The totals.
    pub margins: Vec<MarginSheet>,
    /// The way.
    pub method: CalibrationMethod,
    /// What weights may be; the totals hold within.
    pub bounds: Option<Bounds>,
}

/// Everything a file said to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The figures.
    pub figures: Vec<Answer>,
    /// What calibration did to the weights, if it was asked for, and the weights in the order of the rows.
    pub calibration: Option<(CalibrationReport, Vec<f64>)>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The statistic as typed; of a distribution, with the category behind it.
    pub statistic: String,
    /// The domain: columns and their values, none for all rows.
    pub domain: Vec<(String, String)>,
    /// The estimate, or why there is none.
    pub outcome: Result<Estimate, NotEstimable>,
}

/// Figures and the covariance between any two of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// The name of each figure: statistic and domain.
    pub names: Vec<String>,
    /// Row by row.
    pub matrix: Vec<f64>,
}

/// Most figures a covariance matrix is made of.
const MAX_FIGURES: usize = 500;

/// Reads a file and gives the covariance of every figure with every other, by the design as it is described.
///
/// # Errors
/// Every fault of the file and of the question; a figure that cannot be estimated; too many figures.
pub fn covariance(path: &Path, question: &Question) -> Result<Covariance, Vec<Fault>> {
    let (roles, file, _) = open(path, question, &mut |_, _| ())?;
    let asked = build::statistics(&question.wishes, &roles.variables, &file.variables)?;
    let mut figures = Vec::new();
    let mut names = Vec::new();
    for statistic in asked.statistics() {
        for (labels, domain) in domains(&question.by, &roles.by, &file.cells, &file.labels) {
            let parts: Vec<String> = labels.iter().map(|(column, label)| format!("{column}={label}")).collect();
            let domain_name = if parts.is_empty() { "all".to_owned() } else { parts.join(" & ") };
            names.push(format!("{} | {domain_name}", statistic.name));
            figures.push((domain, statistic.clone()));
        }
    }
    if figures.len() > MAX_FIGURES {
        let message =
            format!("{} figures, more than the {MAX_FIGURES} a matrix is made of; ask for fewer", figures.len());
        return Err(vec![Fault::of_whole("too-many-figures", message)]);
    }
    let joint = file.sample.joint(&figures, question.confidence, Population::Descriptive).map_err(not_estimable)?;
    Ok(Covariance { names, matrix: joint.matrix().to_vec() })
}

fn not_estimable(reason: NotEstimable) -> Vec<Fault> {
    vec![Fault::of_whole("not-estimable", reason.to_string())]
}

/// Reads a file and estimates everything in all domains: statistics in the order asked, all rows before the breakdowns.
///
/// # Errors
/// Every fault of the file and of the question.
pub fn estimate(
    path: &Path,
    question: &Question,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Answers, Vec<Fault>> {
    let (roles, file, calibration) = open(path, question, progress)?;
    let (figures, _) = estimate_file(&roles, &file, question)?;
    let calibration = calibration.map(|report| (report, file.sample.weights()));
    Ok(Answers { figures, calibration })
}

/// Estimates everything asked of a file that was read, and gives the range of each figure's values.
fn estimate_file(
    roles: &Roles,
    file: &SurveyFile,
    question: &Question,
) -> Result<(Vec<Answer>, Vec<Range>), Vec<Fault>> {
    let asked = build::statistics(&question.wishes, &roles.variables, &file.variables)?;
    let domains = domains(&question.by, &roles.by, &file.cells, &file.labels);
    let sets: Vec<Domain> = domains.iter().map(|(_, domain)| domain.clone()).collect();
    let replicates = question.replicates.map(|kind| Replicates::new(&file.sample, file.replicates.clone(), kind));
    let replicates = replicates.transpose().map_err(|message| vec![Fault::of_whole("not-such-replicates", message)])?;
    let rows = asked.estimate(&file.sample, &sets, replicates.as_ref(), question.confidence);
    let ranges = asked.ranges().flat_map(|range| domains.iter().map(move |_| range)).collect();
    let names: Vec<&str> = asked.names().collect();
    Ok((in_order(&names, &domains, rows), ranges))
}

/// Reads the file a question is about, and calibrates its weights.
fn open(
    path: &Path,
    question: &Question,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(Roles, SurveyFile, Option<CalibrationReport>), Vec<Fault>> {
    let roles = complete(question);
    let mut file = SurveyFile::read(path, &roles, progress)?;
    let calibrate = |calibrating: &Calibrating| margins::calibrate(&mut file, &roles.variables, calibrating);
    let report = question.calibrating.as_ref().map(calibrate).transpose()?;
    Ok((roles, file, report))
}

/// The roles with every column that is read, each once.
fn complete(question: &Question) -> Roles {
    let mut roles = question.roles.clone();
    let once = |list: &mut Vec<String>, name: &str| {
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    };
    question.by.iter().flatten().for_each(|column| once(&mut roles.by, column));
    let variables = question.wishes.iter().flat_map(|wish| wish.ask.columns());
    variables.for_each(|column| once(&mut roles.variables, column));
    let margins = question.calibrating.iter().flat_map(|calibrating| &calibrating.margins);
    margins.flat_map(|margin| &margin.columns).for_each(|column| once(&mut roles.variables, column));
    roles
}

type Named = (Vec<(String, String)>, Domain);

/// All rows, then each breakdown in the order of its labels. `known` names the variables that make the cells, and each has
/// its labels.
fn domains(
    by: &[Vec<String>],
    known: &[String],
    all_cells: &[Vec<Option<u32>>],
    labels_of: &[Vec<String>],
) -> Vec<Named> {
    let mut domains = vec![(Vec::new(), Domain::whole())];
    for columns in by {
        let places: Vec<usize> =
            columns.iter().filter_map(|column| known.iter().position(|known| known == column)).collect();
        let mut cells: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
        for (cell, labels) in (0_u32..).zip(all_cells) {
            let labels: Option<Vec<u32>> = places.iter().map(|place| labels.get(*place).copied().flatten()).collect();
            if let Some(labels) = labels {
                cells.entry(labels).or_default().push(cell);
            }
        }
        let label = |place: &usize, key: &u32| -> String {
            labels_of.get(*place).and_then(|labels| labels.get(*key as usize)).cloned().unwrap_or_default()
        };
        let mut named: Vec<Named> = cells
            .into_iter()
            .map(|(keys, cells)| {
                let labels = places.iter().zip(&keys).map(|(place, key)| label(place, key));
                (columns.iter().cloned().zip(labels).collect(), Domain::of_cells(cells))
            })
            .collect();
        named.sort_by_cached_key(|(labels, _)| labels.iter().map(|(_, label)| sort_key(label)).collect::<Vec<_>>());
        domains.extend(named);
    }
    domains
}

/// Numbers by their size and before texts.
fn sort_key(label: &str) -> (bool, u64, String) {
    let number = label.parse::<f64>().ok().filter(|number| number.is_finite());
    // The bits of a float in order: those of negative numbers count backwards.
    let bits = number.map_or(0, |number| {
        let bits = number.to_bits();
        if number < 0.0 { !bits } else { bits | (1 << 63) }
    });
    (number.is_none(), bits, label.to_owned())
}

/// Statistic by statistic, each in all domains.
fn in_order(names: &[&str], domains: &[Named], rows: Vec<Vec<Result<Estimate, NotEstimable>>>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (place, name) in names.iter().enumerate() {
        for ((domain, _), row) in domains.iter().zip(&rows) {
            if let Some(outcome) = row.get(place).cloned() {
                answers.push(Answer { statistic: (*name).to_owned(), domain: domain.clone(), outcome });
            }
        }
    }
    answers
}
