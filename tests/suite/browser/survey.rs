//! One sitting after another at the page of a desk.

use super::{answer_all, questions};
use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, Key, PHONE, Screen, TABLET, TABLET_WIDE, assert_accessible};
use crate::harness::office::{DESK, Office, Served};

/// An office with an open round, a server, and the address of a desk's page.
fn desk() -> (Database, Office, Served, String) {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    let page = format!("{}/s/{DESK}", served.base);
    (database, office, served, page)
}

fn is_thanks(browser: &Browser) -> bool {
    browser.address().contains(&format!("/s/{DESK}/thanks"))
}

#[test]
fn a_sitting_on_a_phone_and_on_a_tablet_both_ways() {
    let (_database, office, _served, page) = desk();
    for (name, screen) in [("phone", PHONE), ("tablet", TABLET), ("tablet-wide", TABLET_WIDE)] {
        let browser = Browser::on(screen);
        browser.open(&page);
        browser.screenshot(&format!("survey-{name}"));
        assert_fits(&browser, screen);
        answer_all(&browser);
        browser.type_into("textarea", "Cán bộ hướng dẫn rõ ràng, đúng hẹn.");
        browser.screenshot(&format!("survey-{name}-answered"));
        browser.follow("form > button[type=submit]");
        assert!(is_thanks(&browser), "{}", browser.address());
        browser.screenshot(&format!("thanks-{name}"));
    }
    assert_eq!(office.n_stored(), 3);
}

#[test]
fn a_sitting_without_scripts() {
    let (_database, office, _served, page) = desk();
    let browser = Browser::without_scripts(PHONE);
    browser.open("data:text/html,<title>off</title><script>document.title = 'on'</script>");
    assert_eq!(browser.run("return document.title", &[]), "off", "scripts run in this browser");
    browser.open(&page);
    browser.screenshot("survey-without-scripts");
    browser.expect_complaint("422");
    browser.follow("form > button[type=submit]");
    assert!(browser.text("[role=alert] h2").contains(&questions(&browser).len().to_string()));
    browser.screenshot("survey-without-scripts-faults");
    answer_all(&browser);
    browser.follow("form > button[type=submit]");
    assert!(is_thanks(&browser), "{}", browser.address());
    assert_eq!(office.n_stored(), 1);
}

#[test]
fn a_sitting_with_a_keyboard_only() {
    let (_database, office, _served, page) = desk();
    let browser = Browser::on(DESKTOP);
    browser.open(&page);
    browser.press(Key::Tab);
    assert_eq!(focused(&browser, "className"), "skip", "the first stop leads past the introduction");
    browser.press(Key::Enter);
    let mut answered = Vec::new();
    // Each question is one stop: an arrow chooses among its answers, Space takes the one in focus.
    for _ in 0..200 {
        browser.press(Key::Tab);
        let (name, kind) = (focused(&browser, "name"), focused(&browser, "type"));
        if kind == "submit" {
            break;
        }
        if kind == "radio" && questions(&browser).contains(&name) && !answered.contains(&name) {
            browser.press(Key::Space);
            browser.press(Key::Down);
            browser.press(Key::Right);
            assert_eq!(focused(&browser, "value"), "3", "{name}");
            assert_in_view(&browser);
            answered.push(name);
        }
    }
    assert_eq!(answered, questions(&browser), "every question was reached, in order");
    assert_eq!(focused(&browser, "type"), "submit", "and then the button");
    browser.screenshot("survey-keyboard");
    browser.press(Key::Enter);
    browser.wait_for("location.pathname.endsWith('/thanks')");
    assert_eq!(office.n_stored(), 1);
}

#[test]
fn the_list_of_faults_is_read_first_and_leads_to_each_question() {
    let (_database, office, _served, page) = desk();
    let browser = Browser::on(PHONE);
    browser.open(&page);
    answer_all(&browser);
    let missing = questions(&browser).split_off(3);
    let missing: Vec<String> = missing.into_iter().take(2).collect();
    for name in &missing {
        // A ring that was chosen cannot be left empty again by hand.
        browser.run(
            "document.querySelectorAll(`[name='${arguments[0]}']`).forEach(r => r.checked = false)",
            &[name.as_str().into()],
        );
    }
    browser.type_into("textarea", "Chờ hơi lâu");
    browser.click("form > button[type=submit]");
    browser.wait_for("document.activeElement.getAttribute('role') === 'alert'");
    browser.screenshot("survey-faults-phone");
    assert_accessible(&browser);
    for (place, name) in missing.iter().enumerate() {
        browser.click(&format!("[role=alert] li:nth-child({}) a", place + 1));
        browser.wait_for(&format!("document.activeElement.name === '{name}'"));
        assert_in_view(&browser);
        browser.click(&format!("[name='{name}'][value='5']"));
    }
    assert_eq!(browser.run("return document.querySelector('textarea').value.trim()", &[]), "Chờ hơi lâu");
    browser.follow("form > button[type=submit]");
    assert!(is_thanks(&browser), "{}", browser.address());
    assert_eq!(office.n_stored(), 1);
}

#[test]
fn enlarged_to_twice_and_to_four_times_nothing_is_cut_off() {
    let (_database, _office, _served, page) = desk();
    for (name, width) in [("200-percent", 640), ("400-percent", 320)] {
        let screen = Screen { width, height: 512, touch: true };
        let browser = Browser::on(screen);
        browser.open(&page);
        assert_fits(&browser, screen);
        browser.screenshot(&format!("survey-{name}"));
        browser.click("form > button[type=submit]");
        browser.wait_for("document.querySelector('[role=alert]')");
        assert_fits(&browser, screen);
        assert_accessible(&browser);
        browser.screenshot(&format!("survey-{name}-faults"));
    }
}

#[test]
fn two_tabs_are_two_sittings_and_going_back_sends_nothing_twice() {
    let (_database, office, _served, page) = desk();
    let browser = Browser::on(PHONE);
    let id = "return document.querySelector('[name=response_id]').value";
    browser.open(&page);
    let first_id = browser.run(id, &[]);
    let first_tab = browser.new_tab();
    browser.open(&page);
    assert_ne!(browser.run(id, &[]), first_id);
    answer_all(&browser);
    browser.follow("form > button[type=submit]");
    assert!(is_thanks(&browser), "{}", browser.address());
    browser.reload();
    assert!(is_thanks(&browser), "{}", browser.address());

    browser.switch_to(&first_tab);
    answer_all(&browser);
    browser.follow("form > button[type=submit]");
    assert!(is_thanks(&browser), "{}", browser.address());
    assert_eq!(office.n_stored(), 2);
    // The thanks have taken the form's place.
    browser.back();
    assert!(!browser.address().contains("/s/"), "{}", browser.address());
    assert_eq!(office.n_stored(), 2);
}

/// A property of whatever has the focus.
fn focused(browser: &Browser, property: &str) -> String {
    let value = browser.run("return document.activeElement[arguments[0]]", &[property.into()]);
    value.as_str().unwrap_or_default().to_owned()
}

/// What has the focus can be seen.
fn assert_in_view(browser: &Browser) {
    browser.wait_for(
        "(at => at.top >= 0 && at.bottom <= innerHeight && at.left >= 0 && at.right <= innerWidth)
            (document.activeElement.getBoundingClientRect())",
    );
}

/// The page is as wide as the screen, which nobody has to move sideways.
fn assert_fits(browser: &Browser, screen: Screen) {
    let width = browser.run("return Math.max(document.documentElement.scrollWidth, innerWidth)", &[]);
    assert_eq!(width, screen.width, "the page is wider than the screen");
}
