//! The pages of the office in a real browser: how a round stands, typing in paper, interviews.

use super::{answer_all, wipe};
use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, PHONE, TABLET, assert_accessible};
use crate::harness::office::{DESK, Office, ROUND, Served, one_stop_items};
use crate::harness::province::random_id;
use crate::http::client::Client;

/// An office with its round open and its server running.
fn served() -> (Office, Served, Database) {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    (office, served, database)
}

/// Enrols a device of a kind and pairs the browser with it.
fn pair(office: &Office, served: &Served, browser: &Browser, kind: &str) -> String {
    let said = office.run(&["device", "enrol", "--desk", DESK, "--kind", kind]);
    let after = |label: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(label)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    browser.open(&format!("{}/kiosk?code={}", served.base, after("Mã ghép / code")));
    browser.click("button[type=submit]");
    after("Thiết bị / device")
}

#[test]
fn the_operator_sees_how_a_round_stands() {
    let (office, served, _database) = served();
    let empty = Browser::on(DESKTOP);
    empty.open(&format!("{}/operator/{ROUND}", served.base));
    empty.screenshot("operator-empty");
    assert_accessible(&empty);
    for (screen, name) in [(PHONE, "phone"), (TABLET, "tablet")] {
        let browser = Browser::on(screen);
        browser.open(&format!("{}/s/{DESK}", served.base));
        answer_all(&browser);
        browser.click("form > button[type=submit]");
        browser.wait_for("document.querySelector('main.message h1')");
        office.run(&["device", "enrol", "--desk", DESK, "--label", "Quầy 1"]);
        for (page, address) in [("operator", format!("/operator/{ROUND}")), ("operator-rounds", "/operator".to_owned())]
        {
            browser.open(&format!("{}{address}", served.base));
            browser.wait_for("document.querySelector('main.operator')");
            browser.screenshot(&format!("{page}-{name}"));
            assert_accessible(&browser);
            let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
            assert!(
                overflow.as_i64().is_some_and(|pixels| pixels <= 0),
                "{page} on a {name} is {overflow} px too wide"
            );
        }
    }
    assert_eq!(office.n_stored(), 2);
}

#[test]
fn comments_are_read_and_let_through() {
    let (office, served, _database) = served();
    let citizen = Browser::on(PHONE);
    for words in ["Cán bộ nhiệt tình, hướng dẫn rõ ràng.", "Hồ sơ trễ hẹn, gọi 0912 345 678 không ai nghe"]
    {
        citizen.open(&format!("{}/s/{DESK}", served.base));
        answer_all(&citizen);
        citizen.run("document.querySelectorAll('details').forEach(part => { part.open = true })", &[]);
        citizen.type_into("textarea", words);
        citizen.click("form > button[type=submit]");
        citizen.wait_for("document.querySelector('main.message h1')");
    }
    for (screen, name) in [(PHONE, "phone"), (DESKTOP, "desktop")] {
        let browser = Browser::on(screen);
        browser.open(&format!("{}/operator/{ROUND}", served.base));
        browser.click("a[href$='/comments']");
        browser.wait_for("document.querySelector('fieldset.comment')");
        browser.screenshot(&format!("comments-{name}"));
        assert_accessible(&browser);
        let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
        assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "on a {name} it is {overflow} px too wide");
        browser.click("fieldset.comment [value=approved]");
        browser.click("form button[type=submit]");
        browser.wait_for("document.querySelector('[role=status]')");
        browser.screenshot(&format!("comments-stored-{name}"));
        assert_accessible(&browser);
    }
    let shown = office.run(&["comments", "list", "--round", ROUND, "--standing", "approved", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown.as_array().unwrap().len(), 2, "one from each screen");
}

#[test]
fn files_are_downloaded_from_the_page_of_a_round() {
    let (_office, served, _database) = served();
    let client = Client::to(&served.base);
    let answers: Vec<String> = one_stop_items().iter().map(|item| format!("\"{item}\":4")).collect();
    for desk in ["T1-01", "T1-02", "T2-01", "T2-02"].into_iter().cycle().take(24) {
        let (id, answers) = (random_id(), answers.join(","));
        let body = format!(r#"{{"id":"{id}","desk":"{desk}","channel":"web","answers":{{{answers}}}}}"#);
        assert_eq!(client.post_json(&format!("/v1/rounds/{ROUND}/responses"), &body).status, 201);
    }
    let browser = Browser::on(DESKTOP);
    browser.open(&format!("{}/operator/{ROUND}", served.base));
    let links = browser.run("return [...document.querySelectorAll('.files a')].map(link => link.href)", &[]);
    let links: Vec<String> = links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()).collect();
    assert_eq!(links.len(), 4 * 10 - 3, "each table in each format; scripts for answers only");
    for link in links {
        let reply = client.send("GET", link.strip_prefix(&served.base).unwrap(), &[], b"");
        assert_eq!(reply.status, 200, "{link}: {}", reply.body);
        assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename="), "{link}");
    }
}

