//! The checks, each over one source text.

use std::fmt;

/// Most lines of a file.
const MAX_FILE_LINES: usize = 400;
/// Most lines of a function.
const MAX_FUNCTION_LINES: usize = 70;

/// What each floor may reach besides itself. `cli` and the crate's own roots may reach everything.
const FLOORS: [(&str, &[&str]); 9] = [
    ("cli", &["web", "mail", "service", "store", "report", "export", "statistics", "domain"]),
    ("web", &["service", "report", "export", "domain"]),
    ("mail", &["service", "report", "export", "domain"]),
    ("service", &["store", "report", "export", "statistics", "domain"]),
    ("store", &["domain"]),
    ("report", &["statistics", "domain"]),
    ("export", &["statistics", "domain"]),
    ("statistics", &["domain"]),
    ("domain", &[]),
];

/// Libraries that live on certain floors only.
const LIBRARIES: [(&str, &[&str]); 14] = [
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("r2d2", &["store"]),
    // Statistics reads Parquet with it; export writes Parquet with it.
    ("polars", &["statistics", "export"]),
    ("statrs", &["statistics"]),
    ("actix_web", &["web", "cli"]),
    ("clap", &["cli"]),
    ("minijinja", &["web", "report"]),
    ("lettre", &["mail", "cli"]),
    ("rust_xlsxwriter", &["export"]),
    ("typst", &["report"]),
    ("typst_pdf", &["report"]),
    ("resvg", &["report"]),
    ("schemars", &["web", "report", "export"]),
];

/// A source file: its path below the project, and its text.
pub(super) struct Source {
    /// For example `src/web/mod.rs`.
    pub(super) name: String,
    /// The whole text.
    pub(super) text: String,
}

impl Source {
    /// The floor of a file below `src/`: its folder, or its own name for a floor in one file.
    fn floor(&self) -> Option<&str> {
        let path = self.name.strip_prefix("src/")?;
        let floor = path.split('/').next()?.trim_end_matches(".rs");
        FLOORS.iter().any(|(known, _)| *known == floor).then_some(floor)
    }

    /// Lines that are code, with their number from 1; comments are prose and may name anything.
    fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//")
        })
    }
}

/// One floor reaching another.
pub(super) struct Arrow {
    from: String,
    to: String,
    place: String,
}

impl Arrow {
    /// Whether the floors allow it.
    pub(super) fn points_down(&self) -> bool {
        self.from == self.to
            || FLOORS.iter().any(|(floor, below)| *floor == self.from && below.contains(&self.to.as_str()))
    }
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} may not reach {}", self.place, self.from, self.to)
    }
}

/// Every mention of a floor by a file of a floor.
pub(super) fn arrows(source: &Source) -> Vec<Arrow> {
    let Some(from) = source.floor() else { return Vec::new() };
    let mut arrows = Vec::new();
    for (number, line) in source.code_lines() {
        for (floor, _) in FLOORS {
            let reached = line.contains(&format!("crate::{floor}::")) || line.contains(&format!("crate::{floor};"));
            if reached && *floor != *from {
                let place = format!("{}:{number}", source.name);
                arrows.push(Arrow { from: from.to_owned(), to: floor.to_owned(), place });
            }
        }
        if line.contains("crate::{") {
            let place = format!("{}:{number}", source.name);
            arrows.push(Arrow { from: from.to_owned(), to: "several floors in one use".to_owned(), place });
        }
    }
    arrows
}

/// Libraries used on a floor they do not belong to, `serde` in the domain, and printing outside `cli`.
pub(super) fn strayed_libraries(source: &Source) -> Vec<String> {
    let floor = source.floor().unwrap_or("root");
    let mut found = Vec::new();
    for (number, line) in source.code_lines() {
        for (library, homes) in LIBRARIES {
            let used = line.contains(&format!("{library}::")) || line.contains(&format!("use {library};"));
            if used && !homes.contains(&floor) {
                found.push(format!("{}:{number}: {library} belongs in {}", source.name, homes.join(", ")));
            }
        }
        if floor == "domain" && line.contains("serde") {
            found.push(format!("{}:{number}: the domain does not serialise", source.name));
        }
        let prints = ["println!", "eprintln!", "print!("].iter().any(|word| line.contains(word));
        if prints && !matches!(floor, "cli" | "root") {
            found.push(format!("{}:{number}: only cli prints", source.name));
        }
    }
    found
}

