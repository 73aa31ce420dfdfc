//! A citizen with a phone and without JavaScript.

use super::browser::Form;
use super::client::{self, Client};
use crate::harness::Database;
use crate::harness::door::{CLOSED_ROUND, Door, IDLE_DESK, ROUND};
use crate::harness::province::each_row;
use sipas::domain::quality::{Reason, Reasons};

on_both!(
    a_faulty_form_comes_back_with_every_fault_in_place_and_nothing_lost,
    a_form_sent_twice_is_thanked_twice_and_stored_once,
    a_form_changed_after_it_was_stored_is_explained_kindly,
    a_busy_server_keeps_what_was_typed,
    a_desk_without_an_open_round_says_so_kindly,
    a_form_for_a_round_that_has_closed_says_so_kindly,
    a_form_sent_at_once_is_a_speeder_and_an_old_one_is_not,
);

/// The address of [`DESK`]'s page.
const PAGE: &str = "/s/K1";

#[test]
fn the_page_asks_everything_and_suggests_nothing() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let page = client.get(PAGE);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<html lang=\"vi\" dir=\"ltr\">"));
    assert_scripts_are_own_files(&page.body);
    let form = Form::in_page(&page);
    assert!(form.fields.iter().all(|field| !field.checked), "nothing is pre-selected");
    let five_point = form.five_point();
    assert!(five_point.len() >= 19, "{}", five_point.len());
    assert_eq!(page.body.matches("<fieldset").count(), page.body.matches("<legend").count());
    for field in form.fields.iter().filter(|field| field.kind == "radio") {
        assert!(!field.id.is_empty(), "{field:?}");
    }
    assert_eq!(page.body.matches("href=\"#face-1\"").count(), five_point.len(), "each choice has a symbol");
    assert!(page.body.contains("Rất không hài lòng") && page.body.contains("Rất hài lòng"), "and words");
}

/// Scripts come from this server, after the page, and none is written into it: the page is whole without them.
fn assert_scripts_are_own_files(body: &str) {
    for script in body.split("<script").skip(1) {
        let (attributes, content) = script.split_once('>').unwrap();
        assert!(attributes.starts_with(" src=\"/page/") && attributes.ends_with("\" defer"), "{attributes}");
        assert!(content.starts_with("</script>"), "{content}");
    }
    assert!(!body.contains(" onclick=") && !body.contains("javascript:"));
}

#[test]
fn each_view_has_an_id_of_its_own() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let id = || Form::in_page(&client.get(PAGE)).filled["response_id"][0].clone();
    let (first, second) = (id(), id());
    assert_ne!(first, second);
    assert!(sipas::domain::ids::ResponseId::parse(&first).is_ok(), "{first}");
}

#[test]
fn the_language_is_chosen_by_address_only_and_kept() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let english = client.get("/s/K1?lang=en");
    assert!(english.body.contains("<html lang=\"en\" dir=\"ltr\">") && english.body.contains("Very dissatisfied"));
    let browser_says_english = client.send("GET", PAGE, &[("accept-language", "en-GB,en")], b"");
    assert!(browser_says_english.body.contains("<html lang=\"vi\" dir=\"ltr\">"));
    assert!(client.get("/s/K1?lang=xx").body.contains("<html lang=\"vi\" dir=\"ltr\">"));

    let mut form = Form::in_page(&english);
    assert_eq!(form.action, "/s/K1?lang=en");
    let refused = form.send(&client);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("<html lang=\"en\" dir=\"ltr\">"));
    form = Form::in_page(&refused);
    form.fill_all();
    let thanks = form.send(&client);
    assert_eq!(thanks.header("location"), Some("/s/K1/thanks?lang=en"));
    assert!(client.get(thanks.header("location").unwrap()).body.contains("<html lang=\"en\" dir=\"ltr\">"));
}

#[test]
fn a_code_in_the_address_is_filled_in_and_kept() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let page = client.get("/s/K1?c=abcd-2345");
    assert!(page.body.contains("href=\"/s/K1?lang=en&amp;c=abcd-2345\""), "the other language keeps the code");
    let mut form = Form::in_page(&page);
    assert_eq!(form.filled["receipt"], ["abcd-2345"]);
    assert_eq!(form.action, "/s/K1", "the code is in the form, not in an address that a log may keep");
    form.fill("receipt", "abcd-2346");
    let again = Form::in_page(&form.send(&client));
    assert_eq!(again.filled["receipt"], ["abcd-2346"], "what was typed counts");

    let hostile = client.get("/s/K1?c=%22%3E%3Cscript%3E%26x");
    assert_scripts_are_own_files(&hostile.body);
    assert_eq!(Form::in_page(&hostile).filled["receipt"], ["\"><script>&x"]);
    assert!(hostile.body.contains("href=\"/s/K1?lang=en\""), "what is no code is not passed on");
    assert_eq!(Form::in_page(&client.get(PAGE)).filled["receipt"], [""]);
}

