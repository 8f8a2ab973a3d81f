//! Policies that change while the program runs take effect at the next call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::{Cache, ErrorKind, PolicySettings, SingleFlight, Tiers, Ttl, cached, invalidate};
use cache_testkit::{MockBackend, TestCache, VirtualClock};
use tokio::sync::Notify;

#[derive(Default)]
struct Source {
    loads: AtomicU32,
    running: AtomicU32,
    most: AtomicU32,
    go: Notify,
}

impl Source {
    async fn slow(&self) -> u32 {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.go.notified().await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        self.loads.fetch_add(1, Ordering::SeqCst)
    }

    fn load(&self) -> u32 {
        self.loads.fetch_add(1, Ordering::SeqCst)
    }
}

#[cached(type = "running-slow", skip(source))]
async fn slow(source: &Source, id: u32) -> u32 {
    source.slow().await
}

#[cached(type = "running", skip(source))]
async fn quick(source: &Source) -> u32 {
    source.load()
}

#[cached(type = "running-maybe", skip(source))]
async fn maybe(source: &Source) -> Option<u32> {
    source.load();
    None
}

#[cached(type = "running-fallible", skip(source))]
async fn fallible(source: &Source) -> Result<u32, u32> {
    let load = source.load();
    if load == 0 { Ok(load) } else { Err(load) }
}

#[cached(type = "running", tiers(memory), skip(source))]
async fn in_memory(source: &Source) -> u32 {
    source.load()
}

#[invalidate(type = "running")]
async fn change() {}

/// Polls a future until it waits.
async fn started<F: Future>(future: std::pin::Pin<&mut F>) {
    tokio::select! {
        biased;
        _ = future => panic!("it must wait"),
        () = tokio::task::yield_now() => {}
    }
}

#[tokio::test]
async fn a_load_under_way_ends_as_it_began_and_the_next_call_is_another() {
    let cache = TestCache::new();
    let source = Source::default();
    let mut load = std::pin::pin!(cache.run(slow(&source, 1)));
    started(load.as_mut()).await;
    cache.cache().set_policy("running-slow", PolicySettings::new().ttl(Ttl::MINUTE)).unwrap();
    source.go.notify_one();
    assert_eq!(load.await, 0);
    cache.advance(Duration::from_secs(61));
    assert_eq!(cache.run(slow(&source, 1)).await, 0, "it was stored for five minutes");

    source.go.notify_one();
    assert_eq!(cache.run(slow(&source, 2)).await, 1);
    cache.advance(Duration::from_secs(61));
    source.go.notify_one();
    assert_eq!(cache.run(slow(&source, 2)).await, 2, "it was stored for a minute");
}

