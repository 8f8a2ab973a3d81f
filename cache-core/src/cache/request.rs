//! One cached call, as the engine sees it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::cache::accept::Keep;
use crate::cache::inner::Inner;
use crate::clock::Sleep;
use crate::context::Loads;
use crate::key::names::Names;
use crate::near::{Kept, NearKey, Value};
use crate::observe::{Counter, Event, OfType};
use crate::policy::SingleFlight;
use crate::protocol::{Hold, Lives, Standing, Tracker};
use crate::rng;
use crate::store::Store;
use crate::ttl::Ttl;
use crate::value::kind::AnyCodec;

/// One cached call.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) cache: Arc<Inner>,
    pub(crate) names: Names,
    pub(crate) type_name: &'static str,
    pub(crate) counters: Arc<OfType>,
    pub(crate) tags: Vec<String>,
    pub(crate) ttl: Ttl,
    /// Whether every value lives as long, whatever it says itself.
    pub(crate) ttl_is_set: bool,
    /// The longest time to live that a value of this function may choose for itself, if any may.
    pub(crate) longest_ttl: Option<Ttl>,
    pub(crate) stale: StaleFor,
    /// By which part of itself a time to live is shortened at most.
    pub(crate) jitter: f64,
    pub(crate) max_wait: Duration,
    /// How long a lease is asked for.
    pub(crate) lease: Duration,
    /// Who may load at the same time, if that is limited.
    pub(crate) permits: Option<Arc<Semaphore>>,
    /// How long `None` lives, if it is stored.
    pub(crate) absent_ttl: Option<Ttl>,
    /// How far concurrent loads of one key are merged.
    pub(crate) merge: SingleFlight,
    /// How values are encoded.
    pub(crate) codec: AnyCodec,
    /// The fingerprint of the value's schema.
    pub(crate) schema: u64,
    /// Whether it lives in this process alone.
    pub(crate) memory: bool,
    /// Under what a value may be kept in the process, if it may.
    pub(crate) near: Option<NearKey>,
    /// Whether the call wants a load of its own time.
    pub(crate) refresh: bool,
    /// Whether the caller blocks its thread: then nothing may depend on that thread's runtime.
    pub(crate) blocking: bool,
    /// The loads that enclose the call.
    pub(crate) loads: Loads,
}

/// For how long after its time to live a value is still good for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StaleFor {
    pub(crate) while_revalidate: Duration,
    /// Whether a task reloads, and not the caller.
    pub(crate) in_background: bool,
    pub(crate) if_error: Duration,
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

    /// Whether the store lies in this process.
    pub(crate) fn is_local(&self) -> bool {
        self.memory || self.cache.remote.is_none()
    }

    /// Whether the store's answers are ready at once.
    pub(crate) fn is_answered_at_once(&self) -> bool {
        self.memory || self.cache.is_answered_at_once()
    }

    /// Whether an invalidation that is not yet acknowledged covers this call. The memory of this process
    /// acknowledges at once.
    pub(crate) fn fenced(&self) -> bool {
        !self.is_local() && self.cache.fence.covers(&self.names)
    }

    /// Whether this process is told of changes to what was read for this call, or asked the lease of.
    pub(crate) fn is_told(&self, tracker: Option<Tracker>) -> bool {
        let elsewhere = if self.blocking { Tracker::Control } else { Tracker::Calls };
        let unless_said = if self.is_answered_at_once() { Tracker::Local } else { elsewhere };
        self.cache.changes.holds(tracker.unwrap_or(unless_said), self.now())
    }

    /// Whether a value that was found before may still be served.
    pub(crate) fn may_serve(&self, hold: &Hold) -> bool {
        !self.fenced() && self.cache.changes.standing(hold, self.now()) == Standing::Good
    }

    /// The lives of an entry that is fresh for this long.
    pub(crate) fn lives(&self, fresh: Duration) -> Lives {
        // No store takes a longer time than this.
        let [while_revalidate, if_error] = [self.stale.while_revalidate, self.stale.if_error]
            .map(|window| window.min(Ttl::NEVER.as_duration()));
        Lives { fresh, while_revalidate, if_error }
    }

    /// The lives of a value that is stored now: its time to live is shortened by chance, so that values that were
    /// stored together don't expire together.
    pub(crate) fn draw_lives(&self, ttl: Ttl) -> Lives {
        let ttl = self.longest_ttl.map_or(ttl, |longest| ttl.min(longest)).as_duration();
        // A type written by hand may say anything; what is no part of a whole shortens nothing or everything.
        let jitter = if self.jitter > 0.0 { self.jitter.min(1.0) } else { 0.0 };
        let shorter = if jitter > 0.0 { rng::fraction(&*self.cache.random) * jitter } else { 0.0 };
        self.lives(ttl.mul_f64(1.0 - shorter).max(Duration::from_millis(1)))
    }

    pub(crate) fn stamp_ttl(&self) -> Duration {
        let ttls = [self.longest_ttl, self.absent_ttl].into_iter().flatten();
        let ttl = ttls.fold(self.ttl, Ttl::max);
        self.lives(ttl.as_duration()).longest().saturating_mul(STAMP_LIVES)
    }

    /// Keeps a value in the process, or that there is none.
    pub(crate) fn keep(&self, value: Option<&Arc<dyn Any + Send + Sync>>, keep: Keep) {
        let Some(key) = self.near.clone() else { return };
        let Some(value) = value else { return self.keep_value(key, Value::absent(), keep) };
        let value = if self.is_local() {
            Value::InMemory {
                value: Arc::downgrade(value),
                store: self.cache.memory.clone(),
                name: self.names.entry().into(),
                uses: AtomicU32::new(0),
            }
        } else {
            Value::Here(value.clone())
        };
        self.keep_value(key, value, keep);
    }

    fn keep_value(&self, key: NearKey, value: Value, keep: Keep) {
        let Keep { hold, fresh_until, weight } = keep;
        let weight = if self.is_local() { self.names.entry().len() } else { weight };
        let kept =
            Kept { value, hold, fresh_until: fresh_until.into(), weight, counters: self.counters.clone() };
        self.cache.near.insert(key, kept);
    }

    pub(crate) fn now(&self) -> Instant {
        self.cache.clock.now()
    }

    pub(crate) fn timer(&self, until: Instant) -> Sleep {
        self.cache.clock.sleep(until.saturating_duration_since(self.now()))
    }

    pub(crate) fn count(&self, counter: Counter) {
        self.counters.add(counter);
    }

    pub(crate) fn emit(&self, event: Event<'_>) {
        self.cache.events.emit(self.type_name, self.names.entry(), event);
    }
}
