//! Hostile forms: what no page of ours would send.

use super::InOrder;
use super::wire::{Wire, post_form};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Bodies that are no form of ours.
const NO_FORMS: &[&str] = &[
    "",
    "&",
    "=",
    "&&&===",
    "%",
    "%%%",
    "a=%",
    "a=%4",
    "a=%zz",
    "a=%ff",
    "a=%c0%80",
    "a=%ed%a0%80",
    "a=%u0041",
    "%00=%00",
    "response_id[]=1&round[]=1",
    "response_id=7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11",
    "{\"response_id\":1}",
    "<form/>",
    "--boundary\r\ncontent-disposition: form-data; name=\"round\"\r\n\r\nR2025\r\n--boundary--",
];

/// Sends forms that somebody made by hand.
pub(super) fn written(wire: &Wire, in_order: &InOrder) {
    let valid = in_order.form.encoded();
    for (from, to) in [
        ("response_id=", "response_id=x"),
        ("response_id=", "Response_id="),
        ("response_id=", "answer.x=1&response_id=&response_id="),
        ("round=", "round=%00"),
        ("round=", "round=a%2Fb&x="),
        ("round=", "rounds="),
    ] {
        assert!(valid.contains(from));
        wire.refuses(&post_form(valid.replacen(from, to, 1).as_bytes()), &[400]);
    }
    for body in NO_FORMS {
        wire.refuses(&post_form(body.as_bytes()), &[400]);
    }
    for extra in ["admin=1", "lang=en", "_method=DELETE", "csrf=1", "answer=1", "response_id=", "round=", "%20=1"] {
        wire.refuses(&post_form(format!("{valid}&{extra}").as_bytes()), &[400]);
    }
    for field in [
        "answer.TC1=4",
        "answer.TC1=5",
        "answer.=1",
        "answer.tc1=4",
        "answer.TC99=4",
        "answer.%00=4",
        "answer.__proto__=4",
        "answer.answer.TC2=4",
        "answer.comment=a&answer.comment=b",
        "answer.sex=female&answer.sex=male",
        "answer.TC2=%00",
        "answer.TC2=%E2%80%AE4",
    ] {
        wire.refuses(&post_form(format!("{valid}&{field}").as_bytes()), &[422]);
    }
    for value in ["", "0", "6", "4.0", "-4", "na", "four", "4;5", "%2B4", "%EF%BC%94", "'%20OR%201=1--", "%00", "4%004"]
    {
        let mut form = in_order.form.clone();
        form.filled.remove("answer.TC1");
        wire.refuses(&post_form(format!("{}&answer.TC1={value}", form.encoded()).as_bytes()), &[422]);
    }
    for control in ["%00", "%01", "%07", "%08", "%0B", "%1B%5B2J", "%7F", "%C2%85"] {
        let mut form = in_order.form.clone();
        form.filled.remove("answer.comment");
        wire.refuses(&post_form(format!("{}&answer.comment=a{control}b", form.encoded()).as_bytes()), &[422]);
    }
    for n_fields in [501, 5_000, 10_000] {
        let bomb: String = (0..n_fields).map(|n| format!("{n}=&")).collect();
        wire.refuses(&post_form(bomb.as_bytes()), &[400]);
        wire.refuses(&post_form(format!("{valid}&{}", "answer.TC1=4&".repeat(n_fields.min(4_000))).as_bytes()), &[400]);
    }
    wire.refuses(&post_form(format!("{valid}&answer.comment={}", "a".repeat(70_000)).as_bytes()), &[413]);
    let mut long = in_order.form.clone();
    long.fill("answer.comment", &"ữ".repeat(501));
    wire.refuses(&post_form(long.encoded().as_bytes()), &[422]);
}

/// What nobody thought of.
pub(super) fn generated(wire: &Wire, in_order: &InOrder) {
    let valid = in_order.form.encoded();
    wire.refuses_all(100, &vec(any::<u8>(), 0..300), |bytes| post_form(bytes), &[400]);
    wire.refuses_all(60, &"[a-z._%&=+0-9]{0,200}", |text| post_form(text.as_bytes()), &[400]);
    // A form without one of its required fields, whichever it is.
    let required: Vec<String> =
        in_order.form.five_point().into_iter().chain(["round".into(), "response_id".into()]).collect();
    let without = |at: &Index| {
        let mut form = in_order.form.clone();
        form.filled.remove(at.get(&required));
        post_form(form.encoded().as_bytes())
    };
    wire.refuses_all(60, &any::<Index>(), without, &[400, 422]);
    let spoilt = |(at, odd): &(Index, &str)| {
        let at = at.index(valid.len());
        // Not inside a percent sign's two digits, where it would make another letter of them.
        let at = valid[..at].rfind('&').unwrap_or(0);
        post_form(format!("{}{odd}{}", &valid[..at], &valid[at..]).as_bytes())
    };
    let odd = prop::sample::select(vec!["%", "%f", "%ff", "%C3", "&x", "&=%", "&%00", "&answer.x=1"]);
    wire.refuses_all(80, &(any::<Index>(), odd), spoilt, &[400, 422]);
}
