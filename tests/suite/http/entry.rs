//! Typing in paper: twice, compared, stored once.

use super::client::{Answer, BROWSER, Client, FORM};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{area_code, round_code};
use sipas::domain::device::DeviceKind;

on_both!(
    a_form_typed_alike_by_two_people_is_stored_once,
    what_differs_is_shown_settled_and_counted,
    what_is_blank_on_paper_stays_blank_and_what_is_no_key_is_said,
    a_form_whose_number_cannot_be_printed_is_refused,
);

/// A clerk at a device of their own.
struct Clerk<'a> {
    client: Client,
    cookie: String,
    door: &'a Door,
}

impl<'a> Clerk<'a> {
    fn at(door: &'a Door) -> Self {
        let client = Client::of(door);
        let enrolment = door.service().enrol_device(&area_code(DESK), DeviceKind::Entry, "máy nhập").unwrap();
        let paired = client.post_form("/kiosk/pair", &format!("code={}", enrolment.pairing));
        assert_eq!((paired.status, paired.header("location")), (303, Some("/entry")));
        let cookie = paired.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { client, cookie, door }
    }

    /// Types every five-point item as `key`, with some fields in other ways.
    fn enter(&self, form: &str, key: u8, others: &[(&str, &str)]) -> Answer {
        let items = self.door.five_point_items();
        let mut fields: Vec<(String, String)> =
            items.iter().map(|item| (format!("typed.{item}"), key.to_string())).collect();
        fields.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
        fields.extend(others.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields.extend([("desk".to_owned(), DESK.to_owned()), ("form".to_owned(), form.to_owned())]);
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client.send("POST", "/entry", &[BROWSER, FORM, ("cookie", &self.cookie)], body.join("&").as_bytes())
    }
}

fn a_form_typed_alike_by_two_people_is_stored_once(database: &Database) {
    let door = Door::on(database);
    let (one, two) = (Clerk::at(&door), Clerk::at(&door));
    let first = one.enter("17", 4, &[]);
    assert!(first.status == 200 && first.body.contains("lần nhập thứ nhất của phiếu 17"), "{}", first.body);
    assert_eq!(one.enter("17", 5, &[]).status, 200, "the same person may type it in again, which corrects the first");
    assert_eq!(door.n_stored(), 0, "one person alone stores nothing");
    let second = two.enter("17", 5, &[]);
    assert!(second.status == 200 && second.body.contains("Phiếu 17 đã được ghi nhận"), "{}", second.body);
    assert_eq!(door.n_stored(), 1);
    let again = two.enter("17", 5, &[]);
    assert!(again.status == 200 && again.body.contains("từ trước, giống hệt"), "{}", again.body);
    let other = two.enter("17", 1, &[]);
    assert!(other.status == 422 && other.body.contains("với câu trả lời khác"), "{}", other.body);
    assert_eq!(door.n_stored(), 1);
    let report = door.service().paper(&round_code(ROUND)).unwrap();
    let checks = report.checks[&area_code(DESK)];
    assert_eq!((report.waiting.len(), checks.forms, checks.different), (0, 1, 0));

    let stranger = Client::of(&door).send("GET", "/entry", &[BROWSER], b"");
    assert_eq!((stranger.status, stranger.header("location")), (303, Some("/kiosk")));
}

fn what_differs_is_shown_settled_and_counted(database: &Database) {
    let door = Door::on(database);
    let (one, two) = (Clerk::at(&door), Clerk::at(&door));
    let items = door.five_point_items();
    let field = format!("typed.{}", items[2]);
    assert_eq!(one.enter("A-1", 4, &[]).status, 200);
    let differs = two.enter("A-1", 4, &[(&field, "2")]);
    assert_eq!(differs.status, 409);
    assert!(differs.body.contains("name=\"different\" value=\"1\""), "{}", differs.body);
    assert_eq!(differs.body.matches("Lần nhập thứ nhất: 4").count(), 1, "the other reading stands at its item");
    assert!(differs.body.contains(&format!("href=\"#{}\"", items[2])));
    assert_eq!(door.n_stored(), 0);
    let settled = two.enter("A-1", 4, &[("different", "1")]);
    assert!(settled.status == 200 && settled.body.contains("Phiếu A-1 đã được ghi nhận"), "{}", settled.body);
    assert_eq!(door.n_stored(), 1);
    let checks = door.service().paper(&round_code(ROUND)).unwrap().checks[&area_code(DESK)];
    assert_eq!((checks.forms, checks.different), (1, 1));
    assert!(checks.error_rate().is_some_and(|rate| rate > 0.0 && rate < 0.1));
}

fn what_is_blank_on_paper_stays_blank_and_what_is_no_key_is_said(database: &Database) {
    let door = Door::on(database);
    let (one, two) = (Clerk::at(&door), Clerk::at(&door));
    let items = door.five_point_items();
    let (blank, odd) = (format!("typed.{}", items[0]), format!("typed.{}", items[1]));
    let faulty = one.enter("9", 3, &[(&blank, ""), (&odd, "7"), ("typed.sex", "2")]);
    assert_eq!(faulty.status, 422);
    assert_eq!(faulty.body.matches("aria-invalid=\"true\"").count(), 1, "what is blank is no fault");
    assert!(faulty.body.contains("value=\"7\""), "what was typed is kept");
    let rest = [(blank.as_str(), ""), ("typed.sex", "2"), ("typed.comment", "Rất+tốt")];
    assert_eq!(one.enter("9", 3, &rest).status, 200);
    assert_eq!(two.enter("9", 3, &rest).status, 200);
    assert_eq!(door.n_stored(), 1);
    assert_eq!(one.enter("", 3, &[]).status, 422, "a form has a number");
}

fn a_form_whose_number_cannot_be_printed_is_refused(database: &Database) {
    let door = Door::on(database);
    let clerk = Clerk::at(&door);
    for odd in ["%00", "1%0A2", "7%7F", &"7".repeat(65), ""] {
        let said = clerk.enter(odd, 4, &[]);
        assert!(said.status == 422 && said.body.contains("ký tự in được"), "{odd}: {} {}", said.status, said.body);
    }
    assert!(door.service().paper(&round_code(ROUND)).unwrap().waiting.is_empty());
}
