//! A questionnaire: items in elements in aspects, how each is answered, and how answers become an index. A published
//! version never changes; an edit is the next version.

use super::ids::{AspectId, Digest, ElementId, ItemId, OptionId, QuestionnaireRef};
use super::word::words;
use std::fmt;

words!(
    /// How far a rule, text or figure in `surveys/` is confirmed by its source.
    Status {
        /// Taken from the official text.
        Confirmed = "confirmed",
        /// Some parts are official, some are not public or are our own wording.
        Partial = "partial",
        /// Worked out from published figures.
        Estimated = "estimated",
        /// Made up for demonstration and tests.
        Synthetic = "synthetic",
    }
);

words!(
    /// How five-point answers become a share between 0 and 1. The official formula is not public in full, so it is a field.
    IndexRule {
        /// Share of answers 4 and 5.
        Top2Share = "top2_share",
        /// Mean over the maximum: Σx / 5n.
        MeanOverMax = "mean_over_max",
        /// Mean rescaled to the whole range: (mean − 1) / 4.
        MeanRescaled = "mean_rescaled",
    }
);

impl IndexRule {
    /// What an answer of 1 to 5 is worth, between 0 and 1.
    #[must_use]
    pub fn worth(self, answer: u8) -> f64 {
        match self {
            Self::Top2Share => f64::from(u8::from(answer >= 4)),
            Self::MeanOverMax => f64::from(answer) / 5.0,
            Self::MeanRescaled => (f64::from(answer) - 1.0) / 4.0,
        }
    }
}

words!(
    /// How items are put together into an element and an overall figure.
    RollUp {
        /// All answers of all items in one ratio.
        PooledAnswers = "pooled_answers",
        /// The plain mean of the items' figures.
        EqualItems = "equal_items",
        /// The plain mean of the elements' figures, each the plain mean of its items.
        EqualElements = "equal_elements",
        /// The mean of the elements' figures weighted by their `weight`, each the plain mean of its items.
        Weights = "weights",
    }
);

/// A group of elements (khía cạnh).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    /// Its id.
    pub id: AspectId,
}

/// A group of items (yếu tố).
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Its id.
    pub id: ElementId,
    /// The aspect it belongs to.
    pub aspect: AspectId,
    /// Its share in the overall figure; used by [`RollUp::Weights`] only, and then above 0.
    pub weight: Option<f64>,
}

/// An option that is worth a percent of the points, such as A 100, B 60, C 20, D 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PercentOption {
    /// Its id.
    pub id: OptionId,
    /// What it is worth, 0 to 100.
    pub percent: u8,
}

/// How an item is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// 1 Rất không hài lòng … 5 Rất hài lòng.
    FivePoint,
    /// One of several options, each worth a percent.
    Percents(Vec<PercentOption>),
    /// One of several options.
    Single(Vec<OptionId>),
    /// Any number of several options.
    Multiple(Vec<OptionId>),
    /// Yes or no.
    YesNo,
    /// A whole number in a range.
    Number {
        /// Smallest allowed.
        min: i32,
        /// Largest allowed.
        max: i32,
    },
    /// Free text, kept apart from the closed answers.
    Comment {
        /// Longest text kept, in characters.
        max_chars: u16,
    },
}

/// "Ask this only if": at least one of the other items, which come earlier, has one of these answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowIf {
    /// The earlier items; one, or all of a part.
    pub items: Vec<ItemId>,
    /// The answers that make this item appear, as they are written in files: `1`…`5`, `yes`, `no` or an option's id.
    pub is_one_of: Vec<String>,
}

words!(
    /// What part of the form an item stands in.
    Part {
        /// A satisfaction item; belongs to an element.
        Satisfaction = "satisfaction",
        /// Context: needs, channels, experience.
        Context = "context",
        /// Who answers: coarse bands only, never a name or number.
        Profile = "profile",
    }
);

/// One question or statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id, unique in the questionnaire.
    pub id: ItemId,
    /// The part of the form.
    pub part: Part,
    /// The element it measures; some exactly for [`Part::Satisfaction`].
    pub element: Option<ElementId>,
    /// How it is answered.
    pub kind: ItemKind,
    /// Whether it must be answered when it is asked.
    pub required: bool,
    /// Whether "not applicable" is an answer.
    pub not_applicable: bool,
    /// When it is asked; always, if none.
    pub show_if: Option<ShowIf>,
}

