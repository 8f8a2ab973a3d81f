//! A process in which functions are called outside of the scope of a test's cache. See tests/testkit/outside.rs.
#![expect(clippy::unwrap_used, reason = "a process that can't go on fails")]

use std::sync::atomic::{AtomicU32, Ordering};

use cache_core::context::ContextExt;
use cache_core::{Cache, cached, invalidate};
use cache_testkit::TestCache;

static LOADS: AtomicU32 = AtomicU32::new(0);

fn loads() -> u32 {
    LOADS.swap(0, Ordering::SeqCst)
}

#[cached(type = "outside")]
async fn async_one() -> u32 {
    LOADS.fetch_add(1, Ordering::SeqCst)
}

#[cached(type = "outside")]
fn plain_one() -> u32 {
    LOADS.fetch_add(1, Ordering::SeqCst)
}

#[invalidate(type = "outside")]
async fn writes() {}

/// Nothing is cached here, however often it is called.
async fn is_uncached() {
    for _ in 0..3 {
        async_one().await;
        plain_one();
        writes().await;
    }
    assert_eq!(loads(), 6);
}

async fn is_cached() {
    loads();
    for _ in 0..3 {
        async_one().await;
        plain_one();
    }
    assert!(loads() <= 2);
}

fn memory() -> cache_core::Builder {
    Cache::builder().namespace("outside").memory_only()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("calls") => {
            let cache = TestCache::new();
            is_uncached().await;
            cache.run(is_cached()).await;
            is_uncached().await;
            assert!(Cache::current().is_err());
        }
        Some("default") => {
            is_cached().await;
            let _cache = TestCache::new();
            is_uncached().await;
        }
        Some("installed-before") => {
            let real = memory().install().await.unwrap();
            is_cached().await;
            let _cache = TestCache::new();
            is_uncached().await;
            real.scope(is_cached()).await;
        }
        Some("installed-after") => {
            let cache = TestCache::new();
            let real = memory().install().await.unwrap();
            is_uncached().await;
            real.scope(is_cached()).await;
            cache.run(is_cached()).await;
        }
        Some("tasks") => {
            let cache = TestCache::new();
            cache
                .run(async {
                    async_one().await;
                    assert_eq!(loads(), 1);
                    for _ in 0..2 {
                        tokio::spawn(async_one().in_current_context()).await.unwrap();
                    }
                    assert_eq!(loads(), 0);
                    for _ in 0..2 {
                        tokio::spawn(async_one()).await.unwrap();
                    }
                    assert_eq!(loads(), 2);
                })
                .await;
        }
        Some("real") => is_cached().await,
        other => panic!("there is no case {other:?}"),
    }
}
