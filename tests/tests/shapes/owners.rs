//! Types that a path names, tenants and users.

use cache_core::context::Context;
use cache_core::{CacheType, Ttl, cached, invalidate};

use super::loads::Loads;

#[derive(Clone, Copy)]
enum Kind {
    Menu,
}

impl CacheType for Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Menu => "kind_menu",
        }
    }
}

const A_TTL: Ttl = Ttl::HOUR;

#[cached(type = Kind::Menu, ttl = A_TTL, tenant = shop, user = name, skip(loads, shop), version = 3, max_wait = "2s")]
async fn narrowed(loads: &Loads, shop: u32, name: &str) -> Vec<String> {
    vec![format!("{shop} {name} {}", loads.run())]
}

#[invalidate(type = Kind::Menu, tenant = &shop, user = format!("{name}"))]
async fn narrow(shop: u32, name: &str) {
    let _ = (shop, name);
}

#[tokio::test]
async fn tenants_and_users_from_arguments() {
    let loads = Loads::default();
    for _ in 0..2 {
        assert_eq!(narrowed(&loads, 1001, "bob").await, ["1001 bob 1"]);
        assert_eq!(narrowed(&loads, 1002, "bob").await, ["1002 bob 2"]);
    }
    assert!(narrowed_key(1001, "bob").is_ok());
}

#[tokio::test]
async fn a_path_as_type_is_invalidated() {
    let loads = Loads::default();
    assert_eq!(narrowed(&loads, 1003, "eve").await, ["1003 eve 1"]);
    narrow(1003, "eve").await;
    assert_eq!(narrowed(&loads, 1003, "eve").await, ["1003 eve 2"]);
}

#[cached(tenant_aware, user_aware, ttl = "1h30m", skip(loads), tiers(memory, redis))]
async fn of_context(loads: &Loads) -> u32 {
    loads.run()
}

#[tokio::test]
async fn tenants_and_users_from_the_context() {
    let loads = Loads::default();
    let ann = Context::new().tenant("t1").user("ann");
    let bob = Context::new().tenant("t1").user("bob");
    assert_eq!(ann.clone().scope(of_context(&loads)).await, 1);
    assert_eq!(ann.scope(of_context(&loads)).await, 1);
    assert_eq!(bob.scope(of_context(&loads)).await, 2);
}
