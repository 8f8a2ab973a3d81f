//! Plain functions, runtimes that end, and executors that are no tokio.

use std::sync::Arc;

use cache_core::{Cache, cached, invalidate};
use cache_testkit::RedisServer;
use tokio::runtime::{Builder, Runtime};

use crate::support::{Source, builder, hits, on_a_thread};

#[cached(type = "plain_fn", skip(source))]
fn plain(source: &Source, id: u64) -> u64 {
    source.load() + id
}

#[invalidate(type = "plain_fn")]
fn change(source: &Source, value: u64) {
    source.set(value);
}

#[cached(type = "async_fn", skip(source))]
async fn asynchronous(source: &Source, id: u64) -> u64 {
    source.load() + id
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn close(cache: &Cache) {
    pollster::block_on(cache.close()).unwrap();
}

/// Misses, hits, is invalidated, and hits again.
fn round(cache: &Cache) {
    let source = Source::default();
    let before = hits(cache, "plain_fn");
    cache.sync_scope(|| {
        source.set(10);
        // The entry may be another round's.
        change(&source, 10);
        assert_eq!(plain(&source, 1), 11);
        close(cache);
        assert_eq!(plain(&source, 1), 11);
        source.assert_loads(1);
        change(&source, 20);
        assert_eq!(plain(&source, 1), 21);
        close(cache);
        assert_eq!(plain(&source, 1), 21);
        source.assert_loads(1);
    });
    assert_eq!(hits(cache, "plain_fn"), before + 2);
}

#[test]
fn a_plain_function_outside_any_runtime() {
    let server = RedisServer::start();
    let cache = builder(&server).build().unwrap();
    on_a_thread(move || round(&cache));
}

#[test]
fn a_plain_function_inside_a_runtime_of_one_thread() {
    let server = RedisServer::start();
    on_a_thread(move || {
        current_thread().block_on(async {
            let cache = builder(&server).build().unwrap();
            round(&cache);
            tokio::spawn(async move { round(&cache) }).await.unwrap();
        });
    });
}

#[test]
fn a_plain_function_on_every_thread_of_a_runtime() {
    let server = RedisServer::start();
    on_a_thread(move || {
        multi_thread().block_on(async {
            let cache = builder(&server).build().unwrap();
            round(&cache);
            let source = Arc::new(Source::default());
            // More callers than threads, all of which block theirs.
            let callers: Vec<_> = (0..20)
                .map(|caller| {
                    let (cache, source) = (cache.clone(), source.clone());
                    tokio::spawn(async move { cache.sync_scope(|| plain(&source, 100 + caller % 2)) })
                })
                .collect();
            for caller in callers {
                assert!(caller.await.unwrap() >= 100);
            }
            source.assert_loads(2);
        });
    });
}

#[test]
fn a_plain_function_where_blocking_is_allowed() {
    let server = RedisServer::start();
    on_a_thread(move || {
        multi_thread().block_on(async {
            let cache = builder(&server).build().unwrap();
            tokio::task::spawn_blocking(move || round(&cache)).await.unwrap();
        });
    });
}

#[test]
fn a_cache_outlives_the_runtime_it_was_built_in() {
    let server = RedisServer::start();
    on_a_thread(move || {
        let source = Source::default();
        let cache = current_thread().block_on(async {
            let cache = builder(&server).build().unwrap();
            cache.ready().await.unwrap();
            assert_eq!(cache.scope(asynchronous(&source, 1)).await, 1);
            cache.close().await.unwrap();
            cache
        });
        for round in 1..=4 {
            let runtime = if round % 2 == 0 { current_thread() } else { multi_thread() };
            runtime.block_on(async {
                assert_eq!(cache.scope(asynchronous(&source, 1)).await, 1);
            });
            assert_eq!(hits(&cache, "async_fn"), round);
        }
        source.assert_loads(1);
    });
}

#[test]
fn an_async_function_under_another_executor() {
    let server = RedisServer::start();
    let cache = builder(&server).build().unwrap();
    on_a_thread(move || {
        let source = Source::default();
        pollster::block_on(async {
            assert_eq!(cache.scope(asynchronous(&source, 1)).await, 1);
            cache.close().await.unwrap();
            assert_eq!(cache.scope(asynchronous(&source, 1)).await, 1);
        });
        source.assert_loads(1);
        assert_eq!(hits(&cache, "async_fn"), 1);
    });
}

#[test]
fn a_cache_of_a_runtime_that_is_called_from_another_executor() {
    let server = RedisServer::start();
    on_a_thread(move || {
        let (runtime, source) = (multi_thread(), Source::default());
        let cache = runtime.block_on(async { builder(&server).build().unwrap() });
        assert_eq!(runtime.block_on(cache.scope(asynchronous(&source, 1))), 1);
        close(&cache);
        assert_eq!(pollster::block_on(cache.scope(asynchronous(&source, 1))), 1);
        drop(runtime);
        assert_eq!(pollster::block_on(cache.scope(asynchronous(&source, 1))), 1);
        source.assert_loads(1);
    });
}
