//! The questionnaire as the template shows it: groups of items in order, each with its choices, what was typed and what
//! is wrong with it.

use super::Faults;
use super::typed::{ANSWER, Typed};
use crate::domain::answers::{AnswerProblem, NOT_APPLICABLE_WORD};
use crate::domain::questionnaire::{Item, ItemKind, Part, Questionnaire, ShowIf};
use crate::service::catalogue::{Choice, Texts};
use crate::web::pages::Chrome;
use minijinja::{Value, context};

/// What the survey page is drawn from.
pub(super) struct View<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) texts: &'a Texts,
    pub(super) chrome: &'a Chrome,
    pub(super) typed: &'a Typed,
    pub(super) faults: &'a Faults,
}

impl View<'_> {
    /// The items with their numbers. What only some people are asked has none: for all others, one would be missing.
    fn numbered(&self) -> Vec<(Option<usize>, &Item)> {
        let mut numbers = 1..;
        let number = |item: &Item| if item.show_if.is_none() { numbers.next() } else { None };
        let numbers: Vec<Option<usize>> = self.questionnaire.items.iter().map(number).collect();
        numbers.into_iter().zip(&self.questionnaire.items).collect()
    }

    /// The items, grouped as they stand together: an element, the further questions, the profile.
    pub(super) fn groups(&self) -> Vec<Value> {
        let together = |a: &(_, &Item), b: &(_, &Item)| a.1.part == b.1.part && a.1.element == b.1.element;
        self.numbered()
            .chunk_by(together)
            .filter_map(|items| {
                let (_, first) = items.first()?;
                let note = (first.part == Part::Profile).then(|| self.chrome.word("profile_note"));
                let items: Vec<Value> = items.iter().map(|(number, item)| self.item(*number, item)).collect();
                Some(context! { title => self.title(first), note, items })
            })
            .collect()
    }

    /// What is wrong, each once and in the order it was found, with the places it links to.
    pub(super) fn faults(&self) -> Vec<Value> {
        let numbered = self.numbered();
        let mut found: Vec<(String, Vec<Value>)> = Vec::new();
        for fault in &self.faults.answers {
            let text = self.fault_text(&fault.problem);
            let asked = numbered.iter().find(|(_, item)| item.id.as_str() == fault.item);
            let place = asked.map(|(number, item)| {
                let question = match number {
                    Some(number) => self.chrome.fill("question", &[("number", &number.to_string())]),
                    None => self.texts.item(&item.id).to_owned(),
                };
                context! { href => format!("#{}", field_id(&fault.item, 1)), question }
            });
            match found.iter_mut().find(|(known, _)| *known == text) {
                Some((_, places)) => places.extend(place),
                None => found.push((text, place.into_iter().collect())),
            }
        }
        let code = self
            .code_fault()
            .map(|text| (text, vec![context! { href => "#receipt", question => self.chrome.word("receipt_label") }]));
        found.into_iter().chain(code).map(|(text, places)| context! { text, places }).collect()
    }

    /// What is wrong with the code of the receipt.
    pub(super) fn code_fault(&self) -> Option<String> {
        let told = |about| {
            format!("{}. {}", self.chrome.word(&format!("{about}_title")), self.chrome.word(&format!("{about}_text")))
        };
        self.faults.code.map(told)
    }

    fn title(&self, item: &Item) -> String {
        match (item.part, &item.element) {
            (Part::Satisfaction, Some(element)) => self.texts.element(element).to_owned(),
            (Part::Profile, _) => self.chrome.word("profile_heading"),
            _ => self.chrome.word("context_heading"),
        }
    }

    fn item(&self, number: Option<usize>, item: &Item) -> Value {
        let id = item.id.as_str();
        let fault =
            self.faults.answers.iter().find(|fault| fault.item == id).map(|fault| self.fault_text(&fault.problem));
        let control = match item.kind {
            ItemKind::FivePoint => "scale",
            ItemKind::Multiple(_) => "several",
            ItemKind::Number { .. } => "number",
            ItemKind::Comment { .. } => "comment",
            ItemKind::Percents(_) | ItemKind::Single(_) | ItemKind::YesNo => "one",
        };
        let (choices, aside) = self.choices(item);
        let range = if let ItemKind::Number { min, max } = item.kind { Some([min, max]) } else { None };
        // What a script needs to hide a question that is not asked: the fields it waits for, and for which answers.
        let when = item.show_if.as_ref().map(|rule| {
            let fields: Vec<String> = rule.items.iter().map(|id| format!("{ANSWER}{id}")).collect();
            context! { fields => fields.join(" "), is => rule.is_one_of.join(" ") }
        });
        context! {
            number, control, choices, aside, fault, range, when,
            value => self.typed.values(id).first().map_or("", String::as_str),
            field => format!("{ANSWER}{id}"),
            first_id => field_id(id, 1),
            fault_id => format!("fault:{id}"),
            hint_id => format!("hint:{id}"),
            text => self.texts.item(&item.id),
            required => item.required,
            hint => self.hint(item),
            only_if => item.show_if.as_ref().map(|rule| self.only_if(rule)),
            max_chars => if let ItemKind::Comment { max_chars } = item.kind { Some(max_chars) } else { None },
        }
    }

    /// The answers to choose from; apart from them those that say "not this": not applicable, and no answer where none
    /// is needed, because a choice once made can be changed but not taken back.
    fn choices(&self, item: &Item) -> (Vec<Value>, Vec<Value>) {
        let blank = self.chrome.word("leave_blank");
        let mut choices = self.texts.choices(item);
        if !item.required && !choices.is_empty() && !matches!(item.kind, ItemKind::Multiple(_)) {
            choices.push(Choice { value: "", label: &blank });
        }
        let typed = self.typed.values(item.id.as_str());
        let (aside, choices): (Vec<_>, Vec<_>) = (1..)
            .zip(choices)
            .map(|(place, Choice { value, label })| {
                let checked = typed.iter().any(|typed| typed == value);
                (value, context! { id => field_id(item.id.as_str(), place), value, label, checked })
            })
            .partition(|(value, _)| matches!(*value, NOT_APPLICABLE_WORD | ""));
        let shown = |part: Vec<(&str, Value)>| part.into_iter().map(|(_, choice)| choice).collect();
        (shown(choices), shown(aside))
    }

    /// What helps to answer: how many choices, which range, how long.
    fn hint(&self, item: &Item) -> Option<String> {
        match item.kind {
            ItemKind::Multiple(_) => Some(self.chrome.word("multiple_note")),
            ItemKind::Number { min, max } => {
                Some(self.chrome.fill("number_note", &[("min", &min.to_string()), ("max", &max.to_string())]))
            }
            ItemKind::Comment { max_chars } => {
                Some(self.chrome.fill("comment_note", &[("max_chars", &max_chars.to_string())]))
            }
            _ => None,
        }
    }

    /// For whom a question is meant, in words: "only if you chose, at this question: these answers".
    fn only_if(&self, rule: &ShowIf) -> String {
        let asked: Vec<&Item> = rule.items.iter().filter_map(|id| self.questionnaire.item(id.as_str())).collect();
        let label = |word: &String| {
            let choices = asked.iter().flat_map(|item| self.texts.choices(item));
            choices.into_iter().find(|choice| choice.value == word).map_or(word.clone(), |found| found.label.to_owned())
        };
        let answers = rule.is_one_of.iter().map(label).collect::<Vec<_>>().join(" / ");
        match asked.as_slice() {
            [item] => self.chrome.fill("show_if_note", &[("item", self.texts.item(&item.id)), ("answers", &answers)]),
            _ => self.chrome.fill("show_if_any_note", &[("answers", &answers)]),
        }
    }

    fn fault_text(&self, problem: &AnswerProblem) -> String {
        let key = format!("problem_{}", problem.code().replace('-', "_"));
        match problem {
            AnswerProblem::OutOfRange { min, max } => {
                self.chrome.fill(&key, &[("min", &min.to_string()), ("max", &max.to_string())])
            }
            AnswerProblem::TooLong { n_chars, max_chars } => {
                self.chrome.fill(&key, &[("count", &n_chars.to_string()), ("max_chars", &max_chars.to_string())])
            }
            _ => self.chrome.word(&key),
        }
    }
}

/// The HTML id of an item's nth field; an item's fields have ids that no other item's can have.
fn field_id(item: &str, place: usize) -> String {
    format!("{item}:{place}")
}