impl Item {
    /// Whether its answers carry an index value.
    #[must_use]
    pub fn has_value(&self) -> bool {
        matches!(self.kind, ItemKind::FivePoint | ItemKind::Percents(_))
    }

    /// What a packed answer code of this item is worth between 0 and 1 under a rule; `None` for "no answer", "not
    /// applicable" and items that carry no index value.
    #[must_use]
    pub fn worth(&self, code: u8, rule: IndexRule) -> Option<f64> {
        match &self.kind {
            ItemKind::FivePoint => (1..=5).contains(&code).then(|| rule.worth(code)),
            ItemKind::Percents(options) => {
                let option = options.get(usize::from(code).checked_sub(1)?)?;
                Some(f64::from(option.percent) / 100.0)
            }
            _ => None,
        }
    }
}

/// A language that texts exist in, as a lower-case BCP 47 tag: `vi`, `en`, `hmn`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// Reads a tag of 2 to 8 letters or digits per part.
    ///
    /// # Errors
    /// When the text does not look like a language tag.
    pub fn parse(text: &str) -> Result<Self, String> {
        let part_fits = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if text.len() <= 35 && text.split('-').all(part_fits) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!("{text:?} is not a language tag such as vi or en"))
        }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of a figure: a factor times the mean worth of all answers to some items together.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// The factor.
    pub factor: f64,
    /// The items' places in the questionnaire, in order; at least one.
    pub items: Vec<usize>,
}

/// A questionnaire at one version, checked: every reference inside it resolves.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Id and version.
    pub reference: QuestionnaireRef,
    /// How far it is confirmed.
    pub status: Status,
    /// Where it was taken from.
    pub source: String,
    /// Languages it must be complete in; the first is the default.
    pub languages: Vec<Language>,
    /// How five-point answers become shares.
    pub rule: IndexRule,
    /// How items become elements and the overall figure.
    pub roll_up: RollUp,
    /// Aspects in order.
    pub aspects: Vec<Aspect>,
    /// Elements in order.
    pub elements: Vec<Element>,
    /// Items in the order they are asked and packed.
    pub items: Vec<Item>,
    /// SHA-256 of the file it was read from.
    pub digest: Digest,
}

impl Questionnaire {
    /// The item with an id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id.as_str() == id)
    }

    /// The overall figure as the roll-up makes it; `None` where an element that counts has no item with a value.
    #[must_use]
    pub fn overall(&self) -> Option<Vec<Pooled>> {
        let shares: Vec<(f64, &ElementId)> = match self.roll_up {
            RollUp::PooledAnswers | RollUp::EqualItems => return self.rolled_up(None),
            RollUp::EqualElements => self.elements.iter().map(|element| (1.0, &element.id)).collect(),
            RollUp::Weights => self.elements.iter().map(|e| (e.weight.unwrap_or(0.0), &e.id)).collect(),
        };
        let whole: f64 = shares.iter().map(|(share, _)| share).sum();
        let mut parts = Vec::new();
        for (share, element) in shares {
            let of_element = self.rolled_up(Some(element))?.into_iter();
            parts.extend(of_element.map(|part| Pooled { factor: part.factor * (share / whole), ..part }));
        }
        Some(parts)
    }

    /// An element's figure as the roll-up makes it, or that of all items together; `None` where no item has a value.
    #[must_use]
    pub fn rolled_up(&self, element: Option<&ElementId>) -> Option<Vec<Pooled>> {
        let belongs = |item: &Item| match element {
            Some(_) => item.element.as_ref() == element,
            None => item.part == Part::Satisfaction,
        };
        let items = self.items.iter().enumerate().filter(|(_, item)| belongs(item) && item.has_value());
        let items: Vec<usize> = items.map(|(place, _)| place).collect();
        let share = 1.0 / items.len() as f64;
        match self.roll_up {
            _ if items.is_empty() => None,
            RollUp::PooledAnswers => Some(vec![Pooled { factor: 1.0, items }]),
            RollUp::EqualItems | RollUp::EqualElements | RollUp::Weights => {
                Some(items.into_iter().map(|item| Pooled { factor: share, items: vec![item] }).collect())
            }
        }
    }

    /// The items of an element, in order.
    pub fn items_of<'a>(&'a self, element: &'a ElementId) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |item| item.element.as_ref() == Some(element))
    }
}
