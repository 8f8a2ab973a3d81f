//! What caches do over a simulated server, in its time.

use std::time::Duration;

use cache_core::{Cache, ErrorKind, Target, cached};
use cache_testkit::{SimRedis, SimVersion};

use crate::support::{BOUND, Source, connected, eventually, passing, with_deadline};

#[cached(type = "price", ttl = "1h", skip(source))]
async fn price(source: &Source, id: u64) -> u64 {
    source.load()
}

#[cached(type = "price", ttl = "1h", strict, skip(source))]
async fn strict_price(source: &Source, id: u64) -> u64 {
    source.load()
}

/// Two caches over one server.
struct Pair {
    server: SimRedis,
    here: Cache,
    there: Cache,
    source: Source,
}

impl Pair {
    async fn over(version: SimVersion) -> Self {
        let server = SimRedis::options().version(version).start();
        let (here, there) = (connected(&server, 1).await, connected(&server, 2).await);
        Self { server, here, there, source: Source::default() }
    }

    async fn new() -> Self {
        Self::over(SimVersion::default()).await
    }

    /// Both have the value of either function, and it is in the server.
    async fn warm(&self) {
        for cache in [&self.here, &self.there] {
            cache.scope(price(&self.source, 1)).await;
            cache.scope(strict_price(&self.source, 1)).await;
            cache.close().await.unwrap();
            self.is_kept(cache).await;
        }
        self.source.assert_loads(2);
        assert_eq!(self.strict(&self.there).await, self.source.load());
        self.source.assert_loads(1);
    }

    /// How many commands the server was sent so far.
    fn commands(&self) -> u64 {
        let stats = self.server.command(&["INFO", "stats"]);
        let count = stats.lines().find_map(|line| line.strip_prefix("total_commands_processed:"));
        count.unwrap().trim().parse().unwrap()
    }

    /// Waits until a cache asks nobody any more.
    async fn is_kept(&self, cache: &Cache) {
        eventually("the value is kept in the process", async || {
            let before = self.commands();
            cache.scope(price(&self.source, 1)).await;
            self.commands() == before + 1
        })
        .await;
    }

    async fn strict(&self, cache: &Cache) -> u64 {
        passing(&self.server, cache.scope(strict_price(&self.source, 1))).await
    }

    /// Whether there is an entry in the server.
    fn has_entry(&self) -> bool {
        !self.server.command(&["KEYS", "sim:test:e1:*"]).is_empty()
    }
}

#[tokio::test]
async fn a_value_is_served_from_the_process_until_another_one_invalidates_it() {
    for version in [SimVersion::Redis70, SimVersion::Valkey91] {
        let pair = Pair::over(version).await;
        pair.warm().await;
        for (target, value) in [(Target::key(price_key(1).unwrap()), 1), (Target::of("price").into(), 2)] {
            pair.source.set(value);
            pair.there.invalidate(target).await.unwrap();
            eventually("it is told here", async || pair.here.scope(price(&pair.source, 1)).await == value)
                .await;
            pair.is_kept(&pair.here).await;
        }
    }
}

#[cached(type = "offer", ttl = "4s", strict, skip(source))]
async fn offer(source: &Source) -> u64 {
    source.load()
}

#[tokio::test]
async fn an_entry_lives_as_long_as_it_should_and_no_longer() {
    let pair = Pair::new().await;
    pair.here.scope(offer(&pair.source)).await;
    pair.here.close().await.unwrap();
    pair.server.advance(Duration::from_millis(3999));
    assert!(pair.has_entry());
    for cache in [&pair.here, &pair.there] {
        assert_eq!(cache.scope(offer(&pair.source)).await, 0);
    }
    pair.source.assert_loads(1);
    pair.server.advance(Duration::from_millis(1));
    assert!(!pair.has_entry());
    assert_eq!(pair.there.scope(offer(&pair.source)).await, 0);
    pair.source.assert_loads(1);
}

