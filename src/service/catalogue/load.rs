//! Reads a whole folder, in the order in which its files refer to each other: scales and page words, questionnaires,
//! texts, schemes, and at last the list of what was published.

use super::breakdowns;
use super::quality;
use super::questionnaire::{self, Read};
use super::reader;
use super::scales::{self, Scale};
use super::scheme::{self, Surveys};
use super::source::{File, Source};
use super::texts::{self, Texts};
use super::words::{self, Words};
use super::{Catalogue, frozen, near};
use crate::domain::fault::{Fault, Place};
use crate::domain::ids::{QuestionnaireId, QuestionnaireRef, SchemeId};
use crate::domain::questionnaire::Language;
use crate::domain::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SCALES: &str = "scales.toml";
const PUBLISHED: &str = "published.toml";
const BREAKDOWNS: &str = "breakdowns.toml";
const QUALITY: &str = "quality.toml";
const README: &str = "README.md";
/// What the texts of the page are called where a questionnaire's are called by its id and version.
const PAGE: &str = "page";
/// The folders that hold data, in the order they are told to people.
const FOLDERS: [&str; 3] = ["questionnaires", "texts", "schemes"];

/// Reads and checks everything.
pub(super) fn load(source: &Source) -> Result<Catalogue, Vec<Fault>> {
    let mut faults = Vec::new();
    let files = source.files(&mut faults);
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    refuse_strangers(&files, &mut faults);
    if faults.iter().all(|fault| fault.code != "unreadable") {
        require_fixed_files(source, &paths, &mut faults);
    }

    let scales = files.iter().find(|file| file.path == SCALES).and_then(|file| scales::read(file, &mut faults));
    let breakdowns = files.iter().find(|file| file.path == BREAKDOWNS);
    let breakdowns = breakdowns.and_then(|file| breakdowns::read(file, &mut faults));
    let quality = files.iter().find(|file| file.path == QUALITY).and_then(|file| quality::read(file, &mut faults));
    let words = read_words(&files, &mut faults);
    let questionnaires = read_questionnaires(&files, &paths, &mut faults);
    let texts = read_texts(&files, &questionnaires, scales.as_ref(), &mut faults);
    let schemes = read_schemes(&files, &questionnaires, &mut faults);
    if let Some(list) = files.iter().find(|file| file.path == PUBLISHED) {
        frozen::check(list, &files, &mut faults);
    }
    if faults.is_empty() {
        let own = |read: Read| (read.questionnaire.reference.clone(), read.questionnaire);
        let questionnaires = questionnaires.read.into_values().map(own).collect();
        let scales = scales.unwrap_or_default();
        Ok(Catalogue { questionnaires, schemes, texts, words, scales, breakdowns, quality })
    } else {
        faults.sort();
        Err(faults)
    }
}

/// The `.toml` files of a folder.
fn files_of<'f>(files: &'f [File], folder: &str) -> impl Iterator<Item = &'f File> {
    let is_in = move |file: &&File| file.path.split_once('/').is_some_and(|(own, name)| own == folder && is_toml(name));
    files.iter().filter(is_in)
}

fn is_toml(name: &str) -> bool {
    name.ends_with(".toml") && !name.contains('/')
}

/// Refuses files that nothing reads; someone put them there in the belief that they count.
fn refuse_strangers(files: &[File], faults: &mut Vec<Fault>) {
    for file in files {
        let is_known = match file.path.split_once('/') {
            None => [SCALES, PUBLISHED, BREAKDOWNS, QUALITY, README].contains(&file.path.as_str()),
            Some((folder, name)) => name == README || FOLDERS.contains(&folder) && is_toml(name),
        };
        if !is_known {
            let folder = file.path.split_once('/').map_or("", |(folder, _)| folder);
            let hint = near::hint(folder, FOLDERS.into_iter().filter(|known| *known != folder));
            let message = format!(
                "is not read{hint}; data are {SCALES}, {PUBLISHED}, {BREAKDOWNS}, {QUALITY} and the .toml files in {}; move or remove it",
                FOLDERS.join(", ")
            );
            faults.push(file.fault("unknown-file", message));
        }
    }
}

fn require_fixed_files(source: &Source, paths: &BTreeSet<&str>, faults: &mut Vec<Fault>) {
    for path in [SCALES, PUBLISHED].into_iter().filter(|path| !paths.contains(path)) {
        let place = Place::Line { file: source.shown(path), line: 1, column: 1 };
        let message = "is missing; add it, laid out as surveys/README.md says".to_owned();
        faults.push(Fault { place, code: "missing-file", message });
    }
}

