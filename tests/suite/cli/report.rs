//! `sipas report`: result pages as a folder, and the PDF of each unit as a reader sees it.

use super::{office, refused};
use crate::harness::office::{Office, ROUND, one_stop_items};
use crate::harness::pdf;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Desks that were drawn.
const DESKS: [&str; 4] = ["T1-01", "T1-02", "T2-01", "T2-02"];

/// An office whose round has closed with twelve answers at each desk.
fn closed(folder: &Path) -> (Office, crate::harness::Database) {
    let (office, database) = office();
    office.open_round();
    let items = one_stop_items();
    let mut sheet = format!("desk,form,{}\n", items.join(","));
    for (desk, form) in DESKS.iter().flat_map(|desk| (0..12).map(move |form| (desk, form))) {
        let answers: Vec<String> = (0..items.len()).map(|item| (3 + (form * 7 + item * 5) % 3).to_string()).collect();
        writeln!(sheet, "{desk},{desk}/{form},{}", answers.join(",")).unwrap();
    }
    let forms = folder.join("forms.csv");
    std::fs::write(&forms, sheet).unwrap();
    office.run(&["responses", "import", "--round", ROUND, &forms.display().to_string()]);
    office.run(&["round", "close", ROUND]);
    (office, database)
}

/// The names of the files in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_folder_has_the_pages_that_were_published_and_leads_nowhere_else() {
    let scratch = tempfile::tempdir().unwrap();
    let (office, _database) = closed(scratch.path());
    let out = scratch.path().join("before");
    let report = |out: &Path| office.try_run(&["report", "--round", ROUND, "--out", &out.display().to_string()]);
    let said = report(&out);
    assert!(said.status.success() && String::from_utf8_lossy(&said.stdout).contains("a preview"), "{said:?}");
    let preview = std::fs::read_to_string(out.join("T1.html")).unwrap();
    assert!(preview.contains("Bản xem trước"), "{preview}");
    assert!(refused(report(&out)).contains("exists already"), "what is there is not written over");

    office.run(&["round", "publish", ROUND]);
    let out = scratch.path().join("after");
    let said = report(&out);
    assert!(String::from_utf8_lossy(&said.stdout).contains("revision 1"), "{said:?}");
    let names = names(&out);
    for name in ["index.html", "T.html", "T.en.html", "T.pdf", "T1.en.pdf", "T2.json", "T1-01.html", "T2-02.csv"] {
        assert!(names.contains(name), "{name} is missing among {names:?}");
    }
    let read = |name: &str| std::fs::read(out.join(name)).unwrap();
    assert_eq!(read("index.html"), read("T.html"));
    let served = office.serve();
    for name in names.iter().filter(|name| *name != "index.html") {
        let address = format!("{}/r/{ROUND}/{name}", served.base);
        let answer = ureq::get(&address).call().unwrap().body_mut().read_to_vec().unwrap();
        assert!(answer == read(name), "{name} is another one on the web");
    }
    for name in names.iter().filter(|name| name.ends_with(".html")) {
        let page = String::from_utf8(read(name)).unwrap();
        let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with('#')) {
            assert!(names.contains(link), "{name} leads to {link}, which is not in the folder");
        }
    }
}

#[test]
fn each_unit_has_a_pdf_that_reads_and_looks_well() {
    let scratch = tempfile::tempdir().unwrap();
    let (office, _database) = closed(scratch.path());
    office.run(&["round", "publish", ROUND]);
    let out = scratch.path().join("pages");
    office.run(&["report", "--round", ROUND, "--out", &out.display().to_string()]);
    let files: Vec<String> = names(&out).into_iter().filter(|name| name.ends_with(".pdf")).collect();
    assert_eq!(files, ["T.en.pdf", "T.pdf", "T1.en.pdf", "T1.pdf", "T2.en.pdf", "T2.pdf"]);
    for name in files {
        let file = out.join(&name);
        assert_eq!(pdf::property(&file, "Tagged"), "yes", "{name}");
        assert!(pdf::property(&file, "Page size").contains("A4") && pdf::carries_its_fonts(&file), "{name}");
        let (words, district) = (pdf::words(&file), if name.starts_with("T2") { "Huyện Hai" } else { "Huyện Một" });
        assert!(words.contains(district) && !words.contains('\u{fffd}'), "{name}: {words}");
        let pages = pdf::drawn(&file, 60);
        assert_eq!(pages.len().to_string(), pdf::property(&file, "Pages"));
        for (number, page) in pages.iter().enumerate() {
            // Something is on every page, nothing runs over an edge, and no page is a black patch.
            let ink = page.ink(0.0..1.0);
            assert!((0.003..0.4).contains(&ink), "{name}, page {}: {ink} of it is dark", number + 1);
            for edge in [0.0..0.03, 0.97..1.0] {
                assert_eq!(page.ink(edge.clone()), 0.0, "{name}, page {}: {edge:?} is not empty", number + 1);
            }
        }
        pdf::keep_pictures(&file, &format!("pdf-{}", name.trim_end_matches(".pdf")));
    }
}
