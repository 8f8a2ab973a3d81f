//! What a cache does whose server can't be reached at all: functions run, share loads, and never hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use cache_core::clock::SystemClock;
use cache_core::context::Context;
use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Read,
    Snapshot, Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Cache, Error, ErrorKind, Health, Target, cached, invalidate};
use tokio::sync::Notify;

/// A server that is away.
#[derive(Debug)]
struct Away;

fn away<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(Error::new(ErrorKind::Unavailable, "away"))))
}

impl Store for Away {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn read<'a>(&'a self, _: &'a Names, _: Read) -> Answer<'a, Snapshot> {
        away()
    }

    fn acquire<'a>(&'a self, _: &'a Names, _: AcquireRequest) -> Answer<'a, AcquireReply> {
        away()
    }

    fn store<'a>(&'a self, _: &'a Names, _: StoreRequest) -> Answer<'a, StoreReply> {
        away()
    }

    fn put<'a>(&'a self, _: &'a Names, _: PutRequest) -> Answer<'a, PutReply> {
        away()
    }

    fn renew<'a>(&'a self, _: &'a Names, _: Lease, _: Option<Duration>) -> Answer<'a, bool> {
        away()
    }

    fn remove<'a>(&'a self, _: &'a [&'a str]) -> Answer<'a, ()> {
        away()
    }

    fn ensure<'a>(&'a self, _: &'a Names, _: Token) -> Answer<'a, ()> {
        away()
    }
}

fn cache() -> Cache {
    Cache::builder().namespace("away").store(Arc::new(Away)).build().expect("the settings are in order")
}

/// A server in this process, the way to which can be cut for invalidations alone: the case in which a process
/// still reads what it could not invalidate.
#[derive(Debug)]
struct HalfAway {
    server: MemoryStore,
    cut: AtomicBool,
}

impl HalfAway {
    fn new() -> Arc<Self> {
        let server = MemoryStore::new(1 << 20, Arc::new(SystemClock), Arc::new(SystemRandom));
        Arc::new(Self { server, cut: AtomicBool::new(false) })
    }
}

impl Store for HalfAway {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn watch(&self, changes: &Arc<Changes>) {
        self.server.watch(changes);
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        self.server.read(names, read)
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        self.server.acquire(names, request)
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        self.server.store(names, request)
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        self.server.put(names, request)
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        self.server.renew(names, lease, keep)
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        if self.cut.load(Ordering::Relaxed) { away() } else { self.server.remove(names) }
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        self.server.ensure(names, token)
    }
}

/// Fails a test that hangs, long before a call gives up waiting by itself.
async fn in_time<F: Future>(future: F) -> F::Output {
    #[expect(clippy::disallowed_methods, reason = "a test that hangs has to end")]
    tokio::time::timeout(Duration::from_secs(5), future).await.expect("nothing hangs")
}

/// Lets every task that can run do so.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_function_runs_at_every_call_and_its_value_is_returned() {
    static LOADS: AtomicU32 = AtomicU32::new(0);

    #[cached(type = "menu")]
    async fn menu(restaurant: u32) -> Result<u32, String> {
        LOADS.fetch_add(1, Ordering::Relaxed);
        Ok(restaurant + 1)
    }

    let cache = cache();
    in_time(cache.scope(async {
        assert_eq!(menu(1).await, Ok(2));
        assert_eq!(menu(1).await, Ok(2));
    }))
    .await;
    assert_eq!(LOADS.load(Ordering::Relaxed), 2);
    assert_eq!(cache.stats().of("menu").misses, 2);
}

#[tokio::test]
async fn of_one_key_one_load_runs_and_one_waits() {
    static LOADS: AtomicU32 = AtomicU32::new(0);
    static GO: Notify = Notify::const_new();

    #[cached(type = "menu")]
    async fn menu(restaurant: u32) -> u32 {
        LOADS.fetch_add(1, Ordering::Relaxed);
        GO.notified().await;
        restaurant
    }

    let cache = cache();
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(cache.scope(menu(7)))).collect();
    settle().await;
    assert_eq!(LOADS.load(Ordering::Relaxed), 1, "one runs, all others wait");
    GO.notify_one();
    settle().await;
    assert_eq!(LOADS.load(Ordering::Relaxed), 2, "one more runs for all who came after the first began");
    GO.notify_one();
    for call in calls {
        assert_eq!(in_time(call).await.expect("no call panics"), 7);
    }
    assert_eq!(LOADS.load(Ordering::Relaxed), 2);
}

