//! The one chromedriver of a test run, on a port of its own choice, and the WebDriver protocol as far as it is needed:
//! JSON over HTTP, which the client at hand speaks without a further library and its asynchronous runtime.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Request;

/// The shell that owns the driver: it waits for the end of its input, which the system closes when the test process ends
/// in whatever way, then ends the driver and every browser that is still there. A browser is known by its profile.
const GUARD: &str = r#"
    XDG_CONFIG_HOME="$1" chromedriver --port=0 --log-level=SEVERE </dev/null 2>"$1/log" &
    driver=$!
    trap '' INT TERM HUP
    cat >/dev/null
    kill -KILL "$driver"
    for process in /proc/[0-9]*; do
        if grep -qsF -- "--user-data-dir=$1/" "$process/cmdline"; then kill -KILL "${process#/proc/}"; fi
    done
    # What a dying browser still writes goes a second later.
    rm -rf "$1"; sleep 1; rm -rf "$1"
"#;

/// Longer than anything a page is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Driver {
    /// Holds the profiles of the browsers.
    pub(super) folder: PathBuf,
    base: String,
    agent: Agent,
    /// Holds the guard's input, which the end of this process closes.
    _guard: Child,
    /// What the driver says must go somewhere.
    _output: BufReader<ChildStdout>,
}

pub(super) fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(Driver::start)
}

impl Driver {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("sipas-browser-").tempdir().unwrap().keep();
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "guard"]).arg(&folder).current_dir(&folder);
        // A Ctrl-C for the tests must reach the guard as the end of its input, not as a signal of its own.
        guard.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut guard = guard.spawn().unwrap();
        let mut output = BufReader::new(guard.stdout.take().unwrap());
        let (mut said, mut line) = (String::new(), String::new());
        // "ChromeDriver was started successfully on port 41234."
        let port: u16 = loop {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("chromedriver did not start; tests/run.sh installs it with chromium: {said}{log}");
            }
            let port = line.trim_end().trim_end_matches('.').rsplit_once("on port ").map(|(_, port)| port.parse());
            if let (true, Some(Ok(port))) = (line.contains("successfully"), port) {
                break port;
            }
            said.push_str(&line);
        };
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).proxy(None);
        let agent = config.build().new_agent();
        Self { folder, base: format!("http://127.0.0.1:{port}"), agent, _guard: guard, _output: output }
    }

    /// Opens a session with a browser of its own; returns its path.
    pub(super) fn new_session(&self, capabilities: &Value) -> String {
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = self.call("POST", "/session", &body).unwrap_or_else(|error| {
            panic!("no browser started; tests/run.sh installs chromium: {error}");
        });
        format!("/session/{}", opened["sessionId"].as_str().unwrap())
    }

    /// One command of the protocol, which answers with a value or says why not.
    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let sent = match method {
            "POST" => {
                self.agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap())
            }
            _ => self.agent.run(request.body(()).unwrap()),
        };
        let mut reply = sent.map_err(|error| format!("{method} {path}: {error}"))?;
        // A screenshot of a long page is larger than the client reads by itself.
        let text = reply.body_mut().with_config().limit(1 << 28).read_to_string().map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let value = answer["value"].take();
        if reply.status().is_success() {
            return Ok(value);
        }
        Err(format!("{}: {}", value["error"].as_str().unwrap_or("?"), value["message"].as_str().unwrap_or("?")))
    }
}
