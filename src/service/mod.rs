//! The use cases: what the product does, whoever asks and however.
//!
//! This floor owns the clock, new ids and transactions. It does not know HTTP, mail or the command line; it knows the
//! store, the statistics and the reports, and brings them together.

pub mod analyse;
pub mod areas;
pub mod assess;
pub mod breakdown;
pub mod calculator;
pub mod callback;
pub mod catalogue;
pub mod collect;
pub mod comments;
pub mod devices;
pub mod disclosure;
pub mod exercise;
pub mod export;
pub mod frame;
pub mod import;
pub mod letters;
pub mod outbox;
pub mod paper;
pub mod plan;
pub mod progress;
pub mod publish;
pub mod quality;
mod rank;
pub mod receipts;
pub mod recipients;
pub mod reconcile;
pub mod refusal;
pub mod results;
pub mod rounds;
pub mod sample;
pub mod sheet;
pub mod unit_report;

use crate::store::{Store, StoreError};
use catalogue::Catalogue;
use collect::{CollectLimits, Collector, Directory};
use rand::RngExt as _;
use std::sync::Arc;

/// Everything a door needs to do its work; one per process.
pub struct Service {
    catalogue: Arc<Catalogue>,
    store: Store,
    directory: Directory,
    collector: Collector,
    watch: collect::Watch,
    cipher: receipts::Cipher,
}

impl Service {
    /// Starts the writer of answers and the watch over what is open.
    ///
    /// # Errors
    /// When the database does not answer, or a thread cannot be started.
    pub fn start(catalogue: Catalogue, store: Store, limits: CollectLimits) -> Result<Self, StoreError> {
        let catalogue = Arc::new(catalogue);
        let directory = Directory::start(store.clone(), Arc::clone(&catalogue))?;
        let collector = Collector::start(store.clone(), limits)?;
        let secret = store.with(|connection| crate::store::receipts::secret(connection, &rand::rng().random()))?;
        let (watch, cipher) = (collect::Watch::default(), receipts::Cipher::new(&secret));
        Ok(Self { catalogue, store, directory, collector, watch, cipher })
    }

    /// The questionnaires, schemes and texts.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