#[test]
fn reasons_are_offered_to_everybody_without_a_script_and_say_for_whom_they_are() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let page = client.get(PAGE);
    let (_, reasons) = page.body.split_once("data-when=\"").expect("an item that waits for others");
    let (waits_for, reasons) = reasons.split_once('"').unwrap();
    let fields: Vec<&str> = waits_for.split(' ').collect();
    let mut form = Form::in_page(&page);
    assert_eq!(fields, form.five_point());
    assert!(reasons.starts_with(" data-is=\"1 2\">"), "{}", &reasons[..40]);
    assert!(reasons.contains("<span class=\"only-if\">Chỉ trả lời nếu"));
    form.fill_all();
    form.fill(fields[0], "2");
    assert!(form.filled.contains_key("answer.reasons"));
    assert_eq!(form.send(&client).status, 303);
    assert_eq!(door.n_stored(), 1);
}

#[test]
fn the_field_for_programs_is_hidden_from_people_and_never_refuses() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let page = client.get(PAGE);
    let (before, field) = page.body.split_once(" name=\"website\"").unwrap();
    assert!(before.rsplit_once("<div").unwrap().1.contains("class=\"unseen\" aria-hidden=\"true\""));
    assert!(field.starts_with(" value=\"\" tabindex=\"-1\" autocomplete=\"off\">"));
    let mut form = Form::in_page(&page);
    form.fill_all();
    form.fill("website", "https://example.org");
    assert_eq!(form.send(&client).status, 303, "whoever fills it in learns nothing");
    assert_eq!(door.n_stored(), 1);
}

fn a_faulty_form_comes_back_with_every_fault_in_place_and_nothing_lost(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(PAGE));
    form.fill_all();
    let questions = form.five_point();
    let comment = form.names("textarea")[0].clone();
    let typed = "\nDòng đầu trống & \"nháy\" </textarea><script>alert('1')</script> &amp; 100%";
    form.filled.remove(&questions[0]);
    form.fill(&questions[1], "6");
    form.fill(&comment, typed);
    let again = form.send(&client);
    assert_eq!(again.status, 422);
    assert_eq!(again.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(again.body.contains("&lt;script&gt;"), "what was typed is text, never markup");
    assert_scripts_are_own_files(&again.body);

    let shown = Form::in_page(&again);
    assert_eq!(shown.filled["response_id"], form.filled["response_id"], "the same response");
    assert_eq!(shown.filled[&comment], [typed]);
    for (name, values) in &form.filled {
        if name != &questions[1] {
            assert_eq!(shown.filled.get(name), Some(values), "{name} was lost");
        }
    }
    assert_eq!(again.body.matches("<p class=\"fault\"").count(), 2, "each fault stands at its question");
    let summary = again.body.split_once("role=\"alert\"").unwrap().1.split_once("</section>").unwrap().0;
    for question in &questions[..2] {
        let first_choice = &shown.fields.iter().find(|field| &field.name == question).unwrap().id;
        assert!(summary.contains(&format!("href=\"#{first_choice}\"")), "{question} is not linked: {summary}");
    }
    assert_eq!(door.n_stored(), 0);

    let mut mended = shown;
    mended.fill(&questions[0], "5");
    mended.fill(&questions[1], "5");
    mended.fill(&comment, "Cảm ơn");
    assert_eq!(mended.send(&client).status, 303);
    assert_eq!(door.n_stored(), 1);
}

fn a_form_sent_twice_is_thanked_twice_and_stored_once(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(PAGE));
    form.fill_all();
    for _ in 0..2 {
        let thanked = form.send(&client);
        assert_eq!(thanked.status, 303);
        assert_eq!(thanked.header("location"), Some("/s/K1/thanks"));
    }
    let thanks = client.get("/s/K1/thanks");
    assert_eq!(thanks.status, 200);
    assert!(thanks.body.contains("Cảm ơn"));
    assert_eq!(door.n_stored(), 1);
}

fn a_form_changed_after_it_was_stored_is_explained_kindly(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(PAGE));
    form.fill_all();
    assert_eq!(form.send(&client).status, 303);
    let question = form.five_point()[0].clone();
    form.fill(&question, "1");
    let conflict = form.send(&client);
    assert_eq!(conflict.status, 409);
    assert!(conflict.body.contains("Phiếu này đã được gửi với câu trả lời khác"));
    assert!(conflict.body.contains("href=\"/s/K1\""), "a way to a new form");
    assert_eq!(door.n_stored(), 1);
}

fn a_busy_server_keeps_what_was_typed(database: &Database) {
    Door::while_full(database, |door| {
        let client = Client::of(door);
        let mut form = Form::in_page(&client.get(PAGE));
        form.fill_all();
        let busy = form.send(&client);
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")));
        assert!(busy.body.contains("form=\"survey\""), "a button to try again");
        assert_eq!(Form::in_page(&busy).filled, form.filled, "nothing is lost, not even the id");
        assert_eq!(door.n_stored(), 0);
    });
}

