//! A browser without JavaScript: reads the fields out of a page, lets a visitor fill them in, and encodes the form.

use super::client::{Answer, Client};
use std::collections::BTreeMap;

/// A form field as the page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) id: String,
    pub(crate) checked: bool,
}

/// A form, filled in by name.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) filled: BTreeMap<String, Vec<String>>,
}

impl Form {
    /// Reads the one form of a page, with whatever the page has ticked or typed already.
    pub(crate) fn in_page(page: &Answer) -> Self {
        let html = page.body.split_once("<form").expect("a form").1.split_once("</form>").expect("its end").0;
        let action = attribute(html, "action").unwrap();
        let mut fields = Vec::new();
        for tag in html.split('<').skip(1) {
            let (kind, value) = if tag.starts_with("textarea") {
                let typed = tag.split_once('>').unwrap().1;
                ("textarea".to_owned(), unescaped(typed.strip_prefix('\n').unwrap_or(typed)))
            } else if tag.starts_with("input") {
                (attribute(tag, "type").unwrap(), attribute(tag, "value").unwrap_or_default())
            } else {
                continue;
            };
            let name = attribute(tag, "name").unwrap();
            let id = attribute(tag, "id").unwrap_or_default();
            fields.push(Field { kind, name, value, id, checked: tag.split('>').next().unwrap().ends_with(" checked") });
        }
        let mut filled: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for field in &fields {
            if field.checked || !matches!(field.kind.as_str(), "radio" | "checkbox") {
                filled.entry(field.name.clone()).or_default().push(field.value.clone());
            }
        }
        Self { action, fields, filled }
    }

    /// The names of the fields of a kind, each once, in order.
    pub(crate) fn names(&self, kind: &str) -> Vec<String> {
        let mut names: Vec<String> = self.fields.iter().filter(|f| f.kind == kind).map(|f| f.name.clone()).collect();
        names.dedup();
        names
    }

    /// The values a field offers.
    pub(crate) fn offers(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|field| field.name == name).map(|field| field.value.as_str()).collect()
    }

    /// The names of the five-point questions.
    pub(crate) fn five_point(&self) -> Vec<String> {
        let is_scale = |name: &String| self.offers(name).starts_with(&["1", "2", "3", "4", "5"]);
        self.names("radio").into_iter().filter(is_scale).collect()
    }

    /// Ticks an option or types a text, in place of what was there.
    pub(crate) fn fill(&mut self, name: &str, value: &str) {
        self.filled.insert(name.to_owned(), vec![value.to_owned()]);
    }

    /// Answers every question: the one before the last choice, one tick, the smallest text that fits.
    pub(crate) fn fill_all(&mut self) {
        for name in self.names("radio") {
            let offers = self.offers(&name);
            let value = if offers.len() >= 5 { offers[3] } else { offers[0] }.to_owned();
            self.fill(&name, &value);
        }
        for name in self.names("checkbox") {
            let value = self.offers(&name)[0].to_owned();
            self.fill(&name, &value);
        }
    }

    /// The form as it is sent.
    pub(crate) fn encoded(&self) -> String {
        let pairs = self.filled.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        pairs.join("&")
    }

    /// Sends the form.
    pub(crate) fn send(&self, client: &Client) -> Answer {
        client.post_form(&self.action, &self.encoded())
    }

    /// The same answers as a program would send them.
    pub(crate) fn as_json(&self, id: &str, desk: &str) -> serde_json::Value {
        let mut answers = serde_json::Map::new();
        for (name, values) in &self.filled {
            let Some(item) = name.strip_prefix("answer.") else { continue };
            let several = self.names("checkbox").contains(name);
            let value = match values.as_slice() {
                [one] if one.is_empty() => continue,
                [one] if !several => serde_json::json!(one),
                _ => serde_json::json!(values),
            };
            answers.insert(item.to_owned(), value);
        }
        serde_json::json!({ "id": id, "desk": desk, "channel": "kiosk", "answers": answers })
    }
}

/// A new random id, as a client makes one.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