/// Reads the page's words, Vietnamese first: it sets the keys that the other languages must have.
fn read_words(files: &[File], faults: &mut Vec<Fault>) -> BTreeMap<Language, Words> {
    let mut found: Vec<(Language, &File)> = Vec::new();
    for file in files_of(files, "texts") {
        match language_of(file) {
            Some((PAGE, Ok(language))) => found.push((language, file)),
            Some((PAGE, Err(message))) => faults.push(file.fault("file-name", message)),
            _ => {}
        }
    }
    found.sort_by_key(|(language, _)| language.as_str() != "vi");
    let mut words: BTreeMap<Language, Words> = BTreeMap::new();
    let mut model: Option<Words> = None;
    for (language, file) in found {
        let read = reader::read(file, faults, |table| words::read(table, &language, model.as_ref()));
        model = model.or_else(|| read.clone());
        words.extend(read.map(|read| (language, read)));
    }
    words
}

/// What comes before the last dot of a text's name, and the language after it.
fn language_of(file: &File) -> Option<(&str, Result<Language, String>)> {
    let (of, language) = file.stem().rsplit_once('.')?;
    Some((of, Language::parse(language)))
}

/// The questionnaires that were read, and the ids of those with faults.
#[derive(Default)]
struct Questionnaires {
    read: BTreeMap<QuestionnaireRef, Read>,
    faulty: BTreeSet<QuestionnaireId>,
    faulty_versions: BTreeSet<String>,
}

fn read_questionnaires(files: &[File], paths: &BTreeSet<&str>, faults: &mut Vec<Fault>) -> Questionnaires {
    let mut questionnaires = Questionnaires::default();
    for file in files_of(files, "questionnaires") {
        let Some(read) = reader::read(file, faults, |table| questionnaire::read(table, file, paths)) else {
            questionnaires.faulty.extend(QuestionnaireRef::parse(file.stem()).map(|reference| reference.id).ok());
            questionnaires.faulty_versions.insert(file.stem().to_owned());
            continue;
        };
        questionnaires.read.insert(read.questionnaire.reference.clone(), read);
    }
    questionnaires
}

/// Reads the wordings: those a questionnaire declares, which must be there, and any further one. A published questionnaire
/// can so still be asked in another language. One without its questionnaire, or without its words of the page, is a fault.
fn read_texts(
    files: &[File],
    questionnaires: &Questionnaires,
    scales: Option<&BTreeMap<Language, Scale>>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<QuestionnaireRef, BTreeMap<Language, Texts>> {
    let mut texts: BTreeMap<QuestionnaireRef, BTreeMap<Language, Texts>> = BTreeMap::new();
    let page_languages: BTreeSet<Language> = files_of(files, "texts")
        .filter_map(language_of)
        .filter_map(|(of, language)| language.ok().filter(|_| of == PAGE))
        .collect();
    for file in files_of(files, "texts") {
        let (of, language) = match language_of(file) {
            Some((PAGE, _)) => continue,
            Some((of, Ok(language))) => (of, language),
            _ => {
                let message = "is not named like one-stop.v1.vi.toml or page.vi.toml; rename it";
                faults.push(file.fault("file-name", message));
                continue;
            }
        };
        let known = || questionnaires.read.iter().find(|(reference, _)| reference.to_string() == of);
        if questionnaires.faulty_versions.contains(of) {
            reader::read(file, faults, |mut table| {
                table.forgive_all();
                Some(())
            });
        } else if let Some((reference, asked)) = known() {
            let is_declared = asked.questionnaire.languages.contains(&language);
            if !is_declared && !page_languages.contains(&language) {
                let message = format!("needs texts/page.{language}.toml; add that file or remove this one");
                faults.push(file.fault("missing-text", message));
            }
            let read = read_text(file, asked, &language, scales, faults);
            texts.entry(reference.clone()).or_default().extend(read.map(|read| (language, read)));
        } else {
            let names: Vec<String> = questionnaires.read.keys().map(ToString::to_string).collect();
            let hint = near::hint(of, names.iter().map(String::as_str));
            let message = format!("there is no questionnaire {of}{hint}; rename or remove this file");
            faults.push(file.fault("unknown-questionnaire", message));
        }
    }
    texts
}

fn read_text(
    file: &File,
    asked: &Read,
    language: &Language,
    scales: Option<&BTreeMap<Language, Scale>>,
    faults: &mut Vec<Fault>,
) -> Option<Texts> {
    let scale = scales.and_then(|scales| scales.get(language));
    if scales.is_some() && scale.is_none() {
        let message = format!("{SCALES} has no answers in {language}; add a [[scale]] for it");
        faults.push(file.fault("missing-scale", message));
    }
    reader::read(file, faults, |table| texts::read(table, asked, language, scale))
}

fn read_schemes(
    files: &[File],
    questionnaires: &Questionnaires,
    faults: &mut Vec<Fault>,
) -> BTreeMap<SchemeId, Arc<Scheme>> {
    let surveys = Surveys { read: &questionnaires.read, faulty: &questionnaires.faulty };
    let read = |file| reader::read(file, faults, |table| scheme::read(table, file, &surveys));
    let schemes = files_of(files, "schemes").filter_map(read);
    schemes.map(|scheme| (scheme.id.clone(), Arc::new(scheme))).collect()
}
