//! Declarations that don't fit together; nothing here is ever called.

use cache_core::{CacheType, cached, invalidate};

#[derive(Clone, Copy, CacheType)]
pub(crate) enum Kind {
    #[cache(ttl = "1h", tenant_aware)]
    Menu,
    #[cache(name = "twice", ttl = "1h")]
    Twice,
}

#[derive(CacheType)]
#[cache(name = "twice", ttl = "2h")]
pub(crate) struct TwiceAgain;

#[cached(type = Kind::Menu)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

#[invalidate(type = Kind::Menu)]
async fn rename_dish() {}

#[invalidate(type = Kind::Menu, tenant_aware)]
async fn rename_own_dish() {}

#[cached(type = "menu")]
async fn menu_by_text(restaurant: u64) -> u64 {
    restaurant
}

#[cached(type = "orders")]
async fn orders(user: u64) -> u64 {
    user
}

#[invalidate(type = "orders", user = user)]
async fn order(user: u64) {}

#[cached(type = "rights", user = user, tenant_aware)]
async fn rights(user: u64) -> u64 {
    user
}

#[invalidate(type = "rights", user = user)]
async fn grant(user: u64) {}

#[invalidate(type = "right", user = user)]
async fn revoke(user: u64) {}

#[invalidate(type = "somewhere_else")]
async fn elsewhere() {}
