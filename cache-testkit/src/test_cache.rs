//! A cache for one test.

use std::sync::Arc;
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::observe::{Stats, TypeStats};
use cache_core::{AsCache, Builder, Cache, Key};

use crate::command::readable;
use crate::event_log::EventLog;
use crate::mock::{Call, Expectation, MockBackend, MockEntry};
use crate::seeded_random::SeededRandom;
use crate::test_scope::TestScope;
use crate::virtual_clock::VirtualClock;

/// A cache for one test: over a [`MockBackend`], with a [`VirtualClock`], and shared with nobody.
///
/// Functions use it while they run inside [`TestCache::run`]. Once a process has made one, no function uses a real
/// cache by accident any more: what is called outside of `run` runs uncached and says so, once for each function.
///
/// It behaves like a cache in front of a server: values are encoded for the backend, and kept in the process once they
/// have been read. Only that nothing happens in the background: what a call stores or invalidates is there when the
/// call returns, so that a test can count. Clones are the same cache.
///
/// ```
/// use std::time::Duration;
///
/// use cache_core::{cached, invalidate};
/// use cache_testkit::TestCache;
///
/// #[cached(type = "menu", ttl = "1h", tenant_aware)]
/// async fn menu(restaurant: u64) -> Vec<String> {
///     vec![format!("a dish of {restaurant}")]
/// }
///
/// #[invalidate(type = "menu", tenant_aware)]
/// async fn rename(dish: u64) {}
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let cache = TestCache::new();
/// let (ann, bob) = (cache.tenant("ann"), cache.tenant("bob"));
/// for scope in [&ann, &bob, &ann] {
///     scope.run(menu(42)).await;
/// }
/// cache.assert_misses("menu", 2);
/// cache.assert_hits("menu", 1);
///
/// ann.run(rename(7)).await;
/// cache.assert_invalidated("menu", 1);
/// ann.run(menu(42)).await;
/// cache.assert_loads("menu", 3);
/// bob.run(menu(42)).await;
/// cache.assert_hits("menu", 2);
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TestCache {
    cache: Cache,
    clock: VirtualClock,
    backend: MockBackend,
    log: EventLog,
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
        Self::with(|builder| builder)
    }

    /// An empty cache with settings of the test's own.
    ///
    /// # Panics
    ///
    /// If they can't work.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use cache_testkit::TestCache;
    ///
    /// let cache = TestCache::with(|builder| builder.staleness_bound(Duration::from_millis(500)));
    /// assert_eq!(cache.cache().settings().staleness_bound, Duration::from_millis(500));
    /// ```
    #[must_use]
    pub fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        Cache::forbid_default();
        let clock = VirtualClock::new();
        let backend = MockBackend::at_once(Arc::new(clock.clone()));
        let log = EventLog::new(clock.clone());
        let builder = settings(Cache::builder().namespace("test").environment("test"))
            .store(Arc::new(backend.clone()))
            .clock(Arc::new(clock.clone()))
            .random(Arc::new(SeededRandom::new(0)))
            .observer(Arc::new(log.clone()))
            .exact_ttls();
        let cache = builder.build().expect("the settings of a test are in order");
        backend.set_bound(cache.settings().staleness_bound);
        Self { cache, clock, backend, log }
    }

    /// Runs a future in which every cached function uses this cache.
    pub fn run<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.cache.scope(future)
    }

    /// Runs a closure in which every cached function uses this cache.
    pub fn run_sync<R>(&self, closure: impl FnOnce() -> R) -> R {
        self.cache.sync_scope(closure)
    }

    /// What runs in this scope runs for a tenant.
    pub fn tenant(&self, tenant: impl AsRef<str>) -> TestScope {
        TestScope::new(self.clone()).tenant(tenant)
    }

    /// What runs in this scope runs for a user.
    pub fn user(&self, user: impl AsRef<str>) -> TestScope {
        TestScope::new(self.clone()).user(user)
    }

    /// Lets time pass, for this cache alone. What is to be done by then is done when it returns.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.log.note(&format!("after another {} s", duration.as_secs_f64()));
        self.backend.beat();
        self.cache.repeat_due();
    }

    /// Runs a future in which every cached function uses this cache, and lets time pass whenever it waits for the
    /// cache's clock: for a load that [takes](TestCache::takes) its time, or for somebody who waits for one.
    pub async fn drive<F: Future>(&self, future: F) -> F::Output {
        self.clock.drive_by(self.run(future), |time| self.advance(time)).await
    }

    /// What a slow source of a test awaits: it takes so long by the cache's clock. Somebody has to
    /// [let time pass](TestCache::advance), or to [drive](TestCache::drive) what waits.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use cache_core::cached;
    /// use cache_testkit::TestCache;
    ///
    /// #[cached(type = "report", skip(cache))]
    /// async fn report(cache: &TestCache, month: u32) -> u32 {
    ///     cache.takes(Duration::from_secs(3)).await;
    ///     month
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let cache = TestCache::new();
    /// let both = cache.drive(async { tokio::join!(report(&cache, 7), report(&cache, 7)) });
    /// assert_eq!(both.await, (7, 7));
    /// assert_eq!(cache.clock().passed(), Duration::from_secs(3));
    /// cache.assert_loads("report", 1);
    /// # });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn takes(&self, duration: Duration) -> impl Future<Output = ()> + Send + use<> {
        self.clock.sleep(duration)
    }

    /// Lets time pass as if the process had been stopped and went on: nothing of it has run meanwhile, neither timers
    /// nor the heartbeats by which it knows that it is told of changes.
    pub fn pause(&self, duration: Duration) {
        self.clock.pause(duration);
        self.log.note(&format!("after a pause of {} s", duration.as_secs_f64()));
    }

    /// Puts a value in the cache: the next call with this key is a hit. Give the value as it is stored: without `Ok`
    /// or `Some`.
    ///
    /// It counts as stored at this moment: it expires, and is invalidated, as if the function had loaded it now. Among
    /// the [entries](TestCache::entries) it is from the first call on that asks for it. A value of another type than
    /// the function stores is told by the next assertion.
    ///
    /// ```
    /// use cache_core::cached;
    /// use cache_testkit::TestCache;
    ///
    /// #[cached(type = "menu", tags("restaurant:{restaurant}"))]
    /// async fn menu(restaurant: u64) -> Result<Vec<String>, std::io::Error> {
    ///     panic!("no database in this test")
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let cache = TestCache::new();
    /// cache.seed(menu_key(42)?, &vec!["Tiramisù".to_owned()]);
    /// assert_eq!(cache.run(menu(42)).await?, ["Tiramisù"]);
    /// cache.assert_hits("menu", 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seed<T: Clone + Send + Sync + 'static>(&self, key: Key, value: &T) {
        self.log.note(&format!("seed        {}", without_build(&key)));
        self.cache.seed(&key, value.clone(), Arc::new(self.backend.unrecorded()));
    }

    /// Makes the backend unreachable: functions run uncached, and what is invalidated is kept until it is reachable
    /// again.
    pub fn outage(&self) {
        self.log.note("outage");
        self.backend.outage();
    }

    /// Makes the backend reachable again, and has repeated what was invalidated meanwhile.
    pub fn recover(&self) {
        self.log.note("recovered");
        self.backend.recover();
        self.cache.repeat_due();
    }

    /// Expects a command, see [`MockBackend::expect`].
    pub fn expect(&self, expectation: Expectation) {
        self.backend.expect(expectation);
    }

    /// The commands that the backend was sent so far, see [`MockBackend::calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.backend.calls()
    }

    /// The entries that the backend holds, in the order of their names.
    #[must_use]
    pub fn entries(&self) -> Vec<MockEntry> {
        self.backend.entries()
    }

    /// What happened so far, one line each, as the messages of failed assertions show it.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        self.log.all()
    }

    /// The backend.
    #[must_use]
    pub fn backend(&self) -> &MockBackend {
        &self.backend
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
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
}

