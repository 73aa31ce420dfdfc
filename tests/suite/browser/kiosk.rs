//! The tablet at a desk: one person after another, with and without a network.

use super::{answer_all, questions, wipe};
use crate::harness::Database;
use crate::harness::browser::{Browser, TABLET, assert_accessible};
use crate::harness::office::{DESK, Office, ROUND, Served};
use sipas::domain::device::{DeviceKind, EnrolledDevice};
use sipas::domain::ids::{AreaCode, RoundCode};
use sipas::service::Service;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::service::collect::CollectLimits;
use sipas::store::{DatabaseUrl, Store};

const SUBMIT: &str = "form > button[type=submit]";
const STARTED: &str = "document.querySelector('#start') && !document.querySelector('#start').hidden";
const ASKED: &str = "document.querySelector('#sitting #survey')";
const THANKED: &str = "document.querySelector('#sitting [data-part=thanks]')";
/// What somebody answered can be read off the page nowhere.
const NOTHING_LEFT: &str =
    "!document.querySelector('input:checked') && !document.body.innerHTML.includes('Chờ hơi lâu')";

/// A tablet that is paired with a desk of an office.
struct Tablet {
    office: Office,
    served: Option<Served>,
    base: String,
    browser: Browser,
    service: Service,
    _database: Database,
}

impl Tablet {
    fn paired(more: &[&str]) -> Self {
        let database = Database::sqlite();
        let office = Office::on(&database.address());
        office.open_round();
        let served = office.serve_with(more);
        let base = served.base.clone();
        let store = Store::open(&DatabaseUrl::parse(&office.database).unwrap()).unwrap();
        let catalogue = Catalogue::load(&Source::Embedded).unwrap();
        let service = Service::start(catalogue, store, CollectLimits::default()).unwrap();
        let browser = Browser::on(TABLET);
        browser.expect_complaint("ERR_CONNECTION_REFUSED");
        let tablet = Self { office, served: Some(served), base, browser, service, _database: database };
        tablet.pair();
        let kept = format!("caches.match('/s/{DESK}?lang=en').then((page) => {{ window.isKept = Boolean(page) }})");
        tablet.browser.wait_for(&format!("navigator.serviceWorker.controller && ({kept}, window.isKept)"));
        tablet
    }

    /// Enrols a device and pairs the tablet with it.
    fn pair(&self) {
        let desk = AreaCode::parse(DESK).unwrap();
        let enrolled = self.service.enrol_device(&desk, DeviceKind::Kiosk, "").unwrap();
        self.browser.open(&format!("{}/kiosk?code={}", self.base, enrolled.pairing));
        self.browser.screenshot("kiosk-pair");
        assert_accessible(&self.browser);
        self.browser.click("button[type=submit]");
        self.browser.wait_for(STARTED);
    }

    fn stop_server(&mut self) {
        assert!(self.served.take().unwrap().stop());
    }

    fn start_server(&mut self, more: &[&str]) {
        self.served = Some(self.office.serve_again(&self.base, more));
    }

    /// A sitting as far as the thanks.
    fn answer(&self) {
        self.browser.click("[data-begin]");
        self.browser.wait_for(ASKED);
        answer_all(&self.browser);
        self.browser.type_into("textarea", "Chờ hơi lâu");
        self.browser.click(SUBMIT);
        self.browser.wait_for(THANKED);
    }

    /// Many sittings through the same buttons, faster than fingers are.
    fn answer_many(&self, n: usize) {
        let script = "
            const [n, done] = arguments;
            const found = async (css) => {
                for (;;) {
                    const it = document.querySelector(css);
                    if (it) return it;
                    await new Promise((resolve) => setTimeout(resolve, 5));
                }
            };
            (async () => {
                for (let i = 0; i < n; i++) {
                    (await found('#start:not([hidden]) [data-begin]')).click();
                    const form = await found('#sitting #survey');
                    form.querySelectorAll('.scale input[value=\"4\"]').forEach((choice) => { choice.checked = true; });
                    form.requestSubmit();
                    (await found('#sitting [data-part=thanks] button')).click();
                }
            })().then(() => done('all'), (error) => done(String(error)));";
        assert_eq!(self.browser.run_async(script, &[n.into()]), Ok("all".into()));
    }

