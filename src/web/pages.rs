//! The page folder: templates, style sheet and scripts, read and checked once at start.
//!
//! They are part of the program; a folder of the office's own may replace any of them by a file of the same name.

use super::assets::Assets;
use super::problem::Problem;
use crate::domain::fault::{Fault, Place};
use crate::domain::questionnaire::Language;
use crate::service::Service;
use crate::service::catalogue::Words;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Value};
use minijinja::{Environment, UndefinedBehavior};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The media type of every page.
pub const HTML: &str = "text/html; charset=utf-8";
/// The language of a page when none is asked for. A visitor's browser does not change it: the tablet at a counter was
/// set up by whoever bought it, not by whoever stands before it.
pub const VIETNAMESE: &str = "vi";
/// The second language of notices.
pub const ENGLISH: &str = "en";

/// What citizens see, and what officials see.
static EMBEDDED: [Dir<'_>; 2] =
    [include_dir!("$CARGO_MANIFEST_DIR/surveys/page"), include_dir!("$CARGO_MANIFEST_DIR/reports/page")];

/// Marks a response whose body is a page that a handler wrote on purpose, whatever its status.
pub struct Written;

/// The templates and what they ask for, checked.
pub struct Pages {
    templates: Environment<'static>,
    assets: Assets,
    version: String,
}

impl Pages {
    /// Takes the program's own pages, each replaced by the file of the same name in `folder`, if there is one.
    ///
    /// # Errors
    /// Every file of the folder that cannot be read, is no template, or replaces nothing.
    pub fn load(folder: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for file in EMBEDDED.iter().flat_map(Dir::files) {
            let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else { continue };
            files.insert(name.to_owned(), text.to_owned());
        }
        if let Some(folder) = folder {
            faults.extend(replace(&mut files, folder));
        }
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
        let mut assets = Assets::default();
        let mut version = Sha256::new();
        for (name, text) in files {
            version.update(Sha256::digest(&name));
            version.update(Sha256::digest(&text));
            let Err(text) = assets.keep(&name, text) else { continue };
            if let Err(error) = templates.add_template_owned(name.clone(), text) {
                let place = Place::Line { file: name, line: error.line().unwrap_or(1), column: 1 };
                faults.push(Fault { place, code: "not-a-template", message: error.to_string() });
            }
        }
        // An address of ours is written as it is, not with its slashes escaped.
        let written = |(name, address)| (name, Value::from_safe_string(address));
        let addresses: BTreeMap<String, Value> = assets.addresses().into_iter().map(written).collect();
        templates.add_global("assets", Value::from(addresses));
        let version = version.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        if faults.is_empty() { Ok(Self { templates, assets, version }) } else { Err(faults) }
    }

    /// Style sheet and scripts.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// A digest of every file: another page has another version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Fills a template.
    ///
    /// # Errors
    /// A server fault, when the template asks for something it was not given.
    pub fn render(&self, template: &str, context: Value) -> Result<String, Problem> {
        let rendered = self.templates.get_template(template).and_then(|template| template.render(context));
        rendered.map_err(|error| Problem::server_fault(format!("{error:#}")))
    }
}

/// Puts the folder's files over the program's own.
fn replace(files: &mut BTreeMap<String, String>, folder: &Path) -> Vec<Fault> {
    let fault = |file: &Path, code, message: String| {
        let place = Place::Line { file: file.display().to_string(), line: 1, column: 1 };
        Fault { place, code, message }
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return vec![fault(folder, "unreadable", format!("cannot be read: {error}"))],
    };
    let mut faults = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match (files.get_mut(&name), std::fs::read_to_string(&path)) {
            (Some(own), Ok(text)) => *own = text,
            (Some(_), Err(error)) => faults.push(fault(&path, "unreadable", format!("cannot be read: {error}"))),
            (None, _) => {
                let known = files.keys().cloned().collect::<Vec<_>>().join(", ");
                faults.push(fault(&path, "replaces-nothing", format!("replaces nothing; the pages are {known}")));
            }
        }
    }
    faults
}

/// A page as a response.
///
/// # Errors
/// None; the type fits the end of a request's function.
pub fn html(mut response: HttpResponseBuilder, page: String) -> Result<HttpResponse, Problem> {
    let mut response = response.insert_header((header::CONTENT_TYPE, HTML)).body(page);
    response.extensions_mut().insert(Written);
    Ok(response)
}

/// The words around the questions, in one language. A template reads `w.send`; code reads [`Chrome::word`].
pub struct Chrome {
    service: Arc<Service>,
    language: Language,
}

impl Chrome {
    /// The words of a language; none if the catalogue has no page in it.
    #[must_use]
    pub fn in_language(service: &Arc<Service>, tag: &str) -> Option<Self> {
        let language = Language::parse(tag).ok()?;
        service.catalogue().page_words(&language)?;
        Some(Self { service: Arc::clone(service), language })
    }

    /// The words for a key.
    #[must_use]
    pub fn word(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// The words for a key with their blanks filled.
    #[must_use]
    pub fn fill(&self, key: &str, blanks: &[(&str, &str)]) -> String {
        self.words().map_or_else(|| key.to_owned(), |words| words.fill(key, blanks))
    }

    /// The language's tag.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.language.as_str()
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.language
    }

    fn words(&self) -> Option<&Words> {
        self.service.catalogue().page_words(&self.language)
    }
}

impl std::fmt::Debug for Chrome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the page's words in {}", self.language)
    }
}

impl Object for Chrome {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.words()?.get(key.as_str()?).map(Value::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn a_folder_replaces_pages_by_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("message.html", "<p>{{ title }}</p>");
        write("style.css", "body { color: #000 }");
        let own = Pages::load(None).unwrap();
        let replaced = Pages::load(Some(folder.path())).unwrap();
        let page = replaced.render("message.html", context! { title => "a & b" }).unwrap();
        assert_eq!(page, "<p>a &amp; b</p>");
        let address = |pages: &Pages, name: &str| pages.assets().addresses()[name].clone();
        assert_ne!(address(&own, "style.css"), address(&replaced, "style.css"), "another content has another address");
        assert_eq!(address(&own, "survey.js"), address(&replaced, "survey.js"));
        assert!(replaced.render("message.html", context! {}).is_err(), "what is missing is never shown as nothing");

        write("mesage.html", "");
        write("survey.html", "{% if %}");
        write("problem.html", "\n\n{% endfor %}");
        let faults = Pages::load(Some(folder.path())).err().unwrap();
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["replaces-nothing", "not-a-template", "not-a-template"], "{faults:?}");
        assert!(faults[1].to_string().starts_with("problem.html:3:1: "), "{}", faults[1]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_fault() {
        let faults = Pages::load(Some(Path::new("/no/such/folder"))).err().unwrap();
        assert_eq!(faults[0].code, "unreadable");
    }
}
