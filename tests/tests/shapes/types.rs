//! Derived types and times to live.

use std::time::Duration;

use cache_core::{CacheTtl, CacheType, Ttl, cached, invalidate};

use super::loads::Loads;

#[derive(Clone, Copy, CacheType)]
#[cache(default_ttl = "5m")]
enum Kind {
    #[cache(ttl = "1h", tenant_aware, jitter = 0.2)]
    Menu,
    #[cache(ttl = MyTtl::Content, user_aware, stale_while_revalidate = "10m", stale_if_error = 60)]
    UserPermissions,
    #[cache(name = "sql", max_bytes = "100MB", cache_none, negative_ttl = "30s", codec = "bincode")]
    SqlQuery,
    Derived,
}

#[derive(CacheType)]
#[cache(ttl = Ttl::DAY)]
struct Report;

#[derive(Clone, Copy, CacheTtl)]
enum MyTtl {
    #[ttl("1m")]
    Api,
    #[ttl(Duration::from_secs(86_400))]
    Content,
}

#[test]
fn variants_name_types() {
    let names = [Kind::Menu, Kind::UserPermissions, Kind::SqlQuery, Kind::Derived].map(|kind| kind.name());
    assert_eq!(names, ["menu", "user_permissions", "sql", "derived"]);
    assert_eq!(Report.name(), "report");
}

#[test]
fn variants_have_policies() {
    let menu = Kind::Menu.policy();
    assert_eq!((menu.ttl, menu.tenant_aware, menu.user_aware), (Some(Ttl::HOUR), true, false));
    assert_eq!((menu.jitter, menu.max_bytes), (Some(0.2), None));
    let permissions = Kind::UserPermissions.policy();
    assert_eq!((permissions.ttl, permissions.user_aware), (Some(Ttl::DAY), true));
    assert_eq!(permissions.stale_while_revalidate, Some(Duration::from_secs(600)));
    assert_eq!(permissions.stale_if_error, Some(Duration::from_secs(60)));
    let sql = Kind::SqlQuery.policy();
    assert_eq!((sql.ttl, sql.max_bytes), (Some(Ttl::FIVE_MINUTES), Some(100_000_000)));
    assert_eq!((sql.cache_none, sql.codec), (true, Some("bincode")));
    assert_eq!(sql.negative_ttl, Some(Ttl::from(30)));
    assert_eq!(Kind::Derived.policy().ttl, Some(Ttl::FIVE_MINUTES));
    assert_eq!(Report.policy().ttl, Some(Ttl::DAY));
}

#[test]
fn variants_are_times_to_live() {
    assert_eq!([MyTtl::Api, MyTtl::Content].map(Ttl::from), [Ttl::MINUTE, Ttl::DAY]);
}

#[cached(type = Kind::Derived, ttl = MyTtl::Api, skip(loads))]
async fn derived(loads: &Loads, id: u8) -> u32 {
    loads.run()
}

#[invalidate(type = Kind::Derived)]
async fn change() {}

#[tokio::test]
async fn a_derived_type_is_cached_and_invalidated() {
    let loads = Loads::default();
    assert_eq!((derived(&loads, 1).await, derived(&loads, 1).await), (1, 1));
    change().await;
    assert_eq!(derived(&loads, 1).await, 2);
}
