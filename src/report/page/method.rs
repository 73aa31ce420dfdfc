//! Who answered and how it is computed, in plain words; what follows from it for a reader; and where the figures come from.

use super::Page;
use super::shape::{ListShape, SectionShape};
use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::estimate::Estimate;
use crate::domain::questionnaire::Status;
use crate::domain::round::Mode;
use crate::report::number::Numbers;
use crate::report::told::Written;
use crate::report::{selection, words};
use std::collections::BTreeSet;

/// Desks short of answers that are named.
const MOST_SHORT: usize = 12;

impl Page<'_> {
    pub(super) fn method(&self) -> SectionShape {
        let mut section = self.section("method", "method");
        section.notes.extend(self.answering());
        section.notes.extend(self.what_is_hidden());
        section.notes.extend(self.short());
        section.notes.extend(self.sensitivity());
        if self.report.index.is_some() || self.report.component.is_some() {
            let points = |points: crate::domain::points::Points| Written::plain(2).value(self.tongue, points.to_f64());
            let occasion = &self.report.occasion;
            let blanks = [("survey", &*points(occasion.survey_max)), ("max", &*points(occasion.max))];
            section.notes.push(self.words.fill("error-note", &blanks));
        }
        section.lists.push(ListShape { heading: String::new(), points: self.sources() });
        section
    }

    fn answering(&self) -> Vec<String> {
        let coverage = &self.report.coverage;
        let mode = match coverage.mode {
            Mode::Sampled => "mode-sampled",
            Mode::Census => "mode-census",
            Mode::SelfSelected => "mode-self-selected",
        };
        let n = coverage.answers.map(|n| Numbers(self.tongue).count(n));
        let answers = n.map(|n| self.words.fill("n-answers", &[("n", &n)]));
        let mut told = vec![self.words.get(mode), answers.unwrap_or_else(|| self.words.get("n-answers-hidden"))];
        told.extend(self.rate());
        if coverage.is_impossible() {
            told.push(self.words.get("impossible"));
        }
        let flagged = coverage.flags.as_ref().map(|flags| flags.n_flagged).filter(|n| *n > 0);
        told.extend(flagged.map(|n| self.words.fill("flagged", &[("n", &Numbers(self.tongue).count(n))])));
        told
    }

    fn what_is_hidden(&self) -> Vec<String> {
        let hidden = self.report.hidden();
        if hidden.n_hidden == 0 {
            return Vec::new();
        }
        let (n, of) = (hidden.n_hidden.to_string(), hidden.n.to_string());
        vec![self.words.fill("n-hidden", &[("n", &n), ("of", &of)]), self.why_hidden()]
    }

    pub(super) fn why_hidden(&self) -> String {
        let why = self.tongue.of(
            words::hidden(),
            format!("fewer than {MIN_ANSWERS} answers, or a cell of fewer could be computed from it"),
        );
        self.words.fill("hidden-why", &[("why", &why)])
    }

    fn short(&self) -> Option<String> {
        let named = self.report.short_desks().into_iter().take(MOST_SHORT).map(|desk| {
            let needed = Numbers(self.tongue).count(desk.needed().unwrap_or_default());
            format!("{} ({needed})", desk.name)
        });
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| self.words.fill("short", &[("desks", &named.join(", "))]))
    }

    fn sensitivity(&self) -> Vec<String> {
        let told = |(ratio, share): &(f64, f64)| {
            let share = Written::percent(self.tongue).value(self.tongue, *share);
            self.words.fill("sensitivity", &[("ratio", selection::ratio(*ratio)), ("share", &share)])
        };
        self.report.selection.iter().flat_map(|selection| &selection.sensitivity).map(told).collect()
    }

    /// Methods, cautions, rounds and scheme.
    fn sources(&self) -> Vec<String> {
        let component = self.report.component.as_ref().and_then(|component| component.points.as_ref().ok());
        let overall = self.report.overall().and_then(|row| row.main().as_ref().ok());
        let estimates = || component.into_iter().chain(overall);
        let method = |estimate: &Estimate| self.tongue.of(words::method(estimate), estimate.method_code());
        let methods: BTreeSet<String> = estimates().map(method).collect();
        let cautions: BTreeSet<String> = estimates()
            .flat_map(|estimate| &estimate.cautions)
            .map(|caution| self.tongue.of(words::caution(caution), caution.to_string()))
            .collect();
        let provenance = &self.report.provenance;
        let mut told: Vec<String> =
            methods.iter().map(|method| self.words.fill("method-line", &[("method", method)])).collect();
        told.extend(cautions.iter().map(|caution| self.words.fill("caution-line", &[("caution", caution)])));
        told.extend(provenance.sources.iter().map(|source| {
            self.words.fill(
                "source-line",
                &[
                    ("round", source.round.as_str()),
                    ("n", &Numbers(self.tongue).count(source.n_responses)),
                    ("questionnaire", &source.questionnaire.to_string()),
                    ("status", self.status(source.questionnaire_status)),
                    ("data", &source.cut.short()),
                ],
            )
        }));
        told.push(self.words.fill(
            "scheme-line",
            &[
                ("scheme", &provenance.scheme_title),
                ("status", self.status(provenance.scheme_status)),
                ("digest", &provenance.scheme_digest.short()),
                ("version", &provenance.program_version),
            ],
        ));
        told
    }

    fn status(&self, status: Status) -> &'static str {
        self.tongue.of(words::status(status), status.code())
    }
}
