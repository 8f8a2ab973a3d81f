//! A cache for one test.

use std::sync::Arc;
use std::time::Duration;

use cache_core::observe::{Stats, TypeStats};
use cache_core::{AsCache, Cache};

use crate::virtual_clock::VirtualClock;

/// A cache for one test: in memory, with a [`VirtualClock`], and shared with nobody.
///
/// Functions use it while they run inside [`TestCache::run`]. Once a process has made one, no cache is built
/// from the environment any more: a cached function that is called outside of `run` runs uncached.
#[derive(Clone, Debug)]
pub struct TestCache {
    cache: Cache,
    clock: VirtualClock,
}

impl Default for TestCache {
    fn default() -> Self {
        Self::new()
    }
}

impl TestCache {
    /// An empty cache.
    ///
    /// # Panics
    ///
    /// Never, in practice: its settings are in order.
    #[must_use]
    pub fn new() -> Self {
        Cache::forbid_default();
        let clock = VirtualClock::new();
        let builder = Cache::builder().namespace("test").environment("test").memory_only().jitter(0.0);
        let cache =
            builder.clock(Arc::new(clock.clone())).build().expect("the settings of a test are in order");
        Self { cache, clock }
    }

    /// Runs a future in which every cached function uses this cache.
    pub fn run<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.cache.scope(future)
    }

    /// Runs a closure in which every cached function uses this cache.
    pub fn run_sync<R>(&self, closure: impl FnOnce() -> R) -> R {
        self.cache.sync_scope(closure)
    }

    /// Lets time pass, for this cache alone.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.cache.repeat_due();
    }

    /// The cache itself.
    #[must_use]
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// What it counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.cache.stats()
    }

    /// Asserts how many calls of a type were served from the cache.
    ///
    /// # Panics
    ///
    /// If the number is another one.
    #[track_caller]
    pub fn assert_hits(&self, type_name: &str, expected: u64) {
        self.assert(type_name, "hits", expected, |stats| stats.hits);
    }

    /// Asserts how many calls of a type found nothing to serve and loaded.
    ///
    /// # Panics
    ///
    /// If the number is another one.
    #[track_caller]
    pub fn assert_misses(&self, type_name: &str, expected: u64) {
        self.assert(type_name, "misses", expected, |stats| stats.misses);
    }

    /// Asserts how many loads of a type ran to their end.
    ///
    /// # Panics
    ///
    /// If the number is another one.
    #[track_caller]
    pub fn assert_loads(&self, type_name: &str, expected: u64) {
        self.assert(type_name, "loads", expected, |stats| stats.loads);
    }

    #[track_caller]
    fn assert(&self, type_name: &str, what: &str, expected: u64, of: fn(TypeStats) -> u64) {
        let stats = self.stats();
        let actual = of(stats.of(type_name));
        if actual == expected {
            return;
        }
        let mut known: Vec<_> = stats.iter().map(|(name, stats)| format!("  {name}: {stats:?}")).collect();
        known.sort();
        let known = if known.is_empty() { "  nothing".to_owned() } else { known.join("\n") };
        panic!(
            "expected {expected} {what} of type {type_name:?}, there were {actual}; the cache counted:\n{known}"
        );
    }
}

impl AsCache for TestCache {
    fn as_cache(&self) -> &Cache {
        &self.cache
    }
}
