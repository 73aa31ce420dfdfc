use crate::harness::Database;
use crate::harness::province::{area_code, open_round, round_code};
use sipas::domain::letter::{Letter, Part};
use sipas::domain::outbox::Edition;
use sipas::domain::tongue::Tongue;
use sipas::store::letters::{self, LetterKey};

on_both!(the_letter_that_was_written_first_holds);

fn the_letter_that_was_written_first_holds(db: &Database) {
    let store = db.store();
    open_round(&store, "R");
    let key = LetterKey {
        round: round_code("R"),
        edition: Edition::Revision(1),
        unit: area_code("D1"),
        language: Tongue::Vietnamese,
        with_pdf: false,
    };
    let part = |name: &str, is_inline, content: &[u8]| Part {
        name: name.to_owned(),
        media: "image/png".to_owned(),
        is_inline,
        content: content.to_vec(),
    };
    let letter = Letter {
        subject: "Chỉ số CCHC".to_owned(),
        plain: "tăng 4,32 điểm\n".to_owned(),
        html: "<p>tăng</p>".to_owned(),
        parts: vec![part("b.png", true, &[0, 255, 10]), part("a.pdf", false, b"")],
    };
    assert_eq!(store.with(|c| letters::find(c, &key)).unwrap(), None);
    assert_eq!(store.with(|c| letters::keep(c, &key, &letter, Some(40))).unwrap(), letter);
    let other = Letter { subject: "another".to_owned(), ..letter.clone() };
    assert_eq!(
        db.store().with(|c| letters::keep(c, &key, &other, Some(41))).unwrap(),
        letter,
        "what one server wrote, all send"
    );
    assert_eq!(store.with(|c| letters::find(c, &key)).unwrap(), Some(letter));
    for different in [
        LetterKey { edition: Edition::Revision(2), ..key.clone() },
        LetterKey { unit: area_code("D2"), ..key.clone() },
        LetterKey { language: Tongue::English, ..key.clone() },
        LetterKey { with_pdf: true, ..key.clone() },
    ] {
        assert_eq!(store.with(|c| letters::find(c, &different)).unwrap(), None, "{different:?}");
    }
    let last = |key: &LetterKey| store.with(|c| letters::last_told(c, key)).unwrap();
    let [again, elsewhere] = ["D1", "D2"].map(|unit| LetterKey {
        unit: area_code(unit),
        edition: Edition::parse("2025-09").unwrap(),
        ..key.clone()
    });
    assert_eq!((last(&again), last(&elsewhere)), (Some(40), None), "of the letter that holds, whatever its edition");
    for (language, answers) in [(Tongue::Vietnamese, Some(45)), (Tongue::English, None)] {
        let letter = Letter { subject: "later".to_owned(), ..other.clone() };
        store.with(|c| letters::keep(c, &LetterKey { language, ..again.clone() }, &letter, answers)).unwrap();
    }
    assert_eq!(last(&key), Some(45), "the last one that told it");
    let nowhere = LetterKey { unit: area_code("D9"), ..key };
    assert!(store.with(|c| letters::find(c, &nowhere)).is_err());
}
