//! One cached call, as the engine sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cache::inner::Inner;
use crate::clock::Sleep;
use crate::context::Loads;
use crate::key::names::Names;
use crate::observe::{Counter, Event, emit};
use crate::store::Store;
use crate::ttl::Ttl;

/// One cached call.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) cache: Arc<Inner>,
    pub(crate) names: Arc<Names>,
    pub(crate) type_name: &'static str,
    pub(crate) tags: Vec<String>,
    pub(crate) ttl: Ttl,
    pub(crate) max_wait: Duration,
    /// How long a lease is asked for.
    pub(crate) lease: Duration,
    /// The fingerprint of the value's schema.
    pub(crate) schema: u64,
    /// Whether it lives in this process alone.
    pub(crate) memory: bool,
    /// Whether the caller blocks its thread: then nothing may depend on that thread's runtime.
    pub(crate) blocking: bool,
    /// The loads that enclose the call.
    pub(crate) loads: Loads,
}

/// A stamp lives at least this many times as long as the longest entry that carries it.
const STAMP_LIVES: u32 = 4;

impl Request {
    /// The store for this call.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        match &self.cache.remote {
            Some(remote) if !self.memory && self.blocking => &remote.control,
            Some(remote) if !self.memory => &remote.data,
            _ => &self.cache.local,
        }
    }

    /// The store for what must get through even if the caller's runtime ends: renewals and releases.
    pub(crate) fn control(&self) -> &Arc<dyn Store> {
        match &self.cache.remote {
            Some(remote) if !self.memory => &remote.control,
            _ => &self.cache.local,
        }
    }

    /// Whether an invalidation that is not yet acknowledged covers this call. The memory of this process
    /// acknowledges at once.
    pub(crate) fn fenced(&self) -> bool {
        !self.store().capability().local && self.cache.fence.covers(&self.names)
    }

    pub(crate) fn stamp_ttl(&self) -> Duration {
        self.ttl.as_duration() * STAMP_LIVES
    }

    pub(crate) fn now(&self) -> Instant {
        self.cache.clock.now()
    }

    pub(crate) fn timer(&self, until: Instant) -> Sleep {
        self.cache.clock.sleep(until.saturating_duration_since(self.now()))
    }

    pub(crate) fn count(&self, counter: Counter) {
        self.cache.counters.add(self.type_name, counter);
    }

    pub(crate) fn emit(&self, event: Event<'_>) {
        emit(self.type_name, self.names.entry(), event);
    }
}
