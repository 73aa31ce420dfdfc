//! New forms, drawn once for each questionnaire and language. What differs from one view to the next is the desk, the round,
//! the response's id and the time; those are put into what was drawn, at a tenth of the price of drawing.

use super::Names;
use crate::domain::ids::QuestionnaireRef;
use crate::domain::questionnaire::Language;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Begins and ends a gap. Unicode keeps these two for private use, so they stand in nobody's text.
const OPENS: char = '\u{E000}';
const CLOSES: char = '\u{E001}';

/// The names of the gaps, in the order of the members of [`Names`].
const GAPS: [&str; 5] = ["desk", "desk-name", "round", "id", "begun"];

/// What was drawn, by questionnaire and language.
#[derive(Default)]
pub struct Blanks(RwLock<HashMap<(QuestionnaireRef, Language), Arc<Blank>>>);

/// A form with gaps.
pub(super) struct Blank(Vec<Part>);

enum Part {
    Text(String),
    /// A place among the [`GAPS`].
    Gap(usize),
}

impl Blanks {
    /// The form of a questionnaire in a language; drawn by `draw`, with gaps for the names, if it was not yet.
    pub(super) fn form<E>(
        &self,
        questionnaire: &QuestionnaireRef,
        language: &Language,
        draw: impl FnOnce(&Names) -> Result<String, E>,
    ) -> Result<Arc<Blank>, E> {
        let key = (questionnaire.clone(), language.clone());
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let [desk, desk_name, round, id, begun] = GAPS.map(|name| format!("{OPENS}{name}{CLOSES}"));
        let blank = Arc::new(Blank::of(&draw(&Names { desk, desk_name, round, id, begun })?));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&blank));
        Ok(blank)
    }
}

impl Blank {
    fn of(drawn: &str) -> Self {
        let mut parts = Vec::new();
        for piece in drawn.split(OPENS) {
            let (gap, text) = piece.split_once(CLOSES).unwrap_or(("", piece));
            parts.extend(GAPS.iter().position(|name| *name == gap).map(Part::Gap));
            parts.push(Part::Text(text.to_owned()));
        }
        Self(parts)
    }

    /// The form of one view.
    pub(super) fn filled(&self, names: &Names) -> String {
        let Names { desk, desk_name, round, id, begun } = names;
        let values = [desk, desk_name, round, id, begun].map(|value| escaped(value));
        let value = |gap: &usize| values.get(*gap).map_or("", String::as_str);
        self.0.iter().map(|part| if let Part::Gap(gap) = part { value(gap) } else { part.text() }).collect()
    }
}

impl Part {
    fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

/// Text in the place of markup, in an attribute too.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#x27;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(desk_name: &str) -> Names {
        let text = str::to_owned;
        Names { desk: text("D1"), desk_name: text(desk_name), round: text("R"), id: text("7f"), begun: text("9") }
    }

    #[test]
    fn a_form_is_drawn_once_and_filled_as_text() {
        let (blanks, mut n_drawn) = (Blanks::default(), 0);
        let questionnaire = QuestionnaireRef::parse("one-stop.v1").unwrap();
        let language = Language::parse("vi").unwrap();
        for desk_name in ["Một cửa", "<b> & \"c\""] {
            let form = blanks.form(&questionnaire, &language, |names| {
                n_drawn += 1;
                let Names { desk, desk_name, round, id, begun } = names;
                Ok::<_, ()>(format!("<p title=\"{desk_name}\">{desk} {round} {id}</p>{begun}{desk}"))
            });
            let expected = format!("<p title=\"{}\">D1 R 7f</p>9D1", escaped(desk_name));
            assert_eq!(form.unwrap().filled(&names(desk_name)), expected);
        }
        assert_eq!(n_drawn, 1);
        assert_eq!(escaped("<b> & \"c\""), "&lt;b&gt; &amp; &quot;c&quot;");
        assert_eq!(
            blanks.form(&QuestionnaireRef::parse("other.v1").unwrap(), &language, |_| Err("no words")).err(),
            Some("no words")
        );
    }
}
