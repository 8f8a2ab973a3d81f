//! Counters by cache type.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use crate::observe::part;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    Hits,
    Misses,
    Joined,
    Loads,
    FailedLoads,
    Stores,
    RefusedStores,
    Undecodable,
    NoTenant,
    NoUser,
    Disabled,
    Unkeyed,
    Unavailable,
    Invalidations,
    NearHits,
    StaleHits,
    StaleOnError,
    Bypassed,
}

const COUNTERS: usize = Counter::Bypassed as usize + 1;

/// The counters of all types of a cache.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Replaced as a whole when a type is new, so that nobody who counts waits for anybody.
    types: ArcSwap<HashMap<Box<str>, Arc<OfType>>>,
}

/// The counters of one type, in the parts of [`part`].
#[derive(Debug, Default)]
pub(crate) struct OfType([Part; part::SHARED + 1]);

/// Some threads' counters, on cache lines of their own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Part([AtomicU64; COUNTERS]);

impl Counters {
    /// The counters of a type.
    pub(crate) fn of(&self, type_name: &str) -> Arc<OfType> {
        if let Some(known) = self.types.load().get(type_name) {
            return known.clone();
        }
        self.types.rcu(|types| {
            let mut types = HashMap::clone(types);
            types.entry(type_name.into()).or_default();
            types
        });
        self.of(type_name)
    }

    pub(crate) fn add(&self, type_name: &str, counter: Counter) {
        match self.types.load().get(type_name) {
            Some(known) => known.add(counter),
            None => self.of(type_name).add(counter),
        }
    }

    pub(crate) fn snapshot(&self) -> Stats {
        let types = self.types.load();
        Stats {
            types: types.iter().map(|(name, counters)| (name.to_string(), counters.snapshot())).collect(),
        }
    }
}

impl OfType {
    #[inline]
    pub(crate) fn add(&self, counter: Counter) {
        let part = part::current();
        let counter = &self.0[part].0[counter as usize];
        if part == part::SHARED {
            counter.fetch_add(1, Ordering::Relaxed);
        } else {
            counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    fn snapshot(&self) -> TypeStats {
        let get = |counter: Counter| {
            self.0.iter().map(|part| part.0[counter as usize].load(Ordering::Relaxed)).sum::<u64>()
        };
        let near_hits = get(Counter::NearHits);
        TypeStats {
            hits: get(Counter::Hits) + near_hits,
            misses: get(Counter::Misses),
            joined: get(Counter::Joined),
            loads: get(Counter::Loads),
            failed_loads: get(Counter::FailedLoads),
            stores: get(Counter::Stores),
            refused_stores: get(Counter::RefusedStores),
            undecodable: get(Counter::Undecodable),
            no_tenant: get(Counter::NoTenant),
            no_user: get(Counter::NoUser),
            disabled: get(Counter::Disabled),
            unkeyed: get(Counter::Unkeyed),
            unavailable: get(Counter::Unavailable),
            invalidations: get(Counter::Invalidations),
            near_hits,
            stale_hits: get(Counter::StaleHits),
            stale_on_error: get(Counter::StaleOnError),
            bypassed: get(Counter::Bypassed),
        }
    }
}

/// The counters of all types at one moment, see [`Cache::stats`](crate::Cache::stats).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    types: HashMap<String, TypeStats>,
}

impl Stats {
    /// The counters of a type; all zero for a type that did nothing yet.
    #[must_use]
    pub fn of(&self, type_name: &str) -> TypeStats {
        self.types.get(type_name).copied().unwrap_or_default()
    }

    /// Every type that did something, with its counters, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, TypeStats)> {
        self.types.iter().map(|(name, stats)| (name.as_str(), *stats))
    }
}

/// The counters of one type since the cache was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeStats {
    /// Calls that were served from the cache, from whichever tier.
    pub hits: u64,
    /// Calls that found nothing to serve and loaded.
    pub misses: u64,
    /// Calls that were served by the load of another call.
    pub joined: u64,
    /// Loads that ran to their end.
    pub loads: u64,
    /// Loads among them that gave an `Err`.
    pub failed_loads: u64,
    /// Values that were stored.
    pub stores: u64,
    /// Values that were not stored because they were invalidated, or their lease was lost, during the load.
    pub refused_stores: u64,
    /// Entries that were found and could not be decoded; each was replaced by the next load.
    pub undecodable: u64,
    /// Calls that ran uncached for want of a tenant.
    pub no_tenant: u64,
    /// Calls that ran uncached for want of a user.
    pub no_user: u64,
    /// Calls that ran uncached because caching is switched off.
    pub disabled: u64,
    /// Calls that ran uncached because no key could be made of their arguments.
    pub unkeyed: u64,
    /// Requests that the store did not answer; the call went on without it.
    pub unavailable: u64,
    /// Invalidations.
    pub invalidations: u64,
    /// Hits among them that asked no store: the value was kept in the process.
    pub near_hits: u64,
    /// Hits among them whose time to live had passed, served while somebody reloaded.
    pub stale_hits: u64,
    /// Calls whose load failed, and that were served the last value instead.
    pub stale_on_error: u64,
    /// Calls that were told to leave the cache aside.
    pub bypassed: u64,
}

impl fmt::Display for TypeStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hits, {} misses, {} joined, {} loads", self.hits, self.misses, self.joined, self.loads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_type() {
        let counters = Counters::default();
        counters.add("menu", Counter::Hits);
        counters.add("menu", Counter::Hits);
        counters.add("menu", Counter::Invalidations);
        counters.add("orders", Counter::Misses);
        let stats = counters.snapshot();
        assert_eq!((stats.of("menu").hits, stats.of("menu").invalidations), (2, 1));
        assert_eq!(stats.of("orders"), TypeStats { misses: 1, ..TypeStats::default() });
        assert_eq!(stats.of("nothing"), TypeStats::default());
        assert_eq!(stats.iter().count(), 2);
    }

    #[test]
    fn nothing_that_threads_count_is_lost() {
        const EACH: u64 = 10_000;
        let counters = Counters::default().of("menu");
        // More than have a part of their own, and again after those have ended.
        for rounds in 1..=3 {
            std::thread::scope(|scope| {
                for _ in 0..2 * part::OWN {
                    scope.spawn(|| (0..EACH).for_each(|_| counters.add(Counter::Hits)));
                }
            });
            assert_eq!(counters.snapshot().hits, rounds * 2 * part::OWN as u64 * EACH);
        }
    }
}
