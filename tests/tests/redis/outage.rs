//! A server that dies, comes back, or hangs, under functions that run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, ErrorKind, Health, Target, cached, invalidate};
use cache_testkit::RedisServer;
use tokio::task::JoinSet;

use crate::support::{Source, connected, eventually, hits, in_time};

const KEYS: usize = 4;

/// What is written and read while the server dies. Of each key, the newest version; and the newest that a
/// read must not fall behind: in the cache that invalidated it, and in every cache once it is acknowledged.
#[derive(Debug, Default)]
struct Stocks {
    newest: [AtomicU64; KEYS],
    returned: [AtomicU64; KEYS],
    acknowledged: [AtomicU64; KEYS],
    reads: AtomicU64,
    over: AtomicBool,
}

#[cached(type = "stock", skip(stocks), tags("stock:{key}"))]
async fn stock(stocks: &Stocks, key: usize) -> u64 {
    let version = stocks.newest[key].load(Ordering::SeqCst);
    // An invalidation may fall between the look at the source and the store.
    SystemClock.sleep(Duration::from_millis(2)).await;
    version
}

/// The same, never older than what another process invalidated either.
#[cached(type = "stock", strict, skip(stocks), tags("stock:{key}"))]
async fn strict_stock(stocks: &Stocks, key: usize) -> u64 {
    let version = stocks.newest[key].load(Ordering::SeqCst);
    SystemClock.sleep(Duration::from_millis(2)).await;
    version
}

async fn write(stocks: Arc<Stocks>, cache: Cache) {
    for key in (0..KEYS).cycle() {
        if stocks.over.load(Ordering::SeqCst) {
            return;
        }
        let version = stocks.newest[key].fetch_add(1, Ordering::SeqCst) + 1;
        match cache.invalidate(Target::tag(format!("stock:{key}"))).await {
            Ok(()) => drop(stocks.acknowledged[key].fetch_max(version, Ordering::SeqCst)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Pending, "{error}"),
        }
        stocks.returned[key].fetch_max(version, Ordering::SeqCst);
        SystemClock.sleep(Duration::from_millis(7)).await;
    }
}

