//! Which database: its URL, whose scheme alone decides between SQLite and PostgreSQL.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file, made if it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL server, in libpq's own notation.
    Postgres(String),
}

/// Why a text is not a database URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlFault {
    /// Neither of the two databases.
    #[error("a database URL begins with sqlite: or postgres://, for example sqlite:sipas.db")]
    Scheme,
    /// SQLite without a file. Every connection of a pool would get a database of its own.
    #[error("sqlite: needs the path of a file, for example sqlite:sipas.db; a database in memory would be lost")]
    NoFile,
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When the scheme is another, or no SQLite file is named.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlFault> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseUrlFault::Scheme)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(":memory:") || path.starts_with("file:") {
            return Err(DatabaseUrlFault::NoFile);
        }
        Ok(Self::Sqlite(Path::new(path).to_path_buf()))
    }
}

/// Shows where, never with which password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let address = rest.split(['?', '#']).next().unwrap_or_default();
                let place = address.rsplit_once('@').map_or(address, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

/// As [`fmt::Display`], so that a password reaches no log through a derived `Debug` either.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_alone_decides() {
        let sqlite = |path: &str| Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        assert_eq!(DatabaseUrl::parse("sqlite:demo.db"), sqlite("demo.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:/var/lib/sipas.db"), sqlite("/var/lib/sipas.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/lib/sipas.db"), sqlite("/var/lib/sipas.db"));
        assert!(matches!(DatabaseUrl::parse("postgresql://host/db"), Ok(DatabaseUrl::Postgres(_))));
        for other in ["", "demo.db", "mysql://host/db", "postgres:db", "SQLITE:x"] {
            assert_eq!(DatabaseUrl::parse(other), Err(DatabaseUrlFault::Scheme), "{other}");
        }
    }

    #[test]
    fn a_database_in_memory_is_refused() {
        for memory in ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite:file:x?mode=memory"] {
            assert_eq!(DatabaseUrl::parse(memory), Err(DatabaseUrlFault::NoFile), "{memory}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://sipas:p@ss@db.example/sipas?password=secret").unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db.example/sipas postgres://db.example/sipas");
    }
}
