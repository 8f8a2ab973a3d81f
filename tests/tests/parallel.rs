//! A thousand tests, each with a cache of its own, that run side by side: none sees anything of another, whatever it
//! does with time, with the backend, and with threads.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::context::ContextExt;
use cache_core::{Target, cached, invalidate, refresh};
use cache_testkit::{Expectation, Operation, TestCache};

/// Counts its loads. All tests use the same functions with the same arguments.
#[derive(Debug, Default)]
struct Source(AtomicU32);

impl Source {
    fn load(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

#[cached(type = "menu", ttl = "1h", tags("item:{item}"), skip(source))]
async fn dish(source: &Source, item: u32) -> u32 {
    source.load()
}

#[cached(type = "menu", ttl = "1h", skip(source))]
fn plain(source: &Source, item: u32) -> u32 {
    source.load()
}

#[cached(type = "menu", ttl = "1h", tenant_aware, user_aware, skip(source))]
async fn owned(source: &Source) -> u32 {
    source.load()
}

#[cached(type = "menu", skip(source, cache))]
async fn slow(source: &Source, cache: &TestCache, seconds: u32) -> u32 {
    cache.takes(Duration::from_secs(seconds.into())).await;
    source.load()
}

#[invalidate(type = "menu")]
async fn rename() {}

#[invalidate(type = "menu", tenant_aware)]
async fn rename_for_tenant() {}

fn stage() -> (TestCache, Arc<Source>) {
    (TestCache::new(), Arc::default())
}

async fn counts_hits(number: u32) {
    let (cache, source) = stage();
    for _ in 0..=number {
        assert_eq!(cache.run(dish(&source, 1)).await, 1);
    }
    cache.assert_misses("menu", 1);
    cache.assert_hits("menu", number.into());
    assert_eq!(cache.entries().len(), 1);
}

async fn expires(number: u32) {
    let (cache, source) = stage();
    for round in 0..3 {
        assert_eq!(cache.run(dish(&source, 1)).await, round + 1);
        cache.advance(Duration::from_millis(3_599_999 - u64::from(number)));
        assert_eq!(cache.run(dish(&source, 1)).await, round + 1);
        cache.advance(Duration::from_millis(u64::from(number) + 1));
    }
    cache.assert_stored("menu", 3);
}

async fn invalidates(number: u32) {
    let (cache, source) = stage();
    for _ in 0..number % 10 {
        cache.run(dish(&source, 1)).await;
        cache.run(rename()).await;
    }
    cache.assert_loads("menu", (number % 10).into());
    let targets = [Target::of("menu").into(), Target::tag("item:1"), Target::key(dish_key(1).unwrap())];
    for target in targets {
        let before = cache.run(dish(&source, 1)).await;
        cache.cache().invalidate(target).await.unwrap();
        assert_eq!(cache.run(dish(&source, 1)).await, before + 1);
    }
}

async fn survives_outages(number: u32) {
    let (cache, source) = stage();
    let stored = cache.run(dish(&source, 1)).await;
    for round in 0..number % 5 {
        cache.outage();
        assert_eq!(cache.run(dish(&source, 1)).await, stored + round + 1);
        cache.recover();
        assert_eq!(cache.run(dish(&source, 1)).await, stored);
    }
    cache.outage();
    cache.run(rename()).await;
    cache.advance(Duration::from_secs(number.into()));
    assert_eq!(cache.cache().pending().len(), 1);
    cache.recover();
    assert_eq!(cache.cache().pending().len(), 0);
    assert!(cache.run(dish(&source, 1)).await > stored);
}

async fn keeps_tenants_apart(number: u32) {
    let (cache, source) = stage();
    let owners: Vec<_> =
        (0..4).map(|id| cache.tenant(format!("t{}", id / 2)).user(format!("u{id}"))).collect();
    for _ in 0..2 + number % 3 {
        for (owner, expected) in owners.iter().zip(1..) {
            assert_eq!(owner.run(owned(&source)).await, expected);
        }
    }
    owners[0].run(rename_for_tenant()).await;
    for (owner, expected) in owners.iter().zip([5, 6, 3, 4]) {
        assert_eq!(owner.run(owned(&source)).await, expected);
    }
}

async fn is_seeded(number: u32) {
    let (cache, source) = stage();
    cache.seed(dish_key(1).unwrap(), &(number + 100));
    assert_eq!(cache.run(dish(&source, 1)).await, number + 100);
    assert_eq!(cache.run(dish(&source, 1)).await, number + 100);
    cache.assert_misses("menu", 0);
    assert_eq!(cache.run(refresh(dish(&source, 1))).await, 1);
    assert_eq!(cache.run(dish(&source, 1)).await, 1);
}

async fn calls_plain_functions(number: u32) {
    let (cache, source) = stage();
    for _ in 0..number % 7 + 2 {
        assert_eq!(cache.run_sync(|| plain(&source, 1)), 1);
        assert_eq!(cache.run(async { plain(&source, 2) }).await, 2);
    }
    cache.assert_misses("menu", 2);
    cache.assert_stored("menu", 2);
}

async fn takes_its_time(number: u32) {
    let (cache, source) = stage();
    let seconds = number % 9 + 1;
    let both = async { tokio::join!(slow(&source, &cache, seconds), slow(&source, &cache, seconds)) };
    assert_eq!(cache.drive(both).await, (1, 1));
    assert_eq!(cache.clock().passed(), Duration::from_secs(seconds.into()));
    cache.assert_loads("menu", 1);
}

async fn meets_what_it_expects(number: u32) {
    let (cache, source) = stage();
    cache.run(dish(&source, 1)).await;
    cache.expect(Expectation::of(Operation::Read).loses_its_reply().times(number % 4 + 1));
    for round in 0..=number % 4 {
        assert_eq!(cache.run(dish(&source, 1)).await, round + 2);
    }
    cache.backend().assert_asked();
    assert_eq!(cache.run(dish(&source, 1)).await, 1);
    let calls = cache.calls();
    assert_eq!(calls.last().unwrap(), &"read -:menu:-:dish:item=1: a valid entry");
}

async fn shares_its_cache_with_threads(number: u32) {
    let (cache, source) = stage();
    let tasks = cache.run(async {
        let task = |item| {
            let source = source.clone();
            tokio::spawn(async move { dish(&source, item % 2).await }.in_current_context())
        };
        (0..number % 8 + 2).map(task).collect::<Vec<_>>()
    });
    for task in tasks.await {
        assert!(task.await.unwrap() <= 2);
    }
    cache.assert_loads("menu", 2);
}

fn on_this_thread(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

fn on_threads(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test);
}

/// A hundred tests of a kind.
macro_rules! hundred {
    ($($runtime:ident: $kind:ident),*) => {$(
        mod $kind {
            use super::$runtime as run;
            use super::$kind as test;

            tens!(_0 = 0, _1 = 10, _2 = 20, _3 = 30, _4 = 40, _5 = 50, _6 = 60, _7 = 70, _8 = 80, _9 = 90);
        }
    )*};
}

macro_rules! tens {
    ($($name:ident = $from:literal),*) => {$(
        mod $name {
            use super::{run, test};

            ones!($from: _0 = 0, _1 = 1, _2 = 2, _3 = 3, _4 = 4, _5 = 5, _6 = 6, _7 = 7, _8 = 8, _9 = 9);
        }
    )*};
}

macro_rules! ones {
    ($from:literal: $($name:ident = $plus:literal),*) => {$(
        #[test]
        fn $name() {
            run(test($from + $plus));
        }
    )*};
}

hundred! {
    on_this_thread: counts_hits,
    on_this_thread: expires,
    on_this_thread: invalidates,
    on_this_thread: survives_outages,
    on_this_thread: keeps_tenants_apart,
    on_this_thread: is_seeded,
    on_this_thread: calls_plain_functions,
    on_this_thread: takes_its_time,
    on_this_thread: meets_what_it_expects,
    on_threads: shares_its_cache_with_threads
}
