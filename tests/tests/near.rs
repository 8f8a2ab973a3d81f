//! Values that are kept in the process, values that are old, and calls that want new ones, over a shared store in
//! this process and in virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Read,
    Snapshot, Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Builder, Cache, CacheType, Target, TypePolicy, bypass, cached, invalidate, refresh};
use cache_testkit::{TestCache, VirtualClock};
use tokio::sync::{Notify, Semaphore};

const SECOND: Duration = Duration::from_secs(1);
/// The staleness bound.
const BOUND: Duration = Duration::from_secs(2);

/// A shared store in this process, which counts its reads and can hold back their replies.
#[derive(Debug)]
struct Server {
    memory: MemoryStore,
    tells: bool,
    reads: AtomicU32,
    holds: AtomicBool,
    let_go: Notify,
}

impl Server {
    fn new(clock: &VirtualClock, tells: bool) -> Arc<Self> {
        let memory = MemoryStore::new(1 << 20, Arc::new(clock.clone()), Arc::new(SystemRandom));
        let (reads, holds, let_go) = (AtomicU32::new(0), AtomicBool::new(false), Notify::new());
        Arc::new(Self { memory, tells, reads, holds, let_go })
    }

    /// How often it was read from since this was asked last.
    fn reads(&self) -> u32 {
        self.reads.swap(0, Ordering::SeqCst)
    }
}

impl Store for Server {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn watch(&self, changes: &Arc<Changes>) {
        if self.tells {
            self.memory.watch(changes);
        }
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let seen = self.memory.read(names, read);
        Box::pin(async move {
            let seen = seen.await?;
            if self.holds.load(Ordering::SeqCst) {
                self.let_go.notified().await;
            }
            Ok(seen)
        })
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        self.memory.acquire(names, request)
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        self.memory.store(names, request)
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        self.memory.put(names, request)
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        self.memory.renew(names, lease, keep)
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        self.memory.remove(names)
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        self.memory.ensure(names, token)
    }
}

/// Two processes over one server.
struct Fleet {
    clock: VirtualClock,
    server: Arc<Server>,
    here: Cache,
    there: Cache,
}

impl Fleet {
    fn new(tells: bool) -> Self {
        let clock = VirtualClock::new();
        let server = Server::new(&clock, tells);
        let cache = || {
            let builder: Builder = Cache::builder().namespace("near").environment("test").jitter(0.0);
            let builder = builder.store(server.clone()).clock(Arc::new(clock.clone()));
            builder.staleness_bound(BOUND).build().expect("the settings are in order")
        };
        let (here, there) = (cache(), cache());
        Self { clock, server, here, there }
    }
}

/// A source whose value changes, and which counts how often it was asked.
#[derive(Debug, Default)]
struct Source {
    value: AtomicU64,
    loads: AtomicU32,
    fails: AtomicBool,
}

impl Source {
    fn set(&self, value: u64) {
        self.value.store(value, Ordering::SeqCst);
    }

    fn load(&self) -> u64 {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.value.load(Ordering::SeqCst)
    }

    fn try_load(&self) -> Result<u64, &'static str> {
        let value = self.load();
        if self.fails.load(Ordering::SeqCst) { Err("the source is away") } else { Ok(value) }
    }

    fn loads(&self) -> u32 {
        self.loads.swap(0, Ordering::SeqCst)
    }
}

#[cached(type = "price", ttl = 60, skip(source))]
async fn price(source: &Source, item: u32) -> u64 {
    source.load() + u64::from(item)
}

#[cached(type = "price", ttl = 60, strict, skip(source))]
async fn strict_price(source: &Source, item: u32) -> u64 {
    source.load() + u64::from(item)
}

#[invalidate(type = "price")]
async fn set_price(source: &Source, value: u64) {
    source.set(value);
}

/// Loads a value and has it kept: what is loaded is kept by the next read.
async fn keep(cache: &Cache, source: &Source) {
    cache.scope(price(source, 0)).await;
    cache.close().await.expect("it is stored");
    cache.scope(price(source, 0)).await;
}

