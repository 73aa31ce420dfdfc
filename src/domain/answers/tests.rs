use super::*;
use crate::domain::ids::{AspectId, Digest, ElementId, OptionId, QuestionnaireRef};
use crate::domain::questionnaire::{Aspect, Element, IndexRule, Language, Part, PercentOption, RollUp, Status};

fn item(id: &str, kind: ItemKind, required: bool) -> Item {
    Item {
        id: ItemId::parse(id).unwrap(),
        part: Part::Context,
        element: None,
        kind,
        required,
        not_applicable: false,
        show_if: None,
    }
}

fn options(ids: &[&str]) -> Vec<OptionId> {
    ids.iter().map(|id| OptionId::parse(id).unwrap()).collect()
}

fn questionnaire() -> Questionnaire {
    let percents = [("A", 100), ("B", 60), ("C", 20), ("D", 0)]
        .map(|(id, percent)| PercentOption { id: OptionId::parse(id).unwrap(), percent });
    let mut why = item("why", ItemKind::Single(options(&["slow", "rude"])), true);
    why.show_if = Some(ShowIf { items: vec![ItemId::parse("Q1").unwrap()], is_one_of: vec!["1".into(), "2".into()] });
    let mut fee = item("fee", ItemKind::FivePoint, false);
    fee.not_applicable = true;
    Questionnaire {
        reference: QuestionnaireRef::parse("test.v1").unwrap(),
        status: Status::Synthetic,
        source: String::new(),
        languages: vec![Language::parse("vi").unwrap()],
        rule: IndexRule::Top2Share,
        roll_up: RollUp::PooledAnswers,
        aspects: vec![Aspect { id: AspectId::parse("A").unwrap() }],
        elements: vec![Element {
            id: ElementId::parse("E").unwrap(),
            aspect: AspectId::parse("A").unwrap(),
            weight: None,
        }],
        items: vec![
            item("Q1", ItemKind::FivePoint, true),
            why,
            fee,
            item("grade", ItemKind::Percents(percents.to_vec()), false),
            item("told", ItemKind::Multiple(options(&["tv", "radio", "web"])), false),
            item("again", ItemKind::YesNo, false),
            item("visits", ItemKind::Number { min: 0, max: 99 }, false),
            item("words", ItemKind::Comment { max_chars: 10 }, false),
        ],
        digest: Digest([0; 32]),
    }
}

fn raw(entries: &[(&str, RawValue)]) -> RawAnswers {
    entries.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect()
}

fn text(text: &str) -> RawValue {
    RawValue::Text(text.to_owned())
}

#[test]
fn a_sheet_is_packed_in_questionnaire_order() {
    let given = raw(&[
        ("Q1", RawValue::Whole(2)),
        ("why", text("rude")),
        ("fee", text("na")),
        ("grade", text("B")),
        ("told", RawValue::List(vec!["web".into(), "tv".into()])),
        ("again", text("no")),
        ("visits", text("7")),
        ("words", text("  chậm\r\nquá ")),
    ]);
    let sheet = AnswerSheet::parse(&questionnaire(), &given).unwrap();
    assert_eq!(sheet.packed(), [2, 2, 255, 2, YES, NO, YES, 2, 1, 7, 0, 0, 0]);
    assert_eq!(sheet.comments()[0].1, "chậm\nquá");
    assert_eq!(sheet.packed().len(), packing::sheet_width(&questionnaire()));
}

#[test]
fn what_was_not_asked_is_cleared_and_not_required() {
    let given = raw(&[("Q1", text("5")), ("why", text("rude"))]);
    let sheet = AnswerSheet::parse(&questionnaire(), &given).unwrap();
    assert_eq!(sheet.packed()[1], NO_ANSWER);
}

#[test]
fn what_was_asked_because_of_another_answer_is_required() {
    let faults = AnswerSheet::parse(&questionnaire(), &raw(&[("Q1", text("1"))])).unwrap_err();
    assert_eq!(faults, [AnswerFault { item: "why".into(), problem: AnswerProblem::Missing }]);
}

#[test]
fn one_of_several_earlier_answers_is_enough_to_be_asked() {
    let mut questionnaire = questionnaire();
    let of = |id: &str| ItemId::parse(id).unwrap();
    let told = questionnaire.items.iter_mut().find(|item| item.id == of("told")).unwrap();
    told.show_if = Some(ShowIf { items: vec![of("Q1"), of("fee")], is_one_of: vec!["1".into(), "2".into()] });
    let told = |q1: &str, fee: &str| {
        let given = raw(&[("Q1", text(q1)), ("fee", text(fee)), ("why", text("slow")), ("told", text("web"))]);
        AnswerSheet::parse(&questionnaire, &given).unwrap().packed()[4..7].to_vec()
    };
    let (asked, not_asked) = (vec![NO, NO, YES], vec![NO_ANSWER; 3]);
    assert_eq!([told("1", "5"), told("5", "2"), told("2", "1")], [asked.clone(), asked.clone(), asked]);
    assert_eq!([told("5", "na"), told("3", "4")], [not_asked.clone(), not_asked]);
}

#[test]
fn every_fault_is_returned_at_once() {
    let given = raw(&[
        ("ghost", text("1")),
        ("fee", text("6")),
        ("grade", RawValue::List(vec![])),
        ("told", RawValue::List(vec!["tv".into(), "tv".into()])),
        ("again", text("na")),
        ("visits", text("100")),
        ("words", text("một hai ba bốn")),
    ]);
    let faults = AnswerSheet::parse(&questionnaire(), &given).unwrap_err();
    let found: Vec<(&str, &str)> = faults.iter().map(|f| (f.item.as_str(), f.problem.code())).collect();
    let expected = [
        ("ghost", "unknown-item"),
        ("Q1", "missing"),
        ("fee", "not-an-option"),
        ("grade", "wrong-kind"),
        ("told", "option-twice"),
        ("again", "cannot-be-not-applicable"),
        ("visits", "out-of-range"),
        ("words", "too-long"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn five_point_takes_one_to_five_only() {
    for wrong in ["0", "6", "-1", "4.0", "four", "५"] {
        assert!(AnswerSheet::parse(&questionnaire(), &raw(&[("Q1", text(wrong))])).is_err(), "{wrong} was taken");
    }
    for right in 3..=5 {
        assert!(AnswerSheet::parse(&questionnaire(), &raw(&[("Q1", RawValue::Whole(right))])).is_ok());
    }
}
