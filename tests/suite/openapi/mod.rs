//! The description of the door: linted, tried example by example, and held against generated requests. Python does that,
//! which shares nothing with what wrote the document.

use crate::harness::Database;
use crate::harness::office::{Office, Served, fixture};
use crate::harness::tools;
use crate::http::client::{Client, FORM, JSON};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

on_both!(the_document_is_sound_and_its_examples_run, generated_requests_get_what_is_told);

/// Under the names that the examples have, which are those of `sipas demo`.
const ROUND: &str = "demo-2025";
/// It is published.
const YEAR_BEFORE: &str = "demo-2024";
const DESK: &str = "MH01-00";
/// Enough for figures that are shown.
const N_ANSWERS: usize = 12;
/// How long requests are generated, in seconds, unless `SIPAS_API_SECONDS` says otherwise.
const SECONDS: &str = "40";

/// A served office with its keys.
pub(crate) struct Interface {
    office: Office,
    served: Served,
    client: Client,
}

impl Interface {
    fn on(database: &Database) -> Self {
        let office = Office::on(&database.address());
        office.run(&["areas", "import", &fixture("interface/areas.csv").display().to_string()]);
        let interface = Self::of(office);
        interface.hold(YEAR_BEFORE, "2024");
        interface.office.run(&["round", "close", YEAR_BEFORE]);
        interface.office.run(&["round", "publish", YEAR_BEFORE]);
        interface.hold(ROUND, "2025");
        interface
    }

    /// Serves an office.
    pub(crate) fn of(office: Office) -> Self {
        let served = office.serve();
        let client = Client::to(&served.base);
        Self { office, served, client }
    }

    /// Runs every example of the document.
    pub(crate) fn run_examples(&self) {
        let (keys, base) = (self.keys().to_string(), OsStr::new(&self.served.base));
        println!("{}", tools::run(tools::python(), &[beside("examples.py").as_os_str(), base, OsStr::new(&keys)]));
    }

    /// Opens a round that people answer.
    fn hold(&self, round: &str, year: &str) {
        let plan = ["--questionnaire", "one-stop.v2", "--scheme", "demo-province", "--area", "MH", "--mode", "sampled"];
        self.office.run(&[&["round", "create", round, "--year", year][..], &plan].concat());
        self.office.run(&["round", "frame", round, &fixture("interface/frame.csv").display().to_string()]);
        self.office.run(&["round", "open", round]);
        self.answer(round);
    }

    /// Sends the example's answers under other ids, from two desks.
    fn answer(&self, round: &str) {
        let document = self.client.send("GET", "/openapi.json", &[], b"").json();
        let submit = &document["paths"]["/v1/rounds/{round}/responses"]["post"];
        let mut body = submit["requestBody"]["content"]["application/json"]["example"].clone();
        for n in 0..N_ANSWERS {
            body["id"] = uuid::Uuid::new_v4().to_string().into();
            body["desk"] = [DESK, "MH02-00"][n % 2].into();
            body["answers"]["sex"] = ["female", "male"][n / 2 % 2].into();
            let address = format!("/v1/rounds/{round}/responses");
            assert_eq!(self.client.send("POST", &address, &[JSON], body.to_string().as_bytes()).status, 201);
        }
    }

    /// The key of a device of a kind.
    fn device(&self, kind: &str) -> String {
        let body = format!("code={}", self.office.enrol(DESK, kind));
        let paired = self.client.send("POST", "/kiosk/pair", &[FORM], body.as_bytes());
        let cookie = paired.header("set-cookie").and_then(|value| value.split(';').next()).unwrap();
        cookie.split_once('=').unwrap().1.to_owned()
    }

    fn key(&self, scope: &str) -> String {
        self.office.run(&["key", "create", "--name", scope, "--scope", scope]).trim().to_owned()
    }

    fn keys(&self) -> Value {
        json!({
            "deviceKey": {
                "kiosk": self.device("kiosk"), "interviewer": self.device("interviewer"), "entry": self.device("entry"),
            },
            "receiptsKey": self.key("receipts"),
            "operatorKey": self.key("operator"),
            "pairDevice": { "code": self.office.enrol(DESK, "kiosk") },
        })
    }
}

/// A file beside this one.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/openapi").join(name)
}

fn the_document_is_sound_and_its_examples_run(database: &Database) {
    let interface = Interface::on(database);
    let base = OsStr::new(&interface.served.base);
    println!("{}", tools::run(tools::python(), &[beside("lint.py").as_os_str(), base]));
    interface.run_examples();
}

/// The same requests in every run, unless there is more time than usual, which makes others each time.
fn generated_requests_get_what_is_told(database: &Database) {
    let interface = Interface::on(database);
    let longer = std::env::var("SIPAS_API_SECONDS").ok();
    let document = format!("{}/openapi.json", interface.served.base);
    let keys = interface.keys();
    let text = |key: &Value| key.as_str().unwrap().to_owned();
    let config = beside("schemathesis.toml");
    let mut arguments = vec![OsStr::new("--config-file"), config.as_os_str(), OsStr::new("run"), OsStr::new(&document)];
    arguments.extend(["--max-time", longer.as_deref().unwrap_or(SECONDS)].map(OsStr::new));
    if longer.is_none() {
        arguments.extend(["--seed", "1"].map(OsStr::new));
    }
    let scratch = tempfile::tempdir().unwrap();
    let said = tools::run_in(
        scratch.path(),
        tools::python().with_file_name("schemathesis"),
        &arguments,
        &[
            ("DEVICE_KEY", &text(&keys["deviceKey"]["entry"])),
            ("RECEIPTS_KEY", &text(&keys["receiptsKey"])),
            ("OPERATOR_KEY", &text(&keys["operatorKey"])),
        ],
    );
    println!("{said}");
    assert!(interface.served.stop(), "the server did not stop well");
}
