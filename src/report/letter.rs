//! The letter about a unit's figures: subject, plain text, HTML, and one picture. Templates and words lie in `reports/mail/`.

mod said;
mod view;

use super::figure::bars::{Bar, Bars};
use super::figure::{Mark, Picture as _, Unit};
use super::raster::{self, RasterFault};
use crate::domain::letter::{Letter, Part};
use crate::domain::outbox::Edition;
use crate::domain::results::Grain;
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::{Row, UnitReport};
use include_dir::{Dir, include_dir};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::BTreeMap;
use view::View;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/reports/mail");

/// Width of the picture in the letter, in CSS pixels: what a telephone leaves for it, so that its words stay readable there.
const PICTURE_WIDTH: u32 = 360;
/// Dots of the PNG for each of them; telephones have three.
const DENSITY: u32 = 3;
/// What the letter calls its picture.
const PICTURE_NAME: &str = "satisfaction.png";
/// The pages of a round's results begin so.
const RESULT_PAGES: &str = "/r/";

/// What stands on every letter of an office.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// Where the result pages are, without a slash at the end; letters have no link without it.
    pub public_url: Option<String>,
    /// Whom to write to, to get no more of them.
    pub contact: String,
}

/// What a letter tells.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The unit's figures.
    pub report: &'a UnitReport,
    /// Which of the round's letters it is.
    pub edition: Edition,
    /// What was told before, if this corrects it.
    pub before: Option<&'a UnitReport>,
    /// Why it was corrected; empty if nobody said.
    pub note: &'a str,
}

/// Why no letter was written: a fault of a template or of the words.
#[derive(Debug, thiserror::Error)]
pub enum LetterFault {
    /// A template does not fit.
    #[error("a template of the letter does not fit: {0:#}")]
    Template(#[from] minijinja::Error),
    /// The words cannot be read.
    #[error("the words of the letter cannot be read: {0}")]
    Words(String),
    /// The picture cannot be drawn.
    #[error(transparent)]
    Picture(#[from] RasterFault),
}

/// Writes a letter. `pdf` is attached if it is given.
///
/// # Errors
/// When a template, the words or the picture are at fault; figures never are.
pub fn write(
    facts: &Facts<'_>,
    tongue: Tongue,
    letterhead: &Letterhead,
    pdf: Option<Vec<u8>>,
) -> Result<Letter, LetterFault> {
    let words = words(tongue)?;
    let mut parts = Vec::new();
    let picture = picture(facts.report, tongue, &words);
    if let Some(picture) = &picture {
        let content = raster::png(&picture.svg(tongue, f64::from(PICTURE_WIDTH)), PICTURE_WIDTH * DENSITY)?;
        let (name, media) = (PICTURE_NAME.to_owned(), "image/png".to_owned());
        parts.push(Part { name, media, is_inline: true, content });
    }
    let seen = picture.map(|picture| picture.finding(tongue));
    let mut view = View::of(facts, tongue, letterhead, &words);
    view.show(seen, pdf.is_some());
    if let Some(content) = pdf {
        let name = format!("{}-{}.pdf", facts.report.occasion.round, facts.report.subject.area.code);
        parts.push(Part { name, media: "application/pdf".to_owned(), is_inline: false, content });
    }
    let templates = templates()?;
    let context = Value::from(Serde(&view));
    let drawn = |name: &str| templates.get_template(name).and_then(|template| template.render(context.clone()));
    Ok(Letter { plain: drawn("letter.txt")?, html: drawn("letter.html")?, subject: view.subject, parts })
}

/// The elements' satisfaction as bars; the items' where there are no elements.
fn picture(report: &UnitReport, tongue: Tongue, words: &Words) -> Option<Bars> {
    let elements: Vec<&Row> = report.rows_of(Grain::Element).collect();
    let rows = if elements.is_empty() { report.rows_of(Grain::Item).collect() } else { elements };
    let level = rows.iter().find_map(|row| row.main().as_ref().ok()).map(|estimate| estimate.level)?;
    let bar = |row: &Row| Bar {
        code: row.code.clone(),
        name: said::title(row, tongue).to_owned(),
        is_heading: false,
        shown: row.main().clone().and_then(|estimate| Mark::of(&estimate, 100.0)),
    };
    let rows = rows.into_iter().map(bar).collect();
    Some(Bars { title: words.get("picture").cloned().unwrap_or_default(), unit: Unit::Percent, level, rows })
}

/// The words of a letter by key.
type Words = BTreeMap<String, String>;

fn words(tongue: Tongue) -> Result<Words, LetterFault> {
    let file = format!("words.{tongue}.toml");
    let text = TEMPLATES.get_file(&file).and_then(|file| file.contents_utf8());
    let text = text.ok_or_else(|| LetterFault::Words(format!("{file} is missing")))?;
    toml::from_str(text).map_err(|error| LetterFault::Words(format!("{file}: {error}")))
}

fn templates() -> Result<Environment<'static>, LetterFault> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for name in ["letter.html", "letter.txt"] {
        let text = TEMPLATES.get_file(name).and_then(|file| file.contents_utf8()).unwrap_or_default();
        templates.add_template(name, text)?;
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_words() {
        let keys = |tongue| words(tongue).unwrap().into_keys().collect::<Vec<_>>();
        assert_eq!(keys(Tongue::Vietnamese), keys(Tongue::English));
        templates().unwrap();
    }
}