/// A call that waits for its turn waits for the load that is running. If that load, through another one, came
/// to wait for the call, all of them would stand still until they give up.
#[tokio::test]
async fn waiting_for_a_turn_does_not_close_a_circle() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    static GO: Notify = Notify::const_new();

    #[cached(type = "menu")]
    async fn menu(restaurant: u32) -> u32 {
        if CALLS.fetch_add(1, Ordering::Relaxed) == 0 {
            GO.notified().await;
            return Box::pin(prices(restaurant)).await;
        }
        restaurant
    }

    #[cached(type = "prices")]
    async fn prices(restaurant: u32) -> u32 {
        menu(restaurant).await
    }

    let cache = cache();
    let running = tokio::spawn(cache.scope(menu(7)));
    settle().await;
    let waiting = tokio::spawn(cache.scope(menu(7)));
    settle().await;
    GO.notify_one();
    assert_eq!(in_time(running).await.expect("no call panics"), 7);
    assert_eq!(in_time(waiting).await.expect("no call panics"), 7);
}

#[tokio::test]
async fn a_writer_returns_at_once_and_its_invalidation_is_kept() {
    #[invalidate(type = "menu")]
    async fn rename() -> u32 {
        3
    }

    let cache = cache();
    assert_eq!(cache.health().await, Health::Healthy);
    assert_eq!(in_time(cache.scope(rename())).await, 3);
    let by_hand = in_time(cache.invalidate(Target::of("menu"))).await.map_err(|error| error.kind());
    assert_eq!(by_hand, Err(ErrorKind::Pending));
    let health = cache.health().await;
    assert!(matches!(health, Health::Degraded(_)), "{health:?}");
}

/// The fence: what this process has invalidated it neither reads nor stores until that is acknowledged, by entry
/// and by every kind of group.
#[tokio::test]
async fn what_could_not_be_invalidated_is_neither_read_nor_stored() {
    static VALUE: AtomicU32 = AtomicU32::new(0);
    static LOADS: AtomicU32 = AtomicU32::new(0);

    #[cached(type = "menu", tenant_aware, user_aware, tags("item:{item}"), strict)]
    async fn price(item: u32) -> u32 {
        LOADS.fetch_add(1, Ordering::Relaxed);
        VALUE.load(Ordering::Relaxed) + item
    }

    let store = HalfAway::new();
    let cache = Cache::builder().namespace("half").store(store.clone()).build().expect("it is in order");
    let other = Cache::builder().namespace("half").store(store.clone()).build().expect("it is in order");
    let as_guest = |cache: &Cache| cache.scope(Context::new().tenant("t1").user("u5").scope(price(7)));
    let key =
        Context::new().tenant("t1").user("u5").sync_scope(|| price_key(7)).expect("a number makes a key");
    let targets: [Target; 7] = [
        Target::key(key),
        Target::of("menu").into(),
        Target::of("menu").tenant("t1").into(),
        Target::of("menu").user("u5").into(),
        Target::tenant("t1"),
        Target::tag("item:7"),
        Target::everything(),
    ];
    for target in targets {
        let value = as_guest(&cache).await;
        in_time(cache.close()).await.expect("everything is stored");
        LOADS.store(0, Ordering::Relaxed);
        assert_eq!(as_guest(&cache).await, value);
        assert_eq!(LOADS.load(Ordering::Relaxed), 0, "it is cached");

        store.cut.store(true, Ordering::Relaxed);
        VALUE.fetch_add(100, Ordering::Relaxed);
        let pending = in_time(cache.invalidate(target.clone())).await.map_err(|error| error.kind());
        assert_eq!(pending, Err(ErrorKind::Pending));
        for loads in 1..3 {
            assert_eq!(as_guest(&cache).await, value + 100, "{target:?}");
            assert_eq!(LOADS.load(Ordering::Relaxed), loads, "{target:?}: nothing is stored");
        }
        assert_eq!(as_guest(&other).await, value, "others were not told");

        store.cut.store(false, Ordering::Relaxed);
        in_time(cache.close()).await.expect("it is acknowledged");
        assert_eq!(as_guest(&other).await, value + 100, "{target:?}");
        assert_eq!(as_guest(&cache).await, value + 100, "{target:?}");
    }
}
