//! Templates of `reports/result/` filled with what was worded before, and the words of `reports/words.<lang>.toml`. Templates
//! only show: a figure comes to them as text.

use crate::domain::tongue::Tongue;
use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports/result");

const VIETNAMESE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/words.vi.toml"));
const ENGLISH: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/words.en.toml"));

/// A template or a file of words is wrong: a fault of this program, never of a reader.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct RenderFault(String);

/// Words by key, in one language.
#[derive(Debug)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// The words of a language.
    ///
    /// # Errors
    /// When their file cannot be read.
    pub fn of(tongue: Tongue) -> Result<&'static Self, RenderFault> {
        static READ: LazyLock<[Result<Words, RenderFault>; 2]> = LazyLock::new(|| {
            [VIETNAMESE, ENGLISH].map(|text| toml::from_str(text).map(Words).map_err(|e| RenderFault(e.to_string())))
        });
        let [vietnamese, english] = &*READ;
        tongue.of(vietnamese, english).as_ref().map_err(Clone::clone)
    }

    /// The text of a key with its blanks filled. An unknown key gives itself, so that the mistake can be found.
    #[must_use]
    pub fn fill(&self, key: &str, blanks: &[(&str, &str)]) -> String {
        let text = self.0.get(key).map_or_else(|| key.to_owned(), Clone::clone);
        blanks.iter().fold(text, |text, (blank, value)| text.replace(&format!("{{{blank}}}"), value))
    }

    /// The text of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.fill(key, &[])
    }
}

/// What a template shows: `p`, with the words `say` of the language `lang`.
#[derive(Debug, Serialize)]
pub struct Content<T> {
    lang: &'static str,
    say: &'static BTreeMap<String, String>,
    p: T,
}

impl<T> Content<T> {
    /// Puts the words of a language beside it.
    ///
    /// # Errors
    /// When the words cannot be read.
    pub fn new(tongue: Tongue, p: T) -> Result<Self, RenderFault> {
        Ok(Self { lang: tongue.code(), say: &Words::of(tongue)?.0, p })
    }
}

/// Fills a template of `reports/result/`.
///
/// # Errors
/// When the template is wrong or asks for something it was not given.
pub fn render<T: Serialize>(template: &str, content: &Content<T>) -> Result<String, RenderFault> {
    static READ: LazyLock<Result<Environment<'static>, RenderFault>> = LazyLock::new(environment);
    let fault = |error: minijinja::Error| RenderFault(format!("{error:#}"));
    let environment = READ.as_ref().map_err(Clone::clone)?;
    environment.get_template(template).and_then(|template| template.render(Serde(content))).map_err(fault)
}

fn environment() -> Result<Environment<'static>, RenderFault> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
    for file in TEMPLATES.files() {
        let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else { continue };
        environment.add_template(name, text).map_err(|error| RenderFault(format!("{name}: {error:#}")))?;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The names in braces.
    fn blanks(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_have_the_same_words_with_the_same_blanks() {
        let [vi, en] = Tongue::ALL.map(|tongue| Words::of(tongue).unwrap());
        assert!(vi.0.len() > 50 && vi.0.keys().eq(en.0.keys()));
        for (key, text) in &vi.0 {
            assert_eq!(blanks(text), blanks(&en.0[key]), "{key}");
        }
        assert_eq!(vi.fill("n-answers", &[("n", "12")]), "12 phiếu.");
        assert_eq!(vi.get("unheard-of"), "unheard-of");
    }

    #[test]
    fn a_template_that_asks_for_too_much_is_a_fault() {
        let content = Content::new(Tongue::English, BTreeMap::<String, String>::new()).unwrap();
        assert!(render("unit.html", &content).is_err() && render("none.html", &content).is_err());
    }
}
