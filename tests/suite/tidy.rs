//! Keeps the house in order: floors whose arrows point down, files and functions that fit in a head, words that do not
//! belong, and folders that are complete. Each check is a function over text, with a test that shows it can fail.

mod checks;

use checks::{Arrow, Source};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder`, in a fixed order.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let files = folders.iter().flat_map(|folder| files_below(&root().join(folder)));
    let sources: Vec<Source> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Source {
            name: path.strip_prefix(root()).unwrap_or(&path).display().to_string(),
            text: std::fs::read_to_string(&path).unwrap_or_default(),
        })
        .collect();
    assert!(!sources.is_empty(), "no sources found below {folders:?}");
    sources
}

fn assert_tidy(found: Vec<String>) {
    assert!(found.is_empty(), "{} to mend:\n{}", found.len(), found.join("\n"));
}

#[test]
fn arrows_between_floors_point_down() {
    let arrows: Vec<Arrow> = sources(&["src"]).iter().flat_map(checks::arrows).collect();
    assert!(arrows.len() > 20, "only {} arrows seen: the check has gone blind", arrows.len());
    assert_tidy(arrows.iter().filter(|arrow| !arrow.points_down()).map(ToString::to_string).collect());
}

#[test]
fn libraries_stay_on_their_floor() {
    assert_tidy(sources(&["src"]).iter().flat_map(checks::strayed_libraries).collect());
}

#[test]
fn files_and_functions_fit_in_a_head() {
    let sources = sources(&["src", "tests", "benches"]);
    assert_tidy(sources.iter().flat_map(checks::too_long).collect());
}

#[test]
fn words_that_do_not_belong_are_absent() {
    // The checks themselves have to spell the words out.
    let sources = sources(&["src", "tests", "benches"]);
    let others = sources.iter().filter(|source| !source.name.starts_with("tests/suite/tidy"));
    assert_tidy(others.flat_map(checks::odd_words).collect());
}

#[test]
fn folders_say_what_they_are() {
    assert_tidy(sources(&["src"]).iter().filter_map(checks::silent_module).collect());
}

#[test]
fn no_drawers() {
    let names = sources(&["src", "tests", "benches"]).into_iter().map(|source| source.name);
    assert_tidy(names.filter(|name| checks::is_drawer(name)).collect());
}

#[test]
fn the_top_level_is_as_given() {
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let listed = String::from_utf8(listed.expect("git lists the files").stdout).expect("names are UTF-8");
    let tops = listed.lines().map(|path| path.split('/').next().unwrap_or(path));
    assert_tidy(tops.filter(|top| !checks::belongs_at_top(top)).map(str::to_owned).collect());
}

#[test]
fn migrations_come_in_pairs_on_both_databases() {
    let names = |backend: &str| -> Vec<String> {
        let folder = root().join("migrations").join(backend);
        files_below(&folder)
            .iter()
            .filter_map(|path| Some(path.strip_prefix(&folder).ok()?.display().to_string()))
            .collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty(), "no migrations found");
    assert_eq!(sqlite, postgres, "the two databases have different migrations");
    assert_tidy(checks::unpaired_migrations(&sqlite));
}

#[test]
fn the_architecture_names_files_that_are_there() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let named = checks::named_paths(&text);
    assert!(named.len() > 20, "only {} files named: the check has gone blind", named.len());
    assert_tidy(named.into_iter().filter(|path| !root().join(path).exists()).collect());
}