#[test]
fn the_interface_is_described_on_one_page() {
    let (_office, served, _database) = served();
    for (screen, name) in [(PHONE, "phone"), (DESKTOP, "desktop")] {
        let browser = Browser::on(screen);
        browser.open(&format!("{}/api", served.base));
        browser.screenshot(&format!("api-{name}"));
        assert_accessible(&browser);
        browser.click("#submitResponse > summary");
        browser.run("document.querySelectorAll('details').forEach(part => { part.open = true })", &[]);
        browser.screenshot(&format!("api-open-{name}"));
        assert_accessible(&browser);
        let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
        assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "on a {name} it is {overflow} px too wide");
        let lost =
            "return [...document.querySelectorAll('a[href^=\"#\"]')].map(link => link.getAttribute('href').slice(1))
                        .filter(id => !document.getElementById(id))";
        assert_eq!(browser.run(lost, &[]), serde_json::json!([]), "links that lead nowhere");
    }
}

#[test]
fn a_form_is_typed_in_with_one_key_an_item() {
    let (office, served, _database) = served();
    let type_in = |browser: &Browser, keys: char| {
        browser.type_into("#form", "17");
        browser.run("document.querySelector('[data-keys]').focus()", &[]);
        // Each key goes to whatever has the focus then: the script leads on from item to item.
        let items = browser
            .run("return document.querySelectorAll('[data-keys=\"12345\"], [data-keys=\"123450\"]').length", &[]);
        for _ in 0..items.as_u64().unwrap() {
            browser.run(
                "const at = document.activeElement; at.value = arguments[0]; at.dispatchEvent(new InputEvent('input', { bubbles: true }))",
                &[keys.to_string().into()],
            );
        }
        browser.screenshot(&format!("entry-typed-{keys}"));
        browser.click("form button[type=submit]");
    };
    let (one, two) = (Browser::on(DESKTOP), Browser::on(DESKTOP));
    two.expect_complaint("the server responded with a status of 4");
    for browser in [&one, &two] {
        pair(&office, &served, browser, "entry");
        browser.wait_for("document.querySelector('main.entry')");
    }
    assert_accessible(&one);
    type_in(&one, '4');
    one.wait_for("document.querySelector('[role=status]')");
    assert_accessible(&one);
    type_in(&two, '5');
    two.wait_for("document.querySelector('[name=different]')");
    two.screenshot("entry-differs");
    assert_accessible(&two);
    assert!(two.text("[role=alert] h2").contains("khác với lần nhập thứ nhất"));
    assert_eq!(office.n_stored(), 0);
    two.click("form button[type=submit]");
    two.wait_for("document.querySelector('[role=status]')");
    assert_eq!(office.n_stored(), 1, "settled as the second has it");
    assert!(office.run(&["paper", "status", "--round", ROUND]).contains("waiting for a second entry: 0"));
}

#[test]
fn an_interview_shows_its_number_and_is_found_by_it() {
    let (office, served, _database) = served();
    let browser = Browser::on(TABLET);
    browser.expect_complaint("ERR_CONNECTION_REFUSED");
    let device = pair(&office, &served, &browser, "interviewer");
    let begins = "document.querySelector('#start') && location.pathname === '/interview'";
    browser.wait_for(begins);
    let tally = |today: u32, waiting: u32| {
        let says = |name: &str, n: u32| format!("document.querySelector('[data-tally={name}]').textContent === '{n}'");
        browser.wait_for(&format!("{} && {}", says("today", today), says("waiting", waiting)));
    };
    tally(0, 0);
    browser.screenshot("interview-start");
    assert_accessible(&browser);
    let sit = |number: u32| {
        browser.click("[data-begin]");
        browser.wait_for("document.querySelector('#sitting #survey')");
        answer_all(&browser);
        browser.click("form > button[type=submit]");
        browser.wait_for("document.querySelector('#sitting [data-form]')?.textContent");
        assert_eq!(browser.text("#sitting [data-form]"), format!("{device}-{number:04}"));
        browser.screenshot("interview-number");
        assert_accessible(&browser);
        browser.click("#sitting [data-part=thanks] button");
    };
    sit(1);
    tally(1, 0);
    let base = served.base.clone();
    assert!(served.stop());
    sit(2);
    tally(2, 1);
    let again = office.serve_again(&base, &[]);
    browser.run("dispatchEvent(new Event('online'))", &[]);
    browser.wait_for("(outbox.state().then((now) => { window.now = now }), window.now?.waiting === 0)");
    tally(2, 0);
    let drawn = office.run(&["callback", "draw", "--round", ROUND, "--share", "1", "--seed", "1"]);
    assert_eq!(drawn, format!("form,contact\n{device}-0001,\n{device}-0002,\n"));
    // A device that has lost its memory cannot say which number comes next, so it begins no form before it has asked.
    assert!(again.stop());
    wipe(&browser);
    browser.open(&format!("{base}/interview"));
    browser.click("[data-begin]");
    browser.wait_for("!document.getElementById('first').hidden");
    browser.screenshot("interview-first");
    assert_accessible(&browser);
    let _once_more = office.serve_again(&base, &[]);
    sit(3);
}
