//! What a stored answer is made of: its canonical content, whose digest tells a repetition from a contradiction, and
//! the day it came.

use super::Submission;
use crate::domain::answers::AnswerSheet;
use crate::domain::ids::Digest;
use crate::domain::quality::Reasons;
use crate::domain::receipt::ReceiptClaim;
use crate::store::responses::NewResponse;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

/// Begins every encoding, so that a later one can never be taken for it.
const ENCODING: &[u8] = b"sipas response 1";

/// Việt Nam is seven hours ahead of UTC all year (Asia/Ho_Chi_Minh).
pub(crate) const HOURS_AHEAD: TimeDelta = TimeDelta::hours(7);

/// The row of a submission whose answers were read.
pub(super) fn response(
    submission: Submission,
    questionnaire: Digest,
    sheet: AnswerSheet,
    (now, flags): (DateTime<Utc>, Reasons),
    receipt: Option<ReceiptClaim>,
) -> NewResponse {
    let digest = digest(&submission, questionnaire, &sheet);
    NewResponse {
        id: submission.id,
        round: submission.round,
        desk: submission.desk,
        channel: submission.channel,
        digest,
        received: local(now).date(),
        packed: sheet.packed().to_vec(),
        weight: submission.weight.map(super::Weight::get),
        flags,
        comments: sheet.comments().to_vec(),
        receipt,
        arrival: submission.arrival,
    }
}

/// SHA-256 over everything the respondent said, and where; neither a receipt code nor a device's number is of that. Each part is preceded by its length, so no two contents can
/// run together into the same bytes. The day is left out: a repetition may come tomorrow.
fn digest(submission: &Submission, questionnaire: Digest, sheet: &AnswerSheet) -> Digest {
    let mut whole = Sha256::new();
    let mut add = |part: &[u8]| {
        whole.update((part.len() as u64).to_le_bytes());
        whole.update(part);
    };
    add(ENCODING);
    add(&questionnaire.0);
    add(submission.round.as_str().as_bytes());
    add(submission.desk.as_str().as_bytes());
    add(submission.channel.code().as_bytes());
    add(submission.weight.map(|weight| weight.get().to_le_bytes()).as_ref().map_or(&[], |bytes| bytes.as_slice()));
    add(sheet.packed());
    for (item, text) in sheet.comments() {
        add(item.as_str().as_bytes());
        add(text.as_bytes());
    }
    Digest(whole.finalize().into())
}

/// Day and time in Việt Nam.
pub(super) fn local(now: DateTime<Utc>) -> NaiveDateTime {
    // The sum is missing only at the end of chrono's calendar, in the year 262142.
    now.naive_utc().checked_add_signed(HOURS_AHEAD).unwrap_or(now.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answers::RawAnswers;
    use crate::domain::channel::Channel;
    use crate::domain::ids::{AreaCode, QuestionnaireRef, ResponseId, RoundCode};
    use crate::domain::ids::{AspectId, ElementId, ItemId};
    use crate::domain::quality::Circumstances;
    use crate::domain::questionnaire::{
        Aspect, Element, IndexRule, Item, ItemKind, Part, Questionnaire, RollUp, Status,
    };
    use crate::service::collect::Weight;

    fn questionnaire() -> Questionnaire {
        let item = |id: &str, kind| Item {
            id: ItemId::parse(id).unwrap(),
            part: Part::Context,
            element: None,
            kind,
            required: false,
            not_applicable: true,
            show_if: None,
        };
        let aspect = AspectId::parse("A").unwrap();
        Questionnaire {
            reference: QuestionnaireRef::parse("test.v1").unwrap(),
            status: Status::Synthetic,
            source: String::new(),
            languages: Vec::new(),
            rule: IndexRule::Top2Share,
            roll_up: RollUp::PooledAnswers,
            aspects: vec![Aspect { id: aspect.clone() }],
            elements: vec![Element { id: ElementId::parse("E").unwrap(), aspect, weight: None }],
            items: vec![
                item("Q1", ItemKind::FivePoint),
                item("one", ItemKind::Comment { max_chars: 9 }),
                item("two", ItemKind::Comment { max_chars: 9 }),
            ],
            digest: Digest([1; 32]),
        }
    }

    fn submission() -> Submission {
        Submission {
            round: RoundCode::parse("R1").unwrap(),
            id: ResponseId::from_bytes([7; 16]),
            desk: AreaCode::parse("K1").unwrap(),
            channel: Channel::Kiosk,
            answers: RawAnswers::new(),
            weight: None,
            circumstances: Circumstances::default(),
            is_live: true,
            receipt: None,
            arrival: None,
        }
    }

    fn digest_of(submission: &Submission, answers: &[(&str, &str)], questionnaire_digest: Digest) -> Digest {
        let text = |text: &str| crate::domain::answers::RawValue::Text(text.to_owned());
        let raw = answers.iter().map(|(id, value)| ((*id).to_owned(), text(value))).collect();
        digest(submission, questionnaire_digest, &AnswerSheet::parse(&questionnaire(), &raw).unwrap())
    }

    #[test]
    fn the_digest_tells_every_difference_and_nothing_else() {
        let (plain, same) = (submission(), Digest([1; 32]));
        let reference = digest_of(&plain, &[("Q1", "5"), ("one", "ab")], same);
        assert_eq!(digest_of(&plain, &[("one", " ab "), ("Q1", "5")], same), reference, "order and blanks say nothing");

        let mut others = vec![
            digest_of(&plain, &[("Q1", "4"), ("one", "ab")], same),
            digest_of(&plain, &[("Q1", "na"), ("one", "ab")], same),
            digest_of(&plain, &[("one", "ab")], same),
            digest_of(&plain, &[("Q1", "5")], same),
            digest_of(&plain, &[("Q1", "5"), ("two", "ab")], same),
            digest_of(&plain, &[("Q1", "5"), ("one", "a"), ("two", "b")], same),
            digest_of(&plain, &[("Q1", "5"), ("one", "ab")], Digest([2; 32])),
        ];
        let changed: [fn(&mut Submission); 5] = [
            |s| s.round = RoundCode::parse("R2").unwrap(),
            |s| s.desk = AreaCode::parse("K2").unwrap(),
            |s| s.channel = Channel::Paper,
            |s| s.weight = Weight::new(1.0),
            |s| s.weight = Weight::new(2.0),
        ];
        for change in changed {
            let mut other = submission();
            change(&mut other);
            others.push(digest_of(&other, &[("Q1", "5"), ("one", "ab")], same));
        }
        others.push(reference);
        let distinct: std::collections::BTreeSet<Digest> = others.iter().copied().collect();
        assert_eq!(distinct.len(), others.len());
    }

    #[test]
    fn a_day_begins_at_midnight_in_viet_nam() {
        let at = |text: &str| local(text.parse::<DateTime<Utc>>().unwrap()).date().to_string();
        assert_eq!(at("2025-12-31T16:59:59Z"), "2025-12-31");
        assert_eq!(at("2025-12-31T17:00:00Z"), "2026-01-01");
    }

    #[test]
    fn a_weight_is_finite_and_above_zero() {
        assert!([0.0, -1.0, f64::NAN, f64::INFINITY].into_iter().all(|wrong| Weight::new(wrong).is_none()));
        assert_eq!(Weight::new(0.5).map(Weight::get), Some(0.5));
    }
}
