//! Result pages in a real browser: on a phone, on a desk, on paper, in both languages, without scripts.

use crate::harness::Database;
use crate::harness::browser::{Browser, DESKTOP, PHONE, assert_accessible};
use crate::harness::office::{Office, ROUND, one_stop_items};
use serde_json::{Map, Value, json};

/// Answers of three desks, some more contented than others, so that every picture has something to show.
fn answer(base: &str) {
    let items = one_stop_items();
    let mut seed = 7_u32;
    let mut next = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    for n in 0..90_u32 {
        let mood = next(3);
        let score = |place: usize, luck: u32| {
            (2 + mood + u32::from(!place.is_multiple_of(4)) + luck).clamp(1, 5) - u32::from(place % 7 == 3 && mood == 0)
        };
        let mut answers = Map::new();
        for (place, item) in items.iter().enumerate() {
            answers.insert(item.clone(), json!(score(place, next(2))));
        }
        if n % 10 == 0 {
            answers
                .insert("comment".to_owned(), json!(format!("Chờ hơi lâu, lần {n}, nhưng cán bộ hướng dẫn rõ ràng.")));
        }
        let desk = ["T1-01", "T1-02", "T2-01"][n as usize % 3];
        let id = format!("7f0c2a52-6f1e-4a62-9a3a-{n:012x}");
        let body = json!({ "id": id, "desk": desk, "channel": "web", "answers": Value::from(answers) });
        let sent = ureq::post(format!("{base}/v1/rounds/{ROUND}/responses"))
            .header("content-type", "application/json")
            .send(body.to_string());
        assert_eq!(sent.unwrap().status().as_u16(), 201);
    }
}

#[test]
fn result_pages_are_accessible_and_fit_a_phone() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    answer(&served.base);
    let listed = office.run(&["comments", "list", "--round", ROUND]);
    let first = listed.split_whitespace().next().unwrap();
    assert!(listed.contains("9 ý kiến"), "{listed}");
    office.run(&["comments", "approve", "--round", ROUND, first]);
    for (screen, size) in [(PHONE, "phone"), (DESKTOP, "desktop")] {
        let browser = Browser::on(screen);
        for (page, file) in [("whole", "T.html"), ("unit", "T1.html"), ("desk", "T1-01.html"), ("english", "T.en.html")]
        {
            browser.open(&format!("{}/r/{ROUND}/{file}", served.base));
            browser.screenshot(&format!("result-{page}-{size}"));
            assert_accessible(&browser);
            let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
            assert!(
                overflow.as_i64().is_some_and(|pixels| pixels <= 0),
                "{page} on a {size} is {overflow} px too wide"
            );
            let n_styled = browser.run("return getComputedStyle(document.querySelector('h1')).fontSize", &[]);
            assert_ne!(n_styled, json!("32px"), "the style sheet is taken under the page's own policy");
            let hidden = browser.run("return [...document.querySelectorAll('figure')].every(f => [...f.querySelectorAll(':scope > div > svg')].filter(s => s.getClientRects().length).length === 1)", &[]);
            assert_eq!(hidden, json!(true), "of each picture one width is shown");
        }
        assert_eq!(browser.run("return document.scripts.length", &[]), json!(0));
    }
}

#[test]
fn a_table_behind_a_picture_opens_and_a_unit_leads_to_its_desks() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let served = office.serve();
    answer(&served.base);
    let browser = Browser::on(DESKTOP);
    browser.open(&format!("{}/r/{ROUND}", served.base));
    browser.click("figure summary");
    browser.wait_for("document.querySelector('figure details[open] table')");
    browser.screenshot("result-table-open");
    assert_accessible(&browser);
    browser.follow("[aria-labelledby=parts] table a");
    assert!(browser.text("h1").len() > 2 && browser.text("nav .trail a").len() > 2);
}
