//! The catalogue: what ships loads and says what it should; every slip in a file is found, with its line.

use sipas::domain::fault::Fault;
use sipas::domain::ids::{QuestionnaireId, QuestionnaireRef, SchemeId};
use sipas::domain::points::Points;
use sipas::domain::questionnaire::{ItemKind, Language, Part, Questionnaire, Status};
use sipas::domain::scheme::{Detail, Scheme, Scoring, SurveyFigure};
use sipas::service::catalogue::{Catalogue, Source};
use std::path::Path;
use std::sync::Arc;

mod faults;

fn shipped() -> Catalogue {
    loaded(&Source::Embedded)
}

fn loaded(source: &Source) -> Catalogue {
    Catalogue::load(source).unwrap_or_else(|faults| panic!("{}", told(&faults, Path::new(""))))
}

/// The faults, one a line, with files named from `root` on.
fn told(faults: &[Fault], root: &Path) -> String {
    let root = format!("{}/", root.display());
    faults.iter().map(|fault| format!("{}\n", fault.to_string().replace(&root, ""))).collect()
}

fn reference(text: &str) -> QuestionnaireRef {
    QuestionnaireRef::parse(text).unwrap()
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn questionnaire(catalogue: &Catalogue, text: &str) -> Arc<Questionnaire> {
    Arc::clone(catalogue.questionnaire(&reference(text)).unwrap())
}

fn scheme(catalogue: &Catalogue, id: &str) -> Arc<Scheme> {
    Arc::clone(catalogue.scheme(&SchemeId::parse(id).unwrap()).unwrap())
}

fn count(questionnaire: &Questionnaire, part: Part) -> usize {
    questionnaire.items.iter().filter(|item| item.part == part).count()
}

/// Also fails when the program was built before a file was added: a new file alone does not make cargo build again.
#[test]
fn what_is_built_in_is_what_is_on_disk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys");
    assert_eq!(loaded(&Source::Folder(folder)), shipped());
}

#[test]
fn the_2023_form_has_33_items_in_9_elements_and_2_aspects() {
    let form = questionnaire(&shipped(), "sipas-2023.v1");
    assert_eq!((count(&form, Part::Satisfaction), form.elements.len(), form.aspects.len()), (33, 9, 2));
    let per_element: Vec<usize> = form.elements.iter().map(|element| form.items_of(&element.id).count()).collect();
    assert_eq!(per_element, [2, 2, 8, 2, 4, 4, 5, 3, 3]);
    assert_eq!(count(&form, Part::Profile), 7);
    let n_yes_no = form.items.iter().filter(|item| item.kind == ItemKind::YesNo).count();
    assert_eq!(n_yes_no, 7);
    assert_eq!(form.status, Status::Partial);
}

#[test]
fn the_counter_form_has_the_19_service_items_of_the_2023_form() {
    let catalogue = shipped();
    let (short, full) = (questionnaire(&catalogue, "one-stop.v1"), questionnaire(&catalogue, "sipas-2023.v1"));
    assert_eq!((count(&short, Part::Satisfaction), short.elements.len(), short.aspects.len()), (19, 5, 1));
    assert!(short.items.iter().filter(|item| item.part == Part::Profile).all(|item| !item.required));
    for tag in ["vi", "en"] {
        let wording = |reference| catalogue.texts(reference, &language(tag)).unwrap();
        let (of_short, of_full) = (wording(&short.reference), wording(&full.reference));
        for item in short.items.iter().filter(|item| item.part == Part::Satisfaction) {
            assert_eq!(full.item(item.id.as_str()), Some(item));
            assert_eq!(of_short.item(&item.id), of_full.item(&item.id), "one id, one wording");
        }
    }
}

#[test]
fn officials_answer_in_percents_and_each_item_scores_one_sub_criterion() {
    let catalogue = shipped();
    let officials = questionnaire(&catalogue, "officials.v1");
    let scored: Vec<&str> =
        officials.items.iter().filter(|item| item.part == Part::Satisfaction).map(|item| item.id.as_str()).collect();
    let ItemKind::Percents(options) = &officials.items[0].kind else { panic!("no percents") };
    let percents: Vec<(&str, u8)> = options.iter().map(|option| (option.id.as_str(), option.percent)).collect();
    assert_eq!(percents, [("A", 100), ("B", 60), ("C", 20), ("D", 0)]);
    let demo = scheme(&catalogue, "demo-province");
    let used: Vec<String> = demo
        .surveyed()
        .filter(|(_, questionnaire, _)| questionnaire.as_str() == "officials")
        .map(|(_, _, figure)| match figure {
            SurveyFigure::Item(item) => item.to_string(),
            other => panic!("{other:?} is not an item"),
        })
        .collect();
    assert_eq!(used, scored);
}

#[test]
fn the_demo_scheme_is_complete() {
    let demo = scheme(&shipped(), "demo-province");
    assert_eq!(demo.status, Status::Synthetic);
    let Detail::Full(domains) = &demo.detail else { panic!("not full") };
    assert_eq!((domains.len(), domains.iter().map(|d| d.criteria.len()).sum::<usize>()), (8, 37));
    assert_eq!(demo.leaves().count(), 88);
    let points = |wanted: fn(&Scoring) -> bool| -> (usize, String) {
        let leaves: Vec<Points> = demo.leaves().filter(|leaf| wanted(&leaf.scoring)).map(|leaf| leaf.max).collect();
        (leaves.len(), leaves.into_iter().sum::<Points>().to_string())
    };
    assert_eq!(points(|_| true), (88, "100".to_owned()));
    assert_eq!(points(|scoring| matches!(scoring, Scoring::SelfAssessed)), (62, "62.5".to_owned()));
    assert_eq!(points(|scoring| matches!(scoring, Scoring::Outcome)), (4, "7".to_owned()));
    assert_eq!(points(|scoring| matches!(scoring, Scoring::Survey { .. })), (22, "30.5".to_owned()));
    assert!(demo.leaves().all(|leaf| leaf.evidence_required == (leaf.scoring == Scoring::SelfAssessed)));
    assert!(demo.leaves().all(|leaf| leaf.appraiser.is_none() == matches!(leaf.scoring, Scoring::Survey { .. })));
    assert_eq!(demo.band(79.99).map(|band| band.label.as_str()), Some("Khá"));
}

