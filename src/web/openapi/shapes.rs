//! Schemas of what is read by hand; whatever is serialised by serde derives its own.

use crate::domain::access::Key;
use crate::domain::ids::{CODE_PATTERN, ResponseId};
use crate::domain::quality::Device;
use crate::domain::receipt::ReceiptCode;
use schemars::{Schema, SchemaGenerator, json_schema};
use std::ops::RangeInclusive;

/// Any text.
pub fn any_text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

/// Whatever its media type says.
pub fn anything(_: &mut SchemaGenerator) -> Schema {
    json_schema!({})
}

/// The code of an area, a round, an item …
#[must_use]
pub fn code() -> Schema {
    json_schema!({ "type": "string", "pattern": CODE_PATTERN })
}

/// The id of a response.
#[must_use]
pub fn response_id() -> Schema {
    json_schema!({ "type": "string", "pattern": ResponseId::PATTERN })
}

/// The code of a receipt, or the one-time code of a device.
#[must_use]
pub fn receipt() -> Schema {
    json_schema!({ "type": "string", "pattern": ReceiptCode::PATTERN })
}

/// The name of a device.
#[must_use]
pub fn device() -> Schema {
    json_schema!({ "type": "string", "pattern": Device::PATTERN })
}

/// A key.
#[must_use]
pub fn key() -> Schema {
    json_schema!({ "type": "string", "pattern": Key::PATTERN })
}

/// Text of at most so many characters, none of them a control character.
#[must_use]
pub fn short_text(max_chars: usize) -> Schema {
    json_schema!({ "type": "string", "maxLength": max_chars, "pattern": r"^[^\u0000-\u001F\u007F-\u009F]*$" })
}

/// A time with its zone.
#[must_use]
pub fn time() -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

/// A text without a rule that could be told here.
#[must_use]
pub fn text() -> Schema {
    json_schema!({ "type": "string" })
}

/// One of some words.
#[must_use]
pub fn words(words: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": words })
}

/// Several of what a schema describes.
#[must_use]
pub fn several(item: &Schema) -> Schema {
    json_schema!({ "type": "array", "items": item })
}

/// A whole number in a range.
#[must_use]
pub fn whole(range: RangeInclusive<u64>) -> Schema {
    json_schema!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
}

/// A schema with a sentence on what it is for.
#[must_use]
pub fn said(mut schema: Schema, description: &str) -> Schema {
    schema.insert("description".to_owned(), description.into());
    schema
}
