//! One connection to either database, and the two ways of doing several things at once on it.

use super::error::StoreError;
use diesel::connection::{AnsiTransactionManager, TransactionManager, TransactionManagerStatus};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{MultiConnection, PgConnection, SqliteConnection};

/// How often a transaction that the database broke off (a deadlock, a failed serialization) is begun again.
const MAX_ATTEMPTS: u32 = 5;

/// A connection to the database that the URL's scheme named.
#[derive(MultiConnection)]
pub enum AnyConnection {
    /// A SQLite file.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Pg(PgConnection),
}

impl AnyConnection {
    /// Does `work` completely or not at all. Inside another transaction, it is a part that can fail by itself.
    ///
    /// On SQLite the write lock is taken at the start: a transaction that reads first and writes later would be refused
    /// when another one wrote in between, without waiting.
    ///
    /// # Errors
    /// What `work` returns, after undoing it; or that the database could not begin or commit.
    pub fn transact<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.begin("BEGIN IMMEDIATE", "BEGIN").map_err(StoreError::from)?;
        self.settle(work)
    }

    /// Reads one unchanging view of the data, however long `work` takes and whatever is written meanwhile.
    ///
    /// # Errors
    /// What `work` returns, or that the database could not begin or end.
    pub fn snapshot<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.begin("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").map_err(StoreError::from)?;
        self.settle(work)
    }

    /// As [`AnyConnection::transact`], and again when the database broke the transaction off for the sake of another.
    /// `work` must therefore be fit to run more than once.
    ///
    /// # Errors
    /// As [`AnyConnection::transact`].
    pub(super) fn transact_with_retries<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_retries(|connection| connection.transact(&mut work))
    }

    /// Does `work`, a single writing statement, as a transaction of its own: it needs no BEGIN and COMMIT around it, which
    /// on PostgreSQL are a journey each. Repeated like [`AnyConnection::transact_with_retries`].
    ///
    /// # Errors
    /// What `work` returns.
    pub(super) fn with_retries<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // A part of a larger transaction cannot be saved alone: the database has given up all of it.
        let attempts = if self.is_in_transaction() { 1 } else { MAX_ATTEMPTS };
        for _ in 1..attempts {
            match work(self) {
                Err(error) if was_broken_off(&error) => {}
                settled => return settled,
            }
        }
        work(self)
    }

    /// Whether a transaction is going on, or one was left in disorder.
    pub(super) fn is_in_transaction(&mut self) -> bool {
        match Self::transaction_manager_status_mut(self) {
            TransactionManagerStatus::Valid(status) => status.transaction_depth().is_some(),
            TransactionManagerStatus::InError => true,
        }
    }

    fn begin(&mut self, on_sqlite: &str, on_postgres: &str) -> Result<(), Error> {
        if self.is_in_transaction() {
            return Self::begin_transaction(self);
        }
        match self {
            Self::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, on_sqlite),
            Self::Pg(connection) => AnsiTransactionManager::begin_transaction_sql(connection, on_postgres),
        }
    }

    fn settle<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        match work(self) {
            Ok(done) => match Self::commit_transaction(self) {
                Ok(()) => Ok(done),
                Err(error) => Err(E::from(StoreError::from(error))),
            },
            Err(error) => {
                // If undoing fails too, the connection is broken and the pool throws it away; the first error tells
                // more.
                if let Err(rollback) = Self::rollback_transaction(self) {
                    tracing::warn!(error = %rollback, "a transaction could not be rolled back");
                }
                Err(error)
            }
        }
    }
}

/// Whether the error may be the database's choice of a victim. diesel has no word for PostgreSQL's deadlock (40P01), so
/// every error without a word of its own counts.
fn was_broken_off(error: &StoreError) -> bool {
    let StoreError::Unavailable(reason) = error else { return false };
    matches!(
        reason.downcast_ref::<Error>(),
        Some(Error::DatabaseError(DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::Unknown, _))
    )
}
