//! The engine: a concurrent S3-FIFO map bounded by bytes, in which everything has an expiry.
//!
//! Algorithm: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, as the crate
//! `quick_cache` implements it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter};

/// What a small record costs beside its payload: two pointers to the heap, counters, and the slot.
const OVERHEAD: u64 = 96;
/// An item must fit into a shard, so none is smaller than this.
const SMALLEST_SHARD: u64 = 16 * 1024 * 1024;
/// More shards than this don't make a difference.
const MOST_SHARDS: u64 = 64;

/// A map from names to values with an expiry.
pub(crate) struct Engine<V: Clone> {
    cache: Cache<Arc<str>, Timed<V>, Bytes>,
}

/// A value, until when it lives, and how many bytes it counts.
#[derive(Clone)]
pub(crate) struct Timed<V> {
    pub(crate) value: V,
    pub(crate) expires: Instant,
    pub(crate) weight: usize,
}

type Evicted<V> = <DefaultLifecycle<Arc<str>, Timed<V>> as Lifecycle<Arc<str>, Timed<V>>>::RequestState;

/// What an insertion replaced or evicted.
#[must_use = "it is to be dropped when no lock is held"]
pub(crate) struct Leftovers<V> {
    _replaced: Option<(Arc<str>, Timed<V>)>,
    _evicted: Evicted<V>,
}

#[derive(Clone, Copy, Debug)]
struct Bytes;

impl<V: Clone> Weighter<Arc<str>, Timed<V>> for Bytes {
    fn weight(&self, name: &Arc<str>, timed: &Timed<V>) -> u64 {
        (name.len() as u64).saturating_add(timed.weight as u64).saturating_add(OVERHEAD)
    }
}

impl<V: Clone> Engine<V> {
    pub(crate) fn new(bytes: u64) -> Self {
        let mut options = OptionsBuilder::new();
        let items = usize::try_from(bytes / 512).unwrap_or(usize::MAX).max(16);
        options.estimated_items_capacity(items).weight_capacity(bytes);
        let shards = (bytes / SMALLEST_SHARD).clamp(1, MOST_SHARDS);
        // The engine rounds up to a power of two.
        options.shards(1 << shards.ilog2());
        let options = options.build().expect("both capacities were set");
        let cache =
            Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self { cache }
    }

    /// The value under a name, unless it expired.
    pub(crate) fn get(&self, name: &str, now: Instant) -> Option<V> {
        let timed = self.cache.get(name)?;
        if now < timed.expires {
            return Some(timed.value);
        }
        self.cache.remove(name);
        None
    }

    /// Notes a use of the value under a name.
    pub(crate) fn touch(&self, name: &str) {
        drop(self.cache.get(name));
    }

    /// Until when the value under a name lives.
    pub(crate) fn expires(&self, name: &str) -> Option<Instant> {
        self.cache.peek(name).map(|timed| timed.expires)
    }

    /// Inserts a value; returns what it replaced or evicted, to be dropped when no lock is held: dropping a
    /// value may run anything.
    pub(crate) fn insert(&self, name: &str, timed: Timed<V>) -> Leftovers<V> {
        let replaced = self.cache.remove(name);
        let mut evicted = Evicted::<V>::default();
        self.cache.insert_with_lifecycle(Arc::from(name), timed, &mut evicted);
        Leftovers { _replaced: replaced, _evicted: evicted }
    }

    /// Removes a value, and returns it.
    pub(crate) fn remove(&self, name: &str) -> Option<V> {
        self.cache.remove(name).map(|(_, timed)| timed.value)
    }

    /// How many bytes everything counts together.
    pub(crate) fn weight(&self) -> u64 {
        self.cache.weight()
    }
}

impl<V: Clone> fmt::Debug for Engine<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("items", &self.cache.len())
            .field("bytes", &self.cache.weight())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::{Clock, SystemClock};

    fn timed(weight: usize, expires: Instant) -> Timed<u8> {
        Timed { value: 1, expires, weight }
    }

    #[test]
    fn a_value_lives_until_its_expiry() {
        let (engine, now) = (Engine::new(1024 * 1024), SystemClock.now());
        let expires = now + Duration::from_secs(1);
        drop(engine.insert("a", timed(10, expires)));
        assert_eq!(engine.get("a", now), Some(1));
        assert_eq!(engine.get("a", expires), None);
        assert_eq!(engine.weight(), 0, "an expired value that was asked for is removed");
    }

    #[test]
    fn stays_within_its_bytes() {
        let (engine, now) = (Engine::new(100_000), SystemClock.now());
        for i in 0..1000 {
            drop(engine.insert(&format!("name {i}"), timed(1000, now + Duration::from_secs(1))));
            assert!(engine.weight() <= 100_000);
        }
        assert!(engine.weight() > 50_000, "but uses them: {}", engine.weight());
    }

    #[test]
    fn a_value_larger_than_everything_is_not_kept() {
        let (engine, now) = (Engine::new(1000), SystemClock.now());
        drop(engine.insert("a", timed(2000, now + Duration::from_secs(1))));
        assert_eq!(engine.get("a", now), None);
    }
}