#[tokio::test]
async fn a_name_that_vanishes_from_the_server_costs_a_load_at_most() {
    for seed in 0..8 {
        let pair = Pair::new().await;
        pair.warm().await;
        // Whatever it is: the entry, a stamp, the incarnation, a heartbeat, the layout.
        let name = pair.server.evict_random(seed).unwrap();
        assert_eq!(pair.strict(&pair.here).await, 0);
        passing(&pair.server, pair.here.close()).await.unwrap();
        assert_eq!(pair.strict(&pair.there).await, 0);
        assert!(pair.source.take_loads() <= 1, "without {name}");
        assert!(pair.has_entry());
    }
}

#[tokio::test]
async fn a_name_that_the_server_watches_no_more_ends_what_is_kept_by_it() {
    let pair = Pair::new().await;
    pair.warm().await;
    let before = pair.commands();
    while pair.server.watched() > 0 {
        pair.server.forget_watched(0).unwrap();
    }
    eventually("the server is asked again", async || {
        let asked = pair.commands();
        pair.here.scope(price(&pair.source, 1)).await;
        pair.commands() > asked + 1
    })
    .await;
    assert!(pair.commands() > before);
    pair.is_kept(&pair.here).await;
    pair.source.assert_loads(0);
}

#[tokio::test]
async fn a_server_that_comes_back_without_its_data_serves_nothing_that_was_invalidated() {
    let pair = Pair::new().await;
    pair.warm().await;
    pair.source.set(1);
    pair.server.kill();
    let refused = passing(&pair.server, pair.here.invalidate(Target::of("price"))).await;
    assert_eq!(refused.map_err(|error| error.kind()), Err(ErrorKind::Pending));
    assert_eq!(pair.strict(&pair.here).await, 1);
    pair.server.restart_empty();
    assert!(!pair.has_entry());
    for cache in [&pair.here, &pair.there] {
        passing(&pair.server, cache.ready()).await.unwrap();
        assert_eq!(pair.strict(cache).await, 1);
    }
}

#[tokio::test]
async fn a_server_that_comes_back_with_its_data_is_told_what_was_invalidated_meanwhile() {
    let pair = Pair::new().await;
    pair.warm().await;
    pair.source.set(1);
    pair.server.kill();
    let refused = passing(&pair.server, pair.here.invalidate(Target::of("price"))).await;
    assert!(refused.is_err());
    pair.server.restart();
    passing(&pair.server, pair.here.ready()).await.unwrap();
    passing(&pair.server, pair.here.close()).await.unwrap();
    assert!(pair.here.pending().is_empty());
    passing(&pair.server, pair.there.ready()).await.unwrap();
    assert_eq!(pair.strict(&pair.there).await, 1);
}

/// The writes that a fail-over loses: the removal of a stamp, or of an entry and its lease.
#[tokio::test]
async fn a_fail_over_that_loses_an_invalidation_brings_nothing_back() {
    for target in [Target::key(strict_price_key(1).unwrap()), Target::of("price").into()] {
        let pair = Pair::new().await;
        pair.warm().await;
        let keys = || pair.server.command(&["DBSIZE"]);
        let before = keys();
        pair.source.set(1);
        pair.there.invalidate(target).await.unwrap();
        assert_ne!(keys(), before);
        assert_eq!(pair.server.fail_over(1), 1);
        assert_eq!(keys(), before, "the invalidation was lost");
        for cache in [&pair.here, &pair.there] {
            passing(&pair.server, cache.ready()).await.unwrap();
            assert_eq!(pair.strict(cache).await, 1);
        }
    }
}

#[tokio::test]
async fn a_value_in_the_process_is_trusted_for_the_bound_while_the_server_hangs() {
    let mut pair = Pair::new().await;
    pair.here = with_deadline(&pair.server, 3, Duration::from_millis(500)).await;
    pair.warm().await;
    pair.source.set(1);
    pair.server.stop();
    // The server answers nobody, so it can't have acknowledged anything since.
    pair.server.advance(BOUND / 2);
    assert_eq!(pair.here.scope(price(&pair.source, 1)).await, 0);
    pair.server.advance(BOUND);
    assert_eq!(passing(&pair.server, pair.here.scope(price(&pair.source, 1))).await, 1);
    pair.server.cont();
    passing(&pair.server, pair.here.ready()).await.unwrap();
    passing(&pair.server, pair.there.invalidate(Target::of("price"))).await.unwrap();
    assert_eq!(pair.strict(&pair.here).await, 1);
}
