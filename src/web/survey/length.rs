//! How long answering takes, told before anybody begins. It is worked out, because a promise that is written by hand stays
//! when questions are added.

use crate::domain::questionnaire::{ItemKind, Questionnaire};
use crate::service::catalogue::Texts;

/// Somebody who does not hurry; grown-ups read plain text at about 240.
const WORDS_PER_MINUTE: usize = 200;
/// To make up one's mind and tap.
const SECONDS_PER_ANSWER: usize = 3;

/// Whole minutes that the questions everybody is asked take, at least one. Comments are left out: most people write none,
/// and whoever does takes their own time.
pub(super) fn minutes(questionnaire: &Questionnaire, texts: &Texts) -> usize {
    let asked = || {
        let of_everybody = questionnaire.items.iter().filter(|item| item.show_if.is_none());
        of_everybody.filter(|item| !matches!(item.kind, ItemKind::Comment { .. }))
    };
    let words = |text: &str| text.split_whitespace().count();
    // The five points are read once and then known by their place and face.
    let labels = |kind: &ItemKind| !matches!(kind, ItemKind::FivePoint);
    let of_labels = asked().filter(|item| labels(&item.kind)).flat_map(|item| texts.choices(item));
    let n_words = words(&texts.intro)
        + asked().map(|item| words(texts.item(&item.id))).sum::<usize>()
        + of_labels.map(|choice| words(choice.label)).sum::<usize>();
    let seconds = n_words * 60 / WORDS_PER_MINUTE + asked().count() * SECONDS_PER_ANSWER;
    ((seconds + 30) / 60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::QuestionnaireRef;
    use crate::domain::questionnaire::Language;
    use crate::service::catalogue::{Catalogue, Source};

    #[test]
    fn the_counter_form_takes_about_two_minutes_and_the_long_one_longer() {
        let catalogue = Catalogue::load(&Source::Embedded).unwrap();
        let of = |reference: &str, tag: &str| {
            let questionnaire = catalogue.questionnaire(&QuestionnaireRef::parse(reference).unwrap()).unwrap();
            let texts = catalogue.texts(&questionnaire.reference, &Language::parse(tag).unwrap()).unwrap();
            minutes(questionnaire, texts)
        };
        assert_eq!((of("one-stop.v2", "vi"), of("one-stop.v2", "en")), (2, 2));
        assert!(of("sipas-2023.v1", "vi") > 4);
    }
}
