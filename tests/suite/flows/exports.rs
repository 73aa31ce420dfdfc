//! Exports of the reference survey S1 and of rounds of the other kinds: R sets up the design from the columns of the file and
//! finds our figures again; a download that was cut off is seen to be.

use super::oracle;
use crate::harness::office::{Office, ROUND, fixture, one_stop_items};
use crate::harness::tools::run;
use crate::harness::{Database, on_both_urls};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

/// Relative difference allowed between R's figures and ours.
const TOLERANCE: f64 = 1e-9;

/// Exports answers and script of a round, runs the script and returns what R found: code → estimate, standard error, answers.
fn analysed_by_r(office: &Office, round: &str, folder: &Path, more: &str) -> Vec<(String, [f64; 3])> {
    let path = |name: &str| folder.join(name);
    for (format, name) in [("csv", "responses.csv"), ("r", "responses.R")] {
        office.run(&["export", "--round", round, "--format", format, "--out", path(name).to_str().unwrap()]);
    }
    let script = path("responses.R");
    let text = std::fs::read_to_string(&script).unwrap() + more;
    std::fs::write(&script, text).unwrap();
    run("Rscript", &[script.as_os_str(), path("responses.csv").as_os_str(), path("figures.csv").as_os_str()]);
    let mut reader = csv::Reader::from_path(path("figures.csv")).unwrap();
    let number = |text: &str| text.parse().unwrap_or(f64::NAN);
    let figure = |row: csv::StringRecord| (row[0].to_owned(), [number(&row[2]), number(&row[3]), number(&row[4])]);
    reader.records().map(|row| figure(row.unwrap())).collect()
}

fn assert_close(what: &str, found: f64, expected: f64) {
    let difference = (found - expected).abs() / expected.abs();
    assert!(difference <= TOLERANCE, "{what}: R has {found}, sipas {expected} (off by {difference:e})");
}

/// Compares R's figures with `sipas results`, figure by figure; returns how many there are.
fn assert_same_figures(office: &Office, round: &str, found: &[(String, [f64; 3])]) -> usize {
    let results: Value = serde_json::from_str(&office.run(&["results", "--round", round, "--format", "json"])).unwrap();
    let rows = results["rows"].as_array().unwrap();
    assert_eq!(found.len(), rows.len());
    for ((code, [estimate, se, n]), row) in found.iter().zip(rows) {
        let expected = if row["code"] == "" { "overall" } else { row["code"].as_str().unwrap() };
        assert_eq!(code, expected);
        let figure = &row["figure"];
        assert_close(code, *estimate, figure["value"].as_f64().unwrap());
        assert_close(&format!("se of {code}"), *se, figure["se"].as_f64().unwrap());
        assert_eq!(*n, figure["n"].as_f64().unwrap(), "{code}");
    }
    rows.len()
}

#[test]
fn svydesign_on_the_export_gives_our_figures_again() {
    on_both_urls(|database| {
        let office = Office { surveys: Some(fixture("oracle")), ..Office::on(database) };
        let table = oracle::index(&office, "synth_s1_2025", "2025", 18_546);
        let folder = tempfile::tempdir().unwrap();
        // The sociological component: the sum of each item's share of its points.
        let items = oracle::rows("data/synth_items.csv");
        let terms = items.iter().map(|row| format!("{0} * y_{1} / n_{1}", row["max_points"], row["item"]));
        let terms: Vec<String> = terms.collect();
        let component = folder.path().join("component.txt");
        let more = format!(
            "\ncomponent <- svycontrast(totals, quote({}))\n\
             cat(sprintf(\"%.17g %.17g %d\", coef(component), SE(component), degf(design)), file = \"{}\")\n",
            terms.join(" + "),
            component.display()
        );
        let found = analysed_by_r(&office, "r", folder.path(), &more);
        assert_eq!(assert_same_figures(&office, "r", &found), 1 + 5 + 22);
        let said = std::fs::read_to_string(component).unwrap();
        let of_r: Vec<f64> = said.split(' ').map(|word| word.parse().unwrap()).collect();
        let survey = &table["survey"];
        assert_close("component", of_r[0], survey["value"].as_f64().unwrap());
        assert_close("se of the component", of_r[1], survey["se"].as_f64().unwrap());
        assert_eq!(of_r[2], survey["df"].as_f64().unwrap());
        // Desks that were not drawn have no row, and stand in the frame all the same.
        let mut reader = csv::Reader::from_path(folder.path().join("responses.csv")).unwrap();
        let first: std::collections::BTreeMap<String, String> = reader.deserialize().next().unwrap().unwrap();
        let frame = oracle::rows("data/synth_frame_2025.csv");
        let n_desks = frame.iter().filter(|row| row["district"] == first["stratum"]).count();
        assert_eq!(first["fpc1"], n_desks.to_string());
    });
}

