//! What a test's cache does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::context::ContextExt;
use cache_core::{Target, cached, invalidate};
use cache_testkit::{Expectation, MockEntry, Operation, TestCache};
use tokio::sync::Notify;

const HOUR: Duration = Duration::from_secs(3600);

/// Counts what it is asked.
#[derive(Debug, Default)]
struct Source(AtomicU32);

impl Source {
    fn load(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
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

#[invalidate(type = "menu")]
async fn rename() {}

#[invalidate(type = "menu", wait = "no")]
async fn rename_unwaited() {}

#[invalidate(type = "menu")]
async fn rename_never_ends() {
    std::future::pending().await
}

#[tokio::test]
async fn what_the_backend_was_asked_reads_as_a_sequence() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(dish(&source, 7)).await;
    cache.run(dish(&source, 7)).await;
    cache.run(dish(&source, 7)).await;
    cache.run(rename()).await;
    cache.run(dish(&source, 7)).await;
    assert_eq!(
        cache.calls(),
        [
            "read -:menu:-:dish:item=7: nothing",
            "acquire -:menu:-:dish:item=7: disowned",
            "ensure: done",
            "read -:menu:-:dish:item=7: nothing",
            "acquire -:menu:-:dish:item=7: granted",
            "store -:menu:-:dish:item=7: stored",
            // From here on it is kept in the process.
            "read -:menu:-:dish:item=7: a valid entry",
            "remove stamp of -:menu:-: done",
            "read -:menu:-:dish:item=7: an entry that is not valid",
            "acquire -:menu:-:dish:item=7: granted",
            "store -:menu:-:dish:item=7: stored",
        ]
    );
    cache.assert_hits("menu", 2);
    cache.assert_misses("menu", 2);
    cache.assert_loads("menu", 2);
    cache.assert_stored("menu", 2);
    cache.assert_invalidated("menu", 1);
}

#[test]
fn a_plain_function_needs_no_runtime() {
    let (cache, source) = (TestCache::new(), Source::default());
    assert_eq!(cache.run_sync(|| plain(&source, 7)), 1);
    assert_eq!(cache.run_sync(|| plain(&source, 7)), 1);
    cache.assert_hits("menu", 1);
    assert_eq!(cache.entries().len(), 1);
}

#[tokio::test]
async fn what_is_not_waited_for_has_happened_too() {
    for _ in 0..100 {
        let (cache, source) = (TestCache::new(), Source::default());
        cache.run(dish(&source, 7)).await;
        cache.run(rename_unwaited()).await;
        assert_eq!(cache.cache().pending(), []);
        assert_eq!(cache.run(dish(&source, 7)).await, 2);
        assert_eq!(cache.run(dish(&source, 7)).await, 2);
        let dropped = async {
            tokio::select! { biased; () = rename_never_ends() => {}, () = async {} => {} }
        };
        cache.run(dropped).await;
        assert_eq!(cache.run(dish(&source, 7)).await, 3);
        assert_eq!(cache.run(dish(&source, 7)).await, 3);
        // Nobody knows what became of it, so it is invalidated once more.
        cache.advance(Duration::from_secs(10));
        assert_eq!(cache.run(dish(&source, 7)).await, 4);
    }
}

#[tokio::test]
async fn entries_can_be_seen_and_expire() {
    let (cache, source) = (TestCache::new(), Source::default());
    for item in [7, 8] {
        cache.run(dish(&source, item)).await;
    }
    cache.cache().invalidate(Target::tag("item:8")).await.unwrap();
    cache.assert_invalidated("-", 1);
    let valid: Vec<bool> = cache.entries().iter().map(|entry: &MockEntry| entry.valid).collect();
    assert_eq!(valid, [true, false]);
    assert!(cache.entries()[0].name.starts_with("test:test:e1:-:menu:-:dish~"));
    cache.advance(HOUR - Duration::from_millis(1));
    assert_eq!(cache.entries().len(), 2, "times to live are exact");
    cache.advance(Duration::from_millis(1));
    assert_eq!(cache.entries(), []);
    cache.run(dish(&source, 7)).await;
    cache.assert_misses("menu", 3);
}

#[cached(type = "menu", ttl = "1h", jitter = 0.5, skip(source))]
async fn shortened(source: &Source) -> u32 {
    source.load()
}

#[tokio::test]
async fn no_time_to_live_is_shortened_by_chance() {
    for _ in 0..20 {
        let (cache, source) = (TestCache::new(), Source::default());
        cache.run(shortened(&source)).await;
        cache.advance(HOUR - Duration::from_millis(1));
        cache.run(shortened(&source)).await;
        cache.assert_hits("menu", 1);
    }
}

#[tokio::test]
async fn an_outage_costs_only_loads_and_loses_no_invalidation() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(dish(&source, 7)).await;
    cache.run(dish(&source, 7)).await;
    cache.outage();
    assert_eq!(cache.run(dish(&source, 7)).await, 2);
    assert_eq!(cache.run(dish(&source, 7)).await, 3);
    cache.run(rename()).await;
    assert_eq!(cache.cache().pending().len(), 1);
    cache.cache().close().await.unwrap_err();
    cache.recover();
    assert_eq!(cache.cache().pending(), []);
    assert_eq!(cache.run(dish(&source, 7)).await, 4, "what was stored before is invalidated");
    assert_eq!(cache.run(dish(&source, 7)).await, 4);
    cache.assert_stored("menu", 2);
    cache.cache().close().await.unwrap();
}

