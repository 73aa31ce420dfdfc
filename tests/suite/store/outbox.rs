use crate::harness::Database;
use crate::harness::mail::{recipient, token};
use crate::harness::province::{instant, open_round, round_code};
use chrono::TimeDelta;
use sipas::domain::bounce::{Bounce, Noted};
use sipas::domain::ids::Digest;
use sipas::domain::outbox::{ClaimedMail, Edition, MailState, Outcome, QueuedMail, Reason};
use sipas::domain::recipient::Address;
use sipas::store::outbox::{Claim, NewMail, Selection};
use sipas::store::{Store, bounces, outbox, recipients};
use std::collections::BTreeSet;
use std::sync::Mutex;

on_both!(
    each_edition_is_queued_once_for_each_recipient,
    of_many_senders_each_mail_has_one,
    a_claim_ends_by_itself,
    a_sender_that_dies_leaves_an_uncertain_mail,
    a_slow_sender_still_says_what_became_of_its_mail,
    outcomes_are_written_down,
    what_waits_too_long_is_given_up,
    a_retry_starts_anew,
    a_removed_recipient_gets_nothing_more,
    mail_that_came_back_is_noted_once
);

const R1: Edition = Edition::Revision(1);

/// A store with so many recipients, each with a mail that was queued at hour 0.
fn queued(db: &Database, n: usize) -> Store {
    let store = db.store();
    open_round(&store, "R");
    let people: Vec<_> = (0..n).map(|place| recipient(&format!("a{place}@tinh.test"), "D1")).collect();
    store.with(|connection| recipients::insert(connection, &people)).unwrap();
    assert_eq!(queue(&store, R1), n);
    store
}

fn queue(store: &Store, edition: Edition) -> usize {
    let known = store.with(recipients::all).unwrap();
    let mails: Vec<NewMail> =
        known.iter().map(|known| NewMail { recipient: known.number, token: token(), withheld: None }).collect();
    store.with(|connection| outbox::queue(connection, &round_code("R"), edition, &mails, instant(0))).unwrap()
}

/// A claim at an hour, for an hour.
fn claim_of(name: char, hour: i64) -> Claim {
    Claim { by: name.to_string().repeat(32), now: instant(hour), until: instant(hour + 1) }
}

fn claim(store: &Store, claim: &Claim) -> Option<ClaimedMail> {
    store.with(|connection| outbox::claim(connection, claim)).unwrap()
}

fn begin(store: &Store, mail: &ClaimedMail, claim: &Claim) -> bool {
    store.with(|connection| outbox::begin(connection, mail.id, claim)).unwrap()
}

fn settle(store: &Store, mail: &ClaimedMail, claim: &Claim, outcome: Outcome) -> bool {
    let next = claim.now + TimeDelta::hours(3);
    store.with(|connection| outbox::settle(connection, mail.id, claim, &outcome, next)).unwrap()
}

fn all(store: &Store) -> Vec<QueuedMail> {
    store.with(|connection| outbox::list(connection, &Selection::default())).unwrap()
}

