//! A questionnaire as variables, and packed answers as their values.

use super::super::catalogue::{Catalogue, Texts};
use super::words::{self, NOT_APPLICABLE};
use crate::domain::packing::{self, NO_ANSWER, YES};
use crate::domain::questionnaire::{Item, ItemKind, Language, Part, Questionnaire};
use crate::export::variable::{Category, Kind, Label, Names, Role, Variable};

/// A variable, and where its value stands in a packed sheet.
pub(super) struct Question {
    pub(super) variable: Variable,
    /// The item's place in the questionnaire.
    pub(super) item: usize,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// One byte: an option from 1.
    Option { offset: usize },
    /// One byte, yes or no; and the item's first byte, which says whether it applies.
    Ticked { offset: usize, first: usize },
    /// Five bytes.
    Number { offset: usize },
}

/// A value of an answer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Answer {
    Code(Option<i16>),
    Number(Option<i32>),
}

impl Question {
    /// What a sheet answers.
    pub(super) fn answer(&self, packed: &[u8]) -> Answer {
        let byte = |offset: usize| packed.get(offset).copied().unwrap_or(NO_ANSWER);
        match self.place {
            Place::Option { offset } => Answer::Code(match byte(offset) {
                NO_ANSWER => None,
                packing::NOT_APPLICABLE => Some(NOT_APPLICABLE),
                code => Some(i16::from(code)),
            }),
            Place::Ticked { offset, first } => Answer::Code(match (byte(first), byte(offset)) {
                (packing::NOT_APPLICABLE, _) => Some(NOT_APPLICABLE),
                (_, NO_ANSWER) => None,
                (_, code) => Some(i16::from(code == YES)),
            }),
            Place::Number { offset } => {
                let bytes = packed.get(offset + 1..offset + 5).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
                Answer::Number(bytes.filter(|_| byte(offset) == 1).map(i32::from_le_bytes))
            }
        }
    }
}

impl Answer {
    /// As a number that is the same for the same answers only; none lies below every code.
    pub(super) fn key(self) -> i32 {
        match self {
            Self::Code(code) => code.map_or(i32::MIN, i32::from),
            Self::Number(number) => number.unwrap_or(i32::MIN),
        }
    }
}

/// What its texts call it, in both languages; Vietnamese where there is no English.
struct Wording<'c> {
    vi: Option<&'c Texts>,
    en: Option<&'c Texts>,
}

impl Wording<'_> {
    fn of(&self, read: impl Fn(&Texts) -> String) -> Label {
        let vi = self.vi.map(&read).unwrap_or_default();
        let en = self.en.map_or_else(|| vi.clone(), &read);
        Label { vi, en }
    }
}

/// The variables of a questionnaire: closed items in its order, several for those of which several options can be ticked. Comments
/// are none: what people wrote may name somebody.
pub(super) fn questions(catalogue: &Catalogue, questionnaire: &Questionnaire, names: &mut Names) -> Vec<Question> {
    let texts = |language: &Language| catalogue.texts(&questionnaire.reference, language);
    let english = Language::parse("en").ok();
    let wording = Wording { vi: questionnaire.languages.first().and_then(texts), en: english.as_ref().and_then(texts) };
    let items = questionnaire.items.iter().zip(packing::layout(questionnaire)).enumerate();
    items.flat_map(|(place, (item, (offset, _)))| of_item(item, place, offset, &wording, names)).collect()
}

fn of_item(item: &Item, place: usize, offset: usize, wording: &Wording, names: &mut Names) -> Vec<Question> {
    let role = if item.part == Part::Profile { Role::Profile } else { Role::Answer };
    let asked = wording.of(|texts| texts.item(&item.id).to_owned());
    let one = |name: String, label: Label, kind: Kind, place_of: Place| Question {
        variable: words::variable(name, label, role, kind),
        item: place,
        place: place_of,
    };
    let is_ordered = matches!(item.kind, ItemKind::FivePoint);
    match &item.kind {
        ItemKind::FivePoint | ItemKind::Percents(_) | ItemKind::Single(_) => {
            let kind = Kind::Coded { categories: with_gaps(item, role, options(item, wording), wording), is_ordered };
            vec![one(names.give(item.id.as_str()), asked, kind, Place::Option { offset })]
        }
        ItemKind::YesNo => {
            let kind = Kind::Coded { categories: with_gaps(item, role, words::no_and_yes(), wording), is_ordered };
            vec![one(names.give(item.id.as_str()), asked, kind, Place::Ticked { offset, first: offset })]
        }
        ItemKind::Multiple(options) => {
            let ticked = |(at, option): (usize, &crate::domain::ids::OptionId)| {
                let label = wording.of(|texts| format!("{}: {}", texts.item(&item.id), texts.option(&item.id, option)));
                let categories = with_gaps(item, role, words::no_and_yes(), wording);
                let name = names.give(&format!("{}_{option}", item.id));
                one(
                    name,
                    label,
                    Kind::Coded { categories, is_ordered },
                    Place::Ticked { offset: offset + at, first: offset },
                )
            };
            options.iter().enumerate().map(ticked).collect()
        }
        ItemKind::Number { .. } => {
            vec![one(names.give(item.id.as_str()), asked, Kind::Number { decimals: 0 }, Place::Number { offset })]
        }
        ItemKind::Comment { .. } => Vec::new(),
    }
}