    fn wait_until_sent(&self) {
        self.browser.run("dispatchEvent(new Event('online'))", &[]);
        self.browser.wait_for("(outbox.state().then((now) => { window.now = now }), window.now.waiting === 0)");
    }

    fn device(&self) -> EnrolledDevice {
        self.service.devices().unwrap().remove(0)
    }
}

#[test]
fn one_person_after_another() {
    let tablet = Tablet::paired(&[]);
    let browser = &tablet.browser;
    browser.screenshot("kiosk-start");
    assert_accessible(browser);
    browser.click("[data-begin]");
    browser.wait_for(ASKED);
    browser.wait_for("document.fullscreenElement === document.documentElement");
    browser.screenshot("kiosk-sitting");
    assert_accessible(browser);
    browser.click(SUBMIT);
    browser.wait_for("document.activeElement.matches('.notice[role=alert]')");
    answer_all(browser);
    browser.type_into("textarea", "Chờ hơi lâu");
    browser.click(SUBMIT);
    browser.wait_for(THANKED);
    browser.wait_for(NOTHING_LEFT);
    browser.screenshot("kiosk-thanks");
    assert_accessible(browser);
    browser.back();
    browser.wait_for(STARTED);
    browser.wait_for(NOTHING_LEFT);
    tablet.answer();
    // Nobody has to tap: the thanks give way to the start screen.
    browser.wait_for(STARTED);
    browser.wait_for(NOTHING_LEFT);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 2);
    assert_eq!(tablet.device().arrived.to_string(), "1-2");
}

#[test]
fn a_sitting_that_is_left_is_forgotten() {
    let tablet = Tablet::paired(&["--idle-seconds", "25"]);
    let browser = &tablet.browser;
    let begin_and_type = || {
        browser.click("[data-begin]");
        browser.wait_for(ASKED);
        browser.type_into("textarea", "Chờ hơi lâu");
    };
    begin_and_type();
    browser.reload();
    browser.wait_for(STARTED);
    browser.wait_for(NOTHING_LEFT);
    begin_and_type();
    browser.wait_for("document.querySelector('dialog.idle[open] [data-seconds]').textContent");
    let left: u32 = browser.text("dialog.idle [data-seconds]").parse().unwrap();
    assert!(left >= 19, "whoever is still there has 20 s to say so, not {left}");
    browser.screenshot("kiosk-idle");
    assert_accessible(browser);
    browser.click("dialog.idle button");
    assert_eq!(browser.run("return document.querySelector('textarea').value", &[]), "Chờ hơi lâu");
    browser.wait_for("document.querySelector('dialog.idle[open]')");
    browser.wait_for(STARTED);
    browser.wait_for(NOTHING_LEFT);
    assert_eq!(tablet.office.n_stored(), 0);
}

#[test]
fn fifty_answers_without_a_network_arrive_once_and_in_order() {
    let mut tablet = Tablet::paired(&[]);
    tablet.stop_server();
    tablet.answer_many(25);
    // As after a power cut: the page comes out of the cache, the answers out of the outbox.
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.answer_many(25);
    let listen = "window.sent = [];
        const send = window.fetch;
        window.fetch = (address, request) => {
            if (address.endsWith('/responses')) sent.push(JSON.parse(request.body).sequence);
            return send(address, request);
        }";
    tablet.browser.run(listen, &[]);
    tablet.start_server(&[]);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 50);
    let sent = tablet.browser.run("return sent", &[]);
    let mut sent: Vec<u64> = sent.as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).collect();
    // The first may have been tried before the server was there.
    sent.dedup();
    assert_eq!(sent, (1..=50).collect::<Vec<u64>>());
    let device = tablet.device();
    assert_eq!(device.arrived.to_string(), "1-50");
    assert!(device.missing().is_empty());
}

