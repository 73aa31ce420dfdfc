//! Several completed copies of one survey: each is estimated by the whole design, and what they say is joined.

use super::{Answer, Question, estimate_file, open};
use crate::domain::fault::Fault;
use crate::statistics::{self, CompleteDf, SurveyDesign};
use std::path::{Path, PathBuf};

/// What has to be the same in every copy.
struct Frame {
    design: SurveyDesign,
    psus: Vec<u32>,
    weights: Vec<f64>,
    /// Every figure, by statistic and domain.
    figures: Vec<String>,
}

/// Estimates from completed copies: figures in the order asked, as for one file.
///
/// # Errors
/// Every fault of the copies and of the question; copies that do not agree in rows, design, weights or figures, by name.
pub fn estimate_imputed(
    copies: &[PathBuf],
    question: &Question,
    complete: CompleteDf,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Vec<Answer>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut first: Option<(&Path, Frame)> = None;
    let (mut answers, mut ranges) = (Vec::new(), Vec::new());
    for path in copies {
        let read = open(path, question, progress)
            .and_then(|(roles, file, _)| Ok((estimate_file(&roles, &file, question)?, file)))
            .map_err(|more| faults.extend(of_file(path, more)));
        let Ok(((figures, of_figures), file)) = read else { continue };
        let name = |answer: &Answer| {
            let domain: Vec<String> = answer.domain.iter().map(|(column, label)| format!("{column}={label}")).collect();
            format!("{} in {}", answer.statistic, if domain.is_empty() { "all".to_owned() } else { domain.join(" & ") })
        };
        let frame = Frame {
            psus: file.sample.psus(),
            weights: file.sample.weights(),
            design: file.design,
            figures: figures.iter().map(name).collect(),
        };
        match &first {
            Some((of_first, known)) => faults.extend(frame.differs(known).map(|what| {
                let message = format!("{} does not fit {}: {what}", path.display(), of_first.display());
                Fault::of_whole("copies-differ", message)
            })),
            None => first = Some((path, frame)),
        }
        ranges = of_figures;
        answers.push(figures);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let level = question.confidence.level;
    let mut joined = answers.first().cloned().unwrap_or_default();
    for (place, (answer, range)) in joined.iter_mut().zip(ranges).enumerate() {
        let outcomes = answers.iter().filter_map(|copy| copy.get(place)).map(|answer| answer.outcome.clone());
        answer.outcome = outcomes.collect::<Result<Vec<_>, _>>().and_then(|estimates| {
            statistics::join_imputed(&estimates, range, complete, level).map_or_else(|| answer.outcome.clone(), Ok)
        });
    }
    Ok(joined)
}

fn of_file(path: &Path, faults: Vec<Fault>) -> Vec<Fault> {
    let name = |fault: Fault| Fault { message: format!("{}: {}", path.display(), fault.message), ..fault };
    faults.into_iter().map(name).collect()
}

impl Frame {
    /// In what it differs from the first copy, and what to do.
    fn differs(&self, first: &Self) -> Option<String> {
        let (n, n_first) = (self.psus.len(), first.psus.len());
        if n != n_first {
            return Some(format!("it has {n} rows instead of {n_first}; only answers may be imputed, not rows"));
        }
        let rows = self.psus.iter().zip(&self.weights).zip(first.psus.iter().zip(&first.weights));
        // The header is row 1.
        if let Some((row, _)) = (2..).zip(rows).find(|(_, (own, known))| own != known) {
            return Some(format!("row {row} has another PSU or weight; keep the rows in one order"));
        }
        if self.design != first.design {
            return Some("its strata, PSUs or population sizes are others; take the copies from one survey".to_owned());
        }
        if self.figures != first.figures {
            let other = self.figures.iter().find(|figure| !first.figures.contains(figure));
            let missing = first.figures.iter().find(|figure| !self.figures.contains(figure));
            let figure = other.or(missing).map(String::as_str).unwrap_or_default();
            return Some(format!("one of them has no figure for {figure}; ask for what all copies have"));
        }
        None
    }
}