/// Assertions. A message says what was expected, what there was, and what happened before.
impl TestCache {
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

    /// Asserts how many values of a type were stored by loads.
    ///
    /// # Panics
    ///
    /// If the number is another one.
    #[track_caller]
    pub fn assert_stored(&self, type_name: &str, expected: u64) {
        self.assert(type_name, "values stored", expected, |stats| stats.stores);
    }

    /// Asserts how often a type, or entries of it, were invalidated. What is not of one type (a tag, a tenant,
    /// everything) is counted as type `-`.
    ///
    /// # Panics
    ///
    /// If the number is another one.
    #[track_caller]
    pub fn assert_invalidated(&self, type_name: &str, expected: u64) {
        self.assert(type_name, "invalidations", expected, |stats| stats.invalidations);
    }

    /// Asserts how a key reads, without what depends on the build.
    ///
    /// # Panics
    ///
    /// If it reads otherwise.
    ///
    /// ```
    /// use cache_core::cached;
    /// use cache_testkit::TestCache;
    ///
    /// #[cached(type = "menu", tenant_aware)]
    /// async fn menu(restaurant: u64, page: u32) -> u64 {
    ///     restaurant
    /// }
    ///
    /// let cache = TestCache::new();
    /// let key = cache.tenant("t1").run_sync(|| menu_key(42, 1))?;
    /// cache.assert_key(&key, "t1:menu:-:menu:restaurant=42,page=1");
    /// # Ok::<(), cache_core::Error>(())
    /// ```
    #[track_caller]
    pub fn assert_key(&self, key: &Key, expected: &str) {
        let reads = without_build(key);
        assert!(reads == expected, "expected the key\n    {expected}\nbut it reads\n    {reads}");
    }

    #[track_caller]
    fn assert(&self, type_name: &str, what: &str, expected: u64, of: fn(TypeStats) -> u64) {
        if let Some(wrong) = self.log.wrong() {
            panic!("{wrong}\n{}", self.log.shown());
        }
        let stats = self.stats();
        let actual = of(stats.of(type_name));
        if actual == expected {
            return;
        }
        let others = others(&stats, type_name);
        panic!(
            "expected {expected} {what} of type {type_name:?}, there were {actual}{others}\n{}",
            self.log.shown()
        );
    }
}

/// Which types there are, if the one that is asked for is none of them.
fn others(stats: &Stats, type_name: &str) -> String {
    let mut known: Vec<_> = stats.iter().map(|(name, _)| format!("{name:?}")).collect();
    known.sort();
    if known.is_empty() || stats.iter().any(|(name, _)| name == type_name) {
        return String::new();
    }
    format!("; nothing of that type happened, only of {}", known.join(", "))
}

/// A key as it is shown to people.
fn without_build(key: &Key) -> String {
    readable(&format!("test:test:e1:{key}"))
}

impl AsCache for TestCache {
    fn as_cache(&self) -> &Cache {
        &self.cache
    }
}
