//! What is said when an assertion fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cache_core::{cached, invalidate};
use cache_testkit::TestCache;

#[cached(type = "menu", ttl = "1h", tags("dish:{id}"))]
async fn dish(id: u32) -> Result<String, std::fmt::Error> {
    if id == 0 { Err(std::fmt::Error) } else { Ok(format!("dish {id}")) }
}

#[cached(type = "orders", tenant_aware)]
async fn orders() -> u32 {
    7
}

#[invalidate(type = "menu", tags("dish:{id}"), entry(dish(id)))]
async fn rename(id: u32) -> Result<(), std::fmt::Error> {
    if id == 0 { Err(std::fmt::Error) } else { Ok(()) }
}

/// What a test says that fails.
fn message(fails: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(fails)).expect_err("it is to fail");
    panic.downcast_ref::<String>().cloned().expect("it says something")
}

#[track_caller]
fn check(fails: impl FnOnce(), expected: &[&str]) {
    assert_eq!(message(fails).lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_message_says_what_was_expected_and_what_happened() {
    let cache = TestCache::new();
    cache.run(dish(7)).await.unwrap();
    cache.run(dish(7)).await.unwrap();
    cache.advance(Duration::from_secs(3600));
    cache.run(dish(7)).await.unwrap();
    cache.run(dish(0)).await.unwrap_err();
    cache.run(rename(7)).await.unwrap();
    cache.run(rename(0)).await.unwrap_err();
    check(
        || cache.assert_hits("menu", 2),
        &[
            "expected 2 hits of type \"menu\", there were 1",
            "what happened:",
            "       0 s  miss        -:menu:-:dish:id=7",
            "       0 s  load        -:menu:-:dish:id=7: value",
            "       0 s  store       -:menu:-:dish:id=7: stored",
            "       0 s  hit         -:menu:-:dish:id=7",
            "    3600 s  after another 3600 s",
            "    3600 s  miss        -:menu:-:dish:id=7",
            "    3600 s  load        -:menu:-:dish:id=7: value",
            "    3600 s  store       -:menu:-:dish:id=7: stored",
            "    3600 s  miss        -:menu:-:dish:id=0",
            "    3600 s  load        -:menu:-:dish:id=0: error",
            "    3600 s  invalidate  type menu",
            "    3600 s  invalidate  tag dish:7",
            "    3600 s  invalidate  entry -:menu:-:dish:id=7",
            "    3600 s  invalidate  type menu, and once more later",
            "    3600 s  invalidate  tag dish:0, and once more later",
            "    3600 s  invalidate  entry -:menu:-:dish:id=0, and once more later",
        ],
    );
}

#[tokio::test]
async fn each_assertion_names_what_it_counts() {
    let cache = TestCache::new();
    cache.run(dish(7)).await.unwrap();
    let first = |fails: &dyn Fn()| message(fails).lines().next().unwrap().to_owned();
    for (said, expected) in [
        (first(&|| cache.assert_misses("menu", 0)), "expected 0 misses of type \"menu\", there were 1"),
        (first(&|| cache.assert_loads("menu", 2)), "expected 2 loads of type \"menu\", there were 1"),
        (
            first(&|| cache.assert_stored("menu", 2)),
            "expected 2 values stored of type \"menu\", there were 1",
        ),
        (
            first(&|| cache.assert_invalidated("menu", 1)),
            "expected 1 invalidations of type \"menu\", there were 0",
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_type_that_does_not_exist_is_told_from_the_others() {
    let cache = TestCache::new();
    check(
        || cache.assert_hits("menus", 1),
        &["expected 1 hits of type \"menus\", there were 0", "nothing happened in this cache"],
    );
    cache.run(dish(7)).await.unwrap();
    cache.tenant("t1").run(orders()).await;
    let said = message(|| cache.assert_hits("menus", 1));
    assert_eq!(
        said.lines().next().unwrap(),
        "expected 1 hits of type \"menus\", there were 0; nothing of that type happened, only of \"menu\", \"orders\""
    );
}

#[tokio::test]
async fn what_ran_uncached_is_said_with_its_reason() {
    let cache = TestCache::new();
    cache.run(orders()).await;
    cache.run(cache_core::bypass(orders())).await;
    cache.outage();
    cache.run(dish(7)).await.unwrap();
    cache.recover();
    check(
        || cache.assert_misses("orders", 1),
        &[
            "expected 1 misses of type \"orders\", there were 0",
            "what happened:",
            "       0 s  uncached    orders: `orders` is cached per tenant, and the context has none",
            "       0 s  uncached    orders: the cache is left aside",
            "       0 s  outage",
            "       0 s  no answer   -:menu:-:dish:id=7: refused by the test's backend",
            "       0 s  miss        -:menu:-:dish:id=7",
            "       0 s  load        -:menu:-:dish:id=7: value",
            "       0 s  recovered",
        ],
    );
}

#[tokio::test]
async fn a_seed_of_another_type_is_told_by_any_assertion() {
    let cache = TestCache::new();
    cache.seed(dish_key(7).unwrap(), &"a str is no String");
    cache.run(dish(7)).await.unwrap();
    let wrong = "-:menu:-:dish:id=7 was seeded with a value of type `&str`, the function stores \
                 `alloc::string::String`";
    check(
        || cache.assert_misses("menu", 1),
        &[
            wrong,
            "what happened:",
            "       0 s  seed        -:menu:-:dish:id=7",
            &format!("       0 s  misfit      {wrong}"),
            "       0 s  miss        -:menu:-:dish:id=7",
            "       0 s  load        -:menu:-:dish:id=7: value",
            "       0 s  store       -:menu:-:dish:id=7: stored",
        ],
    );
}

#[test]
fn a_key_that_reads_otherwise_is_shown_as_it_reads() {
    let cache = TestCache::new();
    let key = dish_key(7).unwrap();
    cache.assert_key(&key, "-:menu:-:dish:id=7");
    check(
        || cache.assert_key(&key, "-:menu:-:dish:7"),
        &["expected the key", "    -:menu:-:dish:7", "but it reads", "    -:menu:-:dish:id=7"],
    );
}

#[tokio::test]
async fn only_the_last_events_are_shown() {
    let cache = TestCache::new();
    for _ in 0..100 {
        cache.run(dish(7)).await.unwrap();
    }
    let said = message(|| cache.assert_hits("menu", 0));
    assert!(said.contains("\nwhat happened, without the first 62:\n"), "{said}");
    assert_eq!(said.lines().count(), 42);
    assert_eq!(cache.events().len(), 102);
}
