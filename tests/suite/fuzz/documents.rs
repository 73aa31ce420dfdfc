//! Bodies: any JSON, any bytes, and what is almost the answer of a citizen.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::ops::Range;

/// Markup that would run if a page gave it back as it was typed.
pub(super) const MARKUP: &str = "\"'><svg/onload=alert(1)>";

/// Texts that somebody might type or send, and some that nobody should.
const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "4",
    "5",
    "6",
    "-1",
    "04",
    "4.0",
    "na",
    "NA",
    "female",
    "K1",
    "T1-01",
    "kiosk",
    "web",
    "phone",
    "thu-2025",
    "KQ7M2XYZ",
    "kq7m-2xyz",
    "KQ7M 2XYZ",
    "O0I1L8B5",
    "2026-11-24T09:30:00+07:00",
    "2026-02-30T25:61:61Z",
    "9999999999999999999",
    "7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11",
    "00000000-0000-0000-0000-000000000000",
    "\u{0}",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{feff}",
    "e\u{301}",
    "đúng hẹn",
    "{{7*7}}",
    "%s%n",
    "../../etc/passwd",
    "' OR 1=1 --",
    MARKUP,
];

/// Members and fields that exist somewhere, for places where they do not.
const NAMES: &[&str] = &[
    "id",
    "desk",
    "channel",
    "answers",
    "seconds",
    "device",
    "answered_at",
    "receipt",
    "sequence",
    "proof",
    "trap",
    "code",
    "response_id",
    "round",
    "begun",
    "lang",
    "assigned",
    "waiting",
    "aside",
    "version",
    "answer.TC1",
    "answer.comment",
    "TC1",
    "comment",
    "sex",
    "__proto__",
    "",
];

/// Any text.
pub(super) fn any_text() -> BoxedStrategy<String> {
    let known = select(TEXTS).prop_map(str::to_owned);
    prop_oneof![6 => known, 3 => "\\PC{0,20}", 1 => "(?s).{0,40}", 1 => "[a-zữ]{0,600}"].boxed()
}

/// Any name of a member, field or header's value.
pub(super) fn any_name() -> BoxedStrategy<String> {
    prop_oneof![5 => select(NAMES).prop_map(str::to_owned), 1 => "[a-z/~.\\[\\]]{0,8}"].boxed()
}

/// Any JSON document; hardly one is a response, as that would need an id.
pub(crate) fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        (-1e300..1e300).prop_map(|value: f64| format!("{value:e}")),
        "\\PC{0,20}".prop_map(|text| quoted(&text)),
    ];
    let key = prop_oneof!["id", "desk", "channel", "answers", "TC1", "[a-z/~]{0,6}"];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            vec(inner, 0..6).prop_map(|values| format!("[{}]", values.join(","))),
            vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// Names and values in order, of an object or a form.
pub(super) type Pairs = Vec<(String, String)>;

/// A change to some pairs.
#[derive(Debug, Clone)]
enum Edit {
    Set(Index, String),
    Remove(Index),
    Repeat(Index),
    Add(Index, String, String),
}

impl Edit {
    fn any(value: BoxedStrategy<String>) -> impl Strategy<Value = Self> {
        prop_oneof![
            4 => (any::<Index>(), value.clone()).prop_map(|(at, value)| Self::Set(at, value)),
            1 => any::<Index>().prop_map(Self::Remove),
            1 => any::<Index>().prop_map(Self::Repeat),
            2 => (any::<Index>(), any_name(), value).prop_map(|(at, name, value)| Self::Add(at, name, value)),
        ]
    }

    fn apply(self, pairs: &mut Pairs) {
        let n = pairs.len();
        match self {
            Self::Add(at, name, value) => pairs.insert(at.index(n + 1), (name, value)),
            _ if n == 0 => {}
            Self::Set(at, value) => pairs[at.index(n)].1 = value,
            Self::Remove(at) => drop(pairs.remove(at.index(n))),
            Self::Repeat(at) => pairs.push(pairs[at.index(n)].clone()),
        }
    }
}

/// Pairs with a few changes, or none.
fn edited(pairs: Pairs, n: Range<usize>, value: BoxedStrategy<String>) -> impl Strategy<Value = Pairs> {
    vec(Edit::any(value), n).prop_map(move |edits| {
        let mut pairs = pairs.clone();
        edits.into_iter().for_each(|edit| edit.apply(&mut pairs));
        pairs
    })
}

/// An id: nearly always one that was never there.
fn id() -> impl Strategy<Value = String> {
    let fresh = any::<[u8; 16]>().prop_map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid().to_string());
    prop_oneof![8 => fresh, 1 => Just("7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11".to_owned())]
}

/// A response as JSON, with a few changes in it or none; `members` and `answers` are raw JSON and in order.
pub(super) fn almost_a_response(members: Pairs, answers: Pairs) -> impl Strategy<Value = String> {
    let value = prop_oneof![3 => any_text().prop_map(|text| quoted(&text)), 2 => (-1i64..8).prop_map(|n| n.to_string()), 1 => any_json()];
    let parts = (id(), edited(members, 0..3, value.clone().boxed()), edited(answers, 0..3, value.boxed()));
    parts.prop_map(|(id, mut members, answers)| {
        let object = |pairs: &Pairs| {
            let members: Vec<String> = pairs.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
            format!("{{{}}}", members.join(","))
        };
        let answers = object(&answers);
        for (name, value) in &mut members {
            match name.as_str() {
                "id" if value.is_empty() => *value = quoted(&id),
                "answers" if value.is_empty() => value.clone_from(&answers),
                _ => {}
            }
        }
        object(&members)
    })
}

/// A form with a few changes in it or none.
pub(super) fn almost_a_form(fields: Pairs) -> impl Strategy<Value = String> {
    (id(), edited(fields, 0..4, any_text())).prop_map(|(id, mut fields)| {
        for (name, value) in &mut fields {
            if name == "response_id" && value.is_empty() {
                value.clone_from(&id);
            }
        }
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        pairs.join("&")
    })
}

/// A body that was hurt on its way: cut off, or with other bytes in it.
pub(super) fn damaged(body: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    (body, any::<Index>(), vec((any::<Index>(), any::<u8>()), 0..4)).prop_map(|(body, end, odd)| {
        let mut bytes = body.into_bytes();
        if odd.is_empty() {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        for (at, byte) in odd {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes
    })
}

/// A text as JSON has it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text as forms and addresses have it.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
