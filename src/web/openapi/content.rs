//! What goes in and comes out: bodies, their media types and the shapes of their JSON.

use super::operation::Both;
use super::shapes;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Writes the schema of a shape, or a reference to it.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A body in one form.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Its media type, without parameters.
    pub media_type: &'static str,
    /// Its shape.
    pub schema: SchemaOf,
}

impl Content {
    /// A page.
    pub const PAGE: Self = Self::text("text/html");

    /// JSON in the shape of a type that is serialised.
    #[must_use]
    pub const fn json<T: JsonSchema>() -> Self {
        Self { media_type: "application/json", schema: SchemaGenerator::subschema_for::<T> }
    }

    /// A file of some kind.
    #[must_use]
    pub const fn file(media_type: &'static str) -> Self {
        Self { media_type, schema: shapes::anything }
    }

    /// Text of some kind.
    #[must_use]
    pub const fn text(media_type: &'static str) -> Self {
        Self { media_type, schema: shapes::any_text }
    }
}

/// A page and nothing else.
pub const PAGE: &[Content] = &[Content::PAGE];
/// No body.
pub const NOTHING: &[Content] = &[];

/// An answer that is no problem of the catalogue.
#[derive(Debug)]
pub struct Gives {
    /// Its HTTP status.
    pub status: u16,
    /// What it means.
    pub what: Both,
    /// Its body, in any of these forms.
    pub content: &'static [Content],
}

/// The body of a request.
#[derive(Debug)]
pub enum Takes {
    /// None.
    Nothing,
    /// JSON.
    Json(Sent),
    /// A form, `application/x-www-form-urlencoded`.
    Form(Sent),
}

/// What is sent.
#[derive(Debug)]
pub struct Sent {
    /// Its shape; a form's are its fields.
    pub schema: SchemaOf,
    /// An example, as JSON.
    pub example: &'static str,
}

impl Takes {
    /// Whether there is no body.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// The body with its media type.
    #[must_use]
    pub fn sent(&self) -> Option<(&'static str, &Sent)> {
        match self {
            Self::Nothing => None,
            Self::Json(sent) => Some(("application/json", sent)),
            Self::Form(sent) => Some(("application/x-www-form-urlencoded", sent)),
        }
    }
}