#[tokio::test]
async fn how_many_load_at_once() {
    let cache = TestCache::new();
    let source = Arc::new(Source::default());
    cache.cache().set_policy("running-slow", PolicySettings::new().max_loads(2)).unwrap();
    let calls = (0..6).map(|id| {
        let (source, cache) = (source.clone(), cache.clone());
        tokio::spawn(async move { cache.run(slow(&source, id)).await })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        while !call.is_finished() {
            tokio::task::yield_now().await;
            source.go.notify_one();
        }
        call.await.unwrap();
    }
    assert_eq!(source.most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn nobody_waits_for_another_load_where_loads_are_not_merged() {
    let cache = TestCache::new();
    let source = Source::default();
    let off = PolicySettings::new().single_flight(SingleFlight::Off);
    cache.cache().set_policy("running-slow", off).unwrap();
    let mut one = std::pin::pin!(cache.run(slow(&source, 1)));
    let mut other = std::pin::pin!(cache.run(slow(&source, 1)));
    started(one.as_mut()).await;
    started(other.as_mut()).await;
    assert_eq!(source.running.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn whether_there_is_none_is_kept() {
    let cache = TestCache::new();
    let source = Source::default();
    let loads = async || {
        cache.run(maybe(&source)).await;
        source.loads.load(Ordering::SeqCst)
    };
    assert_eq!((loads().await, loads().await), (1, 2));
    cache.cache().set_policy("running-maybe", PolicySettings::new().negative_ttl(Ttl::MINUTE)).unwrap();
    assert_eq!((loads().await, loads().await), (3, 3));
    cache.advance(Duration::from_secs(61));
    assert_eq!((loads().await, loads().await), (4, 4));
}

#[tokio::test]
async fn for_how_long_an_old_value_stands_in() {
    let cache = TestCache::new();
    let source = Source::default();
    let window = PolicySettings::new().ttl(Ttl::MINUTE).stale_if_error(Duration::from_secs(600));
    cache.cache().set_policy("running-fallible", window).unwrap();
    assert_eq!(cache.run(fallible(&source)).await, Ok(0));
    cache.advance(Duration::from_secs(61));
    assert_eq!(cache.run(fallible(&source)).await, Ok(0));
    cache.advance(Duration::from_secs(600));
    assert_eq!(cache.run(fallible(&source)).await, Err(2));
}

/// Two caches over one server, and what the server was asked.
struct Fleet {
    backend: MockBackend,
    cache: Cache,
}

impl Fleet {
    fn new() -> Self {
        let clock = Arc::new(VirtualClock::new());
        let backend = MockBackend::new(clock.clone());
        let builder = Cache::builder().namespace("running").store(Arc::new(backend.clone())).clock(clock);
        Self { backend, cache: builder.build().unwrap() }
    }

    /// Reads, and returns what was read and how many calls reached the server.
    async fn read(&self, source: &Source) -> (u32, usize) {
        let before = self.backend.calls().len();
        let read = self.cache.scope(quick(source)).await;
        self.cache.close().await.unwrap();
        (read, self.backend.calls().len() - before)
    }
}

#[tokio::test]
async fn a_function_that_becomes_strict_asks_the_server_at_every_call() {
    let (fleet, source) = (Fleet::new(), Source::default());
    fleet.read(&source).await;
    assert_eq!(fleet.read(&source).await, (0, 1));
    assert_eq!(fleet.read(&source).await, (0, 0), "it is kept in the process");
    fleet.cache.set_policy("running", PolicySettings::new().strict(true)).unwrap();
    assert_eq!(fleet.read(&source).await, (0, 1));
    assert_eq!(fleet.read(&source).await, (0, 1));
    fleet.cache.set_policy("running", PolicySettings::new()).unwrap();
    assert_eq!(fleet.read(&source).await, (0, 1), "what was kept before is read anew");
    assert_eq!(fleet.read(&source).await, (0, 0));
}

/// A value of memory alone is told of nothing that other processes change.
#[tokio::test]
async fn what_was_kept_of_memory_alone_is_not_served_beside_a_server() {
    let (fleet, source) = (Fleet::new(), Source::default());
    fleet.cache.set_policy("running", PolicySettings::new().tiers(Tiers::MEMORY)).unwrap();
    for _ in 0..3 {
        assert_eq!(fleet.read(&source).await.1, 0);
    }
    fleet.cache.set_policy("running", PolicySettings::new()).unwrap();
    assert!(fleet.read(&source).await.1 > 0, "the server is asked");
}

#[tokio::test]
async fn what_is_strict_is_asked_of_the_server_wherever_else_it_may_live() {
    let (fleet, source) = (Fleet::new(), Source::default());
    fleet.cache.set_policy("running", PolicySettings::new().tiers(Tiers::MEMORY).strict(true)).unwrap();
    for _ in 0..3 {
        assert!(fleet.read(&source).await.1 > 0, "the server is asked");
    }
}

#[tokio::test]
async fn where_values_live() {
    let (fleet, source) = (Fleet::new(), Source::default());
    let tiers = |tiers| fleet.cache.set_policy("running", PolicySettings::new().tiers(tiers)).unwrap();
    fleet.read(&source).await;
    tiers(Tiers::MEMORY);
    for loads in [1, 2] {
        fleet.cache.scope(change()).await;
        fleet.cache.close().await.unwrap();
        assert_eq!(fleet.read(&source).await, (loads, 0), "it lies in the memory of this process");
        assert_eq!(fleet.read(&source).await, (loads, 0));
    }
    tiers(Tiers::REDIS);
    assert!(matches!(fleet.read(&source).await, (3, 2..)), "what the server had was invalidated too");
    assert_eq!(fleet.read(&source).await, (3, 1));
    assert_eq!(fleet.read(&source).await, (3, 1), "it is not kept in the process");
}

#[tokio::test]
async fn what_cannot_be_encoded_stays_in_memory() {
    let (fleet, source) = (Fleet::new(), Source::default());
    fleet.cache.set_policy("running", PolicySettings::new().tiers(Tiers::REDIS).strict(true)).unwrap();
    for _ in 0..2 {
        assert_eq!(fleet.cache.scope(in_memory(&source)).await, 0);
    }
    assert_eq!(fleet.backend.calls(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_type_gets_a_share_of_the_memory_and_gives_it_back() {
    let cache = Cache::builder().memory_only().memory_bytes(1_000_000).build().unwrap();
    let bytes = |bytes| cache.set_policy("running", PolicySettings::new().max_bytes(bytes));
    bytes(600_000).unwrap();
    let error = bytes(1_000_001).unwrap_err();
    assert_eq!(error.to_string(), "the types' max_bytes are more than memory_bytes together");
    let source = Source::default();
    for policy in [PolicySettings::new(), PolicySettings::new().max_bytes(900_000)] {
        cache.set_policy("running", policy).unwrap();
        let first = cache.scope(quick(&source)).await;
        assert_eq!(cache.scope(quick(&source)).await, first);
    }
}

#[tokio::test]
async fn what_is_not_known_or_cannot_work_is_refused() {
    let cache = TestCache::new();
    let cache = cache.cache();
    let refused = |result: Result<(), cache_core::Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        error.to_string()
    };
    let ttl = PolicySettings::new().ttl(Ttl::HOUR);
    assert_eq!(
        refused(cache.set_policy("runing", ttl)),
        "this program has no type `runing`; did you mean `running`?"
    );
    assert_eq!(
        refused(cache.set_function_policy("quik", ttl)),
        "this program has no cached function `quik`; did you mean `quick`?"
    );
    assert_eq!(
        refused(cache.set_policy("running", PolicySettings::new().jitter(1.5))),
        "jitter can't work: write a share from 0.0 to below 1.0, for example 0.1 for 10 %"
    );
    refused(cache.set_function_policy("quick", PolicySettings::new().max_bytes(1)));
    assert!(cache.set_function_policy("running::quick", ttl).is_ok());
}
