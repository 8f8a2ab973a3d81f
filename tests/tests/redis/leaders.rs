//! A load that is dropped or panics: one of those who wait loads next, and nobody hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, cached};
use cache_testkit::RedisServer;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::support::{Source, connected, in_time, patient};

const CALLERS: usize = 20;

/// How the first load ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Dropped,
    Panics,
    Fails,
}

#[derive(Debug)]
struct Kitchen {
    source: Source,
    end: End,
    leader: AtomicUsize,
    /// The first load has begun.
    begun: Notify,
    /// The first load may end.
    go_on: Notify,
}

#[cached(type = "meal", key(id))]
async fn meal(kitchen: &Kitchen, caller: usize, id: u64) -> Result<u64, String> {
    let value = kitchen.source.load();
    if kitchen.source.loads() > 1 {
        return Ok(value + id);
    }
    kitchen.leader.store(caller, Ordering::SeqCst);
    kitchen.begun.notify_one();
    kitchen.go_on.notified().await;
    match kitchen.end {
        End::Dropped => std::future::pending().await,
        End::Panics => panic!("the first load panics"),
        End::Fails => Err("the first load fails".to_owned()),
    }
}

/// Calls in two caches, of which both wait for the load of one; the first load ends, and exactly one other
/// load follows it.
async fn ends(end: End) {
    let server = RedisServer::start();
    let caches: [Cache; 2] = [patient(&server).await, patient(&server).await];
    let kitchen = Arc::new(Kitchen {
        source: Source::default(),
        end,
        leader: AtomicUsize::new(usize::MAX),
        begun: Notify::new(),
        go_on: Notify::new(),
    });
    kitchen.source.set(40);
    let call = |caller: usize| {
        let kitchen = kitchen.clone();
        tokio::spawn(caches[caller % 2].scope(async move { meal(&kitchen, caller, 2).await }))
    };
    let mut callers: Vec<JoinHandle<_>> = (0..CALLERS / 2).map(call).collect();
    in_time(kitchen.begun.notified()).await;
    callers.extend((CALLERS / 2..CALLERS).map(call));
    // Time enough for all of them to find the load that runs; it takes nothing away if some are late.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let leader = kitchen.leader.load(Ordering::SeqCst);
    kitchen.go_on.notify_one();
    if end == End::Dropped {
        callers[leader].abort();
    }
    for (caller, handle) in callers.into_iter().enumerate() {
        match in_time(handle).await {
            Ok(value) if caller != leader => assert_eq!(value, Ok(42)),
            Ok(value) => assert!(value.is_err() && end == End::Fails, "{value:?}"),
            Err(error) => assert!(caller == leader && end != End::Fails, "{caller}: {error}"),
        }
    }
    kitchen.source.assert_loads(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_load_that_was_dropped_one_other_loads() {
    ends(End::Dropped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_load_that_panicked_one_other_loads() {
    ends(End::Panics).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_load_that_failed_one_other_loads() {
    ends(End::Fails).await;
}

#[cached(type = "banquet", skip(source, takes))]
async fn banquet(source: &Source, takes: Duration, guests: u64) -> u64 {
    let value = source.load();
    SystemClock.sleep(takes).await;
    value + guests
}

#[tokio::test]
async fn a_load_that_takes_longer_than_its_lease_is_the_only_one() {
    let server = RedisServer::start();
    let (here, there, source) = (connected(&server).await, connected(&server).await, Source::default());
    // A quick load, by which the next lease is granted for the shortest time: 250 ms.
    here.scope(banquet(&source, Duration::ZERO, 1)).await;
    source.assert_loads(1);
    let slow = Duration::from_millis(1200);
    let calls =
        async { tokio::join!(here.scope(banquet(&source, slow, 2)), there.scope(banquet(&source, slow, 2))) };
    assert_eq!(in_time(calls).await, (2, 2));
    source.assert_loads(1);
}