#[tokio::test]
async fn a_kept_value_is_served_without_asking_the_store() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    keep(&fleet.here, &source).await;
    fleet.server.reads();
    for _ in 0..10 {
        assert_eq!(fleet.here.scope(price(&source, 0)).await, 0);
    }
    assert_eq!(fleet.server.reads(), 0);
    assert_eq!(fleet.here.stats().of("price").near_hits, 10);
    fleet.here.scope(strict_price(&source, 0)).await;
    assert!(fleet.server.reads() > 0, "a strict function always asks");
}

#[tokio::test]
async fn a_kept_value_expires_by_the_age_of_its_entry() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    fleet.here.scope(price(&source, 0)).await;
    fleet.here.close().await.expect("it is stored");
    fleet.clock.advance(SECOND * 50);
    fleet.here.scope(price(&source, 0)).await;
    source.set(7);
    fleet.clock.advance(SECOND * 9);
    assert_eq!(fleet.here.scope(price(&source, 0)).await, 0);
    fleet.clock.advance(SECOND);
    assert_eq!(fleet.here.scope(price(&source, 0)).await, 7, "sixty seconds after it was stored");
}

#[tokio::test]
async fn an_invalidation_elsewhere_is_told() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    keep(&fleet.there, &source).await;
    fleet.here.scope(set_price(&source, 7)).await;
    assert_eq!(fleet.there.scope(price(&source, 0)).await, 7);
}

#[tokio::test]
async fn without_being_told_a_value_is_kept_for_one_bound_from_before_its_read() {
    let (fleet, source) = (Fleet::new(false), Source::default());
    keep(&fleet.there, &source).await;
    fleet.here.scope(set_price(&source, 7)).await;
    fleet.clock.advance(BOUND - Duration::from_millis(1));
    assert_eq!(fleet.there.scope(price(&source, 0)).await, 0, "within the bound it may be older");
    fleet.clock.advance(Duration::from_millis(1));
    assert_eq!(fleet.there.scope(price(&source, 0)).await, 7);
}

#[tokio::test]
async fn an_invalidation_of_the_own_process_counts_at_once() {
    for tells in [true, false] {
        let (fleet, source) = (Fleet::new(tells), Source::default());
        keep(&fleet.here, &source).await;
        fleet.here.scope(set_price(&source, 7)).await;
        assert_eq!(fleet.here.scope(price(&source, 0)).await, 7);
    }
}

/// The ticket: a value is read, and while its reply is under way it is invalidated.
#[tokio::test]
async fn what_was_invalidated_while_it_was_read_is_not_kept() {
    for tells in [true, false] {
        let (fleet, source) = (Fleet::new(tells), Arc::new(Source::default()));
        fleet.there.scope(price(&source, 0)).await;
        fleet.there.close().await.expect("it is stored");
        fleet.server.holds.store(true, Ordering::SeqCst);
        let (here, reading) = (fleet.here.clone(), source.clone());
        let read = tokio::spawn(async move { here.scope(price(&reading, 0)).await });
        while fleet.server.reads() == 0 {
            tokio::task::yield_now().await;
        }
        fleet.here.scope(set_price(&source, 7)).await;
        fleet.server.holds.store(false, Ordering::SeqCst);
        fleet.server.let_go.notify_waiters();
        fleet.server.let_go.notify_one();
        let returned = read.await.expect("it does not panic");
        assert!(returned == 0 || returned == 7, "it began before the invalidation");
        assert_eq!(fleet.here.scope(price(&source, 0)).await, 7);
    }
}

#[tokio::test]
async fn memory_alone_keeps_values_as_long_as_it_has_them() {
    let (cache, source) = (TestCache::new(), Source::default());
    for _ in 0..5 {
        assert_eq!(cache.run(price(&source, 0)).await, 0);
    }
    assert_eq!(source.loads(), 1);
    assert_eq!(cache.stats().of("price").near_hits, 3, "the second call has it kept");
    cache.cache().invalidate(Target::everything()).await.expect("memory acknowledges");
    source.set(7);
    assert_eq!(cache.run(price(&source, 0)).await, 7);
}

#[cached(type = "quote", ttl = 60, stale_while_revalidate = 30, skip(source))]
async fn quote(source: &Source) -> u64 {
    let value = source.load();
    tokio::task::yield_now().await;
    value
}

