//! What the page does for people where scripts run: goes on, hides, counts, enlarges, reads aloud, and says what is missing
//! before anything is sent.

use super::{answer_all, questions};
use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, Key, PHONE, assert_accessible};
use crate::harness::door::{DESK, Door};

/// A server, a browser on a phone, and a desk's page open in it.
fn page() -> (Door, Browser) {
    let door = Door::on(&Database::sqlite());
    let browser = Browser::on(PHONE);
    browser.open(&format!("{}/s/{DESK}", door.base));
    (door, browser)
}

fn is(browser: &Browser, condition: &str) -> bool {
    browser.run(&format!("return Boolean({condition})"), &[]) == true
}

/// A point of the nth question.
fn point(browser: &Browser, question: usize, value: u8) -> String {
    format!("[name='{}'][value='{value}']", questions(browser)[question])
}

const IN_VIEW: &str = "(at => at.top >= 0 && at.bottom <= innerHeight)(arguments[0].getBoundingClientRect())";

fn sees_question(browser: &Browser, question: usize) -> bool {
    let name = &questions(browser)[question];
    let item = format!("document.querySelector(\"[name='{name}']\").closest('fieldset')");
    is(browser, &IN_VIEW.replace("arguments[0]", &item))
}

#[test]
fn a_tap_counts_and_leads_to_the_next_question() {
    let (_door, browser) = page();
    assert_eq!(browser.text(".progress p"), "Đã trả lời 0 / 19 câu");
    assert!(!sees_question(&browser, 1));
    browser.click(&point(&browser, 0, 4));
    assert_eq!(browser.text(".progress p"), "Đã trả lời 1 / 19 câu");
    assert!(sees_question(&browser, 1), "the next question has come into view");
    assert!(is(&browser, "document.activeElement.name === 'answer.TC1'"), "and the focus has stayed");

    browser.click(&point(&browser, 0, 5));
    assert_eq!(browser.text(".progress p"), "Đã trả lời 1 / 19 câu");
    assert!(sees_question(&browser, 0), "an answer that is corrected is no step forward");
    answer_all(&browser);
    assert!(is(&browser, "document.querySelector('[role=status]').textContent.startsWith('Đã trả lời đủ')"));
}

#[test]
fn arrow_keys_choose_and_never_move_on() {
    let door = Door::on(&Database::sqlite());
    let browser = Browser::on(DESKTOP);
    browser.open(&format!("{}/s/{DESK}", door.base));
    browser.run("document.querySelector('.scale input').focus({ preventScroll: true })", &[]);
    let place = "return scrollY";
    let before = browser.run(place, &[]);
    browser.press(Key::Space);
    browser.press(Key::Down);
    browser.press(Key::Down);
    assert!(is(&browser, "document.activeElement.checked && document.activeElement.value === '3'"));
    assert_eq!(browser.run(place, &[]), before);
}

#[test]
fn only_the_dissatisfied_are_asked_for_reasons() {
    let (door, browser) = page();
    let asked = "!document.querySelector('[data-when]').hidden";
    assert!(!is(&browser, asked));
    browser.click(&point(&browser, 2, 2));
    assert!(is(&browser, asked));
    assert!(!browser.text("[data-when]").contains("Chỉ trả lời nếu"), "whoever sees it is meant");
    browser.click("[name='answer.reasons'][value='waiting']");
    browser.screenshot("survey-reasons");
    assert_accessible(&browser);
    browser.click(&point(&browser, 2, 3));
    assert!(!is(&browser, asked));
    answer_all(&browser);
    browser.follow("form > button[type=submit]");
    assert_eq!(door.n_stored(), 1);
}

#[test]
fn what_is_missing_is_told_before_sending_and_goes_when_it_is_mended() {
    let (door, browser) = page();
    answer_all(&browser);
    let name = questions(&browser)[4].clone();
    browser
        .run("document.querySelectorAll(`[name='${arguments[0]}']`).forEach(r => r.checked = false)", &[name.into()]);
    browser.click("form > button[type=submit]");
    assert!(browser.text("[role=alert]").contains("Câu 5"));
    assert!(is(&browser, "document.activeElement.getAttribute('role') === 'alert'"));
    assert!(is(&browser, "document.querySelectorAll('fieldset.faulty .fault').length === 1"));
    assert!(is(
        &browser,
        "document.getElementById(document.querySelector('fieldset.faulty').getAttribute('aria-describedby'))"
    ));
    assert_accessible(&browser);
    assert_eq!(door.n_stored(), 0);
    browser.click(&point(&browser, 4, 5));
    assert!(is(&browser, "!document.querySelector('.item.faulty')"));
    browser.follow("form > button[type=submit]");
    assert_eq!(door.n_stored(), 1);
}

#[test]
fn the_text_grows_for_the_sitting_and_shrinks_when_the_form_is_given_to_somebody_else() {
    let (_door, browser) = page();
    let size = "return getComputedStyle(document.documentElement).fontSize";
    let own = browser.run(size, &[]);
    for _ in 0..5 {
        browser.click("[data-step='1']");
    }
    let large = browser.run(size, &[]);
    assert_ne!(large, own);
    assert!(is(&browser, "document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off");
    assert_accessible(&browser);
    browser.reload();
    assert_eq!(browser.run(size, &[]), large);
    browser.run("document.getElementById('survey').reset()", &[]);
    assert_eq!(browser.run(size, &[]), own);
    browser.reload();
    assert_eq!(browser.run(size, &[]), own);
}

#[test]
fn questions_are_read_aloud_only_by_a_voice_of_the_device_that_speaks_the_language() {
    let (_door, browser) = page();
    let voices = |voices: &str| {
        browser.run(
            &format!(
                "speechSynthesis.getVoices = () => {voices}; speechSynthesis.dispatchEvent(new Event('voiceschanged'))"
            ),
            &[],
        );
        browser.run("return document.querySelectorAll('.listen').length", &[])
    };
    assert_eq!(voices("[]"), 0);
    assert_eq!(voices("[{ lang: 'en-GB', localService: true }, { lang: 'vi-VN', localService: false }]"), 0);
    let n_items = browser.run("return document.querySelectorAll('fieldset.item').length", &[]);
    assert_eq!(voices("[{ lang: 'vi_VN', localService: true }]"), n_items);
    browser.screenshot("survey-listen");
    assert_accessible(&browser);
}

#[test]
fn a_comment_is_counted_as_the_server_counts_it() {
    let (_door, browser) = page();
    assert_eq!(browser.text(".counter"), "Còn 500 chữ cái và dấu");
    browser.run(
        "const area = document.querySelector('textarea'); area.value = 'Tốt 👍';
         area.dispatchEvent(new Event('input', { bubbles: true }))",
        &[],
    );
    assert_eq!(browser.text(".counter"), "Còn 495 chữ cái và dấu");
}
