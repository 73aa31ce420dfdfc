//! The pages in a real browser, as people meet them: with a finger, with a keyboard only, enlarged, without scripts.

mod helps;
mod kiosk;
mod letters;
mod office;
mod offline;
mod pages;
mod results;
mod survey;

use crate::harness::browser::Browser;

/// The names of the five-point questions of the page, in order.
fn questions(browser: &Browser) -> Vec<String> {
    let names = browser.run(
        "return [...new Set([...document.querySelectorAll('.scale input[type=radio]')].map(radio => radio.name))]",
        &[],
    );
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Taps "satisfied" at every five-point question.
fn answer_all(browser: &Browser) {
    for name in questions(browser) {
        browser.click(&format!("[name='{name}'][value='4']"));
    }
}

/// Takes away what a device has kept, but not its key.
fn wipe(browser: &Browser) {
    let wipe = "const request = indexedDB.deleteDatabase('sipas');
                request.onsuccess = () => arguments[0](true)";
    assert_eq!(browser.run_async(wipe, &[]), Ok(true.into()));
}
