//! What the tests share: caches over a server, a source that counts its loads, and patience with an end.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Builder, Cache};
use cache_testkit::RedisServer;

/// Nothing here takes a tenth of this, except on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A cache over a server. Two of them are as good as two processes: they share nothing else.
pub(crate) fn builder(server: &RedisServer) -> Builder {
    Cache::builder().namespace("it").environment("test").redis(server.url())
}

/// A cache that is connected.
pub(crate) async fn connected(server: &RedisServer) -> Cache {
    let cache = builder(server).build().unwrap();
    in_time(cache.ready()).await.unwrap();
    cache
}

/// A cache that is connected, for a test that counts loads: on a busy machine the usual deadline may pass, and then a
/// call rightly loads alone.
pub(crate) async fn patient(server: &RedisServer) -> Cache {
    let cache = builder(server).deadline(PATIENCE / 3).build().unwrap();
    in_time(cache.ready()).await.unwrap();
    cache
}

/// Awaits what must not hang.
#[expect(clippy::disallowed_methods, reason = "the cache's own clock may be what hangs")]
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it hangs")
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = SystemClock.now() + PATIENCE;
    while !holds().await {
        assert!(SystemClock.now() < until, "not within {PATIENCE:?}: {what}");
        SystemClock.sleep(Duration::from_millis(5)).await;
    }
}

/// Runs what must not hang on a thread of its own, outside any runtime.
pub(crate) fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || drop(sender.send(work())));
    match receiver.recv_timeout(PATIENCE) {
        Ok(done) => done,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            std::panic::resume_unwind(thread.join().unwrap_err())
        }
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

    pub(crate) fn loads(&self) -> u32 {
        self.loads.load(Ordering::SeqCst)
    }

    /// Asserts how often it was asked since the last time that this was asserted.
    #[track_caller]
    pub(crate) fn assert_loads(&self, expected: u32) {
        assert_eq!(self.loads.swap(0, Ordering::SeqCst), expected, "loads");
    }
}

/// How many calls of a type were served from the cache.
pub(crate) fn hits(cache: &Cache, type_name: &str) -> u64 {
    cache.stats().of(type_name).hits
}