/// The options of an item, coded from 1 as they are packed.
fn options(item: &Item, wording: &Wording) -> Vec<Category> {
    let n_options = match &item.kind {
        ItemKind::FivePoint => 5,
        ItemKind::Percents(options) => options.len(),
        ItemKind::Single(options) => options.len(),
        ItemKind::Multiple(_) | ItemKind::YesNo | ItemKind::Number { .. } | ItemKind::Comment { .. } => 0,
    };
    let label = |place: usize| {
        wording.of(|texts| texts.choices(item).get(place).map(|choice| choice.label.to_owned()).unwrap_or_default())
    };
    (1..).zip(0..n_options).map(|(code, place)| words::category(code, label(place))).collect()
}

/// Adds the reasons for having no value.
fn with_gaps(item: &Item, role: Role, mut categories: Vec<Category>, wording: &Wording) -> Vec<Category> {
    if item.not_applicable {
        categories.push(words::not_applicable(wording.of(|texts| texts.scale.not_applicable.clone())));
    }
    if role == Role::Profile {
        categories.push(words::withheld());
    }
    categories
}

#[cfg(test)]
mod tests {
    use super::super::super::catalogue::Source;
    use super::*;
    use crate::domain::answers::{AnswerSheet, RawAnswers, RawValue};
    use crate::domain::ids::QuestionnaireRef;

    #[test]
    fn answers_become_values_of_their_variables() {
        let catalogue = Catalogue::load(&Source::Embedded).unwrap();
        let reference = QuestionnaireRef::parse("one-stop.v2").unwrap();
        let questionnaire = catalogue.questionnaire(&reference).unwrap();
        let questions = questions(&catalogue, questionnaire, &mut Names::default());
        let list = |options: &[&str]| RawValue::List(options.iter().map(|option| (*option).to_owned()).collect());
        let raw = RawAnswers::from([
            ("TC1".to_owned(), RawValue::Whole(2)),
            ("TT3".to_owned(), RawValue::Text("na".to_owned())),
            ("reasons".to_owned(), list(&["papers"])),
            ("age".to_owned(), RawValue::Text("over-60".to_owned())),
            ("comment".to_owned(), RawValue::Text("Tôi tên là …".to_owned())),
        ]);
        let sheet = AnswerSheet::parse_paper(questionnaire, &raw).unwrap();
        let value = |name: &str| {
            let question = questions.iter().find(|question| question.variable.name == name).unwrap();
            question.answer(sheet.packed())
        };
        assert_eq!(value("TC1"), Answer::Code(Some(2)));
        assert_eq!(value("TC2"), Answer::Code(None));
        assert_eq!(value("TT3"), Answer::Code(Some(NOT_APPLICABLE)));
        assert_eq!((value("reasons_papers"), value("reasons_fee")), (Answer::Code(Some(1)), Answer::Code(Some(0))));
        assert_eq!((value("sex"), value("age")), (Answer::Code(None), Answer::Code(Some(5))));
        assert!(questions.iter().all(|question| question.variable.name != "comment"));
        let age = questions.iter().find(|question| question.variable.name == "age").unwrap();
        let Kind::Coded { categories, .. } = &age.variable.kind else { panic!("age is coded") };
        assert_eq!(categories.len(), 6, "five bands, and what is withheld");
        assert!(categories.iter().all(|category| !category.label.vi.is_empty() && !category.label.en.is_empty()));
    }
}
