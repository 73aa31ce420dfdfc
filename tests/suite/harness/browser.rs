//! Chromium, as a visitor has it: one browser with a fresh profile for each test.
//!
//! ```text
//! let browser = Browser::on(PHONE);
//! browser.open(&format!("{}/s/T1-01", served.base));
//! browser.click("button[type=submit]");
//! browser.wait_for("document.querySelector('[role=alert]')");
//! browser.screenshot("survey-faults-phone");
//! assert_accessible(&browser);
//! ```
//!
//! A test that ends with an error on the browser's console, a violation of the content security policy among them, fails,
//! unless it said with [`Browser::expect_complaint`] that it would come.

mod axe;
mod driver;

pub(crate) use axe::assert_accessible;

use super::is_root;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use driver::{Driver, driver};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a page may take to become what a test waits for.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a page is looked at on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// In CSS pixels.
    pub(crate) width: u32,
    /// In CSS pixels.
    pub(crate) height: u32,
    /// Whether it is touched, and lays pages out as phones and tablets do.
    pub(crate) touch: bool,
}

pub(crate) const PHONE: Screen = Screen { width: 390, height: 844, touch: true };
pub(crate) const TABLET: Screen = Screen { width: 768, height: 1024, touch: true };
pub(crate) const TABLET_WIDE: Screen = Screen { width: 1024, height: 768, touch: true };
pub(crate) const DESKTOP: Screen = Screen { width: 1280, height: 900, touch: false };

/// Keys that have no letter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Tab,
    Enter,
    Space,
    Down,
    Right,
}

impl Key {
    fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Space => ' ',
            Self::Down => '\u{e015}',
            Self::Right => '\u{e014}',
        }
    }
}

/// One browser; closed when this goes out of scope.
pub(crate) struct Browser {
    driver: &'static Driver,
    session: String,
    expected: RefCell<Vec<String>>,
    capabilities: Value,
    profile: TempDir,
}

impl Browser {
    /// A browser on a screen.
    pub(crate) fn on(screen: Screen) -> Self {
        Self::with(screen, json!({}))
    }

    /// A browser whose owner forbade scripts. It has a mouse: the driver cannot tap where no script may run.
    pub(crate) fn without_scripts(screen: Screen) -> Self {
        Self::with(
            Screen { touch: false, ..screen },
            json!({ "profile.managed_default_content_settings.javascript": 2 }),
        )
    }

    fn with(screen: Screen, preferences: Value) -> Self {
        let driver = driver();
        let profile = tempfile::Builder::new().prefix("profile-").tempdir_in(&driver.folder).unwrap();
        let capabilities = capabilities(screen, &preferences, profile.path());
        let session = driver.new_session(&capabilities);
        // Browsers ask for a picture of the site's own accord, at an address of their own.
        let expected = RefCell::new(vec!["/favicon.ico".to_owned()]);
        Self { driver, session, expected, capabilities, profile }
    }

    /// Closes it and opens it again: what a browser keeps is on disk then.
    pub(crate) fn restart(&mut self) {
        let _ = self.driver.call("DELETE", &self.session, &Value::Null);
        self.session = self.driver.new_session(&self.capabilities);
    }

    /// Ends every process of it at once, as when the power goes, and opens it again.
    pub(crate) fn lose_power(&mut self) {
        let mark = format!("--user-data-dir={}", self.profile.path().display());
        let is_ours = |process: &Path| {
            let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
            arguments.split(|byte| *byte == 0).any(|argument| argument == mark.as_bytes())
        };
        let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        let numbers: Vec<_> = processes.filter(|process| is_ours(process)).collect();
        assert!(!numbers.is_empty(), "a browser is there");
        let numbers = numbers.iter().filter_map(|process| process.file_name());
        assert!(Command::new("kill").arg("-KILL").args(numbers).status().unwrap().success());
        self.restart();
    }

    /// Goes to an address and waits until the page is there.
    pub(crate) fn open(&self, address: &str) {
        self.post("/url", &json!({ "url": address }));
    }

    /// The address of the page.
    pub(crate) fn address(&self) -> String {
        self.call("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Goes back to the page before.
    pub(crate) fn back(&self) {
        self.post("/back", &json!({}));
    }

    /// Loads the page again.
    pub(crate) fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Clicks or taps the first element of a CSS selector, as soon as it is there.
    pub(crate) fn click(&self, css: &str) {
        self.find(css);
        // As a person moves it out from under what covers it.
        self.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", &[css.into()]);
        self.post(&format!("/element/{}/click", self.find(css)), &json!({}));
    }

    /// Clicks or taps what leads to another page, and waits for that page: a tap has its effect some time later.
    pub(crate) fn follow(&self, css: &str) {
        let page = format!("{}/element/{}/name", self.session, self.find(":root"));
        self.click(css);
        let started = Instant::now();
        // Each look is answered by the browser, which is at work on the next page meanwhile.
        while self.driver.call("GET", &page, &Value::Null).is_ok() {
            assert!(started.elapsed() < DEADLINE, "{}: {css} leads nowhere", self.address());
        }
    }

    /// Types a text into the first element of a CSS selector, after what stands there.
    pub(crate) fn type_into(&self, css: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.find(css)), &json!({ "text": text }));
    }

