//! What is kept: areas, rounds, answers and assessments, in SQLite or PostgreSQL, behind functions named by noun.
//!
//! This floor knows the domain and SQL, and is the only one that knows SQL. It does not know what the rows are for:
//! no statistics, no HTTP, no clock, no ids of its own making. Every function takes the connection first, so whoever
//! calls decides what happens in one transaction ([`Connection::transact`]) or on one view of the data
//! ([`Connection::snapshot`]).
//!
//! The two databases share every line but those in functions named `…_by_backend` and in `responses/`.

pub mod access;
pub mod areas;
pub mod assessments;
pub mod bounces;
mod checkpoint;
pub mod comments;
mod connection;
pub mod devices;
pub mod directory;
mod error;
pub mod interviews;
pub mod letters;
mod migration;
pub mod outbox;
pub mod paper;
mod pool;
pub mod publications;
pub mod receipts;
pub mod recipients;
pub mod responses;
pub mod rounds;
mod schema;
mod url;

pub use connection::AnyConnection as Connection;
pub use error::StoreError;
pub use url::{DatabaseUrl, DatabaseUrlFault};

use checkpoint::Checkpointer;
use pool::Connector;
use std::sync::Arc;

/// The database, as a pool of connections. Clones share the pool.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<Connector>,
    /// Ends with the last clone.
    _checkpointer: Option<Arc<Checkpointer>>,
}

impl Store {
    /// Connects, and brings the tables up to this program's version.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such database or it does not answer, [`StoreError::Migration`] when
    /// its tables cannot be brought up to date, [`StoreError::Newer`] when a later version of this program made them.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let connector = Connector::new(url.clone());
        // The first connection is made outside the pool: the pool would try until its timeout and hide the reason.
        let mut first = connector.connect_once().map_err(StoreError::unavailable)?;
        migration::run(&mut first)?;
        let checkpointer = match url {
            DatabaseUrl::Sqlite(_) => Some(Arc::new(Checkpointer::start(connector.clone()))),
            DatabaseUrl::Postgres(_) => None,
        };
        let pool = pool::build(connector).map_err(StoreError::unavailable)?;
        Ok(Self { pool, _checkpointer: checkpointer })
    }

    /// Lends a connection to `work`, on the caller's thread.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection came free in time; otherwise what `work` returns.
    pub fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut lent = self.pool.get().map_err(StoreError::unavailable)?;
        lent.while_at_work(work)
    }

    /// Lends a connection to `work` on the blocking pool, so that no thread that serves requests waits for a disk.
    ///
    /// # Errors
    /// As [`Store::with`]; also [`StoreError::Unavailable`] when `work` panicked.
    pub async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.with(work)).await.map_err(StoreError::unavailable)?
    }
}
