//! Names of things. Each kind of name is its own type, so a desk's code cannot be passed where a round's is meant.

use std::fmt;

/// Longest code accepted; it keeps addresses, labels and index rows short.
pub const MAX_CODE_CHARS: usize = 64;

/// The rule of a code as a regular expression, for descriptions of what is taken; blanks around a typed code are taken off.
pub const CODE_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Nothing was given.
    #[error("is empty; give a code such as D01-001")]
    Empty,
    /// Too long.
    #[error("has {0} characters; at most {MAX_CODE_CHARS} are allowed")]
    TooLong(usize),
    /// A character that does not belong in a code.
    #[error("contains {0:?}; a code has letters a-z A-Z, digits, and . _ - inside, and starts with a letter or digit")]
    Character(char),
}

fn check_code(text: &str) -> Result<(), CodeFault> {
    let n_chars = text.chars().count();
    if n_chars > MAX_CODE_CHARS {
        return Err(CodeFault::TooLong(n_chars));
    }
    let first = text.chars().next().ok_or(CodeFault::Empty)?;
    if !first.is_ascii_alphanumeric() {
        return Err(CodeFault::Character(first));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))) {
        Some(odd) => Err(CodeFault::Character(odd)),
        None => Ok(()),
    }
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes a code as typed, without blanks around it.
            ///
            /// # Errors
            /// Says which rule of a code the text breaks.
            pub fn parse(text: &str) -> Result<Self, CodeFault> {
                let text = text.trim();
                check_code(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

code!(
    /// An area of the tree: a province, a district, a desk.
    AreaCode
);
code!(
    /// A round of collection.
    RoundCode
);
code!(
    /// A questionnaire, without its version.
    QuestionnaireId
);
code!(
    /// An item of a questionnaire.
    ItemId
);
code!(
    /// An element: a group of items.
    ElementId
);
code!(
    /// An aspect: a group of elements.
    AspectId
);
code!(
    /// An option of a closed item.
    OptionId
);
code!(
    /// A scheme (criteria set).
    SchemeId
);
code!(
    /// A domain, criterion or sub-criterion of a scheme.
    CriterionCode
);

/// A questionnaire at one version; a published version never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionnaireRef {
    /// Which questionnaire.
    pub id: QuestionnaireId,
    /// Its version, from 1.
    pub version: u16,
}

impl QuestionnaireRef {
    /// Reads `one-stop.v1`.
    ///
    /// # Errors
    /// When the text is not a questionnaire's id, `.v` and a version from 1.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a questionnaire version; write it like one-stop.v1");
        let (id, version) = text.trim().rsplit_once(".v").ok_or_else(wrong)?;
        let id = QuestionnaireId::parse(id).map_err(|fault| format!("{text:?} {fault}"))?;
        let version = version.parse().ok().filter(|v| *v >= 1).ok_or_else(wrong)?;
        Ok(Self { id, version })
    }
}

impl fmt::Display for QuestionnaireRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.v{}", self.id, self.version)
    }
}

/// The id of one response, made by the client before the first tap. It is random (UUID v4): an ordered id would give
/// away when, and so by whom, an answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseId(uuid::Uuid);

/// Why a text is not a response id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResponseIdFault {
    /// Not a UUID in its usual form.
    #[error("is not a UUID; make one with crypto.randomUUID() before the first question is shown")]
    NotUuid,
    /// A UUID that is not random.
    #[error("is a UUID, but not a random one; version 4 is required, because other versions can be guessed or ordered")]
    NotRandom,
}

impl ResponseId {
    /// The rule as a regular expression: a UUID of version 4.
    pub const PATTERN: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";

    /// Reads the hyphenated form.
    ///
    /// # Errors
    /// When the text is not a UUID, or not a random one.
    pub fn parse(text: &str) -> Result<Self, ResponseIdFault> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(ResponseIdFault::NotUuid);
        }
        let uuid = uuid::Uuid::try_parse(text).map_err(|_| ResponseIdFault::NotUuid)?;
        if uuid.get_version_num() != 4 || uuid.get_variant() != uuid::Variant::RFC4122 {
            return Err(ResponseIdFault::NotRandom);
        }
        Ok(Self(uuid))
    }

    /// Wraps an id that this program made or stored itself.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// The sixteen bytes kept in the database.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for ResponseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// SHA-256 of a file or of canonical content: says which exact version a figure came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The first twelve hex digits, enough to name a version on a page.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }

    /// Reads 64 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_refuse_what_would_break_an_address() {
        assert_eq!(AreaCode::parse(" D01-001 ").map(|c| c.to_string()), Ok("D01-001".to_owned()));
        assert_eq!(AreaCode::parse(""), Err(CodeFault::Empty));
        assert_eq!(AreaCode::parse("a/b"), Err(CodeFault::Character('/')));
        assert_eq!(AreaCode::parse("-a"), Err(CodeFault::Character('-')));
        assert_eq!(AreaCode::parse(&"x".repeat(65)), Err(CodeFault::TooLong(65)));
    }

    #[test]
    fn response_ids_are_random_uuids_only() {
        assert!(ResponseId::parse("7f0c2a52-4f0e-4a3c-9d3f-0f6c1e9a7b11").is_ok());
        assert_eq!(ResponseId::parse("018f3c2e-7b1a-7c3d-9d3f-0f6c1e9a7b11"), Err(ResponseIdFault::NotRandom));
        assert_eq!(ResponseId::parse("7f0c2a524f0e4a3c9d3f0f6c1e9a7b11"), Err(ResponseIdFault::NotUuid));
        assert_eq!(ResponseId::parse("7f0c2a52-4f0e-4a3c-cd3f-0f6c1e9a7b11"), Err(ResponseIdFault::NotRandom));
    }

    #[test]
    fn questionnaire_versions_read_back_as_written() {
        let one_stop = QuestionnaireRef::parse("one-stop.v1");
        assert_eq!(one_stop.as_ref().map(ToString::to_string), Ok("one-stop.v1".to_owned()));
        assert!(QuestionnaireRef::parse("one-stop").is_err());
        assert!(QuestionnaireRef::parse("one-stop.v0").is_err());
    }

    #[test]
    fn digests_read_back_as_written() {
        let digest = Digest([0xab; 32]);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("xyz"), None);
    }
}