    /// The text of the first element of a CSS selector, as it is shown.
    pub(crate) fn text(&self, css: &str) -> String {
        let text = self.call("GET", &format!("/element/{}/text", self.find(css)), &Value::Null);
        text.as_str().unwrap().to_owned()
    }

    fn find(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Presses a key on whatever has the focus.
    pub(crate) fn press(&self, key: Key) {
        let strokes = ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.code() }));
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] }));
    }

    /// Runs a script with arguments (`arguments[0]` …) and returns what it returns.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that calls its last argument with what it finds.
    pub(crate) fn run_async(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        let body = json!({ "script": script, "args": arguments });
        self.driver.call("POST", &format!("{}/execute/async", self.session), &body)
    }

    /// Waits until a condition, an expression in JavaScript, holds in the page. The page itself looks again and again, and
    /// if it gives way to another one meanwhile, that one does.
    pub(crate) fn wait_for(&self, condition: &str) {
        let started = Instant::now();
        let mut outcome = Ok(Value::Null);
        while started.elapsed() < DEADLINE {
            let n_ms = DEADLINE.saturating_sub(started.elapsed()).as_millis();
            let script = format!(
                "const done = arguments[0], end = Date.now() + {n_ms}
                 const holds = () => {{ try {{ return Boolean({condition}) }} catch {{ return false }} }}
                 const look = () => holds() ? done(true) : Date.now() < end ? setTimeout(look, 20) : done(false)
                 look()"
            );
            outcome = self.run_async(&script, &[]);
            if outcome == Ok(Value::Bool(true)) {
                return;
            }
        }
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        self.screenshot(&format!("gave-up-in-{test}"));
        panic!("{}: not within {DEADLINE:?}: {condition} ({outcome:?})", self.address());
    }

    /// Opens another tab beside this one and goes on in it; returns what to give to [`Browser::switch_to`] to come back.
    pub(crate) fn new_tab(&self) -> String {
        let before = self.call("GET", "/window", &Value::Null).as_str().unwrap().to_owned();
        let opened = self.post("/window/new", &json!({ "type": "tab" }));
        self.switch_to(opened["handle"].as_str().unwrap());
        before
    }

    /// Goes on in a tab.
    pub(crate) fn switch_to(&self, tab: &str) {
        self.post("/window", &json!({ "handle": tab }));
    }

    /// A command of the Chrome DevTools Protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Keeps a picture of the whole page as `NAME.png` in [`screenshots`].
    pub(crate) fn screenshot(&self, name: &str) {
        let metrics = self.devtools("Page.getLayoutMetrics", &json!({}));
        let mut clip = metrics["cssContentSize"].clone();
        clip["scale"] = json!(1);
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", &shot);
        let image = BASE64.decode(shot["data"].as_str().unwrap()).unwrap();
        std::fs::create_dir_all(screenshots()).unwrap();
        std::fs::write(screenshots().join(format!("{name}.png")), image).unwrap();
    }

    /// Says that the console will show an error with this text, and that it is none.
    pub(crate) fn expect_complaint(&self, text: &str) {
        self.expected.borrow_mut().push(text.to_owned());
    }

    /// Errors on the console since it was last asked, except for expected ones.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        let messages = severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
        let expected = self.expected.borrow();
        messages.filter(|message| !expected.iter().any(|text| message.contains(text.as_str()))).collect()
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        self.call("POST", command, body)
    }

    fn call(&self, method: &str, command: &str, body: &Value) -> Value {
        let answered = self.driver.call(method, &format!("{}{command}", self.session), body);
        answered.unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let complaints = if std::thread::panicking() { Vec::new() } else { self.complaints() };
        let _ = self.driver.call("DELETE", &self.session, &Value::Null);
        assert!(complaints.is_empty(), "on the browser's console:\n{}", complaints.join("\n"));
    }
}

/// What the driver is asked for: a browser on a screen, with a profile.
fn capabilities(screen: Screen, preferences: &Value, profile: &Path) -> Value {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        // A page that moves by itself is where it will be at once, so that a tap hits what it aims at.
        "--force-prefers-reduced-motion",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    if is_root() {
        arguments.push("--no-sandbox".to_owned());
    }
    let Screen { width, height, touch } = screen;
    let metrics = json!({ "width": width, "height": height, "pixelRatio": 2.0, "touch": touch, "mobile": touch });
    let n_ms = DEADLINE.as_millis();
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": preferences,
            "mobileEmulation": { "deviceMetrics": metrics },
        },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "implicit": 5_000, "script": n_ms, "pageLoad": n_ms },
    })
}

/// Where pictures are kept: `screenshots` beside the build's other results.
pub(crate) fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots")
}
