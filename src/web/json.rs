//! JSON as it was sent: nothing dropped, nothing guessed.
//!
//! The usual readers keep the last of two equal keys and turn `4.0` into `4`. Answers deserve better: a document that
//! could mean two things must be refused, and for that both must still be there.

use super::problem::Problem;
use super::problem::catalogue::MALFORMED_JSON;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number written without fraction or exponent that fits.
    Whole(i64),
    /// Any other number; no answer has one.
    Fraction,
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object; keys in the order they came, twice if they came twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one document. What comes after it, a byte order mark, text that is not UTF-8, a lone surrogate and nesting
    /// beyond 127 levels are all refused.
    ///
    /// # Errors
    /// The problem `malformed-json`, with line and column.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::of(&MALFORMED_JSON).saying(detail);
        if body.is_empty() {
            return Err(refuse("The body is empty".to_owned()));
        }
        if body.starts_with(b"\xef\xbb\xbf") {
            return Err(refuse("The body starts with a byte order mark".to_owned()));
        }
        serde_json::from_slice(body).map_err(|error| refuse(error.to_string()))
    }

    /// What the value is, for a message: `a text`, `an object`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Whole(_) => "a number",
            Self::Fraction => "a number that is not whole, or too large",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Fraction, Json::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Fraction)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_and_odd_numbers_stay_visible() {
        let json = Json::read(br#"{"a":1,"a":4.0,"b":18446744073709551615,"c":-0}"#).unwrap();
        let members = [("a", Json::Whole(1)), ("a", Json::Fraction), ("b", Json::Fraction), ("c", Json::Fraction)];
        assert_eq!(json, Json::Object(members.map(|(key, value)| (key.to_owned(), value)).to_vec()));
    }

    #[test]
    fn what_is_not_one_clean_document_is_refused() {
        let deep = "[".repeat(100_000);
        let broken: [&[u8]; 13] = [
            b"",
            b" ",
            b"\xef\xbb\xbf{}",
            b"{} {}",
            b"{}x",
            b"{\"a\":}",
            b"{\"a\":1,}",
            b"[1e400]",
            b"\"\\ud800\"",
            b"\"\xff\"",
            b"{\"a\":01}",
            b"NaN",
            deep.as_bytes(),
        ];
        for body in broken {
            assert!(Json::read(body).is_err(), "{:?}", String::from_utf8_lossy(body.get(..20).unwrap_or(body)));
        }
    }
}
