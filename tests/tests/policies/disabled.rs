//! What is switched off neither reads nor stores, and invalidates all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cache_core::{Cache, PolicySettings, cached, invalidate};
use cache_testkit::{MockBackend, TestCache, VirtualClock};

#[derive(Default)]
struct Table(AtomicU32, AtomicU32);

impl Table {
    fn read(&self) -> u32 {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.load(Ordering::SeqCst)
    }

    fn loads(&self) -> u32 {
        self.1.load(Ordering::SeqCst)
    }
}

#[cached(type = "disabled", skip(table))]
async fn value(table: &Table) -> u32 {
    table.read()
}

#[cached(type = "disabled", skip(table))]
async fn other(table: &Table) -> u32 {
    table.read()
}

#[invalidate(type = "disabled")]
async fn write(table: &Table) {
    table.0.fetch_add(1, Ordering::SeqCst);
}

/// The ways to switch a function off, and on again.
fn switches() -> [fn(&Cache, bool); 3] {
    [
        |cache, on| cache.set_enabled(on),
        |cache, on| cache.set_policy("disabled", PolicySettings::new().enabled(on)).unwrap(),
        |cache, on| cache.set_function_policy("value", PolicySettings::new().enabled(on)).unwrap(),
    ]
}

#[tokio::test]
async fn an_invalidation_meanwhile_is_not_hidden() {
    for switch in switches() {
        let (cache, table) = (TestCache::new(), Table::default());
        let read = || cache.run(value(&table));
        assert_eq!((read().await, read().await, table.loads()), (0, 0, 1));
        switch(cache.cache(), false);
        assert_eq!((read().await, read().await, table.loads()), (0, 0, 3), "it runs each time");
        cache.run(write(&table)).await;
        assert_eq!(cache.stats().of("disabled").invalidations, 1);
        switch(cache.cache(), true);
        assert_eq!((read().await, read().await, table.loads()), (1, 1, 4), "nothing older is served");
    }
}

#[tokio::test]
async fn what_was_kept_is_served_again_if_nothing_changed() {
    for switch in switches() {
        let (cache, table) = (TestCache::new(), Table::default());
        cache.run(value(&table)).await;
        switch(cache.cache(), false);
        table.0.store(7, Ordering::SeqCst);
        assert_eq!(cache.run(value(&table)).await, 7, "it is not stored either");
        switch(cache.cache(), true);
        assert_eq!(cache.run(value(&table)).await, 0);
    }
}

#[tokio::test]
async fn a_process_that_is_switched_off_leaves_no_other_stale() {
    for switch in switches() {
        let clock = Arc::new(VirtualClock::new());
        let backend = MockBackend::new(clock.clone());
        let [off, on] = [(); 2].map(|()| {
            let builder = Cache::builder().namespace("disabled").store(Arc::new(backend.clone()));
            builder.clock(clock.clone()).build().unwrap()
        });
        let table = Table::default();
        assert_eq!(on.scope(value(&table)).await, 0);
        on.close().await.unwrap();
        switch(&off, false);
        off.scope(write(&table)).await;
        assert_eq!(on.scope(value(&table)).await, 1);
    }
}

#[tokio::test]
async fn other_functions_of_the_type_go_on() {
    let (cache, table) = (TestCache::new(), Table::default());
    cache.cache().set_function_policy("value", PolicySettings::new().enabled(false)).unwrap();
    for expected in [2, 3] {
        cache.run(value(&table)).await;
        cache.run(other(&table)).await;
        assert_eq!(table.loads(), expected);
    }
    assert_eq!(cache.stats().of("disabled").disabled, 2);
}
