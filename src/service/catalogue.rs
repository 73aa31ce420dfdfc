//! The catalogue: every questionnaire, text and scheme of a `surveys/` folder, read and checked as a whole.
//!
//! A catalogue either loads without a fault or not at all, so whoever holds one never asks again whether an item has its
//! wording or a scheme adds up. The readers under this module turn TOML into `domain` values:
//!
//! | module | reads |
//! |---|---|
//! | [`source`](Source) | the folder, embedded or on disk |
//! | `reader`, `value`, `near` | one TOML file: keys, types, positions, "did you mean" |
//! | `questionnaire`, `item` | `questionnaires/<id>.v<N>.toml` |
//! | `texts`, `words`, `scales` | `texts/<id>.v<N>.<lang>.toml`, `texts/page.<lang>.toml`, `scales.toml` |
//! | `breakdowns` | `breakdowns.toml` |
//! | `quality` | `quality.toml` |
//! | `scheme`, `sums` | `schemes/<id>.toml` |
//! | `frozen` | `published.toml` |
//! | `load` | all of them, in the order in which they refer to each other |

mod breakdowns;
mod frozen;
mod item;
mod load;
mod near;
mod quality;
mod questionnaire;
mod reader;
mod scales;
mod scheme;
mod source;
mod sums;
mod texts;
mod value;
mod words;

use crate::domain::fault::Fault;
use crate::domain::ids::{QuestionnaireId, QuestionnaireRef, SchemeId};
use crate::domain::quality::QualityRules;
use crate::domain::questionnaire::{Language, Questionnaire, Status};
use crate::domain::scheme::Scheme;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use breakdowns::Breakdowns;
pub use scales::Scale;
pub use source::Source;
pub use texts::{Choice, Texts};
pub use words::Words;

/// Everything a `surveys/` folder says, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    questionnaires: BTreeMap<QuestionnaireRef, Arc<Questionnaire>>,
    schemes: BTreeMap<SchemeId, Arc<Scheme>>,
    texts: BTreeMap<QuestionnaireRef, BTreeMap<Language, Texts>>,
    words: BTreeMap<Language, Words>,
    scales: BTreeMap<Language, Scale>,
    breakdowns: Option<Breakdowns>,
    quality: Option<QualityRules>,
}

impl Catalogue {
    /// Reads and checks a folder.
    ///
    /// # Errors
    /// Every fault of every file, sorted by file, line and column. Only two things wait for a second look: the contents of
    /// a file with broken syntax, and what a text or scheme says about a questionnaire that itself has faults.
    pub fn load(source: &Source) -> Result<Self, Vec<Fault>> {
        load::load(source)
    }

    /// A questionnaire at one version.
    #[must_use]
    pub fn questionnaire(&self, reference: &QuestionnaireRef) -> Option<&Arc<Questionnaire>> {
        self.questionnaires.get(reference)
    }

    /// The latest version of a questionnaire.
    #[must_use]
    pub fn latest(&self, id: &QuestionnaireId) -> Option<&Arc<Questionnaire>> {
        self.questionnaires.values().rfind(|questionnaire| questionnaire.reference.id == *id)
    }

    /// Every questionnaire, by id and version.
    pub fn questionnaires(&self) -> impl Iterator<Item = &Arc<Questionnaire>> {
        self.questionnaires.values()
    }

    /// A scheme.
    #[must_use]
    pub fn scheme(&self, id: &SchemeId) -> Option<&Arc<Scheme>> {
        self.schemes.get(id)
    }

    /// Every scheme, by id.
    pub fn schemes(&self) -> impl Iterator<Item = &Arc<Scheme>> {
        self.schemes.values()
    }

    /// The wording of a questionnaire in a language; there for every language that the questionnaire declares.
    #[must_use]
    pub fn texts(&self, reference: &QuestionnaireRef, language: &Language) -> Option<&Texts> {
        self.texts.get(reference)?.get(language)
    }

