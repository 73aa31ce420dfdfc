//! One slip at a time in a folder that is otherwise sound, and then many at once.

use super::{loaded, told};
use crate::harness::folder::copy_folder;
use sipas::domain::fault::{Fault, Place};
use sipas::service::catalogue::{Catalogue, Source};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/surveys");

/// A copy of the sound folder that a test may spoil.
fn sound() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&Path::new(FIXTURES).join("sound"), copy.path());
    copy
}

fn faults_of(root: &Path) -> Vec<Fault> {
    Catalogue::load(&Source::Folder(root.to_owned())).err().unwrap_or_default()
}

/// `file:line code` of each fault.
fn places(faults: &[Fault], root: &Path) -> Vec<String> {
    let place = |fault: &Fault| match &fault.place {
        Place::Line { file, line, .. } => {
            let file = Path::new(file).strip_prefix(root).unwrap();
            format!("{}:{line} {}", file.display(), fault.code)
        }
        other => panic!("{other} is no place in a file"),
    };
    faults.iter().map(place).collect()
}

/// One text in one file replaced by another, and the faults that must follow.
#[derive(Debug, Default, Clone)]
struct Slip {
    file: String,
    right: Vec<String>,
    wrong: Vec<String>,
    expected: Vec<String>,
}

impl Slip {
    /// Reads the table; its head says how it is written.
    fn read_all(table: &str) -> Vec<Self> {
        let (mut slips, mut slip) = (Vec::new(), Self::default());
        for line in table.lines().chain([""]) {
            match line.split_at_checked(2) {
                Some(("= ", file)) => file.clone_into(&mut slip.file),
                Some(("- ", right)) => slip.right.push(right.to_owned()),
                Some(("+ ", wrong)) => slip.wrong.push(wrong.to_owned()),
                Some(("! ", place)) if place.contains(':') => slip.expected.push(place.to_owned()),
                Some(("! ", place)) => slip.expected.push(format!("{}:{place}", slip.file)),
                _ if line.is_empty() && !slip.right.is_empty() => {
                    let next = Self { file: slip.file.clone(), ..Self::default() };
                    slips.push(std::mem::replace(&mut slip, next));
                }
                _ => assert!(line.is_empty() || line.starts_with('#'), "{line:?} is not a line of the table"),
            }
        }
        slips
    }

    fn is_found(&self) {
        let folder = sound();
        let path = folder.path().join(&self.file);
        let text = fs::read_to_string(&path).unwrap();
        let right = self.right.join("\n");
        assert_eq!(text.matches(&right).count(), 1, "{self:?}");
        fs::write(&path, text.replace(&right, &self.wrong.join("\n"))).unwrap();
        let faults = faults_of(folder.path());
        let told = told(&faults, folder.path());
        assert_eq!(places(&faults, folder.path()), self.expected, "{self:?}\n{told}");
    }
}

#[test]
fn the_sound_folder_is_sound() {
    loaded(&Source::Folder(PathBuf::from(FIXTURES).join("sound")));
}

#[test]
fn every_slip_is_found_at_its_line() {
    let slips = Slip::read_all(include_str!("../../../fixtures/surveys/slips.txt"));
    assert!(slips.len() > 80);
    slips.iter().for_each(Slip::is_found);
}

/// What is done, how, and the one fault that follows.
type Change = (&'static str, fn(&Path), &'static str);

#[test]
fn files_out_of_place() {
    let changes: [Change; 9] = [
        ("no scales", |root| fs::remove_file(root.join("scales.toml")).unwrap(), "scales.toml:1 missing-file"),
        (
            "no list of published files",
            |root| fs::remove_file(root.join("published.toml")).unwrap(),
            "published.toml:1 missing-file",
        ),
        (
            "a wording taken away",
            |root| fs::remove_file(root.join("texts/tiny.v1.en.toml")).unwrap(),
            "questionnaires/tiny.v1.toml:5 missing-text",
        ),
        (
            "a wording of nothing",
            |root| {
                fs::copy(root.join("texts/kept.v1.vi.toml"), root.join("texts/kept.v2.vi.toml")).unwrap();
            },
            "texts/kept.v2.vi.toml:1 unknown-questionnaire",
        ),
        (
            "a wording of no language",
            |root| fs::write(root.join("texts/notes.toml"), "").unwrap(),
            "texts/notes.toml:1 file-name",
        ),
        ("an unread file", |root| fs::write(root.join("texts/kept.txt"), "").unwrap(), "texts/kept.txt:1 unknown-file"),
        (
            "a misspelt folder",
            |root| {
                fs::create_dir(root.join("scheme")).unwrap();
                fs::write(root.join("scheme/full.toml"), "").unwrap();
            },
            "scheme/full.toml:1 unknown-file",
        ),
        (
            "another encoding",
            |root| fs::write(root.join("schemes/latin.toml"), b"title = \"\xd0\"").unwrap(),
            "schemes/latin.toml:1 not-utf8",
        ),
        (
            "a published file taken away",
            |root| {
                fs::remove_file(root.join("questionnaires/kept.v1.toml")).unwrap();
                fs::remove_file(root.join("texts/kept.v1.vi.toml")).unwrap();
            },
            "published.toml:2 frozen-missing",
        ),
    ];
    for (what, change, expected) in changes {
        let folder = sound();
        change(folder.path());
        assert_eq!(places(&faults_of(folder.path()), folder.path()), [expected], "{what}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_one_fault() {
    let faults = faults_of(Path::new("/nowhere/surveys"));
    let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(told.len() == 1 && told[0].starts_with("/nowhere/surveys:1:1: cannot be read: "), "{told:?}");
}

#[test]
fn a_published_file_cannot_be_changed() {
    let folder = sound();
    let kept = folder.path().join("questionnaires/kept.v1.toml");
    fs::write(&kept, fs::read_to_string(&kept).unwrap() + "\n").unwrap();
    let faults = faults_of(folder.path());
    assert_eq!(places(&faults, folder.path()), ["published.toml:3 frozen-changed"]);
    let advice = "make the change in a new version: questionnaires/kept.v2.toml";
    assert!(faults[0].message.contains(advice), "{}", faults[0]);
}

/// A district's real table: 20.5, 10, 10, 6, 10.5, 6, 14, 9, 14, of which the fifth was once typed 10.05.
#[test]
fn ten_and_a_half_typed_as_ten_point_o_five_is_refused_at_its_line() {
    let folder = sound();
    let path = folder.path().join("schemes/blocks.toml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().position(|line| line == "max = 10.5").unwrap() + 1;
    fs::write(&path, text.replace("max = 10.5\n", "max = 10.05\n")).unwrap();
    let expected = format!(
        "schemes/blocks.toml:{line}:7: the declared total is 100, but its parts sum to 99.55, 0.45 too few; \
         B5 10.05 looks like a slip for 10.5 [sum]\n"
    );
    assert_eq!(told(&faults_of(folder.path()), folder.path()), expected);
}

/// Broken syntax in one file hides nothing in the others, and one fault in a file hides no other.
#[test]
fn all_faults_come_at_once() {
    let root = PathBuf::from(FIXTURES).join("many-faults");
    insta::assert_snapshot!(told(&faults_of(&root), &root));
}
