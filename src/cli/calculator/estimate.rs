//! `sipas estimate`: figures with their intervals.

use super::super::failure::Failure;
use super::super::format::Format;
use super::{Survey, with_progress};
use crate::cli::output::{say, say_line};
use crate::report::estimates::{self, Line};
use crate::service::calculator::{self, Answer};
use crate::statistics::CompleteDf;
use std::path::{Path, PathBuf};

/// What to estimate, from what.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The survey: a .csv or .parquet file
    #[arg(required_unless_present_any = ["moments", "imputed"])]
    file: Option<PathBuf>,
    /// Files of `sipas moments` to add up instead; without statistics, all that were counted
    #[arg(long, value_name = "FILE.parquet", num_args = 1.., conflicts_with_all = [
        "file", "strata", "psu", "weight", "fpc1", "fpc2", "repweights", "margins", "covariance", "weights_out",
    ])]
    moments: Vec<PathBuf>,
    /// Completed copies of one survey instead, two or more, whose missing answers were imputed: Rubin's rules join them
    #[arg(long, value_name = "FILE", num_args = 2.., conflicts_with_all = ["file", "moments", "margins", "ci", "covariance"])]
    imputed: Vec<PathBuf>,
    /// The degrees of freedom that full answers would have: those of the design (design) or no limit (infinite)
    #[arg(long, value_name = "DF", default_value = "design", requires = "imputed", value_parser = complete_df)]
    complete_df: CompleteDf,
    #[command(flatten)]
    survey: Survey,
    /// Also write the covariance of all figures to this CSV file
    #[arg(long, value_name = "OUT.csv")]
    covariance: Option<PathBuf>,
    /// Also write the calibrated weights, row by row, to this CSV file
    #[arg(long, value_name = "OUT.csv", requires = "calibrate")]
    weights_out: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads, estimates, prints.
pub(in crate::cli) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let figures = match &arguments.file {
        Some(file) => of_file(arguments, file)?,
        None if !arguments.imputed.is_empty() => {
            let question = arguments.survey.question()?;
            let (copies, complete) = (&arguments.imputed, arguments.complete_df);
            let answers = with_progress(|progress| calculator::estimate_imputed(copies, &question, complete, progress));
            answers.map_err(|faults| Failure::faults("the copies give no figures", faults))?
        }
        None => {
            let answers = calculator::estimate_moments(&arguments.moments, &arguments.survey.asked_of_moments());
            answers.map_err(|faults| Failure::faults("the moments give no figures", faults))?
        }
    };
    let lines: Vec<Line> = figures.iter().map(|answer| line(answer, arguments.survey.level)).collect();
    match arguments.format {
        Format::Table => say!("{}", estimates::text(&lines)),
        Format::Csv => say!("{}", estimates::csv(&lines)),
        Format::Json => say_line!("{}", estimates::json(&lines).map_err(|error| error.to_string())?),
    }
    Ok(())
}

fn of_file(arguments: &Arguments, file: &Path) -> Result<Vec<Answer>, Failure> {
    let refused = |faults| Survey::refused(file, faults);
    let question = arguments.survey.question()?;
    let answers = with_progress(|progress| calculator::estimate(file, &question, progress)).map_err(refused)?;
    if let Some((report, weights)) = &answers.calibration {
        eprintln!("{}", estimates::calibration(report));
        if let Some(path) = &arguments.weights_out {
            write(path, estimates::weights(weights))?;
        }
    }
    if let Some(path) = &arguments.covariance {
        let covariance = calculator::covariance(file, &question).map_err(refused)?;
        write(path, estimates::covariance(&covariance.names, &covariance.matrix))?;
    }
    Ok(answers.figures)
}

fn complete_df(text: &str) -> Result<CompleteDf, String> {
    CompleteDf::parse(text).ok_or_else(|| format!("it is one of {}", CompleteDf::listed()))
}

fn write(path: &Path, text: String) -> Result<(), Failure> {
    let written = std::fs::write(path, text);
    Ok(written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?)
}

fn line(answer: &Answer, level: f64) -> Line<'_> {
    let outcome = answer.outcome.as_ref().map_err(ToString::to_string);
    Line { statistic: &answer.statistic, domain: &answer.domain, level, outcome }
}