#[test]
fn a_tablet_that_loses_power_keeps_its_desk_its_numbers_and_what_waits() {
    let mut tablet = Tablet::paired(&[]);
    tablet.browser.restart();
    tablet.stop_server();
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.answer_many(3);
    tablet.browser.click("[data-begin]");
    tablet.browser.wait_for(ASKED);
    tablet.browser.type_into("textarea", "Chờ hơi lâu");
    tablet.browser.lose_power();
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.browser.wait_for(STARTED);
    tablet.browser.wait_for(NOTHING_LEFT);
    tablet.answer_many(2);
    tablet.start_server(&[]);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 5);
    let device = tablet.device();
    assert_eq!((device.arrived.to_string().as_str(), device.missing().is_empty()), ("1-5", true));
}

#[test]
fn two_tabs_send_each_answer_once() {
    two_tabs("");
}

#[test]
fn two_tabs_of_a_browser_without_locks_send_each_answer_once() {
    two_tabs("Object.defineProperty(navigator, 'locks', { value: undefined })");
}

fn two_tabs(prepare: &str) {
    let mut tablet = Tablet::paired(&[]);
    tablet.stop_server();
    tablet.browser.run(prepare, &[]);
    tablet.answer_many(10);
    let first = tablet.browser.new_tab();
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.browser.run(prepare, &[]);
    tablet.answer_many(10);
    tablet.start_server(&[]);
    tablet.browser.run("dispatchEvent(new Event('online'))", &[]);
    tablet.browser.switch_to(&first);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 20);
    assert_eq!(tablet.device().arrived.to_string(), "1-20");
}

#[test]
fn a_device_that_was_revoked_keeps_its_answers_until_it_is_enrolled_anew() {
    let mut tablet = Tablet::paired(&[]);
    tablet.browser.expect_complaint("401");
    tablet.answer();
    tablet.wait_until_sent();
    tablet.stop_server();
    tablet.browser.wait_for(STARTED);
    tablet.answer_many(3);
    tablet.service.revoke_device(&tablet.device().code).unwrap();
    tablet.start_server(&[]);
    tablet.browser.run("dispatchEvent(new Event('online'))", &[]);
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.browser.wait_for("document.querySelector('[name=code]')");
    assert_eq!(tablet.office.n_stored(), 1);
    tablet.pair();
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 4);
    let all = tablet.service.devices().unwrap();
    assert_eq!(all.last().unwrap().arrived.to_string(), "1-3", "numbers belong to a device");
}

#[test]
fn a_tablet_that_has_lost_its_memory_gives_no_number_twice() {
    let mut tablet = Tablet::paired(&[]);
    tablet.answer_many(3);
    tablet.wait_until_sent();
    wipe(&tablet.browser);
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.browser.wait_for(STARTED);
    tablet.answer_many(1);
    tablet.wait_until_sent();
    assert_eq!(tablet.device().arrived.to_string(), "1-4");
    // Without a network it cannot know its numbers, so it gives them when it has heard.
    tablet.stop_server();
    wipe(&tablet.browser);
    tablet.browser.open(&format!("{}/kiosk", tablet.base));
    tablet.browser.wait_for(STARTED);
    tablet.answer_many(2);
    let exported = tablet.browser.run_async("outbox.exported('X').then(arguments[0])", &[]).unwrap();
    assert!(!exported.as_str().unwrap().contains("sequence"), "numbers for the time being leave with nobody");
    tablet.start_server(&[]);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 6);
    assert_eq!(tablet.device().arrived.to_string(), "1-6");
    assert!(tablet.device().missing().is_empty());
}

