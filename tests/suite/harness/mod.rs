//! What tests stand on: a fresh database each, of either kind, and a small province to fill it with.

pub(crate) mod browser;
pub(crate) mod calculator;
pub(crate) mod door;
pub(crate) mod folder;
pub(crate) mod mail;
pub(crate) mod mail_lint;
pub(crate) mod office;
pub(crate) mod pdf;
pub(crate) mod postfix;
mod postgres;
pub(crate) mod province;
pub(crate) mod qr;
pub(crate) mod tools;

use diesel::connection::{Connection as _, SimpleConnection};
use diesel::{PgConnection, QueryResult, SqliteConnection};
use sipas::store::{DatabaseUrl, Store};
use std::os::unix::fs::MetadataExt as _;
use tempfile::TempDir;

/// A fresh, migrated database of one test.
pub(crate) struct Database {
    pub(crate) url: DatabaseUrl,
    _folder: Option<TempDir>,
}

impl Database {
    /// A SQLite file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("sipas.db"));
        Self { url, _folder: Some(folder) }
    }

    /// A copy of the migrated template in the test run's own PostgreSQL.
    pub(crate) fn postgres() -> Self {
        Self { url: postgres::cluster().fresh_database(), _folder: None }
    }

    /// The URL as a user would give it to the program.
    pub(crate) fn address(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// A store with its own pool of connections: each call stands for one more server on this database.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.url).unwrap()
    }

    /// A connection beside the store, to get in its way with.
    pub(crate) fn side_connection(&self) -> SideConnection {
        SideConnection::of(&self.url)
    }
}

pub(crate) enum SideConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl SideConnection {
    /// A connection of its own to a database.
    pub(crate) fn of(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(path) => Self::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap()),
            DatabaseUrl::Postgres(url) => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str) {
        self.try_execute(sql).unwrap();
    }

    /// As [`SideConnection::execute`], but fails instead of waiting for anyone.
    pub(crate) fn execute_at_once(&mut self, sql: &str) -> QueryResult<()> {
        if let Self::Postgres(_) = self {
            self.execute("SET lock_timeout = 1");
        }
        self.try_execute(sql)
    }

    fn try_execute(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql),
            Self::Postgres(connection) => connection.batch_execute(sql),
        }
    }

    /// Makes every writer of responses wait until this connection executes `ROLLBACK`.
    pub(crate) fn block_writers(&mut self) {
        match self {
            Self::Sqlite(_) => self.execute("BEGIN IMMEDIATE"),
            Self::Postgres(_) => self.execute("BEGIN; LOCK TABLE responses IN EXCLUSIVE MODE"),
        }
    }
}

/// Makes of each contract, a function of a `&Database`, one test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($contract:ident),+ $(,)?) => {
        $(mod $contract {
            #[test]
            fn on_sqlite() {
                super::$contract(&crate::harness::Database::sqlite());
            }

            #[test]
            fn on_postgres() {
                super::$contract(&crate::harness::Database::postgres());
            }
        })+
    };
}

/// Runs a test that drives the program itself on a fresh SQLite file and on a fresh PostgreSQL database, by their URLs.
pub(crate) fn on_both_urls(test: impl Fn(&str)) {
    for database in [Database::sqlite(), Database::postgres()] {
        test(&database.address());
    }
}

/// Whether the tests run as root, with whom some programs will have nothing to do.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
