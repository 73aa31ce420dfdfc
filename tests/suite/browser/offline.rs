//! A citizen's own phone where the network comes and goes.

use super::answer_all;
use crate::harness::Database;
use crate::harness::browser::{Browser, PHONE, assert_accessible};
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

/// Waits until the page opens without a network.
fn wait_for_worker(browser: &Browser) {
    browser.wait_for("navigator.serviceWorker.controller");
}

/// Waits until the outbox is empty.
fn wait_until_sent(browser: &Browser) {
    browser.wait_for("(outbox.state().then(({ waiting }) => { window.waiting = waiting }), window.waiting === 0)");
}

const SUBMIT: &str = "form > button[type=submit]";
/// What the page says while an answer waits.
const KEPT: &str = "document.querySelector('main.kept h1') && !document.getElementById('survey')";

#[test]
fn an_answer_without_a_network_is_kept_and_sent_later() {
    let (_database, office, served, page) = desk();
    let browser = Browser::on(PHONE);
    browser.expect_complaint("ERR_CONNECTION_REFUSED");
    browser.open(&page);
    wait_for_worker(&browser);
    answer_all(&browser);
    let base = served.base.clone();
    assert!(served.stop());
    browser.click(SUBMIT);
    browser.wait_for(KEPT);
    browser.screenshot("survey-kept-phone");
    assert_accessible(&browser);
    let _served = office.serve_again(&base, &[]);
    browser.wait_for("location.pathname.endsWith('/thanks')");
    assert_eq!(office.n_stored(), 1);
}

#[test]
fn after_the_first_visit_the_survey_opens_without_a_network() {
    let (_database, office, served, page) = desk();
    let browser = Browser::on(PHONE);
    browser.expect_complaint("ERR_CONNECTION_REFUSED");
    browser.open(&page);
    wait_for_worker(&browser);
    let base = served.base.clone();
    assert!(served.stop());
    // The page out of the cache is the same each time; the sittings are not.
    for _ in 0..2 {
        browser.open(&page);
        answer_all(&browser);
        browser.click(SUBMIT);
        browser.wait_for(KEPT);
    }
    let _served = office.serve_again(&base, &[]);
    browser.open(&page);
    wait_until_sent(&browser);
    assert_eq!(office.n_stored(), 2);
}

#[test]
fn what_is_missing_is_listed_without_asking_the_server() {
    let (_database, office, _served, page) = desk();
    let browser = Browser::on(PHONE);
    browser.open(&page);
    browser.click(SUBMIT);
    browser.wait_for("document.activeElement.matches('.notice[role=alert]')");
    assert_accessible(&browser);
    browser.screenshot("survey-gaps-phone");
    browser.click("[role=alert] li:first-child a");
    browser.wait_for("document.activeElement.type === 'radio'");
    answer_all(&browser);
    let keeps_offer = browser.run("return Boolean(document.querySelector('[data-export]'))", &[]);
    assert_eq!(keeps_offer, true, "the list is taken away, the offer to export is not");
    browser.click(SUBMIT);
    browser.wait_for("location.pathname.endsWith('/thanks')");
    assert_eq!(office.n_stored(), 1);
    browser.back();
    browser.wait_for("document.querySelectorAll('input:checked').length === 0");
}

#[test]
fn work_that_the_server_asks_for_is_done() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve_with(&["--proof-of-work", "10"]);
    let browser = Browser::on(PHONE);
    browser.expect_complaint("428");
    browser.open(&format!("{}/s/{DESK}", served.base));
    answer_all(&browser);
    browser.click(SUBMIT);
    browser.wait_for("location.pathname.endsWith('/thanks')");
    assert_eq!(office.n_stored(), 1);
}