fn a_desk_without_an_open_round_says_so_kindly(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let idle = client.get(&format!("/s/{IDLE_DESK}"));
    assert_eq!(idle.status, 404);
    assert!(idle.body.contains("Nơi này chưa có khảo sát"), "{}", idle.body);
    assert_eq!(client.send("GET", &format!("/s/{IDLE_DESK}"), &[], b"").slug(), "desk-not-open");
    for desk in ["NO-SUCH-DESK", "%00", "a%2fb", "%C3%A9", "%zz"] {
        let page = client.get(&format!("/s/{desk}"));
        assert_eq!(page.status, 404, "{desk}");
        assert!(page.body.contains("Không tìm thấy nơi này"), "{desk}");
        assert_eq!(client.send("GET", &format!("/s/{desk}"), &[], b"").slug(), "unknown-desk");
    }
}

fn a_form_for_a_round_that_has_closed_says_so_kindly(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(PAGE));
    form.fill_all();
    form.fill("round", CLOSED_ROUND);
    let late = form.send(&client);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Khảo sát đã kết thúc"), "{}", late.body);
    let question = form.five_point()[0].clone();
    form.filled.remove(&question);
    assert_eq!(form.send(&client).status, 409, "nobody is asked to mend what cannot be taken");
    assert_eq!(door.n_stored(), 0);
}

#[test]
fn pages_are_sealed_small_and_not_kept() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let shown = client.get(PAGE);
    let policy = shown.header("content-security-policy").unwrap();
    for part in
        ["default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert_eq!(shown.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    assert!(shown.header("x-request-id").is_some_and(|id| id.len() == 32));
    assert!(!shown.body.contains("http://") && !shown.body.contains("https://"), "no third party");
    assert!(!shown.body.contains(" style="), "the policy would drop it");

    let files: Vec<&str> = ["href=\"", "src=\""]
        .iter()
        .flat_map(|attribute| shown.body.split(attribute).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(address, _)| address))
        .filter(|address| address.starts_with("/page/"))
        .collect();
    assert_eq!(files.len(), 2 + shown.body.matches("<script").count(), "{files:?}");
    for path in &files {
        let file = client.get(path);
        assert_eq!(file.status, 200, "{path}");
        let (name, _) = path.split_once("?v=").expect("an address with the digest");
        let (_, end) = name.rsplit_once('.').unwrap();
        let media_types =
            [("css", "text/css; charset=utf-8"), ("js", "text/javascript; charset=utf-8"), ("svg", "image/svg+xml")];
        let media_type = media_types.iter().find(|(known, _)| *known == end).map(|(_, media_type)| *media_type);
        assert_eq!(file.header("content-type"), media_type, "{path}");
        assert!(file.header("cache-control").unwrap().contains("immutable"), "{path}");
        let tag = file.header("etag").unwrap();
        assert_eq!(client.send("GET", path, &[("if-none-match", tag)], b"").status, 304);
        assert_eq!(client.send("GET", path, &[("if-none-match", "\"other\"")], b"").status, 200);
        assert_eq!(client.get(name).header("cache-control"), Some("no-cache"));
    }

    let zipped = |path: &str| -> u64 {
        let answer = client::raw_get(&door, path, "accept: text/html\r\naccept-encoding: gzip\r\n");
        assert!(answer.to_ascii_lowercase().contains("content-encoding: gzip"), "{path}");
        answer.split_once("\r\n\r\n").unwrap().1.chars().count() as u64
    };
    let sizes: Vec<(&str, u64)> = [PAGE].iter().chain(&files).map(|path| (*path, zipped(path))).collect();
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < 30_000, "the first view has {total} bytes: {sizes:?}");
    println!("the first view has {total} bytes compressed: {sizes:?}");
}

/// The flags of all answers of the round.
fn flags(door: &Door) -> Vec<Reasons> {
    let mut found = Vec::new();
    each_row(&door.store, ROUND, |row| found.push(row.flags));
    found
}

fn a_form_sent_at_once_is_a_speeder_and_an_old_one_is_not(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let send = |begun: Option<&str>| {
        let mut form = Form::in_page(&client.get(PAGE));
        form.fill_all();
        if let Some(begun) = begun {
            form.filled.insert("begun".to_owned(), begun.split_whitespace().map(str::to_owned).collect());
        }
        form.send(&client)
    };
    assert_eq!(send(None).status, 303);
    assert!(flags(&door).iter().all(|flags| flags.has(Reason::Speeder)), "filled in within a second");
    // A tab that was left open for years says nothing about how fast its questions were read.
    assert_eq!(send(Some("1000000000")).status, 303);
    assert_eq!(flags(&door).iter().filter(|flags| flags.is_empty()).count(), 1);
    for broken in ["soon", "99999999999999999999", "1800000000 1800000000"] {
        let reply = send(Some(broken));
        assert_eq!(reply.status, 400, "{broken}");
    }
    assert_eq!(flags(&door).len(), 2, "nothing of a broken form is stored");
}
