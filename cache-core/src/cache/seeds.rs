//! Values that a test puts in place before any call.
//!
//! # Why not at once?
//!
//! Only a call knows everything that an entry needs: its tags, its codec, its times, the schema of its value. So a
//! value waits for the first call that asks for it, and is put in place then as it would be now had it been stored at
//! the time of the seeding: it has aged, and what was invalidated since is gone.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cache::inner::Inner;
use crate::cache::landing::Pack;
use crate::cache::request::Request;
use crate::flight::now;
use crate::key::address::Key;
use crate::observe::Event;
use crate::protocol::Lives;
use crate::rng;
use crate::store::{Body, PutReply, PutRequest, Store};
use crate::target::{Removal, Target};
use crate::value::envelope::{EntryId, prefix};

/// The values that wait for their calls, by the names of their entries.
#[derive(Default)]
pub(crate) struct Seeds {
    /// How many there are, so that a call of a cache without any costs one load.
    count: AtomicUsize,
    waiting: Mutex<Waiting>,
}

type Waiting = HashMap<String, Seed>;

#[derive(Clone)]
struct Seed {
    value: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
    since: Instant,
    /// What was invalidated since.
    removed: Vec<Removal>,
    store: Arc<dyn Store>,
}

/// A value on its way to its place. Calls of other threads that ask for one wait meanwhile.
pub(crate) struct Planting<'a> {
    seeds: &'a Seeds,
    waiting: MutexGuard<'a, Waiting>,
    request: &'a Request,
    seed: Seed,
}

impl Inner {
    /// Replaces what is cached under a key by a value that waits for the call.
    pub(crate) fn seed(
        &self,
        key: &Key,
        value: Arc<dyn Any + Send + Sync>,
        type_name: &'static str,
        store: Arc<dyn Store>,
    ) {
        let removal = Target::key(key.clone()).removal(&self.namespace);
        let names: Vec<&str> = removal.names().collect();
        for place in [&store, &self.local] {
            now(place.remove(&names));
        }
        names.iter().for_each(|name| self.changes.changed(name.as_bytes()));
        self.flights.detach(|flight| removal.covers(flight));
        let seed = Seed { value, type_name, since: self.clock.now(), removed: Vec::new(), store };
        self.seeds.add(removal.name.to_string(), seed);
    }
}

impl Seeds {
    fn add(&self, name: String, seed: Seed) {
        let mut waiting = self.waiting();
        waiting.insert(name, seed);
        self.count.store(waiting.len(), Ordering::Release);
    }

    /// Notes an invalidation: whom it hits is known when the call knows its tags.
    pub(crate) fn removed(&self, removals: &[Removal]) {
        if self.count.load(Ordering::Acquire) > 0 {
            self.waiting().values_mut().for_each(|seed| seed.removed.extend_from_slice(removals));
        }
    }

    /// Takes what waits for a call, unless that can't ask the store.
    pub(crate) fn take<'a>(&'a self, request: &'a Request) -> Option<Planting<'a>> {
        if self.count.load(Ordering::Acquire) == 0 || request.fenced() {
            return None;
        }
        let mut waiting = self.waiting();
        let seed = waiting.remove(request.names.entry())?;
        Some(Planting { seeds: self, waiting, request, seed })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planting<'_> {
    /// The value, if it has the type that the function stores; it may also be in an [`Arc`].
    pub(crate) fn value<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let counted = self.seed.value.downcast_ref::<Arc<T>>().cloned();
        counted.or_else(|| self.seed.value.clone().downcast().ok())
    }

    /// Says that it has another type.
    pub(crate) fn misfits<T>(self) {
        let event = Event::Misfit { seeded: self.seed.type_name, stored: std::any::type_name::<T>() };
        self.request.emit(event);
    }

    /// Puts it in place.
    pub(crate) fn plant(mut self, pack: &mut dyn Pack) {
        let request = self.request;
        let age = request.now().saturating_duration_since(self.seed.since);
        let lives = request.draw_lives(pack.ttl().unwrap_or(request.ttl));
        let gone = self.seed.removed.iter().any(|removal| removal.covers(&request.names));
        if gone || age >= lives.longest() {
            return;
        }
        let nonces = u8::try_from(request.names.groups() + 1).unwrap_or(u8::MAX);
        let prefix = prefix(0, nonces, EntryId(rng::bytes(&*request.cache.random)));
        match pack.encode(&prefix, Duration::ZERO, lives) {
            Ok(body) if self.put(prefix, &body, lives, age) => {}
            // The store is away: it is there when the store is again.
            Ok(_) => {
                let Self { waiting, seed, .. } = &mut self;
                waiting.insert(request.names.entry().to_owned(), seed.clone());
            }
            Err(error) => request.cache.warn_once(&error, request.type_name, request.names.entry()),
        }
    }

    fn put(&self, prefix: [u8; 12], body: &Body, lives: Lives, age: Duration) -> bool {
        let request = self.request;
        let store = if request.is_local() { request.store() } else { &self.seed.store };
        let token = || rng::bytes(&*request.cache.random);
        let put = || PutRequest {
            token: token(),
            stamp_ttl: request.stamp_ttl(),
            prefix,
            fresh: lives.fresh.saturating_sub(age),
            ttl: lives.longest().saturating_sub(age),
            body: body.clone(),
        };
        let mut answer = now(store.put(&request.names, put()));
        if let Some(Ok(PutReply::Disowned)) = answer {
            now(store.ensure(&request.names, token()));
            answer = now(store.put(&request.names, put()));
        }
        matches!(answer, Some(Ok(PutReply::Stored(_))))
    }
}

impl Drop for Planting<'_> {
    fn drop(&mut self) {
        // Not before the value is in place: who sees that nothing waits goes on without looking.
        self.seeds.count.store(self.waiting.len(), Ordering::Release);
    }
}

impl fmt::Debug for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeds").field("waiting", &self.count).finish()
    }
}