/// Files over the limit, and functions over theirs. The sources are formatted, so a function ends at the first closing
/// brace that stands as deep as its first line.
pub(super) fn too_long(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    if lines.len() > MAX_FILE_LINES {
        found.push(format!("{}: {} lines, {MAX_FILE_LINES} allowed", source.name, lines.len()));
    }
    for (start, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if !begins_function(line.trim_start()) {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines[start..].iter().position(|line| *line == closing).map_or(1, |end| end + 1);
        if length > MAX_FUNCTION_LINES {
            found.push(format!(
                "{}:{}: a function of {length} lines, {MAX_FUNCTION_LINES} allowed",
                source.name,
                start + 1
            ));
        }
    }
    found
}

fn begins_function(line: &str) -> bool {
    const BEFORE: [&str; 6] = ["pub ", "pub(crate) ", "pub(super) ", "const ", "async ", "unsafe "];
    let mut rest = line;
    while let Some(shorter) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    rest.starts_with("fn ") && !line.ends_with('}') && !line.ends_with(';')
}

/// Left-over words, and lints silenced instead of expected with a reason.
pub(super) fn odd_words(source: &Source) -> Vec<String> {
    const ODD: [&str; 9] =
        ["todo!", "unimplemented!", "dbg!", "FIXME", "XXX", "#[ignore", "#[allow", "#![allow", "thread::sleep"];
    let lines = source.text.lines().enumerate();
    lines
        .flat_map(|(n, line)| ODD.iter().filter(|word| line.contains(**word)).map(move |word| (n + 1, word)))
        .map(|(number, word)| format!("{}:{number}: {word}", source.name))
        .collect()
}

/// A module file that does not begin by saying what it is.
pub(super) fn silent_module(source: &Source) -> Option<String> {
    (!source.text.starts_with("//!"))
        .then(|| format!("{}: begins without a //! line", source.name))
        .filter(|_| !source.name.ends_with("/tests.rs"))
}

/// A file or folder named like a drawer.
pub(super) fn is_drawer(path: &str) -> bool {
    const DRAWERS: [&str; 14] = [
        "util", "utils", "common", "helper", "helpers", "misc", "types", "manager", "data", "info", "handler",
        "handlers", "process", "stuff",
    ];
    path.split('/').any(|part| DRAWERS.contains(&part.trim_end_matches(".rs")))
}

/// Whether a name may stand at the project's top level.
pub(super) fn belongs_at_top(name: &str) -> bool {
    const GIVEN: [&str; 16] = [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "migrations",
        "surveys",
        "reports",
        "tests",
        "benches",
        "README.md",
        "LICENSE",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "clippy.toml",
        "rustfmt.toml",
        "SECURITY.md",
    ];
    GIVEN.contains(&name) || name.starts_with('.')
}

/// Migrations with an `up.sql` and no `down.sql`, or the other way round.
pub(super) fn unpaired_migrations(paths: &[String]) -> Vec<String> {
    let other = |path: &str| match path.strip_suffix("up.sql") {
        Some(folder) => format!("{folder}down.sql"),
        None => format!("{}up.sql", path.trim_end_matches("down.sql")),
    };
    paths.iter().filter(|path| !paths.contains(&other(path))).map(|path| format!("{path} stands alone")).collect()
}

/// Paths of the project that a document names between backticks.
pub(super) fn named_paths(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let folders = ["src/", "surveys/", "tests/", "migrations/", "reports/", "benches/"];
    quoted.filter(|name| folders.iter().any(|folder| name.starts_with(folder))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn an_arrow_that_points_up_is_seen() {
        let up = arrows(&source("src/domain/index.rs", "use crate::service::collect;\n"));
        assert!(up.iter().any(|arrow| !arrow.points_down()));
        let sideways = arrows(&source("src/store/mod.rs", "let x = crate::statistics::Sample::new();\n"));
        assert!(sideways.iter().any(|arrow| !arrow.points_down()));
        let hidden = arrows(&source("src/store/mod.rs", "use crate::{web, domain};\n"));
        assert!(hidden.iter().any(|arrow| !arrow.points_down()));
        let down = arrows(&source("src/web/mod.rs", "use crate::service::Service;\n// crate::cli:: in prose\n"));
        assert!(down.len() == 1 && down.iter().all(Arrow::points_down));
    }

    #[test]
    fn a_strayed_library_is_seen() {
        assert_eq!(strayed_libraries(&source("src/web/mod.rs", "use diesel::prelude::*;\n")).len(), 1);
        assert_eq!(strayed_libraries(&source("src/domain/ids.rs", "use serde::Serialize;\n")).len(), 1);
        assert_eq!(strayed_libraries(&source("src/service/mod.rs", "    println!(\"x\");\n")).len(), 1);
        assert!(strayed_libraries(&source("src/store/mod.rs", "use diesel::prelude::*;\n")).is_empty());
    }

    #[test]
    fn long_files_and_functions_are_seen() {
        assert_eq!(too_long(&source("a.rs", &"x\n".repeat(401))).len(), 1);
        let function = |n| format!("impl A {{\n    pub async fn f() {{\n{}    }}\n}}\n", "        x;\n".repeat(n));
        assert!(too_long(&source("a.rs", &function(68))).is_empty());
        assert_eq!(too_long(&source("a.rs", &function(69))).len(), 1);
    }

    #[test]
    fn odd_words_drawers_and_strangers_are_seen() {
        assert_eq!(odd_words(&source("a.rs", "    todo!()\n#[ignore]\n")).len(), 2);
        assert!(is_drawer("src/web/utils.rs") && is_drawer("src/common/mod.rs") && !is_drawer("src/web/guard.rs"));
        assert!(belongs_at_top("src") && belongs_at_top(".ci") && !belongs_at_top("scripts"));
        assert!(silent_module(&source("src/web/mod.rs", "pub mod x;\n")).is_some());
        assert_eq!(named_paths("see `src/a.rs`, `sipas index` and `tests/`"), ["src/a.rs", "tests/"]);
        assert_eq!(unpaired_migrations(&["1/up.sql".into(), "1/down.sql".into(), "2/up.sql".into()]).len(), 1);
    }
}
