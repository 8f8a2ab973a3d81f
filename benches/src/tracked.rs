//! A store that counts as shared and tells of every change, without a server.

use std::sync::Arc;
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Read,
    Snapshot, Store, StoreReply, StoreRequest, Token, Tracker,
};

/// As long as no bench takes.
const LONG: Duration = Duration::from_secs(86_400);

/// A shared store in this process.
#[derive(Debug)]
pub struct Tracked(MemoryStore);

impl Default for Tracked {
    fn default() -> Self {
        Self(MemoryStore::new(64 << 20, Arc::new(SystemClock), Arc::new(SystemRandom)))
    }
}

impl Store for Tracked {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn watch(&self, changes: &Arc<Changes>) {
        changes.extend(Tracker::Calls, SystemClock.now(), LONG);
        self.0.watch(changes);
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        Box::pin(async move {
            let snapshot = self.0.read(names, read).await?;
            Ok(Snapshot { tracker: Some(Tracker::Calls), ..snapshot })
        })
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        self.0.acquire(names, request)
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        self.0.store(names, request)
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        self.0.put(names, request)
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        self.0.renew(names, lease, keep)
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        self.0.remove(names)
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        self.0.ensure(names, token)
    }
}
