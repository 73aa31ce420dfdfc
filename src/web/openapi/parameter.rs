//! What stands in an address: parts of its path, and parameters after the question mark. Those that several addresses have
//! are told here once.

use super::operation::Both;
use super::shapes;
use schemars::Schema;

/// A part of an address.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it may be; several values are given one after another, each with the name.
    pub schema: fn() -> Schema,
    /// What it is for.
    pub what: Both,
    /// A value that works with `sipas demo`; without one, the example leaves it out.
    pub example: Option<&'static str>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path, always.
    Path,
    /// After the question mark, if it is wanted.
    Query,
    /// After the question mark, always.
    QueryAlways,
}

impl Place {
    /// What OpenAPI calls it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query | Self::QueryAlways => "query",
        }
    }
}

/// `{round}`
pub const ROUND: Parameter = Parameter {
    name: "round",
    place: Place::Path,
    schema: shapes::code,
    what: Both { vi: "Mã đợt khảo sát", en: "The round's code" },
    example: Some("demo-2025"),
};

/// `{desk}`
pub const DESK: Parameter = Parameter {
    name: "desk",
    place: Place::Path,
    schema: shapes::code,
    what: Both { vi: "Mã điểm tiếp nhận", en: "The desk's code" },
    example: Some("MH01-00"),
};

/// `?unit=`
pub const UNIT: Parameter = Parameter {
    name: "unit",
    place: Place::Query,
    schema: shapes::code,
    what: Both {
        vi: "Mã đơn vị trong địa bàn của đợt; mặc định là toàn địa bàn",
        en: "A unit within the round's area; the whole area by default",
    },
    example: Some("MH01"),
};

/// `?flagged=`
pub const FLAGGED: Parameter = Parameter {
    name: "flagged",
    place: Place::Query,
    schema: without,
    what: Both { vi: "without: bỏ các phiếu bị đánh dấu", en: "without: leaves flagged answers out" },
    example: None,
};

/// `?lang=`
pub const LANG: Parameter = Parameter {
    name: "lang",
    place: Place::Query,
    schema: shapes::text,
    what: Both {
        vi: "Ngôn ngữ, chẳng hạn en; mặc định tiếng Việt",
        en: "The language, such as en; Vietnamese by default",
    },
    example: Some("en"),
};

fn without() -> Schema {
    shapes::words(&["without"])
}