#[tokio::test]
async fn what_was_stored_is_there_after_an_outage() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(dish(&source, 7)).await;
    cache.outage();
    cache.advance(Duration::from_secs(60));
    cache.recover();
    assert_eq!(cache.run(dish(&source, 7)).await, 1);
}

#[cached(type = "slow", skip(source, go))]
async fn slow(source: &Source, go: &Notify) -> u32 {
    go.notified().await;
    source.load()
}

#[tokio::test]
async fn a_lease_that_could_not_be_given_back_keeps_nobody_waiting() {
    let (cache, source, go) = (TestCache::new(), Arc::new(Source::default()), Arc::new(Notify::new()));
    let load = {
        let (cache, source, go) = (cache.clone(), source.clone(), go.clone());
        tokio::spawn(async move { cache.run(slow(&source, &go)).await })
    };
    tokio::task::yield_now().await;
    cache.outage();
    go.notify_one();
    assert_eq!(load.await.unwrap(), 1);
    cache.recover();
    go.notify_one();
    assert_eq!(cache.run(slow(&source, &go)).await, 2);
}

#[tokio::test]
async fn a_lease_whose_grant_was_lost_is_given_back() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(dish(&source, 1)).await;
    cache.expect(Expectation::of(Operation::Acquire).loses_its_reply());
    assert_eq!(cache.run(dish(&source, 7)).await, 2);
    cache.backend().assert_asked();
    assert_eq!(cache.run(dish(&source, 7)).await, 3);
    assert_eq!(cache.run(dish(&source, 7)).await, 3);
}

#[cached(type = "profile", tenant_aware, user_aware, skip(source))]
async fn profile(source: &Source) -> u32 {
    source.load()
}

#[invalidate(type = "profile", tenant_aware)]
async fn update() {}

#[tokio::test]
async fn tenants_and_users_have_entries_of_their_own() {
    let (cache, source) = (TestCache::new(), Source::default());
    let ann = cache.tenant("t1").user("ann");
    let bob = cache.user("bob").tenant("t1");
    let other = cache.tenant("t2").user("ann");
    for scope in [&ann, &bob, &other, &ann, &bob, &other] {
        scope.run(profile(&source)).await;
    }
    cache.assert_misses("profile", 3);
    cache.assert_hits("profile", 3);
    ann.run(update()).await;
    for scope in [&ann, &bob, &other] {
        scope.run(profile(&source)).await;
    }
    cache.assert_misses("profile", 5);
    cache.assert_key(&ann.run_sync(profile_key).unwrap(), "t1:profile:ann:profile:");
    // Without them it runs uncached.
    cache.run(profile(&source)).await;
    assert_eq!(cache.stats().of("profile").no_tenant, 1);
}

#[tokio::test]
async fn each_has_a_time_and_values_of_its_own() {
    let (one, other, source) = (TestCache::new(), TestCache::new(), Source::default());
    one.run(dish(&source, 7)).await;
    other.run(dish(&source, 7)).await;
    one.advance(HOUR);
    one.run(dish(&source, 7)).await;
    other.run(dish(&source, 7)).await;
    one.assert_misses("menu", 2);
    other.assert_misses("menu", 1);
    other.assert_hits("menu", 1);
    let inner = one.run(other.run(dish(&source, 7)));
    assert_eq!(inner.await, 2, "the inner scope counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_share_one_load() {
    let (cache, source) = (TestCache::new(), Arc::new(Source::default()));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(cache.run(async move { dish(&source, 7).await }))
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 1);
    }
    cache.assert_loads("menu", 1);
}

#[tokio::test]
async fn tasks_join_by_their_context() {
    let (cache, source) = (TestCache::new(), Arc::new(Source::default()));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let task = |source: Arc<Source>, seen: Arc<Mutex<Vec<u32>>>| async move {
        let value = dish(&source, 7).await;
        seen.lock().unwrap().push(value);
    };
    cache
        .run(async {
            for _ in 0..3 {
                tokio::spawn(task(source.clone(), seen.clone()).in_current_context()).await.unwrap();
            }
        })
        .await;
    assert_eq!(*seen.lock().unwrap(), [1, 1, 1]);
    cache.assert_hits("menu", 2);
}

#[tokio::test]
async fn after_a_pause_nothing_is_served_that_was_kept_in_the_process() {
    let (cache, source) = (TestCache::new(), Source::default());
    for _ in 0..3 {
        cache.run(dish(&source, 7)).await;
    }
    let near = || cache.stats().of("menu").near_hits;
    assert_eq!(near(), 1);
    // Within the bound it may not have missed anything that matters.
    cache.pause(Duration::from_millis(1_900));
    cache.run(dish(&source, 7)).await;
    assert_eq!(near(), 2);
    cache.pause(Duration::from_millis(200));
    assert_eq!(cache.run(dish(&source, 7)).await, 1, "the backend is asked");
    assert_eq!(near(), 2);
    // Had it not been stopped, its heartbeats had gone on.
    cache.advance(Duration::from_secs(60));
    cache.run(dish(&source, 7)).await;
    assert_eq!(near(), 3);
}

#[invalidate(type = "menu", wait = "global")]
async fn rename_everywhere() {}

#[tokio::test]
async fn nobody_else_is_waited_for() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(dish(&source, 7)).await;
    cache.run(rename_everywhere()).await;
    assert_eq!(cache.run(dish(&source, 7)).await, 2);
}