#[tokio::test]
async fn a_stale_value_is_served_to_everybody_but_the_one_who_reloads() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    fleet.here.scope(quote(&source)).await;
    fleet.here.close().await.expect("it is stored");
    source.set(7);
    fleet.clock.advance(SECOND * 61);
    let calls = async || {
        let call = || fleet.here.scope(quote(&source));
        let there = fleet.there.scope(quote(&source));
        let (a, b, c, d) = tokio::join!(call(), call(), call(), there);
        [a, b, c, d]
    };
    let served = calls().await;
    assert_eq!(source.loads(), 2, "the first one and one reload");
    assert_eq!(served.iter().filter(|value| **value == 7).count(), 1, "{served:?}");
    assert_eq!(fleet.here.stats().of("quote").stale_hits + fleet.there.stats().of("quote").stale_hits, 3);
    fleet.here.close().await.expect("it is stored");
    assert_eq!(calls().await, [7; 4]);
    fleet.clock.advance(SECOND * 91);
    source.set(8);
    assert_eq!(calls().await, [8; 4], "too old to be served at all");
}

#[tokio::test]
async fn an_invalidated_value_is_never_served_as_stale() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    fleet.here.scope(quote(&source)).await;
    fleet.here.close().await.expect("it is stored");
    fleet.clock.advance(SECOND * 61);
    source.set(7);
    fleet.here.invalidate(Target::of("quote")).await.expect("it is acknowledged");
    let (a, b) = tokio::join!(fleet.here.scope(quote(&source)), fleet.there.scope(quote(&source)));
    assert_eq!((a, b), (7, 7));
}

#[cached(type = "rate", ttl = 60, stale_while_revalidate("30s", background), skip(loads))]
async fn rate(loads: Arc<Source>) -> u64 {
    loads.load()
}

#[tokio::test]
async fn a_task_reloads_in_the_background() {
    let (fleet, source) = (Fleet::new(true), Arc::new(Source::default()));
    fleet.here.scope(rate(source.clone())).await;
    fleet.here.close().await.expect("it is stored");
    source.set(7);
    fleet.clock.advance(SECOND * 61);
    assert_eq!(fleet.here.scope(rate(source.clone())).await, 0, "nobody waits for the reload");
    while source.loads.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    fleet.here.close().await.expect("it is stored");
    assert_eq!(fleet.here.scope(rate(source.clone())).await, 7);
    assert_eq!(source.loads(), 2);
}

#[cached(type = "stock", ttl = 60, stale_if_error = 300, skip(source))]
async fn stock(source: &Source) -> Result<u64, &'static str> {
    source.try_load()
}

#[tokio::test]
async fn a_load_that_fails_is_answered_with_the_last_value_for_a_while() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    assert_eq!(fleet.here.scope(stock(&source)).await, Ok(0));
    fleet.here.close().await.expect("it is stored");
    source.fails.store(true, Ordering::SeqCst);
    fleet.clock.advance(SECOND * 61);
    assert_eq!(fleet.here.scope(stock(&source)).await, Ok(0));
    assert_eq!(source.loads(), 2, "the load was tried");
    assert_eq!(fleet.here.stats().of("stock").stale_on_error, 1);
    fleet.clock.advance(SECOND * 300);
    assert_eq!(fleet.here.scope(stock(&source)).await, Err("the source is away"));
}

#[tokio::test]
async fn a_load_that_fails_is_not_answered_with_what_was_invalidated() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    assert_eq!(fleet.here.scope(stock(&source)).await, Ok(0));
    fleet.here.close().await.expect("it is stored");
    source.fails.store(true, Ordering::SeqCst);
    fleet.clock.advance(SECOND * 61);
    fleet.here.invalidate(Target::of("stock")).await.expect("it is acknowledged");
    assert_eq!(fleet.here.scope(stock(&source)).await, Err("the source is away"));
}

/// A source whose loads say that they have begun, and go on when they may.
struct Brittle {
    source: Source,
    begun: Semaphore,
    may_end: Semaphore,
}

impl Brittle {
    async fn load(&self) -> Result<u64, &'static str> {
        self.begun.add_permits(1);
        self.may_end.acquire().await.expect("it is open").forget();
        if self.source.fails.load(Ordering::SeqCst) {
            Err("the source is away")
        } else {
            Ok(self.source.load())
        }
    }
}

#[cached(type = "brittle", ttl = 60, stale_if_error = "1h", skip(brittle))]
async fn brittle_price(brittle: &Brittle) -> Result<u64, &'static str> {
    brittle.load().await
}