#[test]
fn a_new_version_takes_over_between_two_persons_and_loses_nothing() {
    let mut tablet = Tablet::paired(&[]);
    let version = |tablet: &Tablet| tablet.browser.run("return document.querySelector('#start').dataset.version", &[]);
    let before = version(&tablet);
    tablet.stop_server();
    tablet.answer_many(5);
    tablet.browser.click("[data-begin]");
    tablet.browser.wait_for(ASKED);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("next.html"), "{% extends \"message.html\" %}").unwrap();
    tablet.start_server(&["--pages", folder.path().to_str().unwrap()]);
    let update = "navigator.serviceWorker.getRegistration().then(r => r.update().then(() => arguments[0](true)))";
    assert_eq!(tablet.browser.run_async(update, &[]), Ok(true.into()));
    let waiting = "navigator.serviceWorker.getRegistration().then((r) => { window.isWaiting = !!r.waiting })";
    tablet.browser.wait_for(&format!("({waiting}, window.isWaiting)"));
    // Somebody is answering, so it waits.
    assert_eq!(version(&tablet), before);
    answer_all(&tablet.browser);
    tablet.browser.click(SUBMIT);
    tablet.browser.wait_for(THANKED);
    tablet.browser.click("[data-part=thanks] button");
    tablet.browser.wait_for(&format!("document.querySelector('#start').dataset.version !== {before}"));
    tablet.wait_until_sent();
    assert_eq!(tablet.device().arrived.to_string(), "1-6");
}

#[test]
fn the_operator_sees_numbers_and_takes_a_file() {
    let mut tablet = Tablet::paired(&[]);
    tablet.stop_server();
    tablet.answer_many(3);
    for _ in 0..5 {
        tablet.browser.click("#desk");
    }
    tablet.browser.wait_for("document.querySelector('#operator[open] [data-fact=waiting]').textContent === '3'");
    tablet.browser.screenshot("kiosk-operator");
    assert_accessible(&tablet.browser);
    let code = tablet.device().code;
    let exported = tablet.browser.run_async("outbox.exported('X').then(arguments[0])", &[]).unwrap();
    let lines: Vec<serde_json::Value> =
        exported.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["body"]["sequence"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(tablet.browser.text("[data-fact=device]"), code.as_str());
}

#[test]
fn a_wrong_receipt_code_comes_back_with_all_that_was_answered() {
    let tablet = Tablet::paired(&[]);
    let browser = &tablet.browser;
    browser.expect_complaint("the server responded with a status of 4");
    let (round, desk) = (RoundCode::parse(ROUND).unwrap(), AreaCode::parse(DESK).unwrap());
    let code = tablet.service.issue_receipts(&round, &desk, 1).unwrap().codes[0];
    browser.click("[data-begin]");
    browser.wait_for(ASKED);
    answer_all(browser);
    browser.type_into("textarea", "Chờ hơi lâu");
    browser.type_into("#receipt", "AAAA-AAAA");
    browser.click(SUBMIT);
    browser.wait_for("document.activeElement.matches('#receipt[aria-invalid=true]')");
    browser.screenshot("kiosk-receipt");
    assert_accessible(browser);
    assert_eq!(browser.run("return document.querySelector('textarea').value", &[]), "Chờ hơi lâu");
    let n_answered = browser.run("return document.querySelectorAll('.scale input:checked').length", &[]);
    assert_eq!(n_answered, questions(browser).len());
    assert_eq!(tablet.office.n_stored(), 0);
    browser.run("document.querySelector('#receipt').value = ''", &[]);
    browser.type_into("#receipt", &code.to_string().to_lowercase());
    browser.click(SUBMIT);
    browser.wait_for(THANKED);
    browser.wait_for(NOTHING_LEFT);
    tablet.wait_until_sent();
    assert_eq!(tablet.office.n_stored(), 1);
    assert_eq!(tablet.service.receipt_counts(&round).unwrap()[&desk], (1, 1), "the code is spent");
    assert_eq!(tablet.device().arrived.to_string(), "1", "the answer that came back kept its number");
}
