//! The statistician's calculator on any survey file: what its commands have in common.

pub(super) mod compare;
pub(super) mod estimate;
pub(super) mod moments;

mod asked;

use super::failure::Failure;
use crate::domain::estimate::ShareInterval;
use crate::domain::fault::Fault;
use crate::service::calculator::{AskedOfMoments, Calibrating, Question, read_margins};
use crate::statistics::{Bounds, CalibrationMethod, Confidence, Lonely, ReplicateKind, Roles};
use asked::Asked;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};

/// What is asked of which file.
#[derive(clap::Args)]
struct Survey {
    #[command(flatten)]
    design: Design,
    #[command(flatten)]
    asked: Asked,
    /// Break every figure down by a column, or by the crossing of several
    #[arg(long, value_name = "COL[,COL]", value_parser = columns)]
    by: Vec<Columns>,
    #[command(flatten)]
    weights: Weights,
    /// The interval of shares
    #[arg(long, value_name = "KIND", default_value = "korn-graubard", value_parser = share_interval)]
    ci: ShareInterval,
    /// The confidence level
    #[arg(long, default_value_t = 0.95, value_parser = level)]
    level: f64,
}

/// Totals that weights shall agree with.
#[derive(clap::Args)]
struct Weights {
    /// Known totals: a sheet with the columns margin (a column, sex*age, or (all)), level (none for the sum of the column), total
    #[arg(long, value_name = "FILE.csv", requires = "calibrate", conflicts_with = "repweights")]
    margins: Option<PathBuf>,
    /// How weights are made to agree with them: post-stratify, rake, linear
    #[arg(long, value_name = "WAY", requires = "margins", value_parser = calibration)]
    calibrate: Option<CalibrationMethod>,
    /// The largest weight allowed, or the least and the largest; the totals still hold
    #[arg(long, value_name = "MOST|LEAST:MOST", requires = "calibrate", value_parser = bounds)]
    trim: Option<Bounds>,
}

/// How the rows were drawn.
#[derive(clap::Args)]
struct Design {
    /// The stratum, or columns whose crossing it is
    #[arg(long, value_name = "COL[,COL]", value_parser = columns)]
    strata: Option<Columns>,
    /// The primary sampling unit; without it each row is one
    #[arg(long, value_name = "COL")]
    psu: Option<String>,
    /// Refuse a PSU code that stands in two strata, instead of taking it for two PSUs
    #[arg(long, requires = "psu")]
    psu_unique: bool,
    /// The weight; 1 without it
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// PSUs in the population of the row's stratum
    #[arg(long, value_name = "COL")]
    fpc1: Option<String>,
    /// Units in the population of the row's PSU
    #[arg(long, value_name = "COL", requires = "psu")]
    fpc2: Option<String>,
    /// Columns of replicate weights: all whose names begin with this
    #[arg(long, value_name = "PREFIX", requires = "rep_type")]
    repweights: Option<String>,
    /// How the replicate weights were made: jk1, jkn, brr, bootstrap
    #[arg(long, value_name = "KIND", requires = "repweights", value_parser = replicate_kind)]
    rep_type: Option<ReplicateKind>,
    /// Strata of which one PSU was drawn: fail, collapse=A:B (again for more), adjust, average, remove, certainty
    #[arg(long, value_name = "RULE", value_parser = lonely)]
    lonely: Vec<LonelyRule>,
}

/// Columns behind one option.
#[derive(Clone)]
struct Columns(Vec<String>);

/// What `--lonely` says.
#[derive(Clone)]
enum LonelyRule {
    Treat(Lonely),
    Collapse(String, String),
}

impl Survey {
    /// The question as the service takes it.
    fn question(&self) -> Result<Question, Failure> {
        let wishes =
            self.asked.wishes().map_err(|faults| Failure::faults("the question cannot be answered", faults))?;
        let confidence = Confidence { level: self.level, shares: self.ci };
        let by = self.by.iter().map(|columns| columns.0.clone()).collect();
        let calibrating = self.weights.calibrating()?;
        let replicates = self.design.rep_type;
        Ok(Question { roles: self.design.roles(), wishes, by, calibrating, replicates, confidence })
    }

