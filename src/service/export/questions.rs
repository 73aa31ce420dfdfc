//! A questionnaire as variables, and packed answers as their values.

use super::super::catalogue::{Catalogue, Texts};
use super::words::{self, NOT_APPLICABLE, WITHHELD};
use crate::domain::packing::{self, NO_ANSWER, YES};
use crate::domain::questionnaire::{Item, ItemKind, Language, Part, Questionnaire};
use crate::export::Column;
use crate::export::codes::{Codes, Legend};
use crate::export::variable::{Category, Kind, Label, Names, Role, Variable};
use std::sync::Arc;

/// A variable, and where its value stands in a packed sheet.
pub(super) struct Question {
    pub(super) variable: Variable,
    /// The item's place in the questionnaire.
    pub(super) item: usize,
    pub(super) place: Place,
}

#[derive(Clone, Copy)]
pub(super) enum Place {
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

/// What the bytes of packed sheets stand for.
pub(super) struct Legends {
    option: Arc<Legend>,
    ticked: Arc<Legend>,
}

impl Legends {
    pub(super) fn new() -> Self {
        let of = |code: fn(u8) -> Option<i16>| -> Arc<Legend> {
            let mut legend = [None; 256];
            legend.iter_mut().zip(0..=u8::MAX).for_each(|(slot, byte)| *slot = code(byte));
            Arc::new(legend)
        };
        Self { option: of(option), ticked: of(ticked) }
    }
}

fn option(byte: u8) -> Option<i16> {
    match byte {
        NO_ANSWER => None,
        packing::WITHHELD => Some(WITHHELD),
        packing::NOT_APPLICABLE => Some(NOT_APPLICABLE),
        code => Some(i16::from(code)),
    }
}

fn ticked(byte: u8) -> Option<i16> {
    match option(byte) {
        Some(code) if code >= 0 => Some(i16::from(byte == YES)),
        gap => gap,
    }
}

impl Place {
    fn offset(self) -> usize {
        match self {
            Self::Option { offset } | Self::Ticked { offset, .. } | Self::Number { offset } => offset,
        }
    }

    /// Whether other bytes say whether its own stands for anything.
    pub(super) fn needs_others(self) -> bool {
        matches!(self, Self::Ticked { offset, first } if offset != first)
    }

    /// Makes each byte of a sheet say what it stands for alone: an item of several bytes that does not apply says so in the first.
    pub(super) fn spell_out(self, packed: &mut [u8]) {
        if let Self::Ticked { offset, first } = self
            && packed.get(first) == Some(&packing::NOT_APPLICABLE)
            && let Some(byte) = packed.get_mut(offset)
        {
            *byte = packing::NOT_APPLICABLE;
        }
    }

    /// Takes the answer out of a sheet that is spelled out.
    pub(super) fn withhold(self, packed: &mut [u8]) {
        if let Some(byte) = packed.get_mut(self.offset()) {
            *byte = if matches!(self, Self::Number { .. }) { NO_ANSWER } else { packing::WITHHELD };
        }
    }

    /// The column of sheets of `width` bytes that are spelled out.
    pub(super) fn column(self, packed: &Arc<Vec<u8>>, width: usize, legends: &Legends) -> Column {
        let laid = |legend: &Arc<Legend>, offset: usize| {
            Column::Codes(Codes::laid(Arc::clone(legend), Arc::clone(packed), width, offset))
        };
        match self {
            Self::Option { offset } => laid(&legends.option, offset),
            Self::Ticked { offset, .. } => laid(&legends.ticked, offset),
            Self::Number { offset } => {
                Column::Numbers(packed.chunks_exact(width).map(|sheet| number(sheet, offset).map(f64::from)).collect())
            }
        }
    }
}

fn number(packed: &[u8], offset: usize) -> Option<i32> {
    let [is_there, value @ ..] = packed.get(offset..)?.first_chunk::<5>()?;
    (*is_there == 1).then_some(i32::from_le_bytes(*value))
}

impl Question {
    /// What a sheet answers.
    pub(super) fn answer(&self, packed: &[u8]) -> Answer {
        let byte = |offset: usize| packed.get(offset).copied().unwrap_or(NO_ANSWER);
        match self.place {
            Place::Option { offset } => Answer::Code(option(byte(offset))),
            Place::Ticked { offset, first } => Answer::Code(match byte(first) {
                packing::NOT_APPLICABLE => Some(NOT_APPLICABLE),
                _ => ticked(byte(offset)),
            }),
            Place::Number { offset } => Answer::Number(number(packed, offset)),
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
        // The same as columns, once every byte speaks for itself.
        let mut spelled_out = sheet.packed().to_vec();
        questions.iter().for_each(|question| question.place.spell_out(&mut spelled_out));
        let width = spelled_out.len();
        let (packed, legends) = (Arc::new(spelled_out), Legends::new());
        for question in &questions {
            let column = question.place.column(&packed, width, &legends);
            assert_eq!(only_value(&column), question.answer(sheet.packed()), "{}", question.variable.name);
        }
        assert!(questions.iter().all(|question| question.variable.name != "comment"));
        let age = questions.iter().find(|question| question.variable.name == "age").unwrap();
        let Kind::Coded { categories, .. } = &age.variable.kind else { panic!("age is coded") };
        assert_eq!(categories.len(), 6, "five bands, and what is withheld");
        assert!(categories.iter().all(|category| !category.label.vi.is_empty() && !category.label.en.is_empty()));
    }

    /// The value of a column of one row.
    fn only_value(column: &Column) -> Answer {
        match column {
            Column::Codes(codes) => Answer::Code(codes.get(0)),
            Column::Numbers(numbers) => Answer::Number(numbers[0].map(|number| number as i32)),
            Column::Texts(_) => panic!("no answer is a text"),
        }
    }

    #[test]
    fn what_does_not_apply_or_is_withheld_leaves_no_answer() {
        let [first, second] = [1, 2].map(|offset| Place::Ticked { offset, first: 1 });
        let (option, number) = (Place::Option { offset: 0 }, Place::Number { offset: 3 });
        let places = [option, first, second, number];
        let value = |packed: &[u8], place: Place| {
            only_value(&place.column(&Arc::new(packed.to_vec()), packed.len(), &Legends::new()))
        };
        let mut packed = [4, packing::NOT_APPLICABLE, packing::NO, 1, 7, 0, 0, 0];
        places.iter().for_each(|place| place.spell_out(&mut packed));
        let gap = Answer::Code(Some(NOT_APPLICABLE));
        let expected = [Answer::Code(Some(4)), gap, gap, Answer::Number(Some(7))];
        assert_eq!(places.map(|place| value(&packed, place)), expected);
        places.iter().for_each(|place| place.withhold(&mut packed));
        let gap = Answer::Code(Some(WITHHELD));
        assert_eq!(places.map(|place| value(&packed, place)), [gap, gap, gap, Answer::Number(None)]);
    }
}
