//! The codebook page, in a real browser.

use super::nasty;
use crate::harness::browser::{Browser, DESKTOP, PHONE, assert_accessible};
use sipas::export::codebook;
use std::fs::File;

#[test]
fn everybody_can_read_a_codebook_that_leaves_nothing_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codebook.html");
    let (table, _) = nasty::table(5);
    codebook::write(&table, &mut File::create(&path).unwrap()).unwrap();
    for (screen, name) in [(PHONE, "phone"), (DESKTOP, "desktop")] {
        let browser = Browser::on(screen);
        browser.open(&format!("file://{}", path.display()));
        browser.screenshot(&format!("codebook-{name}"));
        assert_accessible(&browser);
        let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth", &[]);
        assert!(overflow.as_i64().unwrap() <= 0, "{overflow} pixels too wide on a {name}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let page = words(browser.run("return document.body.textContent", &[]).as_str().unwrap());
        for variable in &table.variables {
            assert!(page.contains(&words(&variable.label.vi)) && page.contains(&words(&variable.label.en)));
            for category in nasty::categories(variable) {
                assert!(page.contains(&words(&category.label.vi)) && page.contains(&category.code.to_string()));
            }
        }
    }
}
