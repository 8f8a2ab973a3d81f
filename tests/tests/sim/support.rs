//! Caches over a simulated server, whose time is the server's.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::Cache;
use cache_core::clock::{Clock, SystemClock};
use cache_testkit::{SeededRandom, SimRedis};

/// Nothing here takes a tenth of this, except on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(30);

/// The staleness bound of the caches.
pub(crate) const BOUND: Duration = Duration::from_secs(2);

/// A cache that is connected. Two of them are as good as two processes: they share nothing else.
pub(crate) async fn connected(server: &SimRedis, seed: u64) -> Cache {
    // Commands are waited for in the system's time: on a busy machine too nothing is given up.
    with_deadline(server, seed, PATIENCE / 3).await
}

/// The same, where the server will not answer.
pub(crate) async fn with_deadline(server: &SimRedis, seed: u64, deadline: Duration) -> Cache {
    let builder = Cache::builder().namespace("sim").environment("test").redis(server.url());
    let builder = builder.clock(Arc::new(server.clock())).random(Arc::new(SeededRandom::new(seed)));
    let cache = builder.staleness_bound(BOUND).jitter(0.0).deadline(deadline).build().unwrap();
    passing(server, cache.ready()).await.unwrap();
    cache
}

/// Awaits something while time passes for the server and its caches.
pub(crate) async fn passing<F: Future>(server: &SimRedis, future: F) -> F::Output {
    let mut future = pin!(future);
    let until = SystemClock.now() + PATIENCE;
    loop {
        tokio::select! {
            biased;
            output = &mut future => return output,
            () = SystemClock.sleep(Duration::from_millis(1)) => server.advance(Duration::from_millis(20)),
        }
        assert!(SystemClock.now() < until, "it hangs");
    }
}

/// Waits until something holds, without time passing for the server and its caches.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = SystemClock.now() + PATIENCE;
    while !holds().await {
        assert!(SystemClock.now() < until, "not within {PATIENCE:?}: {what}");
        SystemClock.sleep(Duration::from_millis(1)).await;
    }
}

/// Where values come from: it counts how often it was asked.
#[derive(Debug, Default)]
pub(crate) struct Source {
    loads: AtomicU32,
    value: AtomicU64,
}

impl Source {
    pub(crate) fn load(&self) -> u64 {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.value.load(Ordering::SeqCst)
    }

    pub(crate) fn set(&self, value: u64) {
        self.value.store(value, Ordering::SeqCst);
    }

    /// How often it was asked since the last time that this was asked.
    pub(crate) fn take_loads(&self) -> u32 {
        self.loads.swap(0, Ordering::SeqCst)
    }

    /// Asserts how often it was asked since then.
    #[track_caller]
    pub(crate) fn assert_loads(&self, expected: u32) {
        assert_eq!(self.take_loads(), expected, "loads");
    }
}
