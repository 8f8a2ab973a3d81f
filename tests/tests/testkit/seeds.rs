//! Values that a test puts in place are hits, as if the function had loaded them then.

use std::sync::Arc;
use std::time::Duration;

use cache_core::{CacheType, Target, cached, refresh};
use cache_testkit::TestCache;
use serde::{Deserialize, Serialize};

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Dish {
    name: String,
}

fn dish(name: &str) -> Dish {
    Dish { name: name.to_owned() }
}

#[derive(Clone, Copy, CacheType)]
enum Kind {
    #[cache(ttl = "1h", tenant_aware)]
    Menu,
}

#[derive(Debug)]
struct NotHere;

macro_rules! unloaded {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $returned:ty;)*) => {$(
        $(#[$attribute])*
        async fn $name($($argument: $type),*) -> $returned {
            panic!("`{}` is not to be loaded", stringify!($name))
        }
    )*};
}

unloaded! {
    #[cached(type = "whole")] fn whole(id: u32) -> Dish;
    #[cached(type = "fallible")] fn fallible(id: u32) -> Result<Dish, NotHere>;
    #[cached(type = "maybe")] fn maybe(id: u32) -> Option<Dish>;
    #[cached(type = "both")] fn both(id: u32) -> Result<Option<Arc<Dish>>, NotHere>;
    #[cached(type = "counted")] fn counted(id: u32) -> Arc<Dish>;
    #[cached(type = "versioned", version = 7, codec = "bincode")] fn versioned(id: u32) -> Dish;
    #[cached(type = "tagged", tags("dish:{id}"))] fn tagged(id: u32) -> Dish;
    #[cached(type = "local", tiers(memory))] fn local(id: u32) -> Dish;
    #[cached(type = "strict", strict)] fn strict(id: u32) -> Dish;
    #[cached(type = Kind::Menu)] fn declared(id: u32) -> Dish;
    #[cached(type = "chosen", ttl_from = |dish: &Dish| u64::try_from(dish.name.len()).unwrap())] fn chosen(id: u32) -> Dish;
}

#[cached(type = "plain")]
fn plain(id: u32) -> Dish {
    panic!("it is not to be loaded")
}

#[tokio::test]
async fn every_shape_can_be_seeded() {
    let cache = TestCache::new();
    let soup = dish("soup");
    cache.seed(whole_key(1).unwrap(), &soup);
    cache.seed(fallible_key(1).unwrap(), &soup);
    cache.seed(maybe_key(1).unwrap(), &soup);
    cache.seed(both_key(1).unwrap(), &soup);
    cache.seed(counted_key(1).unwrap(), &Arc::new(soup.clone()));
    cache.seed(versioned_key(1).unwrap(), &soup);
    cache.seed(tagged_key(1).unwrap(), &soup);
    cache.seed(local_key(1).unwrap(), &soup);
    cache.seed(strict_key(1).unwrap(), &soup);
    cache.seed(plain_key(1).unwrap(), &soup);
    let owner = cache.tenant("t1");
    cache.seed(owner.run_sync(|| declared_key(1)).unwrap(), &soup);
    for _ in 0..2 {
        cache
            .run(async {
                assert_eq!(whole(1).await, soup);
                assert_eq!(fallible(1).await.unwrap(), soup);
                assert_eq!(maybe(1).await.as_ref(), Some(&soup));
                assert_eq!(both(1).await.unwrap().as_deref(), Some(&soup));
                assert_eq!(*counted(1).await, soup);
                assert_eq!(versioned(1).await, soup);
                assert_eq!(tagged(1).await, soup);
                assert_eq!(local(1).await, soup);
                assert_eq!(strict(1).await, soup);
            })
            .await;
        assert_eq!(cache.run_sync(|| plain(1)), soup);
        assert_eq!(owner.run(declared(1)).await, soup);
    }
    for name in ["whole", "fallible", "maybe", "both", "counted", "versioned", "tagged", "local", "strict"] {
        cache.assert_hits(name, 2);
        cache.assert_misses(name, 0);
    }
}

#[cached(type = "menu", ttl = "1h", tags("dish:{id}"))]
async fn named(id: u32) -> String {
    format!("dish {id}")
}

