//! Mail through a real mail server: each recipient has each publication exactly once, or a visible reason, whatever dies in
//! between.

use crate::harness::Database;
use crate::harness::mail::{MailOffice, N_UNITS};
use crate::harness::office::ROUND;
use crate::harness::postfix::{PASSWORD, Postfix, SENDER, wait_until};
use sipas::domain::outbox::{MailState, QueuedMail};
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};

on_both!(each_recipient_has_each_publication_once_or_a_visible_reason);

const N_RECIPIENTS: usize = 500;
const N_BUSY: usize = 10;
const N_REFUSED: usize = 10;
/// Seconds after which the mail of a sender that was killed is called uncertain.
const LEASE: &str = "2";

/// One in fifty is busy for the time being, one in fifty does not exist.
fn address(place: usize) -> String {
    let kind = match place % 50 {
        7 => "busy",
        23 => "refused",
        _ => "chair",
    };
    format!("{kind}-{place}@tinh.test")
}

fn send(office: &MailOffice, route: &[String]) -> Command {
    let route: Vec<&str> = route.iter().map(String::as_str).collect();
    let mut command = office.office.command(&[&["mail", "send", "--mail-lease", LEASE][..], &route].concat());
    command.env("SIPAS_MAIL_PASSWORD", PASSWORD).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(office: &MailOffice, route: &[String]) -> Child {
    send(office, route).spawn().unwrap()
}

/// Lets a sender end, and returns what it printed; nobody's address may be in it.
fn end(sender: Child) -> String {
    let output = sender.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("@tinh.test"), "an address was told: {said}");
    said
}

fn each_recipient_has_each_publication_once_or_a_visible_reason(db: &Database) {
    let (office, postfix) = (MailOffice::on(db), Postfix::start());
    office.import((0..N_RECIPIENTS).map(|place| (address(place), place % N_UNITS)));
    office.publish();
    assert_eq!(office.n_in(MailState::Queued), N_RECIPIENTS);
    let route = postfix.by_starttls();
    let reached = |n: usize| wait_until("mail is sent", || office.n_in(MailState::Sent) >= n);

    // sipas dies in the middle.
    let mut sender = start(&office, &route);
    reached(100);
    sender.kill().unwrap();
    end(sender);
    // Then two at once, and the mail server dies in the middle.
    let senders = [start(&office, &route), start(&office, &postfix.by_tls())];
    reached(250);
    postfix.kill();
    for said in senders.map(end) {
        assert!(said.contains("cannot be reached") || said.contains("sent,"), "{said}");
    }
    // Another one dies while the server is gone; then it comes back.
    end(start(&office, &route));
    postfix.start_again();
    let mut sender = start(&office, &route);
    reached(350);
    sender.kill().unwrap();
    end(sender);
    wait_until("the claims of the dead have ended", || {
        end(start(&office, &route));
        office.n_in(MailState::Queued) == 0 && office.n_in(MailState::Sending) == 0
    });
    judge(&office, &postfix);

    // What was busy arrives later; what is uncertain is not sent again by itself.
    let n_uncertain = office.n_in(MailState::Uncertain);
    postfix.accept_everybody();
    let n_back = office.n_in(MailState::Temporary);
    assert_eq!(office.office.run(&["mail", "retry"]), format!("{n_back} mails are due again.\n"));
    end(start(&office, &route));
    assert_eq!(office.n_in(MailState::Temporary), 0);
    assert_eq!(office.n_in(MailState::Uncertain), n_uncertain);
    let delivered = judge(&office, &postfix);
    println!(
        "{}: {delivered} of {N_RECIPIENTS} delivered once, {n_uncertain} uncertain, {N_REFUSED} refused",
        office.office.database
    );
}