#[test]
fn the_official_schemes_declare_the_published_totals() {
    let catalogue = shipped();
    for (id, total, survey, counts) in [
        ("par-876-province", "100", "30.5", (8, 37, 88)),
        ("par-876-ministry", "100", "31.5", (7, 38, 97)),
        ("par-four-block-2020", "100", "32", (8, 43, 95)),
        ("demo-province", "100", "30.5", (8, 37, 88)),
    ] {
        let scheme = scheme(&catalogue, id);
        let declared = scheme.declared;
        assert_eq!((declared.total.to_string(), declared.survey.to_string()), (total.to_owned(), survey.to_owned()));
        assert_eq!((declared.n_domains, declared.n_criteria, declared.n_sub_criteria), counts, "{id}");
        assert_ne!(scheme.status, Status::Confirmed, "{id} is not public in full");
    }
    assert_eq!(catalogue.schemes().count(), 4);
}

#[test]
fn every_shipped_text_labels_every_choice() {
    let catalogue = shipped();
    assert_eq!(catalogue.all_texts().count(), 8);
    for texts in catalogue.all_texts() {
        let form = catalogue.questionnaire(&texts.questionnaire).unwrap();
        for item in &form.items {
            assert_ne!(texts.item(&item.id), item.id.as_str());
            let choices = texts.choices(item);
            let is_open = matches!(item.kind, ItemKind::Comment { .. } | ItemKind::Number { .. });
            assert_eq!(choices.is_empty(), is_open, "{} {}", form.reference, item.id);
            assert_eq!(choices.iter().any(|choice| choice.value == "na"), item.not_applicable);
        }
    }
    let vi = catalogue.texts(&reference("one-stop.v1"), &language("vi")).unwrap();
    let labels = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"];
    assert_eq!(vi.scale.five_point, labels);
}

#[test]
fn the_page_has_a_message_for_every_answer_problem() {
    use sipas::domain::answers::AnswerProblem;
    let problems = [
        AnswerProblem::Missing,
        AnswerProblem::UnknownItem,
        AnswerProblem::NotAnOption { given: String::new(), allowed: String::new() },
        AnswerProblem::Twice { option: String::new() },
        AnswerProblem::OutOfRange { min: 0, max: 0 },
        AnswerProblem::CannotBeNotApplicable,
        AnswerProblem::TooLong { n_chars: 0, max_chars: 0 },
        AnswerProblem::ControlCharacter,
        AnswerProblem::WrongKind { given: "", wanted: "" },
    ];
    let catalogue = shipped();
    for words in catalogue.all_page_words() {
        for problem in &problems {
            let key = format!("problem_{}", problem.code().replace('-', "_"));
            assert!(words.get(&key).is_some(), "{} has no {key}", words.language);
        }
    }
    let en = catalogue.page_words(&language("en")).unwrap();
    let filled = en.fill("problem_out_of_range", &[("min", "0"), ("max", "99")]);
    assert_eq!(filled, "Please enter a number from 0 to 99.");
}

#[test]
fn what_is_not_confirmed_says_so() {
    let catalogue = shipped();
    let notices = catalogue.notices();
    assert!(notices.iter().any(|line| line.starts_with("scheme demo-province is synthetic, not confirmed: Made up")));
    assert!(notices.iter().any(|line| line.starts_with("questionnaire one-stop.v1 is partial")));
    assert!(notices.iter().any(|line| line.starts_with("wording one-stop.v1 (vi) is partial")));
    let of_demo = catalogue.notices_of(&SchemeId::parse("demo-province").unwrap(), &reference("one-stop.v1"));
    let subjects: Vec<&str> = of_demo.iter().filter_map(|line| line.split(" is ").next()).collect();
    let expected =
        ["scheme demo-province", "questionnaire one-stop.v1", "wording one-stop.v1 (en)", "wording one-stop.v1 (vi)"];
    assert_eq!(subjects, expected);
}

#[test]
fn the_latest_version_is_the_highest() {
    let catalogue = shipped();
    let latest = catalogue.latest(&QuestionnaireId::parse("one-stop").unwrap()).unwrap();
    assert_eq!(latest.reference, reference("one-stop.v2"));
    assert!(catalogue.latest(&QuestionnaireId::parse("one").unwrap()).is_none());
    assert!(catalogue.texts(&reference("one-stop.v9"), &language("vi")).is_none());
}

#[test]
fn the_second_counter_form_asks_the_dissatisfied_for_reasons_and_scores_the_same_items() {
    let catalogue = shipped();
    let (first, second) = (questionnaire(&catalogue, "one-stop.v1"), questionnaire(&catalogue, "one-stop.v2"));
    let satisfaction = |asked: &Questionnaire| -> Vec<_> {
        asked.items.iter().filter(|item| item.part == Part::Satisfaction).cloned().collect()
    };
    assert_eq!(satisfaction(&first), satisfaction(&second));
    let reasons = second.item("reasons").unwrap();
    assert!(matches!(reasons.kind, ItemKind::Multiple(_)) && !reasons.required);
    let rule = reasons.show_if.as_ref().unwrap();
    assert_eq!((rule.items.len(), rule.is_one_of.join(",")), (19, "1,2".to_owned()));
}
