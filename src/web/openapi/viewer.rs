//! The page that shows the description to people: every address by whom it is for, and every shape as a table.

use super::example;
use super::operation::{Both, Group, Operation};
use crate::web::address::Address;
use crate::web::pages::VIETNAMESE;
use minijinja::{Value as Shown, context};
use serde_json::Value;

/// Before the name of a shape that another schema refers to.
const REFERENCE: &str = "#/components/schemas/";

/// What the template shows.
pub(super) fn context(table: &[Address], document: &Value) -> Shown {
    let groups: Vec<Shown> = Group::ALL
        .into_iter()
        .map(|group| {
            let operations: Vec<Shown> = table
                .iter()
                .flat_map(|address| {
                    address.operations().iter().map(move |(method, described)| (*method, address, *described))
                })
                .filter(|(_, _, described)| described.group == group)
                .map(|(method, address, described)| operation(method, &address.template(), described, document))
                .collect();
            context! { code => group.code(), name => both(&group.heading()), operations }
        })
        .collect();
    let shapes = document.pointer("/components/schemas").and_then(Value::as_object);
    let shapes: Vec<Shown> = shapes.into_iter().flatten().map(|(name, schema)| shape(name, schema)).collect();
    context! { lang => VIETNAMESE, version => env!("CARGO_PKG_VERSION"), groups, shapes }
}

fn both(words: &Both) -> Shown {
    context! { vi => words.vi, en => words.en }
}

fn operation(method: &str, path: &str, described: &Operation, document: &Value) -> Shown {
    // The document has the same answers with their schemas written out.
    let written = document.get("paths").and_then(|paths| paths.get(path)?.get(method.to_ascii_lowercase()));
    let content = |of: Option<&Value>| -> Vec<Shown> {
        let forms = of.and_then(|of| of.get("content")?.as_object());
        let forms = forms.into_iter().flatten();
        forms.map(|(name, body)| context! { name, kind => body.get("schema").map(shown).unwrap_or_default() }).collect()
    };
    let parameters: Vec<Shown> = described
        .parameters
        .iter()
        .map(|parameter| {
            let schema = (parameter.schema)().to_value();
            context! {
                name => parameter.name, is_in_path => parameter.place == super::Place::Path, what => both(&parameter.what),
                kind => shown(&schema), rule => rule(&schema), example => parameter.example,
            }
        })
        .collect();
    let answers: Vec<Shown> = described
        .gives
        .iter()
        .map(|gives| {
            let pointed = written.and_then(|written| written.get("responses")?.get(gives.status.to_string()));
            let own: Vec<Shown> = content(pointed);
            let has_body = !gives.content.is_empty();
            context! { status => gives.status, what => both(&gives.what), content => if has_body { own } else { Vec::new() } }
        })
        .collect();
    let problems: Vec<Shown> = described
        .problems()
        .map(|kind| context! { slug => kind.slug, status => kind.status, title => kind.title })
        .collect();
    context! {
        id => described.id, method, path, does => both(&described.does), access => both(&described.access.words()),
        parameters, body => content(written.and_then(|written| written.get("requestBody"))), answers, problems,
        curl => example::curl(method, path, described),
    }
}

/// A shape as a table of its members; one that is no object has its kind only.
fn shape(name: &str, schema: &Value) -> Shown {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|known| known == name));
    let members = ["properties", "patternProperties"].into_iter().filter_map(|named| schema.get(named)?.as_object());
    let members: Vec<Shown> = members
        .flatten()
        .map(|(name, member)| {
            context! { name, kind => shown(member), rule => rule(member), is_required => is_required(name), what => said(member) }
        })
        .collect();
    context! { name, what => said(schema), kind => shown(schema), members }
}

/// What a schema says of itself.
fn said(schema: &Value) -> Option<&str> {
    schema.get("description").and_then(Value::as_str)
}

/// A part of the words for a kind of value; one that names a shape leads to its table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    is_shape: bool,
}

impl Piece {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_shape: false }
    }
}

/// The kind of value that a schema describes, for the template.
fn shown(schema: &Value) -> Vec<Shown> {
    kind(schema).into_iter().map(|Piece { text, is_shape }| context! { text, is_shape }).collect()
}

/// What kind of value a schema describes, such as `[EstimateShape] | null`.
fn kind(schema: &Value) -> Vec<Piece> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(REFERENCE)) {
        return vec![Piece { text: name.to_owned(), is_shape: true }];
    }
    for either in ["anyOf", "oneOf"] {
        if let Some(kinds) = schema.get(either).and_then(Value::as_array) {
            return joined(kinds.iter().map(kind));
        }
    }
    // The first of all says what it is; the others narrow it.
    if let Some(first) = schema.get("allOf").and_then(|all| all.get(0)) {
        return kind(first);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return joined(words.iter().map(|word| vec![Piece::plain(word.to_string())]));
    }
    if let Some(value) = schema.get("const") {
        return vec![Piece::plain(value.to_string())];
    }
    match schema.get("type") {
        Some(Value::Array(names)) => joined(names.iter().map(|name| of_type(name.as_str(), schema))),
        name => of_type(name.and_then(Value::as_str), schema),
    }
}

fn of_type(name: Option<&str>, schema: &Value) -> Vec<Piece> {
    let around = |open: &str, inner: Option<&Value>, close: &str| {
        let inner = inner.map_or_else(|| vec![Piece::plain("any")], kind);
        [vec![Piece::plain(open)], inner, vec![Piece::plain(close)]].concat()
    };
    match name {
        Some("array") => around("[", schema.get("items"), "]"),
        Some("object") if schema.get("properties").is_none() => around("{", schema.get("additionalProperties"), "}"),
        Some(name) => vec![Piece::plain(name)],
        None => vec![Piece::plain("any")],
    }
}

fn joined(kinds: impl Iterator<Item = Vec<Piece>>) -> Vec<Piece> {
    let mut whole: Vec<Piece> = Vec::new();
    for pieces in kinds {
        if !whole.is_empty() {
            whole.push(Piece::plain(" | "));
        }
        whole.extend(pieces);
    }
    whole
}

/// What a value has to keep to beside its kind.
fn rule(schema: &Value) -> Vec<String> {
    let rules = ["pattern", "minimum", "maximum", "maxLength", "format"].into_iter();
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rules.filter_map(|rule| Some(format!("{rule} {}", shown(schema.get(rule)?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_is_told_in_a_line() {
        let told = |schema: Value| kind(&schema).into_iter().map(|piece| piece.text).collect::<String>();
        let estimate = json!({ "$ref": "#/components/schemas/Estimate" });
        assert_eq!(told(json!({ "type": ["number", "null"] })), "number | null");
        assert_eq!(
            told(json!({ "anyOf": [{ "type": "array", "items": estimate }, { "type": "null" }] })),
            "[Estimate] | null"
        );
        assert_eq!(told(json!({ "type": "object", "additionalProperties": { "type": "integer" } })), "{integer}");
        assert_eq!(told(json!({ "enum": ["a", "b"] })), "\"a\" | \"b\"");
        assert_eq!(told(json!(true)), "any");
        assert!(kind(&estimate)[0].is_shape);
        assert_eq!(rule(&json!({ "type": "integer", "minimum": 1, "maximum": 5 })), ["minimum 1", "maximum 5"]);
    }
}
