//! Every page and state that there is, looked at by axe and kept as a picture.

use super::answer_all;
use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, PHONE, assert_accessible};
use crate::harness::door::{self, Door};
use crate::harness::office::{DESK, Office};

/// Pages that an address leads to, and what the console says of their status.
const ADDRESSES: &[(&str, &str)] = &[
    ("survey", "/s/T1-01"),
    ("survey-english", "/s/T1-01?lang=en"),
    ("thanks", "/s/T1-01/thanks"),
    ("thanks-english", "/s/T1-01/thanks?lang=en"),
    ("unknown-desk", "/s/NOWHERE"),
    ("not-open", "/s/T1-03"),
    ("not-found", "/none"),
    ("problems", "/problems"),
    ("problem", "/problems/busy"),
];

#[test]
fn every_page_is_accessible() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    for (name, screen) in [("phone", PHONE), ("desktop", DESKTOP)] {
        let browser = Browser::on(screen);
        browser.expect_complaint("the server responded with a status of 4");
        for (page, address) in ADDRESSES {
            browser.open(&format!("{}{address}", served.base));
            browser.screenshot(&format!("{page}-{name}"));
            assert_accessible(&browser);
        }
    }
}

#[test]
fn what_a_form_may_meet_is_accessible() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    let browser = Browser::on(PHONE);
    browser.expect_complaint("the server responded with a status of 4");
    let page = format!("{}/s/{DESK}", served.base);
    for (number, name) in ["thanks", "conflict"].into_iter().enumerate() {
        browser.open(&page);
        answer_all(&browser);
        let id = "document.querySelector('[name=response_id]').value = '7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11'";
        browser.run(id, &[]);
        browser.type_into("textarea", &format!("Lần {number}"));
        send_plainly(&browser);
        browser.wait_for("document.querySelector('main.message h1')");
        browser.screenshot(&format!("{name}-after-sending"));
        assert_accessible(&browser);
    }
    browser.open(&page);
    answer_all(&browser);
    office.run(&["round", "close", crate::harness::office::ROUND]);
    browser.follow("form > button[type=submit]");
    browser.screenshot("closed-after-sending");
    assert_accessible(&browser);
    assert_eq!(office.n_stored(), 1);
}

#[test]
fn a_busy_server_is_accessible() {
    Door::while_full(&Database::sqlite(), |busy| {
        let browser = Browser::on(PHONE);
        browser.expect_complaint("the server responded with a status of 503");
        browser.open(&format!("{}/s/{}", busy.base, door::DESK));
        answer_all(&browser);
        send_plainly(&browser);
        browser.wait_for("document.querySelector('[role=alert]')");
        assert!(browser.text("[role=alert]").contains("giây"));
        browser.screenshot("busy-phone");
        assert_accessible(&browser);
    });
}

/// Sends the form past the script, which would choose an id of its own and wait for a better time.
fn send_plainly(browser: &Browser) {
    browser.run("document.getElementById('survey').submit()", &[]);
}