#[cached(type = "brittle", ttl = 60, stale_if_error = "1h", strict, skip(brittle))]
async fn strict_brittle_price(brittle: &Brittle) -> Result<u64, &'static str> {
    brittle.load().await
}

#[tokio::test]
async fn a_load_that_fails_is_not_answered_with_what_was_invalidated_while_it_ran() {
    for invalidates in [false, true] {
        let fleet = Fleet::new(true);
        let brittle =
            Brittle { source: Source::default(), begun: Semaphore::new(0), may_end: Semaphore::new(2) };
        let both = async || {
            let both = async { tokio::join!(brittle_price(&brittle), strict_brittle_price(&brittle)) };
            fleet.here.scope(both).await
        };
        let (plain, strict) = both().await;
        assert!(plain.is_ok() && strict.is_ok());
        fleet.here.close().await.expect("it is stored");
        brittle.source.fails.store(true, Ordering::SeqCst);
        fleet.clock.advance(SECOND * 61);
        let meanwhile = async {
            // Those of before, too.
            brittle.begun.acquire_many(4).await.expect("it is open").forget();
            if invalidates {
                fleet.there.invalidate(Target::of("brittle")).await.expect("it is acknowledged");
            }
            brittle.may_end.add_permits(2);
        };
        let ((plain, strict), ()) = tokio::join!(both(), meanwhile);
        assert_eq!((plain.is_ok(), strict.is_ok()), (!invalidates, !invalidates));
    }
}

#[tokio::test]
async fn a_bound_that_never_ends_panics_nowhere() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    let clock = Arc::new(fleet.clock.clone());
    let builder =
        Cache::builder().namespace("near").environment("test").clock(clock).store(fleet.server.clone());
    let cache = builder.staleness_bound(Duration::MAX).build().expect("the settings are in order");
    for _ in 0..3 {
        cache.scope(price(&source, 0)).await;
        cache.close().await.expect("it is stored");
    }
}

#[tokio::test]
async fn a_refresh_loads_and_stores_anew() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    keep(&fleet.here, &source).await;
    source.set(7);
    assert_eq!(fleet.here.scope(refresh(price(&source, 0))).await, 7);
    fleet.here.close().await.expect("it is stored");
    assert_eq!(fleet.here.scope(price(&source, 0)).await, 7);
    assert_eq!(fleet.there.scope(price(&source, 0)).await, 7);
    assert_eq!(source.loads(), 2);
}

#[cached(type = "slow", skip(source, go))]
async fn slow(source: &Source, go: &Notify) -> u64 {
    let value = source.load();
    go.notified().await;
    value
}

#[tokio::test]
async fn a_refresh_does_not_take_what_a_load_gives_that_began_before() {
    let (fleet, source) = (Fleet::new(true), Arc::new(Source::default()));
    let go = Arc::new(Notify::new());
    let call = |refreshes: bool| {
        let (here, source, go) = (fleet.here.clone(), source.clone(), go.clone());
        tokio::spawn(async move {
            match refreshes {
                true => here.scope(refresh(slow(&source, &go))).await,
                false => here.scope(slow(&source, &go)).await,
            }
        })
    };
    let first = call(false);
    while source.loads.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    source.set(7);
    let second = call(true);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    assert_eq!(first.await.expect("it does not panic"), 0);
    while source.loads.load(Ordering::SeqCst) == 1 {
        fleet.clock.advance(Duration::from_millis(10));
        tokio::task::yield_now().await;
    }
    go.notify_one();
    assert_eq!(second.await.expect("it does not panic"), 7);
}

#[cached(type = "outer", skip(source))]
async fn outer(source: &Source) -> u64 {
    source.loads.fetch_add(100, Ordering::SeqCst);
    price(source, 0).await
}

#[tokio::test]
async fn refresh_and_bypass_are_about_the_outermost_call() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(outer(&source)).await;
    assert_eq!(source.loads(), 101);
    cache.run(refresh(outer(&source))).await;
    assert_eq!(source.loads(), 100, "the call inside is served");
    cache.run(bypass(outer(&source))).await;
    assert_eq!(source.loads(), 100);
    cache.run(outer(&source)).await;
    assert_eq!(source.loads(), 0);
    assert_eq!(cache.stats().of("outer").bypassed, 1);
}

