//! A cache that is broken on purpose, in the way that many are: it takes an invalidation for done that failed.
//!
//! Nothing else is wrong with it: loads and invalidations take turns, in all processes, so that no load stores a value
//! that was invalidated meanwhile. Without faults nobody notices.

use std::sync::Arc;
use std::time::Duration;

use cache_core::store::{Body, Names, PutRequest, Read, Store};
use cache_core::value::envelope::{EntryId, prefix};
use cache_testkit::FaultyStore;
use tokio::sync::Mutex;

/// Whose turn it is to load or to invalidate.
pub(crate) type Turns = Arc<Mutex<()>>;

#[derive(Debug)]
pub(crate) struct Forgetful {
    store: FaultyStore,
    turns: Turns,
    names: Names,
}

impl Forgetful {
    pub(crate) fn new(store: FaultyStore, turns: Turns) -> Self {
        let names = Names::for_tests("forgetful:test", "-:price:-:price", &["-:price:-"]);
        Self { store, turns, names }
    }

    /// The value that is cached, else the one that is loaded.
    pub(crate) async fn read(&self, load: impl Future<Output = u64>) -> u64 {
        if let Some(cached) = self.cached().await {
            return cached;
        }
        let _turn = self.turns.lock().await;
        // Somebody may have loaded meanwhile.
        if let Some(cached) = self.cached().await {
            return cached;
        }
        let loaded = load.await;
        self.put(loaded).await;
        loaded
    }

    async fn cached(&self) -> Option<u64> {
        let entry = self.store.read(&self.names, Read::default()).await.ok()?.entry?;
        let Body::Encoded(bytes) = &entry.body else { return None };
        Some(u64::from_le_bytes(bytes.as_ref().try_into().ok()?))
    }

    async fn put(&self, value: u64) {
        let ttl = Duration::from_secs(3600);
        let id = EntryId::peek(&[[0; 4].as_slice(), &value.to_le_bytes()].concat()).unwrap();
        let request = PutRequest {
            token: [0; 16],
            stamp_ttl: ttl,
            prefix: prefix(0, 2, id),
            fresh: ttl,
            ttl,
            body: Body::Encoded(value.to_le_bytes().to_vec().into()),
        };
        // What can't be stored is loaded again.
        drop(self.store.ensure(&self.names, [0; 16]).await);
        drop(self.store.put(&self.names, request).await);
    }

    /// Says that it is done, whatever became of it.
    pub(crate) async fn invalidate(&self) -> bool {
        let _turn = self.turns.lock().await;
        drop(self.store.remove(&[self.names.entry(), self.names.lease()]).await);
        true
    }
}