/// Plans a round of a kind over three desks, one of them perhaps without a number of transactions, and imports answers.
fn round_of_kind(office: &Office, mode: &str, transactions: [&str; 3]) {
    let path = |file: &str| fixture(file).display().to_string();
    office.run(&["areas", "import", &path("office/areas.csv")]);
    let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T"];
    office.run(&[&["round", "create", ROUND][..], &plan, &["--year", "2025", "--mode", mode]].concat());
    let scratch = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = scratch.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let [a, b, c] = transactions;
    let frame = format!(
        "desk,transactions,stratum,drawn\nT1-01,{a},T1,yes\nT1-02,{b},T1,yes\nT1-03,500,T1,no\nT2-01,{c},T2,yes\n"
    );
    office.run(&["round", "frame", ROUND, &write("frame.csv", &frame)]);
    office.run(&["round", "open", ROUND]);
    let items = one_stop_items();
    let mut sheet = format!("form,desk,{}\n", items.join(","));
    for (desk, n) in [("T1-01", 40), ("T1-02", 25), ("T2-01", 30)] {
        for form in 0..n {
            // Answers with some spread, between desks as well as within them; some items are left blank.
            let point = |item: usize| match (item * 7 + form * 5) % 11 {
                0 => String::new(),
                rest => (1 + (rest + form + n) % 5).to_string(),
            };
            let points: Vec<String> = (0..items.len()).map(point).collect();
            writeln!(sheet, "{desk}-{form},{desk},{}", points.join(",")).unwrap();
        }
    }
    office.run(&["responses", "import", "--round", ROUND, &write("answers.csv", &sheet)]);
}

#[test]
fn every_kind_of_round_has_its_design_in_the_file() {
    let known = ["120", "60", "90"];
    for (mode, transactions, method) in [
        ("census", known, "rows-within-desk"),
        ("self-selected", known, "model-assumed"),
        // A stratum of one desk, in which the rows vary.
        ("sampled", known, "two-stage"),
        ("sampled", ["120", "", "90"], "with-replacement"),
        // More answers than transactions.
        ("census", ["120", "9", "90"], "rows-within-desk"),
    ] {
        let database = Database::sqlite();
        let office = Office::on(&database.address());
        round_of_kind(&office, mode, transactions);
        let folder = tempfile::tempdir().unwrap();
        let found = analysed_by_r(&office, ROUND, folder.path(), "");
        let results = office.run(&["results", "--round", ROUND, "--format", "json"]);
        let results: Value = serde_json::from_str(&results).unwrap();
        assert!(results["rows"][0]["figure"]["method"].as_str().unwrap().starts_with(method), "{mode}");
        assert_same_figures(&office, ROUND, &found);
    }
}

/// Asks for a file over a plain socket and reads what has come so far.
fn begin_download(address: &str, path: &str) -> (TcpStream, Vec<u8>) {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").unwrap();
    let mut begun = vec![0; 64 * 1024];
    let n = socket.read(&mut begun).unwrap();
    begun.truncate(n);
    (socket, begun)
}

#[test]
fn a_download_that_was_cut_off_does_not_look_whole() {
    let database = Database::sqlite();
    let office = Office { surveys: Some(fixture("oracle")), ..Office::on(&database.address()) };
    oracle::index(&office, "synth_s1_2025", "2025", 18_546);
    let mut server = office.serve();
    let address = server.base.trim_start_matches("http://").to_owned();
    let path = "/v1/rounds/r/export?format=jsonl";
    // Readers that go away do not stand in the way of those who come after them.
    for _ in 0..3 {
        let (socket, begun) = begin_download(&address, path);
        assert!(begun.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begun));
        drop(socket);
    }
    let whole = ureq::get(format!("{}{path}", server.base))
        .call()
        .unwrap()
        .body_mut()
        .with_config()
        .limit(1 << 26)
        .read_to_vec();
    let whole = whole.unwrap();
    assert_eq!(whole.iter().filter(|byte| **byte == b'\n').count(), 18_546);
    // The file is larger than what the network holds for a reader that has stopped, so the server is in the middle of it.
    let (mut socket, mut all) = begin_download(&address, path);
    server.kill();
    // A reset after the last bytes says the same as an end without a last chunk.
    let _ = socket.read_to_end(&mut all);
    assert!(all.len() < whole.len(), "the server was killed too late to show anything");
    assert!(!all.ends_with(b"0\r\n\r\n"), "a part of a file looks whole");
}
