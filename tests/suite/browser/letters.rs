//! Letters as their readers see them: the province's, a district's and a desk's, in both languages, light and dark.

use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, PHONE, assert_accessible};
use crate::harness::mail::MailOffice;
use crate::harness::mail_lint;
use crate::harness::office::ROUND;
use crate::harness::province::{area_code, round_code};
use serde_json::json;
use sipas::domain::letter::Letter;
use sipas::domain::outbox::Edition;
use sipas::domain::tongue::Tongue;
use sipas::report::letter::Letterhead;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::service::letters::{LetterKey, preview};

/// The province, a district, and a desk of it.
const UNITS: [&str; 3] = ["T", "T1", "T1-01"];

fn letter(database: &Database, unit: &str, language: Tongue, edition: Edition) -> Letter {
    let key = LetterKey { round: round_code(ROUND), edition, unit: area_code(unit), language, with_pdf: false };
    let head = Letterhead {
        public_url: Some("https://khaosat.tinh.example.vn".to_owned()),
        contact: "cchc@tinh.example.vn".to_owned(),
    };
    preview(&Catalogue::load(&Source::Embedded).unwrap(), &database.store(), &head, &key).unwrap()
}

#[test]
fn letters_are_sound_and_read_well_on_a_phone_and_a_screen() {
    let database = Database::sqlite();
    let office = MailOffice::on(&database);
    office.collect("thu-2024", "2024", 5);
    let published = Edition::Revision(1);
    for (unit, language) in UNITS.into_iter().flat_map(|unit| Tongue::ALL.map(|language| (unit, language))) {
        let letter = letter(&database, unit, language, published);
        let faults = mail_lint::faults(&letter);
        assert!(faults.is_empty(), "{unit} in {language}:\n{}\n{}", faults.join("\n"), letter.html);
        assert!(letter.html.len() < 40_000, "{} bytes", letter.html.len());
        let picture = letter.parts.iter().find(|part| part.is_inline).expect("a picture");
        assert!(picture.content.starts_with(b"\x89PNG") && picture.content.len() < 150_000);
        assert!(letter.plain.contains("https://khaosat.tinh.example.vn/r/thu-2025/"), "{}", letter.plain);
        assert!(letter.plain.contains("cchc@tinh.example.vn"), "whom to ask to stop: {}", letter.plain);
        let warning = language.of("không dùng làm số liệu chính thức", "not official");
        assert!(letter.plain.contains(warning) && letter.html.contains(warning), "{}", letter.plain);
    }
    let chair = letter(&database, "T1", Tongue::Vietnamese, published);
    assert!(
        chair.subject.starts_with("CCHC 2025: Huyện Một: ") && chair.subject.contains("hạng "),
        "{}",
        chair.subject
    );
    let early = letter(&database, "T1", Tongue::English, Edition::parse("2025-Q3").unwrap());
    assert!(early.subject.starts_with("Provisional: ") && early.plain.contains("not published yet"), "{}", early.plain);

    // Published, and corrected when more answers had come: the letter says what changed and why.
    office.publish();
    let first = letter(&database, "T1", Tongue::Vietnamese, published);
    assert_eq!(first, chair, "what is published is what was previewed");
    office.import_answers(ROUND, 3, 40..70, &["--late"]);
    office.office.run(&["round", "publish", ROUND, "--revise", "--note", "Phiếu của tháng 12 đến muộn"]);
    let corrected = letter(&database, "T1", Tongue::Vietnamese, Edition::Revision(2));
    assert!(corrected.subject.starts_with("Đính chính: "), "{}", corrected.subject);
    for line in ["- Số phiếu: 80 → 140", "- Hài lòng chung: ", "- Phiếu của tháng 12 đến muộn"] {
        assert!(corrected.plain.contains(line), "{line} is missing in:\n{}", corrected.plain);
    }
    assert_eq!(letter(&database, "T1", Tongue::Vietnamese, published), first, "the first revision stays as it was");

    let served = office.office.serve();
    for (screen, name) in [(PHONE, "phone"), (DESKTOP, "desktop")] {
        let browser = Browser::on(screen);
        for (unit, language) in [("T", "vi"), ("T1", "vi"), ("T1", "en"), ("T1-01", "vi")] {
            browser.open(&format!("{}/operator/{ROUND}/mail/{unit}?language={language}", served.base));
            browser.wait_for("document.querySelector('.letter img')?.naturalWidth > 0");
            browser.screenshot(&format!("letter-{unit}-{language}-{name}"));
            assert_accessible(&browser);
            let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
            assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "{unit} on a {name}: {overflow} px too wide");
        }
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        browser.devtools("Emulation.setEmulatedMedia", &dark);
        browser.screenshot(&format!("letter-dark-{name}"));
        assert_accessible(&browser);
    }
}