/// `writes` says that it is this cache that invalidates.
async fn read(stocks: Arc<Stocks>, cache: Cache, writes: bool) {
    let known = if writes { &stocks.returned } else { &stocks.acknowledged };
    for key in (0..KEYS).cycle() {
        if stocks.over.load(Ordering::SeqCst) {
            return;
        }
        let at_least = known[key].load(Ordering::SeqCst);
        let version = match writes {
            true => cache.scope(stock(&stocks, key)).await,
            false => cache.scope(strict_stock(&stocks, key)).await,
        };
        assert!(version >= at_least, "version {version} of {key}, after {at_least} was written");
        stocks.reads.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}

/// Reads and writes in two caches that go on until they are ended.
struct Traffic {
    stocks: Arc<Stocks>,
    caches: [Cache; 2],
    calls: JoinSet<()>,
}

impl Traffic {
    async fn begin(server: &RedisServer) -> Self {
        let stocks = Arc::new(Stocks::default());
        let caches = [connected(server).await, connected(server).await];
        let mut calls = JoinSet::new();
        calls.spawn(write(stocks.clone(), caches[0].clone()));
        for _ in 0..4 {
            calls.spawn(read(stocks.clone(), caches[0].clone(), true));
            calls.spawn(read(stocks.clone(), caches[1].clone(), false));
        }
        Self { stocks, caches, calls }
    }

    /// Waits until that many more reads were answered.
    async fn goes_on(&self, reads: u64) {
        let until = self.stocks.reads.load(Ordering::SeqCst) + reads;
        eventually("calls go on", async || self.stocks.reads.load(Ordering::SeqCst) > until).await;
    }

    /// Waits until both caches serve again, which takes seconds at most.
    async fn hits_again(&self) {
        for cache in &self.caches {
            let (before, began) = (hits(cache, "stock"), SystemClock.now());
            eventually("hits again", async || hits(cache, "stock") > before + 20).await;
            let took = SystemClock.now() - began;
            assert!(took < Duration::from_secs(10), "{took:?}");
        }
    }

    /// Ends the calls. A call that failed or was given an older value panicked.
    async fn end(mut self) {
        self.stocks.over.store(true, Ordering::SeqCst);
        while let Some(call) = self.calls.join_next().await {
            call.unwrap();
        }
    }
}

async fn dies_under_load(server: RedisServer, restart: fn(&RedisServer)) {
    let traffic = Traffic::begin(&server).await;
    for _ in 0..2 {
        traffic.goes_on(200).await;
        server.kill();
        traffic.goes_on(200).await;
        restart(&server);
        traffic.hits_again().await;
    }
    traffic.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_vanish_or_turn_to_garbage_under_load() {
    let server = RedisServer::start();
    let traffic = Traffic::begin(&server).await;
    // A sequence that looks random and is the same each time (Numerical Recipes).
    let mut random = 1_u32;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random as usize / 7 % limit
    };
    for round in 0..300 {
        let keys = server.command(&["KEYS", "it:test:*"]);
        let keys: Vec<_> = keys.lines().filter(|key| !key.ends_with(":layout")).collect();
        if keys.is_empty() {
            traffic.goes_on(1).await;
            continue;
        }
        let key = keys[below(keys.len())];
        match below(4) {
            0 => server.command(&["SET", key, &"x".repeat(below(40))]),
            1 if round % 50 == 1 => server.command(&["FLUSHALL"]),
            _ => server.command(&["DEL", key]),
        };
        traffic.goes_on(5).await;
    }
    traffic.hits_again().await;
    traffic.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_and_keeps_its_data() {
    let server = RedisServer::options().persistent().start();
    in_time(dies_under_load(server, RedisServer::restart)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_and_loses_its_data() {
    in_time(dies_under_load(RedisServer::start(), RedisServer::restart_empty)).await;
}

#[cached(type = "price", skip(source))]
async fn price(source: &Source) -> u64 {
    source.load()
}

#[invalidate(type = "price")]
async fn reprice(source: &Source, price: u64) {
    source.set(price);
}

#[tokio::test]
async fn an_invalidation_while_the_server_hangs() {
    let server = RedisServer::start();
    let (here, there, source) = (connected(&server).await, connected(&server).await, Source::default());
    source.set(1);
    assert_eq!(here.scope(price(&source)).await, 1);
    here.close().await.unwrap();
    assert_eq!(there.scope(price(&source)).await, 1);
    source.assert_loads(1);

    server.stop();
    let began = SystemClock.now();
    in_time(here.scope(reprice(&source, 2))).await;
    let took = SystemClock.now() - began;
    assert!(took < Duration::from_secs(3), "the writer waited for {took:?}");
    for _ in 0..20 {
        assert_eq!(in_time(here.scope(price(&source))).await, 2);
    }
    assert_ne!(here.health().await, Health::Healthy);
    let pending = in_time(here.invalidate(Target::of("price"))).await;
    assert_eq!(pending.unwrap_err().kind(), ErrorKind::Pending);

    server.cont();
    eventually("the invalidation is acknowledged", async || {
        assert_eq!(here.scope(price(&source)).await, 2);
        here.health().await == Health::Healthy
    })
    .await;
    for _ in 0..20 {
        assert_eq!(there.scope(price(&source)).await, 2);
    }
    source.assert_loads(source.loads());
    eventually("hits again", async || {
        assert_eq!(there.scope(price(&source)).await, 2);
        hits(&there, "price") > 20
    })
    .await;
}

#[tokio::test]
async fn a_server_that_forgets_an_acknowledged_invalidation() {
    let server = RedisServer::options().persistent().start();
    let (here, there, source) = (connected(&server).await, connected(&server).await, Source::default());
    source.set(1);
    for cache in [&here, &there] {
        assert_eq!(cache.scope(price(&source)).await, 1);
        cache.close().await.unwrap();
    }
    source.assert_loads(1);
    server.checkpoint();
    source.set(2);
    in_time(here.invalidate(Target::of("price"))).await.unwrap();

    server.restart_at_checkpoint();
    let entries = server.command(&["KEYS", "it:test:e1:*"]);
    assert!(entries.contains(":price:"), "the older entry is back: {entries}");
    for cache in [&here, &there] {
        let before = hits(cache, "price");
        eventually("hits again", async || {
            assert_eq!(cache.scope(price(&source)).await, 2);
            hits(cache, "price") > before
        })
        .await;
    }
}
