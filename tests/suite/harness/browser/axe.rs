//! Whether a page can be used by everybody, as far as a program can tell: axe-core over what the browser shows.

use super::Browser;
use crate::harness::office::fixture;
use serde_json::Value;

/// WCAG 2.2 at level AA, and what is good practice beside it.
const RUN: &str = r"
    const done = arguments[0];
    const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
       .then(found => done(found.violations), error => done(String(error)));
";

/// Fails with every violation and where it is.
pub(crate) fn assert_accessible(browser: &Browser) {
    if browser.run("return typeof axe === 'undefined'", &[]) == true {
        browser.run(&std::fs::read_to_string(fixture("axe/axe.min.js")).unwrap(), &[]);
    }
    let found = browser.run_async(RUN, &[]).expect("axe runs");
    let violations = found.as_array().unwrap_or_else(|| panic!("axe did not run: {found}"));
    let shown: Vec<String> = violations.iter().flat_map(shown).collect();
    assert!(shown.is_empty(), "{}: {} to mend:\n{}", browser.address(), shown.len(), shown.join("\n"));
}

fn shown(violation: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
    let line = |node: &Value| {
        let place = node["target"].to_string();
        format!(
            "{}: {} at {place}\n  {}",
            text(&violation["id"]),
            text(&violation["help"]),
            text(&node["failureSummary"])
        )
    };
    nodes.iter().map(line).collect()
}