    /// The part of it that moments leave open.
    fn asked_of_moments(&self) -> AskedOfMoments {
        let Roles { lonely, collapse, .. } = self.design.roles();
        AskedOfMoments {
            texts: self.asked.texts(),
            by: self.by.iter().map(|columns| columns.0.clone()).collect(),
            lonely,
            collapse,
            confidence: Confidence { level: self.level, shares: self.ci },
        }
    }

    /// What to say when the file gives nothing.
    fn refused(file: &Path, faults: Vec<Fault>) -> Failure {
        Failure::faults(format!("{} gives no figures", file.display()), faults)
    }
}

/// How far reading came, on a terminal.
fn with_progress<T>(work: impl FnOnce(&mut dyn FnMut(u64, Option<u64>)) -> T) -> T {
    let bar = progress_bar();
    let done = work(&mut |done, whole| {
        if let Some(whole) = whole {
            bar.set_length(whole);
        }
        bar.set_position(done);
    });
    bar.finish_and_clear();
    done
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} rows, {per_sec}") {
        bar.set_style(style);
    }
    bar
}

impl Design {
    fn roles(&self) -> Roles {
        let mut roles = Roles {
            strata: self.strata.as_ref().map(|columns| columns.0.clone()).unwrap_or_default(),
            psu: self.psu.clone(),
            psu_is_unique: self.psu_unique,
            weight: self.weight.clone(),
            fpc1: self.fpc1.clone(),
            fpc2: self.fpc2.clone(),
            replicates: self.repweights.clone(),
            ..Roles::default()
        };
        for rule in &self.lonely {
            match rule {
                LonelyRule::Treat(lonely) => roles.lonely = *lonely,
                LonelyRule::Collapse(a, b) => roles.collapse.push((a.clone(), b.clone())),
            }
        }
        roles
    }
}

impl Weights {
    fn calibrating(&self) -> Result<Option<Calibrating>, Failure> {
        let Some((path, method)) = self.margins.as_ref().zip(self.calibrate) else { return Ok(None) };
        let refused = |faults| Failure::faults(format!("{} gives no margins", path.display()), faults);
        Ok(Some(Calibrating { margins: read_margins(path).map_err(refused)?, method, bounds: self.trim }))
    }
}

fn calibration(text: &str) -> Result<CalibrationMethod, String> {
    CalibrationMethod::parse(text).ok_or_else(|| format!("it is one of {}", CalibrationMethod::listed()))
}

fn replicate_kind(text: &str) -> Result<ReplicateKind, String> {
    ReplicateKind::parse(text).ok_or_else(|| format!("it is one of {}", ReplicateKind::listed()))
}

fn bounds(text: &str) -> Result<Bounds, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    let bounds = match text.split_once(':') {
        None => number(text).map(|most| Bounds { most, ..Bounds::default() }),
        Some((least, most)) => number(least).zip(number(most)).map(|(least, most)| Bounds { least, most }),
    };
    let bounds = bounds.filter(|bounds| bounds.least < bounds.most);
    bounds.ok_or_else(|| "give a number above 0, or the least and the largest as 2:400".to_owned())
}

fn columns(text: &str) -> Result<Columns, String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("a column has no name; separate columns by one comma".to_owned());
    }
    Ok(Columns(names))
}

fn share_interval(text: &str) -> Result<ShareInterval, String> {
    ShareInterval::parse(text).ok_or_else(|| format!("it is one of {}", ShareInterval::listed()))
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse::<f64>().ok().filter(|level| 0.0 < *level && *level < 1.0);
    level.ok_or_else(|| "give a number between 0 and 1, for example 0.95".to_owned())
}

fn lonely(text: &str) -> Result<LonelyRule, String> {
    if let Some((a, b)) = text.strip_prefix("collapse=").and_then(|pair| pair.split_once(':')) {
        return Ok(LonelyRule::Collapse(a.to_owned(), b.to_owned()));
    }
    let rules = [Lonely::Fail, Lonely::Adjust, Lonely::Average, Lonely::Remove, Lonely::Certainty];
    let rule = rules.into_iter().find(|rule| rule.code() == text).map(LonelyRule::Treat);
    rule.ok_or_else(|| "it is one of fail, collapse=A:B, adjust, average, remove, certainty".to_owned())
}
