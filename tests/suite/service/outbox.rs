//! What joins the queue of mail by itself.

use crate::harness::Database;
use crate::harness::mail::{MailOffice, recipient};
use crate::harness::office::{Office, ROUND};
use crate::harness::province::{catalogue, close_round, instant, open_round, round_code};
use sipas::domain::outbox::{Edition, MailState, Outcome};
use sipas::domain::recipient::{Role, Schedule};
use sipas::report::letter::Letterhead;
use sipas::service::Service;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::service::collect::CollectLimits;
use sipas::service::letters::LetterRefusal;
use sipas::service::outbox::{Tended, Terms, queue};
use sipas::store::outbox::Selection;
use sipas::store::{outbox, recipients};

on_both!(
    provisional_letters_go_to_the_office_when_a_month_or_quarter_has_ended,
    a_publication_is_told_to_who_shall_know,
    a_letter_waits_until_enough_answers_came_after_the_one_before
);

fn with_schedule(address: &str, unit: &str, role: Role, schedule: &str) -> sipas::domain::recipient::Recipient {
    let schedule = Schedule::parse(schedule).unwrap();
    sipas::domain::recipient::Recipient { role, schedule, ..recipient(address, unit) }
}

fn provisional_letters_go_to_the_office_when_a_month_or_quarter_has_ended(db: &Database) {
    let store = db.store();
    let open = open_round(&store, "R");
    let list = [
        with_schedule("a@tinh.test", "D1", Role::Official, "monthly"),
        with_schedule("b@tinh.test", "P", Role::Chair, "quarterly;at-publication"),
        with_schedule("c@tinh.test", "D2", Role::Chair, "at-publication"),
        // The door lets no such recipient in; should one be there all the same, it gets nothing early.
        with_schedule("d@tinh.test", "D2", Role::Reader, "monthly"),
    ];
    store.with(|connection| recipients::insert(connection, &list)).unwrap();
    let service = Service::start(catalogue(), store.clone(), CollectLimits::default()).unwrap();
    let sender = service.outbox(Terms::default(), Letterhead::default());
    assert_eq!(sender.tend().unwrap(), Tended { n_scheduled: 2, ..Tended::default() });
    assert_eq!(sender.tend().unwrap(), Tended::default(), "each month once");
    let mails = store.with(|connection| outbox::list(connection, &Selection::default())).unwrap();
    assert!(mails.iter().all(|mail| mail.edition.is_provisional() && mail.state == MailState::Queued));
    assert!(matches!(mails[0].edition, Edition::Month(..)) && matches!(mails[1].edition, Edition::Quarter(..)));

    // A round that closed years ago tells nothing new each month.
    let other = db.store();
    close_round(&other, open);
    other
        .with(|connection| recipients::insert(connection, &[with_schedule("e@x.test", "D1", Role::Head, "monthly")]))
        .unwrap();
    assert_eq!(sender.tend().unwrap(), Tended::default());
}

fn a_publication_is_told_to_who_shall_know(db: &Database) {
    let store = db.store();
    open_round(&store, "R");
    let list = [
        with_schedule("a@tinh.test", "D1", Role::Official, "monthly"),
        with_schedule("b@tinh.test", "D1", Role::Chair, "quarterly;at-publication"),
        with_schedule("c@tinh.test", "D2", Role::Reader, "at-publication"),
    ];
    store.with(|connection| recipients::insert(connection, &list)).unwrap();
    let published = |revision, unit: &'static str| {
        let has_figures = move |code: &sipas::domain::ids::AreaCode| code.as_str() == unit;
        store.with(|c| queue(c, &round_code("R"), Edition::Revision(revision), has_figures, instant(2))).unwrap()
    };
    assert_eq!((published(1, "D1"), published(1, "D1"), published(1, "D2")), (1, 0, 1));
    assert_eq!(published(2, "D1"), 1, "a correction is another letter");
    let states = || -> Vec<MailState> {
        let mails = store.with(|connection| outbox::list(connection, &Selection::default())).unwrap();
        mails.into_iter().map(|mail| mail.state).collect()
    };
    let expected = [MailState::Withheld, MailState::Withheld, MailState::Queued];
    assert_eq!(states(), expected, "nobody is sent figures that were corrected meanwhile");
    let undone = store.with(|connection| {
        connection.transact(|connection| {
            queue(connection, &round_code("R"), Edition::Revision(3), |_| true, instant(3))?;
            Err::<(), _>(sipas::store::StoreError::Moved)
        })
    });
    assert!(undone.is_err());
    let mails = store.with(|connection| outbox::list(connection, &Selection::default())).unwrap();
    assert_eq!(mails.len(), 3, "a publication that was undone wrote to nobody");
}

fn a_letter_waits_until_enough_answers_came_after_the_one_before(db: &Database) {
    let office = MailOffice { office: Office::on(&db.address()), store: db.store() };
    office.office.open_round();
    office.import_answers(ROUND, 8, 0..40, &[]);
    let list = [with_schedule("a@tinh.test", "T1", Role::Official, "monthly")];
    office.store.with(|connection| recipients::insert(connection, &list)).unwrap();
    let surveys = Catalogue::load(&Source::Embedded).unwrap();
    let service = Service::start(surveys, office.store.clone(), CollectLimits::default()).unwrap();
    let sender = service.outbox(Terms::default(), Letterhead::default());
    let claimed = |edition: &str| {
        let edition = Edition::parse(edition).unwrap();
        let n = office.store.with(|c| queue(c, &round_code(ROUND), edition, |_| true, instant(2))).unwrap();
        assert_eq!(n, 1, "{edition}");
        sender.claim().unwrap().unwrap()
    };
    let first = claimed("2025-09");
    let letter = sender.letter(&first).unwrap();
    assert!(letter.plain.contains("80"), "two desks of forty: {}", letter.plain);
    assert!(sender.begin(&first).unwrap() && sender.settle(&first, &Outcome::Sent).unwrap());

    let second = claimed("2025-10");
    office.import_answers(ROUND, 8, 40..41, &[]);
    let refused = sender.letter(&second).unwrap_err();
    assert!(matches!(&refused, LetterRefusal::FewSince { n: 2, .. }), "{refused}");
    assert!(refused.to_string().contains("2 answers came to T1 since the last letter"), "{refused}");
    assert_eq!(sender.letter(&first).unwrap(), letter, "what was written stays");
    office.import_answers(ROUND, 8, 41..43, &[]);
    let later = sender.letter(&second).unwrap();
    assert!(later.plain.contains("86"), "{}", later.plain);
}
