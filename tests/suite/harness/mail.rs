//! People who are told of results, and an office that tells them.

use super::Database;
use super::office::{Office, ROUND};
use super::province::{area_code, round_code};
use sipas::domain::letter::Letter;
use sipas::domain::outbox::{Edition, MailState, QueuedMail};
use sipas::domain::recipient::{Address, LetterLanguage, Recipient, Role, Schedule};
use sipas::service::outbox::queue;
use sipas::store::letters::{self, LetterKey};
use sipas::store::outbox::{self, Selection};
use sipas::store::{Store, recipients};
use std::collections::BTreeMap;

/// The chair of a unit, told at publication, in Vietnamese, without a PDF.
pub(crate) fn recipient(address: &str, unit: &str) -> Recipient {
    Recipient {
        address: Address::parse(address).unwrap(),
        role: Role::Chair,
        unit: area_code(unit),
        language: LetterLanguage::Vietnamese,
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

/// An office whose results people are told of.
pub(crate) struct MailOffice {
    /// The office.
    pub(crate) office: Office,
    store: Store,
}

impl MailOffice {
    /// An office with an open round.
    pub(crate) fn on(database: &Database) -> Self {
        let office = Office::on(&database.address());
        office.open_round();
        Self { office, store: database.store() }
    }

    /// Imports chairs by address and the place of their unit.
    pub(crate) fn import(&self, chairs: impl Iterator<Item = (String, usize)>) {
        let rows = chairs.map(|(address, unit)| format!("{address},chair,{}\n", UNITS[unit]));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recipients.csv");
        std::fs::write(&file, format!("address,role,unit\n{}", rows.collect::<String>())).unwrap();
        self.office.run(&["recipient", "import", &file.display().to_string()]);
    }

    /// Queues the first revision, with a letter for each unit.
    pub(crate) fn publish(&self) {
        let (round, edition) = (round_code(ROUND), Edition::Revision(1));
        for unit in UNITS {
            let key = LetterKey {
                round: round.clone(),
                edition,
                unit: area_code(unit),
                language: LetterLanguage::Vietnamese,
                with_pdf: false,
            };
            let letter = Letter {
                subject: format!("Chỉ số CCHC {unit}"),
                plain: "tăng 4,32 điểm, hạng 2/12\n".to_owned(),
                html: "<p>tăng 4,32 điểm, hạng 2/12</p>".to_owned(),
                parts: Vec::new(),
            };
            self.store.with(|connection| letters::keep(connection, &key, &letter)).unwrap();
        }
        self.store.with(|c| queue(c, &round, edition, |_| true, chrono::Utc::now())).unwrap();
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
