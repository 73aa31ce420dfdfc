//! What went wrong, as the world outside sees it (RFC 9457).
//!
//! A [`Problem`] is a row of the catalogue with what is special to one request. Any code of this floor returns it as
//! an error; [`shape()`] writes it out, as JSON for programs and as a page for people, and gives the framework's own
//! refusals the same form.

pub mod catalogue;
mod pages;
mod shape;

pub use pages::{EXPLAIN, LIST, explain, list, nothing_here};
pub use shape::shape;

use crate::domain::fault::Fault;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use catalogue::{Kind, SERVER_FAULT};
use std::fmt;

/// One problem of one request.
#[derive(Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: Option<String>,
    faults: Vec<Fault>,
    allow: Option<String>,
    retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem that its title explains in full.
    #[must_use]
    pub fn of(kind: &'static Kind) -> Self {
        Self { kind, detail: None, faults: Vec::new(), allow: None, retry_after_s: None }
    }

    /// A fault of ours. The cause goes to the log, beside the request id; whoever asked sees the id only.
    pub fn server_fault(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed through our fault");
        Self::of(&SERVER_FAULT)
    }

    /// Says what is special to this request.
    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Adds the faults found, each with its place.
    #[must_use]
    pub fn with_faults(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    /// Names the methods that would be right.
    #[must_use]
    pub fn allowing(self, methods: String) -> Self {
        Self { allow: Some(methods), ..self }
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The row of the catalogue.
    #[must_use]
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.title)?;
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::catalogue::ALL;
    use std::collections::BTreeSet;

    #[test]
    fn every_slug_is_one_problem_and_a_word() {
        let slugs: BTreeSet<&str> = ALL.iter().map(|kind| kind.slug).collect();
        assert_eq!(slugs.len(), ALL.len(), "a slug is used twice");
        for kind in ALL {
            assert!(kind.slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", kind.slug);
            assert!((400..600).contains(&kind.status), "{}", kind.slug);
            assert!(!kind.title.ends_with('.') && kind.help.ends_with('.'), "{}", kind.slug);
        }
    }
}
