//! Recipients and their mail, as an operator handles them.

use super::{office, refused};
use crate::harness::Database;
use crate::harness::mail::MailOffice;
use crate::harness::office::ROUND;
use sipas::domain::outbox::{MailState, office_time};

fn file(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("recipients.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn recipients_are_taken_whole_or_not_at_all_and_never_doubled() {
    let (office, _database) = office();
    office.open_round();
    let folder = tempfile::tempdir().unwrap();
    let wrong = file(
        &folder,
        "address,role,unit,language,schedule,pdf\n\
         chutich@mot.test,chair,T1,vi,monthly;at-publication,yes\n\
         no address,chair,T1,,,\n\
         a@mot.test,king,T9,fr,weekly,perhaps\n\
         press@bao.test,reader,T,,monthly,\n\
         ChuTich@mot.test,official,T1,,,\n",
    );
    let said = refused(office.try_run(&["recipient", "import", &wrong]));
    for place in [
        "row 3, column address: is no mail address",
        "row 4, column role: \"king\"",
        "row 4, column unit: there is no unit T9",
        "row 4, column language: \"fr\"",
        "row 4, column schedule: \"weekly\"",
        "row 4, column pdf: \"perhaps\"",
        "row 5, column schedule: a reader gets published figures only",
        "row 6, column address: the address is in row 2",
    ] {
        assert!(said.contains(place), "{place} is missing in:\n{said}");
    }
    assert!(!said.contains("ChuTich@") && !said.contains("no address,"), "a fault repeats no address: {said}");
    assert!(!office.run(&["recipient", "list"]).contains("mot.test"), "nothing was taken");

    let good = file(&folder, "address;role;unit;pdf\nchutich@mot.test;chair;T1;yes\nmotcua@mot.test;head;T1-01;\n");
    assert_eq!(office.run(&["recipient", "import", &good]), "2 recipients are new, 0 changed, 0 were there just so.\n");
    assert!(office.run(&["recipient", "import", &good]).starts_with("0 recipients are new, 0 changed, 2 were"));
    let add = ["recipient", "add", "CHUTICH@mot.test", "--role", "chair", "--unit", "T1", "--language", "en"];
    assert!(office.run(&add).starts_with("0 recipients are new, 1 changed"));
    let listed = office.run(&["recipient", "list"]);
    assert!(listed.contains("at-publication") && listed.contains(" en "), "{listed}");
    let early = ["recipient", "add", "x@y.test", "--role", "reader", "--unit", "T", "--schedule", "quarterly"];
    assert!(refused(office.try_run(&early)).contains("published figures only"));
    assert!(office.run(&["recipient", "remove", "1"]).contains("is erased"));
    assert!(!office.run(&["recipient", "list"]).contains("CHUTICH"));
    assert!(refused(office.try_run(&["recipient", "remove", "1"])).contains("recipient 1 is not in the database"));
}

#[test]
fn a_dry_run_shows_each_letter_and_sends_none() {
    let database = Database::sqlite();
    let office = MailOffice::on(&database);
    office.import([("a@mot.test".to_owned(), 1), ("b@hai.test".to_owned(), 2)].into_iter());
    office.publish();
    let folder = tempfile::tempdir().unwrap();
    let to = format!("folder:{}", folder.path().join("out").display());
    let said = office.office.run(&["mail", "send", "--mail", &to]);
    assert!(said.contains("2 mails were written") && said.contains("Nothing was sent"), "{said}");
    let said = office.office.run(&["mail", "send", "--mail", &to]);
    assert!(said.contains("0 mails were written") && said.contains("2 were there"), "{said}");
    let written = folder.path().join("out").join(format!("{ROUND}-r1-T1-1.eml"));
    let message = std::fs::read_to_string(written).unwrap();
    for part in ["To: a@mot.test", "Auto-Submitted: auto-generated", "Message-ID: <", "multipart/alternative"] {
        assert!(message.contains(part), "{part} is missing in:\n{message}");
    }
    assert_eq!(office.n_in(MailState::Queued), 2);
    let said = office.office.run(&["mail", "status"]);
    assert!(said.ends_with("2 queued\n") && !said.contains('@'), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&office.office.run(&["mail", "status", "--format", "json"])).unwrap();
    assert_eq!((&json["counts"]["queued"], json["mails"].as_array().unwrap().len()), (&2.into(), 2));
}

#[test]
fn the_letter_of_a_whole_index_says_rank_change_and_how_sure() {
    let database = Database::sqlite();
    let office = MailOffice::on(&database);
    office.collect("thu-2024", "2024", 5);
    office.complete("2024", "T1");
    office.complete("2025", "T2");
    let index = office.office.run(&["index", "--round", ROUND, "--format", "json"]);
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let unit = index["units"].as_array().unwrap().iter().find(|unit| unit["unit"] == "T1").unwrap();
    let comma = |number: &serde_json::Value| format!("{:.2}", number.as_f64().unwrap()).replace('.', ",");
    let folder = tempfile::tempdir().unwrap();
    let letter = |language: &str| {
        let out = folder.path().join(language).display().to_string();
        let preview = ["mail", "preview", "--round", ROUND, "--unit", "T1", "--language", language, "--out", &out];
        let said = office.office.run(&preview);
        std::fs::read_to_string(said.lines().find(|line| line.ends_with(".txt")).unwrap()).unwrap()
    };
    let (vietnamese, english) = (letter("vi"), letter("en"));
    let (published, ends) = (comma(&unit["index"]["published"]), &unit["index"]["estimate"]["interval"]);
    for part in [
        &format!("CCHC 2025: Huyện Một: {published} %, tăng "),
        " điểm, cao hơn năm trước, hạng 1/2, tăng 1 bậc",
        &format!("khoảng tin cậy 95 %: {}–{}", comma(&ends["low"]), comma(&ends["high"])),
        "khoảng hạng: 1",
    ] {
        assert!(vietnamese.contains(part), "{part} is missing in:\n{vietnamese}");
    }
    assert!(!vietnamese.contains("tạm tính"), "{vietnamese}");
    assert!(english.contains("higher than the year before, rank 1 of 2, up 1 place"), "{english}");
}

#[test]
fn nothing_goes_out_in_quiet_hours() {
    let database = Database::sqlite();
    let office = MailOffice::on(&database);
    office.import([("a@mot.test".to_owned(), 1)].into_iter());
    office.publish();
    let now = chrono::Utc::now().with_timezone(&office_time());
    let at = |hours| (now + chrono::TimeDelta::hours(hours)).format("%H:%M").to_string();
    let quiet = format!("{}-{}", at(-1), at(1));
    // Port 1 has no mail server; it is not even looked for.
    let route = ["mail", "send", "--mail", "smtp-plain://127.0.0.1:1", "--mail-from", "a@b.test", "--mail-quiet"];
    let said = office.office.run(&[&route[..], &[&quiet]].concat());
    assert!(said.contains("quiet hours, until"), "{said}");
    assert!(refused(office.office.try_run(&[&route[..], &["none"]].concat())).contains("cannot be reached"));
    assert!(refused(office.office.try_run(&[&route[..], &["8pm-7am"]].concat())).contains("20:00-07:00"));
}

#[test]
fn a_public_server_has_to_be_told_where_mail_goes() {
    let database = Database::sqlite();
    let office = MailOffice::on(&database);
    let public = ["--public-url", "https://khaosat.test"];
    drop(office.office.serve_with(&public));
    office.import([("a@mot.test".to_owned(), 1)].into_iter());
    let serve = [&["serve", "--listen", "127.0.0.1:0"][..], &public].concat();
    let said = refused(office.office.try_run(&serve));
    assert!(said.contains("--mail smtp://") && said.contains("--mail none"), "{said}");
    drop(office.office.serve_with(&[&public[..], &["--mail", "none"]].concat()));
    let no_letter = ["mail", "preview", "--round", "none", "--unit", "T", "--out", "x"];
    assert!(refused(office.office.try_run(&no_letter)).contains("there is no round none"));
}
