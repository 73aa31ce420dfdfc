//! Languages that an office adds by files of its own, to a questionnaire that was published: one written from right to
//! left, and one of a minority. Their words are made of one placeholder, so that nobody takes them for wording.

use super::browser::Form;
use super::client::Client;
use crate::harness::Database;
use crate::harness::door::Door;
use crate::harness::folder::copy_folder;
use sipas::service::catalogue::{Catalogue, Source};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/surveys");
const ASKED: &str = "one-stop.v2";

/// A language to add.
struct Added {
    tag: &'static str,
    direction: &'static str,
    placeholder: &'static str,
}

const RIGHT_TO_LEFT: Added = Added { tag: "ar", direction: "rtl", placeholder: "ببب" };
const OF_A_MINORITY: Added = Added { tag: "hmn", direction: "ltr", placeholder: "xxx" };

impl Added {
    /// A text file with every value replaced by the placeholder and the blanks it must have.
    fn words(&self, vietnamese: &str) -> String {
        let line = |line: &str| match line.split_once(" = \"") {
            Some(("status", _)) => "status = \"synthetic\"".to_owned(),
            Some(("direction", _)) => format!("direction = \"{}\"", self.direction),
            Some((key, value)) => {
                let blanks = value.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
                let blanks: String = blanks.map(|(blank, _)| format!(" {{{blank}}}")).collect();
                format!("{key} = \"{}{blanks}\"", self.placeholder)
            }
            None => line.to_owned(),
        };
        vietnamese.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Puts the language's files into a folder.
    fn add_to(&self, surveys: &Path) {
        for of in ["page", ASKED] {
            let vietnamese = fs::read_to_string(surveys.join(format!("texts/{of}.vi.toml"))).unwrap();
            fs::write(surveys.join(format!("texts/{of}.{}.toml", self.tag)), self.words(&vietnamese)).unwrap();
        }
        let scales = surveys.join("scales.toml");
        let (known, word) = (fs::read_to_string(&scales).unwrap(), self.placeholder);
        let points: Vec<String> = (1..=5).map(|point| format!("\"{word} {point}\"")).collect();
        let scale = format!(
            "\n[[scale]]\nlanguage = \"{}\"\nstatus = \"synthetic\"\nsource = \"Placeholder\"\nfive_point = [{}]\n\
             yes = \"{word}\"\nno = \"{word}\"\nnot_applicable = \"{word}\"\n",
            self.tag,
            points.join(", ")
        );
        fs::write(scales, known + &scale).unwrap();
    }
}

fn with_both() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(Path::new(SHIPPED), folder.path());
    RIGHT_TO_LEFT.add_to(folder.path());
    OF_A_MINORITY.add_to(folder.path());
    folder
}

#[test]
fn a_language_added_by_its_files_is_offered_and_answered_in() {
    let folder = with_both();
    let catalogue = Catalogue::load(&Source::Folder(folder.path().to_owned())).unwrap();
    let door = Door::asking(&Database::sqlite(), catalogue);
    let client = Client::of(&door);
    let switch = client.get("/s/K1").body;
    let offered: Vec<&str> = switch.split("hreflang=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(offered, ["vi", "en", "ar", "hmn"], "those the questionnaire declares come first");

    for added in [RIGHT_TO_LEFT, OF_A_MINORITY] {
        let page = client.get(&format!("/s/K1?lang={}", added.tag));
        let opening = format!("<html lang=\"{}\" dir=\"{}\">", added.tag, added.direction);
        assert!(page.body.contains(&opening), "{}", &page.body[..200]);
        assert!(page.body.contains(&format!("{} 1</span>", added.placeholder)), "the points of the scale");
        let mut form = Form::in_page(&page);
        form.fill_all();
        let thanks = form.send(&client);
        assert_eq!(thanks.status, 303, "{}", thanks.body);
        let thanks = client.get(thanks.header("location").unwrap());
        assert!(thanks.body.contains(&opening) && thanks.body.contains(added.placeholder));
    }
    assert_eq!(door.n_stored(), 2);
}

/// Exchanges a part of the right-to-left words of the page.
fn misspell(surveys: &Path, right: &str, wrong: &str) {
    let page = surveys.join("texts/page.ar.toml");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains(right));
    fs::write(page, text.replace(right, wrong)).unwrap();
}

#[test]
fn a_language_that_is_not_complete_is_a_fault_with_its_place() {
    let faults = |spoil: fn(&Path)| -> Vec<String> {
        let folder = with_both();
        spoil(folder.path());
        let faults = Catalogue::load(&Source::Folder(folder.path().to_owned())).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    };
    let no_page = faults(|surveys| fs::remove_file(surveys.join("texts/page.hmn.toml")).unwrap());
    assert!(no_page.len() == 1 && no_page[0].contains("texts/one-stop.v2.hmn.toml:1"), "{no_page:?}");
    let sideways = faults(|surveys| misspell(surveys, "\"rtl\"", "\"right\""));
    assert!(sideways.len() == 1 && sideways[0].contains("it is ltr or rtl"), "{sideways:?}");
    let without = faults(|surveys| misspell(surveys, "submit_again = ", "submit_agian = "));
    assert!(without.iter().any(|fault| fault.contains("submit_again")), "{without:?}");
}
