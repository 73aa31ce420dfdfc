//! A small office: a province of two districts and five desks, set up with the program's own commands and served by the
//! real binary.

use sipas::domain::ids::{QuestionnaireRef, RoundCode};
use sipas::service::catalogue::{Catalogue, Source};
use sipas::store::{self, DatabaseUrl, Store};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The round that [`Office::open_round`] opens.
pub(crate) const ROUND: &str = "thu-2025";
/// A desk that takes part in it.
pub(crate) const DESK: &str = "T1-01";
/// A server that has not said where it listens by then does not start at all.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The path of a fixture.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// The satisfaction items of the questionnaire at the counter.
pub(crate) fn one_stop_items() -> Vec<String> {
    use sipas::domain::questionnaire::Part;
    let catalogue = Catalogue::load(&Source::Embedded).expect("the built-in surveys are sound");
    let reference = QuestionnaireRef::parse("one-stop.v1").expect("a reference");
    let questionnaire = catalogue.questionnaire(&reference).expect("it is built in");
    let items = questionnaire.items.iter().filter(|item| item.part == Part::Satisfaction);
    items.map(|item| item.id.to_string()).collect()
}

/// An office with its own database.
pub(crate) struct Office {
    /// The database's URL.
    pub(crate) database: String,
    /// A folder instead of the built-in `surveys/`, if any.
    pub(crate) surveys: Option<PathBuf>,
}

impl Office {
    /// An office on a database.
    pub(crate) fn on(database: &str) -> Self {
        Self { database: database.to_owned(), surveys: None }
    }

    /// The program, about to run on this office's database.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
        command.args(arguments).env("DATABASE_URL", &self.database).env_remove("SIPAS_SURVEYS");
        if let Some(folder) = &self.surveys {
            command.env("SIPAS_SURVEYS", folder);
        }
        command
    }

    /// Runs a command that may fail.
    pub(crate) fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "sipas {} failed:\n{said}", arguments.join(" "));
        String::from_utf8(output.stdout).expect("the program prints UTF-8")
    }

    /// Imports the areas and opens the round, as an operator would.
    pub(crate) fn open_round(&self) {
        let path = |file: &str| fixture(file).display().to_string();
        self.run(&["areas", "import", &path("office/areas.csv")]);
        let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T"];
        let kind = ["--year", "2025", "--mode", "sampled"];
        self.run(&[&["round", "create", ROUND][..], &plan, &kind].concat());
        self.run(&["round", "frame", ROUND, &path("office/frame.csv")]);
        self.run(&["round", "open", ROUND]);
    }

    /// Enrols a device at a desk, and returns the one-time code that pairs it.
    pub(crate) fn enrol(&self, desk: &str, kind: &str) -> String {
        let said = self.run(&["device", "enrol", "--desk", desk, "--kind", kind]);
        let line = said.lines().find(|line| line.starts_with("Mã ghép")).expect("a line with the code");
        line.split_whitespace().nth(4).expect("a code to pair with").to_owned()
    }

    /// Answers stored in the round.
    pub(crate) fn n_stored(&self) -> usize {
        let store = Store::open(&DatabaseUrl::parse(&self.database).expect("a database URL"));
        let round = RoundCode::parse(ROUND).expect("a code");
        let counts =
            store.expect("the database opens").with(|conn| store::responses::count_by_desk(conn, &round, None));
        counts.expect("the database answers").values().map(|n| *n as usize).sum()
    }

    /// Starts the server on a free port.
    pub(crate) fn serve(&self) -> Served {
        self.serve_with(&[])
    }

    /// Starts the server on a free port with more arguments.
    pub(crate) fn serve_with(&self, more: &[&str]) -> Served {
        self.start("127.0.0.1:0", more)
    }

    /// Starts the server where an earlier one listened.
    pub(crate) fn serve_again(&self, base: &str, more: &[&str]) -> Served {
        self.start(base.trim_start_matches("http://"), more)
    }

    fn start(&self, listen: &str, more: &[&str]) -> Served {
        let mut command = self.command(&[&["serve", "--listen", listen], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let output = child.stdout.take().expect("its output is piped");
        let (said, hear) = mpsc::channel();
        // Reads on to the end, so that the server never blocks on a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let address = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
                if let Some(address) = address {
                    let _ = said.send(address);
                }
            }
        });
        let base = hear.recv_timeout(START_LIMIT).expect("the server says where it listens");
        Served { child, base }
    }
}

/// A running server; it is killed when this goes out of scope.
pub(crate) struct Served {
    child: Child,
    /// Where it listens, for example `http://127.0.0.1:41234`.
    pub(crate) base: String,
}

impl Served {
    /// The server's process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server at once, as a power cut would (SIGKILL).
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }

    /// Asks the server to stop (SIGTERM) and waits for it; returns whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        // The shell has a kill of its own; a small system may have no other.
        let ask = format!("kill -TERM {}", self.process());
        let asked = Command::new("/bin/sh").args(["-c", &ask]).status().expect("the shell runs");
        assert!(asked.success(), "the server was not there any more");
        self.child.wait().expect("the server ends").success()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