    /// The languages a questionnaire can be answered in: those it declares, the default first, and then any further one
    /// that has texts.
    #[must_use]
    pub fn languages<'c>(&'c self, questionnaire: &'c Questionnaire) -> Vec<&'c Language> {
        let texts = self.texts.get(&questionnaire.reference);
        let further = texts.into_iter().flat_map(BTreeMap::keys).filter(|tag| !questionnaire.languages.contains(tag));
        questionnaire.languages.iter().chain(further).collect()
    }

    /// All wordings, by questionnaire and language.
    pub fn all_texts(&self) -> impl Iterator<Item = &Texts> {
        self.texts.values().flat_map(BTreeMap::values)
    }

    /// The words of the page around a questionnaire; there for every language that any questionnaire declares.
    #[must_use]
    pub fn page_words(&self, language: &Language) -> Option<&Words> {
        self.words.get(language)
    }

    /// The page's words in every language.
    pub fn all_page_words(&self) -> impl Iterator<Item = &Words> {
        self.words.values()
    }

    /// The breakdowns that are published together; none where the folder declares none.
    #[must_use]
    pub fn breakdowns(&self) -> Option<&Breakdowns> {
        self.breakdowns.as_ref()
    }

    /// The line that says that the list of breakdowns is not confirmed.
    #[must_use]
    pub fn notice_of_breakdowns(&self) -> Option<String> {
        self.breakdowns.as_ref().and_then(Breakdowns::notice)
    }

    /// When an answer is flagged; none where the folder has no rules, and then none is.
    #[must_use]
    pub fn quality(&self) -> Option<&QualityRules> {
        self.quality.as_ref()
    }

    /// The line that says that the rules for flags are not confirmed.
    #[must_use]
    pub fn notice_of_quality(&self) -> Option<String> {
        self.quality.as_ref().and_then(quality::notice)
    }

    /// One line for everything that is not confirmed by an official source: what it is, its status and its source.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let scales = self.scales.values().filter_map(Scale::notice);
        let words = self.words.values().filter_map(Words::notice);
        let questionnaires = self.questionnaires().filter_map(|questionnaire| questionnaire_notice(questionnaire));
        let texts = self.all_texts().filter_map(Texts::notice);
        let schemes = self.schemes().filter_map(|scheme| scheme_notice(scheme));
        let breakdowns = self.notice_of_breakdowns().into_iter().chain(self.notice_of_quality());
        scales.chain(words).chain(breakdowns).chain(questionnaires).chain(texts).chain(schemes).collect()
    }

    /// The [`notices`](Self::notices) that belong on a figure made with this scheme from answers to this questionnaire:
    /// those of the scheme, the questionnaire and its wordings.
    #[must_use]
    pub fn notices_of(&self, scheme: &SchemeId, questionnaire: &QuestionnaireRef) -> Vec<String> {
        let scheme = self.scheme(scheme).and_then(|scheme| scheme_notice(scheme));
        let own = self.questionnaire(questionnaire).and_then(|questionnaire| questionnaire_notice(questionnaire));
        let texts = self.texts.get(questionnaire).into_iter().flat_map(BTreeMap::values).filter_map(Texts::notice);
        scheme.into_iter().chain(own).chain(texts).collect()
    }
}

fn questionnaire_notice(questionnaire: &Questionnaire) -> Option<String> {
    notice(&format!("questionnaire {}", questionnaire.reference), questionnaire.status, &questionnaire.source)
}

fn scheme_notice(scheme: &Scheme) -> Option<String> {
    notice(&format!("scheme {}", scheme.id), scheme.status, &scheme.source)
}

/// The line that says that something is not confirmed; none for what is.
fn notice(what: &str, status: Status, source: &str) -> Option<String> {
    (status != Status::Confirmed).then(|| format!("{what} is {status}, not confirmed: {source}"))
}
