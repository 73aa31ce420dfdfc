//! The command line, as an operator uses it: the real program, its exit codes and what it prints.

mod breakdown;
mod comments;
mod compare;
mod counter;
mod demo;
mod estimate;
mod export;
mod files;
mod import;
mod imputations;
mod laws;
mod mail;
mod moments;
mod plan;
mod presentation;
mod replicates;
mod report;
mod rounds;
mod weights;

use crate::harness::Database;
use crate::harness::office::{Office, fixture};
use std::process::Output;

/// An office on a SQLite file that lives as long as the database handed out with it.
fn office() -> (Office, Database) {
    let database = Database::sqlite();
    (Office::on(&database.address()), database)
}

/// What a command that has to fail said, after checking that it failed with exit code 1 and printed no result.
fn refused(output: Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "a refused command printed {:?}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn without_a_command_it_helps() {
    let (office, _database) = office();
    let said = office.run(&[]);
    assert!(said.contains("sipas demo") && said.contains("sipas index --round R"), "{said}");
    assert!(said.lines().count() < 25, "short enough for a small terminal");
}

#[test]
fn a_slip_on_the_command_line_is_exit_code_2() {
    let (office, _database) = office();
    assert_eq!(office.try_run(&["indx"]).status.code(), Some(2));
    assert_eq!(office.try_run(&["index"]).status.code(), Some(2), "--round is missing");
}

#[test]
fn check_lists_what_there_is_and_warns_of_what_is_not_confirmed() {
    let (office, _database) = office();
    let said = office.run(&["check"]);
    for part in ["sipas-2023.v1", "one-stop.v1", "officials.v1", "demo-province", "par-876-province", "100 points"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    assert!(said.lines().any(|line| line.starts_with("warning:") && line.contains("demo-province")), "{said}");
    assert!(said.ends_with("surveys/ is sound.\n"));
}

#[test]
fn check_names_every_fault_with_file_and_line() {
    let (mut office, _database) = office();
    office.surveys = Some(fixture("surveys/many-faults"));
    let said = refused(office.try_run(&["check"]));
    let n_places = said.lines().filter(|line| line.contains(".toml:")).count();
    assert!(n_places > 10, "{said}");
    assert!(said.trim_end().ends_with(" faults)"), "{said}");
    let started = refused(office.try_run(&["serve", "--listen", "127.0.0.1:0"]));
    assert!(started.contains("nothing was started"), "{started}");
}

#[test]
fn an_unknown_database_scheme_is_refused_and_makes_no_file() {
    let (mut office, _database) = office();
    office.database = "postgre://localhost/x".to_owned();
    let said = refused(office.try_run(&["round", "list"]));
    assert!(said.contains("sqlite:") && said.contains("postgres://"), "{said}");
    assert!(!std::path::Path::new("postgre:").exists());
}

#[test]
fn published_figures_are_reconciled() {
    let (office, _database) = office();
    let path = |name: &str| fixture(name).display().to_string();
    let four_blocks = office.run(&["reconcile", &path("published/par_2020.csv")]);
    assert!(four_blocks.contains("Rows: 10; add up: 7; add up within rounding: 3; contradict: 0;"), "{four_blocks}");
    let cases = office.run(&["reconcile", &path("published/cases.csv")]);
    assert!(cases.contains("Rows: 9; add up: 7; add up within rounding: 0; contradict: 2;"), "{cases}");
    assert!(cases.contains("Hồng Ngự") && cases.contains("Hòa Bình"), "{cases}");
    let said = refused(office.try_run(&["reconcile", &path("office/areas.csv")]));
    assert!(said.contains("appraised") && said.contains("printed"), "names the forms it knows: {said}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure_and_a_full_disk_is_one() {
    use std::io::Read as _;
    use std::process::Stdio;
    let (office, _database) = office();
    let file = crate::harness::calculator::oracle("data/synth_s1_2025.csv").display().to_string();
    // So much text that it does not fit into a pipe.
    let arguments = ["estimate", &file, "--mean", "Q01", "--by", "desk,sex,age_group", "--format", "csv"];
    let mut child = office.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 9];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(&first, b"statistic");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = office.command(&["check"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the output could not be written"), "{output:?}");
}
