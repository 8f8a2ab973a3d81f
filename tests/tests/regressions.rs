//! One test for each bug that was found and fixed and needs no server, named after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::context::Context;
use cache_core::{Target, cached, invalidate};
use cache_testkit::TestCache;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that is kept in the process and invalidated is dropped by the next call, which used to look at its context
/// meanwhile: entering another one panicked.
#[tokio::test]
async fn dropping_a_kept_value_may_enter_a_context() {
    #[derive(Clone, Serialize, Deserialize)]
    struct Careful;

    impl Drop for Careful {
        fn drop(&mut self) {
            Context::new().tenant("another").sync_scope(|| ());
        }
    }

    #[cached(type = "careful", tenant_aware)]
    async fn careful() -> Arc<Careful> {
        Arc::new(Careful)
    }

    let cache = TestCache::new();
    let work = async {
        for _ in 0..3 {
            careful().await;
            careful().await;
            cache.cache().invalidate(Target::of("careful")).await.expect("memory answers");
        }
    };
    cache.run(Context::new().tenant("t1").scope(work)).await;
    cache.assert_loads("careful", 3);
}

/// Values of placeholders are percent-encoded; the same tag, written out by hand, used to be another one.
#[tokio::test]
async fn a_tag_is_the_same_by_placeholder_by_expression_and_by_hand() {
    static LOADS: AtomicU32 = AtomicU32::new(0);

    #[cached(type = "profile", tags("user:{email}"))]
    async fn profile(email: &str) -> usize {
        LOADS.fetch_add(1, Ordering::Relaxed);
        email.len()
    }

    #[invalidate(tags("user:{email}"))]
    async fn by_placeholder(email: &str) {}

    #[invalidate(tags = [format!("user:{email}")])]
    async fn by_expression(email: &str) {}

    let cache = TestCache::new();
    for email in ["ann", "ann@example.com", "a b", "é", "50%", "{x}"] {
        cache
            .run(async {
                profile(email).await;
                by_placeholder(email).await;
                profile(email).await;
                by_expression(email).await;
                profile(email).await;
                cache.cache().invalidate(Target::tag(format!("user:{email}"))).await.expect("memory answers");
                profile(email).await;
            })
            .await;
        assert_eq!(LOADS.swap(0, Ordering::Relaxed), 4, "{email}");
    }
}

struct Touchy;

impl Serialize for Touchy {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("on purpose")
    }
}

impl<'de> Deserialize<'de> for Touchy {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("on purpose")
    }
}

/// Trouble with the cache never changes what a function returns, and this is the cache's trouble.
#[tokio::test]
async fn a_serialize_that_panics_does_not_reach_the_caller() {
    #[cached(type = "touchy")]
    async fn value(argument: Touchy) -> u32 {
        let _ = argument;
        7
    }

    #[cached(type = "touchy")]
    async fn returned(id: u32) -> std::sync::Arc<Touchy> {
        let _ = id;
        std::sync::Arc::new(Touchy)
    }

    let cache = TestCache::new();
    assert_eq!(cache.run(value(Touchy)).await, 7);
    cache.run(returned(1)).await;
}

/// A loop of hits in memory is ready at every turn; its task used to keep all others from running.
#[tokio::test]
async fn a_loop_of_hits_lets_others_run() {
    #[cached(type = "menu")]
    async fn menu(id: u32) -> u32 {
        id
    }

    let cache = TestCache::new();
    let other = tokio::spawn(async {});
    cache
        .run(async {
            for _ in 0..1_000_000 {
                menu(1).await;
                if other.is_finished() {
                    return;
                }
            }
            panic!("the other task never ran");
        })
        .await;
}

/// What can't be encoded used to weigh next to nothing, so that memory was not bounded.
#[tokio::test]
async fn a_value_whose_size_nobody_knows_is_not_kept_in_memory() {
    #[cached(type = "touchy", ttl = "1h")]
    async fn unknown(id: u32) -> std::sync::Arc<Touchy> {
        let _ = id;
        std::sync::Arc::new(Touchy)
    }

    let cache = TestCache::new();
    cache.run(unknown(1)).await;
    cache.run(unknown(1)).await;
    cache.advance(Duration::from_secs(1));
    cache.assert_misses("touchy", 2);
}

/// A type's awareness of tenants used to be forgotten before the key was made, so that tenants shared entries.
#[tokio::test]
async fn a_type_that_is_aware_of_tenants_and_users_keeps_them_apart() {
    #[derive(Clone, Copy, cache_core::CacheType)]
    enum Kind {
        #[cache(tenant_aware, user_aware)]
        Profile,
    }

    #[cached(type = Kind::Profile, skip(value))]
    async fn profile(value: u32) -> u32 {
        value
    }

    let cache = TestCache::new();
    let owners = [("t1", "ann"), ("t1", "bob"), ("t2", "ann")];
    for (value, (tenant, user)) in (1..).zip(owners) {
        assert_eq!(cache.tenant(tenant).user(user).run(profile(value)).await, value);
    }
    for (value, (tenant, user)) in (1..).zip(owners) {
        assert_eq!(cache.tenant(tenant).user(user).run(profile(100)).await, value);
    }
    assert_eq!(cache.tenant("t1").run(profile(7)).await, 7, "without a user it runs uncached");
    assert_eq!(cache.user("ann").run(profile(7)).await, 7, "without a tenant too");
    cache.assert_misses("profile", 3);
}
