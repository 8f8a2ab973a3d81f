//! One test for each bug that was found and fixed, named after it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cache_core::cached;
use cache_core::clock::{Clock, SystemClock};
use cache_testkit::{RedisServer, VirtualClock};

use crate::support::{Source, builder, connected, eventually, in_time, on_a_thread};

#[cached(type = "regressions", skip(source))]
async fn value(source: &Source, id: u32) -> u64 {
    source.load() + u64::from(id)
}

/// Connecting used to write first, so that no process could connect to a full server and nothing was read from
/// it or invalidated on it any more.
#[tokio::test]
async fn a_server_that_refuses_writes_is_read_from_and_invalidated_by_who_connects_now() {
    let server = RedisServer::start();
    let (cache, source) = (connected(&server).await, Source::default());
    cache.scope(value(&source, 1)).await;
    cache.close().await.unwrap();
    source.assert_loads(1);

    // Less than what it holds already, with nothing that may be evicted.
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let late = connected(&server).await;
    late.scope(value(&source, 1)).await;
    source.assert_loads(0);
    late.invalidate(cache_core::Target::of("regressions")).await.unwrap();
    cache.scope(value(&source, 1)).await;
    source.assert_loads(1);
}

/// A namespace that nobody has laid out yet can't be laid out on a full server; it used to be no use at all.
#[tokio::test]
async fn a_full_server_that_was_never_laid_out_costs_no_error() {
    let server = RedisServer::options().max_memory("1", "noeviction").start();
    let (cache, source) = (connected(&server).await, Source::default());
    assert_eq!(cache.scope(value(&source, 5)).await, 5);
    cache.invalidate(cache_core::Target::of("regressions")).await.unwrap();
}

/// The connection lives on the runtime in which the cache was built. While nobody ran that runtime, a call from
/// another one used to wait for ever.
#[test]
fn a_runtime_that_nobody_runs_does_not_hang_calls_from_another_one() {
    on_a_thread(|| {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = RedisServer::start();
        let source = Arc::new(Source::default());
        let (idle, busy) = (runtime(), runtime());
        let cache = idle.block_on(connected(&server));
        // `idle` is alive and its tasks are never polled again.
        busy.block_on(in_time(async {
            assert_eq!(cache.scope(value(&source, 3)).await, 3);
            // The keeper is silent, so another one takes its place, and caching goes on.
            eventually("the second call is a hit", async || {
                cache.scope(value(&source, 3)).await;
                cache.stats().of("regressions").hits > 0
            })
            .await;
        }));
    });
}

/// After the first connection was lost, the lanes used to move to the background thread for good, because their
/// keepers gave no sign while all was well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_lost_its_connection_stays_on_its_runtime() {
    let (server, clock) = (RedisServer::start(), VirtualClock::new());
    let cache = builder(&server).clock(Arc::new(clock.clone())).build().unwrap();
    in_time(cache.ready()).await.unwrap();
    let homes = format!("{cache:?}").matches("Background").count();
    // Callers that meet the lost connection before its keeper does.
    let callers: Vec<_> = (0..8)
        .map(|id| {
            let cache = cache.clone();
            tokio::spawn(async move {
                let source = Source::default();
                for _ in 0..u32::MAX {
                    cache.scope(value(&source, id)).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for _ in 0..5 {
        // Much time passes, in which the keepers look after their connections.
        for _ in 0..5 {
            clock.advance(Duration::from_secs(2));
            settle().await;
        }
        server.command(&["CLIENT", "KILL", "TYPE", "normal"]);
        let hits = || cache.stats().of("regressions").hits;
        let before = hits();
        eventually("it is connected again", async || {
            clock.advance(Duration::from_millis(100));
            hits() > before + 100
        })
        .await;
    }
    callers.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(format!("{cache:?}").matches("Background").count(), homes, "{cache:?}");
}

/// Lets the keepers, which live on this runtime, do what they woke up for.
async fn settle() {
    for _ in 0..5 {
        SystemClock.sleep(Duration::from_millis(2)).await;
    }
}

/// A request for a lease that the server answered too late used to leave a lease that nobody held, and everybody
/// waited for its end.
#[tokio::test]
async fn a_lease_that_was_granted_too_late_is_given_back() {
    static SLOW: OnceLock<VirtualClock> = OnceLock::new();

    #[cached(type = "regressions", skip(source))]
    async fn slow(source: &Source, id: u32) -> u64 {
        SLOW.get_or_init(VirtualClock::new).advance(Duration::from_secs(1000));
        source.load() + u64::from(id)
    }

    let (server, source) = (RedisServer::start(), Source::default());
    let clock = SLOW.get_or_init(VirtualClock::new).clone();
    let cache = builder(&server).clock(Arc::new(clock)).deadline(Duration::from_millis(100)).build().unwrap();
    in_time(cache.ready()).await.unwrap();
    // The scripts and the stamps are there, and loads are known to be so slow that leases live for a minute.
    cache.scope(slow(&source, 100)).await;
    eventually("it is stored", async || cache.stats().of("regressions").stores == 1).await;

    // The server reads, and lets scripts wait.
    server.command(&["CLIENT", "PAUSE", "60000", "WRITE"]);
    assert_eq!(cache.scope(slow(&source, 9)).await, 9);
    server.command(&["CLIENT", "UNPAUSE"]);
    eventually("the lease is given back", async || server.command(&["KEYS", "it:test:l1:*"]).is_empty())
        .await;
}
