//! The description as an OpenAPI 3.1 document, written from the address table.

use super::content::{Content, Gives};
use super::operation::{Access, Group, Operation};
use super::parameter::{Parameter, Place};
use super::shapes;
use crate::web::address::Address;
use crate::web::credentials::DEVICE_COOKIE;
use crate::web::operator::OPERATOR_COOKIE;
use crate::web::problem::catalogue::Kind;
use crate::web::wire::{ProblemBody, problem_type};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where the shapes stand in the document.
const SHAPES: &str = "/components/schemas";
/// Whom the document speaks to, in both languages.
const ABOUT: &str = "Khảo sát sự hài lòng của người dân và chỉ số cải cách hành chính. · Citizen satisfaction with public services, and the PAR \
     index. Every GET also answers HEAD; every address answers OPTIONS. Whatever is refused is a problem (RFC 9457) of the \
     catalogue at /problems, as JSON or, for whoever accepts text/html, as a page.";

/// The whole document.
pub(super) fn document(table: &[Address]) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = SHAPES.into();
        settings.meta_schema = None;
    });
    let mut writing = Writing { shapes: settings.into_generator(), refusals: Map::new() };
    let paths: Map<String, Value> = table.iter().map(|address| (address.template(), writing.path(address))).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "sipas",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "tags": Group::ALL.map(|group| json!({ "name": group.code(), "description": group.heading().joined() })),
        "paths": paths,
        "components": {
            "schemas": writing.shapes.take_definitions(true),
            "responses": writing.refusals,
            "headers": headers(),
            "securitySchemes": schemes(),
        },
    })
}

/// What was written so far of the parts that others refer to.
struct Writing {
    shapes: SchemaGenerator,
    /// Problems that have a status for themselves, by their slug.
    refusals: Map<String, Value>,
}

impl Writing {
    fn path(&mut self, address: &Address) -> Value {
        let operations = address.operations().iter();
        let written = operations.map(|(method, described)| (method.to_ascii_lowercase(), self.operation(described)));
        Value::Object(written.collect())
    }