#[cached(type = "limited", max_loads = 2, skip(source, go))]
async fn limited(source: &Source, go: &Notify, item: u32) -> u64 {
    source.load();
    go.notified().await;
    u64::from(item)
}

#[tokio::test]
async fn no_more_loads_run_at_a_time_than_the_function_allows() {
    let (cache, source) = (TestCache::new(), Arc::new(Source::default()));
    let go = Arc::new(Notify::new());
    let calls: Vec<_> = (0..5)
        .map(|item| {
            let (cache, source, go) = (cache.clone(), source.clone(), go.clone());
            tokio::spawn(async move { cache.run(limited(&source, &go, item)).await })
        })
        .collect();
    for allowed in [2, 3, 4, 5] {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(source.loads.load(Ordering::SeqCst), allowed);
        go.notify_one();
    }
    go.notify_one();
    for (item, call) in (0..).zip(calls) {
        assert_eq!(call.await.expect("it does not panic"), item);
    }
}

#[cached(type = "missing", ttl = 60, cache_none, negative_ttl = 10, skip(source))]
async fn missing(source: &Source, item: u64) -> Option<u64> {
    let value = source.load();
    (value != 0).then_some(value + item)
}

#[tokio::test]
async fn none_is_kept_for_a_time_of_its_own() {
    for tells in [true, false] {
        let (fleet, source) = (Fleet::new(tells), Source::default());
        assert_eq!(fleet.here.scope(missing(&source, 1)).await, None);
        fleet.here.close().await.expect("it is stored");
        source.set(7);
        for cache in [&fleet.here, &fleet.there, &fleet.here] {
            assert_eq!(cache.scope(missing(&source, 1)).await, None);
        }
        fleet.clock.advance(SECOND * 10);
        assert_eq!(fleet.here.scope(missing(&source, 1)).await, Some(8));
    }
}

#[tokio::test]
async fn jitter_shortens_a_time_to_live_by_chance() {
    let clock = VirtualClock::new();
    let server = Server::new(&clock, true);
    let builder = Cache::builder().namespace("jitter").environment("test").jitter(0.5);
    let cache = builder.store(server).clock(Arc::new(clock.clone())).build().expect("it is in order");
    let source = Source::default();
    for item in 0..100 {
        cache.scope(price(&source, item)).await;
    }
    cache.close().await.expect("it is stored");
    source.loads();
    let mut expired = Vec::new();
    for _ in 0..3 {
        for item in 0..100 {
            cache.scope(price(&source, item)).await;
        }
        cache.close().await.expect("it is stored");
        expired.push(source.loads());
        clock.advance(SECOND * 29);
    }
    assert_eq!(expired[0], 0);
    assert_eq!(expired[1], 0, "not before half of it");
    assert!((60..=100).contains(&expired[2]), "most of them by 58 s: {expired:?}");
}

/// A type written by hand whose policy makes no sense.
struct Absurd;

impl CacheType for Absurd {
    fn name(&self) -> &'static str {
        "absurd"
    }

    fn policy(&self) -> TypePolicy {
        let policy = TypePolicy::new().jitter(7.0).max_bytes(u64::MAX);
        policy.stale_while_revalidate(Duration::MAX).stale_if_error(Duration::MAX)
    }
}

#[cached(type = Absurd, skip(source))]
async fn absurd(source: &Source) -> u64 {
    source.load()
}

/// Times and parts without bounds used to end in a panic of the arithmetic.
#[tokio::test]
async fn a_policy_that_makes_no_sense_panics_nowhere() {
    let (fleet, source) = (Fleet::new(true), Source::default());
    for _ in 0..3 {
        assert_eq!(fleet.here.scope(absurd(&source)).await, 0);
        fleet.here.close().await.expect("it is stored");
    }
}

/// Everything that such a loop awaits is ready at once, so nobody else of its thread would ever run.
#[tokio::test]
async fn a_loop_of_calls_lets_their_values_be_stored() {
    #[cached(type = "looped")]
    async fn looped() -> u32 {
        1
    }
    let fleet = Fleet::new(true);
    let work = async {
        for _ in 0..1_000 {
            looped().await;
        }
    };
    fleet.here.scope(work).await;
    let stats = fleet.here.stats().of("looped");
    assert!(stats.near_hits > 700, "{} of them found what was stored, {stats}", stats.near_hits);
}