/// Holds what is in the mailboxes against what the queue says. Returns how many messages were delivered.
fn judge(office: &MailOffice, postfix: &Postfix) -> usize {
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    let delivered = postfix.delivered();
    for message in &delivered {
        assert!(message.message_id.ends_with("@tinh.test>"), "{}", message.message_id);
        *copies.entry(message.to.clone()).or_default() += 1;
    }
    let (mails, addresses) = (office.mails(), office.addresses());
    assert_eq!(mails.len(), N_RECIPIENTS);
    let (mut n_uncertain, mut n_temporary, mut n_refused) = (0, 0, 0);
    for mail in mails {
        let QueuedMail { state, reason, recipient, .. } = mail;
        let n_copies = copies.get(&addresses[&recipient]).copied().unwrap_or_default();
        let told = format!("recipient {recipient}: {state}, {n_copies} copies, {reason}");
        match state {
            MailState::Sent => assert_eq!(n_copies, 1, "{told}"),
            MailState::Temporary => {
                let why = ["451 4.2.1", "the connection to the mail server broke"];
                assert!(n_copies == 0 && why.iter().any(|why| reason.as_str().starts_with(why)), "{told}");
                n_temporary += 1;
            }
            MailState::Refused => {
                assert!(n_copies == 0 && reason.as_str().starts_with("550 "), "{told}");
                n_refused += 1;
            }
            MailState::Uncertain => {
                assert!(n_copies <= 1 && reason.as_str().contains("may have arrived or not"), "{told}");
                n_uncertain += 1;
            }
            _ => panic!("{told}"),
        }
    }
    // Two senders died, each at one mail, and two were at one each when the server died.
    assert!(n_uncertain <= 4 && n_refused == N_REFUSED, "{n_uncertain} uncertain, {n_refused} refused");
    assert!(n_temporary == 0 || (N_BUSY..=N_BUSY + 2).contains(&n_temporary), "{n_temporary} temporary");
    delivered.len()
}

#[test]
fn who_the_server_is_and_who_we_are_has_to_be_right() {
    let database = Database::sqlite();
    let (office, postfix) = (MailOffice::on(&database), Postfix::start());
    office.import([("a@tinh.test".to_owned(), 0), ("b@gone.test".to_owned(), 1)].into_iter());
    office.publish();
    let refused = |command: &mut Command, why: &str| {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(why), "{why}: {said}");
        assert!(!said.contains(PASSWORD) && office.n_in(MailState::Queued) == 2, "nothing was tried: {said}");
    };
    for route in [postfix.by_starttls(), postfix.by_tls()] {
        refused(send(&office, &route).env("SIPAS_MAIL_PASSWORD", "wrong"), "535");
        refused(send(&office, &route).env_remove("SIPAS_MAIL_PASSWORD"), "SIPAS_MAIL_PASSWORD");
        // Without the office's own authority its certificate says nothing.
        let strangers: Vec<String> = [&route[..2], &route[4..]].concat();
        refused(&mut send(&office, &strangers), "cannot be reached");
    }
    let plain =
        ["--mail", "smtp-plain://localhost:1", "--mail-from", SENDER, "--mail-quiet", "none"].map(str::to_owned);
    refused(&mut send(&office, &plain), "cannot be reached");
    refused(&mut send(&office, &["--mail".to_owned(), "smtp://localhost".to_owned()]), "--mail-from");

    assert!(end(start(&office, &postfix.by_tls())).starts_with("2 sent, 0 to be tried again"));
    // One of them comes back.
    let mailbox = postfix.returned().display().to_string();
    let said = office.office.run(&["mail", "bounces", &mailbox]);
    assert!(said.contains("1 notices of mail that came back: 1 new, 0 known, 0 about"), "{said}");
    let said = office.office.run(&["mail", "bounces", &mailbox]);
    assert!(said.contains("0 new, 1 known"), "{said}");
    let said = office.office.run(&["mail", "status", "--round", ROUND]);
    assert!(said.contains("1 sent, 1 returned") && said.contains("failed 5.1.1"), "{said}");
    assert!(!said.contains('@'), "{said}");
    assert!(office.office.run(&["recipient", "list"]).contains("mail comes back"));
}

#[test]
fn a_server_sends_what_waits_beside_its_other_work() {
    let database = Database::sqlite();
    let (office, postfix) = (MailOffice::on(&database), Postfix::start());
    office.import([("a@tinh.test".to_owned(), 0), ("b@tinh.test".to_owned(), 1)].into_iter());
    office.publish();
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), format!("{PASSWORD}\n")).unwrap();
    let route =
        [postfix.by_starttls(), vec!["--mail-password-file".to_owned(), secret.path().display().to_string()]].concat();
    let served = office.office.serve_with(&route.iter().map(String::as_str).collect::<Vec<_>>());
    wait_until("the server sends", || office.n_in(MailState::Sent) == 2);
    assert!(served.stop(), "it ends when it is asked to");
    let mut to: Vec<String> = postfix.delivered().into_iter().map(|message| message.to).collect();
    to.sort_unstable();
    assert_eq!(to, ["a@tinh.test", "b@tinh.test"]);
}