    fn operation(&mut self, described: &Operation) -> Value {
        let mut written = json!({
            "operationId": described.id,
            "tags": [described.group.code()],
            "summary": described.does.vi,
            "description": described.does.en,
            "parameters": described.parameters.iter().map(parameter).collect::<Vec<_>>(),
            "responses": self.responses(described),
            "security": security(described.access),
        });
        let Some(members) = written.as_object_mut() else { return written };
        if let (Some(first), true) = (described.gives.first(), described.has_example()) {
            members.insert("x-example-status".to_owned(), first.status.into());
        }
        if let Some((media_type, sent)) = described.takes.sent() {
            let example: Value = serde_json::from_str(sent.example).unwrap_or_default();
            let content = json!({ media_type: { "schema": (sent.schema)(&mut self.shapes), "example": example } });
            members.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        if let Access::Device(kinds) = described.access {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
            members.insert("x-device-kinds".to_owned(), kinds.into());
        }
        written
    }

    /// Every status with what it may mean.
    fn responses(&mut self, described: &Operation) -> Map<String, Value> {
        let mut refused: BTreeMap<u16, Vec<&Kind>> = BTreeMap::new();
        described.problems().for_each(|kind| refused.entry(kind.status).or_default().push(kind));
        let mut written = Map::new();
        for gives in described.gives {
            let given = self.answer(gives);
            let whole = match refused.remove(&gives.status) {
                Some(kinds) => together(&given, self.refusal(&kinds)),
                None => given,
            };
            written.insert(gives.status.to_string(), whole);
        }
        for (status, kinds) in refused {
            let whole = match kinds[..] {
                [kind] => {
                    let refusal = self.refusal(&kinds);
                    self.refusals.insert(kind.slug.to_owned(), refusal);
                    json!({ "$ref": format!("#/components/responses/{}", kind.slug) })
                }
                _ => self.refusal(&kinds),
            };
            written.insert(status.to_string(), whole);
        }
        written
    }

    /// An answer that is no problem.
    fn answer(&mut self, gives: &Gives) -> Value {
        let mut written = json!({ "description": gives.what.joined(), "headers": headers_of(gives.status) });
        let body = |content: &Content| {
            (content.media_type.to_owned(), json!({ "schema": (content.schema)(&mut self.shapes) }))
        };
        let content: Map<String, Value> = gives.content.iter().map(body).collect();
        if let (false, Some(members)) = (content.is_empty(), written.as_object_mut()) {
            members.insert("content".to_owned(), content.into());
        }
        written
    }

    /// Problems that share a status: JSON for programs, a page for people.
    fn refusal(&mut self, kinds: &[&Kind]) -> Value {
        let problem = self.shapes.subschema_for::<ProblemBody>();
        let status = kinds.first().map_or(500, |kind| kind.status);
        let types: Vec<String> = kinds.iter().map(|kind| problem_type(kind.slug)).collect();
        let narrowed = json!({
            "allOf": [problem, { "properties": { "type": { "enum": types }, "status": { "const": status } } }],
        });
        let titles: Vec<String> = kinds.iter().map(|kind| format!("{} ({})", kind.title, kind.slug)).collect();
        json!({
            "description": titles.join("; "),
            "headers": headers_of(status),
            "content": {
                "application/problem+json": { "schema": narrowed },
                "text/html": { "schema": shapes::text() },
            },
        })
    }
}

fn parameter(parameter: &Parameter) -> Value {
    let mut written = json!({
        "name": parameter.name,
        "in": parameter.place.code(),
        "required": parameter.place != Place::Query,
        "description": parameter.what.joined(),
        "schema": (parameter.schema)(),
    });
    if let (Some(example), Some(members)) = (parameter.example, written.as_object_mut()) {
        let is_list = members.get("schema").and_then(|schema| schema.get("type")) == Some(&Value::from("array"));
        members.insert("example".to_owned(), if is_list { json!([example]) } else { example.into() });
    }
    written
}

/// A status that is an answer of its own at one time and a problem at another.
fn together(given: &Value, mut refused: Value) -> Value {
    let words = |whole: &Value| whole.get("description").and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    let description = format!("{}; {}", words(given), words(&refused));
    if let Some(content) = refused.get_mut("content").and_then(Value::as_object_mut) {
        content.extend(given.get("content").and_then(Value::as_object).cloned().unwrap_or_default());
    }
    if let Some(members) = refused.as_object_mut() {
        members.insert("description".to_owned(), description.into());
    }
    refused
}

/// Headers that an answer of a status has, besides those that every answer has alike.
fn headers_of(status: u16) -> Value {
    let named: &[&str] = match status {
        303 => &["X-Request-Id", "Location"],
        304 => &["X-Request-Id", "ETag"],
        429 | 503 => &["X-Request-Id", "Retry-After"],
        _ => &["X-Request-Id"],
    };
    let reference = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
    named.iter().map(reference).collect::<Map<String, Value>>().into()
}

fn headers() -> Value {
    let header = |schema: Value, what: &str| json!({ "required": true, "description": what, "schema": schema });
    json!({
        "X-Request-Id": header(json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }), "Names the request in the log"),
        "Location": header(json!({ "type": "string" }), "Where to go on"),
        "Retry-After": header(json!({ "type": "integer", "minimum": 0 }), "Seconds after which to try again"),
        "ETag": header(json!({ "type": "string" }), "The version of what is at the address"),
    })
}

fn schemes() -> Value {
    let bearer = |what: &str| json!({ "type": "http", "scheme": "bearer", "description": what });
    let cookie =
        |name: &str, what: &str| json!({ "type": "apiKey", "in": "cookie", "name": name, "description": what });
    json!({
        "deviceKey": bearer("The key of an enrolled device: sipas device enrol, then POST /kiosk/pair"),
        "deviceCookie": cookie(DEVICE_COOKIE, "The same key, as a browser keeps it"),
        "receiptsKey": bearer("sipas key create --scope receipts"),
        "operatorKey": bearer("sipas key create --scope operator"),
        "operatorCookie": cookie(OPERATOR_COOKIE, "The same key, as a browser keeps it after /operator?key=KEY"),
    })
}

/// The schemes that let a request in, any one of them; an empty one lets everybody in.
fn security(access: Access) -> Value {
    match access {
        Access::Anyone => json!([]),
        Access::AnyoneOrDevice => json!([{}, { "deviceKey": [] }, { "deviceCookie": [] }]),
        Access::Device(_) => json!([{ "deviceKey": [] }, { "deviceCookie": [] }]),
        Access::Program(scope) => json!([{ format!("{}Key", scope.code()): [] }]),
        Access::Operator | Access::Published => json!([{}, { "operatorKey": [] }, { "operatorCookie": [] }]),
    }
}