fn seeded(id: u32) -> TestCache {
    let cache = TestCache::new();
    cache.seed(named_key(id).unwrap(), &"seeded".to_owned());
    cache
}

#[tokio::test]
async fn a_seed_is_of_its_key_alone() {
    let cache = seeded(1);
    assert_eq!(cache.run(named(2)).await, "dish 2");
    assert_eq!(cache.run(named(1)).await, "seeded");
    cache.assert_hits("menu", 1);
    // The seeding itself is not among the calls: it reads as if the entry had been there.
    assert!(cache.calls().iter().any(|call| *call == "read -:menu:-:named:id=1: a valid entry"));
    assert!(!cache.calls().iter().any(|call| call.to_string().starts_with("put")));
    assert_eq!(cache.entries().len(), 2);
}

#[tokio::test]
async fn a_seed_expires_in_its_time() {
    for asks_before in [false, true] {
        let cache = seeded(1);
        cache.advance(HOUR / 2);
        if asks_before {
            assert_eq!(cache.run(named(1)).await, "seeded");
        }
        cache.advance(HOUR / 2 - Duration::from_millis(1));
        assert_eq!(cache.run(named(1)).await, "seeded");
        cache.advance(Duration::from_millis(1));
        assert_eq!(cache.run(named(1)).await, "dish 1");
    }
    let cache = seeded(1);
    cache.advance(HOUR);
    assert_eq!(cache.run(named(1)).await, "dish 1");
}

#[tokio::test]
async fn a_value_that_says_how_long_it_lives_does_so_when_seeded() {
    let cache = TestCache::new();
    cache.seed(chosen_key(1).unwrap(), &dish("soup"));
    cache.advance(Duration::from_millis(3_999));
    assert_eq!(cache.run(chosen(1)).await, dish("soup"));
    assert_eq!(cache.entries().len(), 1);
    cache.advance(Duration::from_millis(1));
    assert_eq!(cache.entries(), []);
}

#[tokio::test]
async fn a_seed_is_invalidated_like_an_entry() {
    let targets = [
        Target::of("menu").into(),
        Target::tag("dish:1"),
        Target::key(named_key(1).unwrap()),
        Target::everything(),
    ];
    for target in targets {
        for asks_before in [false, true] {
            let cache = seeded(1);
            if asks_before {
                assert_eq!(cache.run(named(1)).await, "seeded");
            }
            cache.cache().invalidate(target.clone()).await.unwrap();
            assert_eq!(cache.run(named(1)).await, "dish 1", "{target}, {asks_before}");
        }
    }
    for target in [Target::of("orders").into(), Target::tag("dish:2"), Target::key(named_key(2).unwrap())] {
        let cache = seeded(1);
        cache.cache().invalidate(target.clone()).await.unwrap();
        assert_eq!(cache.run(named(1)).await, "seeded", "{target}");
    }
}

#[tokio::test]
async fn a_seed_replaces_what_was_there_wherever_it_was() {
    let cache = TestCache::new();
    for _ in 0..3 {
        assert_eq!(cache.run(named(1)).await, "dish 1");
    }
    cache.seed(named_key(1).unwrap(), &"seeded".to_owned());
    for _ in 0..3 {
        assert_eq!(cache.run(named(1)).await, "seeded");
    }
    cache.seed(named_key(1).unwrap(), &"again".to_owned());
    assert_eq!(cache.run(named(1)).await, "again");
    assert_eq!(cache.run(refresh(named(1))).await, "dish 1");
    assert_eq!(cache.run(named(1)).await, "dish 1");
}

#[tokio::test]
async fn a_seed_outlasts_an_outage() {
    let cache = seeded(1);
    cache.outage();
    assert_eq!(cache.run(named(1)).await, "dish 1");
    cache.recover();
    assert_eq!(cache.run(named(1)).await, "seeded");
    cache.outage();
    cache.seed(named_key(2).unwrap(), &"seeded".to_owned());
    cache.recover();
    assert_eq!(cache.run(named(2)).await, "seeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_come_together_all_hit() {
    for _ in 0..50 {
        let cache = seeded(1);
        let calls: Vec<_> = (0..8).map(|_| tokio::spawn(cache.run(named(1)))).collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), "seeded");
        }
        cache.assert_misses("menu", 0);
    }
}
