//! People who are told of results, and an office that tells them.

use super::Database;
use super::office::{Office, ROUND, fixture, one_stop_items};
use super::province::area_code;
use sipas::domain::ids::SchemeId;
use sipas::domain::outbox::{MailState, QueuedMail};
use sipas::domain::points::Points;
use sipas::domain::recipient::{Address, Recipient, Role, Schedule};
use sipas::domain::scheme::Scoring;
use sipas::domain::tongue::Tongue;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::store::outbox::{self, Selection};
use sipas::store::{Store, recipients};
use std::collections::BTreeMap;

/// The chair of a unit, told at publication, in Vietnamese, without a PDF.
pub(crate) fn recipient(address: &str, unit: &str) -> Recipient {
    Recipient {
        address: Address::parse(address).unwrap(),
        role: Role::Chair,
        unit: area_code(unit),
        language: Tongue::Vietnamese,
        schedule: Schedule { at_publication: true, rhythm: None },
        with_pdf: false,
    }
}

/// What a Message-ID is made of.
pub(crate) fn token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Units of a [`MailOffice`] that letters are about.
pub(crate) const N_UNITS: usize = UNITS.len();
const UNITS: [&str; 3] = ["T", "T1", "T2"];

/// Desks of the office that are drawn.
const DESKS: [&str; 4] = ["T1-01", "T1-02", "T2-01", "T2-02"];
/// Answers at each.
const N_ANSWERS: usize = 40;

/// An office whose results people are told of.
pub(crate) struct MailOffice {
    /// The office.
    pub(crate) office: Office,
    /// Its database.
    pub(crate) store: Store,
}

impl MailOffice {
    /// An office with a round that has closed.
    pub(crate) fn on(database: &Database) -> Self {
        let office = Office::on(&database.address());
        office.run(&["areas", "import", &fixture("office/areas.csv").display().to_string()]);
        let this = Self { office, store: database.store() };
        this.collect(ROUND, "2025", 8);
        this
    }

    /// Collects a round in which so many of ten answers are good, item by item a little more or less.
    pub(crate) fn collect(&self, code: &str, year: &str, good: usize) {
        let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T", "--mode", "sampled"];
        self.office.run(&[&["round", "create", code, "--year", year][..], &plan].concat());
        self.office.run(&["round", "frame", code, &fixture("office/frame.csv").display().to_string()]);
        self.office.run(&["round", "open", code]);
        self.import_answers(code, good, 0..N_ANSWERS, &[]);
        self.office.run(&["round", "close", code]);
    }

    /// Imports answers with these numbers at each desk.
    pub(crate) fn import_answers(&self, code: &str, good: usize, forms: std::ops::Range<usize>, more: &[&str]) {
        let items = one_stop_items();
        let mut sheet = format!("form,desk,{}\n", items.join(","));
        for (place, desk) in DESKS.into_iter().enumerate() {
            for form in forms.clone() {
                let of_item = |item: usize| {
                    let chance = (form * 7 + item * form + place * 3) % 10;
                    if chance < good + item % 3 { 4 + chance % 2 } else { 1 + chance % 3 }
                };
                let answers: Vec<String> = (0..items.len()).map(|item| of_item(item).to_string()).collect();
                sheet.push_str(&format!("{desk}-{form},{desk},{}\n", answers.join(",")));
            }
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), sheet).unwrap();
        let file = file.path().display().to_string();
        self.office.run(&[&["responses", "import", "--round", code, &file][..], more].concat());
    }

    /// Gives a year what its index takes besides the citizens' survey: that of officials, and all scores, one unit being behind
    /// in its first ten sub-criteria.
    pub(crate) fn complete(&self, year: &str, behind: &str) {
        let (code, folder) = (format!("canbo-{year}"), tempfile::tempdir().unwrap());
        let file = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let plan = ["--questionnaire", "officials.v1", "--scheme", "demo-province", "--area", "T", "--mode", "census"];
        self.office.run(&[&["round", "create", &code, "--year", year][..], &plan].concat());
        let frame = file("frame.csv", "desk,transactions\nT1,30\nT2,30\n".to_owned());
        self.office.run(&["round", "frame", &code, &frame]);
        self.office.run(&["round", "open", &code]);
        let items: Vec<String> = (1..=17).map(|item| format!("LD{item:02}")).collect();
        let mut sheet = format!("form,desk,{}\n", items.join(","));
        for (unit, form) in ["T1", "T2"].into_iter().flat_map(|unit| (0..20).map(move |form| (unit, form))) {
            let answers: Vec<&str> = (0..items.len()).map(|item| ["A", "B", "A", "C"][(form + item) % 4]).collect();
            sheet.push_str(&format!("{unit}-{form},{unit},{}\n", answers.join(",")));
        }
        self.office.run(&["responses", "import", "--round", &code, &file("answers.csv", sheet)]);
        self.office.run(&["round", "close", &code]);
        let catalogue = Catalogue::load(&Source::Embedded).unwrap();
        let scheme = catalogue.scheme(&SchemeId::parse("demo-province").unwrap()).unwrap();
        let mut scores = "unit,sub_criterion,self_score,appraised_score\n".to_owned();
        for unit in ["T1", "T2"] {
            let scored = scheme.leaves().filter(|leaf| !matches!(leaf.scoring, Scoring::Survey { .. }));
            for (place, leaf) in scored.enumerate() {
                let points = if unit == behind && place < 10 { Points::ZERO } else { leaf.max };
                let claimed = if leaf.scoring == Scoring::Outcome { String::new() } else { points.to_string() };
                scores.push_str(&format!("{unit},{},{claimed},{points}\n", leaf.code));
            }
        }
        self.office.run(&["assessments", "import", "--round", &code, &file("scores.csv", scores)]);
    }

    /// Imports chairs by address and the place of their unit.
    pub(crate) fn import(&self, chairs: impl Iterator<Item = (String, usize)>) {
        let rows = chairs.map(|(address, unit)| format!("{address},chair,{}\n", UNITS[unit]));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recipients.csv");
        std::fs::write(&file, format!("address,role,unit\n{}", rows.collect::<String>())).unwrap();
        self.office.run(&["recipient", "import", &file.display().to_string()]);
    }

    /// Publishes the round, which tells everybody.
    pub(crate) fn publish(&self) {
        self.office.run(&["round", "publish", ROUND]);
    }

    /// How many mails are in a state.
    pub(crate) fn n_in(&self, state: MailState) -> usize {
        let counts = self.store.with(outbox::counts).unwrap();
        counts.get(&state).map_or(0, |n| usize::try_from(*n).unwrap())
    }

    /// Every mail in the queue.
    pub(crate) fn mails(&self) -> Vec<QueuedMail> {
        self.store.with(|connection| outbox::list(connection, &Selection::default())).unwrap()
    }

    /// The address of each recipient by number.
    pub(crate) fn addresses(&self) -> BTreeMap<i32, String> {
        let known = self.store.with(recipients::all).unwrap();
        known.into_iter().map(|known| (known.number, known.recipient.address.reveal().to_owned())).collect()
    }
}