fn only(store: &Store) -> QueuedMail {
    let mut all = all(store);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn each_edition_is_queued_once_for_each_recipient(db: &Database) {
    let store = queued(db, 3);
    let tokens = |store: &Store| -> Vec<String> {
        let due = store.with(|connection| outbox::due(connection, instant(0))).unwrap();
        due.into_iter().map(|mail| mail.token).collect()
    };
    let before = tokens(&store);
    assert_eq!(queue(&store, R1), 0, "publishing twice writes to nobody twice");
    assert_eq!(tokens(&store), before, "and the Message-ID stays");
    assert_eq!(queue(&store, Edition::Revision(2)), 3);
    assert_eq!(queue(&store, Edition::parse("2025-Q1").unwrap()), 3);
    assert_eq!(all(&store).len(), 9);
    let reason = Some(Reason::of("mail to the recipient came back"));
    let withheld = NewMail { recipient: all(&store)[0].recipient, token: token(), withheld: reason.clone() };
    let third = Edition::Revision(3);
    let queued = store.with(|c| outbox::queue(c, &round_code("R"), third, std::slice::from_ref(&withheld), instant(0)));
    assert_eq!(queued.unwrap(), 1);
    let last = all(&store).pop().unwrap();
    assert_eq!((last.state, Some(last.reason)), (MailState::Withheld, reason));
    assert!(store.with(|c| outbox::queue(c, &round_code("none"), third, &[withheld], instant(0))).is_err());
}

fn of_many_senders_each_mail_has_one(db: &Database) {
    const N_MAILS: usize = 120;
    let first = queued(db, N_MAILS);
    let sent = Mutex::new(Vec::new());
    let work = |name: char| {
        let store = db.store();
        let own = claim_of(name, 1);
        let mut n = 0;
        while let Some(mail) = claim(&store, &own) {
            assert!(begin(&store, &mail, &own));
            sent.lock().unwrap().push(mail.to.recipient.address.reveal().to_owned());
            assert!(settle(&store, &mail, &own, Outcome::Sent));
            n += 1;
        }
        n
    };
    let shares: Vec<usize> = std::thread::scope(|scope| {
        let senders: Vec<_> = ['a', 'b', 'c', 'd'].map(|name| scope.spawn(move || work(name))).into_iter().collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    let sent = sent.into_inner().unwrap();
    assert_eq!(sent.len(), N_MAILS, "{shares:?}");
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), N_MAILS, "somebody was written to twice");
    let counts = first.with(outbox::counts).unwrap();
    assert_eq!(counts.get(&MailState::Sent), Some(&(N_MAILS as u64)));
}

fn a_claim_ends_by_itself(db: &Database) {
    let store = queued(db, 1);
    let (early, late) = (claim_of('a', 1), claim_of('b', 2));
    let mail = claim(&store, &early).unwrap();
    assert!(claim(&store, &claim_of('b', 1)).is_none(), "it is somebody's");
    let again = claim(&store, &late).expect("the claim has ended");
    assert_eq!((again.id, again.token.as_str()), (mail.id, mail.token.as_str()));
    assert!(!begin(&store, &mail, &early), "who was too slow must not send");
    assert!(!settle(&store, &mail, &early, Outcome::Sent));
    assert!(begin(&store, &again, &late) && settle(&store, &again, &late, Outcome::Sent));
    assert!(!begin(&store, &again, &late), "what is sent is not sent again");
    assert!(claim(&store, &claim_of('c', 99)).is_none());

    assert_eq!(queue(&store, Edition::Revision(2)), 1);
    let mail = claim(&store, &early).unwrap();
    store.with(|connection| outbox::release(connection, mail.id, &early)).unwrap();
    assert!(claim(&store, &claim_of('b', 1)).is_some(), "what is given back is free at once");
}

fn a_sender_that_dies_leaves_an_uncertain_mail(db: &Database) {
    let store = queued(db, 1);
    let (dead, later) = (claim_of('a', 1), claim_of('b', 3));
    let mail = claim(&store, &dead).unwrap();
    assert!(begin(&store, &mail, &dead));
    assert!(claim(&store, &later).is_none(), "it may have arrived, so nobody sends it again");
    let sweep = |hour| store.with(|connection| outbox::sweep(connection, instant(hour), instant(-99))).unwrap();
    assert_eq!(sweep(1), (0, 0), "as long as the claim holds, it is going out");
    assert_eq!(sweep(3), (1, 0));
    assert_eq!(sweep(4), (0, 0));
    let seen = only(&store);
    assert_eq!(seen.state, MailState::Uncertain);
    assert!(seen.reason.as_str().contains("may have arrived or not"));
    assert!(claim(&store, &later).is_none());
}

fn a_slow_sender_still_says_what_became_of_its_mail(db: &Database) {
    let store = queued(db, 1);
    let slow = claim_of('a', 1);
    let mail = claim(&store, &slow).unwrap();
    assert!(begin(&store, &mail, &slow));
    store.with(|connection| outbox::sweep(connection, instant(3), instant(-99))).unwrap();
    assert_eq!(only(&store).state, MailState::Uncertain);
    assert!(settle(&store, &mail, &slow, Outcome::Sent));
    assert_eq!(only(&store).state, MailState::Sent);
}

fn outcomes_are_written_down(db: &Database) {
    let store = queued(db, 1);
    let own = claim_of('a', 1);
    let mail = claim(&store, &own).unwrap();
    let busy = || Outcome::Temporary(Reason::of("451 busy"));
    assert!(settle(&store, &mail, &own, busy()));
    let seen = only(&store);
    assert_eq!((seen.state, seen.n_attempts, seen.next_try), (MailState::Temporary, 1, instant(4)));
    assert_eq!((seen.settled, seen.reason.as_str()), (None, "451 busy"));
    assert!(claim(&store, &claim_of('a', 3)).is_none(), "not before its time");
    let own = claim_of('a', 4);
    let mail = claim(&store, &own).unwrap();
    assert_eq!(mail.n_attempts, 1);
    assert!(settle(&store, &mail, &own, Outcome::Refused(Reason::of("550 no such box"))));
    let seen = only(&store);
    assert_eq!((seen.state, seen.n_attempts, seen.settled), (MailState::Refused, 2, Some(instant(4))));
    assert!(claim(&store, &claim_of('a', 99)).is_none(), "refused is refused");
}

fn what_waits_too_long_is_given_up(db: &Database) {
    let store = queued(db, 2);
    let own = claim_of('a', 1);
    let mail = claim(&store, &own).unwrap();
    assert!(settle(&store, &mail, &own, Outcome::Temporary(Reason::of("451 busy"))));
    let sweep =
        |now, oldest| store.with(|connection| outbox::sweep(connection, instant(now), instant(oldest))).unwrap();
    assert_eq!(sweep(50, -1), (0, 0));
    assert_eq!(sweep(50, 0), (0, 2));
    let reasons: BTreeSet<String> = all(&store).into_iter().map(|mail| mail.reason.to_string()).collect();
    assert_eq!(reasons, BTreeSet::from(["451 busy".to_owned(), "no mail server was reached".to_owned()]));
    assert!(all(&store).iter().all(|mail| mail.state == MailState::GivenUp && mail.settled == Some(instant(50))));
}

fn a_retry_starts_anew(db: &Database) {
    let store = queued(db, 2);
    let own = claim_of('a', 1);
    let (refused, sent) = (claim(&store, &own).unwrap(), claim(&store, &own).unwrap());
    assert!(settle(&store, &refused, &own, Outcome::Refused(Reason::of("550 no"))));
    assert!(begin(&store, &sent, &own) && settle(&store, &sent, &own, Outcome::Sent));
    let retry = |selection: Selection| store.with(|c| outbox::retry(c, &selection, instant(9))).unwrap();
    assert_eq!(retry(Selection { states: vec![MailState::GivenUp], ..Selection::default() }), 0);
    assert_eq!(retry(Selection { round: Some(round_code("other")), ..Selection::default() }), 0);
    assert_eq!(
        retry(Selection { recipient: Some(sent.to.number), ..Selection::default() }),
        0,
        "what was sent stays sent"
    );
    assert_eq!(retry(Selection { recipient: Some(refused.to.number), ..Selection::default() }), 1);
    let again = claim(&store, &claim_of('b', 9)).unwrap();
    assert_eq!((again.id, again.n_attempts, again.token), (refused.id, 0, refused.token));
    assert_eq!(retry(Selection::default()), 0, "what somebody works at is left alone");
}

fn a_removed_recipient_gets_nothing_more(db: &Database) {
    let store = queued(db, 1);
    let number = only(&store).recipient;
    store.with(|connection| recipients::remove(connection, number, instant(1))).unwrap();
    assert!(claim(&store, &claim_of('a', 2)).is_none());
    let seen = only(&store);
    assert_eq!((seen.state, seen.reason.as_str()), (MailState::Withheld, "the recipient was removed"));
    assert_eq!(store.with(|c| outbox::retry(c, &Selection::default(), instant(3))).unwrap(), 0);
}

fn mail_that_came_back_is_noted_once(db: &Database) {
    let store = queued(db, 2);
    let own = claim_of('a', 1);
    let mail = claim(&store, &own).unwrap();
    assert!(begin(&store, &mail, &own) && settle(&store, &mail, &own, Outcome::Sent));
    assert_eq!(queue(&store, Edition::Revision(2)), 2);
    let bounce = |notice: u8, token: Option<&str>, address: &str, is_gone| Bounce {
        notice: Digest([notice; 32]),
        token: token.map(str::to_owned),
        address: Address::parse(address).ok(),
        is_final: true,
        is_mailbox_gone: is_gone,
        reason: Reason::of("failed 5.1.1: 550 unknown"),
    };
    let note = |bounce: &Bounce| store.with(|connection| bounces::note(connection, bounce, instant(5))).unwrap();
    assert_eq!(note(&bounce(1, None, "stranger@tinh.test", true)), Noted::Nobody);
    let full = Bounce { is_final: false, is_mailbox_gone: false, ..bounce(2, Some(&mail.token), "", false) };
    assert_eq!(note(&full), Noted::New);
    let state_of = |store: &Store, id| all(store).into_iter().find(|mail| mail.id == id).unwrap().state;
    assert_eq!(state_of(&store, mail.id), MailState::Sent, "late is not lost");
    assert_eq!(note(&bounce(3, Some(&mail.token), "", true)), Noted::New);
    assert_eq!(note(&bounce(3, Some(&mail.token), "", true)), Noted::Before);
    assert_eq!(state_of(&store, mail.id), MailState::Returned);
    let known = store.with(recipients::all).unwrap();
    let returned: Vec<i32> = known.iter().filter(|known| known.is_returned).map(|known| known.number).collect();
    assert_eq!(returned, [mail.to.number]);
    let withheld: Vec<i32> =
        all(&store).iter().filter(|mail| mail.state == MailState::Withheld).map(|mail| mail.recipient).collect();
    assert_eq!(withheld, [mail.to.number], "what waits for them is not sent");
    // By the address alone, however it is written.
    let other = known.iter().find(|known| !known.is_returned).unwrap();
    assert_eq!(note(&bounce(4, None, &other.recipient.address.reveal().to_uppercase(), true)), Noted::New);
    assert!(store.with(recipients::all).unwrap().iter().all(|known| known.is_returned));
    let one = Selection { recipient: Some(other.number), ..Selection::default() };
    assert!(store.with(|c| outbox::retry(c, &one, instant(6))).unwrap() > 0);
    let known = store.with(recipients::all).unwrap();
    assert!(!known.iter().find(|known| known.number == other.number).unwrap().is_returned);
}
