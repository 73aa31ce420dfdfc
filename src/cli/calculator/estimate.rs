//! `sipas estimate`: figures with their intervals.

use super::super::failure::Failure;
use super::{Format, Survey, progress_bar};
use crate::report::estimates::{self, Line};
use crate::service::calculator::{self, Answer};
use std::path::{Path, PathBuf};

/// What to estimate, from what.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
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
    let survey = &arguments.survey;
    let question = survey.question()?;
    let bar = progress_bar();
    let answers = calculator::estimate(&survey.file, &question, &mut |done, whole| {
        if let Some(whole) = whole {
            bar.set_length(whole);
        }
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let answers = answers.map_err(|faults| survey.refused(faults))?;
    if let Some((report, weights)) = &answers.calibration {
        eprintln!("{}", estimates::calibration(report));
        if let Some(path) = &arguments.weights_out {
            write(path, estimates::weights(weights))?;
        }
    }
    if let Some(path) = &arguments.covariance {
        let covariance = calculator::covariance(&survey.file, &question).map_err(|faults| survey.refused(faults))?;
        write(path, estimates::covariance(&covariance.names, &covariance.matrix))?;
    }
    let lines: Vec<Line> = answers.figures.iter().map(|answer| line(answer, survey.level)).collect();
    match arguments.format {
        Format::Table => print!("{}", estimates::text(&lines)),
        Format::Csv => print!("{}", estimates::csv(&lines)),
        Format::Json => println!("{}", estimates::json(&lines).map_err(|error| error.to_string())?),
    }
    Ok(())
}

fn write(path: &Path, text: String) -> Result<(), Failure> {
    let written = std::fs::write(path, text);
    Ok(written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?)
}

fn line(answer: &Answer, level: f64) -> Line<'_> {
    let outcome = answer.outcome.as_ref().map_err(ToString::to_string);
    Line { statistic: &answer.statistic, domain: &answer.domain, level, outcome }
}
